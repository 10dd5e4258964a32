// The sums over a first layer's inputs, in parts.
//
// With many inputs, z = ((b + s_0) + s_1) + ..., each s_p being the sum over every kInputParts-th group of
// blocks of 16 inputs. Threads can then share the inputs: each gathers only its own, of all rows, and its
// part of the weights, which it updates as well, never leaves its core. What moves between cores are the
// sums, a few kilobytes. The parts are the same for any number of threads, and so are the bits. (Neighbouring
// blocks are not used for a part: zeros come in clusters, and shares would be uneven.)
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/kernels.h"

namespace mlp::engine {

inline constexpr std::size_t kInputParts = 4;
// With fewer inputs the barrier costs more than the parts save; with more, a part does not fit the
// second-level cache.
inline constexpr std::size_t kLeastPartedInputs = 256, kMostPartedInputs = 4096;

inline std::size_t input_parts(std::size_t fan_in) {
  return fan_in >= kLeastPartedInputs && fan_in <= kMostPartedInputs ? kInputParts : 1;
}

/// How many blocks a group has: a cache line of 8-bit inputs, or fewer, so that each part has a few groups.
inline std::size_t input_turn(std::size_t fan_in) {
  return std::clamp<std::size_t>(kernels::blocks_of(fan_in) / (3 * kInputParts), 1, 4);
}

/// The blocks of part `part`, of input_parts(fan_in).
inline kernels::Depth input_part(std::size_t fan_in, std::size_t part) {
  if (input_parts(fan_in) == 1) return {};
  const std::size_t turn = input_turn(fan_in);
  return {.first = part * turn, .size = turn, .step = kInputParts * turn};
}

}  // namespace mlp::engine
