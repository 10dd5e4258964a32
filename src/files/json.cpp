#include "files/json.h"

#include <cmath>
#include <limits>
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

/// Follows the parser through the document; throws at the first key twice in an object and at depth.
class Watcher {
 public:
  Watcher(int max_depth, const std::string& where) : max_depth_(max_depth), where_(where) {}

  bool operator()(int, json::parse_event_t event, const json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        if (static_cast<int>(open_.size()) == max_depth_) {
          throw FileError(where_ + ": JSON is nested deeper than " + std::to_string(max_depth_) + " levels");
        }
        open_.emplace_back();
        break;
      case json::parse_event_t::object_end:
      case json::parse_event_t::array_end:
        open_.pop_back();
        break;
      case json::parse_event_t::key: {
        const auto& key = parsed.get_ref<const std::string&>();
        if (!open_.back().insert(key).second) {
          throw FileError(where_ + ": the key " + quote(key) + " appears twice in one JSON object");
        }
        break;
      }
      case json::parse_event_t::value:
        break;
    }
    return true;
  }

 private:
  int max_depth_;
  const std::string& where_;
  std::vector<std::unordered_set<std::string>> open_;  ///< keys seen in each object or array we are in
};

}  // namespace

json parse_json(std::string_view text, int max_depth, const std::string& where) {
  try {
    Watcher watcher(max_depth, where);
    return json::parse(text, std::ref(watcher));
  } catch (const json::parse_error& error) {
    throw FileError(where + ": not valid JSON in UTF-8 at byte " + std::to_string(error.byte));
  } catch (const json::exception&) {  // a number beyond all doubles
    throw FileError(where + ": JSON holds a number out of range");
  }
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
