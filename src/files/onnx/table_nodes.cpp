// All numeric columns are encoded together, in double:
//
//   X [N, K] -> x = fill where NaN -> x' = (x - center) / spread -> x' / sqrt(1 + (x' / clip)^2) -> float
//
// A column of texts is a look-up: its text's code by a LabelEncoder (any text that is not listed: the last
// one), then that row of a small matrix:
//
//   categories a, b, c with shares           booleans with fill
//     a        1    0    0     0                false  0     0
//     b        0    1    0     0                true   1     0
//     c        0    0    1     0                other  fill  1
//     other    s_a  s_b  s_c   -
//              (0   0    0     1 where missing cells have an input of their own)
//
// Last, a Gather brings what was made by kinds into the order of the network's inputs.
#include "files/onnx/table_nodes.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <numeric>
#include <utility>

#include "core/boolean_words.h"
#include "core/overloaded.h"
#include "mlp/printable.h"

namespace mlp {

namespace {

const char* const kMachineLearning = "ai.onnx.ml";

OnnxValue input_of(const ColumnType& type) {
  OnnxValue value{.name = in_utf8(type.name), .shape = {OnnxValue::kRows, 1}};
  if (type.kind == ColumnKind::kNumeric) {
    value.type = OnnxType::kDouble;
    value.description = "a number, NaN where it is missing";
    return value;
  }
  constexpr std::size_t kShown = 20;
  value.type = OnnxType::kString;
  value.description = type.kind == ColumnKind::kBoolean ? "a boolean as text: " : "one of these texts: ";
  for (std::size_t i = 0; i < std::min(kShown, type.categories.size()); ++i)
    value.description += (i == 0 ? "" : ", ") + in_utf8(type.categories[i]);
  if (type.categories.size() > kShown) value.description += ", ...";
  value.description += "; any other text is taken as missing";
  return value;
}

/// Some of the columns of a matrix that has those of all parts, in the order in which they were added.
class Columns {
 public:
  Columns(GraphBuilder& graph, std::size_t width) : graph_(&graph), sources_(width) {}

  /// Says that the part which is added next holds, in its column `column`, the network's input `input`.
  void take(std::size_t column, std::size_t input) {
    sources_[input] = static_cast<std::int64_t>(count_ + column);
  }
  void add(std::string part, std::size_t columns) {
    parts_.push_back(std::move(part));
    count_ += columns;
  }
  std::string in_order() const {
    const auto all =
        parts_.size() == 1 ? parts_.front() : graph_->node("Concat", parts_, {{"axis", std::int64_t{1}}});
    std::vector<std::int64_t> as_they_are(count_);
    std::iota(as_they_are.begin(), as_they_are.end(), std::int64_t{0});
    if (sources_ == as_they_are) return all;
    const auto order = graph_->constant("order", {static_cast<std::int64_t>(sources_.size())}, sources_);
    return graph_->node("Gather", {all, order}, {{"axis", std::int64_t{1}}});
  }

 private:
  GraphBuilder* graph_;
  std::vector<std::string> parts_;
  std::size_t count_ = 0;              // columns of parts_
  std::vector<std::int64_t> sources_;  // of each input, a column of the parts
};

/// The numeric columns, by what they have in common: a vector for each number of their encodings.
struct Numbers {
  std::vector<std::string> inputs;
  std::vector<std::size_t> begins;  // their first network input
  std::vector<double> fill, center, spread, inverse_clip;
  std::vector<bool> missing_input;
  bool clipped = false;

  void add(std::string input, std::size_t begin, const NumericEncoding& encoding) {
    inputs.push_back(std::move(input));
    begins.push_back(begin);
    fill.push_back(encoding.fill);
    center.push_back(encoding.center);
    // Of equal numbers nothing remains: divided by infinity they are 0.
    spread.push_back(encoding.spread > 0 ? encoding.spread : std::numeric_limits<double>::infinity());
    inverse_clip.push_back(encoding.clip > 0 ? 1 / encoding.clip : 0.0);
    missing_input.push_back(encoding.missing_input);
    clipped = clipped || encoding.clip > 0;
  }
};

/// x / sqrt(1 + (x / clip)^2), x where the inverse of the clip is 0. Beyond 1e100, where the square would
/// soon overflow, the result is the clip to the last bit whatever x is, or too much for any float.
std::string soft_clip(GraphBuilder& graph, const std::string& x, const std::string& inverse_clip) {
  const auto bound = [&](const char* name, double value) {
    return graph.constant(name, {}, std::vector{value});
  };
  const auto bounded = graph.node("Clip", {x, bound("least", -1e100), bound("most", 1e100)});
  const auto ratio = graph.node("Mul", {bounded, inverse_clip});
  const auto sum = graph.node("Add", {graph.node("Mul", {ratio, ratio}), bound("one", 1.0)});
  return graph.node("Div", {bounded, graph.node("Sqrt", {sum})});
}

void add_numbers(GraphBuilder& graph, const Numbers& numbers, Columns& columns) {
  const std::size_t count = numbers.inputs.size();
  if (count == 0) return;
  const auto vector = [&](const char* name, const std::vector<double>& values) {
    return graph.constant(name, {static_cast<std::int64_t>(count)}, values);
  };
  graph.set_prefix("numbers.");
  const auto all =
      count == 1 ? numbers.inputs.front() : graph.node("Concat", numbers.inputs, {{"axis", std::int64_t{1}}});
  const auto missing = graph.node("IsNaN", {all});
  const auto filled = graph.node("Where", {missing, vector("fill", numbers.fill), all});
  const auto centered = graph.node("Sub", {filled, vector("center", numbers.center)});
  auto scaled = graph.node("Div", {centered, vector("spread", numbers.spread)});
  if (numbers.clipped) scaled = soft_clip(graph, scaled, vector("inverse_clip", numbers.inverse_clip));
  for (std::size_t i = 0; i < count; ++i) columns.take(i, numbers.begins[i]);
  columns.add(graph.cast(scaled, OnnxType::kFloat), count);
  if (std::ranges::find(numbers.missing_input, true) == numbers.missing_input.end()) return;
  for (std::size_t i = 0; i < count; ++i)
    if (numbers.missing_input[i]) columns.take(i, numbers.begins[i] + 1);
  columns.add(graph.cast(missing, OnnxType::kFloat), count);
}

/// The texts of a column with their codes, and the network inputs of each code: the last row is that of all
/// other texts.
struct LookUp {
  std::vector<std::string> texts;
  std::vector<std::int64_t> codes;
  Matrix<float> rows;
};

LookUp look_up(const std::vector<std::string>& categories, const OneHotEncoding& encoding) {
  const std::size_t count = categories.size();
  LookUp result{.rows = Matrix<float>(count + 1, count + encoding.missing_input)};
  for (std::size_t code = 0; code < count; ++code) {
    result.texts.push_back(in_utf8(categories[code]));
    result.codes.push_back(static_cast<std::int64_t>(code));
    result.rows(code, code) = 1;
    if (!encoding.missing_input) result.rows(count, code) = static_cast<float>(encoding.shares[code]);
  }
  if (encoding.missing_input) result.rows(count, count) = 1;
  return result;
}

/// A word of a boolean as people and programs write it: "yes", "Yes", "YES".
std::vector<std::string> spellings(std::string_view word) {
  std::string upper(word), title(word);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  title.front() = upper.front();
  return {std::string(word), title, upper};
}

LookUp look_up(const std::vector<std::string>& categories, const BooleanEncoding& encoding) {
  LookUp result{.rows = Matrix<float>(3, std::size_t{1} + encoding.missing_input)};
  const auto add = [&](const std::string& text, std::int64_t code) {
    if (std::ranges::find(result.texts, text) != result.texts.end()) return;
    result.texts.push_back(text);
    result.codes.push_back(code);
  };
  for (const std::int64_t code : {0, 1}) {
    const auto index = static_cast<std::size_t>(code);
    add(in_utf8(categories[index]), code);
    for (const auto& pair : kBooleanWords)
      for (const auto& text : spellings(pair[index])) add(text, code);
    add(std::to_string(code), code);
  }
  result.rows(1, 0) = 1;
  result.rows(2, 0) = static_cast<float>(encoding.fill);
  if (encoding.missing_input) result.rows(2, 1) = 1;
  return result;
}

void add_texts(GraphBuilder& graph, const std::string& input, const LookUp& look_up, std::size_t begin,
               Columns& columns) {
  const auto& rows = look_up.rows;
  graph.set_prefix(input + ".");
  const auto code = graph.node("LabelEncoder", {input},
                               {{"keys_strings", look_up.texts},
                                {"values_int64s", look_up.codes},
                                {"default_int64", static_cast<std::int64_t>(rows.rows() - 1)}},
                               kMachineLearning);
  const auto values = rows.values();
  const auto matrix = graph.constant(
      "rows", {static_cast<std::int64_t>(rows.rows()), static_cast<std::int64_t>(rows.columns())},
      std::vector<float>(values.begin(), values.end()));
  const auto encoded = graph.node("Gather", {matrix, code}, {{"axis", std::int64_t{0}}});  // [N, 1, columns]
  for (std::size_t i = 0; i < rows.columns(); ++i) columns.take(i, begin + i);
  columns.add(graph.node("Flatten", {encoded}, {{"axis", std::int64_t{1}}}), rows.columns());
}

}  // namespace

std::vector<std::string> table_inputs(GraphBuilder& graph, const Preprocessing& preprocessing) {
  std::vector<std::string> names;
  for (const auto& column : preprocessing.inputs) names.push_back(graph.input(input_of(column.type)));
  return names;
}

std::string table_nodes(GraphBuilder& graph, const Preprocessing& preprocessing,
                        const std::vector<std::string>& inputs) {
  Columns columns(graph, preprocessing.width());
  Numbers numbers;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& [type, encoding] = preprocessing.inputs[i];
    const auto& categories = type.categories;
    std::visit(Overloaded{[&](const NumericEncoding& numeric) { numbers.add(inputs[i], begin, numeric); },
                          [&](const auto& texts) {
                            add_texts(graph, inputs[i], look_up(categories, texts), begin, columns);
                          }},
               encoding);
    begin += preprocessing.inputs[i].width();
  }
  add_numbers(graph, numbers, columns);
  graph.set_prefix("encoded.");
  return columns.in_order();
}

}  // namespace mlp
