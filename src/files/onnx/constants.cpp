#include "files/onnx/constants.h"

#include <algorithm>

#include "core/overloaded.h"

namespace mlp {

namespace {

using Shape = std::vector<std::int64_t>;

/// The value of a Constant node: a tensor, or numbers as attributes.
std::optional<OnnxTensor> constant(const OnnxNode& node) {
  if (node.attributes.size() != 1) return std::nullopt;
  const auto size = [](const auto& values) { return Shape{static_cast<std::int64_t>(values.size())}; };
  return std::visit(Overloaded{[](const OnnxTensor& tensor) -> std::optional<OnnxTensor> { return tensor; },
                               [](std::int64_t value) -> std::optional<OnnxTensor> {
                                 return OnnxTensor{"", {}, std::vector{value}};
                               },
                               [](float value) -> std::optional<OnnxTensor> {
                                 return OnnxTensor{"", {}, std::vector{value}};
                               },
                               [](const std::string& value) -> std::optional<OnnxTensor> {
                                 return OnnxTensor{"", {}, std::vector{value}};
                               },
                               [&](const auto& values) -> std::optional<OnnxTensor> {
                                 return OnnxTensor{"", size(values), values};
                               }},
                    node.attributes.front().value);
}

/// Of a matrix.
std::optional<OnnxTensor> transposed(const OnnxTensor& tensor) {
  if (tensor.shape.size() != 2) return std::nullopt;
  const auto rows = static_cast<std::size_t>(tensor.shape[0]),
             columns = static_cast<std::size_t>(tensor.shape[1]);
  return std::visit(
      [&](const auto& values) -> std::optional<OnnxTensor> {
        auto turned = values;
        for (std::size_t i = 0; i < rows; ++i)
          for (std::size_t j = 0; j < columns; ++j) turned[j * rows + i] = values[i * columns + j];
        return OnnxTensor{"", {tensor.shape[1], tensor.shape[0]}, std::move(turned)};
      },
      tensor.values);
}

/// Entries of a vector of whole numbers: shapes.
std::optional<OnnxTensor> gathered(const OnnxTensor& tensor, const OnnxTensor& places) {
  const auto* values = std::get_if<std::vector<std::int64_t>>(&tensor.values);
  const auto* indices = std::get_if<std::vector<std::int64_t>>(&places.values);
  if (values == nullptr || indices == nullptr || tensor.shape.size() != 1 || indices->size() > 16)
    return std::nullopt;
  std::vector<std::int64_t> result;
  for (const std::int64_t index : *indices) {
    const auto count = static_cast<std::int64_t>(values->size());
    const std::int64_t place = index < 0 ? index + count : index;
    if (place < 0 || place >= count) return std::nullopt;
    result.push_back((*values)[static_cast<std::size_t>(place)]);
  }
  return OnnxTensor{"", places.shape, std::move(result)};
}

std::optional<OnnxTensor> concatenated(const std::vector<Constant>& parts) {
  std::vector<std::int64_t> all;
  for (const auto& part : parts) {
    const auto* values = std::get_if<std::vector<std::int64_t>>(&part->values);
    if (values == nullptr || part->shape.size() != 1 || all.size() + values->size() > 16) return std::nullopt;
    all.insert(all.end(), values->begin(), values->end());
  }
  return OnnxTensor{"", {static_cast<std::int64_t>(all.size())}, std::move(all)};
}

/// With another shape: that of a vector, where its rank grows or shrinks.
std::optional<OnnxTensor> reshaped(const OnnxTensor& tensor) {
  if (count_of(tensor) > 16) return std::nullopt;
  return OnnxTensor{"", {static_cast<std::int64_t>(count_of(tensor))}, tensor.values};
}

/// Between numbers: whole numbers stay as they are, floats and doubles keep their digits.
std::optional<OnnxTensor> cast(const OnnxNode& node, const OnnxTensor& tensor) {
  const auto to = static_cast<OnnxType>(integer_attribute(node, "to", 0));
  const auto convert = [&]<class To>(To) -> std::optional<OnnxTensor> {
    std::vector<To> values;
    for (const double number : numbers_of(tensor)) {
      if (std::is_integral_v<To> && !(std::abs(number) < 1e15)) return std::nullopt;
      values.push_back(static_cast<To>(number));
    }
    if (values.size() != count_of(tensor)) return std::nullopt;
    return OnnxTensor{"", tensor.shape, std::move(values)};
  };
  if (to == OnnxType::kFloat) return convert(0.0f);
  if (to == OnnxType::kDouble) return convert(0.0);
  if (to == OnnxType::kInt64) return convert(std::int64_t{0});
  return std::nullopt;
}

}  // namespace

const OnnxAttribute* find_attribute(const OnnxNode& node, const std::string& name) {
  const auto found = std::ranges::find(node.attributes, name, &OnnxAttribute::name);
  return found == node.attributes.end() ? nullptr : &*found;
}

std::int64_t integer_attribute(const OnnxNode& node, const std::string& name, std::int64_t otherwise) {
  const auto* attribute = find_attribute(node, name);
  const auto* value = attribute == nullptr ? nullptr : std::get_if<std::int64_t>(&attribute->value);
  return value == nullptr ? otherwise : *value;
}

float float_attribute(const OnnxNode& node, const std::string& name, float otherwise) {
  const auto* attribute = find_attribute(node, name);
  const auto* value = attribute == nullptr ? nullptr : std::get_if<float>(&attribute->value);
  return value == nullptr ? otherwise : *value;
}

std::size_t count_of(const OnnxTensor& tensor) {
  return std::visit([](const auto& values) { return values.size(); }, tensor.values);
}

std::vector<double> numbers_of(const OnnxTensor& tensor) {
  return std::visit(
      Overloaded{[](const std::vector<std::string>&) { return std::vector<double>(); },
                 [](const auto& values) { return std::vector<double>(values.begin(), values.end()); }},
      tensor.values);
}

std::optional<OnnxTensor> folded(const OnnxNode& node, const std::vector<Constant>& inputs) {
  if (node.op == "Constant") return constant(node);
  if (inputs.empty()) return std::nullopt;
  const OnnxTensor& first = *inputs.front();
  if (node.op == "Transpose") return transposed(first);
  if (node.op == "Gather" && inputs.size() == 2) return gathered(first, *inputs[1]);
  if (node.op == "Concat") return concatenated(inputs);
  if (node.op == "Unsqueeze" || node.op == "Squeeze") return reshaped(first);
  if (node.op == "Cast") return cast(node, first);
  return std::nullopt;
}

}  // namespace mlp
