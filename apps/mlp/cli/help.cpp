#include "cli/help.h"

#include <algorithm>
#include <sstream>

#include "terminal/format.h"

namespace mlp::app {
namespace {

/// "  name          what it is", the description wrapped beside its name, or below it where that leaves
/// little room.
std::string entry(const std::string& name, const std::string& description, std::size_t columns) {
  const std::size_t indent = columns < 60 ? 6 : 26;
  std::string text = "  " + name;
  if (name.size() + 4 > indent) {
    text += "\n" + std::string(indent, ' ');
  } else {
    text += std::string(indent - 2 - name.size(), ' ');
  }
  bool first = true;
  for (const auto& line : wrap(description, columns - indent)) {
    if (!first) text += "\n" + std::string(indent, ' ');
    text += line;
    first = false;
  }
  return text + "\n";
}

/// The prose of a footer, rewrapped; indented lines, commands to be copied, stay as they are.
std::string wrapped(const std::string& footer, std::size_t columns) {
  std::string text, paragraph;
  const auto end_paragraph = [&] {
    if (paragraph.empty()) return;
    for (const auto& line : wrap(paragraph, columns)) text += line + "\n";
    paragraph.clear();
  };
  std::istringstream lines(footer);
  for (std::string line; std::getline(lines, line);) {
    const bool prose = !line.empty() && line.front() != ' ';
    if (!prose) end_paragraph();
    if (prose) paragraph += (paragraph.empty() ? "" : " ") + line;
    if (!prose) text += line + "\n";
  }
  end_paragraph();
  return text;
}

/// " FILE", after the name of an option
std::string placeholder(const Option& option) {
  return option.is_flag() || option.type().empty() ? "" : " " + option.type();
}

}  // namespace

std::string help_page(const Parser& command, std::size_t columns) {
  constexpr std::size_t kFewest = 30;
  columns = std::max(columns, kFewest);
  std::vector<Option> positionals, options;
  for (const auto& option : command.options())
    (option.is_positional() ? positionals : options).push_back(option);
  const auto commands = command.commands();

  std::string text;
  for (const auto& line : wrap(command.description(), columns)) text += line + "\n";
  text += "\nUsage: " + command.full_name();
  if (!commands.empty()) text += " COMMAND";
  for (const auto& option : positionals) {
    const std::string shown = option.type() + (option.is_list() ? "..." : "");
    text += option.is_required() ? " " + shown : " [" + shown + "]";
  }
  text += " [OPTIONS]\n";

  if (!commands.empty()) {
    text += "\nCommands:\n";
    for (const auto& sub : commands) text += entry(sub.name(), sub.description(), columns);
  }
  if (!positionals.empty()) {
    text += "\nArguments:\n";
    for (const auto& option : positionals) text += entry(option.type(), option.description(), columns);
  }
  // The options that every command has, --help and --version, come last.
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
      if (option.group() == group)
        text += entry(option.names() + placeholder(option), option.description(), columns);
    }
  }
  if (!command.footer().empty()) text += "\n" + wrapped(command.footer(), columns);
  return text;
}

}  // namespace mlp::app
