#include "help.h"

#include <algorithm>

#include "format.h"

namespace mlp::app {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kIndent = 26;  ///< where descriptions begin

/// "  name          what it is", the description wrapped beside its name.
std::string entry(const std::string& name, const std::string& description) {
  std::string text = "  " + name;
  if (name.size() + 4 > kIndent) {
    text += "\n" + std::string(kIndent, ' ');
  } else {
    text += std::string(kIndent - 2 - name.size(), ' ');
  }
  bool first = true;
  for (const auto& line : wrap(description, kColumns - kIndent)) {
    if (!first) text += "\n" + std::string(kIndent, ' ');
    text += line;
    first = false;
  }
  return text + "\n";
}

/// "-h, --help"
std::string names_of(const CLI::Option* option) {
  std::string names = option->get_name(false, true);
  if (const auto comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  return names;
}

std::string placeholder(const CLI::Option* option) {
  return option->get_type_size() == 0 || option->get_type_name().empty() ? "" : " " + option->get_type_name();
}

}  // namespace

std::string help_page(const CLI::App& command, const std::string& name) {
  const auto positionals =
      command.get_options([](const CLI::Option* option) { return option->get_positional(); });
  const auto commands =
      command.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });

  std::string text;
  for (const auto& line : wrap(command.get_description(), kColumns)) text += line + "\n";
  text += "\nUsage: " + name;
  if (!commands.empty()) text += " COMMAND";
  for (const auto* option : positionals) {
    const std::string shown = option->get_type_name() + (option->get_expected_max() > 1 ? "..." : "");
    text += option->get_required() ? " " + shown : " [" + shown + "]";
  }
  text += " [OPTIONS]\n";

  if (!commands.empty()) {
    text += "\nCommands:\n";
    for (const auto* sub : commands) text += entry(sub->get_name(), sub->get_description());
  }
  if (!positionals.empty()) {
    text += "\nArguments:\n";
    for (const auto* option : positionals) text += entry(option->get_type_name(), option->get_description());
  }
  // What can be asked of every command, --help and --version, comes last.
  auto groups = command.get_groups();
  std::stable_partition(groups.begin(), groups.end(),
                        [](const std::string& group) { return group != "Options"; });
  for (const std::string& group : groups) {
    auto options = command.get_options(
        [&](const CLI::Option* option) { return option->get_group() == group && option->nonpositional(); });
    if (group.empty() || options.empty()) continue;
    std::stable_partition(options.begin(), options.end(),
                          [&](const CLI::Option* option) { return option != command.get_help_ptr(); });
    text += "\n" + group + ":\n";
    for (const auto* option : options) {
      text += entry(names_of(option) + placeholder(option), option->get_description());
    }
  }
  if (!command.get_footer().empty()) text += "\n" + command.get_footer() + "\n";
  return text;
}

}  // namespace mlp::app
