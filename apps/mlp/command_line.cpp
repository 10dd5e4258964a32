#include "command_line.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <new>
#include <string_view>

#include "cli/help.h"
#include "cli/option_words.h"
#include "cli/parser.h"
#include "commands/commands.h"
#include "mlp/error.h"
#include "mlp/suggest.h"
#include "mlp/version.h"
#include "terminal/bus_error.h"
#include "terminal/format.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

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

void report(const Message& message, const Message& advice, const Environment& environment) {
  const Style style = style_of(kStderr, environment);
  const std::string hint = in_words(advice, option_words);
  print_error(style.red + "mlp: error:" + style.off + " " + one_line(in_words(message, option_words)) + "\n" +
              (hint.empty() ? "" : "  hint: " + one_line(hint) + "\n"));
}

int run_help(const Parser& program, const std::vector<std::string>& topic, const Environment& environment) {
  Parser command = program;
  for (const auto& name : topic) {
    const auto commands = command.commands();
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [&](const Parser& known) { return known.name() == name; });
    if (found == commands.end()) {
      std::vector<std::string> names;
      for (const auto& known : commands) names.push_back(known.name());
      throw UsageError("no help on '" + name + "'",
                       names.empty() ? "run '" + command.full_name() + " --help'" : suggest(name, names));
    }
    command = *found;
  }
  print(help_page(command, style_of(kStdout, environment).columns));
  return 0;
}

int run_command(int argc, const char* const* argv, const Environment& environment) {
  Parser program("mlp", "Trains multilayer perceptrons, and uses them.");

  std::vector<Command> commands;
  commands.push_back(add_train(program, environment));
  commands.push_back(add_evaluate(program, environment));
  commands.push_back(add_predict(program, environment));
  commands.push_back(add_plot(program, environment));
  commands.push_back(add_inspect(program, environment));
  commands.push_back(add_export(program, environment));
  commands.push_back(add_import(program, environment));
  commands.push_back(add_bench(program, environment));

  Parser data = program.add_command("data", "List data sets, download them");
  data.footer("Examples:\n  mlp data list\n  mlp data fetch mnist");
  commands.push_back(add_data_list(data, environment));
  commands.push_back(add_data_fetch(data, environment));

  commands.push_back(add_completion(program));

  std::vector<std::string> topic;
  Parser help = program.add_command("help", "Show help on a command");
  std::vector<std::string> names;
  for (const auto& command : program.commands()) names.push_back(command.name());
  help.add_option("command", topic, "The command to show help on").type("COMMAND").choices(names);
  commands.push_back({help, [&] { return run_help(program, topic, environment); }});

  program.footer(kExamples);

  switch (program.parse(argc, argv)) {
    case Parser::Request::kVersion:
      print(std::string("mlp ") + version() + "\n");
      return 0;
    case Parser::Request::kHelp:
      print(help_page(program.chosen(), style_of(kStdout, environment).columns));
      return 0;
    case Parser::Request::kCommand:
      break;
  }
  for (const auto& command : commands) {
    if (command.parser.given()) return command.run();
  }
  return run_help(program.chosen(), {}, environment);
}

}  // namespace

int run(int argc, const char* const* argv) {
  occupy_closed_streams();
  explain_bus_errors();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error that print() throws, not a sudden end
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file that outgrows its limit
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
    return kSignal + SIGPIPE;  // the reader closed the pipe on purpose
  } catch (const Interrupted& interrupted) {
    print_error("mlp: interrupted" + interrupted.details + "\n");
    return kSignal + interrupt_signal();
  } catch (const UsageError& error) {
    report(error.message(), error.advice(), environment);
    return kWrongUsage;
  } catch (const Error& error) {
    report(error.message(), error.advice(), environment);
  } catch (const std::bad_alloc&) {
    report(
        "not enough memory",
        "fewer rows need less, a table with columns left out (--ignore), a smaller network or --batch-size",
        environment);
  } catch (const std::filesystem::filesystem_error& error) {  // from a query of a path's status
    report(error.path1().string() + ": " + reason_of(error.code()),
           "check the path, and where its links point: ls -l", environment);
  } catch (const std::exception& error) {
    report(error.what(), "", environment);
  }
  return kFailure;
}

}  // namespace mlp::app
