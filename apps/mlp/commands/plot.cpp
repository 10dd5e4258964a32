// mlp plot: the loss curves of one run, or of several in one figure.
#include <memory>

#include "commands/commands.h"
#include "mlp/error.h"
#include "mlp/loss.h"
#include "mlp/report.h"
#include "run/run_folder.h"
#include "run/run_record.h"
#include "terminal/format.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::vector<std::string> folders;
  std::string output;
};

/// The smallest possible loss of a run; 0 where it is not known.
double least_loss_of(const Minimised& run) {
  return run.loss && run.outputs > 0 && !run.weighted() ? least_loss(*run.loss, run.outputs) : 0.0;
}

/// Whether rows count the same in both.
bool weighted_alike(const RowUse& a, const RowUse& b) {
  return a.weight_column == b.weight_column && a.balanced_classes == b.balanced_classes;
}

/// The name of a run: that of its folder, or the whole path where another run has the same.
std::string label_of(const std::string& folder, const std::vector<std::string>& folders) {
  const auto name = [](const std::string& path) {
    return std::filesystem::path(path).lexically_normal().filename().empty()
               ? std::filesystem::path(path).lexically_normal().parent_path().filename().string()
               : std::filesystem::path(path).lexically_normal().filename().string();
  };
  const auto same = [&](const std::string& other) { return name(other) == name(folder); };
  return std::count_if(folders.begin(), folders.end(), same) > 1 ? folder : name(folder);
}

int run_plot(const Arguments& arguments) {
  std::vector<LossCurve> curves;
  Minimised first;
  bool losses_differ = false, weights_differ = false;
  for (const auto& path : arguments.folders) {
    const RunFolder folder{path};
    if (!std::filesystem::exists(folder.metrics())) {
      throw FileError("cannot plot " + path + ": there is no " + folder.metrics().string(),
                      "plot takes the folders of training runs, such as runs/mnist");
    }
    const Minimised own = minimised_in(folder);
    curves.push_back(loss_curve(read_metrics_csv(folder.metrics()), label_of(path, arguments.folders),
                                least_loss_of(own)));
    if (curves.size() == 1) first = own;
    losses_differ = losses_differ || own.loss != first.loss;
    weights_differ = weights_differ || !weighted_alike(own.row_use, first.row_use);
  }

  std::vector<std::filesystem::path> files;
  if (!arguments.output.empty()) {
    const auto extension = std::filesystem::path(arguments.output).extension();
    if (extension != ".svg" && extension != ".png") {
      throw UsageError("--output takes a .svg or .png file, not '" + arguments.output + "'");
    }
    files = {arguments.output};
  } else if (curves.size() == 1) {
    files = {RunFolder{arguments.folders[0]}.loss_svg(), RunFolder{arguments.folders[0]}.loss_png()};
  } else {
    files = {"loss.svg"};
  }

  const std::string title =
      curves.size() == 1 ? curves[0].label : "Losses of " + counted(curves.size(), "run");
  const std::string loss = losses_differ || !first.loss ? "loss" : to_string(*first.loss);
  const auto note = draw_loss_curves(curves, title, loss, files);
  // A PNG that cannot be made is an error only if it was asked for by --output.
  if (note && !arguments.output.empty()) throw Error(*note);
  for (const auto& file : files) {
    if (!note || file.extension() == ".svg") print(file.string() + "\n");
  }
  if (note) print_error("mlp: note: " + *note + "\n");
  if (losses_differ) {
    print_error(
        "mlp: note: these runs minimised different losses, whose heights cannot be compared; plot them one "
        "by one\n");
  } else if (weights_differ) {
    print_error(
        "mlp: note: the losses of these runs are weighted differently (--class-weight, --sample-weight); "
        "their "
        "heights cannot be compared\n");
  }
  for (std::size_t i = 0; i < curves.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (curves[i].train_loss != curves[j].train_loss) continue;
      print_error("mlp: note: " + one_line(curves[i].label) + " has the same losses as " +
                  one_line(curves[j].label) + "; one curve hides the other\n");
      break;
    }
  }
  return 0;
}

}  // namespace

Command add_plot(Parser& parent, const Environment&) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = parent.add_command("plot", "Loss curves of one run, or of several overlaid");
  parser.add_option("DIR", arguments->folders, "folders of training runs").type("DIR").required();
  parser
      .add_option(
          "--output", arguments->output,
          "the figure, .svg or .png (default: loss.svg and loss.png in DIR; for several runs ./loss.svg)")
      .type("FILE");
  parser.footer(
      "Examples:\n"
      "  mlp plot runs/mnist\n"
      "  mlp plot runs/plain runs/dropout --output dropout.png");
  return {parser, [arguments] { return run_plot(*arguments); }};
}

}  // namespace mlp::app
