// Answers beside the columns they belong to, each under a unique name; and cells that look missing and are
// not.
#include <algorithm>
#include <sstream>

#include "app/sandbox.h"

namespace mlp::app_test {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class Keep : public Sandbox {
 protected:
  /// y, or the classes of `target`, by x; one epoch.
  void train(const std::string& target, const std::string& text) const {
    write("table.csv", text);
    const auto result = run({"train", "table.csv", "--target", target, "--epochs", "1", "--quiet"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  std::string predicted(const Arguments& options) const {
    Arguments arguments = {"predict", "runs/table"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
};

/// x and a name of two classes.
std::string classes(const std::string& target, const std::string& low = "low",
                    const std::string& high = "high") {
  std::string text = "x," + target + "\n";
  for (int n = 0; n < 60; ++n)
    text += std::to_string(n * 7 % 31) + "," + (n * 7 % 31 > 14 ? high : low) + "\n";
  return text;
}

std::string numbers() {
  std::string text = "x,y\n";
  for (int n = 0; n < 60; ++n) text += std::to_string(n * 7 % 31) + "," + std::to_string(n * 14 % 62) + "\n";
  return text;
}

TEST_F(Keep, ColumnsOfTheInputComeBeforeTheAnswer) {
  train("y", numbers());
  write("new.csv",
        "id;name;x;\"a, b\"\n007;\"Ann; \"\"A\"\"\";3; blank \n8;Ben;4;\"two\nlines\"\n;\"\";5;x,y\n");
  const auto plain = lines_of(predicted({"--input", "new.csv"}));
  ASSERT_EQ(plain.size(), 4u);
  EXPECT_EQ(
      predicted({"--input", "new.csv", "--keep", "name,id"}),
      "name,id,y\n\"Ann; \"\"A\"\"\",007," + plain[1] + "\nBen,8," + plain[2] + "\n,," + plain[3] + "\n");
  // A name with a comma, in quotes, and a column that the model knows.
  EXPECT_EQ(predicted({"--input", "new.csv", "--keep", "\"a, b\",x"}), "\"a, b\",x,y\n blank ,3," + plain[1] +
                                                                           "\n\"two\nlines\",4," + plain[2] +
                                                                           "\n\"x,y\",5," + plain[3] + "\n");
  // A column named twice, one named again, and all columns; to a file and to standard output; from a pipe.
  const std::string two = predicted({"--input", "new.csv", "--keep", "id", "--keep", "x", "--keep", "id"});
  EXPECT_EQ(lines_of(two).at(0), "id,x,y");
  const std::string all = predicted({"--input", "new.csv", "--keep", "all"});
  EXPECT_EQ(lines_of(all).at(0), "id,name,x,\"a, b\",y");
  EXPECT_EQ(lines_of(all).at(1), "007,\"Ann; \"\"A\"\"\",3, blank ," + plain[1]);
  predicted({"--input", "new.csv", "--keep", "all", "--output", "answers.csv"});
  EXPECT_EQ(content("answers.csv"), all);
  EXPECT_EQ(shell("\"$MLP\" predict runs/table --keep all < new.csv").out, all);
  // The output is a table: predicting from it gives the same.
  const auto again = predicted({"--input", "answers.csv", "--keep", "id,y"});
  EXPECT_EQ(lines_of(again).at(0), "id,y,predicted_y");
  EXPECT_EQ(lines_of(again).at(1), "007," + plain[1] + "," + plain[1]);
}

TEST_F(Keep, OfATableWithoutRowsOnlyTheNames) {
  train("y", numbers());
  write("new.csv", "id,x,more\n");
  EXPECT_EQ(predicted({"--input", "new.csv", "--keep", "all"}), "id,x,more,y\n");
  EXPECT_EQ(predicted({"--input", "new.csv", "--keep", "more"}), "more,y\n");
}

TEST_F(Keep, WhatIsNotThereIsNamed) {
  train("y", numbers());
  write("new.csv", "customer,x\n1,2\n");
  const auto refused = [&](const Arguments& options, const std::vector<std::string>& parts) {
    Arguments arguments = {"predict", "runs/table", "--input", "new.csv"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    expect_error_message(result.err);
    for (const auto& part : parts)
      EXPECT_NE(result.err.find(part), std::string::npos) << part << "\n" << result.err;
  };
  refused({"--keep", "custmer"}, {"new.csv: has no column 'custmer'", "did you mean 'customer'?"});
  refused({"--keep", "\"x"},
          {"--keep takes names of columns with commas between, each once, or all, not '\"x'"});
  refused({"--keep", "x,x"}, {"not 'x,x'"});
  ASSERT_EQ(run(quick_training({"--output", "runs/other"})).exit_code, 0);
  const auto other = run({"predict", "runs/other", "--input", "new.csv", "--keep", "all"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.err.find("--keep is for the columns of a table"), std::string::npos) << other.err;
}

TEST_F(Keep, NoNameStandsTwice) {
  write("new.csv", "x,probability,probability_low\n3,a,b\n");
  const auto header = [&](const Arguments& options) {
    Arguments arguments = {"--input", "new.csv"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto lines = lines_of(predicted(arguments));
    EXPECT_EQ(lines.size(), 2u);
    EXPECT_EQ(std::count(lines.at(0).begin(), lines.at(0).end(), ','),
              std::count(lines.at(1).begin(), lines.at(1).end(), ','));
    return lines.at(0);
  };
  train("probability", classes("probability"));
  EXPECT_EQ(header({}), "predicted_probability,probability");
  EXPECT_EQ(header({"--probabilities"}),
            "predicted_probability,probability,probability_high,probability_low");
  EXPECT_EQ(header({"--keep", "probability"}), "probability,predicted_probability_2,predicted_probability");
  train("probability_low", classes("probability_low"));
  EXPECT_EQ(header({}), "probability_low,probability");
  EXPECT_EQ(header({"--probabilities"}),
            "predicted_probability_low,probability,probability_high,probability_low");
  train("c", classes("c"));
  EXPECT_EQ(
      header({"--probabilities", "--keep", "all"}),
      "x,probability,probability_low,c,predicted_probability,probability_high,predicted_probability_low");
}

TEST_F(Keep, NAIsAClassWhereItIsSaidToBe) {
  write("table.csv", classes("region", "EU", "NA"));
  const Arguments options = {"train",    "table.csv", "--target", "region",
                             "--epochs", "1",         "--quiet",  "--json"};
  const auto refused = run(options);
  EXPECT_EQ(refused.exit_code, 1) << "one class is left";
  write("table.csv", classes("region", "EU", "NA") + "9,AS\n1,AS\n2,AS\n");
  const auto left_out = run(options);
  ASSERT_EQ(left_out.exit_code, 0) << left_out.err;
  EXPECT_NE(only_json(left_out.out)["notes"].dump().find("'NA' (30 rows), kept as a class by --not-na 'NA'"),
            std::string::npos)
      << left_out.out;
  auto kept_options = options;
  kept_options.insert(kept_options.end(), {"--not-na", "NA"});
  const auto kept = run(kept_options);
  ASSERT_EQ(kept.exit_code, 0) << kept.err;
  const auto json = only_json(kept.out);
  ASSERT_EQ(json["test_classes"].size(), 3u);
  EXPECT_EQ(json["test_classes"][2]["name"], "NA");
  EXPECT_EQ(json["notes"].dump().find("left out"), std::string::npos) << json["notes"];
  // The run's config and its model remember that "NA" is not missing.
  const auto again = run({"evaluate", "runs/table", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(only_json(again.out)["test_rows"], json["test_rows"]);
  const auto whole = run({"evaluate", "runs/table", "--data", "table.csv", "--json"});
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_EQ(only_json(whole.out)["test_rows"], 63);
  const auto config =
      run({"train", "--config", "runs/table/config.toml", "--output", "runs/same", "--quiet"});
  ASSERT_EQ(config.exit_code, 0) << config.err;
  EXPECT_EQ(tensors("runs/same/model.safetensors"), tensors("runs/table/model.safetensors"));
}

}  // namespace
}  // namespace mlp::app_test
