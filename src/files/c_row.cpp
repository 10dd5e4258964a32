#include "files/c_row.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "core/overloaded.h"

namespace mlp {

namespace {

constexpr const char* kScaled =
    "static double @_scaled(double cell, double fill, double center, double spread) {\n"
    "  return ((@_missing(cell) ? fill : cell) - center) / spread;\n"
    "}\n";
constexpr const char* kMissing = "static int @_missing(double cell) { return cell != cell; } /* NaN */\n";
constexpr const char* kClipped =
    "static double @_clipped(double x, double clip) { /* x / sqrt(1 + (x / clip)^2) */\n"
    "  return x == 0.0 ? x : copysign(clip / hypot(1.0, clip / x), x);\n"
    "}\n";
constexpr const char* kPlace =
    "/* Where `cell` stands among `texts`; `count` where it does not, or is missing. */\n"
    "static size_t @_place(const char* cell, const char* const* texts, size_t count) {\n"
    "  size_t i = 0;\n"
    "  if (cell == NULL) return count;\n"
    "  while (i < count && strcmp(cell, texts[i]) != 0) ++i;\n"
    "  return i;\n"
    "}\n";
constexpr const char* kBoolean =
    "static float @_boolean(size_t place, float fill) { return place < 2 ? (float)place : fill; }\n";
constexpr const char* kOneHot =
    "/* A 1 at `place`; for a cell of none of `count` categories their shares, or else a 1 behind them. */\n"
    "static void @_one_hot(size_t place, size_t count, const float* shares, float* x) {\n"
    "  const size_t width = shares == NULL ? count + 1 : count;\n"
    "  for (size_t i = 0; i < width; ++i) x[i] = i == place ? 1.0f : 0.0f;\n"
    "  if (place == count && shares != NULL) {\n"
    "    for (size_t i = 0; i < count; ++i) x[i] = shares[i];\n"
    "  }\n"
    "}\n";

/// One column's part of the encoding.
struct CColumn {
  std::vector<const char*> functions = {};  ///< that it needs
  std::string constants = {};
  std::string code = {};
};

/// The column's member in the struct, the place of its first input, and its number, from 1.
struct Where {
  std::string cell;
  std::size_t begin;
  std::string number;

  std::string input(std::size_t i) const { return "  x[" + std::to_string(begin + i) + "]"; }
};

std::string texts_constant(const ColumnType& type, const Where& where, const CPrefix& prefix) {
  std::vector<std::string> texts;
  for (const auto& category : type.categories) texts.push_back(c_string(category));
  return prefix.in("static const char* const @_texts_") + where.number + "[" + std::to_string(texts.size()) +
         "] = " + c_list(texts) + ";\n";
}

std::string place_call(const ColumnType& type, const Where& where) {
  return "@_place(" + where.cell + ", @_texts_" + where.number + ", " +
         std::to_string(type.categories.size()) + ")";
}

CColumn column_code(const NumericEncoding& encoding, const ColumnType&, const Where& where, const CPrefix&) {
  CColumn column;
  std::string value = "0.0";
  if (encoding.spread != 0) {
    column.functions = {kMissing, kScaled};
    value = "@_scaled(" + where.cell + ", " + c_number(encoding.fill) + ", " + c_number(encoding.center) +
            ", " + c_number(encoding.spread) + ")";
    if (encoding.clip > 0) {
      column.functions.push_back(kClipped);
      value = "@_clipped(" + value + ", " + c_number(encoding.clip) + ")";
    }
  }
  column.code = where.input(0) + " = (float)" + value + ";\n";
  if (encoding.missing_input) {
    column.functions.insert(column.functions.begin(), kMissing);
    column.code += where.input(1) + " = @_missing(" + where.cell + ") ? 1.0f : 0.0f;\n";
  }
  return column;
}

CColumn column_code(const BooleanEncoding& encoding, const ColumnType& type, const Where& where,
                    const CPrefix& prefix) {
  const std::string place = place_call(type, where);
  CColumn column{.functions = {kPlace, kBoolean},
                 .constants = texts_constant(type, where, prefix),
                 .code = where.input(0) + " = @_boolean(" + place + ", " +
                         c_number(static_cast<float>(encoding.fill)) + ");\n"};
  if (encoding.missing_input) column.code += where.input(1) + " = " + place + " < 2 ? 0.0f : 1.0f;\n";
  return column;
}

CColumn column_code(const OneHotEncoding& encoding, const ColumnType& type, const Where& where,
                    const CPrefix& prefix) {
  CColumn column{.functions = {kPlace, kOneHot}, .constants = texts_constant(type, where, prefix)};
  std::string shares = "NULL";
  if (!encoding.missing_input) {
    std::vector<std::string> items;
    for (const double share : encoding.shares) items.push_back(c_number(static_cast<float>(share)));
    shares = "@_shares_" + where.number;
    column.constants += prefix.in("static const float " + shares) + "[" + std::to_string(items.size()) +
                        "] = " + c_list(items) + ";\n";
  }
  column.code = "  @_one_hot(" + place_call(type, where) + ", " + std::to_string(encoding.shares.size()) +
                ", " + shares + ", x + " + std::to_string(where.begin) + ");\n";
  return column;
}

/// "one of "a", "b"", for a comment.
std::string categories_text(const std::vector<std::string>& categories) {
  constexpr std::size_t kMost = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(categories.size(), kMost); ++i)
    text += (i == 0 ? "" : ", ") + c_comment(categories[i]);
  if (categories.size() > kMost) text += " and " + std::to_string(categories.size() - kMost) + " more";
  return text;
}

}  // namespace

std::vector<std::string> c_columns(const Preprocessing& preprocessing, const CPrefix& prefix) {
  std::vector<std::string> names;
  for (const auto& column : preprocessing.inputs) names.push_back(column.type.name);
  return c_identifiers(names, prefix.in("@_row"));  // a member of C++ has not its class's name
}

std::string c_row_struct(const Preprocessing& preprocessing, const CPrefix& prefix) {
  const auto names = c_columns(preprocessing, prefix);
  std::string code = prefix.in("struct @_row {\n");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ColumnType& type = preprocessing.inputs[i].type;
    const bool number = type.kind == ColumnKind::kNumeric;
    code += "  /* " + c_comment(type.name) +
            (number ? ", a number; NaN: missing"
                    : ": " + categories_text(type.categories) + "; NULL: missing, as is any other text") +
            " */\n  " + (number ? "double " : "const char* ") + names[i] + ";\n";
  }
  return code + "};\n";
}

std::string c_row_encoding(const Preprocessing& preprocessing, const CPrefix& prefix) {
  const auto names = c_columns(preprocessing, prefix);
  std::vector<const char*> functions;
  std::string constants, code;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& column = preprocessing.inputs[i];
    const Where where{"row->" + names[i], begin, std::to_string(i + 1)};
    const CColumn of_column =
        std::visit([&](const auto& encoding) { return column_code(encoding, column.type, where, prefix); },
                   column.encoding);
    for (const char* function : of_column.functions)
      if (std::ranges::find(functions, function) == functions.end()) functions.push_back(function);
    constants += of_column.constants;
    code += prefix.in(of_column.code);
    begin += column.width();
  }
  std::string text = "\n" + constants;
  for (const char* function : functions) text += prefix.in(function);
  return text +
         prefix.in(
             "\n/* From a row to the network's inputs. */\n"
             "static void @_encode(const struct @_row* row, float* x) {\n") +
         (code.find("row->") == std::string::npos ? "  (void)row;\n" : "") + code + "}\n";
}

}  // namespace mlp
