// The table of `mlp train`'s options, walked: what each row says is what the parser, help page, completion,
// documentation, config.toml and fingerprint know.
#include "run/train_options.h"

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "app/sandbox.h"
#include "cli/target.h"
#include "mlp/data.h"
#include "mlp/error.h"
#include "mlp/target.h"
#include "run/config_file.h"
#include "run/option_sources.h"
#include "run/recipes.h"
#include "run/settings.h"

namespace mlp::app_test {
namespace {

using namespace app;

/// The arguments of a command line `mlp train ...`, those that it leaves open taken from a config file.
TrainArguments arguments_of(const Arguments& words, const std::filesystem::path& config = {}) {
  TrainArguments arguments;
  Parser program("mlp", "");
  Parser train = program.add_command("train", "");
  add_train_options(train, arguments);
  std::vector<const char*> argv = {"mlp", "train"};
  for (const auto& word : words) argv.push_back(word.c_str());
  program.parse(static_cast<int>(argv.size()), argv.data());
  if (!config.empty()) apply_config(train, config, ConfigUse::kAnyRun);
  return arguments;
}

/// No data are read: the recipe is Friedman's for all.
Settings settings_of(const TrainArguments& arguments) {
  return resolve(arguments, data_origin(arguments), recipe_for("friedman"), Environment{});
}

std::string fingerprint_of(const TrainArguments& arguments) {
  static const DataSplit data = make_friedman(30, 10, 1);
  return fingerprint(settings_of(arguments), data.train);
}

bool is_flag(const TrainOption& option) { return *option.value == '\0'; }
bool is_list(const TrainOption& option) {
  return std::visit([]<class Of, class T>(T Of::*) { return std::is_same_v<T, std::vector<std::string>>; },
                    option.member);
}

/// A value that is not the default, by what it is called; where that does not tell, by the option. "":
/// unknown.
std::string example(const TrainOption& option) {
  static const std::map<std::string, std::string> of_key = {
      {"dataset", "digits"}, {"checkpoint-every", "30s"}, {"layers", "3:relu,1:linear"},
      {"loss", "huber"},     {"optimizer", "sgd"},        {"schedule", "cosine"},
      {"threads", "2"}};
  static const std::map<std::string, std::string> of_value = {
      {"N", "7"},           {"K", "5"},          {"X", "0.25"},    {"P", "0.25"},
      {"FRACTION", "0.25"}, {"COLUMN", "a"},     {"TEXT", "--"},   {"CHAR", "|"},
      {"DIR", "d"},         {"MODEL", "runs/m"}, {"FILE", "f.csv"}};
  if (const auto found = of_key.find(option.key); found != of_key.end()) return found->second;
  if (!option.choices.empty()) return option.choices.back();
  const auto found = of_value.find(option.value);
  EXPECT_TRUE(found != of_value.end() || is_flag(option))
      << "which value does --" << option.key << " take? example() does not know";
  return found == of_value.end() ? "" : found->second;
}

/// A command line without the option, of data that it is for.
Arguments without(const TrainOption& option) {
  const std::string group = option.group;
  if (group.find("arrays") != std::string::npos)
    return {"--images", "a.npy", "--labels", "b.npy", "--test-images", "c.npy", "--test-labels", "d.npy"};
  if (option.subject == Subject::kReading) return {"cars.csv", "--target", "y"};
  if (group.empty()) return {};
  return {"friedman"};
}

/// The option as it is typed.
Arguments typed(const TrainOption& option) {
  if (*option.group == '\0') return {example(option)};
  const std::string name = "--" + std::string(option.key);
  return is_flag(option) ? Arguments{name} : Arguments{name + "=" + example(option)};
}

Arguments with(const TrainOption& option) {
  Arguments words = without(option);
  for (const auto& word : typed(option)) words.push_back(word);
  return words;
}

/// bf16 is refused where the CPU has no instructions for it.
bool can_be_given(const TrainOption& option) {
  if (std::string(option.key) != "precision") return true;
  try {
    bfloat16_target("");
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

bool same_value(const TrainOption& option, const TrainArguments& a, const TrainArguments& b) {
  return std::visit([&](const auto member) { return a.*member == b.*member; }, option.member);
}

/// "epochs = 7" in a config.toml; "" where it has no such line.
std::string line_of(const std::string& key, const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(key + " = ")) return line;
  return "";
}

/// What docs/cli.md says from one line on, as far as another.
std::string manual(const std::string& from, const std::string& to) {
  std::ifstream file(std::string(MLP_SOURCE_DIR) + "/docs/cli.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  const auto begin = all.find(from);
  EXPECT_NE(begin, std::string::npos) << from;
  return begin == std::string::npos ? "" : all.substr(begin, all.find(to, begin) - begin);
}

/// The keys of all `--key` that match the pattern around them.
std::set<std::string> keys_in(const std::string& text, const std::string& pattern) {
  std::set<std::string> keys;
  const std::regex expression(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match)
    keys.insert((*match)[1]);
  return keys;
}

class TrainOptions : public Sandbox {};

TEST_F(TrainOptions, EachIsOnTheHelpPageAndInTheManualAndCompleted) {
  const std::string help = run({"train", "--help"}).out, script = run({"completion", "bash"}).out;
  const std::string pages = manual("\n## mlp train\n", "\n## mlp evaluate\n");
  std::set<std::string> documented;
  std::istringstream lines(pages);
  for (std::string line; std::getline(lines, line);) {  // the first cell of a table's line
    if (line.starts_with("| `--"))
      documented.merge(keys_in(line.substr(0, line.find(" | ")), "`--([-a-z0-9]+)"));
  }
  std::set<std::string> keys;
  for (const auto& option : train_options()) {
    const std::string key = option.key, value = option.value;
    EXPECT_TRUE(keys.insert(key).second) << key << " stands twice";
    if (*option.group == '\0') {
      EXPECT_NE(help.find("\nArguments:\n  " + value + " "), std::string::npos) << help;
      continue;
    }
    const std::string shown = "\n  --" + key + (is_flag(option) ? "" : " " + value);
    EXPECT_TRUE(help.find(shown + "\n") != std::string::npos || help.find(shown + "  ") != std::string::npos)
        << shown;
    EXPECT_NE(help.find(std::string("\n") + option.group + ":\n"), std::string::npos) << option.group;
    EXPECT_TRUE(documented.contains(key)) << "docs/cli.md has no row for --" << key;
    EXPECT_NE(script.find(" --" + key), std::string::npos) << key;
    std::string words;
    for (const auto& choice : option.choices) words += (words.empty() ? "" : " ") + choice;
    EXPECT_TRUE(words.empty() ||
                script.find("'train --" + key + "') words='" + words + "'") != std::string::npos)
        << key << " is not completed with " << words;
  }
  for (const auto& key : documented) EXPECT_TRUE(keys.contains(key)) << "docs/cli.md has --" << key;
}

TEST_F(TrainOptions, EachIsReadFromAConfigFileAsFromTheCommandLine) {
  for (const auto& option : train_options()) {
    const std::string value = example(option), key = option.key;
    write("one.toml", key + " = " +
                          (is_flag(option)   ? "true"
                           : is_list(option) ? toml_array({value})
                                             : toml_string(value)) +
                          "\n");
    if (option.subject == Subject::kSource) {
      EXPECT_THROW(arguments_of({}, path("one.toml")), UsageError) << key;
      continue;
    }
    const TrainArguments from_words = arguments_of(typed(option));
    for (const auto& other : train_options()) {
      EXPECT_EQ(same_value(other, from_words, TrainArguments{}), &other != &option)
          << key << ", " << other.key;
    }
    EXPECT_TRUE(same_value(option, arguments_of({}, path("one.toml")), from_words)) << key;
    EXPECT_TRUE(same_value(option, arguments_in(path("one.toml")), from_words)) << key;
  }
}

TEST_F(TrainOptions, WhatIsWrittenToConfigTomlMakesTheSameSettings) {
  for (const auto& option : train_options()) {
    if (option.subject == Subject::kSource || !can_be_given(option)) continue;
    const TrainArguments arguments = arguments_of(with(option));
    const std::string text = to_toml(settings_of(arguments)), key = option.key;
    if (option.written.config) {
      EXPECT_NE(line_of(key, text), "") << key << "\n" << text;
      if (const auto other = without(option); !other.empty()) {
        EXPECT_NE(line_of(key, text), line_of(key, to_toml(settings_of(arguments_of(other))))) << key;
      }
    }
    write("run.toml", text);
    const TrainArguments again = arguments_of({}, path("run.toml"));
    EXPECT_EQ(to_toml(settings_of(again)), text) << key;
    EXPECT_EQ(fingerprint_of(again), fingerprint_of(arguments)) << key;
  }
}

TEST_F(TrainOptions, RunsThatDifferInWhatDecidesThemHaveDifferentFingerprints) {
  // What the manual says may differ when a run goes on; of a CPU target the bits decide (below). Files may
  // have moved, a recipe is the options that it stands for, and of a model that training starts from it is
  // the digest that decides (fine_tuning_test.cpp).
  auto may_differ = keys_in(manual("What may differ:", "\n\n"), "`--([-a-z]+)`[,:.\n]");
  EXPECT_GE(may_differ.size(), 8u);
  may_differ.insert({"output", "recipe", "init", "images", "labels", "test-images", "test-labels"});
  for (const auto& option : train_options()) {
    const std::string key = option.key;
    if (option.subject == Subject::kSource || key == "cpu-target" || !can_be_given(option)) continue;
    const Arguments other = *option.group == '\0' ? Arguments{"friedman"} : without(option);
    const std::string here = fingerprint_of(arguments_of(with(option))),
                      there = fingerprint_of(arguments_of(other));
    const Difference found = difference(here, there, "the data differ");
    if (may_differ.contains(key)) {
      EXPECT_EQ(here, there) << key << ": docs/cli.md says that it may differ when a run goes on";
    } else {
      EXPECT_TRUE(found.options) << key << ": docs/cli.md does not say that it may differ when a run goes on";
    }
  }
}

TEST_F(TrainOptions, ACpuTargetIsPartOfARunWhereItHasBitsOfItsOwn) {
  const auto plain = arguments_of({"friedman"}),
             named = arguments_of({"friedman", "--cpu-target", "reference"});
  EXPECT_NE(fingerprint_of(named), fingerprint_of(plain));
  EXPECT_NE(to_toml(settings_of(named)).find("\ncpu-target = \"reference\"\n"), std::string::npos);
  const std::string best = settings_of(plain).training.target;
  const auto asked = arguments_of({"friedman", "--cpu-target", best});
  EXPECT_EQ(fingerprint_of(asked), fingerprint_of(plain));
  EXPECT_EQ(line_of("cpu-target", fingerprint_of(plain)) == "", is_fused(best));
  EXPECT_NE(to_toml(settings_of(asked)).find("\ncpu-target = \"" + best + "\"\n"), std::string::npos);
}

}  // namespace
}  // namespace mlp::app_test
