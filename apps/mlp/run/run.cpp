#include "run/run.h"

#include "mlp/error.h"
#include "mlp/recipe.h"
#include "mlp/split.h"
#include "mlp/version.h"
#include "present/evaluation.h"
#include "run/earlier_run.h"
#include "run/fine_tuning.h"
#include "run/option_sources.h"
#include "terminal/format.h"
#include "terminal/interrupt.h"
#include "terminal/progress.h"

namespace mlp::app {
namespace {

/// Fills in the options from the files of --config or --resume.
void complete(const Parser& train, TrainArguments& arguments) {
  if (!arguments.resume) {
    if (arguments.config) apply_config(train, *arguments.config, ConfigUse::kAnyRun);
    return;
  }
  if (arguments.config) {
    throw UsageError("--resume takes the run's own config.toml; --config cannot be given as well");
  }
  const RunFolder folder{*arguments.resume};
  if (arguments.output && std::filesystem::path(*arguments.output) != folder.path) {
    throw UsageError("--resume continues a run where it is; --output cannot be another folder");
  }
  if (!std::filesystem::exists(folder.config())) {
    throw FileError("cannot resume " + *arguments.resume + ": there is no " + folder.config().string(),
                    "--resume takes the folder of a run that 'mlp train' has begun");
  }
  if (std::filesystem::exists(folder.model()) && !folder.has_checkpoint()) {
    throw FileError("cannot resume " + *arguments.resume + ": there is no " + folder.checkpoint().string(),
                    "without it the run can only be trained anew: " +
                        shell_text({"mlp", "train", "--config", folder.config().string()}));
  }
  apply_config(train, folder.config(), ConfigUse::kSameRun);
  arguments.output = arguments.resume;
}

/// Data of a resumed run that have moved can be given by their new path.
void check_files_of_resumed(const DataOrigin& origin, const TrainArguments& arguments) {
  const auto file = missing_file(origin);
  if (!arguments.resume || !file) return;
  const std::string command =
      "if it has moved: " + shell_text({"mlp", "train", "--resume", *arguments.resume});
  const auto* table = std::get_if<TableOrigin>(&origin);
  throw FileError("cannot resume " + *arguments.resume + ": there is no file " + file->string(),
                  command + (table == nullptr       ? " --images FILE --labels FILE"
                             : *file == table->test ? " --test FILE.csv"
                                                    : " FILE.csv"));
}

LoadedData load_data(const DataOrigin& origin, const TrainArguments& arguments, const Drawing& drawing,
                     const std::optional<Init>& init, const Environment& environment) {
  DataSource source = data_source(environment, arguments.data_dir.value_or(""));
  DownloadProgress progress(progress_mode(arguments.quiet, environment), environment.utf8);
  source.progress = [&](const std::string& file, std::uint64_t done, std::uint64_t total) {
    progress.update(file, done, total);
    return interrupt_signal() == 0;
  };
  try {
    ArraysOf arrays;
    if (init && init->keep_preprocessing) arrays.input_units = init->model->input_units;
    auto data = load(origin, source, drawing, arrays);
    if (init) take_classes(*init->model, data.split);
    if (interrupt_signal() != 0) throw Interrupted{};
    return data;
  } catch (const Error&) {
    if (interrupt_signal() != 0) throw Interrupted{};  // the download failed because it was told to stop
    throw;
  }
}

std::string config_text(const Settings& settings, const RunFolder& folder) {
  return "# Written by mlp " + std::string(version()) + ". The same run again:\n#   " +
         shell_text({"mlp", "train", "--config", folder.config().string()}) + "\n" + to_toml(settings);
}

/// The checkpoint of the run in the folder; none where it was stopped before its first one. `named_anew`: the
/// command line names its data.
std::optional<NewestCheckpoint> matching_checkpoint(const Run& run, bool named_anew) {
  if (!run.folder.has_checkpoint()) return std::nullopt;
  auto newest = load_newest_checkpoint(run.folder.checkpoint());
  const Checkpoint& checkpoint = newest.checkpoint;
  const std::string problem = "cannot resume " + run.folder.path.string() + ": ";
  if (checkpoint.fingerprint != run.fingerprint) {
    const auto [text, options_differ] =
        difference(run.fingerprint, checkpoint.fingerprint,
                   files_text(run.settings.data) +
                       (named_anew ? " is not what the run began with" : " has changed since the run began"));
    throw UsageError(problem + text, options_differ
                                         ? "leave out what differs, or train anew into another --output"
                                         : "train anew into another --output");
  }
  if (checkpoint.network != run.network) {
    throw DataError(problem + "its checkpoint holds another network, " + network_text(checkpoint.network),
                    "the file does not belong to this run; train anew into another --output");
  }
  return newest;
}

/// The checkpoints of the further members of an ensemble. One that is damaged or of another run counts as
/// none: the member is trained from the beginning.
std::vector<std::optional<NewestCheckpoint>> member_checkpoints(const Run& run) {
  std::vector<std::optional<NewestCheckpoint>> checkpoints;
  for (std::size_t member = 1; member < run.settings.members; ++member) {
    auto& checkpoint = checkpoints.emplace_back();
    const RunFolder folder = run.folder.member(member);
    if (!run.resumed || !folder.has_checkpoint()) continue;
    try {
      auto newest = load_newest_checkpoint(folder.checkpoint());
      const auto& [network, state, fingerprint] = newest.checkpoint;
      if (fingerprint == run.fingerprint && network == run.network) checkpoint = std::move(newest);
    } catch (const FileError&) {
    }
  }
  return checkpoints;
}

/// `data`: given where they come from a file.
Recipe recipe_of(const DataOrigin& origin, const std::string& recipe, const std::optional<LoadedData>& data) {
  const std::string name = name_of(origin);
  if (!is_file(origin)) return recipe_for(name, recipe);
  const Dataset& train = data->split.train;
  return data->table ? recipe_for_table(name, train) : recipe_for_images(name, train);
}

}  // namespace

Run prepare_run(const Parser& train, TrainArguments& arguments, const Environment& environment) {
  const bool names_data = arguments.dataset || arguments.images;
  // Before anything in the folder is read: it must be this run's all the time.
  std::unique_ptr<RunLock> lock;
  std::error_code error;
  if (arguments.resume && std::filesystem::is_directory(*arguments.resume, error))
    lock = std::make_unique<RunLock>(*arguments.resume);
  complete(train, arguments);
  const std::optional<Init> init = load_init(arguments);
  const DataOrigin origin = init ? data_origin(arguments, *init) : data_origin(arguments);
  const std::string name = name_of(origin);
  check_files_of_resumed(origin, arguments);
  // Inputs and outputs of a known set are known in advance: mistakes are found before anything is downloaded.
  const std::string recipe_name = arguments.recipe.value_or(kDefaultRecipe);
  check_recipe(name, recipe_name);
  std::optional<LoadedData> read;
  if (is_file(origin) || init)
    read = load_data(origin, arguments, parse_drawing(arguments, kTableValidation), init, environment);
  Recipe recipe = recipe_of(origin, recipe_name, read);
  if (init) recipe = starting_from(*init, std::move(recipe), read->split.train);
  Settings settings = resolve(arguments, origin, recipe, environment);
  if (init) settings.training.init = init->model.get();
  const RunFolder folder{arguments.output.value_or("runs/" + name)};
  if (init) check_output_folder(*init, folder.path);
  if (!lock) lock = std::make_unique<RunLock>(folder.path);

  const Drawing drawing = drawing_of(settings);
  auto [data, table] = read ? std::move(*read) : load_data(origin, arguments, drawing, init, environment);
  if (!settings.folds) table.reset();
  hold_out_validation_rows(data.train, drawing);
  MultilayerPerceptron network = network_for(settings, data.train);
  if (init) {
    check_init(*init, network, data.train);
    for (auto& note : init_notes(*init, origin, data.train, drawing.seed)) data.notes.push_back(note);
  }
  Run run{.settings = settings,
          .recipe = recipe,
          .folder = folder,
          .lock = std::move(lock),
          .data = std::move(data),
          .table = std::move(table),
          .network = std::move(network),
          .config = config_text(settings, folder),
          .fingerprint = {},
          .resumed = std::nullopt,
          .resumed_members = {},
          .init = init ? init->model : nullptr,
          .replaced = {}};
  if (!arguments.resume) run.replaced = earlier_run(folder, run.data.train);
  run.fingerprint = fingerprint(settings, run.data.train);
  if (arguments.resume) run.resumed = matching_checkpoint(run, names_data);
  run.resumed_members = member_checkpoints(run);
  return run;
}

RunSummary summary_of(const Run& run) {
  const Settings& settings = run.settings;
  std::optional<TableSummary> table;
  if (const auto* origin = std::get_if<TableOrigin>(&settings.data)) {
    table = {.reading = origin->reading, .options = origin->options, .draws_test_rows = origin->test.empty()};
  }
  return {.dataset = settings.dataset,
          .data = run.data,
          .data_files = data_files(settings.data),
          .row_source = row_source(settings.data),
          .table = std::move(table),
          .generated = is_generated(settings.data),
          .recipe = run.recipe.name,
          .variants = run.recipe.variants,
          .network = run.network,
          .options = settings.training,
          .members = settings.members,
          .validation_share = settings.validation,
          .initializer = settings.initializer,
          .replaced = run.replaced,
          .resumed = run.resumed ? &run.resumed->checkpoint.state : nullptr,
          .folder = run.folder.path,
          .config_file = run.folder.config(),
          .report_file = run.folder.report(),
          .files = run.folder.files()};
}

}  // namespace mlp::app
