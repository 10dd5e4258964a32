#include "cli/completion_script.h"

#include <algorithm>

namespace mlp::app {
namespace {

/// What a shell offers where a value is typed.
enum class Paths { kNone, kFolders, kFiles };

Paths paths_of(const Option& option) {
  const std::string type = option.type();
  if (type == "DIR") return Paths::kFolders;
  const bool files = type.find("FILE") != std::string::npos || type == "MODEL" || type == "DATASET";
  return files ? Paths::kFiles : Paths::kNone;
}

std::string joined(const std::vector<std::string>& texts, const std::string& separator = " ") {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : separator) + text;
  return all;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

/// In single quotes, as bash and zsh read them.
std::string quoted(const std::string& text) { return "'" + replaced(text, "'", "'\\''") + "'"; }

/// A description cut to the room that a list has.
std::string brief(const std::string& description) {
  const auto end = std::min({description.find(": "), description.find("; "), description.find(" (default")});
  return description.substr(0, end);
}

/// The program and all its commands.
std::vector<Parser> with_commands(const Parser& parser) {
  std::vector<Parser> all{parser};
  for (const auto& command : parser.commands()) {
    for (auto& inner : with_commands(command)) all.push_back(std::move(inner));
  }
  return all;
}

/// "data list": without the program's name; empty for the program itself.
std::string path_of(const Parser& command) {
  const std::string name = command.full_name();
  const auto space = name.find(' ');
  return space == std::string::npos ? "" : name.substr(space + 1);
}

/// The words that may stand where no option does: commands, or the values of the first positional argument.
std::vector<std::string> words_of(const Parser& command) {
  std::vector<std::string> words;
  for (const auto& inner : command.commands()) words.push_back(inner.name());
  for (const auto& option : command.options()) {
    if (option.is_positional() && words.empty()) words = option.choices();
  }
  return words;
}

Paths paths_of(const Parser& command) {
  for (const auto& option : command.options()) {
    if (option.is_positional()) return paths_of(option);
  }
  return Paths::kNone;
}

std::string bash_offer(const std::vector<std::string>& words, Paths paths) {
  std::string text;
  if (!words.empty()) text += "words=" + quoted(joined(words)) + " ";
  if (paths != Paths::kNone) text += paths == Paths::kFolders ? "paths=-d" : "paths=-f";
  return text.empty() ? "return" : text;
}

}  // namespace

std::string bash_completion(const Parser& program) {
  std::vector<std::string> paths;
  std::string values, arguments;
  for (const auto& command : with_commands(program)) {
    const std::string path = path_of(command);
    if (!path.empty()) paths.push_back(quoted(path));
    std::vector<std::string> options;
    for (const auto& option : command.options()) {
      if (option.is_positional()) continue;
      options.push_back(option.name());
      if (option.is_flag()) continue;
      values += "    " + quoted(path + " " + option.name()) + ") " +
                bash_offer(option.choices(), paths_of(option)) + " ;;\n";
    }
    arguments += "      " + quoted(path) + ") options=" + quoted(joined(options)) + " " +
                 replaced(bash_offer(words_of(command), paths_of(command)), "return", "") + " ;;\n";
  }
  return R"(# Completes mlp in bash. Written by 'mlp completion bash'.
_mlp() {
  local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
  local command= options= words= paths= word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${command:+$command }${COMP_WORDS[i]}"
    case "$word" in
      )" +
         joined(paths, " | ") +
         R"() command=$word ;;
    esac
  done
  # bash takes --loss=huber for three words.
  if [[ $current == '=' ]]; then
    current=
  elif [[ $option == '=' ]]; then
    option=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case "$command $option" in
)" + values +
         R"(    *) case "$command" in
)" + arguments +
         R"(      esac
      if [[ $current == -* ]]; then words=$options paths=; fi ;;
  esac
  COMPREPLY=()
  if [[ -n $words ]]; then
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
  fi
  if [[ -n $paths ]]; then
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$paths" -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _mlp mlp
)";
}

namespace {

/// Text escaped for descriptions and messages of _arguments.
std::string zsh_text(std::string text) {
  for (const char* special : {"\\", "[", "]", ":"})
    text = replaced(text, special, std::string("\\") + special);
  return text;
}

std::string zsh_action(const Option& option) {
  const Paths paths = paths_of(option);
  const std::string files = paths == Paths::kNone ? "" : paths == Paths::kFolders ? "_files -/" : "_files";
  const auto choices = option.choices();
  if (choices.empty()) return files.empty() ? " " : files;
  if (files.empty()) return "(" + joined(choices) + ")";
  return "{compadd -- " + joined(choices) + "; " + files + "}";
}

std::string zsh_spec(const Option& option) {
  const std::string value = ":" + zsh_text(option.type()) + ":" + zsh_action(option);
  if (option.is_positional()) return (option.is_list() ? "*" : "1") + value;
  const std::string description = "[" + zsh_text(brief(option.description())) + "]";
  if (option.is_flag()) return option.name() + description;
  return (option.is_list() ? "*" : "") + option.name() + "=" + description + value;
}

std::string zsh_function(const Parser& command) { return "_" + replaced(command.full_name(), " ", "_"); }

std::string zsh_function_of(const Parser& command) {
  std::string specs, names, calls;
  for (const auto& option : command.options()) specs += " \\\n    " + quoted(zsh_spec(option));
  for (const auto& inner : command.commands()) {
    names += " " + quoted(inner.name() + ":" + replaced(inner.description(), ":", "\\:"));
    calls += "        " + inner.name() + ") " + zsh_function(inner) + " ;;\n";
  }
  const std::string begin = zsh_function(command) + "() {\n";
  if (names.empty()) return begin + "  _arguments" + specs + "\n}\n";
  return begin + "  local context state state_descr line\n  typeset -A opt_args\n  _arguments -C" + specs +
         " \\\n    '1:command:->command' '*::argument:->arguments'\n"
         "  case $state in\n"
         "    command)\n      local -a commands=(" +
         names + ")\n      _describe command commands ;;\n    arguments)\n      case $words[1] in\n" + calls +
         "      esac ;;\n  esac\n}\n";
}

}  // namespace

std::string zsh_completion(const Parser& program) {
  std::string text = "#compdef mlp\n# Completes mlp in zsh. Written by 'mlp completion zsh'.\n";
  for (const auto& command : with_commands(program)) text += zsh_function_of(command);
  return text + "if [[ $funcstack[1] == _mlp ]]; then _mlp \"$@\"; else compdef _mlp mlp; fi\n";
}

namespace {

std::string fish_quoted(const std::string& text) {
  return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fish_line(const std::string& command, const std::string& rest) {
  return "complete -c mlp -n " + fish_quoted("__mlp_is " + command) + " " + rest + "\n";
}

/// The completions of a value: -a its choices, -F files as well.
std::string fish_values(const std::vector<std::string>& choices, Paths paths) {
  std::vector<std::string> words = choices;
  if (paths == Paths::kFolders) words.emplace_back("(__fish_complete_directories)");
  return (paths == Paths::kFiles ? " -F" : "") + (words.empty() ? "" : " -a " + fish_quoted(joined(words)));
}

}  // namespace

std::string fish_completion(const Parser& program) {
  std::vector<std::string> paths;
  std::string lines;
  for (const auto& command : with_commands(program)) {
    const std::string path = path_of(command);
    if (!path.empty()) paths.push_back(fish_quoted(path));
    for (const auto& inner : command.commands())
      lines += fish_line(path, "-a " + inner.name() + " -d " + fish_quoted(inner.description()));
    for (const auto& option : command.options()) {
      const std::string values = fish_values(option.choices(), paths_of(option));
      if (option.is_positional()) {
        if (!values.empty()) lines += fish_line(path, values.substr(1));
        continue;
      }
      const std::string value = (paths_of(option) == Paths::kFiles ? " -r" : " -x") + values;
      const std::string name = option.name() == "--help" ? "-s h -l help" : "-l " + option.name().substr(2);
      lines += fish_line(
          path, name + (option.is_flag() ? "" : value) + " -d " + fish_quoted(brief(option.description())));
    }
  }
  return R"(# Completes mlp in fish. Written by 'mlp completion fish'.
function __mlp_is --description 'Whether this command is being typed'
  set -l command ''
  set -l words (commandline -opc)
  for word in $words[2..-1]
    set -l longer (string trim -- "$command $word")
    if contains -- $longer )" +
         joined(paths) + R"(
      set command $longer
    end
  end
  test "$command" = "$argv"
end
complete -c mlp -f
)" + lines;
}

}  // namespace mlp::app
