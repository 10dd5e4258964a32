// What shells offer with `mlp completion`: run in bash always, in zsh and fish where they are installed.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include "app/sandbox.h"

namespace mlp::app_test {
namespace {

class Completion : public Sandbox {
 protected:
  Completion() {
    environment_["PATH"] = std::filesystem::path(MLP_APP).parent_path().string() + ":" + environment_["PATH"];
    std::filesystem::create_directory(path("empty"));
  }
  static bool has(const std::string& shell) {
    return std::system(("command -v " + shell + " > /dev/null 2>&1").c_str()) == 0;
  }

  /// What bash offers for the last of `words`, in a folder without files.
  std::set<std::string> offered(const std::string& words) const {
    const auto result =
        shell("cd empty; exec bash --norc -c 'eval \"$(mlp completion bash)\"; COMP_WORDS=(" + words +
              "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _mlp; printf \"%s\\n\" \"${COMPREPLY[@]}\"'");
    EXPECT_EQ(result.exit_code, 0) << words << "\n" << result.err;
    EXPECT_EQ(result.err, "") << words;
    std::set<std::string> lines;
    std::istringstream text(result.out);
    for (std::string line; std::getline(text, line);) {
      if (!line.empty()) lines.insert(line);
    }
    return lines;
  }
};

using Words = std::set<std::string>;

TEST_F(Completion, BashOffersCommandsOptionsAndValues) {
  if (!has("bash")) GTEST_SKIP() << "skipped: there is no bash";
  EXPECT_EQ(offered("mlp tr"), Words{"train"});
  EXPECT_TRUE(offered("mlp \"\"").contains("completion"));
  EXPECT_EQ(offered("mlp data \"\""), (Words{"list", "fetch"}));
  EXPECT_EQ(offered("mlp data fetch \"\""), (Words{"mnist", "mpg", "all"}));
  EXPECT_EQ(offered("mlp data list --"), (Words{"--data-dir", "--json", "--help"}));
  EXPECT_EQ(offered("mlp train f"), Words{"friedman"});
  EXPECT_EQ(offered("mlp train train f"), Words{"friedman"}) << "no command, a file's name";
  EXPECT_EQ(offered("mlp help ev"), Words{"evaluate"});
  EXPECT_EQ(offered("mlp completion \"\""), (Words{"bash", "zsh", "fish"}));
  EXPECT_EQ(offered("mlp train friedman --early"), Words{"--early-stopping"});
  EXPECT_EQ(offered("mlp train friedman --epochs \"\""), Words{}) << "a number of one's own";
  EXPECT_EQ(offered("mlp train friedman --json f"), Words{"friedman"}) << "a flag has no value";
  const Words schedules = {"constant", "step", "exponential", "warm_up", "cosine", "one_cycle"};
  EXPECT_EQ(offered("mlp train friedman --schedule \"\""), schedules);
  EXPECT_EQ(offered("mlp train friedman --schedule = \"\""), schedules) << "as bash splits --schedule=";
  EXPECT_EQ(offered("mlp train friedman --schedule = c"), (Words{"constant", "cosine"}));
  EXPECT_EQ(offered("mlp train friedman --schedule ="), schedules);

  write("empty/a file.csv", "");
  std::filesystem::create_directory(path("empty/folder"));
  EXPECT_EQ(offered("mlp predict runs --input \"\""), (Words{"a file.csv", "folder"}));
  EXPECT_EQ(offered("mlp train friedman --output \"\""), Words{"folder"});
  EXPECT_EQ(offered("mlp inspect \"a f\""), Words{"a file.csv"});
}

TEST_F(Completion, OffersEveryOptionOfTheHelpPagesAndOnlyValuesThatAreTaken) {
  if (!has("bash")) GTEST_SKIP() << "skipped: there is no bash";
  for (const std::string command :
       {"train", "evaluate", "predict", "plot", "inspect", "export", "import", "bench", "data list"}) {
    const auto help = shell("mlp " + command + " --help").out;
    Words options;
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
      const auto place = line.starts_with("  -h, --help") ? 6 : line.starts_with("  --") ? 2 : 0;
      if (place > 0) options.insert(line.substr(place, line.find(' ', place) - place));
    }
    EXPECT_GT(options.size(), 1u) << help;
    EXPECT_EQ(offered("mlp " + command + " --"), options) << command;
    if (command != "train") continue;
    int values = 0;
    for (const auto& option : options) {
      if (option == "--cpu-target") continue;  // no machine has them all
      for (const auto& value : offered("mlp train friedman " + option + " \"\"")) {
        if (value == "friedman" || value == "mnist" || value == "mpg" || value == "digits")
          continue;  // after a flag
        const auto result = run(quick_training({option, value, "--epochs", "1", "--quiet"}));
        EXPECT_EQ(result.err.find("unknown "), std::string::npos) << option << " " << value << "\n"
                                                                  << result.err;
        EXPECT_EQ(result.err.find(" takes "), std::string::npos) << option << " " << value << "\n"
                                                                 << result.err;
        ++values;
      }
    }
    EXPECT_GT(values, 35);
  }
}

TEST_F(Completion, TabCompletesInAnInteractiveBash) {
  if (!has("bash")) GTEST_SKIP() << "skipped: there is no bash";
  environment_["PS1"] = "ready> ";
  Child child(folder_, environment_, {"/bin/sh", "-c", "exec bash --norc --noprofile -i"}, {100});
  child.type("eval \"$(mlp completion bash)\"; echo com''pletes\n");
  ASSERT_TRUE(child.wait_for("completes\r\n"));
  child.type("mlp train friedman --sched\tone\t --help > page; echo do''ne\n");
  ASSERT_TRUE(child.wait_for("done\r\n"));
  child.type("exit\n");
  const auto result = child.finish();
  EXPECT_NE(result.out.find("--schedule one_cycle  --help"), std::string::npos) << result.out;
  EXPECT_NE(content("page").find("Usage: mlp train"), std::string::npos);
}

TEST_F(Completion, ZshCompletesWhereItIsInstalled) {
  if (!has("zsh")) GTEST_SKIP() << "skipped: there is no zsh";
  Child child(folder_, environment_, {"/bin/sh", "-c", "exec zsh -f -i"}, {100});
  child.type(
      "PS1='ready> '; autoload -Uz compinit; compinit -u -D; eval \"$(mlp completion zsh)\"; echo "
      "com''pletes\n");
  ASSERT_TRUE(child.wait_for("completes\r\n"));
  child.type("mlp eval\truns --thr\tau\t; echo do''ne\n");
  ASSERT_TRUE(child.wait_for("done\r\n"));
  child.type("mlp data li\t--js\t> list; echo wri''tten\n");
  ASSERT_TRUE(child.wait_for("written\r\n"));
  child.type("exit\n");
  const auto result = child.finish();
  EXPECT_NE(result.out.find("there is no model runs"), std::string::npos) << result.out;
  EXPECT_TRUE(only_json(content("list"))["command"] == "data list") << result.out;
}

TEST_F(Completion, FishCompletesWhereItIsInstalled) {
  if (!has("fish")) GTEST_SKIP() << "skipped: there is no fish";
  const auto offers = [&](const std::string& line) {
    const auto result = shell(
        "cd empty; exec fish --no-config -c 'mlp completion fish | source; complete -C \"" + line + "\"'");
    EXPECT_EQ(result.err, "") << line;
    Words words;
    std::istringstream text(result.out);
    for (std::string word; std::getline(text, word);) words.insert(word.substr(0, word.find('\t')));
    return words;
  };
  EXPECT_EQ(offers("mlp tra"), Words{"train"});
  EXPECT_EQ(offers("mlp data "), (Words{"list", "fetch"}));
  EXPECT_EQ(offers("mlp train friedman --early"), Words{"--early-stopping"});
  EXPECT_EQ(offers("mlp train friedman --schedule co"), (Words{"constant", "cosine"}));
  EXPECT_EQ(offers("mlp train friedman --schedule=co"), (Words{"--schedule=constant", "--schedule=cosine"}));
  EXPECT_EQ(offers("mlp train friedman --epochs "), Words{});
  EXPECT_EQ(offers("mlp help ev"), Words{"evaluate"});
  std::filesystem::create_directory(path("empty/folder"));
  EXPECT_EQ(offers("mlp train friedman --output "), Words{"folder/"});
}

TEST_F(Completion, AnotherShellIsNamedUnknown) {
  const auto result = run({"completion", "tcsh"});
  EXPECT_EQ(result.exit_code, 2);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("no completion for the shell 'tcsh'"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace mlp::app_test
