#include "files/network_file.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "mlp/version.h"
#include "network/text.h"

namespace mlp {
namespace {

using nlohmann::json;

/// A checkpoint's history has 8 values for each epoch, and a run at most a million epochs.
constexpr JsonLimits kDocumentLimits{.depth = 8, .values = 10'000'000};

const char* const kChecksumKey = "crc32";
constexpr std::uint64_t kFirstVersionWithChecksum = 2;

std::string layer_prefix(const std::string& prefix, std::size_t layer) {
  return prefix + "layers." + std::to_string(layer);
}

std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string text;
  for (const auto dimension : shape) text += (text.empty() ? "" : ", ") + std::to_string(dimension);
  return "[" + text + "]";
}

Layer layer_from_json(const JsonField& field) {
  Layer layer{
      .fan_in = field["fan_in"].count(MultilayerPerceptron::kMaxWidth),
      .fan_out = field["fan_out"].count(MultilayerPerceptron::kMaxWidth),
      .activation = parse_text(field["activation"], parse_activation),
      .dropout = field["dropout"].number(),
  };
  if (const auto initializer = field["initializer"]; !initializer.is_null()) {
    layer.initializer = parse_text(initializer, parse_initializer);
  }
  return layer;
}

/// The index of the first value that is not finite; values.size() where all are.
std::size_t first_not_finite(std::span<const float> values) {
  const auto found =
      std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  return static_cast<std::size_t>(found - values.begin());
}

std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t crc = 0) {
  return static_cast<std::uint32_t>(
      ::crc32_z(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::uint32_t crc32_of(std::string_view text) { return crc32_of(std::as_bytes(std::span(text))); }

/// Eight hexadecimal digits.
std::string checksum_text(std::uint32_t checksum) {
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[checksum >> shift & 15];
  return text;
}

/// What to do with a file of another format than the one expected.
std::string hint_for(const std::string& found) {
  if (found == "mlp checkpoint")
    return "name the run's folder, or the model.safetensors beside the checkpoint";
  return {};
}

}  // namespace

json new_document(const std::string& format, std::uint64_t version) {
  return {{"format", format}, {"version", version}, {"written_by", std::string("mlp ") + mlp::version()}};
}

void make_document(const std::string& name, const json& document, std::span<const TensorView> tensors,
                   const TakePieces& take) {
  for (const auto& tensor : tensors) {
    require(first_not_finite(tensor.values) == tensor.values.size(),
            "tensor " + tensor.name + " holds a number that is not finite");
  }
  const std::string text = dump_json(document, name);
  std::uint32_t checksum = crc32_of(text);
  for (const auto& tensor : tensors) checksum = crc32_of(std::as_bytes(tensor.values), checksum);
  make_safetensors(name, {{kDocumentKey, text}, {kChecksumKey, checksum_text(checksum)}}, tensors, take);
}

json read_document(const SafetensorsFile& file, const std::string& format, std::uint64_t version) {
  const auto& metadata = file.header().metadata;
  const auto text = metadata.find(kDocumentKey);
  if (text == metadata.end()) {
    throw FileError(file.path() + ": expected an " + format + ", found safetensors without metadata '" +
                        kDocumentKey + "'",
                    "only files that mlp wrote tell how their tensors make a network");
  }
  auto document =
      parse_json(text->second, kDocumentLimits, file.path() + ": metadata '" + kDocumentKey + "'");
  const JsonField root = root_of(document, file);
  if (const auto found = root["format"].text(); found != format) {
    throw FileError(file.path() + ": expected an " + format + ", found " + quote(found), hint_for(found));
  }
  const auto found = root["version"].count();
  if (found == 0) root["version"].fail_expected("1 or more");
  if (found > version) {
    throw FileError(file.path() + ": " + format + " version " + std::to_string(found) + ", written by " +
                        quote(root["written_by"].text()) + ", is newer than the " + std::to_string(version) +
                        " known here",
                    "update mlp");
  }
  return document;
}

void check_checksum(const json& document, const SafetensorsFile& file) {
  if (root_of(document, file)["version"].count() < kFirstVersionWithChecksum) return;
  const auto& metadata = file.header().metadata;
  const auto expected = metadata.find(kChecksumKey);
  if (expected == metadata.end()) {
    throw FileError(file.path() + ": metadata '" + kChecksumKey + "' is missing", "the file was edited");
  }
  const std::string found = checksum_text(file.data_crc32(crc32_of(metadata.at(kDocumentKey))));
  if (found != expected->second) {
    throw FileError(file.path() + ": expected the CRC-32 " + quote(expected->second) + ", found " + found,
                    "the file has changed since it was written: copy it again from where it came from");
  }
}

JsonField root_of(const json& document, const SafetensorsFile& file) {
  return {document, file.path() + ": metadata '" + kDocumentKey + "'"};
}

json network_to_json(const MultilayerPerceptron& network) {
  json layers = json::array();
  for (const auto& layer : network.layers()) {
    layers.push_back({{"fan_in", layer.fan_in},
                      {"fan_out", layer.fan_out},
                      {"activation", to_string(layer.activation)},
                      {"dropout", layer.dropout},
                      {"initializer", layer.initializer ? json(to_string(*layer.initializer)) : json()}});
  }
  return layers;
}

MultilayerPerceptron network_from_json(const JsonField& layers) {
  const auto items = layers.items();
  if (items.size() > MultilayerPerceptron::kMaxLayers) {
    layers.fail("expected at most " + std::to_string(MultilayerPerceptron::kMaxLayers) + " layers, found " +
                std::to_string(items.size()));
  }
  std::vector<Layer> result;
  for (const auto& item : items) result.push_back(layer_from_json(item));
  try {
    return MultilayerPerceptron(std::move(result));
  } catch (const std::invalid_argument& error) {
    layers.fail(error.what());
  }
}

void append_tensors(const Parameters& parameters, const std::string& prefix,
                    std::vector<TensorView>& tensors) {
  for (std::size_t i = 0; i < parameters.layer_count(); ++i) {
    const auto weight = parameters.weight(i);
    tensors.push_back({layer_prefix(prefix, i) + ".weight",
                       {weight.rows(), weight.columns()},
                       {weight.data(), weight.rows() * weight.columns()}});
    tensors.push_back({layer_prefix(prefix, i) + ".bias", {weight.columns()}, parameters.bias(i)});
  }
}

void append_expected(const MultilayerPerceptron& network, const std::string& prefix,
                     std::vector<ExpectedTensor>& expected) {
  for (std::size_t i = 0; i < network.depth(); ++i) {
    const auto& layer = network.layer(i);
    expected.push_back({layer_prefix(prefix, i) + ".weight", {layer.fan_in, layer.fan_out}});
    expected.push_back({layer_prefix(prefix, i) + ".bias", {layer.fan_out}});
  }
}

void check_tensors(const SafetensorsFile& file, const std::vector<ExpectedTensor>& expected) {
  auto unexpected = file.header().tensors;
  for (const auto& [name, shape] : expected) {
    const auto found = unexpected.find(name);
    if (found == unexpected.end()) {
      throw FileError(file.path() + ": tensor " + quote(name) + " " + shape_text(shape) + " is missing");
    }
    const auto& info = found->second;
    if (info.dtype != "F32" || info.shape != shape) {
      throw FileError(file.path() + ": tensor " + quote(name) + ": expected F32 " + shape_text(shape) +
                      ", found " + info.dtype + " " + shape_text(info.shape));
    }
    unexpected.erase(found);
  }
  if (!unexpected.empty()) {
    throw FileError(file.path() + ": tensor " + quote(unexpected.begin()->first) + " belongs to no layer");
  }
}

void read_finite(const SafetensorsFile& file, const std::string& name, std::span<float> values) {
  file.read(file.header().tensors.at(name), values);
  if (const auto i = first_not_finite(values); i < values.size()) {
    throw FileError(file.path() + ": tensor " + quote(name) + ": element " + std::to_string(i) +
                    ": expected a finite number, found " + std::to_string(values[i]));
  }
}

Parameters read_parameters(const SafetensorsFile& file, const std::string& prefix,
                           const MultilayerPerceptron& network) {
  Parameters parameters(network);
  for (std::size_t i = 0; i < network.depth(); ++i) {
    const auto weight = parameters.weight(i);
    read_finite(file, layer_prefix(prefix, i) + ".weight", {weight.data(), weight.rows() * weight.columns()});
    read_finite(file, layer_prefix(prefix, i) + ".bias", parameters.bias(i));
  }
  return parameters;
}

}  // namespace mlp
