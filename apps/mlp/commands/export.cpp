// mlp export: a saved model in a form that other programs use.
#include <memory>

#include "commands/commands.h"
#include "mlp/c_source.h"
#include "mlp/error.h"
#include "mlp/model.h"
#include "mlp/onnx.h"
#include "run/run_folder.h"
#include "terminal/format.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string model;
  std::optional<std::string> c, onnx, name;
};

/// Writes `text` to `path`, or to standard output where that is "-".
void write(const std::string& path, const std::string& text, const std::string& what) {
  if (path == "-") return print(text);
  write_text_file(path, text);
  print_error("mlp: " + what + " written to " + path + "\n");
}

void export_c(const Model& model, const Arguments& arguments) {
  const CSourceOptions defaults;
  write(*arguments.c, c_source(model, {.prefix = arguments.name.value_or(defaults.prefix)}), "C source");
}

void export_onnx(const Model& model, const std::string& path) {
  if (path == "-") return print(onnx_bytes(onnx_graph(model)));
  save_onnx(model, path);
  print_error("mlp: ONNX graph written to " + path + "\n");
}

int run_export(const Arguments& arguments) {
  const auto file = model_file(arguments.model);
  if (!arguments.c && !arguments.onnx)
    throw UsageError("no file to export to is named", "name one: --c FILE.c or --onnx FILE.onnx");
  if (arguments.c) require_no_part_of_the_run(*arguments.c, file, "--c");
  if (arguments.onnx) require_no_part_of_the_run(*arguments.onnx, file, "--onnx");
  const Model model = load_model(file);
  if (arguments.c) export_c(model, arguments);
  if (arguments.onnx) export_onnx(model, *arguments.onnx);
  return 0;
}

}  // namespace

Command add_export(Parser& parent, const Environment&) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = parent.add_command("export", "A saved model as C source or as an ONNX graph");
  parser.add_option("MODEL", arguments->model, "a run's folder, or a model file").type("MODEL").required();
  parser
      .add_option("--c", arguments->c,
                  "one file of C99 that predicts and needs no library but <math.h>; - for standard output")
      .type("FILE");
  parser
      .add_option("--onnx", arguments->onnx,
                  "an ONNX graph from raw inputs to labels, probabilities or targets, for onnxruntime and "
                  "others; - for standard output")
      .type("FILE");
  parser.add_option("--name", arguments->name, "what the names in the C file begin with (default: mlp)")
      .type("PREFIX");
  parser.footer(
      "Examples:\n"
      "  mlp export runs/mpg --c mpg.c\n"
      "  mlp export runs/digits --c digits.c --name digits\n"
      "  mlp export runs/mpg --onnx mpg.onnx\n"
      "  mlp export runs/mpg --c - | cc -x c -DMLP_MAIN -O2 -o predict_mpg - -lm");
  return {parser, [arguments] { return run_export(*arguments); }};
}

}  // namespace mlp::app
