#include "data/arrays/array.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>

#include "data/numbers/float_units.h"
#include "mlp/error.h"
#include "network/text.h"

namespace mlp {

namespace {

constexpr const char* kHint = "check that this is the file you mean; if so it is damaged, fetch it again";

std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) return std::nullopt;
  return a * b;
}

template <class T>
T from_bytes(const std::uint8_t* bytes, std::endian order) {
  using Bits = std::conditional_t<
      sizeof(T) == 1, std::uint8_t,
      std::conditional_t<sizeof(T) == 2, std::uint16_t,
                         std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bits = bits << 8 | bytes[order == std::endian::big ? i : sizeof(T) - 1 - i];
  return std::bit_cast<T>(static_cast<Bits>(bits));
}

std::size_t columns_of(const Array& array) {
  std::size_t columns = 1;
  for (std::size_t i = 1; i < array.dims.size(); ++i) columns *= array.dims[i];
  return columns;
}

template <class T>
std::vector<NumberRange> ranges_of(std::span<const T> values, std::size_t columns) {
  std::vector<NumberRange> ranges(columns);
  for (std::size_t begin = 0; begin < values.size(); begin += columns)
    for (std::size_t c = 0; c < columns; ++c) ranges[c].add(static_cast<double>(values[begin + c]));
  return ranges;
}
/// Floats become floats as they are: their least and greatest are all there is to find, of large files soon.
std::vector<NumberRange> ranges_of(std::span<const float> values, std::size_t columns) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> least(columns, kInfinity), greatest(columns, -kInfinity);
  for (std::size_t begin = 0; begin < values.size(); begin += columns) {
    for (std::size_t c = 0; c < columns; ++c) {
      const float value = values[begin + c];
      least[c] = value < least[c] && value > -kInfinity ? value : least[c];
      greatest[c] = value > greatest[c] && value < kInfinity ? value : greatest[c];
    }
  }
  std::vector<NumberRange> ranges(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    ranges[c].least = static_cast<double>(least[c]);
    ranges[c].greatest = static_cast<double>(greatest[c]);
  }
  return ranges;
}

/// Calls take(column, range, unit) for each column whose numbers floats could not tell apart.
template <class Take>
void for_each_column_in_need(const Array& array, Take take) {
  const std::size_t columns = columns_of(array);
  std::visit(
      [&]<class Values>(const Values& values) {
        if constexpr (sizeof(typename Values::value_type) > 2) {  // floats hold all smaller ones
          if (values.empty()) return;                             // of however many columns
          const std::size_t rows = values.size() / columns;
          const auto ranges =
              ranges_of(std::span<const typename Values::value_type>(values.data(), values.size()), columns);
          const std::size_t enough = std::min(rows, kEnoughNumbers);
          for (std::size_t c = 0; c < columns; ++c) {
            std::vector<double> some;
            for (std::size_t k = 0; k < enough; ++k) {
              const auto number = static_cast<double>(values[k * rows / enough * columns + c]);
              if (std::isfinite(number)) some.push_back(number);
            }
            if (const auto unit = needed_unit(ranges[c], std::move(some))) take(c, ranges[c], *unit);
          }
        }
      },
      array.values);
}

[[noreturn]] void refuse_number(const std::string& file, std::size_t row, std::size_t column, double number,
                                const InputUnits& units) {
  const std::string place =
      file + ": row " + std::to_string(row) + ", column " + std::to_string(column) + ": ";
  if (std::isfinite(number) && !units.identity())
    throw FileError(place + format_number(number) + " is too far from the other rows' " +
                        format_number(units.origin[column]) + " for a float",
                    "correct the value");
  throw FileError(place + "expected a finite number" + (std::isfinite(number) ? " that fits a float" : "") +
                      ", found " + format_number(number),
                  "remove or replace the value");
}

void check_finite(std::span<const std::uint8_t>, std::size_t, const std::string&) {}
void check_finite(std::span<const float> values, std::size_t columns, const std::string& file) {
  const auto wrong = std::ranges::find_if_not(values, [](float value) { return std::isfinite(value); });
  if (wrong == values.end()) return;
  const auto index = static_cast<std::size_t>(wrong - values.begin());
  refuse_number(file, index / columns, index % columns, static_cast<double>(*wrong), {});
}

}  // namespace

bool Array::holds_integers() const {
  return std::visit(
      []<class Values>(const Values&) { return std::is_integral_v<typename Values::value_type>; }, values);
}

std::string shape_text(std::span<const std::uint64_t> dims) {
  if (dims.empty()) return "1";
  constexpr std::size_t kShown = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(dims.size(), kShown); ++i)
    text.append(i == 0 ? "" : " x ").append(std::to_string(dims[i]));
  return dims.size() > kShown ? text + " x ..." : text;
}

std::uint64_t element_count(const ByteReader& reader, std::span<const std::uint64_t> dims) {
  std::uint64_t count = 1;
  for (const auto size : dims) {
    const auto product = multiply(count, std::max<std::uint64_t>(size, 1));
    if (!product)
      throw FileError(reader.name() + ": the header announces " + shape_text(dims) +
                          " elements, more than any file can hold",
                      kHint);
    count = *product;
  }
  return std::ranges::find(dims, 0u) == dims.end() ? count : 0;
}

void refuse_elements(const std::string& file, std::span<const std::uint64_t> dims, std::size_t bytes_each,
                     const std::string& found) {
  throw FileError(file + ": the header announces " + shape_text(dims) + " elements of " +
                      std::to_string(bytes_each) + (bytes_each == 1 ? " byte, " : " bytes, ") + found,
                  kHint);
}

template <class T>
AlignedVector<T> read_elements(ByteReader& reader, std::span<const std::uint64_t> dims, std::endian order) {
  const auto fail = [&](const std::string& found) { refuse_elements(reader.name(), dims, sizeof(T), found); };
  const std::uint64_t count = element_count(reader, dims);
  const auto bytes = multiply(count, sizeof(T));
  const auto bound = reader.upper_bound();
  if (!bytes || *bytes > std::numeric_limits<std::size_t>::max() / 2) fail("more than any file can hold");
  const std::uint64_t header_bytes = reader.position();
  if (bound && *bytes > *bound - std::min(header_bytes, *bound))
    fail("the file holds at most " + std::to_string(*bound - std::min(header_bytes, *bound)) +
         " bytes after it");

  constexpr std::size_t kChunkBytes = std::size_t{1} << 16;
  AlignedVector<T> values;
  if (bound) values.reserve(count);  // sets aside addresses for no more than the file can fill
  std::vector<std::uint8_t> chunk(sizeof(T) == 1 ? 0 : std::min<std::uint64_t>(kChunkBytes, *bytes));
  while (values.size() < count) {
    const std::size_t done = values.size();
    const std::size_t wanted = std::min<std::uint64_t>(kChunkBytes / sizeof(T), count - done);
    values.resize(done + wanted);
    std::size_t found = 0;
    if constexpr (sizeof(T) == 1) {
      found = reader.read({reinterpret_cast<std::uint8_t*>(values.data()) + done, wanted});
    } else {
      found = reader.read(std::span(chunk).first(wanted * sizeof(T)));
      for (std::size_t i = 0; i < found / sizeof(T); ++i)
        values[done + i] = from_bytes<T>(chunk.data() + i * sizeof(T), order);
    }
    if (found < wanted * sizeof(T))
      fail("the data end " + std::to_string(done * sizeof(T) + found) + " bytes after it");
  }
  if (reader.peek()) fail("but there are bytes after them");
  return values;
}

template AlignedVector<std::uint8_t> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<std::int8_t> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<std::uint16_t> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<std::int16_t> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<std::uint32_t> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<std::int32_t> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<std::uint64_t> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<std::int64_t> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<float> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);
template AlignedVector<double> read_elements(ByteReader&, std::span<const std::uint64_t>, std::endian);

Inputs array_rows(Array array, const std::string& file, const InputUnits& units) {
  if (array.dims.empty()) throw FileError(file + ": expected rows of numbers, found a single number", kHint);
  const std::size_t rows = array.dims[0], columns = columns_of(array);
  const bool as_they_are = units.identity();
  if (!as_they_are && units.origin.size() != columns)
    throw FileError(file + ": expected rows of " + std::to_string(units.origin.size()) + " values, found " +
                    std::to_string(columns));
  return std::visit(
      [&]<class Values>(Values& values) -> Inputs {
        using T = typename Values::value_type;
        constexpr bool kMapped = std::is_same_v<Values, MappedValues<T>>;
        if constexpr (kMapped) {
          if (as_they_are) {
            check_finite(values.values, columns, file);
            return MappedRows<T>(values.mapping, {values.data(), rows, columns});
          }
        } else if constexpr (std::is_same_v<T, std::uint8_t>) {
          if (as_they_are) return Matrix<std::uint8_t>::adopt(rows, columns, std::move(values));
        }
        AlignedVector<float> floats(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
          floats[i] = as_they_are ? static_cast<float>(values[i])
                                  : units.apply(static_cast<double>(values[i]), i % columns);
          if (!std::isfinite(floats[i]))
            refuse_number(file, i / columns, i % columns, static_cast<double>(values[i]), units);
        }
        return Matrix<float>::adopt(rows, columns, std::move(floats));
      },
      array.values);
}

InputUnits units_for(const Array& array) {
  InputUnits units;
  for_each_column_in_need(array, [&](std::size_t column, const NumberRange&, const FloatUnit& needed) {
    if (units.identity()) {
      units.origin.assign(columns_of(array), 0.0);
      units.unit.assign(columns_of(array), 1.0);
    }
    units.origin[column] = needed.origin;
    units.unit[column] = needed.unit;
  });
  return units;
}

Matrix<float> array_targets(Array array, const std::string& file) {
  for_each_column_in_need(array, [&](std::size_t column, const NumberRange& range, const FloatUnit& needed) {
    const auto [what, hint] = problem_of_target(range, needed);
    throw DataError(
        file + ": " + (columns_of(array) > 1 ? "column " + std::to_string(column) + ": " : "") + what, hint);
  });
  auto rows = array_rows(std::move(array), file);
  if (auto* numbers = std::get_if<Matrix<float>>(&rows)) return std::move(*numbers);
  return std::visit(
      [](const auto& others) {
        Matrix<float> targets(others.rows(), others.columns());
        // Rows without columns take no bytes, so that a file of a few may claim billions of them.
        const std::size_t rows_to_copy = targets.columns() == 0 ? 0 : targets.rows();
        for (std::size_t n = 0; n < rows_to_copy; ++n)
          std::ranges::copy(others.row(n), targets.row(n).begin());
        return targets;
      },
      rows);
}

std::vector<std::int64_t> array_labels(const Array& array, const std::string& file) {
  const bool one_each = array.dims.size() == 1 || (array.dims.size() == 2 && array.dims[1] == 1);
  return std::visit(
      [&]<class Values>(const Values& values) -> std::vector<std::int64_t> {
        using T = typename Values::value_type;
        if constexpr (std::is_integral_v<T>) {
          if (one_each) {
            for (std::size_t i = 0; i < values.size(); ++i)
              if (!std::in_range<std::int64_t>(values[i]))
                throw FileError(file + ": row " + std::to_string(i) +
                                ": expected a label below 2^63, found " + std::to_string(values[i]));
            return {values.begin(), values.end()};
          }
        }
        throw FileError(file + ": expected labels (integers of rank 1), found " +
                            (std::is_integral_v<T> ? "integers" : "floating-point numbers") + " of rank " +
                            std::to_string(array.dims.size()),
                        "check that images and labels are not swapped");
      },
      array.values);
}

ImageShape image_shape(const Array& array) {
  const auto& dims = array.dims;
  const bool gray = dims.size() == 3 || (dims.size() == 4 && dims[3] == 1);
  return gray ? ImageShape{dims[1], dims[2]} : ImageShape{};
}

}  // namespace mlp
