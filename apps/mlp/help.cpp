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

/// " FILE", behind the name of an option
std::string placeholder(const Option& option) {
  return option.is_flag() || option.type().empty() ? "" : " " + option.type();
}

}  // namespace

std::string help_page(const Parser& command) {
  std::vector<Option> positionals, options;
  for (const auto& option : command.options())
    (option.is_positional() ? positionals : options).push_back(option);
  const auto commands = command.commands();

  std::string text;
  for (const auto& line : wrap(command.description(), kColumns)) text += line + "\n";
  text += "\nUsage: " + command.full_name();
  if (!commands.empty()) text += " COMMAND";
  for (const auto& option : positionals) {
    const std::string shown = option.type() + (option.is_list() ? "..." : "");
    text += option.is_required() ? " " + shown : " [" + shown + "]";
  }
  text += " [OPTIONS]\n";

  if (!commands.empty()) {
    text += "\nCommands:\n";
    for (const auto& sub : commands) text += entry(sub.name(), sub.description());
  }
  if (!positionals.empty()) {
    text += "\nArguments:\n";
    for (const auto& option : positionals) text += entry(option.type(), option.description());
  }
  // What can be asked of every command, --help and --version, comes last.
  std::stable_partition(options.begin(), options.end(),
                        [](const Option& option) { return option.name() != "--help"; });
  std::vector<std::string> groups;
  for (const auto& option : options) {
    if (std::find(groups.begin(), groups.end(), option.group()) == groups.end())
      groups.push_back(option.group());
  }
  std::stable_partition(groups.begin(), groups.end(),
                        [](const std::string& group) { return group != "Options"; });
  for (const auto& group : groups) {
    text += "\n" + group + ":\n";
    for (const auto& option : options) {
      if (option.group() == group) text += entry(option.names() + placeholder(option), option.description());
    }
  }
  if (!command.footer().empty()) text += "\n" + command.footer() + "\n";
  return text;
}

}  // namespace mlp::app
