// mlp train: from a data set's name to a folder with a model, figures and a checkpoint.
#include <algorithm>
#include <chrono>

#include "commands.h"
#include "config_file.h"
#include "evaluation.h"
#include "format.h"
#include "help.h"
#include "interrupt.h"
#include "mlp/checkpoint.h"
#include "mlp/error.h"
#include "mlp/report.h"
#include "mlp/suggest.h"
#include "mlp/version.h"
#include "progress.h"
#include "recipes.h"
#include "run_folder.h"
#include "settings.h"
#include "terminal.h"
#include "threads.h"

namespace mlp::app {
namespace {

// ---- options ----------------------------------------------------------------------------------------------

/// What each data set's recipe does, as the options that would say the same.
std::string recipes_help() {
  std::string text = "Defaults, by data set:\n";
  for (const auto& recipe : recipes()) {
    const std::string options =
        "--layers " + recipe.layers + " --loss '" + recipe.loss + "' --optimizer '" + recipe.optimizer +
        "' --learning-rate " + shortest(recipe.learning_rate) + " --schedule " + recipe.schedule +
        " --epochs " + std::to_string(recipe.epochs) + " --batch-size " + std::to_string(recipe.batch_size) +
        " --validation " + shortest(recipe.validation);
    std::string label = recipe.dataset;
    for (const auto& line : wrap(options, 68)) {
      text += "  " + label + std::string(10 - label.size(), ' ') + line + "\n";
      label.clear();
    }
  }
  return text;
}

constexpr const char* kExamples =
    "Examples:\n"
    "  mlp train mnist\n"
    "  mlp train mpg --layers 64:relu,64:relu,1:linear --optimizer adam\n"
    "  mlp train digits --dropout 0.2 --epochs 30 --output runs/dropout\n"
    "  mlp train friedman --schedule 'cosine(warm_up=0.1)' --early-stopping 20\n"
    "  mlp train --config runs/mnist/config.toml --seed 2 --output runs/second\n"
    "  mlp train --resume runs/mnist";

CLI::App* add_options(CLI::App& parent, TrainArguments& arguments) {
  CLI::App* parser =
      parent.add_subcommand("train", "Train a network; leaves a model, figures and a checkpoint");
  std::string group;
  const auto add = [&](const std::string& name, std::optional<std::string>& value, const std::string& type,
                       const std::string& help) {
    return parser->add_option(name, value, help)->type_name(type)->group(group);
  };
  add("dataset", arguments.dataset, "DATASET",
      "mnist, mpg, digits or friedman ('mlp data list' says what they are)");

  group = "Network";
  add("--layers", arguments.layers, "SPEC",
      "width:activation[:dropout] for each layer, the last one as wide as there are classes or targets. "
      "Activations: " +
          listed(all_activations()));
  add("--initializer", arguments.initializer, "NAME",
      "how weights start, in every layer: " + listed(all_initializers()) + " (default: by activation)");
  add("--dropout", arguments.dropout, "P", "dropout after every hidden layer, from 0 to below 1");

  group = "Training";
  add("--loss", arguments.loss, "NAME",
      listed(all_losses()) + "; cross_entropy(0.02) smooths labels by 0.02");
  add("--optimizer", arguments.optimizer, "NAME",
      listed(all_optimizers()) + "; hyper-parameters in parentheses, as in 'adam(beta2=0.99)'");
  add("--learning-rate", arguments.learning_rate, "X", "its learning rate, before the schedule");
  add("--schedule", arguments.schedule, "NAME",
      "how the learning rate moves: " + listed(all_schedules()) +
          "; parameters as in 'step(factor=0.1,every=20)'");
  add("--epochs", arguments.epochs, "N", "passes through the training rows");
  add("--batch-size", arguments.batch_size, "N", "rows in a step");
  add("--weight-decay", arguments.weight_decay, "X",
      "AdamW's weight decay; with other optimizers the same as --l2");
  add("--l2", arguments.l2, "X", "adds X/2 times the squared weights to the loss (default: 0)");
  add("--clip-norm", arguments.clip_norm, "X", "shortens gradients longer than X (default: 0, never)");
  add("--validation", arguments.validation, "FRACTION", "of the training rows, held out to validate on");
  add("--early-stopping", arguments.early_stopping, "N",
      "stop after N epochs without a better validation loss, keep the best parameters (default: 0, never)");
  add("--seed", arguments.seed, "N", "decides every random choice (default: 1)");

  group = "Run";
  add("--output", arguments.output, "DIR", "where the run is written (default: runs/DATASET)");
  parser->add_option("--resume", arguments.resume, "continue the run in DIR from its checkpoint")
      ->type_name("DIR")
      ->group(group)
      ->configurable(false);
  parser->add_option("--config", arguments.config, "take options from a file; those given here come first")
      ->type_name("FILE")
      ->group(group)
      ->configurable(false);
  add("--data-dir", arguments.data_dir, "DIR", "look for data here first, and download to it");
  add("--threads", arguments.threads, "N",
      "threads to use, or auto (default); the result is the same for any number");
  parser->add_flag("--json", arguments.json, "print the result as one JSON object")->group(group);
  parser->add_flag("--quiet", arguments.quiet, "no progress on standard error")->group(group);
  add("--target", arguments.target, "NAME", "CPU target, as MLP_TARGET")->group("");
  parser->footer(recipes_help() + "\n" + kExamples);
  return parser;
}

/// Gives the options named in a config file their values, except those the command line has given.
void apply_config(CLI::App& parser, const std::filesystem::path& path) {
  for (const auto& [key, value, line] : read_config(path)) {
    CLI::Option* option = parser.get_option_no_throw("--" + key);
    if (option == nullptr) option = parser.get_option_no_throw(key);
    if (option == nullptr || !option->get_configurable()) {
      std::vector<std::string> known;
      for (const auto* other :
           parser.get_options([](const CLI::Option* o) { return o->get_configurable(); })) {
        known.push_back(other->get_single_name());
      }
      throw UsageError(path.string() + ":" + std::to_string(line) + ": unknown key '" + key + "'",
                       suggest(key, known));
    }
    if (option->count() > 0) continue;
    try {
      option->add_result(value);
      option->run_callback();
    } catch (const CLI::Error&) {
      throw UsageError(
          path.string() + ":" + std::to_string(line) + ": '" + value + "' is no value for " + key,
          "'mlp train --help' says what it takes");
    }
  }
}

// ---- the run ----------------------------------------------------------------------------------------------

/// Everything that is settled before the first step.
struct Run {
  Settings settings;
  RunFolder folder;
  DataSplit data;
  MultilayerPerceptron network;
  TrainingOptions options;
  PredictionOptions prediction;
  std::string fingerprint;
  std::optional<Checkpoint> resumed;
  std::vector<std::string> notes;
};

DataSplit load_data(const Settings& settings, const TrainArguments& arguments,
                    const Environment& environment) {
  DataSource source = data_source(environment, arguments.data_dir.value_or(""));
  DownloadProgress progress(progress_mode(arguments.quiet, environment), environment.utf8);
  source.progress = [&](const std::string& file, std::uint64_t done, std::uint64_t total) {
    progress.update(file, done, total);
    return interrupt_signal() == 0;
  };
  try {
    auto data = load_dataset(settings.dataset, source, settings.seed);
    if (interrupt_signal() != 0) throw Interrupted{};
    return data;
  } catch (const Error&) {
    if (interrupt_signal() != 0) throw Interrupted{};
    throw;
  }
}

Checkpoint matching_checkpoint(const Run& run) {
  auto checkpoint = load_checkpoint(run.folder.checkpoint());
  if (checkpoint.fingerprint != run.fingerprint) {
    throw UsageError("cannot resume " + run.folder.path.string() + ": " +
                         difference(run.fingerprint, checkpoint.fingerprint),
                     "leave out what differs, or train anew into another --output");
  }
  if (checkpoint.network != run.network) {
    throw DataError("cannot resume " + run.folder.path.string() + ": its checkpoint holds another network, " +
                        network_text(checkpoint.network),
                    "the file does not belong to this run; train anew into another --output");
  }
  return checkpoint;
}

Run prepare(CLI::App& parser, TrainArguments& arguments, const Environment& environment) {
  const bool resuming = !arguments.resume.empty();
  if (resuming && !arguments.config.empty()) {
    throw UsageError("--resume takes the run's own config.toml; --config cannot be given as well");
  }
  if (resuming && arguments.output && std::filesystem::path(*arguments.output) != arguments.resume) {
    throw UsageError("--resume continues a run where it is; --output cannot be another folder");
  }
  if (resuming) {
    const RunFolder folder{arguments.resume};
    for (const auto& file : {folder.config(), folder.checkpoint()}) {
      if (!std::filesystem::exists(file)) {
        throw FileError("cannot resume " + arguments.resume + ": there is no " + file.string(),
                        "--resume takes the folder of a run that 'mlp train' has begun");
      }
    }
    apply_config(parser, folder.config());
    arguments.output = arguments.resume;
  } else if (!arguments.config.empty()) {
    apply_config(parser, arguments.config);
  }

  Settings settings = resolve(arguments);
  const int threads = parse_threads(arguments.threads);
  RunFolder folder{arguments.output.value_or("runs/" + settings.dataset)};
  folder.create();
  DataSplit data = load_data(settings, arguments, environment);
  MultilayerPerceptron network = network_for(settings, data.train);
  TrainingOptions options = training_options(settings, data.train);
  options.threads = threads;
  options.target = arguments.target.value_or(environment.mlp_target);

  Run run{.settings = settings,
          .folder = folder,
          .data = std::move(data),
          .network = network,
          .options = options,
          .prediction = {.threads = threads, .target = options.target},
          .fingerprint = {},
          .resumed = std::nullopt,
          .notes = {}};
  run.fingerprint = fingerprint(settings, run.data.train);
  run.notes = run.data.notes;
  if (resuming) run.resumed = matching_checkpoint(run);
  return run;
}

/// What is about to happen, on standard error.
std::string introduction(const Run& run, std::size_t training_rows) {
  const auto& settings = run.settings;
  const std::size_t validation_rows = run.data.train.rows() - training_rows;
  std::string text =
      field("data", settings.dataset + ", " + with_thousands(training_rows) + " rows to train on" +
                        (validation_rows > 0 ? ", " + with_thousands(validation_rows) + " to validate" : "") +
                        ", " + with_thousands(run.data.test.rows()) + " to test (" + run.data.origin + ")");
  for (const auto& note : run.notes) text += field("", note);
  text += field("network", network_text(run.network) + ", " + with_thousands(run.network.parameter_count()) +
                               " parameters");
  text += field("training",
                to_string(settings.loss) + ", " + to_string(settings.optimizer) + " at " +
                    shortest(learning_rate(settings.optimizer)) + ", " + to_string(settings.schedule) + ", " +
                    with_thousands(static_cast<std::uint64_t>(settings.epochs)) + " epochs, batches of " +
                    with_thousands(static_cast<std::uint64_t>(run.options.batch_size)));
  if (run.resumed) text += field("resumed", "after epoch " + std::to_string(run.resumed->state.epoch));
  return text;
}

/// Shows progress, saves checkpoints, and stops the training after Ctrl-C.
class RunObserver : public TrainingObserver {
 public:
  RunObserver(const Run& run, TrainingProgress& progress) : run_(run), progress_(progress) {}

  bool on_step(const StepProgress& step) override {
    progress_.step(step);
    return interrupt_signal() == 0;
  }

  void on_epoch(const EpochRecord& record, const TrainingState& state) override {
    progress_.epoch(record, static_cast<std::uint64_t>(run_.settings.epochs));
    // A checkpoint waits for the disk; once a second is often enough to lose little.
    if (Clock::now() - last_save_ >= std::chrono::seconds(1)) save(state);
  }

  /// Until the first save the folder still holds an earlier run whole; from then on it is this run's.
  void save(const TrainingState& state) {
    if (!run_.resumed && !saved_) {
      run_.folder.clear();
      write_text_file(run_.folder.config(), "# Written by mlp " + std::string(version()) +
                                                ". The same run again:\n#   mlp train --config " +
                                                run_.folder.config().string() + "\n" +
                                                to_toml(run_.settings) + extra_);
    }
    saved_ = true;
    save_checkpoint({.network = run_.network, .state = state, .fingerprint = run_.fingerprint},
                    run_.folder.checkpoint());
    write_metrics_csv(state.history, run_.folder.metrics());
    last_save_ = Clock::now();
  }

  /// Lines for config.toml that belong to this machine rather than to the run.
  void add_to_config(const std::string& lines) { extra_ += lines; }

 private:
  using Clock = std::chrono::steady_clock;
  const Run& run_;
  TrainingProgress& progress_;
  std::string extra_;
  bool saved_ = false;
  Clock::time_point last_save_ = Clock::now();
};

void draw_figures(Run& run, const Trained& trained, const TestResult& result) {
  const auto note = [&](const std::optional<std::string>& text) {
    if (text && std::find(run.notes.begin(), run.notes.end(), *text) == run.notes.end())
      run.notes.push_back(*text);
  };
  if (!trained.history().empty()) {
    note(draw_loss_curves({loss_curve(trained.history(), run.settings.dataset)}, run.settings.dataset,
                          to_string(run.settings.loss), {run.folder.loss_svg(), run.folder.loss_png()}));
  }
  if (const auto& classes = result.evaluation.classification) {
    note(draw_confusion_matrix(classes->confusion, run.data.test.class_names,
                               run.settings.dataset + ", test accuracy " + percent(classes->accuracy),
                               run.folder.confusion_svg()));
  }
}

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

struct Speed {
  double seconds = 0.0;
  double samples_per_second = 0.0;
};

Speed speed_of(const History& history) {
  Speed speed;
  double samples = 0.0;
  for (const auto& record : history) {
    speed.seconds += record.seconds;
    samples += record.seconds * record.samples_per_second;
  }
  if (speed.seconds > 0.0) speed.samples_per_second = samples / speed.seconds;
  return speed;
}

std::string to_json(const Run& run, const Trained& trained, const TestResult& result,
                    std::size_t training_rows) {
  const auto& settings = run.settings;
  const Speed speed = speed_of(trained.history());
  nlohmann::ordered_json document;
  document["command"] = "train";
  document["dataset"] = settings.dataset;
  document["network"] = network_json(run.network);
  document["parameters"] = run.network.parameter_count();
  document["loss"] = to_string(settings.loss);
  document["optimizer"] = to_string(settings.optimizer);
  document["learning_rate"] = learning_rate(settings.optimizer);
  document["schedule"] = to_string(settings.schedule);
  document["batch_size"] = settings.batch_size;
  document["seed"] = settings.seed;
  document["threads"] = thread_count(run.options.threads);
  document["train_rows"] = training_rows;
  document["validation_rows"] = run.data.train.rows() - training_rows;
  document["stopped"] = name_of(trained.stopped);
  document["epochs"] = trained.state.epoch;
  document["best_epoch"] =
      trained.state.best_epoch > 0 ? nlohmann::ordered_json(trained.state.best_epoch) : nullptr;
  document["seconds_training"] = number(speed.seconds);
  document["samples_per_second"] = number(speed.samples_per_second);
  const bool trained_an_epoch = !trained.history().empty();
  document["train_loss"] = number(trained_an_epoch ? trained.model.record.train_loss : EpochRecord::kNone);
  document["validation_loss"] =
      number(trained_an_epoch ? trained.model.record.validation_loss : EpochRecord::kNone);
  add_to(document, result);
  if (!run.data.test.unit.empty()) document["unit"] = run.data.test.unit;
  document["output"] = run.folder.path.string();
  document["files"] = run.folder.files();
  document["notes"] = run.notes;
  return to_text(document);
}

std::string summary(const Run& run, const Trained& trained, const TestResult& result,
                    const Environment& environment) {
  const Style style = style_of(kStdout, environment);
  const auto& state = trained.state;
  const std::string folder = run.folder.path.string();
  const Speed speed = speed_of(state.history);
  const int threads = thread_count(run.options.threads);

  std::string text = style.bold + run.settings.dataset + style.off + "\n";
  text += field("network", network_text(run.network) + " (" + with_thousands(run.network.parameter_count()) +
                               " parameters)");
  std::string epochs = with_thousands(state.epoch) + (state.epoch == 1 ? " epoch" : " epochs");
  if (trained.stopped != StopReason::kFinished)
    epochs += " of " + with_thousands(static_cast<std::uint64_t>(run.settings.epochs));
  if (trained.stopped == StopReason::kEarlyStopping) {
    epochs += " (stopped early, best after epoch " + with_thousands(state.best_epoch) + ")";
  }
  if (trained.stopped == StopReason::kInterrupted) epochs += " (interrupted)";
  text += field("training", epochs + " in " + duration(speed.seconds) + ", " +
                                rate(speed.samples_per_second) + " samples/s on " + std::to_string(threads) +
                                (threads == 1 ? " thread" : " threads"));
  if (!state.history.empty()) {
    std::string losses = "training " + significant(trained.model.record.train_loss);
    if (run.settings.validation > 0.0)
      losses += ", validation " + significant(trained.model.record.validation_loss);
    text += field("loss", losses + " (" + to_string(run.settings.loss) + ")");
  }
  text += app::text(result, run.data.test.unit, style);
  std::string files;
  for (const auto& file : run.folder.files()) files += (files.empty() ? "" : ", ") + file;
  std::string label = "files";
  for (const auto& line : wrap("in " + folder + ": " + files, 64)) {
    text += field(label, line);
    label.clear();
  }
  if (trained.stopped == StopReason::kInterrupted) {
    text += field("next", "mlp train --resume " + folder + "   continues where it stopped");
  } else {
    text += field("next",
                  "mlp inspect " + folder + ", mlp predict " + folder + " --input FILE, mlp plot " + folder);
  }
  return text;
}

int run_train(CLI::App& parser, TrainArguments& arguments, const Environment& environment) {
  catch_interrupts();
  Run run = prepare(parser, arguments, environment);
  const std::size_t training_rows =
      validation_split(run.data.train.rows(), run.settings.validation, run.settings.seed).training.size();
  if (!arguments.quiet) print_error(introduction(run, training_rows));

  TrainingProgress progress(progress_mode(arguments.quiet, environment), environment.utf8, training_rows,
                            run.data.train.task(), run.data.train.unit);
  RunObserver observer(run, progress);
  if (arguments.data_dir) {
    observer.add_to_config(
        "data-dir = " + toml_string(std::filesystem::absolute(*arguments.data_dir).string()) + "\n");
  }
  const Trained trained =
      train(run.network, run.data.train, run.options, &observer, run.resumed ? &run.resumed->state : nullptr);
  progress.finish();

  const bool nothing_new = run.resumed && run.resumed->state.step == trained.state.step;
  if (nothing_new && trained.stopped != StopReason::kInterrupted) {
    print_error("mlp: the run in " + run.folder.path.string() +
                " had already finished; nothing was left to train\n");
  }
  observer.save(trained.state);
  save_model(trained.model, run.folder.model());
  const TestResult result = test(trained.model, run.settings.dataset, run.data, run.prediction);
  draw_figures(run, trained, result);

  print(arguments.json ? to_json(run, trained, result, training_rows)
                       : summary(run, trained, result, environment));
  for (const auto& note : run.notes) {
    const auto& known = run.data.notes;
    if (std::find(known.begin(), known.end(), note) == known.end()) print_error("mlp: note: " + note + "\n");
  }
  return trained.stopped == StopReason::kInterrupted ? 128 + interrupt_signal() : 0;
}

}  // namespace

Command add_train(CLI::App& parent, const Environment& environment) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* parser = add_options(parent, *arguments);
  return {parser, [parser, arguments, &environment] { return run_train(*parser, *arguments, environment); }};
}

}  // namespace mlp::app
