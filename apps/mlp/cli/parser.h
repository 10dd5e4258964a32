// The parser of the command line: commands and their options are declared here, and parsed arguments are
// read.
//
// CLI11 does the work, and parser.cpp alone includes it: its header takes GCC 2 s to read, and what is used
// of it up to 8 s more to compile, in each file that includes it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's own name
class App;
class Option;
}  // namespace CLI

namespace mlp::app {

/// Values that an option is completed with, for those that have some.
using Choices = std::map<const CLI::Option*, std::vector<std::string>>;

/// An option, a flag or a positional argument of a command: a handle, valid as long as its parser.
class Option {
 public:
  Option(CLI::Option* option, Choices* choices) : option_(option), all_choices_(choices) {}

  // How it is declared. Each returns the option itself, so that calls can be chained.
  Option& type(const std::string& name);   ///< the name of its value: "FILE"
  Option& group(const std::string& name);  ///< its heading on the help page
  Option& required();
  Option& one_at_a_time();  ///< of a list: takes one value per occurrence, not all words that follow
  Option& choices(
      std::vector<std::string> values);  ///< what a shell completes it with; others may be possible

  // What was declared.
  std::string name() const;   ///< "--epochs"
  std::string names() const;  ///< "-h, --help"
  std::string type() const;
  std::string group() const;
  std::string description() const;
  bool is_positional() const;
  bool is_required() const;
  bool is_list() const;
  bool is_flag() const;
  std::vector<std::string> choices() const;

  /// Whether it has a value, from the command line or by set().
  bool given() const;
  /// Gives it these values; false where it rejects one of them.
  bool set(const std::vector<std::string>& values);

 private:
  CLI::Option* option_;
  Choices* all_choices_;
};

/// A command with its options and its own commands; the program itself is one. A handle: copies are the same
/// parser.
class Parser {
 public:
  /// The program, with --help and --version.
  Parser(const std::string& name, const std::string& description);

  Parser add_command(const std::string& name, const std::string& description);
  /// An option "--name" or a positional argument "NAME". The argument is stored in the value, which must
  /// outlive the parsing.
  Option add_option(const std::string& name, std::string& value, const std::string& description);
  Option add_option(const std::string& name, std::optional<std::string>& value,
                    const std::string& description);
  Option add_option(const std::string& name, std::vector<std::string>& values,
                    const std::string& description);
  Option add_flag(const std::string& name, bool& value, const std::string& description);
  /// What the help page ends with.
  void footer(const std::string& text);

  /// What a command line asks for: a command (the one that is given()), help, or the version.
  enum class Request { kCommand, kHelp, kVersion };
  /// Throws UsageError.
  Request parse(int argc, const char* const* argv);
  bool given() const;
  /// The innermost command that was given, or the program itself.
  Parser chosen() const;

  std::string name() const;
  std::string full_name() const;  ///< "mlp data fetch"
  std::string description() const;
  std::string footer() const;
  std::vector<Parser> commands() const;
  std::vector<Option> options() const;
  /// Finds it by name: "--epochs" of an option, "dataset" of a positional argument.
  std::optional<Option> option(const std::string& name) const;

 private:
  Parser(std::shared_ptr<CLI::App> app, std::shared_ptr<Choices> choices)
      : app_(std::move(app)), choices_(std::move(choices)) {}

  std::shared_ptr<CLI::App> app_;
  std::shared_ptr<Choices> choices_;  ///< of the whole program's options
};

}  // namespace mlp::app
