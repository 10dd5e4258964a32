// A linear layer trained with the squared error must come to the least-squares solution, computed from the
// normal equations in double.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "training/toy.h"

namespace mlp {
namespace {

/// Solves A x = b by Gaussian elimination with partial pivoting.
std::vector<double> solve(Matrix<double> A, std::vector<double> b) {
  const std::size_t size = b.size();
  for (std::size_t k = 0; k < size; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < size; ++i) {
      if (std::abs(A(i, k)) > std::abs(A(pivot, k))) pivot = i;
    }
    std::swap_ranges(A.row(k).begin(), A.row(k).end(), A.row(pivot).begin());
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < size; ++i) {
      const double factor = A(i, k) / A(k, k);
      for (std::size_t j = k; j < size; ++j) A(i, j) -= factor * A(k, j);
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = size; k-- > 0;) {
    for (std::size_t j = k + 1; j < size; ++j) b[k] -= A(k, j) * b[j];
    b[k] /= A(k, k);
  }
  return b;
}

/// The lowest mean squared error an affine function of the inputs reaches on `dataset`, in the target's unit.
/// The columns are standardised first: the same functions, but well-conditioned equations.
double least_squares_mse(const Dataset& dataset) {
  const auto& inputs = std::get<Matrix<float>>(dataset.inputs);
  const std::size_t rows = inputs.rows(), size = inputs.columns() + 1;
  const double count = static_cast<double>(rows);
  Matrix<double> X(rows, size);
  for (std::size_t i = 0; i + 1 < size; ++i) {
    double mean = 0, variance = 0;
    for (std::size_t n = 0; n < rows; ++n) mean += inputs(n, i) / count;
    for (std::size_t n = 0; n < rows; ++n) variance += (inputs(n, i) - mean) * (inputs(n, i) - mean) / count;
    for (std::size_t n = 0; n < rows; ++n) X(n, i) = (inputs(n, i) - mean) / std::sqrt(variance);
  }
  for (std::size_t n = 0; n < rows; ++n) X(n, size - 1) = 1;

  Matrix<double> normal(size, size);
  std::vector<double> right(size);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) normal(i, j) += X(n, i) * X(n, j);
      right[i] += X(n, i) * dataset.targets(n, 0);
    }
  }
  const std::vector<double> solution = solve(normal, right);
  double squares = 0;
  for (std::size_t n = 0; n < rows; ++n) {
    double residual = -dataset.targets(n, 0);
    for (std::size_t i = 0; i < size; ++i) residual += X(n, i) * solution[i];
    squares += residual * residual / count;
  }
  return squares;
}

/// How far above the optimum training ends on its own training rows: MSE / optimum - 1.
double gap(const Dataset& dataset, const TrainingOptions& options) {
  const Trained trained = train(parse_network("1:linear", dataset.features()), dataset, options);
  const auto rows = validation_split(dataset.rows(), options.validation_fraction, options.seed).training;
  const Dataset training = test::subset(dataset, rows);
  return evaluate(trained, training).regression->mse / least_squares_mse(training) - 1;
}

/// The recipe of `mlp train mpg`.
TrainingOptions recipe(std::uint64_t seed) {
  return {.loss = SquaredError{},
          .optimizer = SGD{0.15},
          .schedule = Cosine{},
          .epochs = 300,
          .batch_size = 32,
          .validation_fraction = 0.1,
          .seed = seed};
}

TEST(LeastSquares, TheSolutionOfAKnownSystem) {
  // y = 2 x0 - 3 x1 + 5 exactly: nothing is left; and with one outlier of h on n rows of a constant, h^2
  // (n-1)/n^2.
  Dataset exact = test::toy_numbers(30, 2);
  const auto& x = std::get<Matrix<float>>(exact.inputs);
  for (std::size_t n = 0; n < 30; ++n) exact.targets(n, 0) = 2 * x(n, 0) - 3 * x(n, 1) + 5;
  EXPECT_NEAR(least_squares_mse(exact), 0, 1e-20);
  const Dataset line{.inputs = Matrix<float>(4, 1, {-1, 1, -1, 1}),
                     .targets = Matrix<float>(4, 1, {0, 2, 0, 6})};
  EXPECT_NEAR(least_squares_mse(line), 2, 1e-12);  // means 0 and 4, squares 4 + 4 over 4 rows
}

/// The gap lies between rounding and `bound` for several seeds, that is for several splits, starts and
/// orders.
void expect_gaps_below(double bound, const std::function<Dataset(std::uint64_t seed)>& data) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const double found = gap(data(seed), recipe(seed));
    EXPECT_LT(found, bound) << "seed " << seed;
    EXPECT_GT(found, -1e-6) << "seed " << seed << ": no affine function can be better";
  }
}

TEST(LeastSquares, OnGeneratedNumbers) {
  expect_gaps_below(1e-5, [](std::uint64_t seed) { return make_friedman(350, 1, seed).train; });
}

TEST(LeastSquares, OnRealAutoMpg) {
  const auto source = test::real_data();
  if (!source) return;
  const auto auto_mpg = [&](std::uint64_t seed) { return load_auto_mpg(*source, seed).train; };
  // Weight, displacement and cylinders say nearly the same: in their direction a rate of 0.05 would still be
  // on its way after 300 epochs (0.12% above the optimum in the mean of 20 seeds); 0.15 has arrived (0.0005%
  // at worst).
  expect_gaps_below(2e-5, auto_mpg);
}

}  // namespace
}  // namespace mlp
