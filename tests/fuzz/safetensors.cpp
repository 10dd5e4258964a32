// The safetensors envelope, byte for byte: what is accepted covers the file without hole or overlap. The
// mutator mostly keeps the header's length right, which random bytes would not.
#include "files/safetensors.h"

#include <cstring>
#include <vector>

#include "fuzz/document.h"

#ifdef MLP_FUZZ
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  constexpr std::size_t kLength = 8;
  if (seed % 8 == 0 || size < kLength || max_size < kLength + 64)
    return LLVMFuzzerMutate(data, size, max_size);
  // Header and data are mutated separately, and the length is set to the header's again.
  std::uint64_t length = 0;
  std::memcpy(&length, data, kLength);
  const std::size_t header = std::min<std::uint64_t>(length, size - kLength);
  std::vector<std::uint8_t> tail(data + kLength + header, data + size);
  std::size_t new_header = header;
  if (seed % 8 == 1) {
    tail.resize(std::max(tail.size(), std::size_t{64}));
    tail.resize(LLVMFuzzerMutate(tail.data(), size - kLength - header, tail.size()));
  } else {
    new_header = LLVMFuzzerMutate(data + kLength, header, max_size - kLength);
  }
  tail.resize(std::min(tail.size(), max_size - kLength - new_header));
  length = new_header;
  std::memcpy(data, &length, kLength);
  std::copy(tail.begin(), tail.end(), data + kLength + new_header);
  return kLength + new_header + tail.size();
}
#endif

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static fuzz::MemoryFile memory;
  memory.write(bytes);
  const auto header = fuzz::accepted([&] {
    const SafetensorsFile file(memory.path());
    for (const auto& [name, tensor] : file.header().tensors) {
      if (tensor.dtype != "F32") continue;
      std::vector<float> values((tensor.end - tensor.begin) / sizeof(float));
      file.read(tensor, values);
    }
    return file.header();
  });
  if (!header) return 0;
  std::uint64_t length = 0;
  std::memcpy(&length, data, sizeof length);
  fuzz::expect(length <= size - sizeof length, "the header is within the file");
  std::vector<int> owners(size - sizeof length - length);
  for (const auto& [name, tensor] : header->tensors) {
    fuzz::expect(tensor.begin <= tensor.end && tensor.end <= owners.size(), "a tensor is within the data");
    for (std::uint64_t at = tensor.begin; at < tensor.end; ++at) ++owners[at];
    for (const auto dimension : tensor.shape)
      fuzz::expect(dimension <= owners.size() || tensor.begin == tensor.end,
                   "a shape is no larger than the data");
    fuzz::expect(!find_invalid_utf8(name), "a name is UTF-8");
  }
  for (const int count : owners) fuzz::expect(count == 1, "every byte belongs to one tensor");

  // The same header written another way: what was read, written as JSON, reads the same.
  nlohmann::json written = nlohmann::json::object();
  if (!header->metadata.empty()) written["__metadata__"] = header->metadata;
  for (const auto& [name, tensor] : header->tensors)
    written[name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {tensor.begin, tensor.end}}};
  const auto again = parse_safetensors_header(written.dump(), owners.size(), "header");
  fuzz::expect(again.metadata == header->metadata && again.tensors == header->tensors,
               "what is written is read back");
  return 0;
}
