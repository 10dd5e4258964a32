// mlp evaluate: the test metrics of a saved model.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/option_words.h"
#include "cli/target.h"
#include "cli/threads.h"
#include "commands/commands.h"
#include "mlp/checkpoint.h"
#include "mlp/error.h"
#include "mlp/note.h"
#include "mlp/split.h"
#include "present/evaluation.h"
#include "run/data_origin.h"
#include "run/option_sources.h"
#include "run/recipes.h"
#include "run/run_folder.h"
#include "run/run_record.h"
#include "run/settings.h"
#include "run/test.h"
#include "terminal/format.h"
#include "terminal/progress.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string model;
  std::optional<std::string> data, images, labels;
  ReadingArguments reading;
  std::string data_dir;
  std::optional<std::string> threads;
  bool json = false;
};

void check_fit(const Model& model, const std::string& dataset, const Dataset& test) {
  if (test.features() != model.network.fan_in() || test.outputs() != model.network.fan_out() ||
      test.task() != model.task()) {
    throw UsageError("the model takes " + counted(model.network.fan_in(), "input") + " and gives " +
                         counted(model.network.fan_out(), "output") + ", but " + dataset + " has " +
                         counted(test.features(), "feature") + " and " +
                         (test.task() == Task::kClassification ? with_thousands(test.outputs()) + " classes"
                                                               : counted(test.outputs(), "target")),
                     "evaluate it on data like those it was trained on, " + model.record.dataset);
  }
}

/// The data tested on, and their name.
struct TestData {
  std::string name;
  DataSplit split;
};

/// The data that --data or --images names.
DataOrigin named_data(const Arguments& arguments) {
  DataArguments named;
  named.dataset = arguments.data;
  named.images = arguments.images;
  named.labels = arguments.labels;
  return data_origin(named);
}

/// The data of --data, else those the model was trained on: the model knows a data set's name; paths are only
/// in the config.toml beside it.
DataOrigin origin_of(const Arguments& arguments, const Model& model, const std::filesystem::path& path) {
  if (arguments.data) return named_data(arguments);
  const auto& name = model.record.dataset;
  for (const auto& info : known_datasets()) {
    if (info.name == name) return KnownData{name};
  }
  const RunFolder folder{path.parent_path()};
  const auto origin = origin_in(folder, model);
  if (!origin) {
    throw UsageError("the model was trained on files (" + name + "), and there is no " +
                         folder.config().string() + " that says where they are",
                     "name the data: --images FILE --labels FILE, or --data NAME");
  }
  if (const auto file = missing_file(*origin)) {
    throw FileError(
        "the data that " + name + " was trained on are not there: no file " + file->string(),
        std::holds_alternative<TableOrigin>(*origin)
            ? "if it has moved: " +
                  shell_text({"mlp", "train", "--resume", path.parent_path().string(), "FILE.csv"}) +
                  "; or name a table to test on: --data FILE.csv"
            : "name the data: --images FILE --labels FILE, or --data FILE.npz");
  }
  return *origin;
}

RowUse row_use_of(const Model& model, const std::filesystem::path& path) {
  return row_use_in(RunFolder{path.parent_path()}, model).value_or(RowUse{});
}

/// How the run drew its rows: that decides which ones it trained on, and so a table's preprocessing.
Drawing drawing_of(const Model& model, const std::filesystem::path& path) {
  return {.validation_fraction = row_use_of(model, path).validation_fraction, .seed = model.record.seed};
}

TestData test_data(const Arguments& arguments, const Model& model, const std::filesystem::path& path,
                   const DataSource& source) {
  if (!arguments.images) {
    if (arguments.labels) throw UsageError("--labels without --images", "give both");
    if (arguments.data && model.preprocessing && !is_known_data(*arguments.data)) {
      return {.name = *arguments.data,
              .split = load_for(*model.preprocessing, *arguments.data, arguments.reading)};
    }
    DataOrigin origin = origin_of(arguments, model, path);
    if (model.preprocessing && !std::holds_alternative<TableOrigin>(origin)) {
      // Before anything is downloaded.
      throw UsageError("the model takes a table's columns, and " + name_of(origin) + " is no table",
                       "evaluate it on a table like the one it was trained on: --data FILE.csv");
    }
    if (auto* images = std::get_if<ImageData>(&origin)) images->task = model.task();
    // The seed of the training run draws the same test rows again, none of which it has learned from.
    const Drawing drawing = drawing_of(model, path);
    TestData data{name_of(origin),
                  load(origin, source, drawing, {model.class_names, model.input_units}).split};
    hold_out_validation_rows(data.split.train, drawing);
    if (model.preprocessing && !encode_alike(*data.split.test.preprocessing, *model.preprocessing)) {
      throw DataError(
          "the table has changed since the model was trained on it: its columns are encoded otherwise",
          "name a table of test rows: --data FILE");
    }
    return data;
  }
  if (arguments.data) throw UsageError("--data and --images are two sources of data", "give one of them");
  TestData data{.name = name_of(named_data(arguments)), .split = {}};
  data.split.test = load_labelled_images(
      *arguments.images, arguments.labels.value_or(""),
      {.task = model.task(), .class_names = model.class_names, .input_units = model.input_units});
  return data;
}

/// The baseline for the model, learned from its own training rows: where they are available, or the model
/// knows their mean.
std::optional<ConstantAnswer> answer_for(const Arguments& arguments, const Model& model,
                                         const DataSplit& split) {
  const bool own = !arguments.images && arguments.data.value_or(model.record.dataset) == model.record.dataset;
  if (own && split.train.rows() > 0) {
    return constant_answer(split.train, training_split(split.train).training);
  }
  if (model.task() == Task::kRegression && !model.target_scaling.identity()) {
    return ConstantAnswer{.means = model.target_scaling.shift};
  }
  return std::nullopt;
}

bool same_content(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(a, error) || !std::filesystem::is_regular_file(b, error))
    return false;
  if (std::filesystem::equivalent(a, b, error)) return true;
  if (std::filesystem::file_size(a, error) != std::filesystem::file_size(b, error)) return false;
  using Bytes = std::istreambuf_iterator<char>;
  std::ifstream first(a, std::ios::binary), second(b, std::ios::binary);
  return std::equal(Bytes(first), Bytes(), Bytes(second), Bytes());
}

/// Whether the run beside the model was trained on these rows; unknown without a checkpoint.
std::optional<bool> trained_on(const std::filesystem::path& path, const Dataset& rows) {
  const RunFolder folder{path.parent_path()};
  if (!folder.has_checkpoint()) return std::nullopt;
  try {
    return is_of(load_newest_checkpoint(folder.checkpoint()).checkpoint.fingerprint, rows);
  } catch (const Error&) {
    return std::nullopt;  // a damaged checkpoint is no reason not to evaluate
  }
}

/// Whether a table is that of the run, which is no longer where it was.
bool is_moved_table(TableOrigin table, const std::filesystem::path& file, const Model& model,
                    const std::filesystem::path& path) {
  table.file = file;
  try {
    const auto data = load(DataOrigin(std::move(table)), {}, drawing_of(model, path));
    return trained_on(path, data.split.train) == true;
  } catch (const Error&) {
    return false;  // it lacks a column that the run left out
  }
}

/// Whether all images of the folder that the run was trained on are tested on, not those of its sub-folder
/// for tests.
bool is_whole_folder(const std::filesystem::path& folder, const std::filesystem::path& of_run,
                     const Model& model, std::size_t rows) {
  std::error_code error;
  return std::filesystem::equivalent(folder, of_run, error) && rows > model.record.training_rows;
}

/// Whether all rows of the file that the run beside the model was trained on are among the `rows` tested on.
bool tests_training_rows(const Arguments& arguments, const Model& model, const std::filesystem::path& path,
                         std::size_t rows) {
  const auto& file = arguments.images ? arguments.images : arguments.data;
  const bool all_rows =
      arguments.images ? std::filesystem::path(*file).extension() != ".npz" : model.preprocessing.has_value();
  if (!file || !all_rows) return false;
  const auto origin = origin_in(RunFolder{path.parent_path()}, model);
  if (!origin) return false;
  const auto* table = std::get_if<TableOrigin>(&*origin);
  const auto* images = std::get_if<ImageData>(&*origin);
  if (arguments.images ? images == nullptr : table == nullptr) return false;
  const auto& of_run = arguments.images ? images->files.images : table->file;
  if (std::filesystem::is_directory(*file)) return is_whole_folder(*file, of_run, model, rows);
  if (std::filesystem::exists(of_run)) return same_content(*file, of_run);
  return table != nullptr && is_moved_table(*table, *file, model, path);
}

/// Whether these differ from the rows that the run was trained on, though drawn the same way. Sets known by
/// name are checked when they are read.
bool has_changed(const Arguments& arguments, const Model& model, const std::filesystem::path& path,
                 const Dataset& train) {
  return !arguments.data && !arguments.images && !is_known_data(model.record.dataset) &&
         trained_on(path, train) == false;
}

int run_evaluate(const Arguments& arguments, const Environment& environment) {
  const PredictionOptions options{.threads = parse_threads(arguments.threads),
                                  .target = choose_target(environment)};
  print_error(threads_note(options.threads));
  const auto path = model_file(arguments.model);
  const Model model = load_model(path);
  DataSource source = data_source(environment, arguments.data_dir);
  DownloadProgress progress(progress_mode(arguments.json, environment), environment.utf8);
  source.progress = [&](const std::string& file, std::uint64_t done, std::uint64_t total) {
    progress.update(file, done, total);
    return true;
  };
  const auto [dataset, split] = test_data(arguments, model, path, source);
  progress.finish();
  check_fit(model, dataset, split.test);
  TestResult result =
      test(model, split, answer_for(arguments, model, split), has_report_total_loss(dataset), options);
  result.class_weights = row_use_of(model, path).balanced_classes;
  // The run has already shown notes about its own data.
  const bool table_of_its_own = split.train.rows() == 0;
  std::vector<std::string> notes;
  if (table_of_its_own) notes = in_words(split.notes, option_words);
  if (tests_training_rows(arguments, model, path, split.test.rows())) {
    notes.push_back("the model was trained on most of these rows; leave out " +
                    std::string(arguments.images ? "--images and --labels" : "--data") +
                    " to test it on new ones alone");
  }

  if (has_changed(arguments, model, path, split.train)) {
    notes.push_back(dataset +
                    " has changed since the model was trained on it, and may have rows to test that it has "
                    "learned from: train anew, or name a table of new rows (--data)");
  }

  if (arguments.json) {
    nlohmann::ordered_json document;
    document["command"] = "evaluate";
    document["model"] = path.string();
    document["dataset"] = dataset;
    document["network"] = network_json(model.network);
    document["parameters"] = model.network.parameter_count();
    document["loss"] = to_string(model.loss);
    document["seed"] = model.record.seed;
    add_to(document, result, split.test);
    document["notes"] = notes;
    print(to_text(document));
  } else {
    const Style style = style_of(kStdout, environment);
    const std::string scores = each_score(result, split.test, style);
    print(path_text(path) + " on " + one_line(dataset) + ", " + counted(split.test.rows(), "row") + "\n" +
          field("network", network_text(model.network), style) + test_fields(result, split.test, style) +
          (scores.empty() ? "" : "\n" + scores));
  }
  for (const auto& note : notes) print_error("mlp: note: " + one_line(note) + "\n");
  return 0;
}

}  // namespace

Command add_evaluate(Parser& parent, const Environment& environment) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = parent.add_command("evaluate", "Test metrics of a saved model");
  parser.add_option("MODEL", arguments->model, "a run's folder, or a model.safetensors")
      .type("MODEL")
      .required();
  parser
      .add_option("--data", arguments->data,
                  "the data set, table, .npz file or folder of PNG images to test on (default: the test rows "
                  "of the run)")
      .type("NAME|FILE|FOLDER")
      .choices(known_names());
  parser
      .add_option("--images", arguments->images,
                  "test on all images of this file (IDX, .npy or .npz) or folder (PNG)")
      .type("FILE");
  parser.add_option("--labels", arguments->labels, "their labels").type("FILE");
  parser.add_option("--data-dir", arguments->data_dir, "look for data here first, and download to it")
      .type("DIR");
  parser.add_option("--threads", arguments->threads, "threads to use, or auto (default)")
      .type("N")
      .choices({"auto"});
  parser.add_flag("--json", arguments->json, "print the result as one JSON object");
  add_reading_options(parser, arguments->reading, "How a table is read");
  parser.footer(
      "Examples:\n"
      "  mlp evaluate runs/mnist\n"
      "  mlp evaluate runs/digits/model.safetensors --data mnist\n"
      "  mlp evaluate runs/cars --data more-cars.csv\n"
      "  mlp evaluate runs/mpg --json");
  return {parser, [arguments, &environment] { return run_evaluate(*arguments, environment); }};
}

}  // namespace mlp::app
