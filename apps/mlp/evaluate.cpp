// mlp evaluate: the test metrics of a saved model.
#include <memory>

#include "commands.h"
#include "evaluation.h"
#include "format.h"
#include "mlp/error.h"
#include "progress.h"
#include "recipes.h"
#include "run_folder.h"
#include "scores.h"
#include "target.h"
#include "threads.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string model;
  std::string data;
  std::string data_dir;
  std::optional<std::string> threads;
  bool json = false;
};

void check_fit(const Model& model, const std::string& dataset, const Dataset& test) {
  if (test.features() != model.network.fan_in() || test.outputs() != model.network.fan_out() ||
      test.task() != model.task()) {
    throw UsageError("the model takes " + counted(model.network.fan_in(), "input") + " and gives " +
                         counted(model.network.fan_out(), "output") + ", but " + dataset + " has " +
                         counted(test.features(), "feature") + " and " +
                         (test.task() == Task::kClassification ? with_thousands(test.outputs()) + " classes"
                                                               : counted(test.outputs(), "target")),
                     "evaluate it on the data it was trained on: --data " + model.record.dataset);
  }
}

/// Of each class or target.
std::string each_score(const Evaluation& evaluation, const Dataset& dataset, const Style& style) {
  return evaluation.classification ? class_table(*evaluation.classification, dataset, style)
                                   : target_table(*evaluation.regression, dataset, style);
}

int run_evaluate(const Arguments& arguments, const Environment& environment) {
  const PredictionOptions options{.threads = parse_threads(arguments.threads),
                                  .target = choose_target(environment)};
  const auto path = model_file(arguments.model);
  const Model model = load_model(path);
  const std::string dataset = arguments.data.empty() ? model.record.dataset : arguments.data;
  recipe_for(dataset);  // an unknown name is refused with the nearest known one

  DataSource source = data_source(environment, arguments.data_dir);
  DownloadProgress progress(progress_mode(arguments.json, environment), environment.utf8);
  source.progress = [&](const std::string& file, std::uint64_t done, std::uint64_t total) {
    progress.update(file, done, total);
    return true;
  };
  // The seed of the training run draws the same test rows again, none of which it has learned from.
  const DataSplit split = load_dataset(dataset, source, model.record.seed);
  progress.finish();
  check_fit(model, dataset, split.test);
  const TestResult result = test(model, dataset, split, options);

  if (arguments.json) {
    nlohmann::ordered_json document;
    document["command"] = "evaluate";
    document["model"] = path.string();
    document["dataset"] = dataset;
    document["network"] = network_json(model.network);
    document["parameters"] = model.network.parameter_count();
    document["loss"] = to_string(model.loss);
    document["seed"] = model.record.seed;
    add_to(document, result, split.test);
    print(to_text(document));
  } else {
    const Style style = style_of(kStdout, environment);
    const std::string scores = each_score(result.evaluation, split.test, style);
    print(path.string() + " on " + dataset + "\n" + field("network", network_text(model.network)) +
          test_fields(result, split.test.unit, style) + (scores.empty() ? "" : "\n" + scores));
  }
  return 0;
}

}  // namespace

Command add_evaluate(CLI::App& parent, const Environment& environment) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* parser = parent.add_subcommand("evaluate", "Test metrics of a saved model");
  parser->add_option("MODEL", arguments->model, "a run's folder, or a model.safetensors")
      ->type_name("MODEL")
      ->required();
  parser
      ->add_option("--data", arguments->data, "the data set to test on (default: the one it was trained on)")
      ->type_name("NAME");
  parser->add_option("--data-dir", arguments->data_dir, "look for data here first, and download to it")
      ->type_name("DIR");
  parser->add_option("--threads", arguments->threads, "threads to use, or auto (default)")->type_name("N");
  parser->add_flag("--json", arguments->json, "print the result as one JSON object");
  parser->footer(
      "Examples:\n"
      "  mlp evaluate runs/mnist\n"
      "  mlp evaluate runs/digits/model.safetensors --data mnist\n"
      "  mlp evaluate runs/mpg --json");
  return {parser, [arguments, &environment] { return run_evaluate(*arguments, environment); }};
}

}  // namespace mlp::app
