// On a terminal: a live line that stays within the width and is gone at the end; elsewhere no escape codes.
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "app/sandbox.h"

namespace mlp::app_test {
namespace {

class TerminalTest : public Sandbox {
 protected:
  /// Seconds of training, so that the line is drawn several times.
  static Arguments training() {
    return {"train", "friedman", "--layers", "64:relu,64:relu,1:linear", "--epochs", "150", "--threads", "1"};
  }
};

/// The lines that were drawn over each other: the text between a carriage return and the code that clears the
/// rest of the line.
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

TEST_F(TerminalTest, OneCtrlDEndsATableThatIsTyped) {
  write("rows.csv", "a,y\n1,2\n2,4\n3,6\n4,8\n5,9\n");
  ASSERT_EQ(run({"train", "rows.csv", "--target", "y", "--epochs", "1", "--quiet"}).exit_code, 0);
  {
    auto child = start({"predict", "runs/rows"}, {80});
    ASSERT_TRUE(child.wait_for("Ctrl-D ends it"));
    child.type("\x04");
    const auto result = child.finish();
    EXPECT_EQ(result.exit_code, 1) << result.signal << result.out;
    EXPECT_NE(result.out.find("holds no record, expected a table"), std::string::npos) << result.out;
  }
  auto child = start({"predict", "runs/rows"}, {80});
  ASSERT_TRUE(child.wait_for("Ctrl-D ends it"));
  child.type("a\n3\n\x04");
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 0) << result.signal << result.out;
  EXPECT_NE(result.out.find("\ny\r\n"), std::string::npos) << result.out;
}

/// A terminal that rewraps long lines, row by row: it understands characters, CR, LF, "up N rows", "clear to
/// the end of the row" and "of the screen".
class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}

  void add(const std::string& output) {
    for (std::size_t i = 0; i < output.size(); ++i) {
      const char c = output[i];
      if (c == '\033') {
        const std::size_t end = output.find_first_of("ABCDJKm", i);
        escape(output[end], std::atoi(output.c_str() + i + 2));
        i = end;
      } else if (c == '\r') {
        column_ = 0;
      } else if (c == '\n') {
        go_to(row_ + 1);
      } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
        put('#' == c || static_cast<unsigned char>(c) >= 0x80 ? '#' : c);
      }
    }
  }
  /// Rows that were wrapped for their length are wrapped again; the cursor stays with its character.
  void resize(std::size_t columns) {
    Screen other(columns);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (row > 0 && !continues_[row]) other.add("\r\n");
      other.add(rows_[row].substr(0, row == row_ ? column_ : rows_[row].size()));
    }
    *this = other;
  }
  int rows_with(const std::string& text) const {
    return static_cast<int>(std::count_if(rows_.begin(), rows_.end(), [&](const std::string& row) {
      return row.find(text) != std::string::npos;
    }));
  }

 private:
  void go_to(std::size_t row) {
    row_ = row;
    while (rows_.size() <= row_) {
      rows_.emplace_back();
      continues_.push_back(false);
    }
  }
  void put(char c) {
    if (column_ == columns_) {
      go_to(row_ + 1);
      continues_[row_] = true;
      column_ = 0;
    }
    rows_[row_].resize(std::max(rows_[row_].size(), column_ + 1), ' ');
    rows_[row_][column_++] = c;
  }
  void escape(char kind, int number) {
    if (kind == 'A') row_ -= std::min(row_, static_cast<std::size_t>(number));
    if (kind == 'K' || kind == 'J') rows_[row_].resize(std::min(rows_[row_].size(), column_));
    if (kind == 'J') {
      rows_.resize(row_ + 1);
      continues_.resize(row_ + 1);
    }
  }

  std::size_t columns_, row_ = 0, column_ = 0;
  std::vector<std::string> rows_{""};
  std::vector<bool> continues_{false};
};

TEST_F(TerminalTest, ATerminalThatBecomesNarrowerKeepsNoOldLine) {
  auto arguments = training();
  arguments.insert(arguments.end(), {"--epochs", "100000"});
  auto child = start(arguments, {100});
  ASSERT_TRUE(child.wait_for("loss "));
  ASSERT_TRUE(child.wait_for(" left"));  // a full line
  child.resize(30);
  ASSERT_TRUE(child.wait_for("\033[J"));
  child.send(2);
  const auto output = child.finish().out;
  const std::size_t first =
      output.find("\r\033[", output.find(" left"));  // after the last line for 100 columns
  const std::size_t moved = output.find("\033[J");
  ASSERT_NE(moved, std::string::npos) << output;
  const std::size_t narrow = output.rfind("\r\033[", moved);
  ASSERT_LE(first, narrow);
  Screen screen(100);
  screen.add(output.substr(0, narrow));
  EXPECT_EQ(screen.rows_with("epoch "), 1);
  screen.resize(30);
  screen.add(output.substr(narrow, output.find('\r', narrow + 1) - narrow));
  EXPECT_EQ(screen.rows_with("epoch "), 1);
  EXPECT_EQ(screen.rows_with(" left"), 0) << "of the line for 100 columns";
  EXPECT_EQ(screen.rows_with("network"), 1) << "what stood above it";
}

TEST_F(TerminalTest, PagesAreWrappedToANarrowTerminal) {
  const auto widest = [](const std::string& page) {
    std::size_t most = 0;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
      if (line.ends_with('\r')) line.pop_back();
      const bool command = line.find("mlp predict") != std::string::npos ||
                           line.find("  mlp ") != std::string::npos ||
                           line.find(MLP_APP) != std::string::npos;
      if (command) continue;  // to be copied
      most = std::max(most, characters(line));
    }
    return most;
  };
  environment_["NO_COLOR"] = "1";
  environment_["TERM"] = "dumb";
  const auto trained = run(quick_training(), {40});
  ASSERT_EQ(trained.exit_code, 0) << trained.out;
  EXPECT_LE(widest(trained.out.substr(0, trained.out.find("epoch 1/4"))), 40u) << trained.out;
  EXPECT_LE(widest(trained.out.substr(trained.out.find("\nfriedman\r"))), 40u) << trained.out;
  EXPECT_LE(widest(run({"predict", "--help"}, {40}).out), 40u) << run({"predict", "--help"}, {40}).out;
  EXPECT_LE(widest(run({"--help"}, {40}).out.substr(0, run({"--help"}, {40}).out.find("Examples"))), 40u);
  // A wide terminal, or none, has pages of 80 columns.
  EXPECT_EQ(run({"predict", "--help"}, {200}).out, run({"predict", "--help"}, {80}).out);
  EXPECT_GT(widest(run({"predict", "--help"}).out), 70u);
}

TEST_F(TerminalTest, ErrorsAreRedThere) {
  EXPECT_NE(run({"train", "nothing"}, {80}).out.find("\033[1;31mmlp: error:\033[0m"), std::string::npos);
}

TEST_F(TerminalTest, ElsewhereNothingIsEscaped) {
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  write("rows.csv", "1,2,3,4,5,6,7,8,9,10\n");
  std::vector<Arguments> examples = {{"train", "nothing"}, {"--help"}};
  for (const Arguments& command : every_command()) {
    examples.push_back(quick_example(command));
    const bool has_input = command != Arguments{"import"};
    EXPECT_EQ(run(examples.back()).exit_code, has_input ? 0 : 1) << command.back();
    examples.push_back(joined(command, {"--help"}));
  }
  for (const auto& example : examples) {
    const auto result = run(example);
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
