// The points at which activations are tested.
#pragma once

#include <vector>

namespace mlp::test {

/// -30 .. 30 in steps of 1/16, far out and near zero: a multiple of 16 numbers.
inline std::vector<float> activation_grid() {
  std::vector<float> z;
  for (int i = -480; i <= 480; ++i) z.push_back(static_cast<float>(i) / 16);
  for (const float far : {88.0f, 104.0f, 1e4f, 1e10f, 1e30f, 3e38f}) z.insert(z.end(), {far, -far});
  for (const float near : {1e-3f, 1e-6f, 1e-20f, 1e-38f}) z.insert(z.end(), {near, -near});
  while (z.size() % 16 != 0) z.push_back(0);
  return z;
}

}  // namespace mlp::test
