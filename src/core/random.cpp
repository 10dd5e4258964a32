#include "core/random.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace mlp {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{kMultiplier0} * counter[0];
    const std::uint64_t product1 = std::uint64_t{kMultiplier1} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

RandomStream::RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint16_t major,
                           std::uint64_t minor)
    : seed_(seed),
      stream_(std::uint64_t{static_cast<std::uint8_t>(purpose)} << 56 | std::uint64_t{major} << 40 |
              (minor & 0xFFFFFFFFFFULL)) {}

std::array<std::uint32_t, 4> RandomStream::block(std::uint64_t index) const {
  return philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                 static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
                {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
}

std::uint32_t RandomStream::bits(std::uint64_t index) const { return block(index / 4)[index % 4]; }

namespace {

double to_unit(std::uint32_t high, std::uint32_t low) {
  return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1p-53;
}

}  // namespace

double RandomStream::uniform(std::uint64_t index) const {
  const auto words = block(index);
  return to_unit(words[0], words[1]);
}

double RandomStream::normal(std::uint64_t index) const {
  const auto words = block(index);
  const double radius =
      std::sqrt(-2.0 * std::log(1.0 - to_unit(words[0], words[1])));  // 1 - u lies in (0, 1]
  return radius * std::cos(2.0 * std::numbers::pi * to_unit(words[2], words[3]));
}

std::uint64_t RandomStream::below(std::uint64_t bound, std::uint64_t index) const {
  const auto words = block(index);
  const std::uint64_t word = std::uint64_t{words[0]} << 32 | words[1];
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{word} * bound) >> 64);
}

std::vector<std::uint32_t> permutation(std::size_t count, const RandomStream& stream) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t last = count; last > 1; --last)
    std::swap(order[last - 1], order[stream.below(last, last)]);
  return order;
}

}  // namespace mlp
