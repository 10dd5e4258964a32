// The kernels on the layers of the report's MNIST network and on a wide one, on one thread.
//
// For products, "flops" is floating-point operations per second (2 per multiply-add), and "share" divides it
// by this CPU's limit, measured right after it; for the others, items are elements. MLP_TARGET names the CPU
// target. Whole training steps and predictions, on all threads, are measured by `mlp bench`.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "core/random.h"
#include "kernels/kernels.h"
#include "training/flop_limit.h"

namespace {

namespace kernels = mlp::kernels;

const kernels::Kernels& chosen() {
  static const char* const target = std::getenv("MLP_TARGET");
  static const kernels::Kernels& table = kernels::kernels_for(target == nullptr ? "" : target);
  return table;
}

/// A blocked matrix of random numbers in [0, 0.1), laid out as the engine's activations or as its weights.
class Blocked {
 public:
  static Blocked activations(std::size_t rows, std::size_t columns) {
    return {rows, columns, (rows | 1) * kernels::kBlock};
  }
  static Blocked weights(std::size_t rows, std::size_t columns) {
    return {rows, columns, kernels::BlockedShape{rows, columns}.block_stride()};
  }
  kernels::BlockedView<float> view() { return {values_.data(), rows_, columns_, block_stride_}; }
  float* data() { return values_.data(); }
  std::size_t block_stride() const { return block_stride_; }

 private:
  Blocked(std::size_t rows, std::size_t columns, std::size_t block_stride)
      : rows_(rows),
        columns_(columns),
        block_stride_(block_stride),
        values_(kernels::blocks_of(columns) * block_stride) {
    const mlp::RandomStream stream(1, mlp::RandomPurpose::kTest);
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = static_cast<float>(0.1 * stream.uniform(i));
  }

  std::size_t rows_, columns_, block_stride_;
  mlp::AlignedVector<float> values_;
};

void report_product(benchmark::State& state, std::size_t rows, std::size_t fan_in, std::size_t fan_out) {
  // Measured anew after each: a shared machine's clock changes from second to second.
  const double limit = mlp::flop_limit(chosen(), 1, 0.1);
  const double flops = 2.0 * static_cast<double>(rows * fan_in * fan_out);
  state.counters["flops"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["share"] = benchmark::Counter(flops / limit, benchmark::Counter::kIsIterationInvariantRate);
}

std::size_t argument(const benchmark::State& state, std::size_t index) {
  return static_cast<std::size_t>(state.range(index));
}

/// Arguments: batch, fan_in, fan_out. Z = ReLU(XW + b).
void affine(benchmark::State& state) {
  const std::size_t rows = argument(state, 0), fan_in = argument(state, 1), fan_out = argument(state, 2);
  Blocked X = Blocked::activations(rows, fan_in), W = Blocked::weights(fan_in, fan_out);
  Blocked bias = Blocked::activations(1, fan_out), Z = Blocked::activations(rows, fan_out);
  const kernels::Epilogue relu{.kind = kernels::Epilogue::Kind::kSlope, .slope = 0};
  kernels::Prefetch nothing;
  for (auto _ : state) {
    chosen().affine(X.view(), W.view(), bias.data(), relu, Z.view(), nothing);
    benchmark::ClobberMemory();
  }
  report_product(state, rows, fan_in, fan_out);
}

/// The same arguments. dW = X^T dZ and the optimizer's update.
void weight_step(benchmark::State& state, kernels::UpdateRule::Kind kind) {
  const std::size_t rows = argument(state, 0), fan_in = argument(state, 1), fan_out = argument(state, 2);
  Blocked X = Blocked::activations(rows, fan_in), dZ = Blocked::activations(rows, fan_out);
  Blocked W = Blocked::weights(fan_in, fan_out), m = W, v = W;
  const kernels::UpdateRule rule{.kind = kind,
                                 .learning_rate = 1e-9f,
                                 .beta1 = 0.9f,
                                 .beta2 = 0.999f,
                                 .one_minus_beta1 = 0.1f,
                                 .one_minus_beta2 = 0.001f,
                                 .epsilon = 1e-8f};
  const kernels::UpdateBuffers buffers{.parameters = W.data(), .moment1 = m.data(), .moment2 = v.data()};
  kernels::Prefetch nothing;
  for (auto _ : state) {
    chosen().weight_step(X.view(), dZ.view(), rule, buffers, W.block_stride(), nothing);
    benchmark::ClobberMemory();
  }
  report_product(state, rows, fan_in, fan_out);
}

/// Arguments: rows, columns. `elementwise(values)` is timed on a matrix that each iteration changes further.
template <class Elementwise>
void on_activations(benchmark::State& state, const Elementwise& elementwise) {
  Blocked values = Blocked::activations(argument(state, 0), argument(state, 1));
  for (auto _ : state) {
    elementwise(values.view());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}

void activate(benchmark::State& state, const mlp::Activation& activation) {
  Blocked derivative = Blocked::activations(argument(state, 0), argument(state, 1));
  on_activations(state,
                 [&](const auto& values) { chosen().activate(activation, values, derivative.data()); });
}

void softmax(benchmark::State& state) {
  on_activations(state, [](const auto& values) { chosen().softmax(values); });
}

/// Arguments: batch, columns; rows are taken at random from 8,192.
void gather(benchmark::State& state) {
  const std::size_t rows = argument(state, 0), columns = argument(state, 1);
  const mlp::Matrix<std::uint8_t> images(8192, columns);
  auto index = mlp::permutation(images.rows(), mlp::RandomStream(2, mlp::RandomPurpose::kTest));
  index.resize(rows);
  const float shift = 0, scale = 1.0f / 255;
  on_activations(state, [&](const auto& out) {
    chosen().gather_bytes(images, index, {&shift, &scale, true}, out, {});
  });
}

constexpr std::array<std::int64_t, 3> kBatches = {64, 256, 1024};

void layers(benchmark::internal::Benchmark* bench) {
  for (const auto& [fan_in, fan_out] : {std::pair(784, 64), {64, 87}, {87, 72}, {72, 10}, {2048, 2048}}) {
    for (const auto batch : kBatches) bench->Args({batch, fan_in, fan_out});
  }
  bench->ArgNames({"batch", "in", "out"})->Unit(benchmark::kMicrosecond);
}

template <int kColumns>
void batches_of(benchmark::internal::Benchmark* bench) {
  for (const auto batch : kBatches) bench->Args({batch, kColumns});
  bench->ArgNames({"batch", "columns"})->Unit(benchmark::kMicrosecond);
}

BENCHMARK(affine)->Apply(layers);
BENCHMARK_CAPTURE(weight_step, sgd, kernels::UpdateRule::Kind::kSgd)->Apply(layers);
BENCHMARK_CAPTURE(weight_step, adam, kernels::UpdateRule::Kind::kAdam)->Apply(layers);
BENCHMARK(gather)->Apply(batches_of<784>);
BENCHMARK(softmax)->Apply(batches_of<10>);
BENCHMARK_CAPTURE(activate, relu, mlp::ReLU{})->Apply(batches_of<87>);
BENCHMARK_CAPTURE(activate, tanh, mlp::Tanh{})->Apply(batches_of<87>);
BENCHMARK_CAPTURE(activate, gelu, mlp::GELU{})->Apply(batches_of<87>);

}  // namespace

BENCHMARK_MAIN();
