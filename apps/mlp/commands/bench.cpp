// mlp bench: how fast this machine trains and predicts, compared with how fast it could.
#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/help.h"
#include "cli/option_value.h"
#include "cli/precision.h"
#include "cli/sparse_inputs.h"
#include "cli/target.h"
#include "cli/threads.h"
#include "commands/commands.h"
#include "mlp/benchmark.h"
#include "mlp/target.h"
#include "mlp/version.h"
#include "present/evaluation.h"
#include "present/table.h"
#include "terminal/format.h"
#include "terminal/progress.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::optional<std::string> network, input_size, optimizer, batch_sizes, threads, sparse_inputs, precision,
      cpu_target, seconds;
  bool json = false;
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

BenchmarkOptions options_of(const Arguments& arguments, const Environment& environment) {
  BenchmarkOptions options;
  const std::size_t inputs = arguments.input_size ? whole("--input-size", *arguments.input_size,
                                                          std::size_t{1}, std::size_t{1'000'000})
                                                  : options.network.fan_in();
  options.network = option_value("--network", [&] {
    return parse_network(arguments.network.value_or(to_string(options.network)), inputs);
  });
  const auto layers = options.network.layers();
  const Layer& last = layers.back();
  if (std::holds_alternative<Softmax>(last.activation) && last.fan_out == 1) {
    throw UsageError("--network: the softmax of a single output is always 1",
                     "end it in 1:linear, or in 2:softmax");
  }
  if (arguments.optimizer) {
    options.optimizers = {option_value("--optimizer", [&] { return parse_optimizer(*arguments.optimizer); })};
  }
  if (arguments.batch_sizes) {
    options.batch_sizes.clear();
    for (const auto& size : split(*arguments.batch_sizes)) {
      options.batch_sizes.push_back(whole("--batch-size", size, std::size_t{1}, std::size_t{65'536}));
    }
  }
  if (arguments.threads) {
    options.threads.clear();
    for (const auto& count : split(*arguments.threads)) options.threads.push_back(parse_threads(count));
  }
  if (arguments.seconds) {
    options.seconds = real("--seconds", *arguments.seconds, "a number above 0, at most 3600",
                           [](double x) { return x > 0.0 && x <= 3600.0; });
  }
  options.sparse_inputs = parse_sparse_inputs(arguments.sparse_inputs);
  options.target = choose_target(environment, arguments.cpu_target);
  options.precision = parse_precision(arguments.precision);
  check_precision(options.precision, options.target);
  return options;
}

/// As the system names it: "AMD EPYC 7763 64-Core Processor".
std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string text; std::getline(file, text);) {
    if (!text.starts_with("model name")) continue;
    const auto begin = text.find_first_not_of(": \t", std::string_view("model name").size());
    if (begin != std::string::npos) return one_line(text.substr(begin));
  }
  return "unknown CPU";
}

std::string work_of(const BenchmarkMeasurement& measurement) {
  return measurement.optimizer ? "train " + to_string(*measurement.optimizer) : "predict";
}

nlohmann::ordered_json to_json(const BenchmarkMeasurement& measurement) {
  nlohmann::ordered_json object;
  if (measurement.optimizer) object["optimizer"] = to_string(*measurement.optimizer);
  object[measurement.optimizer ? "batch_size" : "rows"] = measurement.rows;
  object["threads"] = measurement.threads;
  if (measurement.optimizer) object["sparse_inputs"] = measurement.sparse_inputs;
  object["microseconds"] = number(1e6 * measurement.seconds);
  object["ms_per_epoch"] = number(1e3 * measurement.epoch_seconds());
  object["samples_per_second"] = number(measurement.rows_per_second());
  object["gflops"] = number(1e-9 * measurement.flops);
  object["percent_of_limit"] = number(100.0 * measurement.share);
  return object;
}

std::string to_json(const BenchmarkOptions& options, const BenchmarkResult& result) {
  nlohmann::ordered_json document;
  document["command"] = "bench";
  document["version"] = version();
  document["cpu"] = cpu_name();
  document["cores"] = result.cores;
  document["target"] = result.target;
  document["network"] = network_json(options.network);
  document["parameters"] = options.network.parameter_count();
  document["loss"] = to_string(result.loss);
  document["precision"] = to_string(options.precision);
  document["bf16_layers"] = result.bfloat16_layers;
  document["data"] = {
      {"rows", result.rows}, {"nonzero", number(result.nonzero)}, {"steps_cut", result.steps_cut}};
  document["seconds"] = options.seconds;
  document["limits"] = nlohmann::ordered_json::array();
  for (const auto& limit : result.limits) {
    document["limits"].push_back({{"threads", limit.threads},
                                  {"gflops", number(1e-9 * limit.flops())},
                                  {"gflops_before", number(1e-9 * limit.before)},
                                  {"gflops_after", number(1e-9 * limit.after)}});
  }
  document["disturbed"] = disturbed(result.limits, result.cores);
  for (const auto& [key, measurements] :
       {std::pair("training", &result.training), std::pair("prediction", &result.prediction)}) {
    document[key] = nlohmann::ordered_json::array();
    for (const auto& measurement : *measurements) document[key].push_back(to_json(measurement));
  }
  return to_text(document);
}

std::string gflops(double flops) { return fixed(1e-9 * flops, 1); }

/// The result of --precision bf16.
std::string bfloat16_text(const BenchmarkOptions& options, const BenchmarkResult& result) {
  if (options.precision != Precision::kBFloat16) return "";
  if (result.bfloat16_layers == 0) return ", no layer wide enough for bf16";
  return ", training " + std::to_string(result.bfloat16_layers) + " of " +
         counted(options.network.depth(), "layer") + " in bf16 with " + bfloat16_target(options.target);
}

std::string to_page(const BenchmarkOptions& options, const BenchmarkResult& result, const Style& style) {
  std::string text = style.bold + "mlp " + version() + " on " + cpu_name() + style.off + "\n";
  text += field("cpu",
                counted(static_cast<std::uint64_t>(result.cores), "core") + " to use, target " +
                    result.target + bfloat16_text(options, result),
                style);
  text += field(
      "network",
      network_text(options.network) + ", " + counted(options.network.parameter_count(), "parameter"), style);
  text +=
      field("data",
            with_thousands(result.rows) + " generated rows of " + counted(options.network.fan_in(), "byte") +
                ", " + fixed(100.0 * result.nonzero, 1) + "% of them not zero" +
                (result.steps_cut ? "; more would take over " + std::to_string(options.data_bytes >> 20) +
                                        " MiB, so some steps are smaller than asked for"
                                  : ""),
            style);
  for (const auto& limit : result.limits) {
    text += line(&limit == &result.limits.front() ? "limit" : "",
                 gflops(limit.flops()) + " GFLOP/s on " +
                     counted(static_cast<std::uint64_t>(limit.threads), "thread") + " (" +
                     gflops(limit.before) + " before, " + gflops(limit.after) + " after)");
  }

  std::vector<std::vector<std::string>> rows = {
      {"work", "rows", "threads", "us/step", "ms/epoch", "samples/s", "GFLOP/s", "of limit"}};
  for (const auto* measurements : {&result.training, &result.prediction}) {
    for (const auto& measurement : *measurements) {
      rows.push_back({work_of(measurement), std::to_string(measurement.rows),
                      std::to_string(measurement.threads), fixed(1e6 * measurement.seconds, 1),
                      fixed(1e3 * measurement.epoch_seconds(), 1),
                      with_thousands(static_cast<std::uint64_t>(measurement.rows_per_second())),
                      gflops(measurement.flops), fixed(100.0 * measurement.share, 1) + "%"});
    }
  }
  std::string remarks =
      "Medians. An epoch is 60,000 rows. GFLOP/s are those of the dense step: zeros that are skipped count. "
      "The limit is the larger one of before and after.";
  if (result.bfloat16_layers > 0) remarks += " It is float32's: bf16 may do more than 100% of it.";
  text += "\n" + table(rows, 0, style) + "\n";
  for (const auto& row : wrap(remarks, std::max<std::size_t>(style.columns, 22) - 2))
    text += "  " + row + "\n";
  if (disturbed(result.limits, result.cores)) {
    text +=
        "\n  Other programs are running, as the limits show: these figures mean little.\n"
        "  Run it again on an idle machine.\n";
  }
  return text;
}

int run_bench(const Arguments& arguments, const Environment& environment) {
  const BenchmarkOptions options = options_of(arguments, environment);
  const bool live = progress_mode(arguments.json, environment) == ProgressMode::kLive;
  LiveLine progress;
  const BenchmarkResult result =
      benchmark(options, [&](std::size_t done, std::size_t total, const std::string& next) {
        if (live)
          progress.draw(bar(static_cast<double>(done) / static_cast<double>(total), 16, environment.utf8) +
                        "  " + next);
      });
  progress.clear();
  print(arguments.json ? to_json(options, result) : to_page(options, result, style_of(kStdout, environment)));
  return 0;
}

}  // namespace

Command add_bench(Parser& parent, const Environment& environment) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser =
      parent.add_command("bench", "How fast this machine trains and predicts, and how fast it could");
  const auto add = [&](const std::string& name, std::optional<std::string>& value, const std::string& type,
                       const std::string& help) { return parser.add_option(name, value, help).type(type); };
  add("--network", arguments->network, "SPEC",
      "width:activation[:dropout] for each layer (default: " + to_string(BenchmarkOptions{}.network) + ")");
  add("--input-size", arguments->input_size, "N", "inputs of the network (default: 784)");
  add("--optimizer", arguments->optimizer, "NAME", listed(all_optimizers()) + " (default: sgd, then adam)")
      .choices(texts_of(all_optimizers()));
  add("--batch-size", arguments->batch_sizes, "N[,N...]",
      "rows in a training step (default: 32,64,256,1024)");
  add("--threads", arguments->threads, "N[,N...]",
      "threads to use; auto is as many as help (default: 1,auto)");
  add("--sparse-inputs", arguments->sparse_inputs, "WHEN",
      "skip zeros in the inputs, in training and prediction: on, off, or auto (default), where it saves "
      "time")
      .choices({"auto", "on", "off"});
  add("--precision", arguments->precision, "NAME", "of training: float32 (default) or bf16")
      .choices({"float32", "bf16"});
  add("--cpu-target", arguments->cpu_target, "NAME",
      "instructions to compute with: avx512, avx2, neon or baseline (default: MLP_TARGET, else the best "
      "there are)")
      .choices({"avx512", "avx2", "neon", "baseline"});
  add("--seconds", arguments->seconds, "X", "time for each number (default: 1)");
  parser.add_flag("--json", arguments->json, "print the result as one JSON object");
  parser.footer(
      "The limit is what the CPU's multiply-add units do in registers, measured before\n"
      "everything else and after it. Training and prediction run on generated images\n"
      "with as many zeros as MNIST's. It takes about 25 seconds; other programs that\n"
      "run meanwhile make all figures worse.\n"
      "\n"
      "Examples:\n"
      "  mlp bench\n"
      "  mlp bench --network 2048:relu,2048:relu,10:softmax --batch-size 256\n"
      "  mlp bench --input-size 7 --network 64:relu,64:relu,1:linear --batch-size 32\n"
      "  mlp bench --threads 1,2,4 --optimizer adam --json\n"
      "  mlp bench --cpu-target avx2 --sparse-inputs off");
  return {parser, [arguments, &environment] { return run_bench(*arguments, environment); }};
}

}  // namespace mlp::app
