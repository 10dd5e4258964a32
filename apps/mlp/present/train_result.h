// What `mlp train` says about a run: before it, on standard error, and after it, for people or for programs.
#pragma once

#include <string>

#include "mlp/cross_validation.h"
#include "present/evaluation.h"
#include "present/run_summary.h"
#include "terminal/terminal.h"

namespace mlp::app {

/// "30 epochs", "12 of 30 epochs (interrupted)"
std::string epochs_text(const RunSummary& run, const Trained& trained);

std::string introduction(const RunSummary& run, const Style& style);

/// Says that the network overfits: the validation loss ended above its minimum, by a tenth and by more than
/// chance explains. Empty where it did not, or where early stopping prevented it.
std::string overfitting_note(const RunSummary& run, const Trained& trained);

/// Says that training and validation loss are weighted, and the test loss is not; empty where all rows count
/// the same.
std::string weights_note(const RunSummary& run);

/// Says that --sparse-inputs on skips nothing, where bf16 computes the first layer; else empty.
std::string sparse_inputs_note(const RunSummary& run, const Trained& trained);

/// `notes`: what a user should know besides the numbers.
std::string result_json(const RunSummary& run, const Trained& trained, const TestResult& test,
                        const std::optional<CrossValidation>& folds, const std::vector<std::string>& notes);
/// `introduced`: introduction() has been printed, and its content is not repeated. `program`: how the
/// suggested commands begin.
std::string result_summary(const RunSummary& run, const Trained& trained, const TestResult& test,
                           const std::optional<CrossValidation>& folds, bool introduced,
                           const std::string& program, const Style& style);

}  // namespace mlp::app
