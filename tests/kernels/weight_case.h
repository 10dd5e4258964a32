// The operands of the kernels that compute and apply gradients: inputs, output gradients, and the four
// buffers of a layer's weights.
#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "kernels/cases.h"

namespace mlp::test {

/// X [batch, fan_in], dZ [batch, fan_out]; the buffers, all laid out alike, [fan_in padded, fan_out].
struct WeightCase {
  std::size_t batch, fan_in, fan_out;
  GuardedMatrix X, dZ, parameters, moment1, moment2, gradients;

  WeightCase(std::size_t batch_rows, std::size_t inputs, std::size_t outputs, Numbers& numbers)
      : batch(batch_rows),
        fan_in(inputs),
        fan_out(outputs),
        X(numbers.integers(batch, fan_in, 1)),
        dZ(numbers.integers(batch, fan_out, 3)),
        parameters(numbers.integers(kernels::padded(fan_in), fan_out, 5)),
        moment1(kernels::padded(fan_in), fan_out, 7),
        moment2(kernels::padded(fan_in), fan_out, 9),
        gradients(numbers.integers(kernels::padded(fan_in), fan_out, 11)) {
    X.fill_padding(0);  // as the code that makes X leaves it
    moment1.fill([&] { return numbers.positive(); });
    moment2.fill([&] { return numbers.positive(); });
  }

  void fill_with_normals(Numbers& numbers) {
    X.fill([&] { return numbers.normal(); });
    X.fill_padding(0);
    dZ.fill([&] { return numbers.normal(); });
    gradients.fill([&] { return numbers.normal(); });
  }

  std::size_t block_stride() const { return parameters.block_stride(); }
  /// The buffers from W[16 * row_block, 16 * column_block] on.
  kernels::UpdateBuffers buffers(std::size_t row_block = 0, std::size_t column_block = 0) {
    const auto at = [&](GuardedMatrix& buffer) {
      return &buffer(row_block * kernels::kBlock, column_block * kernels::kBlock);
    };
    return {at(parameters), at(moment1), at(moment2), at(gradients)};
  }
  std::array<GuardedMatrix*, 4> all_buffers() { return {&parameters, &moment1, &moment2, &gradients}; }
  std::array<const GuardedMatrix*, 4> all_buffers() const {
    return {&parameters, &moment1, &moment2, &gradients};
  }

  /// sum_n X[n, i] dZ[n, o] for padded columns o too, in integers and so exact.
  Matrix<float> sums() const {
    Matrix<float> result(fan_in, kernels::padded(fan_out));
    for (std::size_t n = 0; n < batch; ++n) {
      for (std::size_t i = 0; i < fan_in; ++i) {
        const float x = X(n, i);
        for (std::size_t o = 0; o < result.columns(); ++o) result(i, o) += x * dZ(n, o);
      }
    }
    return result;
  }
};

}  // namespace mlp::test
