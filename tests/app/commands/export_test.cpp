// mlp export: a trained model as C source, compiled and compared with mlp predict.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "app/sandbox.h"

namespace mlp::app_test {
namespace {

class Export : public Sandbox {
 protected:
  bool has_compiler() const { return shell("cc --version").exit_code == 0; }
};

/// The cells of each line but those of `without`.
std::vector<std::vector<std::string>> cells_of(const std::string& text, std::size_t without) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == ',')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    if (without < cells.size()) cells.erase(cells.begin() + static_cast<std::ptrdiff_t>(without));
    lines.push_back(std::move(cells));
  }
  return lines;
}
constexpr std::size_t kNone = 1000;  ///< of the columns

/// What the C program wrote, and what `mlp predict` did below its line of names.
void expect_same_answers(const std::string& c, const std::string& predicted, std::size_t without = kNone) {
  const auto found = cells_of(c, kNone), expected = cells_of(predicted, without);
  ASSERT_EQ(found.size() + 1, expected.size()) << c << predicted;
  for (std::size_t n = 0; n < found.size(); ++n) {
    ASSERT_EQ(found[n].size(), expected[n + 1].size()) << c << predicted;
    for (std::size_t i = 0; i < found[n].size(); ++i) {
      const std::string& cell = expected[n + 1][i];
      char* end = nullptr;
      const double number = std::strtod(cell.c_str(), &end);
      if (cell.empty() || *end != '\0')
        EXPECT_EQ(found[n][i], cell);
      else
        EXPECT_NEAR(std::stod(found[n][i]), number, 2e-6 * std::max(1.0, std::abs(number)));
    }
  }
}

/// Friedman's ten inputs, three rows of them.
constexpr const char* kRows =
    "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1\n"
    "0,0,0,0,0,0,0,0,0,0\n"
    "1,0.5,0.25,0.125,0.0625,0.9,0.8,0.7,0.6,0.5\n";

TEST_F(Export, TheProgramPredictsAsTheModelDoes) {
  if (!has_compiler()) GTEST_SKIP() << "skipped: there is no C compiler called cc";
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  const auto result = run({"export", "runs/friedman", "--c", "friedman.c"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "mlp: C source written to friedman.c\n");
  write("rows.csv", kRows);
  const auto compiled = shell("cc -std=c99 -DMLP_MAIN friedman.c -o friedman -lm && ./friedman < rows.csv");
  EXPECT_EQ(compiled.exit_code, 0) << compiled.err;
  const auto predicted = run({"predict", "runs/friedman", "--input", "rows.csv"}).out;
  expect_same_answers(compiled.out, predicted);
}

TEST_F(Export, ATablesProgramReadsItsCells) {
  if (!has_compiler()) GTEST_SKIP() << "skipped: there is no C compiler called cc";
  std::string table = "size,int,happy,y\n";
  for (int i = 0; i < 60; ++i) {
    table += (i % 7 == 3 ? "" : std::to_string(i)) + "," + (i % 3 == 0 ? "red" : "blue") + "," +
             (i % 5 == 0 ? "yes" : "no") + "," + (i % 3 == 0 ? "small" : "large") + "\n";
  }
  write("things.csv", table);
  ASSERT_EQ(run({"train", "things.csv", "--target", "y", "--epochs", "5", "--quiet"}).exit_code, 0);
  ASSERT_EQ(run({"export", "runs/things", "--c", "things.c", "--name", "things"}).exit_code, 0);
  const std::string rows = "5,red,yes\n,blue,no\n7,green,\n,,yes\n-3.5e1,blue,yes\n";
  write("rows.csv", rows);
  write("new.csv", "size,int,happy\n" + rows);
  const auto compiled = shell("cc -std=c99 -DTHINGS_MAIN things.c -o things -lm && ./things < rows.csv");
  EXPECT_EQ(compiled.exit_code, 0) << compiled.err;
  const auto predicted =
      shell("\"$MLP\" predict runs/things --input new.csv --probabilities 2>/dev/null").out;
  constexpr std::size_t kProbability = 1;  // of the class, which the program does not repeat
  expect_same_answers(compiled.out, predicted, kProbability);
}

TEST_F(Export, StandardOutputTakesTheFileItself) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  ASSERT_EQ(run({"export", "runs/friedman", "--c", "friedman.c"}).exit_code, 0);
  const auto piped = run({"export", "runs/friedman/model.safetensors", "--c", "-"});
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
  EXPECT_EQ(piped.err, "");
  EXPECT_EQ(piped.out, content("friedman.c"));
  EXPECT_NE(piped.out.find("void mlp_predict(const float inputs[MLP_INPUTS]"), std::string::npos);
  const auto named = run({"export", "runs/friedman", "--c", "-", "--name", "Net_2"}).out;
  EXPECT_NE(named.find("void Net_2_predict(const float inputs[NET_2_INPUTS]"), std::string::npos);
  EXPECT_EQ(named.find("mlp_"), std::string::npos) << "a name without the prefix";
}

TEST_F(Export, AFileIsReplacedAndThoseOfTheRunAreNot) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  write("net.c", "an earlier one");
  ASSERT_EQ(run({"export", "runs/friedman", "--c", "net.c"}).exit_code, 0);
  EXPECT_TRUE(content("net.c").starts_with("/* A multilayer perceptron"));
  for (const std::string file :
       {"model.safetensors", "config.toml", "checkpoint.safetensors", "metrics.csv", "report.html"}) {
    const std::string before = content("runs/friedman/" + file);
    const auto result = run({"export", "runs/friedman", "--c", "runs/friedman/" + file});
    EXPECT_EQ(result.exit_code, 2) << result.err;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("is part of the model's run"), std::string::npos) << result.err;
    EXPECT_EQ(content("runs/friedman/" + file), before);
  }
}

TEST_F(Export, SaysWhatIsWrong) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  const auto nothing = run({"export", "runs/friedman"});
  EXPECT_EQ(nothing.exit_code, 2);
  expect_error_message(nothing.err);
  EXPECT_NE(nothing.err.find("--c FILE.c"), std::string::npos) << nothing.err;
  for (const std::string name : {"2nd", "_net", "my net", "net-2", "n\xc3\xa4t"}) {
    const auto result = run({"export", "runs/friedman", "--c", "net.c", "--name", name});
    EXPECT_EQ(result.exit_code, 2) << name;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("a letter, then letters, digits and underscores"), std::string::npos)
        << result.err;
    EXPECT_FALSE(exists("net.c"));
  }
  const auto folder = run({"export", "runs/friedman", "--c", "no/such/folder/net.c"});
  EXPECT_EQ(folder.exit_code, 1);
  expect_error_message(folder.err);
  EXPECT_NE(folder.err.find("no/such/folder"), std::string::npos) << folder.err;
}

}  // namespace
}  // namespace mlp::app_test
