// Test metrics as lines for people and keys for programs: the same for `train` and `evaluate`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mlp/baseline.h"
#include "mlp/cross_validation.h"
#include "mlp/data.h"
#include "mlp/train.h"
#include "terminal/terminal.h"

namespace mlp::app {

/// A number, or null for NaN and infinities (JSON has none).
nlohmann::ordered_json number(double value);

/// The whole document as one line of text, line break included; text that is not UTF-8 is converted by
/// in_utf8().
std::string to_text(nlohmann::ordered_json document);

/// network, parameters: what every command says about a network.
nlohmann::ordered_json network_json(const MultilayerPerceptron& network);
/// "784 -> 64 relu -> 10 softmax"
std::string network_text(const MultilayerPerceptron& network);

/// "huber(0.5)"; "cross_entropy, label smoothing 0.02", which its specification leaves unnamed.
std::string loss_text(const Loss& loss);

struct TestResult {
  Evaluation evaluation;
  std::optional<double> report_total_loss;  ///< see docs/losses.md; where it is reported
  std::optional<Baseline> baseline = {};    ///< which any model should beat
  bool baseline_of_tested_rows = false;     ///< learned from the tested rows, as no others are known
  /// For an ensemble: each member's own metrics on the test rows, the most important first.
  std::vector<FoldScores> members = {};
  bool class_weights = false;  ///< it was trained with --class-weight balanced
};

/// "always 'no'", "always the mean"; `dataset` is what was tested on.
std::string baseline_answer(const TestResult& result, const Dataset& dataset);

/// Adds the test_... keys of docs/cli.md, and the unit; `dataset` is what was tested on.
void add_to(nlohmann::ordered_json& document, const TestResult& result, const Dataset& dataset);

/// "  label       value", the value aligned; field() breaks it at spaces to fit the style's columns.
std::string line(const std::string& label, const std::string& value);
std::string field(const std::string& label, const std::string& value, const Style& style);
/// The metrics over all classes or targets, compared with the baseline, in a few lines. As units of targets
/// may differ, several have a table: each_score().
std::string test_fields(const TestResult& result, const Dataset& dataset, const Style& style);
/// A table with a line for each class or target; empty where there is only one target.
std::string each_score(const TestResult& result, const Dataset& dataset, const Style& style);

}  // namespace mlp::app
