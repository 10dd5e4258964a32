// ContentHash, and content_hash(): tells a data set from another of the same shape.
//
// Eight lanes of 64-bit words, word i in lane i % 8:
//
//     lane = mix(lane ^ word),    mix(x) = y ^ (y >> 32) with y = x * kOdd
//
// folded by the same step. mix is invertible, so a change of one word always changes its lane; eight lanes
// keep the multiplier busy, and MNIST's 47 MB take 6 ms.
#include "core/content_hash.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "mlp/dataset.h"

namespace mlp {
namespace {

constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;  ///< 2^64 / golden ratio: bits without a pattern

std::uint64_t mix(std::uint64_t word) {
  const std::uint64_t product = word * kOdd;
  return product ^ (product >> 32);
}

/// Of bytes that come piece by piece: how they are cut makes no difference.
class BytesHash {
 public:
  void add(const void* bytes, std::size_t count) {
    const char* next = static_cast<const char*>(bytes);
    count_ += count;
    if (held_ > 0) {
      const std::size_t taken = std::min(count, kBlock - held_);
      std::memcpy(block_.data() + held_, next, taken);
      held_ += taken;
      next += taken;
      count -= taken;
      if (held_ < kBlock) return;
      take(block_.data());
      held_ = 0;
    }
    for (; count >= kBlock; count -= kBlock, next += kBlock) take(next);
    if (count > 0) std::memcpy(block_.data(), next, count);
    held_ = count;
  }

  std::uint64_t value() {
    if (held_ > 0) {
      std::fill(block_.begin() + static_cast<std::ptrdiff_t>(held_), block_.end(), '\0');
      take(block_.data());
      held_ = 0;
    }
    std::uint64_t hash = mix(count_ + 1);
    for (const std::uint64_t lane : lanes_) hash = mix(hash ^ lane);
    return mix(hash);
  }

 private:
  static constexpr std::size_t kLanes = 8, kBlock = kLanes * sizeof(std::uint64_t);

  void take(const char* block) {
    std::array<std::uint64_t, kLanes> words;
    std::memcpy(words.data(), block, kBlock);
    for (std::size_t i = 0; i < kLanes; ++i) lanes_[i] = mix(lanes_[i] ^ words[i]);
  }

  std::array<std::uint64_t, kLanes> lanes_{1, 2, 3, 4, 5, 6, 7, 8};
  std::array<char, kBlock> block_{};  ///< the first held_ bytes of it: not enough for a block yet
  std::size_t held_ = 0;
  std::size_t count_ = 0;
};

std::uint64_t hash_of(const void* bytes, std::size_t count) {
  BytesHash hash;
  hash.add(bytes, count);
  return hash.value();
}

template <class T>
void add_values(ContentHash& hash, const Matrix<T>& inputs) {
  hash.add(inputs.values());
}
/// As of the same rows in memory.
template <class T>
void add_values(ContentHash& hash, const MappedRows<T>& inputs) {
  BytesHash bytes;
  for (std::size_t n = 0; n < inputs.rows(); ++n) {
    const auto row = inputs.row(n);
    bytes.add(row.data(), row.size_bytes());
  }
  hash.add(inputs.empty() ? 0 : bytes.value());
}

}  // namespace

void ContentHash::add(std::uint64_t number) { value_ = mix(value_ ^ mix(number + 1)); }

void ContentHash::add_bytes(const void* bytes, std::size_t count) {
  add(count == 0 ? 0 : hash_of(bytes, count));
}

void ContentHash::add(const std::vector<std::string>& texts) {
  add(texts.size());
  for (const auto& text : texts) add(text);
}

std::uint64_t content_hash(const Dataset& dataset) {
  ContentHash hash;
  hash.add(are_floats(dataset.inputs) ? 1 : 0);
  std::visit(
      [&](const auto& inputs) {
        hash.add(inputs.rows());
        hash.add(inputs.columns());
        add_values(hash, inputs);
      },
      dataset.inputs);
  hash.add(std::span<const std::int32_t>(dataset.labels));
  hash.add(dataset.targets.rows());
  hash.add(dataset.targets.columns());
  hash.add(dataset.targets.values());
  hash.add(std::span<const float>(dataset.sample_weights));
  for (const auto* names : {&dataset.feature_names, &dataset.class_names, &dataset.target_names}) {
    hash.add(*names);
  }
  hash.add(dataset.unit);
  hash.add(dataset.image.height);
  hash.add(dataset.image.width);
  if (!dataset.input_units.identity()) {
    hash.add(std::span<const double>(dataset.input_units.origin));
    hash.add(std::span<const double>(dataset.input_units.unit));
  }
  return hash.value();
}

}  // namespace mlp
