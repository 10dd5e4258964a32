// Shared by the products of forward and backward: they are cut along their depth, and apply in the same pass
// an activation that has one slope below zero.
#pragma once

#include <algorithm>

#include "engine/cpu/plan.h"

namespace mlp::engine {

/// What a layer's product does in the same pass: its activation, if that has one slope below zero.
inline kernels::Epilogue slope_of(const LayerPlan& layer) {
  if (layer.derivative != Derivative::kOfOutput || layer.slope == 1) return {};
  return {.kind = kernels::Epilogue::Kind::kSlope, .slope = layer.slope};
}

/// Calls body(first, count, epilogue) for parts of a product's depth, so that what a part reads of the left
/// matrix stays in the second-level cache for all columns of the right one. The last part has the epilogue.
template <class Body>
void for_each_depth(std::size_t depth, const kernels::Epilogue& epilogue, const Body& body) {
  constexpr std::size_t kDeep = 1024, kPart = 512;
  const std::size_t part = depth > kDeep ? kPart : depth;
  for (std::size_t first = 0; first < depth; first += part) {
    kernels::Epilogue of_part = first + part < depth ? kernels::Epilogue{} : epilogue;
    of_part.continues = first > 0;
    body(first, std::min(part, depth - first), of_part);
  }
}

/// Columns [first, first + count) of a matrix, first being a multiple of 16.
inline kernels::ConstBlockedView<float> columns_of(const kernels::ConstBlockedView<float>& X,
                                                   std::size_t first, std::size_t count) {
  return {X.block(first / kernels::kBlock), X.rows(), count, X.block_stride()};
}

}  // namespace mlp::engine
