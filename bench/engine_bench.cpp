// Training steps and predictions of the report's MNIST network on random rows, beside what this CPU can do at
// most.
//
// The counter "flops" is floating-point operations a second (2 per multiply-add); "share" divides it by the
// peak of the same number of threads, measured in the same program, since shared machines change from minute
// to minute.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

#include "core/random.h"
#include "engine/step.h"

namespace {

using Clock = std::chrono::steady_clock;

/// Floating-point operations a second of `threads` threads that touch no memory: the best of several tries.
double peak(int threads) {
  mlp::ThreadTeam team(threads);
  const auto& kernels = mlp::kernels::kernels_for("");
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    std::vector<double> operations(static_cast<std::size_t>(threads));
    const auto start = Clock::now();
    team.run([&](int member) { operations[static_cast<std::size_t>(member)] = kernels.peak(20'000); });
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, std::accumulate(operations.begin(), operations.end(), 0.0) / seconds);
  }
  return best;
}

mlp::MultilayerPerceptron report_network() {
  return mlp::parse_network("64:relu,87:relu,72:leaky_relu,10:softmax", 28 * 28);
}

mlp::Dataset random_images(std::size_t rows) {
  const mlp::RandomStream stream(1, mlp::RandomPurpose::kTest);
  mlp::Dataset dataset{.name = "random"};
  mlp::Matrix<std::uint8_t> inputs(rows, 28 * 28);
  for (std::size_t i = 0; i < inputs.values().size(); ++i) {
    inputs.values()[i] = static_cast<std::uint8_t>(stream.bits(i));
  }
  dataset.inputs = std::move(inputs);
  for (int c = 0; c < 10; ++c) dataset.class_names.push_back(std::to_string(c));
  for (std::size_t n = 0; n < rows; ++n) dataset.labels.push_back(static_cast<std::int32_t>(n % 10));
  return dataset;
}

void report(benchmark::State& state, double flops_per_iteration, int threads) {
  state.counters["flops"] =
      benchmark::Counter(flops_per_iteration, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["share"] =
      benchmark::Counter(flops_per_iteration / peak(threads), benchmark::Counter::kIsIterationInvariantRate);
}

/// Arguments: batch size, threads. One iteration is one optimizer step.
void train(benchmark::State& state, const mlp::Optimizer& optimizer) {
  const auto batch = static_cast<std::size_t>(state.range(0));
  const int threads = static_cast<int>(state.range(1));
  const auto network = report_network();
  const mlp::Dataset dataset = random_images(8192);
  const auto order = mlp::permutation(dataset.rows(), mlp::RandomStream(2, mlp::RandomPurpose::kTest));
  const mlp::engine::Plan plan(network, mlp::CrossEntropy{}, optimizer, {{0.0f}, {1.0f / 255.0f}}, {},
                               {.max_batch = batch, .threads = threads});
  mlp::engine::Workspace workspace(plan);
  workspace.load(plan, mlp::initialize(network, 1));
  mlp::ThreadTeam team(threads);
  std::uint64_t step = 0;
  for (auto _ : state) {
    const std::size_t begin = step * batch % (dataset.rows() - batch + 1);
    mlp::engine::train_step(plan, workspace, team, {dataset, std::span(order).subspan(begin, batch)},
                            {.step = step});
    ++step;
  }
  report(state, mlp::engine::training_flops(network, batch), threads);
}

/// Arguments: rows, threads. One iteration predicts the rows once.
void predict(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const int threads = static_cast<int>(state.range(1));
  const auto network = report_network();
  const mlp::Dataset dataset = random_images(rows);
  const mlp::engine::Plan plan(network, mlp::CrossEntropy{}, std::nullopt, {{0.0f}, {1.0f / 255.0f}}, {},
                               {.max_batch = rows, .threads = threads});
  mlp::engine::Workspace workspace(plan);
  workspace.load(plan, mlp::initialize(network, 1));
  mlp::ThreadTeam team(threads);
  std::vector<std::uint32_t> index(rows);
  std::iota(index.begin(), index.end(), 0u);
  mlp::Matrix<float> outputs(rows, network.fan_out());
  for (auto _ : state) mlp::engine::predict_step(plan, workspace, team, dataset.inputs, index, outputs);
  report(state, 2.0 * static_cast<double>(rows * network.parameter_count()), threads);
}

void batches_and_threads(benchmark::internal::Benchmark* bench) {
  for (const int threads : {1, mlp::available_cores()}) {
    for (const int batch : {32, 64, 128, 256, 1024}) bench->Args({batch, threads});
  }
  bench->ArgNames({"batch", "threads"})->UseRealTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(train, sgd, mlp::SGD{0.01})->Apply(batches_and_threads);
BENCHMARK_CAPTURE(train, adam, mlp::Adam{1e-4})->Apply(batches_and_threads);
BENCHMARK(predict)->Args({1, 1})->Args({1024, 1})->ArgNames({"rows", "threads"})->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
