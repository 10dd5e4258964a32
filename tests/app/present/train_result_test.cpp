// What is shown of a run, tested on made-up runs.
#include "present/train_result.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "present/report_notes.h"

namespace mlp::app {
namespace {

/// A run that is made up: 100 rows to train on, 20 of them to validate, 30 to test on.
struct MadeUpRun {
  DataSplit data{.train = numbers(100), .test = numbers(30), .notes = {}, .origin = "here"};
  MultilayerPerceptron network = parse_network("4:relu,1:linear", 2);
  TrainingOptions options{
      .loss = MeanSquaredError{}, .optimizer = SGD{.learning_rate = 0.5}, .epochs = 12, .batch_size = 7};
  TrainingState resumed;

  MadeUpRun() {
    auto& rows = data.train.validation_rows.emplace(20);
    std::iota(rows.begin(), rows.end(), 0u);
  }

  RunSummary summary() const {
    return {.dataset = "made up",
            .data = data,
            .data_files = {},
            .row_source = std::nullopt,
            .table = std::nullopt,
            .recipe = "default",
            .variants = {},
            .network = network,
            .options = options,
            .replaced = {},
            .folder = "runs/made up",
            .config_file = "runs/made up/config.toml",
            .report_file = "runs/made up/report.html",
            .files = {"model.safetensors"}};
  }

  static Dataset numbers(std::size_t rows) {
    return {.inputs = Matrix<float>(rows, 2), .targets = Matrix<float>(rows, 1), .target_names = {"y"}};
  }
};

Trained trained_with(const MadeUpRun& run, const std::vector<double>& validation_losses) {
  Trained trained{.model = {.network = run.network}, .state = {}};
  for (std::size_t i = 0; i < validation_losses.size(); ++i) {
    trained.state.history.push_back({.epoch = i + 1,
                                     .train_loss = 1,
                                     .validation_loss = validation_losses[i],
                                     .seconds = 1,
                                     .samples_per_second = 80});
  }
  trained.state.epoch = validation_losses.size();
  return trained;
}

TestResult tested(const MadeUpRun& run) {
  TestResult result;
  result.evaluation = {.rows = 30,
                       .regression = regression_metrics(Matrix<float>(30, 1), run.data.test.targets)};
  return result;
}

TEST(TrainResult, TheIntroductionSaysWhatIsTrainedOnWhatAndHow) {
  MadeUpRun run;
  run.data.notes = {IncompleteRows{.rows = 3, .of = 83, .columns = {"x"}}};
  EXPECT_EQ(introduction(run.summary(), {}),
            "  data        made up, 80 rows to train on, 20 to validate, 30 to test (here)\n"
            "              3 of 83 rows left out: no value for x\n"
            "  network     2 -> 4 relu -> 1 linear, 17 parameters\n"
            "  training    mean_squared_error, sgd, learning rate 0.5, constant, 12 epochs,\n"
            "              batches of 7\n");
  run.data.train.validation_rows->clear();
  run.resumed = {.epoch = 3, .batch = 2};
  RunSummary summary = run.summary();
  summary.resumed = &run.resumed;
  summary.replaced = "another";
  const std::string text = introduction(summary, {});
  EXPECT_EQ(text.find("validate"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("  replaces    another\n  resumed     after epoch 3, batch 2\n")) << text;
}

TEST(TrainResult, OnlyWhatIsMoreThanChanceIsOverfitting) {
  MadeUpRun run;  // with 20 rows the mean varies by 0.32 of itself, and twice that counts as chance
  EXPECT_EQ(overfitting_note(run.summary(), trained_with(run, {1, 1.6})), "");
  EXPECT_EQ(overfitting_note(run.summary(), trained_with(run, {2, 1, 1.7})),
            "the validation loss was lowest after epoch 2 and ended 70% higher");
  EXPECT_EQ(overfitting_note(run.summary(), trained_with(run, {1, 3})),
            "the validation loss was lowest after epoch 1 and ended 3.0 times as high");
  run.options.early_stopping = 5;
  EXPECT_EQ(overfitting_note(run.summary(), trained_with(run, {1, 3})), "") << "which sees to it";
  run.options.early_stopping = 0;
  run.data.train.validation_rows->clear();
  EXPECT_EQ(overfitting_note(run.summary(), trained_with(run, {1, 3})), "") << "no validation rows";
}

TEST(TrainResult, ItIsSaidWhatWeighsTheRows) {
  MadeUpRun run;
  EXPECT_EQ(weights_note(run.summary()), "");
  run.data.train.sample_weights.assign(100, 1.0f);
  EXPECT_TRUE(weights_note(run.summary()).starts_with("training and validation loss are weighted by row;"));
  RunSummary summary = run.summary();
  summary.table = TableSummary{.reading = {}, .options = {.class_weights = ClassWeights::kBalanced}};
  EXPECT_TRUE(weights_note(summary).starts_with("training and validation loss are weighted by class;"));
}

TEST(TrainResult, TheSummarySuggestsWhatCanBeDoneNow) {
  const MadeUpRun run;
  const Trained trained = trained_with(run, {1, 1});
  RunSummary summary = run.summary();
  const auto shown = [&](const Trained& of) {
    return result_summary(summary, of, tested(run), std::nullopt, true, "mlp", {});
  };
  EXPECT_NE(shown(trained).find("  next        mlp predict 'runs/made up' --input FILE\n"), std::string::npos)
      << shown(trained);
  EXPECT_EQ(shown(trained).find("look at"), std::string::npos) << "there is no report";
  summary.generated = true;
  summary.files.push_back("report.html");
  EXPECT_NE(shown(trained).find("  look at     runs/made up/report.html\n"
                                "  next        mlp evaluate 'runs/made up'\n"),
            std::string::npos)
      << shown(trained);
  Trained cut = trained;
  cut.stopped = StopReason::kInterrupted;
  EXPECT_NE(shown(cut).find("  training    2 of 12 epochs (interrupted) in "), std::string::npos)
      << shown(cut);
  EXPECT_NE(shown(cut).find("  go on       mlp train --resume 'runs/made up'\n"), std::string::npos);
  EXPECT_EQ(shown(cut).find("  next "), std::string::npos);
  EXPECT_EQ(shown(trained).find("recipe"), std::string::npos);
  summary.variants = {{"--epochs 3", "RMSE 3.5"}};
  EXPECT_NE(shown(trained).find("\n              RMSE 3.5    --epochs 3\n"), std::string::npos)
      << shown(trained);
}

TEST(TrainResult, TheJsonHasTheRunsNumbers) {
  const MadeUpRun run;
  const auto json = nlohmann::json::parse(
      result_json(run.summary(), trained_with(run, {1, 1}), tested(run), std::nullopt, {"a note"}));
  EXPECT_EQ(json["dataset"], "made up");
  EXPECT_EQ(json["recipe"], "default");
  EXPECT_EQ(json["train_rows"], 80);
  EXPECT_EQ(json["validation_rows"], 20);
  EXPECT_EQ(json["learning_rate"], 0.5);
  EXPECT_EQ(json["output"], "runs/made up");
  EXPECT_EQ(json["files"], nlohmann::json({"model.safetensors"}));
  EXPECT_EQ(json["notes"], nlohmann::json({"a note"}));
  EXPECT_FALSE(json.contains("folds"));
}

TEST(TrainResult, NotesForTheReportHaveFilesByTheirNames) {
  MadeUpRun run;
  run.data.notes = {RowsLeftOut{.rows = 3, .of = 33, .targets = {"y"}, .table = "/data/more.csv"}};
  RunSummary summary = run.summary();
  summary.data_files = {"/data/cars.csv", "/data/more.csv"};
  const auto notes = report_notes(summary, trained_with(run, {1}));
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].text, "more.csv: 3 of 33 rows left out: no value in 'y'");
}

}  // namespace
}  // namespace mlp::app
