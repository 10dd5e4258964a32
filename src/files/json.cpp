#include "files/json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "mlp/error.h"
#include "mlp/printable.h"
#include "network/text.h"

namespace mlp {
namespace {

using nlohmann::json;

const char* const kInfinity = "Infinity";
const char* const kMinusInfinity = "-Infinity";

/// What a message shows of a value.
std::string describe(const json& value) {
  if (value.is_string()) return quote(value.get_ref<const std::string&>(), '"');
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return value.dump();  // null, true, false, a number
}

/// Follows the parser through a document and keeps nothing of it; throws at the first violation.
class Watcher : public nlohmann::json_sax<json> {
 public:
  Watcher(const JsonLimits& limits, const std::string& where) : limits_(limits), where_(where) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    if (!open_.back().insert(key).second) {
      throw FileError(where_ + ": the key " + quote(key) + " appears twice in one JSON object");
    }
    return true;
  }
  bool parse_error(std::size_t byte, const std::string&, const json::exception& error) override {
    if (dynamic_cast<const json::out_of_range*>(&error) != nullptr) {
      throw FileError(where_ + ": JSON holds a number out of range");
    }
    throw not_json(byte, where_);
  }

  static FileError not_json(std::size_t byte, const std::string& where) {
    return FileError(where + ": not valid JSON in UTF-8 at byte " + std::to_string(byte));
  }

 private:
  bool value() {
    if (++values_ > limits_.values) {
      throw FileError(where_ + ": JSON holds more than " + std::to_string(limits_.values) + " values");
    }
    return true;
  }
  bool open() {
    if (open_.size() == limits_.depth) {
      throw FileError(where_ + ": JSON is nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    open_.emplace_back();
    return value();
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  const std::string& where_;
  std::vector<std::unordered_set<std::string>> open_;  ///< keys seen in each object or array we are in
  std::size_t values_ = 0;
};

}  // namespace

json parse_json(std::string_view text, const JsonLimits& limits, const std::string& where) {
  // The parser would skip a byte order mark and take a NUL for the end.
  if (text.starts_with("\xEF\xBB\xBF")) throw Watcher::not_json(1, where);
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    throw Watcher::not_json(nul + 1, where);
  // Parsed twice, since the time of the parser's own callbacks grows with the square of the number of values.
  Watcher watcher(limits, where);
  json::sax_parse(text, &watcher);
  return json::parse(text);
}

std::string dump_json(const json& document, const std::string& path) {
  try {
    return document.dump();
  } catch (const json::exception&) {
    throw FileError(path + ": cannot write: a name or text that belongs in it is not valid UTF-8",
                    "convert the data to UTF-8");
  }
}

json number_to_json(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? kInfinity : kMinusInfinity;
  return value;
}

JsonField JsonField::operator[](const std::string& key) const {
  if (const auto found = member(key)) return *found;
  throw FileError(where_ + ": " + (place_.empty() ? "" : place_ + ".") + printable(key) + " is missing");
}

std::optional<JsonField> JsonField::member(const std::string& key) const {
  if (!value_->is_object()) fail_expected("an object");
  const auto found = value_->find(key);
  if (found == value_->end()) return std::nullopt;
  return JsonField(*found, where_, (place_.empty() ? "" : place_ + ".") + printable(key));
}

std::vector<JsonField> JsonField::items() const {
  if (!value_->is_array()) fail_expected("an array");
  std::vector<JsonField> items;
  items.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i) {
    items.push_back(JsonField((*value_)[i], where_, place_ + "[" + std::to_string(i) + "]"));
  }
  return items;
}

bool JsonField::is_null() const { return value_->is_null(); }

std::string JsonField::text() const {
  if (!value_->is_string()) fail_expected("a text");
  return value_->get<std::string>();
}

std::vector<std::string> JsonField::texts() const {
  std::vector<std::string> texts;
  for (const auto& item : items()) texts.push_back(item.text());
  return texts;
}

bool JsonField::boolean() const {
  if (!value_->is_boolean()) fail_expected("true or false");
  return value_->get<bool>();
}

std::uint64_t JsonField::count(std::uint64_t most) const {
  const bool fits = value_->is_number_unsigned() && value_->get<std::uint64_t>() <= most;
  if (!fits) fail_expected("a whole number from 0 to " + std::to_string(most));
  return value_->get<std::uint64_t>();
}

double JsonField::number() const {
  if (value_->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (*value_ == kInfinity) return std::numeric_limits<double>::infinity();
  if (*value_ == kMinusInfinity) return -std::numeric_limits<double>::infinity();
  if (!value_->is_number()) fail_expected("a number");
  return value_->get<double>();
}

void JsonField::fail_expected(const std::string& expected) const {
  fail("expected " + expected + ", found " + describe(*value_));
}

void JsonField::fail(const std::string& problem, const std::string& hint) const {
  throw FileError(where_ + ": " + (place_.empty() ? "" : place_ + ": ") + problem, hint);
}

}  // namespace mlp
