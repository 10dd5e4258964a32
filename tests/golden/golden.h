// What PyTorch computed for tiny networks (golden.json, written by generate.py), as mlp's own types, for
// float and double: the reference and every engine must reproduce it.
#pragma once

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "mlp/loss.h"
#include "mlp/matrix.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/parameters.h"
#include "mlp/schedule.h"

namespace mlp::golden {

/// How close results must come to PyTorch's, measured by distance().
template <class T>
constexpr double kTolerance = std::is_same_v<T, double> ? 1e-10 : 1e-5;

/// The largest difference between two lists, relative to the largest number expected; NaN or infinite where a
/// value is, infinite where the lengths differ.
template <class T, class U>
double distance(std::span<const T> actual, std::span<const U> expected) {
  if (actual.size() != expected.size()) return INFINITY;
  double difference = 0, scale = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(static_cast<double>(actual[i]) - static_cast<double>(expected[i]));
    if (!std::isfinite(error)) return error;
    difference = std::max(difference, error);
    scale = std::max(scale, std::abs(static_cast<double>(expected[i])));
  }
  return difference == 0 ? 0 : difference / scale;
}

/// A network before training: where every case starts.
template <class T>
struct Problem {
  std::string name;  ///< for messages
  MultilayerPerceptron network;
  BasicParameters<T> parameters;
  Loss loss;
  Matrix<T> X;
  Matrix<T> Y;
};

template <class T>
struct GradientCase : Problem<T> {
  std::vector<T> weights;  ///< of the samples; empty: all 1
  double l2 = 0;
  std::optional<Matrix<double>> outputs;  ///< expected, of prediction; absent for single layers
  double value = 0;                       ///< expected: the batch's loss
  BasicParameters<double> gradients;      ///< expected
};

template <class T>
struct Trajectory : Problem<T> {
  Optimizer optimizer;
  Schedule schedule;
  std::uint64_t total_steps = 0;
  struct Point {
    std::uint64_t step = 0;         ///< full-batch updates made
    BasicParameters<T> parameters;  ///< expected, as PyTorch computed them in T
  };
  std::vector<Point> points;
};

/// One activation on a grid of z: expected f(z) and f'(z).
struct ActivationCase {
  Activation activation;
  std::vector<double> z, values, derivatives;
};

struct ScheduleCase {
  Schedule schedule;
  std::vector<double> factors;  ///< expected, step by step
};

inline const nlohmann::json& file() {
  static const nlohmann::json json = [] {
    const std::string path = MLP_SOURCE_DIR "/tests/golden/golden.json";
    std::ifstream stream(path);
    if (!stream) throw std::runtime_error(path + ": cannot be opened");
    return nlohmann::json::parse(stream);
  }();
  return json;
}

template <class T>
std::vector<T> numbers(const nlohmann::json& list) {
  std::vector<T> result;
  for (const auto& number : list) result.push_back(static_cast<T>(number.get<double>()));
  return result;
}

template <class T>
BasicParameters<T> parameters_of(const MultilayerPerceptron& network, const nlohmann::json& list) {
  BasicParameters<T> parameters(network);
  const std::vector<T> values = numbers<T>(list);
  require(values.size() == parameters.values().size(), "golden.json: not as many numbers as parameters");
  std::copy(values.begin(), values.end(), parameters.values().begin());
  return parameters;
}

template <class T>
Problem<T> problem_of(const nlohmann::json& entry) {
  const auto& problem = file().at("problems").at(entry.at("problem").get<std::string>());
  const std::string network_text = entry.at("network"), loss_text = entry.at("loss");
  const MultilayerPerceptron network = parse_network(network_text, problem.at("sizes").front());
  const std::size_t rows = problem.at("rows");
  return {.name = network_text + " with " + loss_text,
          .network = network,
          .parameters = parameters_of<T>(network, problem.at("parameters")),
          .loss = parse_loss(loss_text),
          .X = Matrix<T>(rows, network.fan_in(), numbers<T>(problem.at("X"))),
          .Y = Matrix<T>(rows, network.fan_out(),
                         numbers<T>(problem.at(entry.at("targets").get<std::string>())))};
}

template <class T>
std::vector<GradientCase<T>> gradient_cases() {
  std::vector<GradientCase<T>> cases;
  for (const auto& entry : file().at("gradients")) {
    GradientCase<T> one{problem_of<T>(entry)};
    if (entry.value("weighted", false)) {
      one.weights =
          numbers<T>(file().at("problems").at(entry.at("problem").get<std::string>()).at("weights"));
    }
    one.l2 = entry.value("l2", 0.0);
    if (entry.contains("outputs")) {
      one.outputs = Matrix<double>(one.X.rows(), one.network.fan_out(), numbers<double>(entry.at("outputs")));
    }
    one.value = entry.at("value");
    one.gradients = parameters_of<double>(one.network, entry.at("gradients"));
    cases.push_back(std::move(one));
  }
  return cases;
}

template <class T>
std::vector<Trajectory<T>> trajectories() {
  std::vector<Trajectory<T>> cases;
  for (const auto& entry : file().at("trajectories")) {
    Trajectory<T> one{problem_of<T>(entry)};
    one.optimizer = parse_optimizer(entry.at("optimizer").get<std::string>());
    one.schedule = parse_schedule(entry.value("schedule", "constant"));
    one.name = to_string(one.optimizer) + " and " + to_string(one.schedule) + " on " + one.name;
    const auto& steps = entry.at("steps");
    const auto& points = entry.at(std::is_same_v<T, double> ? "float64" : "float32");
    for (std::size_t i = 0; i < steps.size(); ++i) {
      one.points.push_back({steps.at(i), parameters_of<T>(one.network, points.at(i))});
    }
    one.total_steps = one.points.back().step;
    cases.push_back(std::move(one));
  }
  return cases;
}

inline std::vector<ActivationCase> activation_cases() {
  std::vector<ActivationCase> cases;
  for (const auto& entry : file().at("activations")) {
    cases.push_back({parse_activation(entry.at("activation").get<std::string>()),
                     numbers<double>(file().at("grid")), numbers<double>(entry.at("values")),
                     numbers<double>(entry.at("derivatives"))});
  }
  return cases;
}

inline std::vector<ScheduleCase> one_cycle_cases() {
  std::vector<ScheduleCase> cases;
  for (const auto& entry : file().at("one_cycle")) {
    cases.push_back(
        {parse_schedule(entry.at("schedule").get<std::string>()), numbers<double>(entry.at("factors"))});
  }
  return cases;
}

}  // namespace mlp::golden
