// Every optimizer against its paper's own equations, written for one scalar in the paper's symbols and order,
// and against first steps worked out by hand.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "core/overloaded.h"
#include "mlp/reference.h"

namespace mlp {
namespace {

using reference::clip_by_norm;
using reference::OptimizerState;

/// One input, one output: parameters are a weight w and a bias b.
const MultilayerPerceptron& one_weight() {
  static const MultilayerPerceptron network({{.fan_in = 1, .fan_out = 1}});
  return network;
}

template <class T>
BasicParameters<T> weight_and_bias(T w, T b) {
  BasicParameters<T> parameters(one_weight());
  parameters.weight(0)(0, 0) = w;
  parameters.bias(0)[0] = b;
  return parameters;
}

/// w and b after each update with the given gradients (dw, db).
template <class T>
std::vector<std::pair<T, T>> run(const Optimizer& optimizer, T w, T b,
                                 const std::vector<std::pair<T, T>>& gradients, double rate_factor = 1) {
  auto state = reference::start(optimizer, weight_and_bias<T>(w, b));
  std::vector<std::pair<T, T>> path;
  for (const auto& [dw, db] : gradients) {
    state = reference::update(optimizer, std::move(state), weight_and_bias<T>(dw, db), rate_factor);
    path.emplace_back(state.parameters.weight(0)(0, 0), state.parameters.bias(0)[0]);
  }
  return path;
}

// --- Worked out by hand, three steps ---------------------------------------------------------------------

// Gradients 1, 2, -4 from p = 10.
const std::vector<std::pair<double, double>> kGradients{{1, 1}, {2, 2}, {-4, -4}};

void expect_path(const Optimizer& optimizer, const std::vector<double>& expected, double tolerance) {
  const auto path = run<double>(optimizer, 10, 10, kGradients);
  for (std::size_t t = 0; t < 3; ++t) {
    EXPECT_NEAR(path[t].first, expected[t], tolerance) << to_string(optimizer) << ", step " << t + 1;
    EXPECT_EQ(path[t].second, path[t].first) << "weights and biases are treated alike";
  }
}

TEST(OptimizersByHand, SGD) {
  // 10 - 0.5 * 1, - 0.5 * 2, + 0.5 * 4
  expect_path(SGD{0.5}, {9.5, 8.5, 10.5}, 0);
}

TEST(OptimizersByHand, Momentum) {
  // v = 1, 0.5 + 2 = 2.5, 1.25 - 4 = -2.75; p -= 0.5 v
  expect_path(Momentum{.learning_rate = 0.5, .momentum = 0.5}, {9.5, 8.25, 9.625}, 0);
}

TEST(OptimizersByHand, Nesterov) {
  // The same v; g + 0.5 v = 1.5, 3.25, -5.375; p -= 0.5 of that
  expect_path(Nesterov{.learning_rate = 0.5, .momentum = 0.5}, {9.25, 7.625, 10.3125}, 0);
}

TEST(OptimizersByHand, RMSProp) {
  // s = 0.5, 0.25 + 2 = 2.25, 1.125 + 8 = 9.125; steps 0.5 / sqrt(0.5), 0.5 * 2 / 1.5, -0.5 * 4 / sqrt(9.125)
  const double first = 10 - 0.5 / std::sqrt(0.5), second = first - 1 / 1.5;
  expect_path(RMSProp{.learning_rate = 0.5, .rho = 0.5, .epsilon = 0},
              {first, second, second + 2 / std::sqrt(9.125)}, 1e-14);
  // epsilon is added to the root, not to what is under it: 0.5 / (sqrt(0.25) + 0.5) = 0.5 with rho = 0.75.
  const auto path = run<double>(RMSProp{.learning_rate = 0.5, .rho = 0.75, .epsilon = 0.5}, 10, 10, {{1, 1}});
  EXPECT_EQ(path[0].first, 9.5);
}

TEST(OptimizersByHand, Adam) {
  // beta1 = beta2 = 1/2, epsilon 0.
  // m = 1/2, 1/4 + 1 = 5/4, 5/8 - 2 = -11/8; over 1 - beta1^t = 1/2, 3/4, 7/8: m_hat = 1, 5/3, -11/7
  // v = 1/2, 1/4 + 2 = 9/4, 9/8 + 8 = 73/8; over the same: v_hat = 1, 3, 73/7
  const double first = 10 - 0.5, second = first - 0.5 * (5.0 / 3) / std::sqrt(3.0),
               third = second + 0.5 * (11.0 / 7) / std::sqrt(73.0 / 7);
  expect_path(Adam{.learning_rate = 0.5, .beta1 = 0.5, .beta2 = 0.5, .epsilon = 0}, {first, second, third},
              1e-14);
  // epsilon is added after the root of v_hat: the first step is lr / (1 + epsilon).
  const auto path = run<double>(Adam{.learning_rate = 0.5, .epsilon = 1}, 10, 10, {{1, 1}});
  EXPECT_NEAR(path[0].first, 10 - 0.25, 1e-15);
}

TEST(OptimizersByHand, AdamW) {
  // As Adam, but w first loses 0.5 * 0.2 = a tenth of itself; b does not.
  const AdamW optimizer{.learning_rate = 0.5, .beta1 = 0.5, .beta2 = 0.5, .epsilon = 0, .weight_decay = 0.2};
  const auto path = run<double>(optimizer, 10, 10, kGradients);
  const double steps[] = {-0.5, -0.5 * (5.0 / 3) / std::sqrt(3.0), 0.5 * (11.0 / 7) / std::sqrt(73.0 / 7)};
  double w = 10, b = 10;
  for (std::size_t t = 0; t < 3; ++t) {
    w = 0.9 * w + steps[t];
    b += steps[t];
    EXPECT_NEAR(path[t].first, w, 1e-14);
    EXPECT_NEAR(path[t].second, b, 1e-14);
  }
}

// --- The papers' equations for one scalar, over 50 steps -------------------------------------------------

struct Scalar {
  double theta, first = 0, second = 0;  // the parameter and up to two running quantities
};

/// One step t = 1, 2, ... in the paper's own form; `is_weight`: AdamW decays it.
Scalar paper_step(const Optimizer& optimizer, Scalar at, double g, int t, double eta, bool is_weight) {
  const auto adam = [&](const auto& o, double decay) {
    // Kingma and Ba, algorithm 1; Loshchilov and Hutter, algorithm 2 (schedule multiplier within eta).
    const double m = o.beta1 * at.first + (1 - o.beta1) * g;
    const double v = o.beta2 * at.second + (1 - o.beta2) * (g * g);
    const double m_hat = m / (1 - std::pow(o.beta1, t)), v_hat = v / (1 - std::pow(o.beta2, t));
    const double lambda_theta = is_weight ? decay * at.theta : 0;
    return Scalar{at.theta - eta * (m_hat / (std::sqrt(v_hat) + o.epsilon) + lambda_theta), m, v};
  };
  return std::visit(
      Overloaded{
          [&](const SGD&) { return Scalar{at.theta - eta * g}; },
          [&](const Momentum& o) {
            // Polyak: theta_{t+1} = theta_t - eta g + mu (theta_t - theta_{t-1}); `first` is the last
            // difference.
            const double moved = -eta * g + o.momentum * at.first;
            return Scalar{at.theta + moved, moved};
          },
          [&](const Nesterov& o) {
            // Sutskever et al.: v' = mu v - eta g(theta + mu v), theta' = theta + v'. Seen from the point
            // where the gradient is taken, phi = theta + mu v: phi' = phi - mu v + (1 + mu) v'.
            const double v = o.momentum * at.first - eta * g;
            return Scalar{at.theta - o.momentum * at.first + (1 + o.momentum) * v, v};
          },
          [&](const RMSProp& o) {
            const double mean_square = o.rho * at.first + (1 - o.rho) * (g * g);
            return Scalar{at.theta - eta * g / (std::sqrt(mean_square) + o.epsilon), mean_square};
          },
          [&](const Adam& o) { return adam(o, 0); },
          [&](const AdamW& o) { return adam(o, o.weight_decay); },
      },
      optimizer);
}

template <class T>
class ReferenceOptimizer : public testing::Test {};
using Numbers = testing::Types<double, float>;
TYPED_TEST_SUITE(ReferenceOptimizer, Numbers);

/// Every optimizer at its defaults, and with every hyper-parameter different.
std::vector<Optimizer> optimizers() {
  std::vector<Optimizer> result = all_optimizers();
  result.insert(result.end(), {SGD{0.3}, Momentum{0.02, 0.7}, Nesterov{0.02, 0.7}, RMSProp{0.01, 0.8, 1e-3},
                               Adam{0.02, 0.8, 0.95, 1e-3}, AdamW{0.02, 0.8, 0.95, 1e-3, 0.5}});
  return result;
}

TYPED_TEST(ReferenceOptimizer, FollowsThePaper) {
  using T = TypeParam;
  for (const Optimizer& optimizer : optimizers()) {
    for (const double rate_factor : {1.0, 0.25}) {
      SCOPED_TRACE(to_string(optimizer));
      const double eta = learning_rate(optimizer) * rate_factor;
      Scalar w{0.75}, b{-0.5};
      std::vector<std::pair<T, T>> gradients;
      for (int t = 1; t <= 50; ++t) {
        gradients.emplace_back(static_cast<T>(std::sin(t) + 0.25), static_cast<T>(0.1 * std::cos(t * t)));
      }
      const auto path = run<T>(optimizer, 0.75, -0.5, gradients, rate_factor);
      for (int t = 1; t <= 50; ++t) {
        w = paper_step(optimizer, w, static_cast<double>(gradients[t - 1].first), t, eta, true);
        b = paper_step(optimizer, b, static_cast<double>(gradients[t - 1].second), t, eta, false);
        const double tolerance = 40 * std::numeric_limits<T>::epsilon();
        ASSERT_NEAR(path[t - 1].first, w.theta, tolerance) << "w, step " << t;
        ASSERT_NEAR(path[t - 1].second, b.theta, tolerance) << "b, step " << t;
      }
    }
  }
}

TEST(AllOptimizers, HasEveryAlternative) {
  std::set<std::size_t> indices;
  for (const Optimizer& optimizer : all_optimizers()) indices.insert(optimizer.index());
  EXPECT_EQ(indices.size(), std::variant_size_v<Optimizer>);
}

TEST(OptimizerState, StartsAtZeroAndCountsUpdates) {
  for (const Optimizer& optimizer : all_optimizers()) {
    auto state = reference::start(optimizer, weight_and_bias<double>(3, 4));
    EXPECT_EQ(state.parameters, weight_and_bias<double>(3, 4));
    EXPECT_EQ(state.moments.size(), static_cast<std::size_t>(moment_count(optimizer)));
    for (const auto& moment : state.moments) EXPECT_EQ(moment, weight_and_bias<double>(0, 0));
    EXPECT_EQ(state.step, 0u);
    state = reference::update(optimizer, state, weight_and_bias<double>(1, 1));
    state = reference::update(optimizer, state, weight_and_bias<double>(1, 1));
    EXPECT_EQ(state.step, 2u);
  }
}

TEST(OptimizerState, RefusesGradientsOrMomentsOfAnotherShape) {
  const MultilayerPerceptron other({{.fan_in = 2, .fan_out = 1}});
  const auto state = reference::start(Adam{}, weight_and_bias<double>(3, 4));
  EXPECT_THROW(reference::update(Adam{}, state, BasicParameters<double>(other)), std::invalid_argument);
  EXPECT_THROW(reference::update(SGD{}, state, weight_and_bias<double>(1, 1)), std::invalid_argument);
}

TYPED_TEST(ReferenceOptimizer, ClipByNormScalesDownToTheNormAndKeepsTheDirection) {
  using T = TypeParam;
  const auto gradients = weight_and_bias<T>(3, -4);  // of length 5
  EXPECT_EQ(clip_by_norm(gradients, 2.5), weight_and_bias<T>(1.5, -2));
  EXPECT_EQ(clip_by_norm(gradients, 5), gradients);
  EXPECT_EQ(clip_by_norm(gradients, 100), gradients);
  EXPECT_EQ(clip_by_norm(gradients, 0), gradients) << "0 means no clipping";
  EXPECT_EQ(clip_by_norm(weight_and_bias<T>(0, 0), 1), weight_and_bias<T>(0, 0));
}

}  // namespace
}  // namespace mlp
