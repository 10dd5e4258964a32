// Tables to network inputs and back, see mlp/preprocessing.h.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/overloaded.h"
#include "data/table/column_finder.h"
#include "mlp/error.h"
#include "mlp/preprocessing.h"
#include "network/text.h"

namespace mlp {

namespace {

using Rows = std::span<const std::uint32_t>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Where the inputs of one column go: columns [begin, ...) of `inputs`, whose row n is row rows[n] of
/// `table`.
struct Place {
  const Table& table;
  const Column& column;
  const ColumnType& type;
  Rows rows;
  Matrix<float>& inputs;
  std::size_t begin;
};

double scaled(const NumericEncoding& encoding, double number) {
  if (encoding.spread == 0) return 0;
  const double x = (number - encoding.center) / encoding.spread;
  // x / sqrt(1 + (x / clip)^2), written so that an infinite x gives clip, too.
  return encoding.clip > 0 ? std::copysign(encoding.clip / std::hypot(1, encoding.clip / x), x) : x;
}

/// Its inverse. An input that equals clip as a float comes from any number beyond some thousand spreads; the
/// smallest of them is as good as another.
double unscaled(const NumericEncoding& encoding, float input) {
  double x = input;
  if (encoding.clip > 0) {
    const float clip = std::nextafter(static_cast<float>(encoding.clip), 0.0f);
    x = std::clamp(input, -clip, clip);
    x /= std::sqrt(1 - std::pow(x / encoding.clip, 2));
  }
  return x * encoding.spread + encoding.center;
}

/// Returns where the next column's inputs begin.
std::size_t encode_column(const NumericEncoding& encoding, const Place& place) {
  for (std::size_t n = 0; n < place.rows.size(); ++n) {
    const double cell = place.column.numbers[place.rows[n]];
    const bool missing = std::isnan(cell);
    const double number = missing ? encoding.fill : cell;
    const auto input = static_cast<float>(scaled(encoding, number));
    if (!std::isfinite(input))
      throw DataError(place.table.name + ": column " + quote(place.type.name) + ", row " +
                          std::to_string(place.table.first_row + place.rows[n] + 1) + ": " +
                          format_number(number) + " is too far from the training rows' " +
                          format_number(encoding.center) + " for a float",
                      "correct the number, or leave the cell empty");
    place.inputs(n, place.begin) = input;
    if (encoding.missing_input) place.inputs(n, place.begin + 1) = missing ? 1 : 0;
  }
  return place.begin + 1 + encoding.missing_input;
}

std::size_t encode_column(const BooleanEncoding& encoding, const Place& place) {
  for (std::size_t n = 0; n < place.rows.size(); ++n) {
    const std::int32_t code = place.column.codes[place.rows[n]];
    place.inputs(n, place.begin) = code >= 0 ? static_cast<float>(code) : static_cast<float>(encoding.fill);
    if (encoding.missing_input) place.inputs(n, place.begin + 1) = code >= 0 ? 0 : 1;
  }
  return place.begin + 1 + encoding.missing_input;
}

std::size_t encode_column(const OneHotEncoding& encoding, const Place& place) {
  const std::size_t categories = encoding.shares.size();
  require(categories == place.type.categories.size(), "encode: there must be a share for each category");
  const auto known = translation(place.column.type, place.type);
  for (std::size_t n = 0; n < place.rows.size(); ++n) {
    const std::int32_t code = place.column.codes[place.rows[n]];
    const std::int32_t category = code >= 0 ? known[static_cast<std::size_t>(code)] : code;
    const auto inputs = place.inputs.row(n).subspan(place.begin, categories + encoding.missing_input);
    if (category >= 0) {
      inputs[static_cast<std::size_t>(category)] = 1;
    } else if (encoding.missing_input) {
      inputs[categories] = 1;
    } else {
      std::ranges::transform(encoding.shares, inputs.begin(), [](double s) { return static_cast<float>(s); });
    }
  }
  return place.begin + categories + encoding.missing_input;
}

/// The least or greatest of the training rows where `input` is theirs, since a soft clip leaves few digits of
/// numbers far out. Else the shortest decimal that is encoded as `input`: what the cell said, as far as a
/// float still knows.
double shortest_number(const NumericEncoding& encoding, float input) {
  const auto is_that_of = [&](double number) {
    return static_cast<float>(scaled(encoding, number)) == input;
  };
  const double exact = unscaled(encoding, input);
  if (encoding.spread == 0) return exact;
  for (const double end : {encoding.least, encoding.most})
    if (std::isfinite(end) && is_that_of(end)) return end;
  constexpr int kMostDecimals = 15;
  const double rounding = std::abs(exact - unscaled(encoding, std::nextafter(input, 0.0f)));
  const int first = rounding > 1 ? -static_cast<int>(std::ceil(std::log10(rounding))) : 0;
  for (int decimals = first; decimals <= kMostDecimals; ++decimals) {
    const double power = std::pow(10.0, std::abs(decimals));
    const double number =
        decimals < 0 ? std::round(exact / power) * power : std::round(exact * power) / power;
    if (is_that_of(number)) return number + 0.0;  // no -0
  }
  return exact;
}

std::size_t decode_column(const NumericEncoding& encoding, ConstMatrixView<float> inputs, std::size_t begin,
                          Column& column) {
  for (std::size_t n = 0; n < inputs.rows(); ++n) {
    const bool missing = encoding.missing_input && inputs(n, begin + 1) >= 0.5f;
    column.numbers.push_back(missing ? kNaN : shortest_number(encoding, inputs(n, begin)));
  }
  return begin + 1 + encoding.missing_input;
}

std::size_t decode_column(const BooleanEncoding& encoding, ConstMatrixView<float> inputs, std::size_t begin,
                          Column& column) {
  for (std::size_t n = 0; n < inputs.rows(); ++n) {
    const bool missing = encoding.missing_input && inputs(n, begin + 1) >= 0.5f;
    column.codes.push_back(missing ? Column::kMissing : inputs(n, begin) >= 0.5f ? 1 : 0);
  }
  return begin + 1 + encoding.missing_input;
}

std::size_t decode_column(const OneHotEncoding& encoding, ConstMatrixView<float> inputs, std::size_t begin,
                          Column& column) {
  const std::size_t width = encoding.shares.size() + encoding.missing_input;
  for (std::size_t n = 0; n < inputs.rows(); ++n) {
    const auto row = inputs.row(n).subspan(begin, width);
    const auto largest = std::ranges::max_element(row) - row.begin();
    const bool missing = static_cast<std::size_t>(largest) == encoding.shares.size();
    column.codes.push_back(missing ? Column::kMissing : static_cast<std::int32_t>(largest));
  }
  return begin + width;
}

}  // namespace

Matrix<float> encode(const Preprocessing& preprocessing, const Table& table, Rows rows) {
  require(std::ranges::all_of(rows, [&](std::uint32_t row) { return row < table.rows; }),
          "encode: a row that the table does not have");
  Matrix<float> inputs(rows.size(), preprocessing.width());
  ColumnFinder columns(table);
  std::size_t begin = 0;
  for (const auto& [type, encoding] : preprocessing.inputs) {
    const Place place{table, columns.find(type), type, rows, inputs, begin};
    begin = std::visit([&](const auto& how) { return encode_column(how, place); }, encoding);
  }
  return inputs;
}

Matrix<float> encode(const Preprocessing& preprocessing, const Table& table) {
  std::vector<std::uint32_t> rows(table.rows);
  std::iota(rows.begin(), rows.end(), 0u);
  return encode(preprocessing, table, rows);
}

Table decode(const Preprocessing& preprocessing, ConstMatrixView<float> inputs) {
  require(inputs.columns() == preprocessing.width(), "decode: " + std::to_string(inputs.columns()) +
                                                         " inputs, but the preprocessing makes " +
                                                         std::to_string(preprocessing.width()));
  Table table{.name = "decoded", .rows = inputs.rows()};
  std::size_t begin = 0;
  for (const auto& [type, encoding] : preprocessing.inputs) {
    Column column{.type = type};
    begin = std::visit([&](const auto& how) { return decode_column(how, inputs, begin, column); }, encoding);
    column.missing = static_cast<std::size_t>(
        std::ranges::count_if(column.numbers, [](double x) { return std::isnan(x); }) +
        std::ranges::count(column.codes, Column::kMissing));
    table.columns.push_back(std::move(column));
  }
  return table;
}

}  // namespace mlp
