#include "files/onnx/function_samples.h"

#include <algorithm>
#include <cmath>

#include "core/overloaded.h"
#include "network/activation_math.h"
#include "network/text.h"

namespace mlp {

namespace {

/// Where the parameters of activations can be read off, see below.
constexpr double kMinusOne = -1.0, kFarBelow = -60.0;

std::size_t index_of(double point) {
  const auto& points = sample_points();
  return static_cast<std::size_t>(std::ranges::find(points, point) - points.begin());
}

Samples samples_of(const Activation& activation) {
  return std::visit(
      []<class F>(const F& f) -> Samples {
        if constexpr (std::is_same_v<F, Softmax>) {
          return {};
        } else {
          return sampled([&](double z) { return reference::value(f, z); }, sample_points());
        }
      },
      activation);
}

/// Constants of graphs are floats, which moves values by about 1e-7; other functions are further off.
bool alike(const Samples& a, const Samples& b) {
  return std::ranges::equal(
      a, b, [](double x, double y) { return std::abs(x - y) <= 2e-6 * std::max(1.0, std::abs(y)); });
}

/// The shortest decimal that is the same float.
double shortest(double value) {
  const auto single = static_cast<float>(value);
  for (int digits = 1; digits <= 9; ++digits) {
    const double scale = std::pow(10.0, digits), rounded = std::round(value * scale) / scale;
    if (static_cast<float>(rounded) == single) return rounded;
  }
  return value;
}

/// The activation with the parameters that these samples show; the parameters may be out of range.
Activation with_parameters(Activation activation, const Samples& samples) {
  std::visit(Overloaded{[&](LeakyReLU& f) { f.slope = shortest(-samples[index_of(kMinusOne)]); },
                        [&](ELU& f) { f.alpha = shortest(-samples[index_of(kFarBelow)]); }, [](auto&) {}},
             activation);
  return activation;
}

bool has_parameters(const Activation& activation) {
  return std::holds_alternative<LeakyReLU>(activation) || std::holds_alternative<ELU>(activation);
}

bool in_range(const Activation& activation) {
  if (const auto* f = std::get_if<LeakyReLU>(&activation)) return f->slope >= 0 && f->slope < 1;
  if (const auto* f = std::get_if<ELU>(&activation)) return f->alpha >= 1e-30 && f->alpha <= 1e30;
  return !std::holds_alternative<Softmax>(activation);
}

/// The function times a factor and with an offset, so that it is 0 at 0 and 1 at 1: as the activations with
/// parameters are.
Samples normalised(const Samples& samples) {
  const double zero = samples[index_of(0)], one = samples[index_of(1)];
  return sampled([&](double value) { return (value - zero) / (one - zero); }, samples);
}

/// factor and offset that make these samples of f the others, by the points that are furthest apart in f.
KnownFunction fitted(const Activation& activation, const Samples& of_f, const Samples& samples) {
  const auto [low, high] = std::ranges::minmax_element(of_f);
  const auto at = [&](auto place) { return samples[static_cast<std::size_t>(place - of_f.begin())]; };
  const double factor = (at(high) - at(low)) / (*high - *low);
  return {activation, factor, at(low) - factor * *low};
}

}  // namespace

const Samples& sample_points() {
  static const Samples kPoints = [] {
    Samples points = {kFarBelow, -25, -16, 16, 25, 60};
    for (int i = -16; i <= 16; ++i) points.push_back(i / 2.0);
    for (const double z : {-0.9, -0.3, -0.01, 0.01, 0.3, 0.9}) points.push_back(z);
    return points;
  }();
  return kPoints;
}

Samples sampled(const std::function<double(double)>& function, const Samples& at) {
  Samples values;
  values.reserve(at.size());
  for (const double z : at) values.push_back(function(z));
  return values;
}

std::optional<KnownFunction> recognised(const Samples& samples) {
  if (!std::ranges::all_of(samples, [](double value) { return std::isfinite(value); })) return std::nullopt;
  for (const auto& candidate : all_activations()) {
    const Activation activation = with_parameters(candidate, samples);
    if (in_range(activation) && alike(samples, samples_of(activation))) return KnownFunction{activation};
  }
  const Samples normal = normalised(samples);
  std::vector<Activation> candidates = all_activations();
  // Last those with parameters, of which SELU is one, times a factor.
  std::stable_partition(candidates.begin(), candidates.end(),
                        [](const Activation& activation) { return !has_parameters(activation); });
  for (const auto& candidate : candidates) {
    const Activation activation = with_parameters(candidate, normal);
    if (!in_range(activation)) continue;
    const Samples of_f = samples_of(activation);
    const KnownFunction known = fitted(activation, of_f, samples);
    if (!std::isfinite(known.factor) || known.factor == 0) continue;
    if (alike(sampled([&](double value) { return (value - known.offset) / known.factor; }, samples), of_f))
      return known;
  }
  return std::nullopt;
}

}  // namespace mlp
