#include "sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

namespace mlp::app_test {
namespace {

constexpr int kPatience = 300000;  // milliseconds without output after which a program counts as hung

/// Arguments as posix functions take them: pointers into `texts`, then a null.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Appends what can be read; closes `file` at its end.
void drain(int& file, std::string& text) {
  std::array<char, 4096> buffer;
  const ssize_t count = ::read(file, buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  } else {
    ::close(file);
    file = -1;
  }
}

}  // namespace

Child::Child(const std::filesystem::path& folder, const Variables& environment, const Arguments& command,
             Terminal terminal) {
  std::vector<std::string> texts = command;
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  const auto argv = pointers(texts);
  const auto envp = pointers(variables);

  std::array<int, 2> out{-1, -1}, err{-1, -1};
  if (terminal.columns > 0) {
    winsize size{};
    size.ws_row = 24;
    size.ws_col = static_cast<unsigned short>(terminal.columns);
    process_ = ::forkpty(&out_, nullptr, nullptr, &size);
  } else {
    if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) std::abort();
    process_ = ::fork();
  }
  if (process_ == 0) {
    if (terminal.columns == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(err[1], STDERR_FILENO);
    }
    ::signal(SIGPIPE, SIG_DFL);
    if (::chdir(folder.c_str()) == 0) ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  if (terminal.columns == 0) {
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
  }
}

Child::~Child() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

bool Child::read_some() {
  std::array<pollfd, 2> files{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  if ((out_ < 0 && err_ < 0) || ::poll(files.data(), files.size(), kPatience) <= 0) return false;
  if (files[0].revents != 0) drain(out_, result_.out);
  if (files[1].revents != 0) drain(err_, result_.err);
  return true;
}

bool Child::wait_for(const std::string& text) {
  const std::string& where = err_ >= 0 || !result_.err.empty() ? result_.err : result_.out;
  while (where.find(text) == std::string::npos) {
    if (!read_some()) return false;
  }
  return true;
}

void Child::type(const std::string& text) {
  if (::write(out_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::abort();
}

void Child::resize(int columns) {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = static_cast<unsigned short>(columns);
  ::ioctl(out_, TIOCSWINSZ, &size);
}

void Child::send(int signal) { ::kill(process_, signal); }

void Child::close_output() {
  ::close(out_);
  out_ = -1;
}

Result Child::finish() {
  while (read_some()) {
  }
  int status = 0;
  if (out_ >= 0 || err_ >= 0) ::kill(process_, SIGKILL);  // it hangs
  ::waitpid(process_, &status, 0);
  process_ = -1;
  if (WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
  return result_;
}

Sandbox::Sandbox() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mlp-app-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  folder_ = pattern;
  const char* search = std::getenv("PATH");
  environment_ = {{"PATH", search == nullptr ? "/usr/bin:/bin" : search},
                  {"HOME", folder_.string()},
                  {"XDG_CACHE_HOME", (folder_ / "cache").string()},
                  {"TERM", "xterm"},
                  {"LANG", "C.UTF-8"},
                  // Nothing listens there: a download fails at once, with and without a network.
                  {"http_proxy", "http://127.0.0.1:1"},
                  {"https_proxy", "http://127.0.0.1:1"}};
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment_[name] = value;
  }
}

Sandbox::~Sandbox() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Arguments Sandbox::command(Arguments arguments) {
  arguments.insert(arguments.begin(), MLP_APP);
  return arguments;
}

Result Sandbox::run(const Arguments& arguments, Terminal terminal) const {
  Child child(folder_, environment_, command(arguments), terminal);
  return child.finish();
}

Result Sandbox::shell(const std::string& script) const {
  Child child = start_shell(script);
  return child.finish();
}

Child Sandbox::start_shell(const std::string& script, Terminal terminal) const {
  auto environment = environment_;
  environment["MLP"] = MLP_APP;
  return {folder_, environment, {"/bin/sh", "-c", script}, terminal};
}

std::vector<Arguments> Sandbox::every_command() const {
  std::vector<Arguments> commands, parents = {{}};
  while (!parents.empty()) {
    const Arguments parent = parents.back();
    parents.pop_back();
    std::istringstream page(run(joined(parent, {"--help"})).out);
    bool listed = false;
    for (std::string line; std::getline(page, line);) {
      if (line == "Commands:") {
        listed = true;
      } else if (line.empty()) {
        listed = false;
      } else if (listed && line[2] != ' ') {
        commands.push_back(joined(parent, {line.substr(2, line.find(' ', 2) - 2)}));
        if (usage_of(commands.back()).find(" COMMAND ") != std::string::npos)
          parents.push_back(commands.back());
      }
    }
  }
  EXPECT_FALSE(commands.empty()) << "mlp --help lists no commands";
  return commands;
}

std::vector<Arguments> Sandbox::commands_taking(const std::string& argument) const {
  auto commands = every_command();
  std::erase_if(commands, [&](const Arguments& command) {
    return usage_of(command).find(" " + argument + " ") == std::string::npos;
  });
  EXPECT_FALSE(commands.empty()) << argument;
  return commands;
}

std::string Sandbox::usage_of(const Arguments& command) const {
  const std::string page = run(joined(command, {"--help"})).out;
  const auto begin = page.find("Usage: ");
  EXPECT_NE(begin, std::string::npos) << page;
  return begin == std::string::npos ? "" : page.substr(begin, page.find('\n', begin) - begin);
}

std::string Sandbox::content(const std::string& name) const {
  std::ifstream file(folder_ / name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Sandbox::write(const std::string& name, const std::string& content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
}

std::map<std::string, std::string> Sandbox::tensors(const std::string& name) const {
  const std::string file = content(name);
  std::uint64_t header_size = 0;
  if (file.size() < sizeof header_size) return {};
  std::memcpy(&header_size, file.data(), sizeof header_size);
  const auto header = nlohmann::json::parse(file.substr(sizeof header_size, header_size));
  std::map<std::string, std::string> result;
  for (const auto& [key, tensor] : header.items()) {
    if (key == "__metadata__") continue;
    const std::size_t begin = tensor["data_offsets"][0], end = tensor["data_offsets"][1];
    result[key] = file.substr(sizeof header_size + header_size + begin, end - begin);
  }
  return result;
}

Arguments joined(Arguments command, const Arguments& more) {
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

Arguments quick_example(const Arguments& command) {
  static const std::map<Arguments, Arguments> more = {
      {{"train"}, {"friedman", "--layers", "8:relu,1:linear", "--epochs", "4", "--threads", "1"}},
      {{"evaluate"}, {"runs/friedman"}},
      {{"predict"}, {"runs/friedman", "--input", "rows.csv"}},
      {{"plot"}, {"runs/friedman"}},
      {{"inspect"}, {"runs/friedman"}},
      {{"bench"},
       {"--network", "6:relu,3:softmax", "--input-size", "20", "--batch-size", "8", "--seconds", "0.001"}},
      {{"export"}, {"runs/friedman", "--c", "net.c"}},
      {{"import"}, {"net.onnx"}},
      {{"data"}, {}},
      {{"data", "list"}, {}},
      {{"data", "fetch"}, {"digits"}},
      {{"completion"}, {"bash"}},
      {{"help"}, {"train"}}};
  const auto found = more.find(command);
  EXPECT_NE(found, more.end()) << "quick_example() in tests/app/sandbox.cpp does not know mlp "
                               << command.back();
  return found == more.end() ? command : joined(command, found->second);
}

Arguments quick_training(const Arguments& more) { return joined(quick_example({"train"}), more); }

nlohmann::json only_json(const std::string& text) {
  EXPECT_FALSE(text.empty());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  EXPECT_TRUE(text.ends_with('\n')) << text;
  auto document = nlohmann::json::parse(text, nullptr, false);
  EXPECT_TRUE(document.is_object()) << text;
  return document;
}

void expect_error_message(const std::string& text) {
  EXPECT_TRUE(text.starts_with("mlp: error: ")) << text;
  const auto lines = std::count(text.begin(), text.end(), '\n');
  EXPECT_TRUE(lines == 1 || lines == 2) << text;
  if (lines == 2) {
    EXPECT_NE(text.find("\n  hint: "), std::string::npos) << text;
  }
}

}  // namespace mlp::app_test
