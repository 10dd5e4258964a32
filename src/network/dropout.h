// Inverted dropout masks (Srivastava et al., 2014), counter-based: element (row, column) of a layer's
// activations in a training step is kept or dropped by a pure function of (seed, step, layer, row, column).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/random.h"

namespace mlp {

inline RandomStream dropout_stream(std::uint64_t seed, std::size_t layer, std::uint64_t step) {
  return {seed, RandomPurpose::kDropout, static_cast<std::uint16_t>(layer), step};
}

/// The index of (row, column) in its stream. Rows begin at multiples of 16, so that a row's words come in
/// whole blocks.
inline std::uint64_t dropout_index(std::size_t row, std::size_t column, std::size_t fan_out) {
  return row * ((fan_out + 15) / 16 * 16) + column;
}

/// An element is dropped when its random word is below this: P(dropped) = dropout, to 2^-32.
inline std::uint32_t dropout_threshold(double dropout) {
  return static_cast<std::uint32_t>(dropout * 0x1p32);
}

}  // namespace mlp
