#include "run/train_options.h"

#include <algorithm>
#include <string_view>
#include <type_traits>

#include "cli/help.h"
#include "cli/input_scaling.h"
#include "cli/precision.h"
#include "cli/sparse_inputs.h"
#include "cli/target.h"
#include "mlp/digest.h"
#include "run/config_file.h"
#include "run/recipes.h"
#include "run/settings.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

/// A value in TOML; "" for an empty value or a flag that was not given.
template <class T>
std::string toml(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "";
  } else if constexpr (std::is_floating_point_v<T>) {
    return shortest(value);
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_convertible_v<T, std::string>) {  // a path, too
    const std::string& text = value;
    return text.empty() ? "" : toml_string(text);
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return value.empty() ? "" : toml_array(value);
  } else {
    return toml_string(to_string(value));
  }
}
template <class T>
std::string toml(const std::optional<T>& value) {
  return value ? toml(*value) : "";
}

/// The result of `get`, a member or function of the settings or of a part of them; empty where that part
/// belongs to another kind of data.
template <class Get>
Written::Text text_of(Get get) {
  return [get](const Settings& settings) {
    std::string text;
    const auto look_in = [&](const auto* part) {
      if constexpr (std::is_invocable_v<Get, decltype(*part)>) {
        if (part != nullptr) text = toml(std::invoke(get, *part));
      }
    };
    const auto* table = std::get_if<TableOrigin>(&settings.data);
    const auto* images = std::get_if<ImageData>(&settings.data);
    look_in(&settings);
    look_in(&settings.training);
    look_in(table);
    look_in(table == nullptr ? nullptr : &table->reading);
    look_in(table == nullptr ? nullptr : &table->options);
    look_in(images == nullptr ? nullptr : &images->files);
    return text;
  };
}

/// The texts of an option in config.toml and in the fingerprint.
template <class Config, class Identity>
Written says(Config config, Identity identity) {
  return {.config = text_of(config), .identity = text_of(identity)};
}

/// For an option that is part of the run's identity.
template <class Get>
Written decides(Get get) {
  return says(get, get);
}

/// For an option that may change when the run is resumed.
template <class Get>
Written noted(Get get) {
  return {.config = text_of(get)};
}

std::string known_name(const Settings& settings) {
  const auto* known = std::get_if<KnownData>(&settings.data);
  return known == nullptr ? "" : known->name;
}

std::string name_or_file(const Settings& settings) {
  const auto* table = std::get_if<TableOrigin>(&settings.data);
  return table == nullptr ? known_name(settings) : table->file.string();
}

std::string task(const Settings& settings) {
  std::optional<Task> task;
  if (const auto* table = std::get_if<TableOrigin>(&settings.data)) task = table->options.task;
  if (const auto* images = std::get_if<ImageData>(&settings.data)) task = images->task;
  return !task ? "" : *task == Task::kClassification ? "classification" : "regression";
}

std::string delimiter(const TableOptions& reading) {
  return !reading.delimiter ? "" : *reading.delimiter == '\t' ? "tab" : std::string(1, *reading.delimiter);
}

std::string decimal(const TableOptions& reading) {
  return reading.decimal ? std::string(1, *reading.decimal) : "";
}

std::optional<double> test_fraction(const TableOrigin& table) {
  return table.test.empty() ? std::optional(table.options.test_fraction) : std::nullopt;
}

/// Empty where a model's preprocessing is kept.
std::optional<InputScaling> learned_scaling(const TableDataOptions& options) {
  return options.preprocessing ? std::nullopt : std::optional(options.scaling);
}

std::string class_weight(const TableDataOptions& options) {
  return options.class_weights == ClassWeights::kBalanced ? "balanced" : "";
}

std::optional<std::size_t> several_members(const Settings& settings) {
  return settings.members > 1 ? std::optional(settings.members) : std::nullopt;
}

std::string init_digest(const TrainingOptions& training) {
  return training.init == nullptr ? "" : digest(*training.init);
}

std::string init_preprocessing(const TrainingOptions& training) {
  return training.keep_preprocessing ? "" : "learn";
}

std::string asked_target(const Settings& settings) {
  return settings.names_target ? settings.training.target : "";
}

std::string target_with_own_bits(const TrainingOptions& training) {
  return is_fused(training.target) ? "" : training.target;
}

struct Group {
  const char* heading;
  std::vector<TrainOption> options;
};

std::vector<TrainOption> ungrouped(const std::vector<Group>& groups) {
  std::vector<TrainOption> all;
  for (const auto& group : groups) {
    for (const auto& option : group.options) all.emplace_back(option).group = group.heading;
  }
  return all;
}

}  // namespace

const std::vector<TrainOption>& train_options() {
  using A = TrainArguments;
  using Words = std::vector<std::string>;
  using enum Subject;
  static const auto options = ungrouped({
      {"",
       {{"dataset", &A::dataset, "DATASET",
         alternatives(known_names()) + " ('mlp data list' says what they are), or a file of yours: a table "
                                       "(.csv, .tsv, plain or gzip; with --target) or a .npz; or a folder of "
                                       "PNG images, a sub-folder for "
                                       "each class",
         kFiles, says(name_or_file, known_name), known_names()}}},
      {"Data from a table (CSV or TSV)",
       {{"target", &A::targets, "COLUMN", "the column to predict; with several, give it once for each",
         kReading, decides(&TableDataOptions::targets)},
        {"ignore", &A::ignore, "COLUMN",
         "a column to leave out; may be given again, as may --categorical and --na", kReading,
         decides(&TableOptions::ignore)},
        {"categorical", &A::categorical, "COLUMN",
         "a column whose numbers are kinds, not amounts, such as a postcode", kReading,
         decides(&TableOptions::categorical)},
        {"sample-weight", &A::sample_weight, "COLUMN", "a column that says how much each row counts",
         kReading, decides(&TableDataOptions::sample_weight)},
        {"class-weight", &A::class_weight, "HOW",
         "equal (default), or balanced: rows of rare classes count more", kReading, decides(class_weight),
         Words{"equal", "balanced"}},
        {"scaling", &A::scaling, "HOW",
         "how numbers become inputs: standard (by mean and standard deviation), robust (by median and "
         "quartiles, large ones softly clipped) or auto (default: robust where a column has extreme numbers, "
         "else standard)",
         kReading, decides(learned_scaling), Words{"auto", "standard", "robust"}},
        {"test", &A::test, "FILE", "a table to test on (default: some rows, drawn by seed)", kReading,
         noted(&TableOrigin::test)},
        {"test-fraction", &A::test_fraction, "FRACTION", "of the rows, held out to test on (default: 0.2)",
         kReading, decides(test_fraction)},
        {"na", &A::missing, "TEXT",
         "a mark of a missing cell, besides empty, NA, N/A, NaN, null and ?; among numbers also none and -",
         kReading, decides(&TableOptions::missing)},
        {"not-na", &A::not_missing, "TEXT",
         "a text that is no mark of a missing cell though usually it is, such as NA for Namibia", kReading,
         decides(&TableOptions::not_missing)},
        {"delimiter", &A::delimiter, "CHAR", "between cells; tab for tabulators (default: by the first line)",
         kReading, decides(delimiter)},
        {"decimal", &A::decimal, "MARK",
         "the decimal mark, . or ,: numbers like 1.234,50 or $1,234.50 or 15% are read as well", kReading,
         decides(decimal), Words{".", ","}},
        {"no-header", &A::no_header, "", "the first line is data; columns are called 1, 2, ...", kReading,
         decides([](const TableOptions& reading) { return !reading.header; })}}},
      {"Data from arrays (IDX, .npy or .npz)",
       {{"images", &A::images, "FILE",
         "images, or other rows of numbers, to train on; or a folder of PNG images", kFiles,
         noted(&ImageFiles::images)},
        {"labels", &A::labels, "FILE",
         "their classes or, where these are no whole numbers, numbers to predict; a .npz may hold both",
         kFiles, noted(&ImageFiles::labels)},
        {"test-images", &A::test_images, "FILE", "images to test on (default: a fifth, drawn by seed)",
         kFiles, noted(&ImageFiles::test_images)},
        {"test-labels", &A::test_labels, "FILE", "their labels", kFiles, noted(&ImageFiles::test_labels)}}},
      {"Data from either",
       {{"task", &A::task, "TASK", "classification or regression (default: by what labels or target hold)",
         kReading, decides(task), Words{"classification", "regression"}}}},
      {"Network",
       {{"recipe", &A::recipe, "NAME",
         "what options are where they are not given: default, or report (mnist and mpg: as in the report mlp "
         "grew out of; the result says what each difference brings)",
         kRun, noted(&Settings::recipe), Words{kDefaultRecipe, "report"}},
        {"layers", &A::layers, "SPEC",
         "width:activation[:dropout] for each layer, the last one as wide as there are classes or targets. "
         "Activations: " +
             listed(all_activations()),
         kRecipe, decides(&Settings::layers)},
        {"initializer", &A::initializer, "NAME",
         "how weights start, in every layer: " + listed(all_initializers()) + " (default: by activation)",
         kRecipe, decides(&Settings::initializer), texts_of(all_initializers())},
        {"init", &A::init, "MODEL",
         "start from the parameters of a model (fine-tuning), and so with its layers; the output layer "
         "starts "
         "anew where the data have other classes or targets",
         kRun, says(&Settings::init, init_digest)},
        {"init-preprocessing", &A::init_preprocessing, "HOW",
         "with --init: keep (default), inputs and targets are scaled and columns encoded as the model does "
         "it; or learn, from the new data",
         kRun, decides(init_preprocessing), Words{"keep", "learn"}},
        // Part of --layers in config.toml.
        {"dropout", &A::dropout, "P", "dropout after every hidden layer, from 0 to below 1", kRun}}},
      {"Training",
       {{"loss", &A::loss, "NAME", listed(all_losses()) + "; cross_entropy(0.02) smooths labels by 0.02",
         kRecipe, decides(&TrainingOptions::loss), texts_of(all_losses())},
        {"optimizer", &A::optimizer, "NAME",
         listed(all_optimizers()) + "; hyper-parameters in parentheses, as in 'adam(beta2=0.99)'", kRecipe,
         decides(&TrainingOptions::optimizer), texts_of(all_optimizers())},
        {"learning-rate", &A::learning_rate, "X", "its learning rate, before the schedule", kRecipe,
         decides([](const TrainingOptions& training) { return learning_rate(training.optimizer); })},
        {"schedule", &A::schedule, "NAME",
         "how the learning rate moves: " + listed(all_schedules()) +
             "; parameters as in 'step(factor=0.1,every=20)'",
         kRecipe, decides(&TrainingOptions::schedule), texts_of(all_schedules())},
        {"epochs", &A::epochs, "N", "passes through the training rows", kRecipe,
         decides(&TrainingOptions::epochs)},
        {"batch-size", &A::batch_size, "N", "rows in a step", kRecipe, decides(&TrainingOptions::batch_size)},
        // Part of the optimizer or --l2 in config.toml.
        {"weight-decay", &A::weight_decay, "X",
         "the weight decay of " + alternatives(decaying_optimizers()) +
             "; with other optimizers the same as --l2",
         kRun},
        {"l2", &A::l2, "X", "adds X/2 times the squared weights to the loss (default: 0)", kRun,
         decides(&TrainingOptions::l2)},
        {"clip-norm", &A::clip_norm, "X", "shortens gradients longer than X (default: 0, never)", kRun,
         decides(&TrainingOptions::clip_norm)},
        {"validation", &A::validation, "FRACTION", "of the training rows, held out to validate on", kRecipe,
         decides(&Settings::validation)},
        {"early-stopping", &A::early_stopping, "N",
         "stop after N epochs without a better validation loss, keep the best parameters (default: 0, never)",
         kRun, decides(&TrainingOptions::early_stopping)},
        {"folds", &A::folds, "K",
         "cross-validation before the training: the rows are cut into K parts, and K trainings each leave "
         "out one and are tested on it",
         kRun, noted(&Settings::folds)},
        {"ensemble", &A::ensemble, "K",
         "train K networks, 2 to 64, from the seeds N to N+K-1 of --seed N; the model predicts the mean of "
         "what they do",
         kRun, decides(several_members)},
        {"seed", &A::seed, "N", "decides every random choice (default: 1)", kRun,
         decides(&TrainingOptions::seed)},
        {"precision", &A::precision, "NAME",
         "of the products in wide layers: float32 (default), or bf16 on CPUs with AMX or AVX-512 BF16", kRun,
         decides(&TrainingOptions::precision), Words{"float32", "bf16"}}}},
      {"Run",
       {{"output", &A::output, "DIR", "where the run is written (default: runs/ and the name of the data)",
         kRun},
        {"resume", &A::resume, "DIR", "continue the run in DIR from its checkpoint", kSource},
        {"config", &A::config, "FILE", "take options from a file; those given here come first", kSource},
        {"checkpoint-every", &A::checkpoint_every, "N|TIME",
         "save the run after every N epochs, or each time 30s, 10m or 2h have passed (default: after an "
         "epoch, at most once a second)",
         kRun, noted([](const Settings& settings) { return settings.checkpoint_every.text; })},
        {"examples", &A::examples, "N",
         "training rows that the model carries, for 'mlp inspect --verify' to check it by (default: 8; 0 "
         "where rows are private)",
         kRun, noted(&TrainingOptions::examples)},
        {"tensorboard", &A::tensorboard, "",
         "also write an event file into the run's folder, one entry for each epoch: tensorboard --logdir "
         "runs",
         kRun, noted(&Settings::tensorboard)},
        {"data-dir", &A::data_dir, "DIR", "look for data here first, and download to it", kRun,
         noted(&Settings::data_dir)},
        {"threads", &A::threads, "N",
         "threads to use, or auto (default), which takes fewer beside busy programs, where a fixed number "
         "can be many times slower; the result is the same for any number",
         kRun, Written{}, Words{"auto"}},
        {"sparse-inputs", &A::sparse_inputs, "WHEN",
         "skip zeros in the inputs: on, off, or auto (default), where it saves time; the result is the same",
         kRun, noted(&TrainingOptions::sparse_inputs), Words{"auto", "on", "off"}},
        {"cpu-target", &A::cpu_target, "NAME",
         "instructions to compute with: avx512, avx2, neon or baseline (default: MLP_TARGET, else the best "
         "there are); baseline gives other last bits than the others; or reference, the formulas in plain "
         "loops",
         kRun, says(asked_target, target_with_own_bits),
         Words{"avx512", "avx2", "neon", "baseline", "reference"}},
        {"json", &A::json, "", "print the result as one JSON object", kRun},
        {"quiet", &A::quiet, "", "no progress on standard error", kRun}}},
  });
  return options;
}

namespace {

/// The order of the lines in every existing config.toml and fingerprint, which is not that of the help page.
/// Keys that are not listed come after these.
constexpr std::string_view kFileOrder =
    " dataset images labels test-images test-labels test task target ignore categorical na not-na delimiter "
    "decimal no-header test-fraction scaling class-weight sample-weight layers initializer loss optimizer "
    "learning-rate schedule epochs batch-size l2 clip-norm validation early-stopping seed precision ensemble "
    "cpu-target sparse-inputs examples recipe folds checkpoint-every data-dir ";

std::vector<TrainOption> in_file_order() {
  auto options = train_options();
  std::ranges::stable_sort(options, {}, [](const TrainOption& option) {
    return kFileOrder.find(" " + std::string(option.key) + " ");
  });
  return options;
}

}  // namespace

std::string option_lines(const Settings& settings, Written::Text Written::*written) {
  static const std::vector<TrainOption> options = in_file_order();
  std::string lines;
  for (const auto& option : options) {
    const auto& text = option.written.*written;
    const std::string value = text ? text(settings) : "";
    if (!value.empty()) lines += std::string(option.key) + " = " + value + "\n";
  }
  return lines;
}

}  // namespace mlp::app
