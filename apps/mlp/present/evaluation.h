// Test metrics as lines for people and keys for programs: the same for `train` and `evaluate`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "mlp/data.h"
#include "mlp/train.h"
#include "present/baseline.h"
#include "terminal/terminal.h"

namespace mlp::app {

/// A number, or null where it is none (JSON has no NaN).
nlohmann::ordered_json number(double value);

/// The whole document on one line of text with line break; texts that are no UTF-8 as in_utf8() has them.
std::string to_text(nlohmann::ordered_json document);

/// network, parameters: what every command says about a network.
nlohmann::ordered_json network_json(const MultilayerPerceptron& network);
/// "784 -> 64 relu -> 10 softmax"
std::string network_text(const MultilayerPerceptron& network);

/// "huber(0.5)"; "cross_entropy, label smoothing 0.02", which its specification leaves unnamed.
std::string loss_text(const Loss& loss);

/// The quantity the report this project grew out of calls total loss: squared error (without 1/2) of the
/// standardised target, averaged within batches of 32 rows and summed over the batches of one pass through
/// the training rows and then the test rows.
double report_total_loss(const Model& model, const DataSplit& split, const PredictionOptions& options);

struct TestResult {
  Evaluation evaluation;
  std::optional<double> report_total_loss;  ///< for mpg
  std::optional<Baseline> baseline = {};    ///< what any model should be better than
  bool class_weights = false;               ///< it was trained with --class-weight balanced
};

/// `dataset` is the name the data was loaded by, `answer` what a model is to be better than.
TestResult test(const Model& model, const std::string& dataset, const DataSplit& split,
                const ConstantAnswer& answer, const PredictionOptions& options);

/// Adds the test_... keys of docs/cli.md, and the unit; `dataset` is what was tested on.
void add_to(nlohmann::ordered_json& document, const TestResult& result, const Dataset& dataset);

/// "  label       value", the value aligned; field() breaks it at spaces to fit the style's columns.
std::string line(const std::string& label, const std::string& value);
std::string field(const std::string& label, const std::string& value, const Style& style);
/// The metrics over all classes or targets, and what they are worth, in a few lines. Targets' units may
/// differ: of several there is a table, each_score().
std::string test_fields(const TestResult& result, const Dataset& dataset, const Style& style);
/// A table with a line for each class or target; empty where there is only one target.
std::string each_score(const TestResult& result, const Dataset& dataset, const Style& style);

}  // namespace mlp::app
