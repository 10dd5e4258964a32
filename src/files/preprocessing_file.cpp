#include "files/preprocessing_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/overloaded.h"

namespace mlp {
namespace {

using nlohmann::json;

constexpr std::array kKinds = {ColumnKind::kNumeric, ColumnKind::kBoolean, ColumnKind::kCategorical};

json type_to_json(const ColumnType& type) {
  json result = {
      {"name", type.name}, {"kind", std::string(to_text(type.kind))}, {"categories", type.categories}};
  if (type.zero_one) result["zero_one"] = true;
  return result;
}

ColumnType type_from_json(const JsonField& field) {
  const auto kind = field["kind"].text();
  const auto found = std::ranges::find(kKinds, kind, to_text);
  if (found == kKinds.end()) field["kind"].fail_expected("numeric, boolean or categorical");
  const auto zero_one = field.member("zero_one");
  return {.name = field["name"].text(),
          .kind = *found,
          .categories = field["categories"].texts(),
          .zero_one = zero_one && zero_one->boolean()};
}

json column_to_json(const InputColumn& column) {
  json result = type_to_json(column.type);
  std::visit(Overloaded{[&](const NumericEncoding& encoding) {
                          result["fill"] = number_to_json(encoding.fill);
                          result["center"] = number_to_json(encoding.center);
                          result["spread"] = number_to_json(encoding.spread);
                          if (encoding.clip > 0) result["clip"] = number_to_json(encoding.clip);
                          if (std::isfinite(encoding.least)) result["least"] = number_to_json(encoding.least);
                          if (std::isfinite(encoding.most)) result["most"] = number_to_json(encoding.most);
                          result["missing_input"] = encoding.missing_input;
                        },
                        [&](const BooleanEncoding& encoding) {
                          result["fill"] = number_to_json(encoding.fill);
                          result["missing_input"] = encoding.missing_input;
                        },
                        [&](const OneHotEncoding& encoding) {
                          result["shares"] = json::array();
                          for (const double share : encoding.shares)
                            result["shares"].push_back(number_to_json(share));
                          result["missing_input"] = encoding.missing_input;
                        }},
             column.encoding);
  return result;
}

double number_or(const JsonField& field, const std::string& key, double otherwise) {
  const auto member = field.member(key);
  return member ? member->number() : otherwise;
}

Encoding encoding_from_json(const JsonField& field, ColumnKind kind) {
  const bool missing_input = field["missing_input"].boolean();
  if (kind == ColumnKind::kNumeric) {
    const NumericEncoding absent;
    return NumericEncoding{.fill = field["fill"].number(),
                           .center = field["center"].number(),
                           .spread = field["spread"].number(),
                           .clip = number_or(field, "clip", absent.clip),
                           .least = number_or(field, "least", absent.least),
                           .most = number_or(field, "most", absent.most),
                           .missing_input = missing_input};
  }
  if (kind == ColumnKind::kBoolean)
    return BooleanEncoding{.fill = field["fill"].number(), .missing_input = missing_input};
  OneHotEncoding encoding{.shares = {}, .missing_input = missing_input};
  for (const auto& share : field["shares"].items()) encoding.shares.push_back(share.number());
  return encoding;
}

}  // namespace

json preprocessing_to_json(const Preprocessing& preprocessing) {
  json inputs = json::array(), targets = json::array();
  for (const auto& column : preprocessing.inputs) inputs.push_back(column_to_json(column));
  for (const auto& type : preprocessing.targets) targets.push_back(type_to_json(type));
  json result = {{"inputs", std::move(inputs)}, {"targets", std::move(targets)}};
  if (!preprocessing.missing_marks.empty()) result["missing_marks"] = preprocessing.missing_marks;
  if (preprocessing.decimal) result["decimal"] = std::string(1, *preprocessing.decimal);
  return result;
}

Preprocessing preprocessing_from_json(const JsonField& field) {
  Preprocessing result;
  for (const auto& item : field["inputs"].items()) {
    auto type = type_from_json(item);
    auto encoding = encoding_from_json(item, type.kind);
    result.inputs.push_back({std::move(type), std::move(encoding)});
  }
  for (const auto& item : field["targets"].items()) result.targets.push_back(type_from_json(item));
  if (const auto marks = field.member("missing_marks")) result.missing_marks = marks->texts();
  if (const auto decimal = field.member("decimal")) {
    const auto mark = decimal->text();
    if (mark != "." && mark != ",") decimal->fail_expected("'.' or ','");
    result.decimal = mark.front();
  }
  return result;
}

}  // namespace mlp
