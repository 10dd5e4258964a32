#include "run/table_origin.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "cli/input_scaling.h"
#include "cli/option_value.h"
#include "mlp/error.h"
#include "mlp/printable.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

std::filesystem::path absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal();
}

ClassWeights parse_class_weight(const std::string& text) {
  if (text == "equal") return ClassWeights::kEqual;
  if (text == "balanced") return ClassWeights::kBalanced;
  reject("--class-weight", "balanced or equal", text);
}

char parse_delimiter(const std::string& text) {
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r" || (text.front() & 0x80) != 0) {
    reject("--delimiter", "one character, or tab", text);
  }
  return text.front();
}

char parse_decimal(const std::string& text) {
  if (text != "." && text != ",") reject("--decimal", "'.' or ','", text);
  return text.front();
}

TableOptions with_targets(const TableOrigin& origin) {
  TableOptions reading = origin.reading;
  reading.targets = origin.options.targets;
  return reading;
}

/// The columns of a table, as text for a hint.
std::string shown_columns(const std::string& file, const TableOptions& reading) {
  constexpr std::size_t kShown = 20;
  const auto names = column_names(file, reading);
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += (i > 0 ? ", " : "") + one_line(names[i]);
  }
  if (names.size() > kShown) text += ", and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

}  // namespace

TableOptions ReadingArguments::reading() const {
  for (const auto& mark : missing) {
    // The model stores them, and no cell of a table can equal this one.
    if (in_utf8(mark) != mark) reject("--na", "text in UTF-8, as tables are", one_line(mark));
  }
  TableOptions options{.header = !no_header, .missing = missing, .not_missing = not_missing};
  if (delimiter) options.delimiter = parse_delimiter(*delimiter);
  if (decimal) options.decimal = parse_decimal(*decimal);
  return options;
}

bool is_table_name(const std::filesystem::path& path) {
  const auto name = path.extension() == ".gz" ? path.stem() : path;
  constexpr std::array<const char*, 3> kEndings = {".csv", ".tsv", ".txt"};
  return std::find(kEndings.begin(), kEndings.end(), name.extension()) != kEndings.end();
}

TableOrigin table_origin(const std::string& file, const TableArguments& arguments, std::optional<Task> task) {
  if (arguments.targets.empty()) {
    throw UsageError("which column of " + file + " is to be predicted?",
                     shell_text({"mlp", "train", file, "--target", "COLUMN"}) +
                         "; the table has: " + shown_columns(file, arguments.reading()));
  }
  TableOrigin origin{
      .file = absolute(file),
      .test = arguments.test ? absolute(*arguments.test) : std::filesystem::path(),
      .reading = arguments.reading(),
      .options = {.targets = arguments.targets, .task = task, .sample_weight = arguments.sample_weight}};
  origin.reading.ignore = arguments.ignore;
  origin.reading.categorical = arguments.categorical;
  if (arguments.test_fraction) {
    if (arguments.test) {
      throw UsageError("--test names the test rows and --test-fraction draws them", "give one of them");
    }
    origin.options.test_fraction =
        real("--test-fraction", *arguments.test_fraction, "a number above 0 and below 1",
             [](double x) { return x > 0 && x < 1; });
  }
  if (arguments.scaling) origin.options.scaling = parse_input_scaling(*arguments.scaling);
  if (arguments.class_weight) origin.options.class_weights = parse_class_weight(*arguments.class_weight);
  return origin;
}

TableDataOptions options_of(const TableOrigin& origin, const Drawing& drawing) {
  TableDataOptions options = origin.options;
  options.validation_fraction = drawing.validation_fraction;
  options.seed = drawing.seed;
  return options;
}

Table read(const TableOrigin& origin) {
  const auto& [preprocessing, sample_weight] =
      std::tie(origin.options.preprocessing, origin.options.sample_weight);
  if (!preprocessing) return read_table(origin.file, with_targets(origin));
  auto types = preprocessing->all_types();
  if (sample_weight) types.push_back({.name = *sample_weight});
  return read_table(origin.file, types, origin.reading);
}

DataSplit split(const TableOrigin& origin, const Table& table, const Drawing& drawing) {
  const TableDataOptions options = options_of(origin, drawing);
  DataSplit split = origin.test.empty() ? split_table(table, options)
                                        : split_table(table, origin.test, options, origin.reading);
  // The model stores how missing cells and numbers are written.
  for (Dataset* dataset : {&split.train, &split.test}) {
    if (!dataset->preprocessing || options.preprocessing) continue;
    dataset->preprocessing->missing_marks = origin.reading.missing;
    dataset->preprocessing->decimal = origin.reading.decimal;
  }
  return split;
}

DataSplit load_for(const Preprocessing& preprocessing, const std::filesystem::path& file,
                   const ReadingArguments& arguments) {
  const Table table = read_table(file, preprocessing.all_types(), preprocessing.reading(arguments.reading()));
  DataSplit split;
  split.test = table_dataset(preprocessing, table, &split.notes);
  return split;
}

}  // namespace mlp::app
