#include "cli/parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "mlp/error.h"
#include "mlp/suggest.h"

namespace mlp::app {
namespace {

/// "mlp data fetch"
std::string full_name_of(const CLI::App* app) {
  return app->get_parent() == nullptr ? app->get_name()
                                      : full_name_of(app->get_parent()) + " " + app->get_name();
}

std::string see_help(const CLI::App* app) { return "run '" + full_name_of(app) + " --help'"; }

/// The innermost sub-command that was given.
CLI::App* innermost(CLI::App* app) {
  const auto given = app->get_subcommands();
  return given.empty() ? app : innermost(given.back());
}

std::vector<std::string> command_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (const auto* command : app->get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (const auto* option : app->get_options([](const CLI::Option* o) { return o->nonpositional(); }))
    names.push_back(option->get_name());
  return names;
}

/// Throws the error for an argument that no option or command takes.
[[noreturn]] void reject(const std::string& argument, const CLI::App* app) {
  if (argument.starts_with("-") && argument != "-") {
    const std::string name = argument.substr(0, argument.find('='));
    const std::string hint = suggest(name, option_names(app));
    // Of a long list of options only the nearest is worth showing.
    const auto end = hint.find("? ");
    throw UsageError("unknown option '" + name + "' for " + full_name_of(app),
                     (end == std::string::npos ? "" : hint.substr(0, end + 2)) + see_help(app));
  }
  if (const auto names = command_names(app); !names.empty()) {
    throw UsageError("unknown command '" + argument + "'", suggest(argument, names));
  }
  throw UsageError("unexpected argument '" + argument + "' for " + full_name_of(app), see_help(app));
}

/// An empty value comes from a shell variable that was not set, and is never meant.
void reject_empty_values(const CLI::App* app) {
  for (const auto* option : app->get_options()) {
    const auto& values = option->results();
    if (std::find(values.begin(), values.end(), "") == values.end()) continue;
    const std::string name = option->get_name();  // empty for a positional
    throw UsageError((name.empty() ? option->get_type_name() : name) + " needs a value", see_help(app));
  }
}

}  // namespace

Option& Option::type(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::group(const std::string& name) {
  option_->group(name);
  return *this;
}

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::one_at_a_time() {
  option_->allow_extra_args(false);
  return *this;
}

Option& Option::choices(std::vector<std::string> values) {
  (*all_choices_)[option_] = std::move(values);
  return *this;
}

std::string Option::name() const { return option_->get_name(); }

std::string Option::names() const {
  std::string names = option_->get_name(false, true);
  if (const auto comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  return names;
}

std::string Option::type() const { return option_->get_type_name(); }
std::string Option::group() const { return option_->get_group(); }
std::string Option::description() const { return option_->get_description(); }
bool Option::is_positional() const { return option_->get_positional(); }
bool Option::is_required() const { return option_->get_required(); }
bool Option::is_list() const { return option_->get_items_expected_max() > 1; }
bool Option::is_flag() const { return option_->get_expected_max() == 0; }

std::vector<std::string> Option::choices() const {
  const auto found = all_choices_->find(option_);
  return found == all_choices_->end() ? std::vector<std::string>() : found->second;
}

bool Option::given() const { return option_->count() > 0; }

bool Option::set(const std::vector<std::string>& values) {
  try {
    for (const auto& value : values) {
      if (value.empty()) return false;
      option_->add_result(value);
    }
    if (!values.empty()) option_->run_callback();
  } catch (const CLI::Error&) {
    return false;
  }
  return true;
}

Parser::Parser(const std::string& name, const std::string& description)
    : app_(std::make_shared<CLI::App>(description, name)), choices_(std::make_shared<Choices>()) {
  app_->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app_->set_help_flag("-h,--help", "Show this help");
  app_->set_version_flag("--version", "", "Show the version");
  app_->require_subcommand(0, 1);
}

Parser Parser::add_command(const std::string& name, const std::string& description) {
  app_->require_subcommand(0, 1);
  return Parser({app_, app_->add_subcommand(name, description)}, choices_);
}

Option Parser::add_option(const std::string& name, std::string& value, const std::string& description) {
  return {app_->add_option(name, value, description), choices_.get()};
}

Option Parser::add_option(const std::string& name, std::optional<std::string>& value,
                          const std::string& description) {
  return {app_->add_option(name, value, description), choices_.get()};
}

Option Parser::add_option(const std::string& name, std::vector<std::string>& values,
                          const std::string& description) {
  return {app_->add_option(name, values, description), choices_.get()};
}

Option Parser::add_flag(const std::string& name, bool& value, const std::string& description) {
  return {app_->add_flag(name, value, description), choices_.get()};
}

void Parser::footer(const std::string& text) { app_->footer(text); }

Parser::Request Parser::parse(int argc, const char* const* argv) {
  // CLI11 would take the next argument for the value of "--output=".
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--") && argument.find('=') + 1 == argument.size())
      throw UsageError(std::string(argument.substr(0, argument.size() - 1)) + " needs a value",
                       "'" + std::string(argument) + "' has nothing behind the '='");
  }
  try {
    app_->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Request::kHelp;
  } catch (const CLI::CallForVersion&) {
    return Request::kVersion;
  } catch (const CLI::ExtrasError&) {
    for (CLI::App* level = innermost(app_.get()); level != nullptr; level = level->get_parent()) {
      if (const auto extra = level->remaining(); !extra.empty()) reject(extra.front(), level);
    }
    throw;
  } catch (const CLI::ArgumentMismatch& error) {
    // "--epochs: 1 required N missing"
    const std::string what = error.what();
    throw UsageError(what.substr(0, what.find(':')) + " needs a value", see_help(innermost(app_.get())));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what(), see_help(innermost(app_.get())));
  }
  reject_empty_values(innermost(app_.get()));
  return Request::kCommand;
}

bool Parser::given() const { return app_->parsed(); }
Parser Parser::chosen() const { return Parser({app_, innermost(app_.get())}, choices_); }
std::string Parser::name() const { return app_->get_name(); }
std::string Parser::full_name() const { return full_name_of(app_.get()); }
std::string Parser::description() const { return app_->get_description(); }
std::string Parser::footer() const { return app_->get_footer(); }

std::vector<Parser> Parser::commands() const {
  std::vector<Parser> commands;
  for (auto* command : app_->get_subcommands([](CLI::App*) { return true; }))
    commands.push_back(Parser({app_, command}, choices_));
  return commands;
}

std::vector<Option> Parser::options() const {
  std::vector<Option> options;
  for (auto* option : app_->get_options([](CLI::Option*) { return true; }))
    options.emplace_back(option, choices_.get());
  return options;
}

std::optional<Option> Parser::option(const std::string& name) const {
  CLI::Option* option = app_->get_option_no_throw(name);
  return option == nullptr ? std::nullopt : std::optional(Option(option, choices_.get()));
}

}  // namespace mlp::app
