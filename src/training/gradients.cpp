// See mlp/gradients.h.
#include "mlp/gradients.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/random.h"
#include "engine/reference/examples_in.h"
#include "engine/reference/logits.h"
#include "mlp/reference.h"
#include "training/evaluation.h"
#include "training/examples.h"
#include "training/weights.h"

namespace mlp {

namespace {

constexpr std::size_t kMostRows = 8;
constexpr std::size_t kMostDifferences = 32;  ///< of each tensor

MultilayerPerceptron without_dropout(const MultilayerPerceptron& network) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (Layer& layer : layers) layer.dropout = 0.0;
  return MultilayerPerceptron(layers);
}

Parameters by_engine(engine::Computation computation, const Parameters& parameters,
                     const engine::Batch& batch, double l2, const PredictionOptions& options) {
  computation.network = without_dropout(computation.network);
  const auto engine = engine::training_engine(
      computation, SGD{}, parameters, {},
      {.common = {.max_batch = batch.rows.size(), .threads = options.threads, .target = options.target}});
  return engine->gradients(batch, {.l2 = l2});
}

/// The model's own examples, or random rows distributed as its scaling expects.
Matrix<float> rows_to_check(const Model& model) {
  const std::size_t known = std::min(model.examples.inputs.rows(), kMostRows);
  Matrix<float> rows(known > 0 ? known : kMostRows, model.network.fan_in());
  const RandomStream stream(1, RandomPurpose::kGradientCheck);
  for (std::size_t n = 0; n < rows.rows(); ++n) {
    for (std::size_t i = 0; i < rows.columns(); ++i) {
      rows(n, i) = known > 0 ? model.examples.inputs(n, i)
                             : model.input_scaling.invert(
                                   static_cast<float>(stream.normal(n * rows.columns() + i)), i);
    }
  }
  return rows;
}

/// Targets in the network's own scale: the classes in turn, or numbers that every loss accepts.
Matrix<float> made_up_targets(const Model& model, std::size_t rows) {
  const std::size_t outputs = model.network.fan_out();
  Matrix<float> Y(rows, outputs);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t c = 0; c < outputs; ++c) {
      const bool classes = model.task() == Task::kClassification;
      Y(n, c) = classes ? (n % outputs == c ? 1.0f : 0.0f) : ((n + c) % 2 == 0 ? 0.25f : 0.75f);
    }
  }
  return Y;
}

/// The largest |a - b| / unit; infinite where one is not a number.
class Distance {
 public:
  explicit Distance(double unit) : unit_(unit) {}
  void add(double a, double b) {
    const double apart = std::abs(a - b) / unit_;
    largest_ = std::isnan(apart) ? std::numeric_limits<double>::infinity() : std::max(largest_, apart);
  }
  double largest() const { return largest_; }

 private:
  double unit_, largest_ = 0.0;
};

}  // namespace

Parameters gradients_by_parameters(const Model& model, const Dataset& dataset, double l2,
                                   const PredictionOptions& options) {
  check_fit(model, dataset);
  const auto rows = all_rows(dataset.rows());
  return by_engine(computation_of(model), model.parameters,
                   {examples_of(dataset, weight_unit(dataset, rows)), rows}, l2, options);
}

Matrix<double> gradients_by_inputs(const Model& model, const Dataset& dataset) {
  check_fit(model, dataset);
  const auto& network = model.network;
  const auto rows = all_rows(dataset.rows());
  const engine::Batch batch{examples_of(dataset), rows};
  const auto parameters = engine::parameters_in<double>(network, model.parameters);

  // Forward: Z_l = A_{l-1} W_l + b_l, A_l = f_l(Z_l).
  std::vector<Matrix<double>> Z;
  Matrix<double> A = engine::inputs_in<double>(batch.examples.inputs, rows, model.input_scaling);
  for (std::size_t index = 0; index < network.depth(); ++index) {
    Z.push_back(reference::affine(A, parameters.weight(index), parameters.bias(index)));
    A = reference::activate(network.layer(index).activation, Z.back());
  }
  // Backward: dA_{l-1} = dZ_l W_l^T, down to A_0 = X.
  Matrix<double> dZ =
      reference::loss_gradient_by_logits(model.loss, network.layers().back().activation, Z.back(),
                                         engine::targets_in<double>(batch, model.target_scaling));
  for (std::size_t index = network.depth();; --index) {
    const auto W = parameters.weight(index - 1);
    Matrix<double> dA(dZ.rows(), W.rows());
    for (std::size_t n = 0; n < dZ.rows(); ++n) {
      for (std::size_t i = 0; i < W.rows(); ++i) {
        for (std::size_t o = 0; o < W.columns(); ++o) dA(n, i) += dZ(n, o) * W(i, o);
      }
    }
    if (index == 1) {
      const auto& scale = model.input_scaling.scale;
      for (std::size_t n = 0; n < dA.rows(); ++n) {
        for (std::size_t i = 0; i < dA.columns() && !scale.empty(); ++i)
          dA(n, i) *= static_cast<double>(scale[scale.size() == 1 ? 0 : i]);
      }
      return dA;
    }
    dZ = reference::activation_backward(network.layer(index - 2).activation, Z[index - 2], dA);
  }
}

bool GradientCheck::passed() const {
  return std::ranges::all_of(tensors, [](const TensorCheck& tensor) {
    return tensor.engine <= kEngineTolerance && tensor.by_differences <= kDifferencesTolerance;
  });
}

GradientCheck check_gradients(const Model& model, const PredictionOptions& options) {
  const MultilayerPerceptron network = without_dropout(model.network);
  const Matrix<float> inputs = rows_to_check(model);
  const Matrix<float> targets = made_up_targets(model, inputs.rows());
  const auto rows = all_rows(inputs.rows());
  const engine::Batch batch{
      {.inputs = inputs.view(), .outputs = network.fan_out(), .targets = targets.view()}, rows};

  const auto X = engine::inputs_in<double>(batch.examples.inputs, rows, model.input_scaling);
  const auto Y = engine::targets_in<double>(batch, {});
  auto parameters = engine::parameters_in<double>(network, model.parameters);
  const auto loss = [&] {
    const auto losses = reference::loss_per_row(model.loss, network.layers().back().activation,
                                                engine::logits_of(network, parameters, X), Y);
    return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
  };
  const auto expected = reference::loss_and_gradients<double>(network, parameters, model.loss, X, Y);
  const Parameters found =
      by_engine({network, model.loss, model.input_scaling, {}}, model.parameters, batch, 0.0, options);

  GradientCheck check{.rows = rows.size(), .loss = expected.loss, .tensors = {}};
  const auto add = [&](const std::string& name, std::size_t offset, std::size_t count) {
    const auto formula = expected.gradients.values().subspan(offset, count);
    TensorCheck tensor{.name = name, .values = count};
    for (const double g : formula) tensor.largest = std::max(tensor.largest, std::abs(g));
    // Tiny gradients are no measure for rounding errors.
    const double unit = std::max(tensor.largest, 1e-4);
    Distance engine(unit), differences(unit);
    for (std::size_t i = 0; i < count; ++i)
      engine.add(static_cast<double>(found.values()[offset + i]), formula[i]);
    tensor.differences = std::min(count, kMostDifferences);
    for (std::size_t k = 0; k < tensor.differences; ++k) {
      const std::size_t i = k * count / tensor.differences;
      double& p = parameters.values()[offset + i];
      const double kept = p, h = 1e-6 * std::max(1.0, std::abs(kept));
      p = kept + h;
      const double above = loss();
      p = kept - h;
      const double below = loss();
      p = kept;
      differences.add((above - below) / (2 * h), formula[i]);
    }
    tensor.engine = engine.largest();
    tensor.by_differences = differences.largest();
    check.tensors.push_back(tensor);
  };
  const auto blocks = expected.gradients.layout().blocks();
  for (std::size_t index = 0; index < network.depth(); ++index) {
    const Layer& layer = network.layer(index);
    const std::string number = std::to_string(index + 1);
    add("W" + number, blocks[index].weight, layer.fan_in * layer.fan_out);
    add("b" + number, blocks[index].bias, layer.fan_out);
  }
  return check;
}

}  // namespace mlp
