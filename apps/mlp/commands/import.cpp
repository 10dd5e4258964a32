// mlp import: a network that another program exported as ONNX, as a model file.
#include <filesystem>
#include <memory>

#include "commands/commands.h"
#include "mlp/digest.h"
#include "mlp/error.h"
#include "mlp/number_text.h"
#include "mlp/onnx.h"
#include "terminal/format.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string input;
  std::string output;
};

/// Beside the file, or where --output says.
std::filesystem::path output_of(const Arguments& arguments) {
  if (!arguments.output.empty()) return arguments.output;
  return std::filesystem::path(arguments.input).replace_extension(".safetensors");
}

int run_import(const Arguments& arguments) {
  const Model model = load_onnx(arguments.input);
  const auto path = output_of(arguments);
  if (std::filesystem::exists(path) && std::filesystem::equivalent(path, arguments.input))
    throw UsageError("--output would replace the file that is imported", "name another file");
  save_model(model, path);
  const bool classes = model.task() == Task::kClassification;
  print(path.string() + ": " + std::to_string(model.network.fan_in()) + " inputs, layers " +
        to_string(model.network) +
        (model.member_count() > 1 ? ", " + counted(model.member_count(), "member") : "") + ", " +
        (classes ? with_thousands(model.class_names.size()) + " classes"
                 : counted(model.network.fan_out(), "target")) +
        ", digest " + digest(model) + "\n");
  return 0;
}

}  // namespace

Command add_import(Parser& parent, const Environment&) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = parent.add_command("import", "A network from an ONNX file, as a model to predict with");
  parser.add_option("FILE", arguments->input, "an ONNX file of PyTorch, scikit-learn or mlp")
      .type("FILE")
      .required();
  parser
      .add_option("--output", arguments->output,
                  "write the model here (default: beside the file, as .safetensors)")
      .type("FILE");
  parser.footer(
      "Read are feed-forward networks whose inputs are one matrix: layers of weights\n"
      "and biases, the activations of 'mlp train', scalings of inputs and outputs,\n"
      "softmax, and the names of classes. Anything else is refused with the name of\n"
      "the node. What comes out of the model is what comes out of the graph, up to the\n"
      "rounding of floats.\n"
      "\n"
      "Examples:\n"
      "  mlp import torch.onnx\n"
      "  mlp import sklearn.onnx --output models/wine.safetensors\n"
      "  mlp predict models/wine.safetensors --input wines.npy --probabilities");
  return {parser, [arguments] { return run_import(*arguments); }};
}

}  // namespace mlp::app
