// The engine's automatic choices compared with their alternatives: is each the fastest?
//
//   zeros    whether zeros in the inputs are skipped, in training and prediction: on images with MNIST's
//            zeros, and on independent inputs of which a tenth to nine tenths are zero
//   threads  how many threads work, compared with every number from one to the number of cores
//   shares   what two and more threads share: the first layer's inputs, or rows, or columns; and whether each
//            sums the weight gradients of its own rows
//
// For developers, after a change of kernels or of a threshold in src/engine/cpu/plan.cpp; it is not a test of
// the build and not part of CI. Run it on a quiet machine: beside other programs many threads are slow
// whatever is chosen. (A training run takes fewer threads there, which thread_choice.h decides and this
// program does not measure.)
//
// Choice and alternative run alternately in one process, some hundredths of a second each. The median of the
// ratios of neighbouring runs counts, so that a machine whose speed varies changes little. A choice that
// seems to lose is measured twice more. Exit code: 1 where one loses by more than 5%, 2 for wrong usage.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/cpu.h"
#include "core/random.h"
#include "core/thread_team.h"
#include "engine/cpu/step.h"
#include "kernels/kernels.h"
#include "mlp/mlp.h"
#include "training/benchmark_data.h"
#include "training/examples.h"
#include "training/input_density.h"

namespace mlp {
namespace {

// --- Workloads and ways to run them ------------------------------------------------------------------------

constexpr std::size_t kDataRows = 16'384;  // 13 MB of images: more than a second-level cache has
const AffineScaling kInputScaling{{0.0f}, {1.0f / 255.0f}};
// Timing needs no learning, and weights that hardly move never overflow or decay into slow denormal numbers.
constexpr double kLearningRate = 1e-6;

struct Data {
  std::string name;
  Dataset dataset;
  double density = 1.0;  ///< as PlanOptions::input_density
};
using DataPtr = std::shared_ptr<const Data>;

DataPtr data_of(std::string name, Dataset dataset) {
  const double density = input_density(dataset.inputs, kInputScaling);
  return std::make_shared<const Data>(Data{std::move(name), std::move(dataset), density});
}

DataPtr images(const MultilayerPerceptron& network) {
  return data_of("images", benchmark_data(network, kDataRows));
}

/// Independent inputs, so many in a hundred of which are not zero.
DataPtr independent(const MultilayerPerceptron& network, unsigned percent) {
  Dataset dataset = benchmark_data(network, kDataRows);
  const RandomStream stream(1, RandomPurpose::kBenchmark, 2, percent);
  std::uint64_t index = 0;
  for (std::uint8_t& x : std::get<Matrix<std::uint8_t>>(dataset.inputs).values()) {
    const std::uint32_t word = stream.bits(index++);
    x = word / 256 % 100 < percent ? static_cast<std::uint8_t>(1 + word % 255) : std::uint8_t{0};
  }
  return data_of(std::to_string(percent) + "% not zero", std::move(dataset));
}

struct Work {
  MultilayerPerceptron network;
  std::optional<Optimizer> optimizer;  ///< none: prediction
  std::size_t rows = 0;                ///< of a step
  DataPtr data;
};

std::string network_text(const MultilayerPerceptron& network) {
  std::string text = std::to_string(network.fan_in());
  for (const Layer& layer : network.layers()) text += "-" + std::to_string(layer.fan_out);
  return text;
}

std::string kind_text(const Work& work) { return work.optimizer ? to_string(*work.optimizer) : "predict"; }

engine::Plan plan_of(const Work& work, const std::string& target, int threads,
                     const engine::PlanChoices& choices) {
  const bool classes = std::holds_alternative<Softmax>(work.network.layers().back().activation);
  std::optional<Optimizer> optimizer = work.optimizer;
  if (optimizer) optimizer = with_learning_rate(*optimizer, kLearningRate);
  return engine::Plan(work.network, classes ? Loss(CrossEntropy{}) : Loss(SquaredError{}), optimizer,
                      kInputScaling, {},
                      {.max_batch = work.rows,
                       .threads = threads,
                       .available_threads = available_cores(),
                       .target = target,
                       .input_density = work.data->density,
                       .choices = choices});
}

/// Runs a workload in one way, step after step over rows in random order.
class Runner {
 public:
  Runner(const Work& work, engine::Plan plan)
      : work_(work),
        plan_(std::move(plan)),
        team_(plan_.threads()),
        workspace_(plan_),
        order_(permutation(work.data->dataset.rows(), RandomStream(1, RandomPurpose::kBenchmark, 3))),
        outputs_(work.rows, work.network.fan_out()) {
    workspace_.load(plan_, initialize(work.network, 1));
  }

  const engine::Plan& plan() const { return plan_; }

  /// The time of a step, averaged over the steps of `seconds`. A quarter as many run before, uncounted, to
  /// wake the threads and fill the caches.
  double seconds_per_step(double seconds) {
    const std::size_t warm = run_for(seconds / 4, 1).steps;
    const Ran ran = run_for(seconds, std::max<std::size_t>(1, warm / 16));
    return ran.seconds / static_cast<double>(ran.steps);
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Ran {
    std::size_t steps = 0;
    double seconds = 0;
  };

  /// Runs steps for `seconds`, reading the clock after every `stride` of them.
  Ran run_for(double seconds, std::size_t stride) {
    Ran ran;
    for (const auto begin = Clock::now(); ran.seconds < seconds; ran.steps += stride) {
      for (std::size_t i = 0; i < stride; ++i) step();
      ran.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    }
    return ran;
  }

  void step() {
    if (at_ + work_.rows > order_.size()) at_ = 0;
    const auto left = std::span<const std::uint32_t>(order_).subspan(at_);
    const auto rows = left.first(work_.rows);
    const Dataset& dataset = work_.data->dataset;
    if (work_.optimizer) {
      engine::train_step(plan_, workspace_, team_, {examples_of(dataset), rows, left.subspan(rows.size())},
                         {.step = steps_++});
    } else {
      engine::predict_step(plan_, workspace_, team_, view_of(dataset.inputs), rows, outputs_);
    }
    at_ += work_.rows;
  }

  const Work& work_;
  engine::Plan plan_;
  ThreadTeam team_;
  engine::Workspace workspace_;
  std::vector<std::uint32_t> order_;
  Matrix<float> outputs_;
  std::size_t at_ = 0;
  std::uint64_t steps_ = 0;
};

// --- Comparing two -----------------------------------------------------------------------------------------

constexpr double kMostRatio = 1.05;
constexpr int kRounds = 9, kTries = 3;

/// The choice's time divided by the alternative's: above 1 the alternative is faster.
struct Ratio {
  double median = 0, least = 0, most = 0;
  bool loses() const { return median > kMostRatio; }
};

Ratio measured_once(Runner& choice, Runner& alternative, double seconds) {
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    const bool choice_first = round % 2 == 0;
    const double first = (choice_first ? choice : alternative).seconds_per_step(seconds);
    const double second = (choice_first ? alternative : choice).seconds_per_step(seconds);
    ratios.push_back(choice_first ? first / second : second / first);
  }
  std::ranges::sort(ratios);
  return {ratios[kRounds / 2], ratios.front(), ratios.back()};
}

/// Measured again where it loses: if it does not lose again, the machine was the cause.
Ratio measured(Runner& choice, Runner& alternative, double seconds) {
  Ratio ratio = measured_once(choice, alternative, seconds);
  for (int again = 1; again < kTries && ratio.loses(); ++again) {
    ratio = measured_once(choice, alternative, seconds);
  }
  return ratio;
}

// --- The tables --------------------------------------------------------------------------------------------

struct Options {
  std::vector<std::string> targets = kernels::available_targets();
  std::vector<std::string> only = {"zeros", "threads", "shares"};
  double seconds = 0.03;
  bool markdown = false;
  bool summary = false;
};

struct Column {
  const char* title;
  int width;
};

std::string fixed(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

/// Prints the lines of a table as they come, aligned for people, as Markdown, too.
class Table {
 public:
  Table(std::vector<Column> columns, bool markdown) : columns_(std::move(columns)), markdown_(markdown) {
    std::vector<std::string> titles, rule;
    for (const Column& column : columns_) {
      titles.emplace_back(column.title);
      rule.emplace_back(static_cast<std::size_t>(column.width), '-');
    }
    print(titles);
    if (markdown_) print(rule);
  }

  void print(const std::vector<std::string>& cells) const {
    std::string line = markdown_ ? "| " : "";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto width = static_cast<std::size_t>(columns_[i].width);
      line += cells[i] + std::string(width - std::min(width, cells[i].size()), ' ');
      line += markdown_ ? (i + 1 < cells.size() ? " | " : " |") : "  ";
    }
    std::puts(line.c_str());
    std::fflush(stdout);
  }

 private:
  std::vector<Column> columns_;
  bool markdown_;
};

struct Result {
  std::string target, choice, network, details, taken, alternative;
  Ratio ratio;
};

std::string range_text(const Ratio& ratio) { return fixed(ratio.least) + " to " + fixed(ratio.most); }

/// Collects results and prints them: each, or the worst of each group.
class Report {
 public:
  explicit Report(const Options& options)
      : summary_(options.summary),
        table_(options.summary ? std::vector<Column>{{"target", 8},
                                                     {"choice", 7},
                                                     {"network", 16},
                                                     {"compared", 8},
                                                     {"medians", 12},
                                                     {"the highest of them", 75}}
                               : std::vector<Column>{{"target", 8},
                                                     {"choice", 7},
                                                     {"network", 16},
                                                     {"work", 34},
                                                     {"taken", 28},
                                                     {"alternative", 28},
                                                     {"ratio", 5},
                                                     {"from to", 12},
                                                     {"verdict", 7}},
               options.markdown) {}

  void add(Result result) {
    lost_ += result.ratio.loses();
    if (!summary_) {
      table_.print({result.target, result.choice, result.network, result.details, result.taken,
                    result.alternative, fixed(result.ratio.median), range_text(result.ratio),
                    result.ratio.loses() ? "LOSES" : "ok"});
    }
    group_.push_back(std::move(result));
  }

  /// Ends the group of results added since the last call.
  void end_group() {
    if (summary_ && !group_.empty()) {
      const auto median = [](const Result& result) { return result.ratio.median; };
      const auto [best, worst] = std::ranges::minmax(group_, {}, median);
      table_.print({worst.target, worst.choice, worst.network, std::to_string(group_.size()),
                    fixed(best.ratio.median) + " to " + fixed(worst.ratio.median),
                    worst.details + ": " + worst.taken + " beside " + worst.alternative +
                        (worst.ratio.loses() ? ", LOSES" : "")});
    }
    compared_ += group_.size();
    group_.clear();
  }

  std::size_t compared() const { return compared_; }
  std::size_t lost() const { return lost_; }

 private:
  bool summary_;
  Table table_;
  std::vector<Result> group_;
  std::size_t compared_ = 0, lost_ = 0;
};

// --- What is compared --------------------------------------------------------------------------------------

/// The engine's choice for a workload, to be compared with alternatives.
class Comparison {
 public:
  Comparison(const Options& options, Report& report, std::string target, std::string choice, const Work& work,
             int threads)
      : options_(options),
        report_(report),
        target_(std::move(target)),
        choice_(std::move(choice)),
        work_(work),
        runner_(work, plan_of(work, target_, threads, {})) {}

  const engine::Plan& plan() const { return runner_.plan(); }

  void beside(engine::Plan plan, const std::string& taken, const std::string& alternative,
              const std::string& threads) {
    Runner other(work_, std::move(plan));
    const Ratio ratio = measured(runner_, other, options_.seconds);
    report_.add(
        {.target = target_,
         .choice = choice_,
         .network = network_text(work_.network),
         .details = kind_text(work_) + " " + std::to_string(work_.rows) + ", " + work_.data->name + threads,
         .taken = taken,
         .alternative = alternative,
         .ratio = ratio});
  }

 private:
  const Options& options_;
  Report& report_;
  std::string target_, choice_;
  const Work& work_;
  Runner runner_;
};

std::string threads_text(int threads) {
  return std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

const char* const kReport = "64:relu,87:relu,72:leaky_relu,10:softmax";

void compare_zeros_of(const Options& options, Report& report, const std::string& target, const Work& work,
                      int threads) {
  Comparison comparison(options, report, target, "zeros", work, threads);
  const auto text = [](bool skips) { return skips ? "skipped" : "not skipped"; };
  for (const bool skips : {false, true}) {
    const bool trains = work.optimizer.has_value();
    if (trains && comparison.plan().sparse_inputs() == skips) continue;
    comparison.beside(plan_of(work, target, threads, {.skips_zeros = skips}),
                      trains ? text(!skips) : "as the rows say", text(skips),
                      ", " + threads_text(comparison.plan().threads()));
  }
}

/// With one thread, and with as many as help.
void compare_zeros(const Options& options, Report& report, const std::string& target) {
  struct Steps {
    const char* layers;
    std::optional<Optimizer> optimizer;
    std::vector<std::size_t> rows;
  };
  const std::vector<Steps> all = {{kReport, SGD{}, {32, 64, 256, 1024}},
                                  {"512:relu,10:softmax", SGD{}, {256}},
                                  {"10:softmax", SGD{}, {64}},
                                  {kReport, std::nullopt, {1, 16, 1024}}};
  for (const Steps& steps : all) {
    const MultilayerPerceptron network = parse_network(steps.layers, 784);
    std::vector<DataPtr> data = {images(network)};
    for (unsigned percent = 10; percent <= 90; percent += 10) data.push_back(independent(network, percent));
    for (const std::size_t rows : steps.rows) {
      for (const DataPtr& each : data) {
        const Work work{network, steps.optimizer, rows, each};
        compare_zeros_of(options, report, target, work, 1);
        if (plan_of(work, target, 0, {}).threads() > 1) compare_zeros_of(options, report, target, work, 0);
      }
    }
    report.end_group();
  }
}

struct Sizes {
  const char* layers;
  std::size_t inputs;
  Optimizer optimizer;
  std::vector<std::size_t> rows;
};

/// Images where there are as many inputs as pixels; with few inputs, data without zeros.
DataPtr usual_data(const MultilayerPerceptron& network) {
  return network.fan_in() == 784 ? images(network) : independent(network, 100);
}

void compare_threads(const Options& options, Report& report, const std::string& target) {
  const std::vector<Sizes> all = {{kReport, 784, SGD{}, {1, 8, 16, 32, 48, 64, 128, 256, 1024}},
                                  {kReport, 784, Adam{}, {32, 64, 256}},
                                  {"10:softmax", 784, SGD{}, {64, 256, 1024}},
                                  {"64:relu,64:relu,1:linear", 7, Adam{}, {32, 128, 256, 1024}},
                                  {"256:relu,256:relu,1:linear", 10, Adam{}, {8, 32, 128}},
                                  {"2048:relu,2048:relu,10:softmax", 784, SGD{}, {1, 32, 256}}};
  const auto compare_all = [&](const Work& work) {
    Comparison comparison(options, report, target, "threads", work, 0);
    const int taken = comparison.plan().threads();
    for (int threads = 1; threads <= available_cores(); ++threads) {
      if (threads == taken) continue;
      comparison.beside(plan_of(work, target, threads, {}), threads_text(taken), threads_text(threads), "");
    }
  };
  for (const Sizes& sizes : all) {
    const MultilayerPerceptron network = parse_network(sizes.layers, sizes.inputs);
    const DataPtr data = usual_data(network);
    for (const std::size_t rows : sizes.rows) compare_all({network, sizes.optimizer, rows, data});
    report.end_group();
  }
  const MultilayerPerceptron network = parse_network(kReport, 784);
  const DataPtr data = usual_data(network);
  for (const std::size_t rows : {1u, 16u, 64u, 128u, 256u, 1024u}) {
    compare_all({network, std::nullopt, rows, data});
  }
  report.end_group();
}

/// What a plan's threads share, in the first layer and in those above.
std::string shares_text(const engine::Plan& plan) {
  const auto layers = std::span(plan.layers());
  const auto by_columns = [](const engine::LayerPlan& layer) {
    return layer.share_outputs || layer.share_inputs;
  };
  std::string text = plan.first_layer() == engine::FirstLayer::kPartsOfInputs ? "inputs"
                     : layers.front().share_outputs                           ? "columns"
                                                                              : "rows";
  text += std::ranges::any_of(layers.subspan(1), by_columns) ? ", columns above" : ", rows above";
  return text + (plan.row_sums() == engine::RowSums::kOwnRows ? ", own sums" : "");
}

void compare_shares_of(const Options& options, Report& report, const std::string& target, const Work& work,
                       int threads) {
  Comparison comparison(options, report, target, "shares", work, threads);
  const std::vector<engine::PlanChoices> alternatives = {
      {.splits_inputs = true},
      {.splits_inputs = false},
      {.splits_inputs = false, .shares_columns = false},
      {.splits_inputs = false, .shares_columns = true},
      {.shares_columns = false},
      {.shares_columns = true},
      {.sums_own_rows = comparison.plan().row_sums() != engine::RowSums::kOwnRows}};
  std::vector<std::string> seen = {shares_text(comparison.plan())};
  for (const engine::PlanChoices& choices : alternatives) {
    try {
      engine::Plan plan = plan_of(work, target, threads, choices);
      const std::string text = shares_text(plan);
      if (std::ranges::find(seen, text) != seen.end()) continue;
      seen.push_back(text);
      comparison.beside(std::move(plan), seen.front(), text, ", " + threads_text(threads));
    } catch (const std::invalid_argument&) {
      // This network, or this number of threads, does not have this choice.
    }
  }
}

void compare_shares(const Options& options, Report& report, const std::string& target) {
  const std::vector<Sizes> all = {{kReport, 784, SGD{}, {16, 32, 64, 128, 256, 1024}},
                                  {"256:relu,10:softmax", 784, SGD{}, {64, 256}},
                                  {"512:relu,10:softmax", 784, SGD{}, {64, 256}},
                                  {"256:relu,256:relu,1:linear", 10, Adam{}, {32, 256}},
                                  {"512:relu,512:relu,10:softmax", 100, SGD{}, {32, 256, 1024}},
                                  {"2048:relu,2048:relu,10:softmax", 784, SGD{}, {64, 256}}};
  for (const Sizes& sizes : all) {
    const MultilayerPerceptron network = parse_network(sizes.layers, sizes.inputs);
    const DataPtr data = usual_data(network);
    for (const std::size_t rows : sizes.rows) {
      const Work work{network, sizes.optimizer, rows, data};
      for (int threads = 2; threads <= available_cores(); ++threads) {
        compare_shares_of(options, report, target, work, threads);
      }
    }
    report.end_group();
  }
}

// --- The command line --------------------------------------------------------------------------------------

const char* const kHelp =
    "usage: choices [--target NAME[,NAME...]] [--only CHOICE[,CHOICE...]] [--seconds X] [--summary] "
    "[--markdown]\n"
    "\n"
    "Measures each choice that the engine makes by itself beside its alternatives, on a quiet\n"
    "machine. ratio: the choice's time divided by the alternative's, median of 9 and from least\n"
    "to most; a choice whose median stays above 1.05 in three tries loses, and the exit code is 1.\n"
    "\n"
    "  --target NAME,...   CPU targets (default: all that this CPU has)\n"
    "  --only CHOICE,...   of zeros, threads, shares (default: all; the last two need two cores)\n"
    "  --seconds X         of a single measurement (default: 0.03)\n"
    "  --summary           a line for each network: its lowest and highest ratio\n"
    "  --markdown          the table in Markdown\n";

struct WrongUsage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// The parts of `value`, each of them one of `known`.
std::vector<std::string> some_of(const std::vector<std::string>& known, const std::string& option,
                                 const std::string& value) {
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
  const std::vector<std::string> parts = split(value);
  for (const std::string& part : parts) {
    if (std::ranges::find(known, part) == known.end()) {
      throw WrongUsage(option + ": expected some of " + list + ", not '" + part + "'");
    }
  }
  return parts;
}

double positive(const std::string& option, const std::string& value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || !(number > 0 && number <= 60)) {
    throw WrongUsage(option + ": expected a number above 0, at most 60, not '" + value + "'");
  }
  return number;
}

/// Nothing: help was asked for.
std::optional<Options> options_of(const std::vector<std::string>& arguments) {
  Options options;
  for (auto argument = arguments.begin(); argument != arguments.end(); ++argument) {
    const std::string option = *argument;
    if (option == "--help") return std::nullopt;
    if (option == "--markdown" || option == "--summary") {
      (option == "--markdown" ? options.markdown : options.summary) = true;
      continue;
    }
    if (option != "--target" && option != "--only" && option != "--seconds") {
      throw WrongUsage("unknown argument '" + option + "'; --help lists the options");
    }
    if (++argument == arguments.end()) throw WrongUsage(option + ": a value is missing");
    if (option == "--target") options.targets = some_of(options.targets, option, *argument);
    if (option == "--only") options.only = some_of(options.only, option, *argument);
    if (option == "--seconds") options.seconds = positive(option, *argument);
  }
  return options;
}

int run(const Options& options) {
  Report report(options);
  for (const std::string& target : options.targets) {
    for (const std::string& choice : options.only) {
      if (choice == "zeros") compare_zeros(options, report, target);
      if (choice == "threads") compare_threads(options, report, target);
      if (choice == "shares") compare_shares(options, report, target);
    }
  }
  std::printf("\n%zu comparisons on %d core(s): %zu choices lose by more than 5%%\n", report.compared(),
              available_cores(), report.lost());
  return report.lost() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace mlp

int main(int count, char** values) {
  try {
    const auto options = mlp::options_of({values + 1, values + count});
    if (options) return mlp::run(*options);
    std::fputs(mlp::kHelp, stdout);
    return 0;
  } catch (const mlp::WrongUsage& error) {
    std::fprintf(stderr, "choices: %s\n", error.what());
    return 2;
  }
}
