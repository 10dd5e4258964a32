// A network, data and a batch of rows in some order; what the reference needs of them, and the state after
// steps.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/cpu/step.h"
#include "engine/random_network.h"
#include "mlp/reference.h"
#include "training/examples.h"

namespace mlp::test {

struct Case {
  MultilayerPerceptron network;
  Loss loss;
  Dataset dataset;
  std::vector<std::uint32_t> rows;
  Parameters parameters;
  AffineScaling input_scaling = {};
};

/// Turns the inputs into bytes, three quarters of them zero, and scales each column differently; `shifted`:
/// so that zeros do not stay zero.
inline void make_bytes(Draw& draw, Case& c, bool shifted) {
  Matrix<std::uint8_t> bytes(c.dataset.rows(), c.dataset.features());
  for (std::uint8_t& x : bytes.values()) {
    x = draw.chance(0.75) ? std::uint8_t{0} : static_cast<std::uint8_t>(draw.integer(1, 255));
  }
  for (std::size_t column = 0; column < bytes.columns(); ++column) {
    c.input_scaling.shift.push_back(shifted ? static_cast<float>(draw.uniform(10, 60)) : 0.0f);
    c.input_scaling.scale.push_back(static_cast<float>(draw.uniform(0.5, 2) / 128));
  }
  c.dataset.inputs = std::move(bytes);
}

/// `network` with random data, of which `batch` rows in random order are a batch, and biases that are not
/// zero.
inline Case case_of(Draw& draw, const MultilayerPerceptron& network, const Loss& loss, std::size_t batch,
                    bool weights) {
  const bool classes = std::holds_alternative<CrossEntropy>(loss) || draw.chance(0.3);
  Dataset dataset = random_dataset(draw, network, batch, classes, weights);
  std::vector<std::uint32_t> rows(batch);
  for (std::uint32_t& row : rows) row = static_cast<std::uint32_t>(draw.integer(0, batch - 1));
  Parameters parameters = initialize(network, draw.integer(1, 1000));
  for (std::size_t layer = 0; layer < network.depth(); ++layer) {
    for (float& b : parameters.bias(layer)) b = static_cast<float>(0.1 * draw.normal());
  }
  return {network, loss, std::move(dataset), std::move(rows), std::move(parameters)};
}

inline Case random_case(Draw& draw, const Loss& loss, const Activation& output, bool dropout) {
  const MultilayerPerceptron network = random_network(draw, output, dropout);
  const std::size_t batch = draw.integer(1, 130);
  return case_of(draw, network, loss, batch, draw.chance(0.4));
}

inline engine::Plan plan_of(const Case& c, const std::optional<Optimizer>& optimizer,
                            engine::PlanOptions options) {
  options.max_batch = c.rows.size();
  return engine::Plan(c.network, c.loss, optimizer, c.input_scaling, {}, options);
}

/// The result of evaluate_step().
struct Evaluated {
  double loss = 0;
  Matrix<float> outputs;
};
inline Evaluated evaluated(const engine::Plan& plan, engine::Workspace& workspace, ThreadTeam& team,
                           const engine::Batch& batch) {
  Evaluated result{.outputs = Matrix<float>(batch.rows.size(), plan.network().fan_out())};
  result.loss = engine::evaluate_step(plan, workspace, team, batch, result.outputs);
  return result;
}

/// Calls body(case description, loss, output activation) for every loss on every output activation it is
/// defined on.
template <class Body>
void for_each_loss_and_output(const Body& body) {
  for (const Loss& loss : all_losses()) {
    for (const Activation& output : all_activations()) {
      if (compatible(loss, output)) body(to_string(loss) + " on " + to_string(output), loss, output);
    }
  }
}

// --- The reference's side ----------------------------------------------------------------------------------

inline BasicParameters<double> in_double(const MultilayerPerceptron& network, const Parameters& from) {
  BasicParameters<double> to(network);
  std::ranges::copy(from.values(), to.values().begin());
  return to;
}

/// The rows' inputs as the network sees them, scaled in float as the engine scales them.
inline Matrix<double> inputs_of(const Case& c) {
  Matrix<double> X(c.rows.size(), c.dataset.features());
  std::visit(
      [&](const auto& inputs) {
        for (std::size_t n = 0; n < X.rows(); ++n) {
          for (std::size_t i = 0; i < X.columns(); ++i) {
            const float x = static_cast<float>(inputs(c.rows[n], i));
            X(n, i) = c.input_scaling.identity() ? x : c.input_scaling.apply(x, i);
          }
        }
      },
      c.dataset.inputs);
  return X;
}

inline Matrix<double> targets_of(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  Matrix<double> Y(rows.size(), dataset.outputs());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    if (dataset.task() == Task::kClassification) {
      Y(n, static_cast<std::size_t>(dataset.labels[rows[n]])) = 1;
    } else {
      std::ranges::copy(dataset.targets.row(rows[n]), Y.row(n).begin());
    }
  }
  return Y;
}

inline std::vector<double> weights_of(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  std::vector<double> weights;
  if (dataset.sample_weights.empty()) return weights;
  for (const std::uint32_t row : rows) weights.push_back(dataset.sample_weights[row]);
  return weights;
}

/// The Euclidean distance of two vectors relative to the second's length.
template <class A, class B>
double relative_distance(const A& a, const B& b) {
  double difference = 0, length = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
    length += static_cast<double>(b[i]) * b[i];
  }
  return std::sqrt(difference) / (std::sqrt(length) + 1e-12);
}

/// The largest relative distance of any layer's dW or db from the reference's.
inline double distance_of_gradients(const Parameters& found, const BasicParameters<double>& expected,
                                    const MultilayerPerceptron& network) {
  double largest = 0;
  for (std::size_t layer = 0; layer < network.depth(); ++layer) {
    const auto dW = found.weight(layer);
    const auto expected_dW = expected.weight(layer);
    const std::size_t count = dW.rows() * dW.columns();
    largest = std::max(largest,
                       relative_distance(std::span(dW.data(), count), std::span(expected_dW.data(), count)));
    largest = std::max(largest, relative_distance(found.bias(layer), expected.bias(layer)));
  }
  return largest;
}

}  // namespace mlp::test
