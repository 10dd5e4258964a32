// mlp completion: what makes a shell complete commands, options and their values.
#include <memory>

#include "cli/completion_script.h"
#include "commands/commands.h"
#include "mlp/error.h"
#include "mlp/suggest.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

std::vector<std::string> shells() { return {"bash", "zsh", "fish"}; }

int run_completion(const Parser& program, const std::string& shell) {
  if (shell == "bash")
    print(bash_completion(program));
  else if (shell == "zsh")
    print(zsh_completion(program));
  else if (shell == "fish")
    print(fish_completion(program));
  else
    throw UsageError("no completion for the shell '" + shell + "'", suggest(shell, shells()));
  return 0;
}

}  // namespace

Command add_completion(Parser& program) {
  auto shell = std::make_shared<std::string>();
  Parser parser = program.add_command("completion", "A script that lets a shell complete what is typed");
  parser.add_option("SHELL", *shell, "bash, zsh or fish").type("SHELL").required().choices(shells());
  parser.footer(
      "In effect at once, and in every shell with the line in its start-up file:\n"
      "  bash   eval \"$(mlp completion bash)\"    ~/.bashrc\n"
      "  zsh    eval \"$(mlp completion zsh)\"     ~/.zshrc, after compinit\n"
      "  fish   mlp completion fish | source     ~/.config/fish/config.fish\n"
      "\n"
      "An installed mlp has them where these shells look.");
  return {parser, [program, shell] { return run_completion(program, *shell); }};
}

}  // namespace mlp::app
