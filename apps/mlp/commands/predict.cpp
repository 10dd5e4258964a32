// mlp predict: a saved model's predictions for rows of raw inputs, as CSV.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "cli/option_value.h"
#include "cli/target.h"
#include "cli/threads.h"
#include "commands/commands.h"
#include "commands/predict_pictures.h"
#include "mlp/data.h"
#include "mlp/error.h"
#include "mlp/model.h"
#include "mlp/pictures.h"
#include "mlp/predictor.h"
#include "mlp/preprocessing.h"
#include "mlp/train.h"
#include "present/prediction_csv.h"
#include "run/option_sources.h"
#include "run/run_folder.h"
#include "run/table_origin.h"
#include "terminal/format.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string model;
  std::vector<std::string> files;
  std::optional<std::string> input;
  std::string output;
  bool probabilities = false;
  std::vector<std::string> keep;
  ReadingArguments reading;
  std::optional<std::string> threads;
};

/// The output for predictions, written as they come.
class Output {
 public:
  explicit Output(const Arguments& arguments) : path_(arguments.output == "-" ? "" : arguments.output) {}

  void add(const std::string& csv) {
    if (path_.empty()) return print(csv);
    text_ += csv;  // a file is written whole or not at all
  }
  void finish(std::size_t rows) const {
    if (path_.empty()) return;
    write_text_file(path_, text_);
    print_error("mlp: " + counted(rows, "prediction") + " written to " + path_ + "\n");
  }

 private:
  std::string path_, text_;
};

ByteStream standard_input() {
  return {"standard input", [](std::span<std::uint8_t> destination) -> std::size_t {
            for (;;) {
              const ssize_t count = ::read(STDIN_FILENO, destination.data(), destination.size());
              if (count >= 0) return static_cast<std::size_t>(count);
              if (errno == EBADF) throw FileError("standard input is closed", "name a file: --input FILE");
              if (errno != EINTR) {
                throw FileError("cannot read standard input: " + std::generic_category().message(errno));
              }
            }
          }};
}

/// The files with the rows: standard input where none is named.
std::vector<std::string> named_files(const Arguments& arguments) {
  if (arguments.input && !arguments.files.empty()) {
    throw UsageError("'" + arguments.files.front() + "' and --input " + *arguments.input + " are two inputs",
                     "give one of them");
  }
  if (arguments.input) return {*arguments.input};
  return arguments.files;
}

bool are_pictures(const std::vector<std::string>& files) {
  const bool pictures = std::ranges::any_of(files, names_pictures);
  if (files.size() > 1 && !pictures) {
    throw UsageError("'" + files[1] + "' is a second file, and only of PNG images several are taken",
                     "predict one file at a time");
  }
  return pictures;
}

/// Overwriting the input file would lose the rows.
void require_other_file(const std::string& file, const Arguments& arguments) {
  struct stat input {
  }, output{};
  if (::stat(arguments.output.c_str(), &output) != 0 || !S_ISREG(output.st_mode)) return;
  if ((file == "-" ? ::fstat(STDIN_FILENO, &input) : ::stat(file.c_str(), &input)) != 0) return;
  if (input.st_dev != output.st_dev || input.st_ino != output.st_ino) return;
  throw UsageError("--output " + arguments.output + " is the input: the predictions would replace it",
                   "name another file");
}

/// The same for files in folders, and for the files of the model's run.
void require_other_files(const std::vector<std::string>& files, const Arguments& arguments) {
  require_no_part_of_the_run(arguments.output, model_file(arguments.model), "--output");
  for (const auto& file : files) {
    require_other_file(file, arguments);
    std::error_code error;
    if (!std::filesystem::is_directory(file, error)) continue;
    for (const auto& picture : find_pictures(file).pictures) require_other_file(picture.string(), arguments);
  }
}

constexpr std::size_t kMostColumns = 5;  ///< that notes list one by one

void tell_of_more_columns(std::size_t columns) {
  if (columns > kMostColumns)
    print_error("mlp: note: so do cells of " + counted(columns - kMostColumns, "more column") + "\n");
}

/// For each column, how many of its cells hold a category that training has not seen, and some of these.
class UnknownCategories {
 public:
  void count(const Table& table) {
    columns_.resize(table.columns.size());
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const auto& codes = table.columns[c].codes;
      auto& [cells, texts] = columns_[c];
      cells += static_cast<std::size_t>(std::count(codes.begin(), codes.end(), Column::kUnknown));
      for (const auto& [text, count] : table.columns[c].unknown) {
        if (texts.size() <= kShown && std::find(texts.begin(), texts.end(), text) == texts.end())
          texts.push_back(text);
      }
    }
  }
  void tell(const std::vector<ColumnType>& types) const {
    std::size_t told = 0;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const auto& [cells, texts] = columns_[c];
      if (cells == 0 || ++told > kMostColumns) continue;
      std::string shown;
      for (std::size_t i = 0; i < std::min(texts.size(), kShown); ++i)
        shown += (i > 0 ? ", '" : "'") + one_line(texts[i]) + "'";
      print_error("mlp: note: " + counted(cells, "cell") + " of '" + one_line(types[c].name) +
                  "' with a category that training has not seen (" + shown +
                  (texts.size() > kShown ? ", ..." : "") + "); taken as missing\n");
    }
    tell_of_more_columns(told);
  }

 private:
  static constexpr std::size_t kShown = 3;  ///< categories
  struct Unknown {
    std::size_t cells = 0;
    std::vector<std::string> texts;
  };
  std::vector<Unknown> columns_;
};

/// For each column of numbers, how many of its cells are farther from the range of the training rows than the
/// width of that range. Models from older files have no ranges.
class FarCells {
 public:
  void count(const Preprocessing& preprocessing, const Table& table) {
    counts_.resize(table.columns.size());
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const auto* numeric = std::get_if<NumericEncoding>(&preprocessing.inputs[c].encoding);
      if (numeric == nullptr || numeric->spread == 0) continue;
      const double width = numeric->most - numeric->least;
      for (const double number : table.columns[c].numbers)
        counts_[c] += number > numeric->most + width || number < numeric->least - width;
    }
  }
  void tell(const Preprocessing& preprocessing) const {
    std::size_t told = 0;
    for (std::size_t c = 0; c < counts_.size(); ++c) {
      if (counts_[c] == 0 || ++told > kMostColumns) continue;
      const auto& [type, encoding] = preprocessing.inputs[c];
      const auto& numeric = std::get<NumericEncoding>(encoding);
      print_error("mlp: note: column '" + one_line(type.name) + "': " + counted(counts_[c], "cell") +
                  (counts_[c] == 1 ? " lies" : " lie") + " far outside what the model was trained on (" +
                  shortest(numeric.least) + " to " + shortest(numeric.most) + ")\n");
    }
    tell_of_more_columns(told);
  }

 private:
  std::vector<std::size_t> counts_;
};

/// How the table is read, including the columns to keep. --keep lists their names as in a table's first line.
TableOptions reading_of(const Model& model, const Arguments& arguments) {
  TableOptions options = model.preprocessing->reading(arguments.reading.reading());
  for (const auto& list : arguments.keep) {
    if (list == "all") {
      options.keep_all = true;
      continue;
    }
    std::size_t at = 0;
    const ByteStream stream{"--keep", [&](std::span<std::uint8_t> destination) {
                              const auto part = std::string_view(list).substr(at, destination.size());
                              std::copy(part.begin(), part.end(), destination.begin());
                              at += part.size();
                              return part.size();
                            }};
    try {
      for (const auto& name : column_names(stream, {.delimiter = ','})) {
        const bool there = std::find(options.keep.begin(), options.keep.end(), name) != options.keep.end();
        if (!there) options.keep.push_back(name);
      }
    } catch (const FileError&) {
      reject("--keep", "names of columns with commas between, each once, or all", list);
    }
  }
  return options;
}

/// Predicts piece by piece, for a table of any length, or a pipe whose other end waits for the predictions.
void predict_table(const Model& model, const std::string& file, const Arguments& arguments,
                   const PredictionOptions& options) {
  constexpr std::size_t kRows = 4096;
  const bool piped = file == "-";
  const TableSource source = piped ? TableSource(standard_input()) : TableSource(std::filesystem::path(file));
  const std::string name = piped ? "standard input" : file;
  if (piped && is_terminal(STDIN_FILENO)) {
    print_error("mlp: type or paste a table with names in its first line; Ctrl-D ends it\n");
  }
  const auto types = model.preprocessing->input_types();
  const auto names = model.preprocessing->feature_names();
  Predictor predictor(model, {.max_rows = kRows, .threads = options.threads, .target = options.target});
  Output output(arguments);
  UnknownCategories unknown;
  FarCells far;
  std::size_t rows = 0;
  std::string header;
  read_table_in_pieces(
      source, types, reading_of(model, arguments), kRows,
      [&](const Table& table) {
        const Matrix<float> inputs = encode(*model.preprocessing, table);
        Matrix<float> outputs(inputs.rows(), predictor.fan_out());
        predictor.predict(inputs.view(), outputs.view());
        require_finite(outputs, rows, name, inputs.view(), names);
        unknown.count(table);
        far.count(*model.preprocessing, table);
        output.add(std::exchange(header, "") +
                   prediction_rows(model, outputs, arguments.probabilities, table.kept));
        rows += table.rows;
      },
      [&](const std::vector<std::string>& kept) {
        header = prediction_header(model, arguments.probabilities, kept);
      });
  if (rows == 0) output.add(header);
  unknown.tell(types);
  far.tell(*model.preprocessing);
  output.finish(rows);
}

void predict_inputs(const Model& model, const std::string& file, const Arguments& arguments,
                    const PredictionOptions& options) {
  constexpr std::size_t kStepRows = 1024,
                        kPieceRows = 16 * kStepRows;  // a file of any length takes little memory
  const Inputs inputs = read_inputs(file, model.network.fan_in(), model.feature_names, model.input_units);
  const std::size_t rows = row_count(inputs);
  Predictor predictor(
      model, {.max_rows = std::min(rows, kStepRows), .threads = options.threads, .target = options.target});
  Output output(arguments);
  std::string header = prediction_header(model, arguments.probabilities);
  for (std::size_t first = 0; first < rows; first += kPieceRows) {
    Matrix<float> outputs(std::min(kPieceRows, rows - first), predictor.fan_out());
    predictor.predict(inputs, first, outputs);
    require_finite(outputs, first, file);
    output.add(std::exchange(header, "") + prediction_rows(model, outputs, arguments.probabilities));
  }
  output.finish(rows);
}

int run_predict(const Arguments& arguments, const Environment& environment) {
  const PredictionOptions options{.threads = parse_threads(arguments.threads),
                                  .target = choose_target(environment)};
  print_error(threads_note(options.threads));
  const Model model = load_model(model_file(arguments.model));
  const bool classification = model.task() == Task::kClassification;
  if (arguments.probabilities && !classification) {
    throw UsageError("--probabilities needs a model of classes, and " + arguments.model + " predicts numbers",
                     "leave it out");
  }
  auto files = named_files(arguments);
  if (files.empty() && !model.preprocessing) {
    throw UsageError("which rows? " + arguments.model + " was trained on images or numbers, not on a table",
                     "name a file: --input FILE");
  }
  if (!arguments.keep.empty() && !model.preprocessing) {
    throw UsageError(
        "--keep is for the columns of a table, and " + arguments.model + " was trained on images or numbers",
        "leave it out: predictions come in the order of the rows");
  }
  if (!model.preprocessing && files == std::vector<std::string>{"-"}) {
    throw UsageError(
        "standard input is read as a table, and " + arguments.model + " was trained on images or numbers",
        "name a file: --input FILE");
  }
  if (files.empty()) files = {"-"};
  require_other_files(files, arguments);
  if (are_pictures(files)) {
    const auto [csv, rows, notes] = predict_pictures(model, files, arguments.probabilities, options);
    Output output(arguments);
    output.add(csv);
    for (const auto& note : notes) print_error("mlp: note: " + one_line(note) + "\n");
    output.finish(rows);
  } else if (model.preprocessing) {
    predict_table(model, files.front(), arguments, options);
  } else {
    predict_inputs(model, files.front(), arguments, options);
  }
  return 0;
}

}  // namespace

Command add_predict(Parser& parent, const Environment& environment) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = parent.add_command("predict", "Predictions of a saved model for new rows");
  parser.add_option("MODEL", arguments->model, "a run's folder, or a model.safetensors")
      .type("MODEL")
      .required();
  parser.add_option("files", arguments->files, "PNG images, or folders of them; or what --input takes")
      .type("FILE");
  parser
      .add_option("--input", arguments->input,
                  "a table with the columns of the training data, in any order (default: standard input); or "
                  "IDX images, .npy, .npz, or CSV rows of raw inputs")
      .type("FILE");
  parser.add_option("--output", arguments->output, "write the CSV here (default, and -: standard output)")
      .type("FILE");
  parser.add_flag("--probabilities", arguments->probabilities,
                  "of a model of classes: add one column for each class");
  parser
      .add_option("--keep", arguments->keep,
                  "columns of the table to come before the predictions, whether the model knows them or not, "
                  "such as id,name; or all; may be given again")
      .type("COLUMN[,COLUMN]")
      .one_at_a_time();
  parser.add_option("--threads", arguments->threads, "threads to use, or auto (default)")
      .type("N")
      .choices({"auto"});
  add_reading_options(parser, arguments->reading, "How a table is read");
  parser.footer(
      "Inputs are taken as they were in the data the model was trained on: the model\n"
      "itself holds the scaling. A table's columns are found by name, others are\n"
      "ignored, and empty cells and new categories treated as in training; it may come\n"
      "and go through pipes. Predictions come under the target's name: numbers in its\n"
      "unit, classes with their probability. Of images and arrays classes come as\n"
      "'class,probability', of PNG images after 'file'. These are inverted, and scaled\n"
      "and centred, where they clearly differ from those trained on; a note says so.\n"
      "\n"
      "Examples:\n"
      "  mlp predict runs/mnist --input data/mnist/t10k-images-idx3-ubyte.gz\n"
      "  mlp predict runs/mnist --input digit.csv --probabilities\n"
      "  mlp predict runs/cars --input new-cars.csv --keep name,origin --output mpg.csv\n"
      "  mlp predict runs/mnist seven.png my-digits/\n"
      "  grep -v diesel new-cars.csv | mlp predict runs/cars > mpg.csv");
  return {parser, [arguments, &environment] { return run_predict(*arguments, environment); }};
}

}  // namespace mlp::app
