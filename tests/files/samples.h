// Models, training states and safetensors bytes for the tests of files, and an independent reader of the
// format, written from its public description.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/random.h"
#include "mlp/checkpoint.h"
#include "mlp/error.h"
#include "mlp/model.h"
#include "support/same_bits.h"

namespace mlp::testing_support {

/// 8 bytes of length, `header`, `data`.
inline std::string safetensors_bytes(const std::string& header, const std::string& data) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>((header.size() >> shift) & 0xFF);
  return bytes + header + data;
}

/// What the independent reader reads from a file.
struct PlainFile {
  nlohmann::json header;
  std::size_t data_begin = 0;
  std::map<std::string, std::vector<float>> tensors;
};

/// Its header, and where its data begin.
inline std::pair<nlohmann::json, std::size_t> read_header(const std::string& bytes) {
  std::size_t length = 0;
  for (int i = 7; i >= 0; --i)
    length = length * 256 + static_cast<unsigned char>(bytes.at(static_cast<std::size_t>(i)));
  return {nlohmann::json::parse(bytes.substr(8, length)), 8 + length};
}

inline PlainFile read_plainly(const std::string& bytes) {
  PlainFile file;
  std::tie(file.header, file.data_begin) = read_header(bytes);
  for (const auto& [name, info] : file.header.items()) {
    if (name == "__metadata__") continue;
    EXPECT_EQ(info.at("dtype"), "F32");
    const std::size_t begin = info.at("data_offsets").at(0), end = info.at("data_offsets").at(1);
    std::size_t count = 1;
    for (const std::size_t dimension : info.at("shape")) count *= dimension;
    EXPECT_EQ(4 * count, end - begin);
    auto& values = file.tensors[name];
    for (std::size_t at = file.data_begin + begin; at < file.data_begin + end; at += 4) {
      std::uint32_t bits = 0;
      for (std::size_t i = 4; i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(bytes.at(at + i));
      values.push_back(std::bit_cast<float>(bits));
    }
  }
  return file;
}

/// CRC-32 (the one of gzip and PNG), bit by bit, in eight hexadecimal digits.
inline std::string crc32_text(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%08x", ~crc);
  return text.data();
}

/// The same bytes with the checksum in the metadata corrected, where they can be parsed.
inline std::string with_fitting_checksum(std::string bytes) {
  try {
    const auto [header, data_begin] = read_header(bytes);
    const std::string document = header.at("__metadata__").at("mlp");
    const std::string key = R"("crc32":")";
    const auto place = bytes.find(key);
    if (place < data_begin)
      bytes.replace(place + key.size(), 8, crc32_text(document + bytes.substr(data_begin)));
  } catch (const std::exception&) {  // no longer a valid file
  }
  return bytes;
}

/// The same file with its header, and the document in its metadata, changed by `change`.
inline std::string edited(
    const std::string& bytes,
    const std::function<void(nlohmann::json& document, nlohmann::json& header)>& change) {
  const PlainFile file = read_plainly(bytes);
  auto header = file.header;
  auto document = nlohmann::json::parse(header.at("__metadata__").at("mlp").get<std::string>());
  change(document, header);
  const std::string data = bytes.substr(file.data_begin);
  if (header.contains("__metadata__")) {
    const std::string text = document.dump();
    header["__metadata__"]["mlp"] = text;
    header["__metadata__"]["crc32"] = crc32_text(text + data);
  }
  return safetensors_bytes(header.dump(), data);
}

/// what() and hint() of the FileError that `action` throws.
inline std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const FileError& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "no FileError";
}

inline MultilayerPerceptron sample_network() {
  return MultilayerPerceptron{{
      {.fan_in = 6,
       .fan_out = 5,
       .activation = LeakyReLU{0.1},
       .dropout = 0.3,
       .initializer = GlorotNormal{}},
      {.fan_in = 5, .fan_out = 4, .activation = GELU{.tanh_form = true}},
      {.fan_in = 4, .fan_out = 3, .activation = Softmax{}},
  }};
}

/// Bits of every kind: signs, subnormals, the largest number, minus zero.
inline Parameters sample_parameters(const MultilayerPerceptron& network, std::uint16_t which) {
  Parameters parameters(network);
  const RandomStream random(7, RandomPurpose::kTest, which);
  auto values = parameters.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = std::bit_cast<float>(random.bits(i));
    values[i] = std::isfinite(value) ? value : 1.0f;
  }
  values[0] = -0.0f;
  values[1] = std::numeric_limits<float>::denorm_min();
  values[2] = std::numeric_limits<float>::lowest();
  return parameters;
}

inline Model sample_classifier() {
  const auto network = sample_network();
  return {.network = network,
          .parameters = sample_parameters(network, 1),
          .loss = CrossEntropy{0.02},
          .input_scaling = {.shift = {0.0f}, .scale = {1.0f / 255}},
          .target_scaling = {},
          .feature_names = {},
          .class_names = {"\"quoted\" \\ and\nbroken", "gr\u00fcn \u732b \U0001F600", ""},
          .target_names = {},
          .unit = "",
          .image = {.height = 2, .width = 3},
          .record = {.dataset = "mnist",
                     .optimizer = "adamw(beta2=0.99)",
                     .schedule = "one_cycle",
                     .library_version = "0.1.0",
                     .seed = UINT64_MAX,
                     .epochs = 30,
                     .steps = 14070,
                     .training_rows = 60000,
                     .learning_rate = 0.1 + 0.2,
                     .batch_size = 128,
                     .l2 = 5e-324,
                     .train_loss = 1.0 / 3,
                     .validation_loss = 0.07,
                     .seconds = 1e300},
          .examples = {.inputs = Matrix<float>(2, 6, {0, 255, 1, -0.0f, 3.5f, 1e-40f, 1, 2, 3, 4, 5, 6}),
                       .outputs = Matrix<float>(2, 3, {0.25f, 0.5f, 0.25f, 1, 0, 1e-30f})}};
}

inline Model sample_regression() {
  const MultilayerPerceptron network{{{.fan_in = 7, .fan_out = 2}}};
  auto model = Model{.network = network, .parameters = sample_parameters(network, 2), .loss = Huber{0.5}};
  const RandomStream random(8, RandomPurpose::kTest);
  for (std::size_t i = 0; i < 7; ++i) {
    model.input_scaling.shift.push_back(static_cast<float>(random.normal(i)) * 1000);
    model.input_scaling.scale.push_back(static_cast<float>(random.normal(i + 7)));
    model.feature_names.push_back("feature " + std::to_string(i));
  }
  model.target_scaling = {.shift = {23.5f, -0.0f}, .scale = {0.1f, 7.7f}};
  model.target_names = {"mpg", "price"};
  model.unit = "mpg";
  model.record.validation_loss = std::numeric_limits<double>::quiet_NaN();
  return model;
}

inline Checkpoint sample_checkpoint() {
  const auto network = sample_network();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return {.network = network,
          .state = {.parameters = sample_parameters(network, 3),
                    .moments = {sample_parameters(network, 4), sample_parameters(network, 5)},
                    .step = (1ULL << 63) + 1,
                    .epoch = 2,
                    .batch = 17,
                    .epoch_loss = 0.1 + 0.7,
                    .epoch_seconds = 1e-17,
                    .history = {{1, 1.0 / 3, nan, nan, -0.0, 4.9e-324, 1.7976931348623157e308},
                                {2, 2.0 / 3, 0.30000000000000004, 0.9, 1e-3, 0.25, 123456.789}},
                    .best_parameters = sample_parameters(network, 6),
                    .best_epoch = 2},
          .fingerprint = "data 1234, loss cross_entropy \u00b5"};
}

}  // namespace mlp::testing_support
