#include "help.h"

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

std::string placeholder(const CLI::Option* option) {
  return option->get_type_size() == 0 || option->get_type_name().empty() ? "" : " " + option->get_type_name();
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const {
  const auto positionals =
      app->get_options([](const CLI::Option* option) { return option->get_positional(); });
  const auto commands =
      app->get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });

  std::string text;
  for (const auto& line : wrap(app->get_description(), kColumns)) text += line + "\n";
  text += "\nUsage: " + (app->get_parent() == nullptr ? std::string("mlp") : name);
  if (!commands.empty()) text += " COMMAND";
  for (const auto* option : positionals) {
    const std::string shown = option->get_type_name() + (option->get_expected_max() > 1 ? "..." : "");
    text += option->get_required() ? " " + shown : " [" + shown + "]";
  }
  text += " [OPTIONS]\n";

  if (!commands.empty()) {
    text += "\nCommands:\n";
    for (const auto* command : commands) text += entry(command->get_name(), command->get_description());
  }
  if (!positionals.empty()) {
    text += "\nArguments:\n";
    for (const auto* option : positionals) text += entry(option->get_type_name(), option->get_description());
  }
  for (const std::string& group : app->get_groups()) {
    const auto options = app->get_options(
        [&](const CLI::Option* option) { return option->get_group() == group && option->nonpositional(); });
    if (group.empty() || options.empty()) continue;
    text += "\n" + group + ":\n";
    for (const auto* option : options) {
      text += entry(option->get_name(false, true) + placeholder(option), option->get_description());
    }
  }
  if (!app->get_footer().empty()) text += "\n" + app->get_footer() + "\n";
  return text;
}

}  // namespace mlp::app
