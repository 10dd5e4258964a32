// See mlp/benchmark.h.
#include "mlp/benchmark.h"

#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

#include "core/cpu.h"
#include "engine/cpu/plan.h"
#include "mlp/train.h"
#include "training/benchmark_data.h"
#include "training/examples.h"
#include "training/flop_limit.h"
#include "training/sparse_inputs.h"

namespace mlp {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRepetitions = 7;
constexpr std::size_t kLeastBatches = 4;
// Timing needs no learning, and weights that hardly move never overflow or decay into slow denormal numbers.
constexpr double kLearningRate = 1e-6;
const AffineScaling kInputScaling = {{0.0f}, {1.0f / 255.0f}};

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Takes the times of a run's steps in windows, the first of which warms up, and ends the run after the last.
class StepClock : public TrainingObserver {
 public:
  StepClock(std::size_t batch_size, std::size_t rows, double seconds)
      : batch_size_(batch_size),
        last_batch_((rows - 1) % batch_size + 1),
        window_(seconds / (kRepetitions + 1)) {}

  bool on_step(const StepProgress& step) override {
    const auto now = Clock::now();
    const double elapsed = seconds_between(last_, now);
    last_ = now;
    // An epoch's first step includes the shuffling, which EpochRecord::seconds does not count either.
    if (step.batch == 1) return true;
    elapsed_ += elapsed;
    rows_ += step.batch == step.batches ? last_batch_ : batch_size_;
    if (elapsed_ < window_) return true;
    if (warm_) seconds_per_row_.push_back(elapsed_ / static_cast<double>(rows_));
    warm_ = true;
    elapsed_ = 0;
    rows_ = 0;
    return seconds_per_row_.size() < kRepetitions;
  }

  double seconds_per_row() const { return median(seconds_per_row_); }

 private:
  std::size_t batch_size_;
  std::size_t last_batch_;
  double window_;
  Clock::time_point last_ = Clock::now();
  bool warm_ = false;
  double elapsed_ = 0;
  std::size_t rows_ = 0;
  std::vector<double> seconds_per_row_;
};

class Benchmark {
 public:
  Benchmark(const BenchmarkOptions& options, const BenchmarkProgress& progress)
      : options_(options), progress_(progress), kernels_(kernels::kernels_for(options.target)) {
    result_.target = kernels_.name;
    result_.cores = available_cores();
    if (std::holds_alternative<Softmax>(options.network.layers().back().activation)) {
      result_.loss = CrossEntropy{};
    }
    const auto batches = cut(options.batch_sizes, most_rows() / kLeastBatches);
    for (const Optimizer& optimizer : options.optimizers) {
      for (const std::size_t rows : batches) plan_measurements(optimizer, rows, result_.training);
    }
    for (const std::size_t rows : cut(options.prediction_rows, most_rows())) {
      plan_measurements(std::nullopt, rows, result_.prediction);
    }
    std::set<int> threads = {1};
    for (const auto& measurement : result_.training) threads.insert(measurement.threads);
    for (const auto& measurement : result_.prediction) threads.insert(measurement.threads);
    for (const int count : threads) result_.limits.push_back({.threads = count});
  }

  BenchmarkResult run() && {
    const Dataset dataset = make_data();
    measure_limits(&BenchmarkLimit::before);
    for (auto& measurement : result_.training) measure_training(dataset, measurement);
    for (auto& measurement : result_.prediction) measure_prediction(dataset, measurement);
    measure_limits(&BenchmarkLimit::after);
    for (auto* measurements : {&result_.training, &result_.prediction}) {
      for (auto& measurement : *measurements) relate_to_limit(measurement);
    }
    return std::move(result_);
  }

 private:
  /// The most rows of generated data that fit into memory, but enough for batches of one row.
  std::size_t most_rows() const {
    const std::size_t row_bytes = options_.network.fan_in() + sizeof(float) * options_.network.fan_out();
    return std::max(kLeastBatches, options_.data_bytes / row_bytes);
  }

  /// Step sizes cut to `most`, each once.
  std::vector<std::size_t> cut(const std::vector<std::size_t>& sizes, std::size_t most) {
    std::vector<std::size_t> result;
    for (const std::size_t size : sizes) {
      if (size > most) result_.steps_cut = true;
      const std::size_t step = std::min(size, most);
      if (std::ranges::find(result, step) == result.end()) result.push_back(step);
    }
    return result;
  }

  engine::Plan plan(const std::optional<Optimizer>& optimizer, std::size_t rows, int threads) const {
    return engine::Plan(options_.network, result_.loss, optimizer, kInputScaling, {},
                        {.max_batch = rows,
                         .threads = threads,
                         .available_threads = available_cores(),
                         .target = options_.target,
                         .choices = {.skips_zeros = skips_zeros(options_.sparse_inputs)}});
  }

  /// Plans one measurement for each number of threads that results from options and plan.
  void plan_measurements(const std::optional<Optimizer>& optimizer, std::size_t rows,
                         std::vector<BenchmarkMeasurement>& measurements) const {
    std::set<int> counts;
    for (const int threads : options_.threads) {
      counts.insert(threads > 0 ? threads : plan(optimizer, rows, 0).threads());
    }
    for (const int threads : counts) {
      measurements.push_back({.optimizer = optimizer, .rows = rows, .threads = threads});
    }
  }

  Dataset make_data() {
    announce("generating data");
    const auto most_of = [](const std::vector<BenchmarkMeasurement>& measurements) {
      return std::ranges::max(measurements, {}, &BenchmarkMeasurement::rows).rows;
    };
    result_.rows = std::max({std::min(options_.rows, most_rows()), kLeastBatches * most_of(result_.training),
                             most_of(result_.prediction)});
    Dataset dataset = benchmark_data(options_.network, result_.rows);
    const auto values = std::get<Matrix<std::uint8_t>>(dataset.inputs).values();
    const auto zeros = std::ranges::count(values, std::uint8_t{0});
    result_.nonzero = 1.0 - static_cast<double>(zeros) / static_cast<double>(values.size());
    return dataset;
  }

  void measure_limits(double BenchmarkLimit::*when) {
    for (auto& limit : result_.limits) {
      announce("the limit, " + threads_text(limit.threads));
      limit.*when = flop_limit(kernels_, limit.threads, options_.seconds / 2);
    }
  }

  void measure_training(const Dataset& dataset, BenchmarkMeasurement& measurement) {
    announce("training with " + to_string(*measurement.optimizer) + ", batches of " +
             std::to_string(measurement.rows) + ", " + threads_text(measurement.threads));
    StepClock clock(measurement.rows, dataset.rows(), options_.seconds);
    const Trained trained = train(options_.network, dataset,
                                  {.loss = result_.loss,
                                   .optimizer = with_learning_rate(*measurement.optimizer, kLearningRate),
                                   .epochs = 1'000'000'000,  // the clock ends it
                                   .batch_size = static_cast<int>(measurement.rows),
                                   .threads = measurement.threads,
                                   .target = options_.target,
                                   .precision = options_.precision,
                                   .sparse_inputs = options_.sparse_inputs},
                                  &clock);
    measurement.sparse_inputs = trained.sparse_inputs;
    result_.bfloat16_layers = trained.bfloat16_layers;
    measurement.seconds = clock.seconds_per_row() * static_cast<double>(measurement.rows);
    measurement.flops = engine::training_flops(options_.network, measurement.rows) / measurement.seconds;
  }

  void measure_prediction(const Dataset& dataset, BenchmarkMeasurement& measurement) {
    const std::size_t rows = measurement.rows;
    announce("prediction, rows " + std::to_string(rows) + ", " + threads_text(measurement.threads));
    const auto engine = engine::prediction_engine({options_.network, result_.loss, kInputScaling, {}},
                                                  initialize(options_.network, 1),
                                                  {.max_batch = rows,
                                                   .threads = measurement.threads,
                                                   .target = options_.target,
                                                   .skips_zeros = skips_zeros(options_.sparse_inputs)});
    std::vector<std::uint32_t> index(dataset.rows());
    std::iota(index.begin(), index.end(), 0u);
    Matrix<float> outputs(rows, options_.network.fan_out());

    constexpr std::size_t kLeastCalls = 10, kMostCalls = 1'000'000;
    const double warm_up = options_.seconds / (kRepetitions + 1);
    std::vector<double> times;
    double spent = 0;
    auto last = Clock::now();
    for (std::size_t call = 0;
         times.size() < kLeastCalls || (spent < options_.seconds && times.size() < kMostCalls); ++call) {
      const std::size_t begin = call % (dataset.rows() / rows) * rows;
      engine->predict(view_of(dataset.inputs), std::span(index).subspan(begin, rows), outputs);
      const auto now = Clock::now();
      const double elapsed = seconds_between(last, now);
      last = now;
      if (spent >= warm_up) times.push_back(elapsed);
      spent += elapsed;
    }
    measurement.seconds = median(times);
    double weights = 0;
    for (const Layer& layer : options_.network.layers())
      weights += static_cast<double>(layer.fan_in * layer.fan_out);
    measurement.flops = 2.0 * weights * measurement.rows_per_second();
  }

  void relate_to_limit(BenchmarkMeasurement& measurement) const {
    for (const auto& limit : result_.limits) {
      if (limit.threads == measurement.threads) measurement.share = measurement.flops / limit.flops();
    }
  }

  static std::string threads_text(int threads) {
    return std::to_string(threads) + (threads == 1 ? " thread" : " threads");
  }

  void announce(const std::string& next) {
    const std::size_t total =
        1 + 2 * result_.limits.size() + result_.training.size() + result_.prediction.size();
    if (progress_) progress_(done_, total, next);
    ++done_;
  }

  const BenchmarkOptions& options_;
  const BenchmarkProgress& progress_;
  const kernels::Kernels& kernels_;
  BenchmarkResult result_;
  std::size_t done_ = 0;
};

void check(const BenchmarkOptions& options) {
  if (options.target == engine::kReferenceTarget)
    throw UsageError("there is no limit of this machine to hold the reference beside", "name a CPU target");
  require(!options.batch_sizes.empty() && !options.threads.empty() && !options.prediction_rows.empty(),
          "benchmark: batch_sizes, prediction_rows and threads must not be empty");
  // train() takes the batch size as an int.
  const auto in_range = [](std::size_t rows) { return rows > 0 && rows <= std::size_t{1} << 30; };
  require(std::ranges::all_of(options.batch_sizes, in_range) &&
              std::ranges::all_of(options.prediction_rows, in_range),
          "benchmark: batches and predictions must have 1 to 2^30 rows");
  require(std::ranges::all_of(options.threads, [](int threads) { return threads >= 0; }),
          "benchmark: the number of threads must not be negative");
  require(options.seconds > 0 && std::isfinite(options.seconds), "benchmark: seconds must be above 0");
}

}  // namespace

bool disturbed(const std::vector<BenchmarkLimit>& limits, int cores) {
  constexpr double kLeastShare = 2.0 / 3.0;
  constexpr double kLeastGain = 1.3;
  return std::ranges::any_of(limits, [&](const BenchmarkLimit& limit) {
    const bool changed = std::min(limit.before, limit.after) < kLeastShare * limit.flops();
    const bool crowded =
        cores > 1 && limit.threads > 1 && limit.flops() < kLeastGain * limits.front().flops();
    return changed || crowded;
  });
}

BenchmarkResult benchmark(const BenchmarkOptions& options, const BenchmarkProgress& progress) {
  check(options);
  return Benchmark(options, progress).run();
}

}  // namespace mlp
