#include "command_line.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <string_view>

#include "commands.h"
#include "format.h"
#include "help.h"
#include "interrupt.h"
#include "mlp/error.h"
#include "mlp/suggest.h"
#include "mlp/version.h"
#include "terminal.h"

namespace mlp::app {
namespace {

constexpr int kFailure = 1;
constexpr int kWrongUsage = 2;
constexpr int kSignal = 128;  ///< plus the signal's number

constexpr const char* kExamples =
    "Examples:\n"
    "  mlp train digits                         on built-in digits, no file needed\n"
    "  mlp train cars.csv --target mpg          on a table of your own\n"
    "  mlp predict runs/cars --input new.csv    what the model says of new rows\n"
    "  mlp evaluate runs/digits                 test metrics of a trained model\n"
    "  mlp plot runs/digits runs/cars           loss curves of both in one figure\n"
    "\n"
    "'mlp COMMAND --help' says more about a command.";

void report(const std::string& what, const std::string& hint, const Environment& environment) {
  const Style style = style_of(kStderr, environment);
  print_error(style.red + "mlp: error:" + style.off + " " + one_line(what) + "\n" +
              (hint.empty() ? "" : "  hint: " + one_line(hint) + "\n"));
}

/// "mlp data fetch"
std::string full_name(const CLI::App* parser) {
  return parser->get_parent() == nullptr ? "mlp" : full_name(parser->get_parent()) + " " + parser->get_name();
}

/// The innermost sub-command that was given.
CLI::App* chosen(CLI::App* parser) {
  const auto given = parser->get_subcommands();
  return given.empty() ? parser : chosen(given.back());
}

std::vector<std::string> command_names(const CLI::App* parser) {
  std::vector<std::string> names;
  for (const auto* command : parser->get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App* parser) {
  std::vector<std::string> names;
  for (const auto* option : parser->get_options(
           [](const CLI::Option* o) { return o->nonpositional() && !o->get_group().empty(); })) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// What is wrong with an argument that nothing took.
[[noreturn]] void reject(const std::string& argument, const CLI::App* parser) {
  const std::string help = "run '" + full_name(parser) + " --help'";
  if (argument.starts_with("-") && argument != "-") {
    const std::string name = argument.substr(0, argument.find('='));
    const std::string hint = suggest(name, option_names(parser));
    // Of a long list of options only the nearest is worth showing.
    const auto end = hint.find("? ");
    throw UsageError("unknown option '" + name + "' for " + full_name(parser),
                     (end == std::string::npos ? "" : hint.substr(0, end + 2)) + help);
  }
  if (const auto names = command_names(parser); !names.empty()) {
    throw UsageError("unknown command '" + argument + "'", suggest(argument, names));
  }
  throw UsageError("unexpected argument '" + argument + "' for " + full_name(parser), help);
}

/// Parses, and turns the parser's errors into UsageErrors. Returns false when help or version was asked for
/// and has been printed.
bool parse(CLI::App& parser, int argc, const char* const* argv) {
  try {
    parser.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    CLI::App* command = chosen(&parser);
    print(help_page(*command, full_name(command)));
    return false;
  } catch (const CLI::CallForVersion&) {
    print(std::string("mlp ") + version() + "\n");
    return false;
  } catch (const CLI::ExtrasError&) {
    CLI::App* command = chosen(&parser);
    for (CLI::App* level = command; level != nullptr; level = level->get_parent()) {
      if (const auto extra = level->remaining(); !extra.empty()) reject(extra.front(), level);
    }
    throw;
  } catch (const CLI::ArgumentMismatch& error) {
    // "--epochs: 1 required N missing"
    const std::string what = error.what();
    throw UsageError(what.substr(0, what.find(':')) + " needs a value",
                     "run '" + full_name(chosen(&parser)) + " --help'");
  } catch (const CLI::ParseError& error) {
    CLI::App* command = chosen(&parser);
    throw UsageError(error.what(), "run '" + full_name(command) + " --help'");
  }
  return true;
}

/// An empty value is a shell variable that was not set, and never meant.
void reject_empty_values(const CLI::App& command) {
  for (const auto* option : command.get_options()) {
    const auto& values = option->results();
    if (std::find(values.begin(), values.end(), "") != values.end()) {
      const std::string name = option->get_name();  // empty for a positional
      throw UsageError((name.empty() ? option->get_type_name() : name) + " needs a value",
                       "run '" + full_name(&command) + " --help'");
    }
  }
}

int run_help(CLI::App& parser, const std::vector<std::string>& topic) {
  CLI::App* command = &parser;
  for (const auto& name : topic) {
    const auto names = command_names(command);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw UsageError("no help on '" + name + "'",
                       names.empty() ? "run '" + full_name(command) + " --help'" : suggest(name, names));
    }
    command = command->get_subcommand(name);
  }
  print(help_page(*command, full_name(command)));
  return 0;
}

int run_command(int argc, const char* const* argv, const Environment& environment) {
  CLI::App parser("Trains multilayer perceptrons, and uses them.", "mlp");
  parser.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  parser.set_help_flag("-h,--help", "Show this help");
  parser.set_version_flag("--version", std::string(version()), "Show the version");
  parser.require_subcommand(0, 1);

  std::vector<Command> commands;
  commands.push_back(add_train(parser, environment));
  commands.push_back(add_evaluate(parser, environment));
  commands.push_back(add_predict(parser, environment));
  commands.push_back(add_plot(parser, environment));
  commands.push_back(add_inspect(parser, environment));
  commands.push_back(add_bench(parser, environment));

  CLI::App* data = parser.add_subcommand("data", "List data sets, download them");
  data->require_subcommand(0, 1);
  data->footer("Examples:\n  mlp data list\n  mlp data fetch mnist");
  commands.push_back(add_data_list(*data, environment));
  commands.push_back(add_data_fetch(*data, environment));

  std::vector<std::string> topic;
  CLI::App* help = parser.add_subcommand("help", "Show help on a command");
  help->add_option("command", topic, "The command to show help on")->type_name("COMMAND");
  commands.push_back({help, [&] { return run_help(parser, topic); }});

  parser.footer(kExamples);

  if (!parse(parser, argc, argv)) return 0;
  reject_empty_values(*chosen(&parser));
  for (const auto& command : commands) {
    if (command.parser->parsed()) return command.run();
  }
  return run_help(*chosen(&parser), {});
}

}  // namespace

int run(int argc, const char* const* argv) {
  occupy_closed_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error that print() throws, not a sudden end
  std::signal(SIGXFSZ, SIG_IGN);  // likewise a file that outgrows its limit
  Environment environment = read_environment();
  if (argc > 0 && std::string_view(argv[0]).find('/') != std::string_view::npos)
    environment.program = argv[0];
  std::vector<std::string> words{"mlp"};
  words.insert(words.end(), argv + std::min(argc, 1), argv + argc);
  environment.command =
      (environment.mlp_target.empty() ? "" : "MLP_TARGET=" + shell_text({environment.mlp_target}) + " ") +
      shell_text(words);
  try {
    return run_command(argc, argv, environment);
  } catch (const ClosedPipe&) {
    return kSignal + SIGPIPE;  // who stops reading has seen enough
  } catch (const Interrupted& interrupted) {
    print_error("mlp: interrupted" + interrupted.details + "\n");
    return kSignal + interrupt_signal();
  } catch (const UsageError& error) {
    report(error.what(), error.hint(), environment);
    return kWrongUsage;
  } catch (const Error& error) {
    report(error.what(), error.hint(), environment);
  } catch (const std::bad_alloc&) {
    report(
        "not enough memory",
        "fewer rows need less, a table with columns left out (--ignore), a smaller network or --batch-size",
        environment);
  } catch (const std::exception& error) {
    report(error.what(), "", environment);
  }
  return kFailure;
}

}  // namespace mlp::app
