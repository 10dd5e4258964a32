// What a Preprocessing says about itself, see mlp/preprocessing.h.
#include "mlp/preprocessing.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_set>

#include "core/overloaded.h"
#include "data/numbers/numbers.h"
#include "mlp/multilayer_perceptron.h"

namespace mlp {

namespace {

void append_names(const InputColumn& column, std::vector<std::string>& names) {
  const auto& name = column.type.name;
  const auto& categories = column.type.categories;
  std::visit(Overloaded{[&](const NumericEncoding& encoding) {
                          names.push_back(name);
                          if (encoding.missing_input) names.push_back(name + " missing");
                        },
                        [&](const BooleanEncoding& encoding) {
                          names.push_back(name + "=" + categories[1]);
                          if (encoding.missing_input) names.push_back(name + " missing");
                        },
                        [&](const OneHotEncoding& encoding) {
                          for (const auto& category : categories) names.push_back(name + "=" + category);
                          if (encoding.missing_input) names.push_back(name + "=?");
                        }},
             column.encoding);
}

bool is_share(double value) { return value >= 0 && value <= 1; }

std::string encoding_problem(const InputColumn& column) {
  const auto kind_problem = [&](ColumnKind kind) {
    return column.type.kind == kind ? std::string()
                                    : "a column that is " + std::string(to_text(column.type.kind)) +
                                          " encoded as " + std::string(to_text(kind));
  };
  return std::visit(
      Overloaded{[&](const NumericEncoding& e) {
                   if (!std::isfinite(e.fill) || !std::isfinite(e.center) || !std::isfinite(e.spread) ||
                       e.spread < 0)
                     return std::string("fill, center and spread must be finite, the spread not negative");
                   if (!std::isfinite(e.clip) || e.clip < 0)
                     return std::string("the clip must be finite and not negative");
                   if (!(e.least <= e.most))
                     return std::string("least and most must be numbers, the least not above the most");
                   return kind_problem(ColumnKind::kNumeric);
                 },
                 [&](const BooleanEncoding& e) {
                   if (!is_share(e.fill)) return std::string("the fill must lie in [0, 1]");
                   return kind_problem(ColumnKind::kBoolean);
                 },
                 [&](const OneHotEncoding& e) {
                   if (e.shares.size() != column.type.categories.size())
                     return std::to_string(column.type.categories.size()) + " categories but " +
                            std::to_string(e.shares.size()) + " shares";
                   if (!std::ranges::all_of(e.shares, is_share))
                     return std::string("a share that does not lie in [0, 1]");
                   return kind_problem(ColumnKind::kCategorical);
                 }},
      column.encoding);
}

std::string type_problem(const ColumnType& type) {
  std::unordered_set<std::string_view> seen;
  for (const auto& category : type.categories)
    if (!seen.insert(category).second) return "the category " + in_quotes(category) + " stands twice";
  const std::size_t count = type.categories.size();
  if (type.zero_one && type.kind != ColumnKind::kNumeric)
    return "numbers 0 and 1 in a column that is not numeric";
  switch (type.kind) {
    case ColumnKind::kNumeric:
      return count == 0 ? "" : "a numeric column with categories";
    case ColumnKind::kBoolean:
      return count == 2 ? "" : "expected 2 categories, found " + std::to_string(count);
    case ColumnKind::kCategorical:
      return count > 0 ? "" : "expected at least one category, found none";
    case ColumnKind::kText:
      return "a text cannot be learned";
  }
  return "a kind of column that there is not";
}

}  // namespace

std::size_t InputColumn::width() const {
  return std::visit(Overloaded{[](const NumericEncoding& e) { return std::size_t{1} + e.missing_input; },
                               [](const BooleanEncoding& e) { return std::size_t{1} + e.missing_input; },
                               [](const OneHotEncoding& e) { return e.shares.size() + e.missing_input; }},
                    encoding);
}

std::size_t Preprocessing::width() const {
  std::size_t width = 0;
  for (const auto& column : inputs) width += column.width();
  return width;
}

std::vector<std::string> Preprocessing::feature_names() const {
  std::vector<std::string> names;
  for (const auto& column : inputs) append_names(column, names);
  return names;
}

std::vector<ColumnType> Preprocessing::input_types() const {
  std::vector<ColumnType> types;
  for (const auto& column : inputs) types.push_back(column.type);
  return types;
}

std::vector<ColumnType> Preprocessing::all_types() const {
  auto types = input_types();
  types.insert(types.end(), targets.begin(), targets.end());
  return types;
}

std::string problem(const Preprocessing& preprocessing) {
  std::unordered_set<std::string_view> names;
  const auto check = [&](const ColumnType& type) {
    if (auto wrong = type_problem(type); !wrong.empty()) return wrong;
    return names.insert(type.name).second ? "" : "the column " + in_quotes(type.name) + " stands twice";
  };
  const auto place = [](const char* list, std::size_t index) {
    return std::string(list) + "[" + std::to_string(index) + "]: ";
  };
  for (std::size_t i = 0; i < preprocessing.inputs.size(); ++i) {
    const auto& column = preprocessing.inputs[i];
    auto wrong = check(column.type);
    if (wrong.empty()) wrong = encoding_problem(column);
    if (!wrong.empty()) return place("inputs", i) + wrong;
  }
  for (std::size_t i = 0; i < preprocessing.targets.size(); ++i) {
    const auto& type = preprocessing.targets[i];
    auto wrong = check(type);
    if (wrong.empty() && preprocessing.targets.size() > 1 && type.kind != ColumnKind::kNumeric)
      wrong = "one of several targets, and not numeric";
    if (!wrong.empty()) return place("targets", i) + wrong;
  }
  if (const auto decimal = preprocessing.decimal; decimal && *decimal != '.' && *decimal != ',')
    return "expected the decimal mark '.' or ',', found " + in_quotes({&*decimal, 1});
  if (const auto width = preprocessing.width(); width == 0 || width > MultilayerPerceptron::kMaxWidth)
    return "expected 1 to " + std::to_string(MultilayerPerceptron::kMaxWidth) + " network inputs, found " +
           std::to_string(width);
  return {};
}

TableOptions Preprocessing::reading(TableOptions options) const {
  for (const auto& mark : missing_marks) {
    if (std::ranges::find(options.missing, mark) == options.missing.end()) options.missing.push_back(mark);
  }
  if (!options.decimal) options.decimal = decimal;
  return options;
}

bool encode_alike(Preprocessing a, Preprocessing b) {
  for (auto* preprocessing : {&a, &b}) {
    for (auto& column : preprocessing->inputs) {
      column.type.zero_one = false;
      if (auto* numeric = std::get_if<NumericEncoding>(&column.encoding)) numeric->least = numeric->most = 0;
    }
    for (auto& target : preprocessing->targets) target.zero_one = false;
  }
  return a == b;
}

}  // namespace mlp
