// Runs the program as a user would: in a folder of its own, with a home of its own and no network.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mlp::app_test {

struct Result {
  int exit_code = -1;  ///< -1: ended by `signal`
  int signal = 0;
  std::string out;  ///< standard output; on a terminal standard error as well
  std::string err;
};

using Arguments = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

/// Columns of the terminal to run on; 0: no terminal but two pipes.
struct Terminal {
  int columns = 0;
};

/// A program that is running.
class Child {
 public:
  /// `command`: a program's path and its arguments.
  Child(const std::filesystem::path& folder, const Variables& environment, const Arguments& command,
        Terminal terminal);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Reads until standard error (on a terminal: the output) holds `text`; false when the program ended
  /// without.
  bool wait_for(const std::string& text);
  void send(int signal);
  /// On a terminal: what is typed there, another width, and its end.
  void type(const std::string& text);
  void resize(int columns);
  void hang_up() { close_output(); }
  pid_t process() const { return process_; }
  /// Closes the reading end of the program's standard output.
  void close_output();
  Result finish();

 private:
  bool read_some();

  pid_t process_ = -1;
  int out_ = -1;
  int err_ = -1;
  Result result_;
};

class Sandbox : public ::testing::Test {
 protected:
  Sandbox();
  ~Sandbox() override;

  Result run(const Arguments& arguments, Terminal terminal = {}) const;
  Child start(const Arguments& arguments, Terminal terminal = {}) const {
    return Child(folder_, environment_, command(arguments), terminal);
  }
  /// A shell script; "$MLP" is the program.
  Result shell(const std::string& script) const;
  Child start_shell(const std::string& script, Terminal terminal = {}) const;
  /// Every command, as `mlp --help` and the help pages of commands with commands of their own name them: a
  /// new one is among them by itself.
  std::vector<Arguments> every_command() const;
  /// Those whose usage names an argument: "MODEL", "DIR...".
  std::vector<Arguments> commands_taking(const std::string& argument) const;
  /// The "Usage:" line of a command's help page.
  std::string usage_of(const Arguments& command) const;
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  bool exists(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
  std::string content(const std::string& name) const;
  void write(const std::string& name, const std::string& content) const;
  /// The tensors of a safetensors file, name by name: its bytes without what was measured with a clock.
  std::map<std::string, std::string> tensors(const std::string& name) const;

  static Arguments command(Arguments arguments);

  std::filesystem::path folder_;
  Variables environment_;
};

/// Quick to train: Friedman #1 needs neither file nor network.
Arguments quick_training(const Arguments& more = {});

/// The words of a command and then more.
Arguments joined(Arguments command, const Arguments& more);

/// A command with arguments with which it succeeds quickly, for which quick_training() has left a run and
/// rows.csv holds a row of its inputs. Reports a command that it does not know.
Arguments quick_example(const Arguments& command);

/// The one JSON object that `text` must be, line break included.
nlohmann::json only_json(const std::string& text);

/// `text` has one or two lines, the first of which begins "mlp: error: ".
void expect_error_message(const std::string& text);

}  // namespace mlp::app_test
