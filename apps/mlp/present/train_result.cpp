#include "present/train_result.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/option_words.h"
#include "cli/precision.h"
#include "mlp/digest.h"
#include "present/folds.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

const char* name_of(StopReason reason) {
  switch (reason) {
    case StopReason::kFinished:
      return "finished";
    case StopReason::kEarlyStopping:
      return "early_stopping";
    case StopReason::kInterrupted:
      return "interrupted";
  }
  return "";
}

/// Over all finished epochs.
double samples_per_second(const History& history) {
  double samples = 0.0;
  double seconds = 0.0;
  for (const auto& record : history) {
    samples += record.seconds * record.samples_per_second;
    seconds += record.seconds;
  }
  return seconds > 0.0 ? samples / seconds : EpochRecord::kNone;
}

struct FinalLosses {
  double training = EpochRecord::kNone;
  double validation = EpochRecord::kNone;  ///< of the parameters kept
};

FinalLosses losses_of(const Trained& trained) {
  if (trained.history().empty()) return {};
  return {trained.model.record.train_loss, trained.model.record.validation_loss};
}

/// The target of a table's network; other data have no name for it, or one that says nothing new.
std::string target_field(const Dataset& data, const Style& style) {
  constexpr std::size_t kMostNames = 8;
  if (!data.preprocessing) return "";
  const auto& targets = data.preprocessing->targets;
  std::string names;
  for (std::size_t i = 0; i < std::min(targets.size(), kMostNames); ++i) {
    names += (i == 0 ? "" : ", ") + one_line(targets[i].name);
  }
  if (targets.size() > kMostNames) names += " and " + with_thousands(targets.size() - kMostNames) + " more";
  if (data.task() == Task::kClassification)
    names += ", " + with_thousands(data.class_names.size()) + " classes";
  return field(targets.size() == 1 ? "target" : "targets", names, style);
}

std::string network_field(const RunSummary& run, const Style& style) {
  return field("network",
               network_text(run.network) + ", " + counted(run.network.parameter_count(), "parameter"), style);
}

/// "5, of seeds 1 to 5"; empty for a single network.
std::string ensemble_field(const RunSummary& run, const Style& style) {
  if (run.members == 1) return "";
  return field("ensemble",
               std::to_string(run.members) + " members, of seeds " + std::to_string(run.options.seed) +
                   " to " + std::to_string(run.options.seed + run.members - 1),
               style);
}

/// "5 members of ", before the first one's epochs; "5 members, the first " where the others may have other
/// numbers of epochs.
std::string members_text(const Trained& trained) {
  const std::size_t members = trained.model.member_count();
  if (members == 1) return "";
  return std::to_string(members) +
         (trained.stopped == StopReason::kFinished ? " members of " : " members, the first ");
}

/// The training time of all members.
double seconds_of(const Model& model) {
  double seconds = model.record.seconds;
  for (const auto& member : model.more_members) seconds += member.record.seconds;
  return seconds;
}

/// The known results of this recipe and of variants of it; empty where there are none.
std::string variants_field(const RunSummary& run, const Style& style) {
  if (run.variants.empty()) return "";
  constexpr std::size_t kResultWidth = 12, kOptionsWidth = 54;
  std::string text = field(
      "recipe",
      run.recipe +
          ": as the report did. What the test rows give, mean of seeds 1 to 5: with this recipe, with one "
          "option more, each alone, and with the default recipe (docs/report_recipe.md):",
      style);
  for (const auto& variant : run.variants) {
    std::string result = variant.result;
    for (const auto& part : wrap(variant.options, kOptionsWidth)) {
      result.resize(kResultWidth, ' ');
      text += line("", std::exchange(result, "") + part);
    }
  }
  return text;
}

/// "a model of mpg, digest 0123456789abcdef"
std::string init_text(const Model& model) {
  return "a model of " + one_line(model.record.dataset) + ", digest " + digest(model);
}

/// "after epoch 3", "after epoch 3, batch 17"
std::string place_text(const TrainingState& state) {
  return "after epoch " + std::to_string(state.epoch) +
         (state.batch > 0 ? ", batch " + std::to_string(state.batch) : "");
}

}  // namespace

std::string epochs_text(const RunSummary& run, const Trained& trained) {
  const auto planned = static_cast<std::uint64_t>(run.options.epochs);
  const auto done = trained.state.epoch;
  switch (trained.stopped) {
    case StopReason::kFinished:
      return counted(done, "epoch");
    case StopReason::kEarlyStopping:
      return with_thousands(done) + " of " + counted(planned, "epoch") +
             " (stopped early, best after epoch " + with_thousands(trained.state.best_epoch) + ")";
    case StopReason::kInterrupted:
      return with_thousands(done) + " of " + counted(planned, "epoch") + " (interrupted)";
  }
  return "";
}

std::string introduction(const RunSummary& run, const Style& style) {
  const auto& options = run.options;
  std::string rows = with_thousands(run.training_rows()) + " rows to train on, ";
  if (run.validation_rows() > 0) rows += with_thousands(run.validation_rows()) + " to validate, ";
  std::string text = field("data",
                           one_line(run.dataset) + ", " + rows + with_thousands(run.data.test.rows()) +
                               " to test (" + one_line(run.data.origin) + ")",
                           style);
  for (const auto& note : in_words(run.data.notes, option_words)) text += field("", one_line(note), style);
  text += target_field(run.data.train, style) + network_field(run, style) + ensemble_field(run, style);
  text += field("training",
                loss_text(options.loss) + ", " + to_string(options.optimizer) + ", learning rate " +
                    shortest(learning_rate(options.optimizer)) + ", " + to_string(options.schedule) + ", " +
                    counted(static_cast<std::uint64_t>(options.epochs), "epoch") + ", batches of " +
                    with_thousands(static_cast<std::uint64_t>(options.batch_size)),
                style);
  if (run.options.init != nullptr) text += field("starts from", init_text(*run.options.init), style);
  if (!run.replaced.empty()) text += field("replaces", run.replaced, style);
  if (run.resumed) text += field("resumed", place_text(*run.resumed), style);
  return text;
}

std::string overfitting_note(const RunSummary& run, const Trained& trained) {
  const History& history = trained.history();
  if (trained.stopped != StopReason::kFinished || run.options.early_stopping > 0 || history.empty() ||
      run.validation_rows() == 0) {
    return "";
  }
  // By chance alone the mean of N squared normal errors has a relative deviation of sqrt(2 / N).
  const double chance = 2 * std::sqrt(2.0 / static_cast<double>(run.validation_rows()));
  const auto& best = *std::ranges::min_element(history, {}, &EpochRecord::validation_loss);
  const double growth = history.back().validation_loss / best.validation_loss - 1;
  if (!(growth > std::max(0.1, chance)) || !std::isfinite(growth)) return "";
  // On five real tables with this note, --early-stopping 10 made 0.7 times the log loss and 1.05 times the
  // error; neither it nor more dropout or a smaller network made the error smaller on all.
  return "the validation loss was lowest after epoch " + with_thousands(best.epoch) + " and ended " +
         (growth < 1 ? fixed(100 * growth, 0) + "% higher" : significant(growth + 1, 2) + " times as high") +
         (run.data.train.task() == Task::kClassification
              ? ": where probabilities count, --early-stopping 10 most often makes better ones, though no "
                "better classes"
              : "");
}

std::string weights_note(const RunSummary& run) {
  if (run.data.train.sample_weights.empty()) return "";
  return std::string("training and validation loss are weighted by ") +
         (run.balances_classes() ? "class" : "row") +
         "; in the test every row counts once, so its loss is another scale";
}

std::string sparse_inputs_note(const RunSummary& run, const Trained& trained) {
  if (run.options.sparse_inputs != SparseInputs::kOn || trained.sparse_inputs) return "";
  if (run.options.target == "reference")
    return "--sparse-inputs on skips no zeros here: the reference computes every product";
  return "--sparse-inputs on skips no zeros here: --precision bf16 multiplies the first layer's inputs in "
         "blocks, zeros and all";
}

std::string result_json(const RunSummary& run, const Trained& trained, const TestResult& test,
                        const std::optional<CrossValidation>& folds, const std::vector<std::string>& notes) {
  const auto& options = run.options;
  const FinalLosses losses = losses_of(trained);
  nlohmann::ordered_json document;
  document["command"] = "train";
  document["dataset"] = run.dataset;
  document["recipe"] = run.recipe;
  document["network"] = network_json(run.network);
  document["parameters"] = run.network.parameter_count();
  document["loss"] = to_string(options.loss);
  document["optimizer"] = to_string(options.optimizer);
  document["learning_rate"] = learning_rate(options.optimizer);
  document["schedule"] = to_string(options.schedule);
  document["batch_size"] = options.batch_size;
  document["seed"] = options.seed;
  document["ensemble"] = run.members;
  if (options.init != nullptr) document["init"] = digest(*options.init);
  document["precision"] = to_string(options.precision);
  document["bf16_layers"] = trained.bfloat16_layers;
  document["threads"] = trained.threads;
  document["sparse_inputs"] = trained.sparse_inputs;
  document["train_rows"] = run.training_rows();
  document["validation_rows"] = run.validation_rows();
  document["stopped"] = name_of(trained.stopped);
  document["epochs"] = trained.state.epoch;
  document["best_epoch"] =
      trained.state.best_epoch > 0 ? nlohmann::ordered_json(trained.state.best_epoch) : nullptr;
  document["seconds_training"] = number(seconds_of(trained.model));
  document["samples_per_second"] = number(samples_per_second(trained.history()));
  document["train_loss"] = number(losses.training);
  document["validation_loss"] = number(losses.validation);
  add_to(document, test, run.data.test);
  if (folds) document["folds"] = folds_json(*folds);
  document["output"] = run.folder.string();
  document["files"] = run.files;
  document["notes"] = notes;
  return to_text(document);
}

std::string result_summary(const RunSummary& run, const Trained& trained, const TestResult& test,
                           const std::optional<CrossValidation>& folds, bool introduced,
                           const std::string& program, const Style& style) {
  const std::string folder = run.folder.string();
  const FinalLosses losses = losses_of(trained);
  const bool trained_now = !run.resumed || run.resumed->step != trained.state.step;

  std::string text = style.bold + one_line(run.dataset) + style.off + "\n";
  if (!introduced) {
    std::string label = "data";
    for (const auto& note : in_words(run.data.notes, option_words))
      text += field(std::exchange(label, ""), one_line(note), style);
    text += target_field(run.data.train, style) + network_field(run, style) + ensemble_field(run, style);
    if (!run.replaced.empty()) text += field("replaced", run.replaced, style);
  }
  text +=
      field("training",
            members_text(trained) + epochs_text(run, trained) + " in " + duration(seconds_of(trained.model)) +
                ", " + rate(samples_per_second(trained.history())) + " samples/s" +
                (trained_now ? " on " + counted(static_cast<std::uint64_t>(trained.threads), "thread") : ""),
            style);
  if (!trained.history().empty()) {
    text += field("loss",
                  "training " + significant(losses.training) +
                      (run.validation_rows() > 0 ? ", validation " + significant(losses.validation) : "") +
                      " (" + to_string(run.options.loss) + ")",
                  style);
    for (const auto& note : {weights_note(run), overfitting_note(run, trained)}) {
      if (!note.empty()) text += field("", note, style);
    }
  }
  text += test_fields(test, run.data.test, style);
  if (test.evaluation.regression) {
    const std::string scores = each_score(test, run.data.test, style);
    if (!scores.empty()) text += "\n" + scores + "\n";
  }
  if (folds) text += folds_field(*folds, style);
  text += variants_field(run, style);

  std::string files;
  for (const auto& file : run.files) files += (files.empty() ? "" : ", ") + file;
  text += line("files", path_text(folder)) + field("", files, style);
  if (trained.stopped == StopReason::kInterrupted) {
    text += line("go on", shell_text({program, "train", "--resume", folder}));
  } else {
    if (std::ranges::find(run.files, run.report_file.filename().string()) != run.files.end()) {
      text += line("look at", path_text(run.report_file));
    }
    text += line("next", run.generated ? shell_text({program, "evaluate", folder})
                                       : shell_text({program, "predict", folder, "--input", "FILE"}));
    text += line("", shell_text({program, "inspect", folder}));
  }
  return text;
}

}  // namespace mlp::app
