// mlp train: from a data set's name to a folder with a model, a report and a checkpoint.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>

#include "cli/option_words.h"
#include "cli/threads.h"
#include "commands/commands.h"
#include "mlp/ensemble.h"
#include "mlp/error.h"
#include "mlp/html_report.h"
#include "mlp/report.h"
#include "mlp/split.h"
#include "mlp/version.h"
#include "present/report_content.h"
#include "present/train_result.h"
#include "run/folds.h"
#include "run/option_sources.h"
#include "run/run.h"
#include "run/run_saver.h"
#include "run/test.h"
#include "terminal/format.h"
#include "terminal/interrupt.h"
#include "terminal/progress.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

/// Shows progress, saves checkpoints, and stops the training after Ctrl-C.
class RunObserver : public TrainingObserver {
 public:
  RunObserver(const Run& run, RunSaver& saver, TrainingProgress& progress)
      : run_(run), saver_(saver), progress_(progress) {}

  bool on_step(const StepProgress& step) override {
    progress_.step(step);
    return interrupt_signal() == 0;
  }

  bool on_epoch(const EpochRecord& record, const TrainingState& state) override {
    progress_.epoch(record, static_cast<std::uint64_t>(run_.settings.training.epochs));
    if (run_.settings.checkpoint_every.due_after_epoch(record.epoch, seconds_since_last())) on_state(state);
    saver_.write_events(state);
    return true;
  }

  bool wants_state() override { return run_.settings.checkpoint_every.due_after_step(seconds_since_last()); }

  void on_state(const TrainingState& state) override {
    saver_.save(state);
    last_save_ = Clock::now();
  }

 private:
  using Clock = std::chrono::steady_clock;
  double seconds_since_last() const {
    return std::chrono::duration<double>(Clock::now() - last_save_).count();
  }

  const Run& run_;
  RunSaver& saver_;
  TrainingProgress& progress_;
  Clock::time_point last_save_ = Clock::now();
};

/// The same for the members of an ensemble. The first member saves like a single network; the others save to
/// folders of their own, once the run has been saved.
class MembersObserver : public EnsembleObserver {
 public:
  MembersObserver(const Run& run, std::vector<RunSaver>& savers, EnsembleProgress& progress)
      : run_(run), savers_(savers), progress_(progress), last_saves_(savers.size(), Clock::now()) {}

  bool on_step(std::size_t member, const StepProgress& step) override {
    progress_.step(member, step);
    return interrupt_signal() == 0;
  }
  bool on_epoch(std::size_t member, const EpochRecord& record, const TrainingState& state) override {
    if (run_.settings.checkpoint_every.due_after_epoch(record.epoch, seconds_since_last(member)))
      on_state(member, state);
    savers_[member].write_events(state);
    return true;
  }
  bool wants_state(std::size_t member) override {
    return run_.settings.checkpoint_every.due_after_step(seconds_since_last(member));
  }
  void on_state(std::size_t member, const TrainingState& state) override {
    if (member > 0 && !savers_.front().has_saved()) return;
    savers_[member].save(state);
    last_saves_[member] = Clock::now();
  }
  void on_member(std::size_t member, const Trained& trained) override {
    on_state(member, trained.state);
    if (interrupt_signal() == 0) progress_.ended(member, trained);
  }

 private:
  using Clock = std::chrono::steady_clock;
  double seconds_since_last(std::size_t member) const {
    return std::chrono::duration<double>(Clock::now() - last_saves_[member]).count();
  }

  const Run& run_;
  std::vector<RunSaver>& savers_;
  EnsembleProgress& progress_;
  std::vector<Clock::time_point> last_saves_;
};

const TrainingState* state_of(const std::optional<NewestCheckpoint>& checkpoint) {
  return checkpoint ? &checkpoint->checkpoint.state : nullptr;
}

/// The result of the training, of one network or of several.
struct Outcome {
  Trained trained;            ///< for an ensemble: the first member's training, and the model of all
  bool had_finished = false;  ///< it was resumed, and nothing was left to train
};

Outcome train_one(const Run& run, RunSaver& saver, TrainingProgress& progress) {
  RunObserver observer(run, saver, progress);
  const TrainingState* from = state_of(run.resumed);
  Outcome result{train(run.network, run.data.train, run.settings.training, &observer, from)};
  progress.finish();
  result.had_finished = from != nullptr && from->step == result.trained.state.step;
  saver.save(result.trained.state);
  return result;
}

Outcome train_members(const Run& run, std::vector<RunSaver>& savers, EnsembleProgress& progress) {
  MembersObserver observer(run, savers, progress);
  std::vector<const TrainingState*> from = {state_of(run.resumed)};
  for (const auto& checkpoint : run.resumed_members) from.push_back(state_of(checkpoint));
  auto [model, members, stopped] = train_ensemble(run.network, run.data.train, run.settings.training,
                                                  {.members = run.settings.members}, &observer, from);
  progress.finish();
  bool had_finished = members.size() == from.size();
  for (std::size_t i = 0; i < members.size(); ++i) {
    savers[i].save(members[i].state);
    had_finished = had_finished && from[i] != nullptr && from[i]->step == members[i].state.step;
  }
  Outcome result{std::move(members.front()), had_finished};
  result.trained.model = std::move(model);
  result.trained.stopped = stopped;
  return result;
}

/// Figures and report.html. Returns what the user should know about those that could not be made.
std::vector<std::string> draw_figures(const Run& run, const Trained& trained, const TestResult& test,
                                      const std::optional<CrossValidation>& folds,
                                      const std::string& command) {
  std::vector<std::string> notes;
  // A figure that cannot be drawn or written must not cost the result of a long training.
  const auto draw = [&](const auto& figure) {
    std::optional<std::string> note;
    try {
      note = figure();
    } catch (const std::bad_alloc&) {
      note = "not enough memory for all figures and the report";
    } catch (const std::exception& error) {
      note = error.what();
    }
    if (note && std::find(notes.begin(), notes.end(), *note) == notes.end()) notes.push_back(*note);
  };
  const std::string& name = run.settings.dataset;
  const Dataset& data = run.data.test;
  if (!trained.history().empty()) {
    draw([&] {
      return draw_loss_curves({loss_curve(trained.history(), name, least_training_loss(summary_of(run)))},
                              name, to_string(run.settings.training.loss),
                              {run.folder.loss_svg(), run.folder.loss_png()});
    });
  }
  const auto outputs = predict(trained.model, data.inputs, run.prediction());
  if (const auto& classes = test.evaluation.classification; classes && !classes->confusion.empty()) {
    draw([&] {
      return draw_confusion_matrix(classes->confusion, data.class_names,
                                   name + ", test accuracy " + percent(classes->accuracy),
                                   run.folder.confusion_svg());
    });
  }
  if (const auto& targets = test.evaluation.regression) {
    draw([&] {
      return draw_predicted_versus_true(
          data.targets, outputs, data.target_names,
          name + (targets->targets.size() > 1
                      ? ", test R2 " + fixed(targets->r2, 4)  // their units may differ
                      : ", test RMSE " + significant(targets->rmse) +
                            (data.unit.empty() ? "" : " " + data.unit)),
          run.folder.predicted_svg());
    });
  }
  draw([&]() -> std::optional<std::string> {
    write_html_report(report_content(summary_of(run), trained, test, outputs, folds, command),
                      run.folder.report());
    return std::nullopt;
  });
  return notes;
}

/// What the user should know about where --resume continues.
std::string resume_notes(const Run& run) {
  if (!run.resumed) {
    return "mlp: note: the run in " + one_line(run.folder.path.string()) +
           " was stopped before its first checkpoint; it starts from the beginning\n";
  }
  if (run.resumed->problem.empty()) return {};
  return "mlp: note: " + one_line(run.resumed->problem) + "; going on from " +
         one_line(run.resumed->path.string()) + ", the one before\n";
}

int run_train(const Parser& parser, TrainArguments& arguments, const Environment& environment) {
  catch_interrupts();
  Run run = prepare_run(parser, arguments, environment);
  if (!run.lock->problem().empty()) {
    print_error("mlp: note: " + one_line(run.folder.path.string()) + " cannot be locked (" +
                run.lock->problem() + "): do not start a second run in it before this one has ended\n");
  }
  print_error(threads_note(run.settings.training.threads));
  if (arguments.resume) print_error(resume_notes(run));
  if (!arguments.quiet) print_error(introduction(summary_of(run), style_of(kStderr, environment)));
  // Records new paths of moved data, and other options that may change on resuming.
  if (run.resumed) write_text_file(run.folder.config(), run.config);

  const ProgressMode mode = progress_mode(arguments.quiet, environment);
  std::optional<CrossValidation> folds;
  if (run.settings.folds) {
    if (run.resumed) folds = read_folds(run.folder.folds(), *run.settings.folds);
    if (!folds) {
      folds = cross_validate(run, arguments.quiet);
      if (mode == ProgressMode::kLines) print_error("\n");
    }
    run.table.reset();
  }

  const FileLayer files;
  const NewestCheckpoint* const resumed = run.resumed ? &*run.resumed : nullptr;
  const char* metric = run.data.train.task() == Task::kClassification ? "accuracy" : "rmse";
  const std::string events_metric = run.settings.tensorboard ? metric : "";
  std::vector<RunSaver> savers;
  savers.emplace_back(RunIdentity{.folder = run.folder,
                                  .network = run.network,
                                  .config = run.config,
                                  .fingerprint = run.fingerprint,
                                  .folds = folds ? folds_csv(*folds) : "",
                                  .events_metric = events_metric},
                      resumed, files);
  for (std::size_t member = 1; member < run.settings.members; ++member) {
    const auto& from = run.resumed_members[member - 1];
    savers.emplace_back(RunIdentity{.folder = run.folder.member(member),
                                    .network = run.network,
                                    .config = {},
                                    .fingerprint = run.fingerprint,
                                    .events_metric = events_metric},
                        from ? &*from : nullptr, files);
  }
  TrainingProgress progress(mode, environment.utf8, summary_of(run).training_rows(), run.data.train);
  EnsembleProgress members(mode, environment.utf8, run.settings.members, run.settings.training.epochs);
  const auto [trained, had_finished] = run.settings.members > 1 ? train_members(run, savers, members)
                                                                : train_one(run, savers.front(), progress);
  if (had_finished && interrupt_signal() == 0) {
    print_error("mlp: the run in " + one_line(run.folder.path.string()) +
                " had finished; nothing was left to train\n");
  }
  if (!arguments.quiet) print_error("\n");

  savers.front().save(trained.model);
  if (folds && resumed) write_text_file(run.folder.folds(), folds_csv(*folds));
  TestResult result =
      test(trained.model, run.data, constant_answer(run.data.train, training_split(run.data.train).training),
           run.recipe.total_loss, run.prediction());
  result.class_weights = summary_of(run).balances_classes();
  auto said = draw_figures(run, trained, result, folds, environment.command);
  const RunSummary summary = summary_of(run);
  if (const auto note = sparse_inputs_note(summary, trained); !note.empty()) said.push_back(note);
  for (const auto& note : said) print_error("mlp: note: " + one_line(note) + "\n");

  auto notes = in_words(run.data.notes, option_words);
  for (const auto& note : {weights_note(summary), overfitting_note(summary, trained)}) {
    if (!note.empty()) notes.push_back(note);
  }
  notes.insert(notes.end(), said.begin(), said.end());
  try {
    print(arguments.json ? result_json(summary, trained, result, folds, notes)
                         : result_summary(summary, trained, result, folds, !arguments.quiet,
                                          environment.program, style_of(kStdout, environment)));
  } catch (const ClosedPipe& error) {
    const std::string folder = run.folder.path.string();
    throw FileError(error.what(),
                    "the run is whole, in " + folder + ": " + shell_text({"mlp", "evaluate", folder}));
  } catch (const FileError&) {
    if (interrupt_signal() != SIGHUP) throw;  // else the terminal is no longer there
  }
  return trained.stopped == StopReason::kInterrupted ? 128 + interrupt_signal() : 0;
}

constexpr const char* kExamples =
    "Examples:\n"
    "  mlp train mnist\n"
    "  mlp train mnist --recipe report\n"
    "  mlp train cars.csv --target mpg\n"
    "  mlp train cars.csv --target origin --ignore mpg --folds 10\n"
    "  mlp train mpg --layers 64:relu,64:relu,1:linear --optimizer adam\n"
    "  mlp train digits --dropout 0.2 --epochs 30 --output runs/dropout\n"
    "  mlp train friedman --schedule 'cosine(warm_up=0.1)' --early-stopping 20\n"
    "  mlp train fashion.npz\n"
    "  mlp train --images shapes/\n"
    "  mlp train --images faces/images.npy --labels faces/labels.npy\n"
    "  mlp train --config runs/mnist/config.toml --seed 2 --output runs/second\n"
    "  mlp train --resume runs/mnist";

}  // namespace

Command add_train(Parser& parent, const Environment& environment) {
  auto arguments = std::make_shared<TrainArguments>();
  Parser parser =
      parent.add_command("train", "Train a network; leaves a model, a report, figures and a checkpoint");
  add_train_options(parser, *arguments);
  parser.footer(recipes_help() + "\n" + kExamples);
  return {parser, [parser, arguments, &environment] { return run_train(parser, *arguments, environment); }};
}

}  // namespace mlp::app
