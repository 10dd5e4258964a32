// One update of every optimizer, formula by formula as in mlp/optimizer.h.

#include <cmath>

#include "core/overloaded.h"
#include "mlp/reference.h"

namespace mlp::reference {

template <class T>
OptimizerState<T> start(const Optimizer& optimizer, BasicParameters<T> parameters) {
  BasicParameters<T> zero = parameters;
  for (T& value : zero.values()) value = 0;
  std::vector<BasicParameters<T>> moments(static_cast<std::size_t>(moment_count(optimizer)), zero);
  return {.parameters = std::move(parameters), .moments = std::move(moments), .step = 0};
}

template <class T>
OptimizerState<T> update(const Optimizer& optimizer, OptimizerState<T> state,
                         const BasicParameters<T>& gradients, double rate_factor) {
  require(state.parameters.layout() == gradients.layout(),
          "update: parameters and gradients differ in layout");
  require(state.moments.size() == static_cast<std::size_t>(moment_count(optimizer)),
          "update: the state's moments are not this optimizer's");
  ++state.step;
  const double t = static_cast<double>(state.step);
  const T lr = static_cast<T>(learning_rate(optimizer) * rate_factor);
  const auto p = state.parameters.values();
  const auto g = gradients.values();

  const auto momentum = [&](const auto& o, bool nesterov) {
    const T kept = static_cast<T>(o.momentum);
    const auto v = state.moments[0].values();
    for (std::size_t i = 0; i < p.size(); ++i) {
      v[i] = kept * v[i] + g[i];
      p[i] -= lr * (nesterov ? g[i] + kept * v[i] : v[i]);
    }
  };
  const auto adam = [&](const auto& o) {
    const T beta1 = static_cast<T>(o.beta1), one_minus_beta1 = static_cast<T>(1 - o.beta1);
    const T beta2 = static_cast<T>(o.beta2), one_minus_beta2 = static_cast<T>(1 - o.beta2);
    const T correction1 = static_cast<T>(1 - std::pow(o.beta1, t));
    const T correction2 = static_cast<T>(1 - std::pow(o.beta2, t));
    const auto m = state.moments[0].values();
    const auto v = state.moments[1].values();
    for (std::size_t i = 0; i < p.size(); ++i) {
      m[i] = beta1 * m[i] + one_minus_beta1 * g[i];
      v[i] = beta2 * v[i] + one_minus_beta2 * g[i] * g[i];
      p[i] -= lr / correction1 * m[i] / (std::sqrt(v[i] / correction2) + static_cast<T>(o.epsilon));
    }
  };
  std::visit(Overloaded{
                 [&](const SGD&) {
                   for (std::size_t i = 0; i < p.size(); ++i) p[i] -= lr * g[i];
                 },
                 [&](const Momentum& o) { momentum(o, false); },
                 [&](const Nesterov& o) { momentum(o, true); },
                 [&](const RMSProp& o) {
                   const T rho = static_cast<T>(o.rho), one_minus_rho = static_cast<T>(1 - o.rho);
                   const auto s = state.moments[0].values();
                   for (std::size_t i = 0; i < p.size(); ++i) {
                     s[i] = rho * s[i] + one_minus_rho * g[i] * g[i];
                     p[i] -= lr * g[i] / (std::sqrt(s[i]) + static_cast<T>(o.epsilon));
                   }
                 },
                 [&](const Adam& o) { adam(o); },
                 [&](const AdamW& o) {
                   for (std::size_t layer = 0; layer < state.parameters.layer_count(); ++layer) {
                     const auto W = state.parameters.weight(layer);
                     for (std::size_t i = 0; i < W.rows(); ++i) {
                       for (T& w : W.row(i)) w -= lr * static_cast<T>(o.weight_decay) * w;
                     }
                   }
                   adam(o);
                 },
             },
             optimizer);
  return state;
}

template <class T>
BasicParameters<T> clip_by_norm(BasicParameters<T> gradients, double clip_norm) {
  double sum = 0;
  for (const T g : gradients.values()) sum += static_cast<double>(g) * static_cast<double>(g);
  const double norm = std::sqrt(sum);
  if (clip_norm <= 0 || norm <= clip_norm) return gradients;
  for (T& g : gradients.values()) g *= static_cast<T>(clip_norm / norm);
  return gradients;
}

#define MLP_INSTANTIATE(T)                                                                                   \
  template OptimizerState<T> start(const Optimizer&, BasicParameters<T>);                                    \
  template OptimizerState<T> update(const Optimizer&, OptimizerState<T>, const BasicParameters<T>&, double); \
  template BasicParameters<T> clip_by_norm(BasicParameters<T>, double);
MLP_INSTANTIATE(float)
MLP_INSTANTIATE(double)
#undef MLP_INSTANTIATE

}  // namespace mlp::reference
