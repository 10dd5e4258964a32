// Files whose names are any bytes: they are trained on and found again, and every command that is printed can
// be typed.
#include <cstdlib>

#include "app/sandbox.h"
#include "mlp/model.h"

namespace mlp::app_test {
namespace {

using Names = Sandbox;

constexpr const char* kRows =
    "a,b,y\n1,5,2\n2,3,4\n3,8,6\n4,1,8\n5,2,9\n6,4,12\n7,7,14\n8,1,15\n9,9,18\n10,2,21\n";

bool has_bash() { return std::system("command -v bash > /dev/null 2>&1") == 0; }

/// What follows `label` on its line of a summary.
std::string after(const std::string& text, const std::string& label) {
  const auto begin = text.find("\n  " + label);
  if (begin == std::string::npos) return "";
  const auto start = text.find_first_not_of(' ', begin + 3 + label.size());
  return text.substr(start, text.find('\n', start) - start);
}

TEST_F(Names, OfAnyBytesAreTrainedOnAndFoundAgain) {
  if (!has_bash()) GTEST_SKIP() << "skipped: there is no bash, which reads $'...'";
  for (const std::string name : {"caf\xe9", "two\nlines", "a b'c", "\x1b[31mred", "back\\slash\xff",
                                 "\u202Eturned", "-dash", "100%"}) {
    const std::string file = "./" + name + ".csv";
    write(file, kRows);
    write("rows.csv", kRows);
    const auto trained = run({"train", file, "--target", "y", "--epochs", "2", "--threads", "1"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    ASSERT_TRUE(exists("runs/" + name + "/model.safetensors")) << trained.out;

    const std::string command = after(trained.out, "next");
    ASSERT_TRUE(command.ends_with(" --input FILE")) << trained.out;
    write("command", command.substr(0, command.size() - 4) + "rows.csv\n");
    const auto typed = shell("bash ./command");
    EXPECT_EQ(typed.exit_code, 0) << command << "\n" << typed.err;
    EXPECT_EQ(typed.out.substr(0, 2), "y\n");
    if (const auto page = after(trained.out, "look at"); page.starts_with("$'")) {
      write("command", "test -s " + page + "\n");
      EXPECT_EQ(shell("bash ./command").exit_code, 0) << trained.out;
    }

    // The same run again, as config.toml says.
    const std::string config = content("runs/" + name + "/config.toml");
    const auto comment = config.find("#   mlp train");
    ASSERT_NE(comment, std::string::npos);
    write("command",
          "\"$MLP\"" + config.substr(comment + 7, config.find('\n', comment) - comment - 7) + " --quiet\n");
    const auto again = shell("bash ./command");
    EXPECT_EQ(again.exit_code, 0) << content("command") << again.err;

    EXPECT_EQ(run({"evaluate", "runs/" + name}).exit_code, 0);
    const auto json = only_json(run({"evaluate", "runs/" + name, "--json"}).out);
    const auto resumed = run({"train", "--resume", "runs/" + name, "--json", "--quiet"});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(only_json(resumed.out)["dataset"], json["dataset"]);
  }
}

TEST_F(Names, ThatAreNoUtf8AreEscapedInModelAndJson) {
  write("caf\xe9\\.csv", kRows);
  const auto trained = run({"train", "caf\xe9\\.csv", "--target", "y", "--epochs", "1", "--json", "--quiet"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto json = only_json(trained.out);
  EXPECT_EQ(json["dataset"], "caf\\xe9\\\\");
  EXPECT_EQ(json["output"], "runs/caf\\xe9\\\\");
  EXPECT_EQ(load_model(path("runs/caf\xe9\\/model.safetensors")).record.dataset, "caf\\xe9\\\\");
  // A name in UTF-8 is shown as it is.
  write("caf\u00e9\\.csv", kRows);
  const auto plain = run({"train", "caf\u00e9\\.csv", "--target", "y", "--epochs", "1", "--json", "--quiet"});
  EXPECT_EQ(only_json(plain.out)["dataset"], "caf\u00e9\\");
}

TEST_F(Names, TextForTheModelThatIsNoUtf8IsRefusedBeforeTraining) {
  write("rows.csv", kRows);
  const auto result = run({"train", "rows.csv", "--target", "y", "--na", "\xe9"});
  EXPECT_EQ(result.exit_code, 2);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("--na takes text in UTF-8"), std::string::npos) << result.err;
  EXPECT_FALSE(exists("runs"));
}

}  // namespace
}  // namespace mlp::app_test
