// What the kernels' tests iterate over: every target, sizes around the edges of vectors, blocks and tiles,
// and numbers drawn one after the other.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/random.h"
#include "kernels/guarded.h"
#include "kernels/kernels.h"
#include "mlp/matrix.h"

namespace mlp::test {

inline std::vector<const kernels::Kernels*> targets() {
  std::vector<const kernels::Kernels*> all;
  for (const std::string& name : kernels::available_targets()) all.push_back(&kernels::kernels_for(name));
  return all;
}

/// Whether hn::MulAdd rounds once there.
inline bool fuses(const kernels::Kernels& kernels) { return kernels.name != "baseline"; }

/// a * b + c as that target computes it.
inline float multiply_add(const kernels::Kernels& kernels, float a, float b, float c) {
  if (fuses(kernels)) return std::fma(a, b, c);
  const volatile float product = a * b;
  return product + c;
}

/// Columns around the edges of vectors (4, 8, 16), blocks (16) and tiles (up to 64).
inline const std::vector<std::size_t> kColumns = {1,  2,  4,  7,  8,  9,  15, 16, 17, 24,  31,  32,  33,
                                                  47, 48, 49, 63, 64, 65, 80, 87, 96, 112, 127, 128, 130};

/// Integers -3 .. 3 and numbers of any size.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : stream_(seed, RandomPurpose::kTest) {}
  float small_integer() { return static_cast<float>(stream_.below(7, next_++)) - 3; }
  float normal() { return static_cast<float>(stream_.normal(next_++)); }
  float positive() { return 0.1f + std::abs(normal()); }

  GuardedMatrix integers(std::size_t rows, std::size_t columns, std::size_t offset = 0) {
    GuardedMatrix matrix(rows, columns, offset);
    matrix.fill([this] { return small_integer(); });
    return matrix;
  }
  GuardedMatrix normals(std::size_t rows, std::size_t columns, std::size_t offset = 0) {
    GuardedMatrix matrix(rows, columns, offset);
    matrix.fill([this] { return normal(); });
    return matrix;
  }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

}  // namespace mlp::test
