// mlp export: a saved model in a form that other programs use.
#include <memory>

#include "commands/commands.h"
#include "mlp/c_source.h"
#include "mlp/error.h"
#include "mlp/model.h"
#include "run/run_folder.h"
#include "terminal/format.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string model;
  std::optional<std::string> c, name;
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

int run_export(const Arguments& arguments) {
  const auto file = model_file(arguments.model);
  if (!arguments.c) throw UsageError("no file to export to is named", "name one: --c FILE.c");
  require_no_part_of_the_run(*arguments.c, file, "--c");
  export_c(load_model(file), arguments);
  return 0;
}

}  // namespace

Command add_export(Parser& parent, const Environment&) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = parent.add_command("export", "A saved model as C source");
  parser.add_option("MODEL", arguments->model, "a run's folder, or a model file").type("MODEL").required();
  parser
      .add_option("--c", arguments->c,
                  "one file of C99 that predicts and needs no library but <math.h>; - for standard output")
      .type("FILE");
  parser.add_option("--name", arguments->name, "what the names in the C file begin with (default: mlp)")
      .type("PREFIX");
  parser.footer(
      "Examples:\n"
      "  mlp export runs/mpg --c mpg.c\n"
      "  mlp export runs/digits --c digits.c --name digits\n"
      "  mlp export runs/mpg --c - | cc -x c -DMLP_MAIN -O2 -o predict_mpg - -lm");
  return {parser, [arguments] { return run_export(*arguments); }};
}

}  // namespace mlp::app
