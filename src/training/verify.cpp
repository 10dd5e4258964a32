// See mlp/verify.h.
#include "mlp/verify.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "training/model_examples.h"

namespace mlp {
namespace {

/// The unit for differences in output `column` where the output itself is small.
double unit_of(const AffineScaling& scaling, std::size_t column) {
  if (scaling.identity()) return 1.0;
  return std::abs(1.0 / scaling.scale[scaling.scale.size() == 1 ? 0 : column]);
}

double difference(double found, double expected, double unit) {
  const double difference = std::abs(found - expected) / std::max(std::abs(expected), unit);
  return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

}  // namespace

Verification verify(const Model& model, const PredictionOptions& options) {
  const auto& expected = model.examples.outputs;
  Verification result{.examples = expected.rows()};
  if (result.examples == 0) return result;
  const Matrix<float> found = predict(model, model.examples.inputs, options);
  for (std::size_t row = 0; row < found.rows(); ++row) {
    if (std::ranges::equal(found.row(row), expected.row(row))) ++result.same;
    for (std::size_t column = 0; column < found.columns(); ++column) {
      result.largest_difference = std::max(
          result.largest_difference,
          difference(found(row, column), expected(row, column), unit_of(model.target_scaling, column)));
    }
  }
  return result;
}

ModelExamples make_examples(const Model& model, const Inputs& inputs, std::span<const std::uint32_t> rows,
                            std::size_t count, const std::string& target) {
  count = std::min(count, rows.size());
  Matrix<float> chosen(count, column_count(inputs));
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = rows[i * rows.size() / count];
    std::visit([&](const auto& matrix) { std::ranges::copy(matrix.row(row), chosen.row(i).begin()); },
               inputs);
  }
  const Matrix<float> outputs = predict(model, chosen, {.threads = 1, .target = target});
  const bool finite = std::ranges::all_of(outputs.values(), [](float value) { return std::isfinite(value); });
  if (!finite) return {};
  return {.inputs = std::move(chosen), .outputs = outputs};
}

}  // namespace mlp
