// mlp data: which data sets are here, which can be downloaded, and downloading them.
#include "mlp/data.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands/commands.h"
#include "mlp/error.h"
#include "present/evaluation.h"
#include "run/recipes.h"
#include "terminal/format.h"
#include "terminal/interrupt.h"
#include "terminal/progress.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string name;
  std::string data_dir;
  bool json = false;
  bool quiet = false;
};

bool complete(const std::vector<std::filesystem::path>& found) {
  return std::none_of(found.begin(), found.end(), [](const auto& path) { return path.empty(); });
}

std::string where(const DatasetInfo& info, const std::vector<std::filesystem::path>& found) {
  if (info.generated) return "built in, needs no file";
  if (complete(found)) return "in " + found.front().parent_path().string();
  const auto missing =
      std::count_if(found.begin(), found.end(), [](const auto& path) { return path.empty(); });
  return (static_cast<std::size_t>(missing) == found.size()
              ? "not here"
              : std::to_string(missing) + " of " + std::to_string(found.size()) + " files missing") +
         "; to download: mlp data fetch " + info.name;
}

std::string to_json(const DataSource& source) {
  nlohmann::ordered_json document;
  document["command"] = "data list";
  document["datasets"] = nlohmann::ordered_json::array();
  for (const auto& info : known_datasets()) {
    const auto found = info.generated ? std::vector<std::filesystem::path>() : locate(info.name, source);
    auto files = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < found.size(); ++i) {
      files.push_back({{"name", info.files.at(i)},
                       {"path", found[i].empty() ? nlohmann::ordered_json(nullptr)
                                                 : nlohmann::ordered_json(found[i].string())}});
    }
    document["datasets"].push_back(
        {{"name", info.name},
         {"description", info.description},
         {"task", info.task == Task::kClassification ? "classification" : "regression"},
         {"generated", info.generated},
         {"available", info.generated || complete(found)},
         {"files", files},
         {"licence", info.licence}});
  }
  document["searched"] = nlohmann::ordered_json::array();
  for (const auto& directory : source.directories) document["searched"].push_back(directory.string());
  document["download_to"] = source.download_to.string();
  return to_text(document);
}

std::string to_page(const DataSource& source, const Style& style) {
  std::string text;
  for (const auto& info : known_datasets()) {
    const auto found = info.generated ? std::vector<std::filesystem::path>() : locate(info.name, source);
    text += style.bold + info.name + style.off +
            std::string(info.name.size() < 10 ? 10 - info.name.size() : 1, ' ') + info.description + "\n";
    if (!info.licence.empty()) text += "          " + style.dim + info.licence + style.off + "\n";
    text += "          " + where(info, found) + "\n\n";
  }
  text += "Searched, in this order:\n";
  for (const auto& directory : source.directories) {
    text += (directory.is_relative() ? "  ./" : "  ") + directory.string() + "\n";
  }
  return text;
}

int run_list(const Arguments& arguments, const Environment& environment) {
  const DataSource source = data_source(environment, arguments.data_dir);
  print(arguments.json ? to_json(source) : to_page(source, style_of(kStdout, environment)));
  return 0;
}

int run_fetch(const Arguments& arguments, const Environment& environment) {
  if (arguments.name != "all") recipe_for(arguments.name);
  catch_interrupts();
  DataSource source = data_source(environment, arguments.data_dir);
  DownloadProgress progress(progress_mode(arguments.quiet, environment), environment.utf8);
  source.progress = [&](const std::string& file, std::uint64_t done, std::uint64_t total) {
    progress.update(file, done, total);
    return interrupt_signal() == 0;
  };
  for (const auto& info : known_datasets()) {
    if (info.name != arguments.name && arguments.name != "all") continue;
    if (info.generated) {
      if (arguments.name != "all") print(info.name + " is built in and needs no file\n");
      continue;
    }
    try {
      const auto paths = fetch(info.name, source);
      progress.finish();
      for (const auto& path : paths) print(path.string() + "\n");
    } catch (const Error&) {
      if (interrupt_signal() != 0) throw Interrupted{};
      throw;
    }
  }
  return 0;
}

void add_data_dir(Parser& parser, Arguments& arguments) {
  parser.add_option("--data-dir", arguments.data_dir, "look for data here first, and download to it")
      .type("DIR");
}

}  // namespace

Command add_data_list(Parser& data, const Environment& environment) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = data.add_command("list", "What is there and where, and what can be had");
  add_data_dir(parser, *arguments);
  parser.add_flag("--json", arguments->json, "print it as one JSON object");
  parser.footer("Examples:\n  mlp data list\n  mlp data list --data-dir ~/data --json");
  return {parser, [arguments, &environment] { return run_list(*arguments, environment); }};
}

Command add_data_fetch(Parser& data, const Environment& environment) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = data.add_command("fetch", "Download what is missing of a data set, and check it");
  std::vector<std::string> names;
  for (const auto& info : known_datasets()) {
    if (!info.generated) names.push_back(info.name);
  }
  names.emplace_back("all");
  parser.add_option("NAME", arguments->name, alternatives(names)).type("NAME").required().choices(names);
  add_data_dir(parser, *arguments);
  parser.add_flag("--quiet", arguments->quiet, "no progress on standard error");
  parser.footer("Examples:\n  mlp data fetch mnist\n  mlp data fetch all --data-dir ~/data");
  return {parser, [arguments, &environment] { return run_fetch(*arguments, environment); }};
}

}  // namespace mlp::app
