// The network of a model as C: its parameters, and the function that predicts with them.
#pragma once

#include <cstddef>
#include <string>

#include "files/c_text.h"
#include "mlp/model.h"

namespace mlp {

/// Constants, and static functions of which the last is
///   static void @_network(float* a, float* outputs)
/// from scaled inputs in a[c_buffer_size()], which is worked in, to outputs in the targets' unit. An
/// ensemble's takes `size_t member` first.
std::string c_network(const Model& model, const CPrefix& prefix);

/// How many floats @_network's `a` has.
std::size_t c_buffer_size(const MultilayerPerceptron& network);

/// A scaling of a model's members as C.
struct CScaling {
  std::string constants;
  std::string shift, scale;  ///< of column i, and of an ensemble's `member`; empty: the identity
};
CScaling c_input_scaling(const Model& model, const CPrefix& prefix);

}  // namespace mlp
