// mlp predict: what a saved model says about rows of raw inputs, as CSV.
#include <algorithm>
#include <cmath>
#include <memory>

#include "commands.h"
#include "format.h"
#include "mlp/data.h"
#include "mlp/error.h"
#include "mlp/metrics.h"
#include "mlp/model.h"
#include "mlp/train.h"
#include "run_folder.h"
#include "target.h"
#include "terminal.h"
#include "threads.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string model;
  std::string input;
  std::string output;
  bool probabilities = false;
  std::optional<std::string> threads;
};

/// As a CSV cell: quoted where it holds a comma, a quote or a line break (RFC 4180).
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + '"';
}

std::string classes_csv(const Model& model, const Matrix<float>& outputs, bool all) {
  const OutputKind kind = output_kind(model.network.layers().back().activation);
  const std::string what = kind == OutputKind::kProbabilities ? "probability" : "score";
  std::string text = "class," + what;
  if (all) {
    for (const auto& name : model.class_names) text += "," + cell(what + "_" + name);
  }
  text += "\n";
  for (std::size_t row = 0; row < outputs.rows(); ++row) {
    const auto values = outputs.row(row);
    const auto best =
        static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
    text += cell(model.class_names.at(best)) + "," + shortest(values[best]);
    if (all) {
      for (const float value : values) text += "," + shortest(value);
    }
    text += "\n";
  }
  return text;
}

std::string targets_csv(const Model& model, const Matrix<float>& outputs) {
  std::string text;
  for (std::size_t target = 0; target < outputs.columns(); ++target) {
    const bool named = target < model.target_names.size();
    text += (target > 0 ? "," : "") +
            cell(named ? model.target_names[target] : "target_" + std::to_string(target));
  }
  text += "\n";
  for (std::size_t row = 0; row < outputs.rows(); ++row) {
    for (std::size_t target = 0; target < outputs.columns(); ++target) {
      text += (target > 0 ? "," : "") + shortest(outputs(row, target));
    }
    text += "\n";
  }
  return text;
}

/// Finite inputs far outside what the model was trained on can still overflow.
void require_finite(const Matrix<float>& outputs, const std::string& input) {
  for (std::size_t row = 0; row < outputs.rows(); ++row) {
    for (const float value : outputs.row(row)) {
      if (std::isfinite(value)) continue;
      throw DataError(input + ": row " + std::to_string(row + 1) + ": the prediction is not a finite number",
                      "the row's values are too large for this model; check its units");
    }
  }
}

int run_predict(const Arguments& arguments, const Environment& environment) {
  const PredictionOptions options{.threads = parse_threads(arguments.threads),
                                  .target = choose_target(environment)};
  const Model model = load_model(model_file(arguments.model));
  const bool classification = model.task() == Task::kClassification;
  if (arguments.probabilities && !classification) {
    throw UsageError("--probabilities needs a model of classes, and " + arguments.model + " predicts numbers",
                     "leave it out");
  }
  const Inputs inputs = read_inputs(arguments.input, model.network.fan_in(), model.feature_names);
  const Matrix<float> outputs = predict(model, inputs, options);
  require_finite(outputs, arguments.input);
  const std::string csv =
      classification ? classes_csv(model, outputs, arguments.probabilities) : targets_csv(model, outputs);

  if (arguments.output.empty()) {
    print(csv);
  } else {
    write_text_file(arguments.output, csv);
    print_error("mlp: " + with_thousands(outputs.rows()) + " predictions written to " + arguments.output +
                "\n");
  }
  return 0;
}

}  // namespace

Command add_predict(CLI::App& parent, const Environment& environment) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* parser = parent.add_subcommand("predict", "Predictions of a saved model for new rows");
  parser->add_option("MODEL", arguments->model, "a run's folder, or a model.safetensors")
      ->type_name("MODEL")
      ->required();
  parser
      ->add_option("--input", arguments->input,
                   "CSV rows of raw inputs (a header line is allowed), IDX images, .npy or .npz")
      ->type_name("FILE")
      ->required();
  parser->add_option("--output", arguments->output, "write the CSV here (default: standard output)")
      ->type_name("FILE");
  parser->add_flag("--probabilities", arguments->probabilities, "add one column for each class");
  parser->add_option("--threads", arguments->threads, "threads to use, or auto (default)")->type_name("N");
  parser->footer(
      "Inputs are taken as they were in the data the model was trained on: the model\n"
      "itself holds the scaling. Classes come as 'class,probability', numbers under the\n"
      "target's name and in its unit.\n"
      "\n"
      "Examples:\n"
      "  mlp predict runs/mnist --input data/mnist/t10k-images-idx3-ubyte.gz\n"
      "  mlp predict runs/mnist --input digit.csv --probabilities\n"
      "  mlp predict runs/mpg --input cars.csv --output mpg.csv");
  return {parser, [arguments, &environment] { return run_predict(*arguments, environment); }};
}

}  // namespace mlp::app
