// mlp predict on tables: rows as they arrive, what a model knows of them, and its notes.
#include "app/commands/tables.h"

namespace mlp::app_test {
namespace {

TEST_F(Tables, APredictionAnswersBeforeItsInputEnds) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  // The writer sends its second row only when it has seen the answer to the first.
  const auto result = shell(
      "mkfifo in out && (\"$MLP\" predict runs/cars < in > out &) && exec 3> in 4< out && "
      "printf 'x,colour\\n1,red\\n' >&3 && read -r header <&4 && read -r first <&4 && "
      "printf '1,red\\n' >&3 && exec 3>&- && read -r second <&4 && "
      "test -n \"$first\" && test \"$first\" = \"$second\" && echo \"$header\"");
  EXPECT_EQ(result.out, "y\n") << result.err;
}

TEST_F(Tables, AnInfinitePredictionIsNamedWithItsColumn) {
  write("cars.csv", colours(100));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2"}).exit_code, 0);
  write("new.csv", "colour,x\nred,1\nred,3e38\n");
  const auto result = run({"predict", "runs/cars", "--input", "new.csv"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("new.csv: row 2, 'x': the prediction is not a finite number"), std::string::npos)
      << result.err;
}

TEST_F(Tables, AModelKnowsWhatAMissingCellLookedLike) {
  std::string text = colours(120);
  for (std::size_t at; (at = text.find("\n,")) != std::string::npos;) text.replace(at, 2, "\n-999,");
  write("cars.csv", text);
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--na", "-999", "--epochs", "3"}).exit_code, 0);
  write("new.csv", "colour,x\nred,-999.0\nred,\nred,3\n");
  const auto lines = lines_of(run({"predict", "runs/cars", "--input", "new.csv"}).out);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1], lines[2]);
  EXPECT_NE(lines[1], lines[3]);
}

TEST_F(Tables, AModelKnowsTheDecimalMark) {
  std::string plain = "Flaeche;Preis\n", german = plain;
  for (int i = 0; i < 120; ++i) {
    const int halves = i * 37 % 91;  // of a square metre
    const std::string whole = std::to_string(halves / 2), price = std::to_string(100 + halves);
    plain += whole + (halves % 2 == 0 ? ".0" : ".5") + ";" + price + "000.25\n";
    german += whole + (halves % 2 == 0 ? ",0" : ",5") + ";" + price + ".000,25 \u20AC\n";
  }
  write("plain.csv", plain);
  write("german.csv", german);
  const auto refused = train({"german.csv", "--target", "Preis", "--task", "regression"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("column 'Preis' holds numbers with a format ('"), std::string::npos)
      << refused.err;
  const auto wrong = train({"german.csv", "--target", "Preis", "--decimal", ";"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_NE(wrong.err.find("--decimal takes '.' or ',', not ';'"), std::string::npos) << wrong.err;

  ASSERT_EQ(train({"plain.csv", "--target", "Preis", "--epochs", "20"}).exit_code, 0);
  ASSERT_EQ(train({"german.csv", "--target", "Preis", "--epochs", "20", "--decimal", ","}).exit_code, 0);
  const auto metrics = [&](const Arguments& more) {
    Arguments arguments = {"evaluate", "runs/german", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return only_json(result.out)["metrics"];
  };
  const auto of_plain = run({"evaluate", "runs/plain", "--json"});
  EXPECT_EQ(metrics({}), only_json(of_plain.out)["metrics"]) << "as config.toml says";
  EXPECT_EQ(metrics({"--data", "german.csv"}), metrics({"--data", "plain.csv", "--decimal", "."}));

  write("new.csv", "Flaeche\n12,5\n");
  write("other.csv", "Flaeche\n12.5\n");
  const auto answer = run({"predict", "runs/german", "--input", "new.csv"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.out, run({"predict", "runs/plain", "--input", "other.csv"}).out);
  EXPECT_EQ(answer.out, run({"predict", "runs/plain", "--input", "new.csv", "--decimal", ","}).out);
  EXPECT_EQ(answer.out, run({"predict", "runs/german", "--input", "other.csv", "--decimal", "."}).out);
  const auto none = run({"predict", "runs/german", "--input", "other.csv"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("--decimal '.'"), std::string::npos) << none.err;
  EXPECT_EQ(train({"--resume", "runs/german"}).exit_code, 0);
  EXPECT_NE(content("runs/german/config.toml").find("\ndecimal = \",\"\n"), std::string::npos);
}

TEST_F(Tables, APredictionNamesTheColumnThatIsMissing) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  write("new.csv", "colour,z\nred,1\n");
  const auto result = run({"predict", "runs/cars", "--input", "new.csv"});
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("'x'"), std::string::npos) << result.err;
  write("word.csv", "colour,x\nred,three\n");
  const auto word = run({"predict", "runs/cars", "--input", "word.csv"});
  EXPECT_EQ(word.exit_code, 1);
  EXPECT_NE(word.err.find("line 2"), std::string::npos) << word.err;
  EXPECT_EQ(word.out, "") << "no header over no answers";
}

TEST_F(Tables, ATableWithoutRowsHasAnEmptyAnswer) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  write("new.csv", "colour,x\n");
  const auto result = run({"predict", "runs/cars", "--input", "new.csv"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "y\n");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(shell("\"$MLP\" predict runs/cars < new.csv").out, "y\n");
  EXPECT_EQ(run({"predict", "runs/cars", "--input", "new.csv", "--output", "y.csv"}).exit_code, 0);
  EXPECT_EQ(content("y.csv"), "y\n");
  write("none.csv", "");
  EXPECT_EQ(run({"predict", "runs/cars", "--input", "none.csv"}).exit_code, 1) << "not even names";
  EXPECT_EQ(run({"evaluate", "runs/cars", "--data", "new.csv"}).exit_code, 1);
  // In a table without names no column is found.
  const auto unnamed = run({"predict", "runs/cars", "--input", "new.csv", "--no-header"});
  EXPECT_EQ(unnamed.exit_code, 1);
  EXPECT_NE(unnamed.err.find("put a line of names above the rows, like x,colour"), std::string::npos)
      << unnamed.err;
}

TEST_F(Tables, WhatIsNoTableIsNamed) {
  write("cars.xlsx", std::string("PK\3\4\x14\0\x06\0", 8));
  write("cars.csv", "[{\"y\": 1}]\n");
  for (const auto& [file, kind] :
       {std::pair{"cars.xlsx", "a zip archive, as an Excel workbook is"}, std::pair{"cars.csv", "JSON"}}) {
    const auto result = train({file, "--target", "y"});
    EXPECT_EQ(result.exit_code, 1);
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(std::string("found ") + kind), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("save the table as CSV"), std::string::npos) << result.err;
  }
}

TEST_F(Tables, APredictionAnswersTheRowsAboveOneThatIsRefused) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  std::string rows = "x,colour\n";
  for (int i = 0; i < 5000; ++i) rows += "1,red\n";
  write("ragged.csv", rows + "1\n");
  const auto ragged = run({"predict", "runs/cars", "--input", "ragged.csv"});
  EXPECT_EQ(ragged.exit_code, 1);
  EXPECT_EQ(lines_of(ragged.out).size(), 5001u);
  EXPECT_NE(ragged.err.find("line 5002"), std::string::npos) << ragged.err;
  write("far.csv", rows + "1e300,red\n");
  const auto far = run({"predict", "runs/cars", "--input", "far.csv"});
  EXPECT_EQ(far.exit_code, 1);
  EXPECT_NE(far.err.find("column 'x', row 5001: 1e+300"), std::string::npos) << far.err;
}

TEST_F(Tables, PredictionsDoNotReplaceTheirRows) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  const std::string rows = "x,colour\n1,red\n";
  write("new.csv", rows);
  std::filesystem::create_symlink("new.csv", path("link.csv"));
  std::filesystem::create_hard_link(path("new.csv"), path("hard.csv"));
  for (const char* output : {"new.csv", "./new.csv", "link.csv", "hard.csv"}) {
    const auto result = run({"predict", "runs/cars", "--input", "new.csv", "--output", output});
    EXPECT_EQ(result.exit_code, 2) << output;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("is the input"), std::string::npos) << result.err;
    EXPECT_EQ(content("new.csv"), rows) << output;
  }
  EXPECT_EQ(shell("\"$MLP\" predict runs/cars --output new.csv < new.csv").exit_code, 2);
  EXPECT_EQ(content("new.csv"), rows);
  EXPECT_EQ(run({"predict", "runs/cars", "--input", "new.csv", "--output", "y.csv"}).exit_code, 0);
}

TEST_F(Tables, ADashIsStandardOutput) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  write("new.csv", "x,colour\n1,red\n");
  const auto plain = run({"predict", "runs/cars", "--input", "new.csv"});
  const auto dash = run({"predict", "runs/cars", "--input", "new.csv", "--output", "-"});
  EXPECT_EQ(dash.out, plain.out);
  EXPECT_EQ(dash.err, "");
  EXPECT_FALSE(exists("-"));
}

TEST_F(Tables, NumbersFarFromTheTrainingRowsAreCounted) {
  std::string table = "a,b,c,d,e,f,y\n";
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i % 8 + (i % 3) * 0.5);
    table += n + "," + n + "," + n + "," + n + "," + n + "," + n + "," + std::to_string(i % 7) + "\n";
  }
  write("codes.csv", table);
  ASSERT_EQ(train({"codes.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  const auto predict = [&](const std::string& rows) {
    write("new.csv", "a,b,c,d,e,f\n" + rows);
    return run({"predict", "runs/codes", "--input", "new.csv"});
  };
  const auto one = predict("1,1,1,1,1,1\n1000,2,2,2,2,2\n-1000,2,2,2,2,2\n,,,,,\n");
  EXPECT_EQ(one.exit_code, 0);
  EXPECT_TRUE(one.err.starts_with(
      "mlp: note: column 'a': 2 cells lie far outside what the model was trained on (0 to 8)"))
      << one.err;
  EXPECT_EQ(lines_of(one.err).size(), 1u) << one.err;
  EXPECT_EQ(predict("9,0,15,8,7,-5\n").err, "") << "not very far";
  const auto all = lines_of(predict("1000,1000,1000,1000,1000,1000\n").err);
  ASSERT_EQ(all.size(), 6u);
  EXPECT_NE(all[4].find("column 'e': 1 cell lies far"), std::string::npos) << all[4];
  EXPECT_EQ(all[5], "mlp: note: so do cells of 1 more column");
}

TEST_F(Tables, WhatWasSeenInTrainingIsNotFar) {
  // 99999 in one row of fifty, a flag that is set in one of a hundred: many standard deviations from the
  // mean.
  std::string table = "gain,flag,x,y\n";
  for (int i = 0; i < 400; ++i) {
    table += std::string(i % 50 == 7  ? "99999"
                         : i % 5 == 0 ? std::to_string(10 * i)
                                      : "0") +
             "," + (i % 100 == 3 ? "1" : "0") + "," + std::to_string(i % 13) + "," +
             std::to_string(i % 13 * 2) + "\n";
  }
  write("gains.csv", table);
  ASSERT_EQ(train({"gains.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  write("new.csv", "gain,flag,x\n99999,1,3\n0,0,24\n");
  EXPECT_EQ(run({"predict", "runs/gains", "--input", "new.csv"}).err, "");
  write("new.csv", "gain,flag,x\n250000,3,25\n");
  const auto far = lines_of(run({"predict", "runs/gains", "--input", "new.csv"}).err);
  ASSERT_EQ(far.size(), 3u);
  EXPECT_TRUE(
      far[0].ends_with("column 'gain': 1 cell lies far outside what the model was trained on (0 to 99999)"));
  EXPECT_TRUE(far[1].ends_with("'flag': 1 cell lies far outside what the model was trained on (0 to 1)"))
      << far[1];
  EXPECT_TRUE(far[2].ends_with("'x': 1 cell lies far outside what the model was trained on (0 to 12)"))
      << far[2];
}

TEST_F(Tables, AModelThatKnowsNoRangeIsEvaluatedAndPredictsWithoutANote) {
  write("cars.csv", colours(200));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2"}).exit_code, 0);
  const auto expected = run({"evaluate", "runs/cars", "--json"});
  Model model = load_model(path("runs/cars/model.safetensors"));
  for (auto& input : model.preprocessing->inputs) {
    if (auto* numeric = std::get_if<NumericEncoding>(&input.encoding)) {
      EXPECT_LT(numeric->least, numeric->most);
      numeric->least = NumericEncoding().least;  // as in a file of version 2
      numeric->most = NumericEncoding().most;
    }
  }
  save_model(model, path("runs/cars/model.safetensors"));
  const auto evaluated = run({"evaluate", "runs/cars", "--json"});
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_EQ(only_json(evaluated.out)["test_rmse"], only_json(expected.out)["test_rmse"]);
  write("new.csv", "x,colour\n1e9,red\n");
  const auto predicted = run({"predict", "runs/cars", "--input", "new.csv"});
  EXPECT_EQ(predicted.exit_code, 0);
  EXPECT_EQ(predicted.err, "");
}

}  // namespace
}  // namespace mlp::app_test
