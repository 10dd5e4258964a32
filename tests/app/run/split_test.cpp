// Which rows validate and which test is decided once: no option makes a run learn from validation or test
// rows.
#include "mlp/split.h"

#include <cmath>
#include <set>

#include "app/sandbox.h"
#include "mlp/model.h"
#include "mlp/table_data.h"

namespace mlp::app_test {
namespace {

constexpr std::size_t kRows = 120;

/// x with gaps, one of three kinds, a weight, two classes and a number. In the rows of `spoiled`, x and kind
/// are different.
std::string table_text(const std::set<std::uint32_t>& spoiled) {
  std::string text = "x,kind,w,class,y\n";
  for (std::uint32_t n = 0; n < kRows; ++n) {
    const std::uint32_t x = n * 37 % 101, kind = n * 7 % 3;
    const bool gap = n % 11 == 3;
    const std::string shown = spoiled.contains(n) ? (gap ? "5" : std::to_string(9000 + x))
                              : gap               ? ""
                                                  : std::to_string(x);
    text += shown + "," + "abc"[(kind + spoiled.count(n)) % 3] + "," + std::to_string(1 + n % 4) + "," +
            (x > 70 ? "high" : "low") + "," + std::to_string(3 * x + 10 * kind) + "\n";
  }
  return text;
}

class Split : public Sandbox {
 protected:
  /// The tensors of a run's model.
  std::map<std::string, std::string> trained(const std::string& output, const Arguments& options) const {
    Arguments arguments = {"train", "table.csv", "--epochs", "1", "--quiet", "--output", output};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return tensors(output + "/model.safetensors");
  }
};

TEST_F(Split, NoOptionLearnsFromValidationOrTestRows) {
  struct Case {
    std::string target;
    Arguments options;
    double validation = 0.1, test = 0.2;
    std::uint64_t seed = 1;
  };
  const std::vector<Case> cases = {
      {"class", {}},
      {"y", {}},
      {"class", {"--seed", "5", "--validation", "0.3"}, 0.3, 0.2, 5},
      {"class", {"--test-fraction", "0.45"}, 0.1, 0.45},
      {"class", {"--early-stopping", "3", "--validation", "0.25"}, 0.25},
      {"y", {"--early-stopping", "3", "--scaling", "robust"}},
      {"class", {"--folds", "3"}},
      {"class", {"--class-weight", "balanced"}},
      {"class", {"--class-weight", "balanced", "--sample-weight", "w", "--threads", "2"}},
      {"y", {"--sample-weight", "w"}},
      {"y", {"--validation", "0"}, 0},
      {"class", {"--test", "more.csv"}, 0.1, 0},
  };
  write("more.csv", table_text({}));
  for (const auto& [target, options, validation, test, seed] : cases) {
    Arguments all = options;
    all.insert(all.end(), {"--target", target, "--ignore", target == "y" ? "class" : "y"});
    SCOPED_TRACE(::testing::PrintToString(all));
    write("table.csv", table_text({}));
    const auto expected = trained("clean", all);

    const DataSplit split = split_table(
        read_table(path("table.csv"), {.targets = {target}}),
        {.targets = {target}, .test_fraction = test, .validation_fraction = validation, .seed = seed});
    const auto rows = training_split(split.train);
    std::set<std::uint32_t> held_out(split.test.source_rows.begin(), split.test.source_rows.end());
    for (const auto row : rows.held_out) held_out.insert(split.train.source_rows[row]);
    ASSERT_GE(held_out.size(), kRows / 10);
    write("table.csv", table_text(held_out));
    // Weights, what was learned about the columns, and the examples: every number of the model.
    const auto found = trained("spoiled", all);
    EXPECT_EQ(found, expected);

    held_out.insert(split.train.source_rows[rows.training.front()]);
    write("table.csv", table_text(held_out));
    EXPECT_NE(trained("other", all), expected) << "a training row does teach";
  }
}

TEST_F(Split, ARunAndItsEvaluationAgreeOnTheRows) {
  // The baseline is the most frequent class, or the mean, of the training rows: not of the validation rows.
  for (const char* data : {"friedman", "digits"}) {
    const auto result = run({"train", data, "--layers",
                             data == std::string("digits") ? "4:relu,10:softmax" : "4:relu,1:linear",
                             "--epochs", "1", "--validation", "0.4", "--quiet", "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto json = only_json(result.out);
    const auto again = run({"evaluate", std::string("runs/") + data, "--json"});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    const char* baseline = data == std::string("digits") ? "baseline_accuracy" : "baseline_rmse";
    EXPECT_EQ(only_json(again.out)[baseline], json[baseline]);
    const double all = json["train_rows"].get<double>() + json["validation_rows"].get<double>();
    EXPECT_EQ(json["validation_rows"].get<double>(), std::round(0.4 * all));
  }
}

/// The lines of `text` but for those of a key.
std::string without(const std::string& text, const std::string& key) {
  std::string rest;
  for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
    end = text.find('\n', at);
    if (text.compare(at, key.size() + 3, key + " = ") != 0) rest += text.substr(at, end + 1 - at);
  }
  return rest;
}

TEST_F(Split, TheModelSaysHowItsRowsWereDrawn) {
  write("table.csv", table_text({}));
  const Arguments options = {"--target",       "class",    "--ignore",        "y", "--validation", "0.3",
                             "--class-weight", "balanced", "--sample-weight", "w"};
  trained("run", options);
  const auto evaluated = [&] {
    const auto result = run({"evaluate", "run", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  const std::string expected = evaluated();
  EXPECT_NE(expected.find("test_loss"), std::string::npos) << expected;
  EXPECT_EQ(load_model(path("run/model.safetensors")).record.row_use,
            (RowUse{.validation_fraction = 0.3, .weight_column = "w", .balanced_classes = true}));

  const std::string config = content("run/config.toml");
  ASSERT_NE(config, without(config, "validation"));
  write("run/config.toml", without(config, "validation"));
  EXPECT_EQ(evaluated(), expected) << "from the model alone";

  // For a model of an earlier version config.toml says which rows validated; without one, none did.
  Model earlier = load_model(path("run/model.safetensors"));
  earlier.record.row_use.reset();
  save_model(earlier, path("run/model.safetensors"));
  const auto otherwise = run({"evaluate", "run", "--json"});
  EXPECT_EQ(otherwise.exit_code, 1);
  EXPECT_NE(otherwise.err.find("its columns are encoded otherwise"), std::string::npos) << otherwise.err;
  write("run/config.toml", config);
  EXPECT_EQ(evaluated(), expected) << "from config.toml";
}

}  // namespace
}  // namespace mlp::app_test
