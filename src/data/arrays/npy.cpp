#include "data/arrays/npy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

#include "data/numbers/numbers.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr const char* kHint = "check that this is the file you mean; if so write it again with numpy.save";

constexpr const char* kNumberTexts =
    "names, numbers = numpy.unique(array, return_inverse=True); numpy.save(file, numbers)";

/// The header's dictionary, from left to right. Positions in messages count from the dictionary's first byte.
class DictionaryParser {
 public:
  DictionaryParser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  NpyHeader parse() {
    NpyHeader header;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!take('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !std::exchange(descr, true)) {
        read_type(header);
      } else if (key == "fortran_order" && !std::exchange(order, true)) {
        header.fortran_order = boolean();
      } else if (key == "shape" && !std::exchange(shape, true)) {
        header.shape = tuple();
      } else {
        fail("expected each of 'descr', 'fortran_order' and 'shape' once, found " + in_quotes(key));
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    if (!descr || !order || !shape) fail("expected 'descr', 'fortran_order' and 'shape', one is missing");
    skip_blanks();
    if (text_.substr(at_) != "\n") fail("expected a line feed at the end");
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw FileError(file_ + ": the .npy header, byte " + std::to_string(at_) + ": " + what, kHint);
  }
  [[noreturn]] void refuse(const std::string& holds, const std::string& hint) const {
    throw FileError(file_ + ": holds " + holds, hint);
  }

  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  char next() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char character) {
    if (next() != character) return false;
    ++at_;
    return true;
  }
  void expect(char character) {
    if (!take(character))
      fail("expected '" + std::string(1, character) + "', found " + in_quotes(text_.substr(at_)));
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::string_view string() {
    const char quote = next();
    if (quote != '\'' && quote != '"') fail("expected a string, found " + in_quotes(text_.substr(at_)));
    const auto end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("the string has no closing quote");
    const auto content = text_.substr(at_ + 1, end - at_ - 1);
    if (content.find('\\') != std::string_view::npos) fail("expected a string without escapes");
    at_ = end + 1;
    return content;
  }

  bool boolean() {
    if (take_word("True")) return true;
    if (take_word("False")) return false;
    fail("expected True or False, found " + in_quotes(text_.substr(at_)));
  }

  std::uint64_t count() {
    skip_blanks();
    std::uint64_t value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) fail("a size is more than any file can hold");
    if (error != std::errc{}) fail("expected a size, 0 or more, found " + in_quotes(text_.substr(at_)));
    at_ += static_cast<std::size_t>(end - begin);
    take('L');  // the suffix of Python 2's large numbers
    return value;
  }

  std::vector<std::uint64_t> tuple() {
    constexpr std::size_t kMaxRank = 64;  // NumPy's own limit
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!take(')')) {
      sizes.push_back(count());
      if (sizes.size() > kMaxRank) fail("more than 64 sizes in the shape");
      if (take(',')) continue;
      expect(')');
      if (sizes.size() == 1) fail("expected (N,) for a shape of one size");
      break;
    }
    return sizes;
  }

  void read_type(NpyHeader& header) {
    if (next() == '[')
      refuse("records of several fields, expected plain numbers",
             "save each field as an array of its own: numpy.save(file, array['field'])");
    const std::string_view type = string();
    const auto kind_at = type.find_first_not_of("<>|");
    const char kind = kind_at == std::string_view::npos ? '\0' : type[kind_at];
    if (kind == 'O')
      refuse(
          "Python objects (a pickle), which are never read",
          std::string("save numbers: numpy.save(file, array.astype('float32')); of texts ") + kNumberTexts);
    const std::string_view size = kind == '\0' ? "" : type.substr(kind_at + 1);
    const bool known =
        (kind == 'b' && size == "1") ||
        ((kind == 'i' || kind == 'u') && (size == "1" || size == "2" || size == "4" || size == "8")) ||
        (kind == 'f' && (size == "2" || size == "4" || size == "8"));
    const bool ordered = kind_at == 1 && (type[0] != '|' || size == "1");
    if (!known || !ordered)
      refuse("elements of type " + in_quotes(type) +
                 ", expected bool, integers of 1 to 8 bytes or floats of 2, 4 or 8 bytes",
             kind == 'U' || kind == 'S' || kind == 'T'
                 ? kNumberTexts
                 : "convert them first: numpy.save(file, array.astype('float32'))");
    header.kind = kind;
    header.bytes = static_cast<std::size_t>(size[0] - '0');
    header.order = type[0] == '>' ? std::endian::big : std::endian::little;
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
};

/// IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction.
float from_half(std::uint16_t bits) {
  const float sign = (bits & 0x8000) != 0 ? -1.0f : 1.0f;
  const int exponent = bits >> 10 & 0x1f;
  const auto fraction = static_cast<float>(bits & 0x3ff);
  if (exponent == 0x1f)
    return fraction == 0 ? sign * std::numeric_limits<float>::infinity()
                         : std::numeric_limits<float>::quiet_NaN();
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

/// Reorders the elements of an array whose first index runs fastest, so that the last one does.
template <class T>
AlignedVector<T> last_index_fastest(const AlignedVector<T>& values, std::span<const std::uint64_t> dims) {
  AlignedVector<T> result;
  result.reserve(values.size());
  std::vector<std::uint64_t> strides, index(dims.size());
  for (std::uint64_t stride = 1; const auto size : dims) {
    strides.push_back(stride);
    stride *= size;
  }
  for (std::uint64_t from = 0; result.size() < values.size();) {
    result.push_back(values[from]);
    for (std::size_t axis = dims.size(); axis-- > 0;) {  // count the index up by one
      from += strides[axis];
      if (++index[axis] < dims[axis]) break;
      from -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
  return result;
}

}  // namespace

NpyHeader read_npy_header(ByteReader& reader) {
  const auto fail = [&](const std::string& what) { throw FileError(reader.name() + ": " + what, kHint); };
  if (!reader.starts_with(kNpyMagic)) fail("not a .npy file: expected it to start with 93 'NUMPY'");
  std::array<std::uint8_t, 8> start{};
  if (reader.read(start) < start.size()) fail("the .npy header ends before its version");
  const int version = start[6];
  if (version < 1 || version > 3 || start[7] != 0)
    fail("unknown .npy version " + std::to_string(version) + "." + std::to_string(start[7]) +
         ", expected 1.0, 2.0 or 3.0");

  std::array<std::uint8_t, 4> length{};
  const auto length_bytes = std::span(length).first(version == 1 ? 2 : 4);
  if (reader.read(length_bytes) < length_bytes.size()) fail("the .npy header ends before its length");
  const std::size_t size =
      length[0] | std::size_t{length[1]} << 8 | std::size_t{length[2]} << 16 | std::size_t{length[3]} << 24;
  constexpr std::size_t kMaxHeader = std::size_t{1} << 16;  // 64 sizes need a few thousand bytes
  if (size > kMaxHeader)
    fail("the .npy header announces " + std::to_string(size) + " bytes, more than the " +
         std::to_string(kMaxHeader) + " that an array of numbers may need");
  std::string text(size, '\0');
  const std::size_t found = reader.read({reinterpret_cast<std::uint8_t*>(text.data()), size});
  if (found < size)
    fail("the .npy header ends after " + std::to_string(found) + " bytes, expected " + std::to_string(size));
  return DictionaryParser(text, reader.name()).parse();
}

std::string type_text(const NpyHeader& header) {
  if (header.kind == 'b') return "bool";
  const std::string name = header.kind == 'f' ? "float" : header.kind == 'u' ? "uint" : "int";
  return name + std::to_string(8 * header.bytes);
}

Array read_npy(ByteReader& reader) {
  const NpyHeader header = read_npy_header(reader);
  Array array{.dims = header.shape, .values = {}};
  const auto read = [&]<class T>(std::type_identity<T>) {
    auto values = read_elements<T>(reader, header.shape, header.order);
    return header.fortran_order && array.dims.size() > 1 ? last_index_fastest(values, array.dims) : values;
  };
  const auto read_integers = [&]<class Signed>(std::type_identity<Signed> type) {
    if (header.kind == 'i')
      array.values = read(type);
    else
      array.values = read(std::type_identity<std::make_unsigned_t<Signed>>{});
  };
  if (header.kind == 'f' && header.bytes == 2) {
    const auto halves = read(std::type_identity<std::uint16_t>{});
    AlignedVector<float> floats(halves.size());
    std::ranges::transform(halves, floats.begin(), from_half);
    array.values = std::move(floats);
  } else if (header.kind == 'f' && header.bytes == 4) {
    array.values = read(std::type_identity<float>{});
  } else if (header.kind == 'f') {
    array.values = read(std::type_identity<double>{});
  } else if (header.bytes == 8) {
    read_integers(std::type_identity<std::int64_t>{});
  } else if (header.bytes == 4) {
    read_integers(std::type_identity<std::int32_t>{});
  } else if (header.bytes == 2) {
    read_integers(std::type_identity<std::int16_t>{});
  } else {
    read_integers(std::type_identity<std::int8_t>{});
  }
  if (header.kind == 'b') {
    const auto& values = std::get<AlignedVector<std::uint8_t>>(array.values);
    const auto wrong = std::ranges::find_if(values, [](std::uint8_t value) { return value > 1; });
    if (wrong != values.end())
      throw FileError(reader.name() + ": element " + std::to_string(wrong - values.begin()) +
                          ": expected a bool, 0 or 1, found " + std::to_string(*wrong),
                      kHint);
  }
  return array;
}

}  // namespace mlp
