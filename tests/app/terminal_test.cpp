// On a terminal: a live line that stays within its width and is gone at the end; elsewhere no escape codes.
#include <algorithm>

#include "sandbox.h"

namespace mlp::app_test {
namespace {

class TerminalTest : public Sandbox {
 protected:
  /// Seconds of training, so that the line is drawn several times.
  static Arguments training() {
    return {"train", "friedman", "--layers", "64:relu,64:relu,1:linear", "--epochs", "150", "--threads", "1"};
  }
};

/// The lines that were drawn over each other: what lies between a carriage return and the code that clears
/// the rest.
std::vector<std::string> live_lines(const std::string& output) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; (begin = output.find('\r', begin)) != std::string::npos;) {
    const std::size_t end = output.find("\033[K", ++begin);
    if (end == std::string::npos) break;
    const std::string line = output.substr(begin, end - begin);
    if (line.find_first_of("\r\n") == std::string::npos) lines.push_back(line);
  }
  return lines;
}

std::size_t characters(const std::string& utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

TEST_F(TerminalTest, ALiveLineStaysWithinTheWidthAndIsGoneAtTheEnd) {
  for (const int columns : {100, 80, 40, 12, 1}) {
    const auto result = run(training(), {columns});
    ASSERT_EQ(result.exit_code, 0) << result.out;
    const auto lines = live_lines(result.out);
    ASSERT_GE(lines.size(), 2u) << "at " << columns << " columns:\n" << result.out;
    for (const auto& line : lines)
      EXPECT_LT(characters(line), static_cast<std::size_t>(std::max(columns, 2))) << line;
    EXPECT_EQ(lines.back(), "") << "the line is cleared";
    if (columns < 80) continue;
    EXPECT_NE(lines[0].find("epoch   1/150"), std::string::npos) << lines[0];
    EXPECT_NE(lines[0].find("loss "), std::string::npos) << lines[0];
    EXPECT_NE(lines[0].find("\u2500"), std::string::npos) << "a bar: " << lines[0];
  }
}

TEST_F(TerminalTest, TheWideLineShowsMetricSpeedAndTimeLeft) {
  auto arguments = training();
  arguments.insert(arguments.end(), {"--epochs", "600"});
  const auto result = run(arguments, {140});
  for (const std::string part : {"validation RMSE ", " samples/s", " left"}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << "\n" << result.out;
  }
}

TEST_F(TerminalTest, WithoutUtf8TheBarIsAscii) {
  environment_["LANG"] = "C";
  const auto result = run(training(), {80});
  EXPECT_TRUE(std::all_of(result.out.begin(), result.out.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  EXPECT_NE(result.out.find("-----"), std::string::npos) << result.out;
}

TEST_F(TerminalTest, TheMetricIsBoldThere) {
  EXPECT_NE(run(quick_training(), {80}).out.find("\033[1mRMSE"), std::string::npos);
}

TEST_F(TerminalTest, NoColorTakesColourAwayButNotTheLiveLine) {
  environment_["NO_COLOR"] = "1";
  const auto result = run(training(), {80});
  EXPECT_EQ(result.out.find("\033[1m"), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("\033[0m"), std::string::npos) << result.out;
  EXPECT_FALSE(live_lines(result.out).empty());
  EXPECT_EQ(run({"train", "nothing"}, {80}).out.find('\033'), std::string::npos);
}

TEST_F(TerminalTest, ADumbTerminalGetsPlainLines) {
  for (const std::string term : {"dumb", ""}) {
    environment_["TERM"] = term;
    const auto result = run(quick_training(), {80});
    EXPECT_EQ(result.out.find('\033'), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("epoch 4/4"), std::string::npos) << result.out;
  }
}

TEST_F(TerminalTest, WhoIsAskedForATableThereIsToldSo) {
  write("rows.csv", "a,y\n1,2\n2,4\n3,6\n4,8\n5,9\n");
  ASSERT_EQ(run({"train", "rows.csv", "--target", "y", "--epochs", "1", "--quiet"}).exit_code, 0);
  auto child = start({"predict", "runs/rows"}, {80});
  EXPECT_TRUE(child.wait_for("Ctrl-D ends it"));
}

TEST_F(TerminalTest, ErrorsAreRedThere) {
  EXPECT_NE(run({"train", "nothing"}, {80}).out.find("\033[1;31mmlp: error:\033[0m"), std::string::npos);
}

TEST_F(TerminalTest, ElsewhereNothingIsEscaped) {
  const std::vector<Arguments> commands = {
      quick_training(), {"evaluate", "runs/friedman"}, {"inspect", "runs/friedman"},
      {"data", "list"}, {"train", "nothing"},          {"--help"}};
  for (const auto& command : commands) {
    const auto result = run(command);
    EXPECT_EQ(result.out.find('\033'), std::string::npos) << result.out;
    EXPECT_EQ(result.err.find('\033'), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find('\r'), std::string::npos) << result.err;
  }
}

TEST_F(TerminalTest, CtrlCOnTheTerminalLeavesAReadableScreen) {
  auto arguments = training();
  arguments.insert(arguments.end(), {"--epochs", "100000"});
  auto child = start(arguments, {80});
  ASSERT_TRUE(child.wait_for("\r"));
  ASSERT_TRUE(child.wait_for("loss "));
  child.send(2);
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 130) << result.out;
  EXPECT_NE(result.out.find("mlp train --resume runs/friedman"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace mlp::app_test
