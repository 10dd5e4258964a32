#include "training/input_density.h"

#include <algorithm>

namespace mlp {

namespace {

constexpr std::size_t kSampledRows = 512;
constexpr std::size_t kGroup = 4;

}  // namespace

double input_density(const Inputs& inputs, const AffineScaling& scaling) {
  return std::visit(
      [&](const auto& rows) {
        const std::size_t step = std::max<std::size_t>(1, rows.rows() / kSampledRows);
        std::size_t groups = 0, found = 0;
        for (std::size_t n = 0; n < rows.rows(); n += step) {
          for (std::size_t first = 0; first < rows.columns(); first += kGroup) {
            const std::size_t end = std::min(first + kGroup, rows.columns());
            bool any = false;
            for (std::size_t i = first; i < end; ++i) {
              any |= scaling.apply(static_cast<float>(rows(n, i)), i) != 0.0f;
            }
            found += any;
            ++groups;
          }
        }
        return groups == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(groups);
      },
      inputs);
}

}  // namespace mlp
