// mlp predict: what a saved model says about rows of raw inputs, as CSV.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>
#include <system_error>

#include "commands.h"
#include "format.h"
#include "mlp/data.h"
#include "mlp/error.h"
#include "mlp/model.h"
#include "mlp/predictor.h"
#include "mlp/preprocessing.h"
#include "mlp/train.h"
#include "prediction_csv.h"
#include "run_folder.h"
#include "table_origin.h"
#include "target.h"
#include "terminal.h"
#include "threads.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string model;
  std::optional<std::string> input;
  std::string output;
  bool probabilities = false;
  ReadingArguments reading;
  std::optional<std::string> threads;
};

/// Where predictions go, as they come.
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
              if (errno != EINTR) {
                throw FileError("cannot read standard input: " + std::generic_category().message(errno));
              }
            }
          }};
}

/// Answers in the place of the questions would lose what they are answers to.
void require_other_file(const Arguments& arguments) {
  struct stat input {
  }, output{};
  const bool piped = !arguments.input || *arguments.input == "-";
  if (::stat(arguments.output.c_str(), &output) != 0 || !S_ISREG(output.st_mode)) return;
  if ((piped ? ::fstat(STDIN_FILENO, &input) : ::stat(arguments.input->c_str(), &input)) != 0) return;
  if (input.st_dev != output.st_dev || input.st_ino != output.st_ino) return;
  throw UsageError("--output " + arguments.output + " is the input: the predictions would replace its rows",
                   "name another file");
}

/// For each column, how many of its cells hold a category that training has not seen.
class UnknownCategories {
 public:
  void count(const Table& table) {
    counts_.resize(table.columns.size());
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const auto& codes = table.columns[c].codes;
      counts_[c] += static_cast<std::size_t>(std::count(codes.begin(), codes.end(), Column::kUnknown));
    }
  }
  void tell(const std::vector<ColumnType>& types) const {
    for (std::size_t c = 0; c < counts_.size(); ++c) {
      if (counts_[c] == 0) continue;
      print_error("mlp: note: " + counted(counts_[c], "cell") + " of '" + one_line(types[c].name) +
                  "' with a category that training has not seen; taken as missing\n");
    }
  }

 private:
  std::vector<std::size_t> counts_;
};

/// For each column of numbers, how many of its cells are farther from the range of the training rows than
/// that is wide. Models of older files know no range.
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
    if (told > kMostColumns)
      print_error("mlp: note: so do cells of " + counted(told - kMostColumns, "more column") + "\n");
  }

 private:
  static constexpr std::size_t kMostColumns = 5;
  std::vector<std::size_t> counts_;
};

/// Piece by piece: a table of any length, or a pipe whose other end waits for answers.
void predict_table(const Model& model, const Arguments& arguments, const PredictionOptions& options) {
  constexpr std::size_t kRows = 4096;
  const bool piped = !arguments.input || *arguments.input == "-";
  const TableSource source =
      piped ? TableSource(standard_input()) : TableSource(std::filesystem::path(*arguments.input));
  const std::string name = piped ? "standard input" : *arguments.input;
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
  read_table_in_pieces(source, types, reading_for(*model.preprocessing, arguments.reading), kRows,
                       [&](const Table& table) {
                         const Matrix<float> inputs = encode(*model.preprocessing, table);
                         Matrix<float> outputs(inputs.rows(), predictor.fan_out());
                         predictor.predict(inputs.view(), outputs.view());
                         require_finite(outputs, rows, name, inputs.view(), names);
                         unknown.count(table);
                         far.count(*model.preprocessing, table);
                         if (rows == 0) output.add(prediction_header(model, arguments.probabilities));
                         output.add(prediction_rows(model, outputs, arguments.probabilities));
                         rows += table.rows;
                       });
  if (rows == 0) output.add(prediction_header(model, arguments.probabilities));
  unknown.tell(types);
  far.tell(*model.preprocessing);
  output.finish(rows);
}

void predict_inputs(const Model& model, const Arguments& arguments, const PredictionOptions& options) {
  if (!arguments.input) {
    throw UsageError("which rows? " + arguments.model + " was trained on images or numbers, not on a table",
                     "name a file: --input FILE");
  }
  const Inputs inputs = read_inputs(*arguments.input, model.network.fan_in(), model.feature_names);
  const Matrix<float> outputs = predict(model, inputs, options);
  require_finite(outputs, 0, *arguments.input);
  Output output(arguments);
  output.add(prediction_header(model, arguments.probabilities) +
             prediction_rows(model, outputs, arguments.probabilities));
  output.finish(outputs.rows());
}

int run_predict(const Arguments& arguments, const Environment& environment) {
  const PredictionOptions options{.threads = parse_threads(arguments.threads),
                                  .target = choose_target(environment)};
  const Model model = load_model(model_file(arguments.model));
  const bool classification = model.task() == Task::kClassification;
  if (arguments.probabilities && !classification) {
    throw UsageError("--probabilities needs a model of classes, and " + arguments.model + " predicts numbers",
                     "leave it out");
  }
  require_other_file(arguments);
  if (model.preprocessing) {
    predict_table(model, arguments, options);
  } else {
    predict_inputs(model, arguments, options);
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
  parser
      .add_option("--input", arguments->input,
                  "a table with the columns of the training data, in any order (default: standard input); or "
                  "IDX images, .npy, .npz, or CSV rows of raw inputs")
      .type("FILE");
  parser.add_option("--output", arguments->output, "write the CSV here (default, and -: standard output)")
      .type("FILE");
  parser.add_flag("--probabilities", arguments->probabilities,
                  "of a model of classes: add one column for each class");
  parser.add_option("--threads", arguments->threads, "threads to use, or auto (default)").type("N");
  add_reading_options(parser, arguments->reading, "How a table is read");
  parser.footer(
      "Inputs are taken as they were in the data the model was trained on: the model\n"
      "itself holds the scaling. A table's columns are found by name, others are\n"
      "ignored, and empty cells and new categories treated as in training; it may come\n"
      "and go through pipes. Predictions come under the target's name: numbers in its\n"
      "unit, classes with their probability. Of images and arrays classes come as\n"
      "'class,probability'.\n"
      "\n"
      "Examples:\n"
      "  mlp predict runs/mnist --input data/mnist/t10k-images-idx3-ubyte.gz\n"
      "  mlp predict runs/mnist --input digit.csv --probabilities\n"
      "  mlp predict runs/cars --input new-cars.csv --output mpg.csv\n"
      "  grep -v diesel new-cars.csv | mlp predict runs/cars > mpg.csv");
  return {parser, [arguments, &environment] { return run_predict(*arguments, environment); }};
}

}  // namespace mlp::app
