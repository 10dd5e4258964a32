// Our safetensors reader and writer compared with another one: safetensors.py, written from the format's
// description.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

#include "core/random.h"
#include "files/safetensors.h"
#include "files/samples.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace std::string_view_literals;
using nlohmann::json;
using testing_support::read_bytes;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

/// What safetensors.py prints.
json python(const std::string& mode, const std::filesystem::path& folder) {
  const std::string command = std::string(MLP_PYTHON) + " -B " + MLP_SOURCE_DIR +
                              "/tests/files/safetensors.py " + mode + " " + folder.string();
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 65536> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), count);
  }
  return json::parse(text);
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

/// The same from our reader; null where it refuses the file.
json ours(const std::filesystem::path& path) {
  try {
    const SafetensorsFile file(path);
    json tensors = json::object();
    const std::string bytes = read_bytes(path);
    std::uint64_t data_bytes = 0;
    for (const auto& [name, info] : file.header().tensors) data_bytes = std::max(data_bytes, info.end);
    const std::string_view data = std::string_view(bytes).substr(bytes.size() - data_bytes);
    for (const auto& [name, info] : file.header().tensors) {
      std::string values(data.substr(info.begin, info.end - info.begin));
      if (info.dtype == "F32") {
        std::vector<float> floats(values.size() / 4);
        file.read(info, floats);
        values.assign(reinterpret_cast<const char*>(floats.data()), values.size());
      }
      tensors[name] = {{"dtype", info.dtype}, {"shape", info.shape}, {"bytes", hexadecimal(values)}};
    }
    return {{"metadata", json(file.header().metadata)}, {"tensors", tensors}};
  } catch (const FileError&) {
    return nullptr;
  }
}

TEST(Differential, WhatAnotherWriterWritesIsRead) {
  const TemporaryFolder folder;
  const json theirs = python("write", folder.path());
  ASSERT_EQ(theirs.size(), 200u);
  for (const auto& [name, content] : theirs.items()) {
    ASSERT_FALSE(content.is_null()) << name;
    EXPECT_EQ(ours(folder / name), content) << name;
  }
}

TEST(Differential, AnotherReaderReadsWhatWeWrite) {
  const TemporaryFolder folder;
  save_model(testing_support::sample_classifier(), folder / "classifier");
  save_model(testing_support::sample_regression(), folder / "regression");
  save_checkpoint(testing_support::sample_checkpoint(), folder / "checkpoint");
  const json theirs = python("read", folder.path());
  ASSERT_EQ(theirs.size(), 3u);
  for (const auto& [name, content] : theirs.items()) {
    ASSERT_FALSE(content.is_null()) << name;
    EXPECT_EQ(ours(folder / name), content) << name;
  }
  const auto model = testing_support::sample_classifier();
  const auto weight = model.parameters.weight(1);
  const std::string_view bytes(reinterpret_cast<const char*>(weight.data()),
                               weight.rows() * weight.columns() * 4);
  EXPECT_EQ(theirs["classifier"]["tensors"]["layers.1.weight"],
            json({{"dtype", "F32"}, {"shape", {5, 4}}, {"bytes", hexadecimal(bytes)}}));
  const json document = json::parse(theirs["classifier"]["metadata"]["mlp"].get<std::string>());
  EXPECT_EQ(document["class_names"], json(model.class_names));
}

TEST(Differential, BothRefuseTheSameDamagedFiles) {
  const TemporaryFolder folder;
  const std::string header =
      R"({"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("a":{"dtype":"U8","shape":[1,2],"data_offsets":[8,10]},"s":{"dtype":"I16","shape":[],"data_offsets":[10,12]}} )";
  const std::string good =
      testing_support::safetensors_bytes(header, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c");
  // Bytes that are likely to turn a header into another that is nearly right, or text into nearly JSON or
  // UTF-8.
  constexpr std::string_view interesting =
      "0123456789-+.eE\"\\{}[],: \t\n\0tfnul\xc3\xa9\xed\xa0\xef\xbb\xbf"sv;
  for (std::uint64_t round = 0; round < 6000; ++round) {
    const RandomStream random(11, RandomPurpose::kTest, 0, round);
    std::string bytes = good;
    for (std::uint64_t change = 0; change <= random.below(2, 0); ++change) {
      const std::uint64_t at = 4 * change;
      const std::size_t place = random.below(bytes.size(), at + 1);
      const char value = random.below(2, at + 2) == 0 ? interesting[random.below(interesting.size(), at + 3)]
                                                      : static_cast<char>(random.below(256, at + 3));
      if (random.below(4, at + 4) == 0 && place >= 8) {  // a byte more or fewer, in the header or in the data
        const bool in_header = place < 8 + header.size();
        bytes[0] = static_cast<char>(bytes[0] + (in_header ? 1 : 0));
        bytes.insert(place, 1, value);
      } else {
        bytes[place] = value;
      }
    }
    write_bytes(folder / std::to_string(round), bytes);
  }
  const json theirs = python("read", folder.path());
  int refused = 0;
  for (const auto& [name, content] : theirs.items()) {
    EXPECT_EQ(ours(folder / name), content) << read_bytes(folder / name);
    refused += content.is_null();
  }
  EXPECT_GT(refused, 3000);
  EXPECT_LT(refused, 5900);
}

}  // namespace
}  // namespace mlp
