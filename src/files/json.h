// Reading JSON from files of any origin: strict parsing, and access that says what it expected and found.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

/// What a document may hold at most. A value takes more memory than its text, up to 30 times as much; these
/// limits bound it.
struct JsonLimits {
  std::size_t depth;   ///< objects and arrays inside each other
  std::size_t values;  ///< objects, arrays, texts, numbers, ... in all
};

/// RFC 8259 JSON: valid UTF-8 without a byte order mark, no key twice in an object, within `limits`. Throws
/// FileError "where: ..." with the byte at which it goes wrong.
nlohmann::json parse_json(std::string_view text, const JsonLimits& limits, const std::string& where);

/// The document as text. Throws FileError naming `path` when a text in it is not valid UTF-8.
std::string dump_json(const nlohmann::json& document, const std::string& path);

/// A finite number as itself, NaN as null, infinities as "Infinity" and "-Infinity": reads back bit for bit
/// (but for a NaN's payload).
nlohmann::json number_to_json(double value);

/// One value of a JSON document, its place in it for messages: "where: layers[2].fan_in: expected ..., found
/// ...". Every accessor throws FileError when the value is something else. Refers to the document.
class JsonField {
 public:
  JsonField(const nlohmann::json& value, std::string where) : value_(&value), where_(std::move(where)) {}

  /// A member that must be there.
  JsonField operator[](const std::string& key) const;
  /// A member that may be there.
  std::optional<JsonField> member(const std::string& key) const;
  /// The elements of an array.
  std::vector<JsonField> items() const;

  bool is_null() const;
  std::string text() const;
  std::vector<std::string> texts() const;
  bool boolean() const;
  std::uint64_t count(std::uint64_t most = UINT64_MAX) const;
  double number() const;

  /// Throws FileError "place: expected ..., found ...".
  [[noreturn]] void fail_expected(const std::string& expected) const;
  /// Throws FileError "place: problem".
  [[noreturn]] void fail(const std::string& problem, const std::string& hint = {}) const;

 private:
  JsonField(const nlohmann::json& value, std::string where, std::string place)
      : value_(&value), where_(std::move(where)), place_(std::move(place)) {}

  const nlohmann::json* value_;
  std::string where_;  ///< file and part of it
  std::string place_;  ///< inside the document: "layers[2].fan_in"
};

}  // namespace mlp
