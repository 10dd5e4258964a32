// Backpropagation against central differences, in double, for every activation as a hidden layer and as the
// output under every loss: relative error at most 1e-7.
//
// Differences are worthless across a kink (ReLU at 0, |r| at 0, Huber at delta), so none is near, by
// construction: every bias lies in the middle of the widest gap between the rows' pre-activations, which also
// gives each unit rows on both sides of 0, and targets lie at chosen distances from the outputs. The test
// asserts that no pre-activation and no residual changes side under any step taken.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/overloaded.h"
#include "core/random.h"
#include "mlp/reference.h"

namespace mlp {
namespace {

using reference::DropoutMasks;

constexpr double kTolerance = 1e-7;
constexpr double kStep = 5e-4;
constexpr std::size_t kRows = 6;

/// Everything a loss depends on.
struct Batch {
  MultilayerPerceptron network;
  Loss loss;
  Matrix<double> X;
  Matrix<double> Y;
  std::vector<double> weights;  // empty: all 1
  std::optional<DropoutMasks> masks;
  double l2 = 0;

  std::string name() const {
    return to_string(network) + " with " + to_string(loss) + (weights.empty() ? "" : ", weights") +
           (masks ? ", dropout" : "") + (l2 == 0 ? "" : ", l2");
  }
};

/// The pre-activations of every layer and the outputs. Composed here from affine, activate and
/// dropout_factor, apart from loss_and_gradients.
struct Forward {
  std::vector<Matrix<double>> Z;
  Matrix<double> outputs;
};

Forward forward(const MultilayerPerceptron& network, const BasicParameters<double>& parameters,
                const Matrix<double>& X, const std::optional<DropoutMasks>& masks) {
  Forward result{.Z = {}, .outputs = X};
  for (std::size_t l = 0; l < network.depth(); ++l) {
    result.Z.push_back(reference::affine(result.outputs, parameters.weight(l), parameters.bias(l)));
    result.outputs = reference::activate(network.layer(l).activation, result.Z[l]);
    if (!masks) continue;
    for (std::size_t n = 0; n < X.rows(); ++n) {
      for (std::size_t o = 0; o < network.layer(l).fan_out; ++o) {
        result.outputs(n, o) *= reference::dropout_factor(network.layer(l), l, *masks, n, o);
      }
    }
  }
  return result;
}

/// 1/N sum_n w_n loss_n + l2/2 sum W^2.
double loss_value(const Batch& batch, const BasicParameters<double>& parameters, const Forward& pass) {
  const auto losses =
      reference::loss_per_row(batch.loss, batch.network.layers().back().activation, pass.Z.back(), batch.Y);
  double sum = 0, squares = 0;
  for (std::size_t n = 0; n < losses.size(); ++n) {
    sum += (batch.weights.empty() ? 1 : batch.weights[n]) * losses[n];
  }
  for (const auto& block : parameters.layout().blocks()) {
    for (const double w : parameters.values().subspan(block.weight, block.fan_in * block.fan_out))
      squares += w * w;
  }
  return sum / static_cast<double>(losses.size()) + batch.l2 / 2 * squares;
}

/// The middle of the widest gap between neighbouring values.
double widest_gap(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::size_t widest = 1;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] - values[i - 1] > values[widest] - values[widest - 1]) widest = i;
  }
  return (values[widest] + values[widest - 1]) / 2;
}

/// Random weights, biases in the gaps.
BasicParameters<double> parameters_clear_of_kinks(const MultilayerPerceptron& network,
                                                  const Matrix<double>& X,
                                                  const std::optional<DropoutMasks>& masks) {
  const RandomStream random(3, RandomPurpose::kTest);
  BasicParameters<double> parameters(network);
  for (std::size_t i = 0; i < parameters.values().size(); ++i) parameters.values()[i] = random.normal(i);
  for (std::size_t l = 0; l < network.depth(); ++l) {
    for (double& b : parameters.bias(l)) b = 0;
    const Matrix<double> Z = forward(network, parameters, X, masks).Z[l];
    for (std::size_t o = 0; o < Z.columns(); ++o) {
      std::vector<double> column;
      for (std::size_t n = 0; n < Z.rows(); ++n) column.push_back(Z(n, o));
      parameters.bias(l)[o] = -widest_gap(column);
    }
  }
  return parameters;
}

Matrix<double> inputs(std::size_t columns) {
  const RandomStream random(4, RandomPurpose::kTest);
  Matrix<double> X(kRows, columns);
  for (std::size_t i = 0; i < X.values().size(); ++i) X.values()[i] = 2 * random.uniform(i) - 1;
  return X;
}

/// Targets for a loss: classes and labels where it wants probabilities (one row of each is soft), else the
/// outputs moved by residuals on either side of every kink: 0, and Huber's delta of 1 and of 0.5.
Matrix<double> targets(const Loss& loss, const Matrix<double>& outputs) {
  Matrix<double> Y(outputs.rows(), outputs.columns());
  for (std::size_t n = 0; n < Y.rows(); ++n) {
    for (std::size_t c = 0; c < Y.columns(); ++c) {
      if (std::holds_alternative<CrossEntropy>(loss)) {
        Y(n, c) = n == 0 ? 1.0 / static_cast<double>(c + 2) : (n % Y.columns() == c ? 1 : 0);
      } else if (std::holds_alternative<BinaryCrossEntropy>(loss)) {
        Y(n, c) = n == 0 ? 1.0 / static_cast<double>(c + 2) : static_cast<double>((n + c * c) % 2);
      } else {
        constexpr double kResiduals[] = {0.25, -0.75, 1.5, -0.25, 0.75, -1.5, 0.3};
        Y(n, c) = outputs(n, c) - kResiduals[(n * Y.columns() + c) % 7];
      }
    }
  }
  return Y;
}

/// On which side of each kink every pre-activation and residual lies.
std::vector<bool> sides(const Batch& batch, const Forward& pass) {
  std::vector<bool> result;
  for (const Matrix<double>& Z : pass.Z) {
    for (const double z : Z.values()) result.push_back(z > 0);
  }
  const auto add_residuals = [&](std::initializer_list<double> kinks) {
    for (std::size_t i = 0; i < batch.Y.values().size(); ++i) {
      const double residual = pass.outputs.values()[i] - batch.Y.values()[i];
      for (const double kink : kinks) result.push_back(residual > kink);
    }
  };
  std::visit(Overloaded{[](const SquaredError&) {}, [](const MeanSquaredError&) {},
                        [&](const MeanAbsoluteError&) { add_residuals({0}); },
                        [&](const Huber& huber) {
                          add_residuals({-huber.delta, huber.delta});
                        },
                        [](const CrossEntropy&) {}, [](const BinaryCrossEntropy&) {}},
             batch.loss);
  return result;
}

/// dLoss/d(every parameter) by differences of fourth order:
/// f' = (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h + h^4/30 f'''''.
BasicParameters<double> numerical_gradients(const Batch& batch, BasicParameters<double> parameters) {
  const std::vector<bool> home = sides(batch, forward(batch.network, parameters, batch.X, batch.masks));
  BasicParameters<double> gradients(batch.network);
  for (std::size_t i = 0; i < parameters.values().size(); ++i) {
    double& parameter = parameters.values()[i];
    const double value = parameter;
    const auto loss_at = [&](double moved) {
      parameter = moved;
      const Forward pass = forward(batch.network, parameters, batch.X, batch.masks);
      EXPECT_EQ(sides(batch, pass), home) << "parameter " << i << " moves something across a kink";
      return loss_value(batch, parameters, pass);
    };
    gradients.values()[i] = (loss_at(value - 2 * kStep) - 8 * loss_at(value - kStep) +
                             8 * loss_at(value + kStep) - loss_at(value + 2 * kStep)) /
                            (12 * kStep);
    parameter = value;
  }
  return gradients;
}

/// One block of gradients, as a whole and element by element.
void expect_close(std::span<const double> actual, std::span<const double> expected, const std::string& name) {
  double difference = 0, norm = 0, largest = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    norm += expected[i] * expected[i];
    largest = std::max(largest, std::abs(expected[i]));
  }
  EXPECT_GT(norm, 0) << name << " is all zero: nothing was tested";
  EXPECT_LE(std::sqrt(difference), kTolerance * std::sqrt(norm)) << name;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    // Elements much smaller than their block's largest are compared by the largest one's rounding.
    const double scale = std::max(std::abs(expected[i]), 1e-3 * largest);
    EXPECT_LE(std::abs(actual[i] - expected[i]), kTolerance * scale) << name << ", element " << i;
  }
}

void expect_gradients(const MultilayerPerceptron& network, const Loss& loss,
                      const std::vector<double>& weights = {}, const std::optional<DropoutMasks>& masks = {},
                      double l2 = 0) {
  const Matrix<double> X = inputs(network.fan_in());
  const auto parameters = parameters_clear_of_kinks(network, X, masks);
  const Forward pass = forward(network, parameters, X, masks);
  const Batch batch{.network = network,
                    .loss = loss,
                    .X = X,
                    .Y = targets(loss, pass.outputs),
                    .weights = weights,
                    .masks = masks,
                    .l2 = l2};
  SCOPED_TRACE(batch.name());
  const auto [value, gradients] =
      reference::loss_and_gradients<double>(network, parameters, loss, batch.X, batch.Y, weights, masks, l2);
  const double expected_value = loss_value(batch, parameters, pass);
  EXPECT_NEAR(value, expected_value, 1e-13 * expected_value);
  const auto expected = numerical_gradients(batch, parameters);
  for (std::size_t l = 0; l < network.depth(); ++l) {
    const auto& block = gradients.layout().blocks()[l];
    const std::size_t count = block.fan_in * block.fan_out;
    expect_close(gradients.values().subspan(block.weight, count),
                 expected.values().subspan(block.weight, count), "dW of layer " + std::to_string(l));
    expect_close(gradients.bias(l), expected.bias(l), "db of layer " + std::to_string(l));
  }
}

/// 3 - 5 - 4 - 3, the same activation in both hidden layers.
MultilayerPerceptron network_of(const Activation& hidden, const Activation& output, double dropout = 0) {
  return MultilayerPerceptron({{.fan_in = 3, .fan_out = 5, .activation = hidden, .dropout = dropout},
                               {.fan_in = 5, .fan_out = 4, .activation = hidden, .dropout = dropout},
                               {.fan_in = 4, .fan_out = 3, .activation = output}});
}

/// Every loss, at its defaults and with other parameters.
std::vector<Loss> losses() {
  std::vector<Loss> result = all_losses();
  result.insert(result.end(), {Huber{0.5}, CrossEntropy{0.1}, BinaryCrossEntropy{0.1}});
  return result;
}

std::vector<Activation> activations() {
  std::vector<Activation> result = all_activations();
  result.insert(result.end(), {LeakyReLU{0.3}, ELU{0.4}});
  return result;
}

const std::vector<double> kWeights{1, 0.25, 0, 2, 0.5, 3};  // their sum is not N

/// Calls `test` for every hidden activation, output activation and loss that go together.
void for_every_combination(
    const std::function<void(const Activation&, const Activation&, const Loss&)>& test) {
  for (const Activation& output : activations()) {
    for (const Loss& loss : losses()) {
      if (!compatible(loss, output)) continue;
      for (const Activation& hidden : activations()) test(hidden, output, loss);
    }
  }
}

TEST(Gradients, EveryHiddenAndOutputActivationUnderEveryLoss) {
  for_every_combination([](const Activation& hidden, const Activation& output, const Loss& loss) {
    expect_gradients(network_of(hidden, output), loss);
  });
}

TEST(Gradients, TheSameWithDropoutWeightsAndL2) {
  for_every_combination([](const Activation& hidden, const Activation& output, const Loss& loss) {
    expect_gradients(network_of(hidden, output, 0.3), loss, kWeights, DropoutMasks{.seed = 5, .step = 7},
                     0.1);
  });
}

TEST(Gradients, OneLayer) {
  for (const Activation& output : activations()) {
    for (const Loss& loss : losses()) {
      if (!compatible(loss, output)) continue;
      expect_gradients(MultilayerPerceptron({{.fan_in = 4, .fan_out = 3, .activation = output}}), loss,
                       kWeights, {}, 0.2);
    }
  }
}

TEST(Gradients, FiveLayersOfDifferentActivationsAndDropout) {
  const MultilayerPerceptron network({{.fan_in = 3, .fan_out = 6, .activation = GELU{}, .dropout = 0.2},
                                      {.fan_in = 6, .fan_out = 5, .activation = ReLU{}, .dropout = 0.4},
                                      {.fan_in = 5, .fan_out = 7, .activation = Softmax{}},
                                      {.fan_in = 7, .fan_out = 4, .activation = LeakyReLU{}, .dropout = 0.1},
                                      {.fan_in = 4, .fan_out = 3, .activation = Softmax{}}});
  expect_gradients(network, CrossEntropy{0.05}, kWeights, DropoutMasks{.seed = 1, .step = 0}, 0.01);
}

}  // namespace
}  // namespace mlp
