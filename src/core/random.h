// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011).
//
// A number is a pure function of (seed, stream, index), never of what was drawn before it: dropout masks,
// shuffles and initial weights are therefore the same for any number of threads, and training can resume
// anywhere.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace mlp {

/// What a stream of random numbers is for; two purposes never share numbers.
enum class RandomPurpose : std::uint8_t {
  kInitialization = 1,
  kShuffle = 2,
  kDropout = 3,
  kSplit = 4,
  kDigits = 5,
  kFriedman = 6,
  kBenchmark = 7,
  kImportance = 8,
  kGradientCheck = 9,
  kTest = 255,
};

/// Four 32-bit words: ten rounds of Philox on a 128-bit counter under a 64-bit key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// The numbers of one stream; `major` and `minor` tell streams of one purpose apart (layer and step, say).
/// A value: copying it copies nothing but two words, and no draw changes it.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint16_t major = 0, std::uint64_t minor = 0);

  /// Block `index` of four words.
  std::array<std::uint32_t, 4> block(std::uint64_t index) const;
  /// Word `index`: lane index % 4 of block index / 4.
  std::uint32_t bits(std::uint64_t index) const;
  /// In [0, 1), 53 bits, from block `index`.
  double uniform(std::uint64_t index) const;
  /// Standard normal (Box and Muller, 1958), from block `index`.
  double normal(std::uint64_t index) const;
  /// In [0, bound), from block `index`; the bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t bound, std::uint64_t index) const;

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
};

/// 0 .. count-1 in random order (Fisher-Yates), a pure function of the stream.
std::vector<std::uint32_t> permutation(std::size_t count, const RandomStream& stream);

}  // namespace mlp
