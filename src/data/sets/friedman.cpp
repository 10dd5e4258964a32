// Friedman #1 (Friedman: "Multivariate adaptive regression splines", Annals of Statistics 19, 1991,
// section 4.3):
//
//   y = 10 sin(pi x0 x1) + 20 (x2 - 1/2)^2 + 10 x3 + 5 x4 + e,   x uniform in [0, 1]^10, e from N(0, 1)
//
// x5 ... x9 say nothing about y.
#include <cmath>
#include <numbers>
#include <string>

#include "core/random.h"
#include "mlp/data.h"

namespace mlp {

namespace {

constexpr std::size_t kFeatures = 10;

// Row i depends on (seed, part, i) alone: a smaller set is the beginning of a larger one.
Dataset draw(std::size_t rows, std::uint64_t seed, std::uint16_t part) {
  Dataset dataset;
  dataset.name = "friedman";
  Matrix<float> inputs(rows, kFeatures);
  dataset.targets = Matrix<float>(rows, 1);
  for (std::size_t i = 0; i < rows; ++i) {
    const RandomStream stream(seed, RandomPurpose::kFriedman, part, i);
    const auto x = inputs.row(i);
    // y is computed from the inputs as they are stored, so that only e is noise.
    for (std::size_t j = 0; j < kFeatures; ++j) x[j] = static_cast<float>(stream.uniform(j));
    const double y = 10 * std::sin(std::numbers::pi * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) +
                     10 * x[3] + 5 * x[4] + stream.normal(kFeatures);
    dataset.targets(i, 0) = static_cast<float>(y);
  }
  dataset.inputs = std::move(inputs);
  for (std::size_t j = 0; j < kFeatures; ++j)
    dataset.feature_names.push_back(std::string("x").append(std::to_string(j)));
  dataset.target_names = {"y"};
  return dataset;
}

}  // namespace

DataSplit make_friedman(std::size_t train_rows, std::size_t test_rows, std::uint64_t seed) {
  constexpr std::uint16_t kTrain = 0, kTest = 1;
  return {.train = draw(train_rows, seed, kTrain),
          .test = draw(test_rows, seed, kTest),
          .notes = {},
          .origin = "generated"};
}

}  // namespace mlp
