// Rows of inputs for prediction, from IDX, .npy, .npz or from text: numbers between commas, semicolons, tabs
// or blanks, one row per line, with or without a line of column names.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/arrays/array_file.h"
#include "data/arrays/idx.h"
#include "data/arrays/mapped_array.h"
#include "data/bytes/byte_reader.h"
#include "data/bytes/file_kind.h"
#include "data/numbers/numbers.h"
#include "mlp/data.h"
#include "mlp/error.h"

namespace mlp {

namespace {

// Hands out a file line by line and holds no more of it than one line and one chunk.
class LineReader {
 public:
  explicit LineReader(ByteReader& bytes) : bytes_(bytes) {}

  // False at the end. The line is without its \n or \r\n.
  bool next(std::string& line) {
    constexpr std::size_t kMaxLine = std::size_t{1} << 24;
    line.clear();
    for (bool complete = false; !complete;) {
      if (rest_.empty() && !refill()) {
        if (line.empty()) return false;
        break;  // the last line may lack its \n
      }
      const auto end = rest_.find('\n');
      complete = end != std::string_view::npos;
      line.append(rest_.substr(0, end));
      rest_.remove_prefix(complete ? end + 1 : rest_.size());
      if (line.size() > kMaxLine)
        throw FileError(bytes_.name() + ": line " + std::to_string(number_ + 1) + " is longer than " +
                            std::to_string(kMaxLine) + " bytes, expected rows of numbers",
                        "check that it is a text file");
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    ++number_;
    return true;
  }
  // The number of the line last handed out, from 1.
  std::size_t number() const { return number_; }

 private:
  bool refill() {
    const std::size_t count = bytes_.read({reinterpret_cast<std::uint8_t*>(chunk_.data()), chunk_.size()});
    rest_ = std::string_view(chunk_.data(), count);
    return count > 0;
  }

  ByteReader& bytes_;
  std::vector<char> chunk_ = std::vector<char>(std::size_t{1} << 16);
  std::string_view rest_;
  std::size_t number_ = 0;
};

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// ';' or ',' where the first line has one, else ' ', which stands for any run of blanks and tabs.
char separator_of(std::string_view line) {
  for (const char separator : {';', ','})
    if (line.find(separator) != std::string_view::npos) return separator;
  return ' ';
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> cells;
  line = trim(line);
  for (;;) {
    const auto end = separator == ' ' ? line.find_first_of(kBlanks) : line.find(separator);
    cells.push_back(trim(line.substr(0, end)));
    if (end == std::string_view::npos) return cells;
    line.remove_prefix(end + 1);
    if (separator == ' ') line = trim(line);
  }
}

/// Throws when `names` are the features' own names in another order: the columns would be taken for one
/// another.
void check_order(std::span<const std::string_view> names, std::span<const std::string> features,
                 const std::string& where) {
  if (std::ranges::equal(names, features) || !std::ranges::is_permutation(names, features)) return;
  std::string order;
  for (const auto& feature : features) order += (order.empty() ? "" : ",") + feature;
  throw FileError(where + ": the columns are in another order than the model's features",
                  "put them in this order: " + order);
}

/// A cell as an input; nothing where it is not a finite number, or does not fit a float.
std::optional<float> input_in(std::string_view cell, std::size_t column, const InputUnits& units) {
  const auto number = parse_double(cell);
  if (!number) return std::nullopt;
  const float input = units.apply(*number, column);
  return std::isfinite(input) ? std::optional(input) : std::nullopt;
}

Matrix<float> read_rows(ByteReader& bytes, std::size_t features, std::span<const std::string> feature_names,
                        const InputUnits& units) {
  LineReader lines(bytes);
  AlignedVector<float> values;
  std::string line;
  char separator = ' ';
  bool first = true;
  while (lines.next(line)) {
    std::string_view text = line;
    if (lines.number() == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (trim(text).empty()) continue;
    const bool may_be_names = std::exchange(first, false);
    if (may_be_names) separator = separator_of(text);
    const auto cells = split(text, separator);
    const auto where = [&] { return bytes.name() + ": line " + std::to_string(lines.number()); };
    // A line with some numbers is a row with a mistake, not a line of names.
    if (may_be_names && std::ranges::none_of(cells, [](auto cell) {
          return std::isfinite(parse_double(cell).value_or(NAN));
        })) {
      check_order(cells, feature_names, where());
      continue;
    }
    if (cells.size() != features)
      throw FileError(where() + ": expected " + std::to_string(features) + " columns, found " +
                          std::to_string(cells.size()),
                      "the model was trained on " + std::to_string(features) +
                          " features: a row needs just these, in the same order");
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto number = input_in(cells[i], i, units);
      if (!number)
        throw FileError(where() + ", column " + std::to_string(i + 1) + ": expected a finite number, found " +
                            (cells[i].empty() ? "nothing" : in_quotes(cells[i])),
                        "write numbers like 1.5 or 2e-3; rows with missing values cannot be predicted");
      values.push_back(*number);
    }
  }
  if (values.empty())
    throw FileError(
        bytes.name() + ": holds no row, expected " + std::to_string(features) + " columns of numbers",
        "give CSV rows or IDX images");
  const std::size_t rows = values.size() / features;
  return Matrix<float>::adopt(rows, features, std::move(values));
}

std::uint64_t width_of(std::span<const std::uint64_t> dims) {
  std::uint64_t width = 1;
  for (const std::uint64_t size : dims.subspan(1)) width *= size;
  return width;
}

void check_width(const std::string& name, std::uint64_t width, std::size_t features) {
  if (width == features) return;
  throw FileError(
      name + ": expected rows of " + std::to_string(features) + " values, found " + std::to_string(width),
      "the model was trained on " + std::to_string(features) + " features");
}

Inputs inputs_of(NamedArray named, std::size_t features, const InputUnits& units) {
  if (!named.array.dims.empty()) check_width(named.name, width_of(named.array.dims), features);
  auto inputs = array_rows(std::move(named.array), named.name, units);
  if (row_count(inputs) == 0) throw FileError(named.name + ": holds no row", "give at least one image");
  return inputs;
}

}  // namespace

Inputs read_inputs(const std::filesystem::path& path, std::size_t features,
                   std::span<const std::string> feature_names, const InputUnits& units,
                   std::uint64_t mapped_from) {
  require(features > 0, "read_inputs: features must be positive");
  require(units.identity() || units.origin.size() == features, "read_inputs: a unit for each feature");
  if (auto mapped = map_array(path, mapped_from))
    return inputs_of({path.string(), std::move(*mapped)}, features, units);
  ByteReader bytes(path);
  const auto start = bytes.peek();
  if (!start) throw FileError(bytes.name() + ": the file is empty", "give CSV rows, IDX images or .npy");
  // Text has no zero byte, while IDX starts with two.
  const bool arrays = *start == 0 || bytes.starts_with(kNpyMagic) || bytes.starts_with(kZipMagic);
  if (!arrays) {
    if (const auto kind = kind_of_file(bytes); !kind.empty())
      throw FileError(bytes.name() + ": expected CSV, IDX, .npy or .npz, found " + kind,
                      kind.find("image") != std::string::npos ? "convert it to PNG, which mlp reads"
                                                              : "NumPy writes arrays with numpy.save");
    return read_rows(bytes, features, feature_names, units);
  }
  return inputs_of(*start == 0 ? NamedArray{bytes.name(), read_idx(bytes,
                                                                   [&](auto dims) {
                                                                     check_width(bytes.name(), width_of(dims),
                                                                                 features);
                                                                   })}
                               : read_array(bytes, path, {ArrayRole::Part::kTest, false}),
                   features, units);
}

}  // namespace mlp
