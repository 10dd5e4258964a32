// mlp inspect: a saved model's layers and parameters, and how it was trained.
#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/target.h"
#include "commands/commands.h"
#include "mlp/digest.h"
#include "mlp/ensemble.h"
#include "mlp/error.h"
#include "mlp/gradients.h"
#include "mlp/printable.h"
#include "mlp/verify.h"
#include "present/evaluation.h"
#include "present/table.h"
#include "run/run_folder.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

struct Arguments {
  std::string model;
  bool verify = false;
  bool check_gradients = false;
  bool json = false;
};

struct Statistics {
  double least = 0.0;
  double mean = 0.0;
  double deviation = 0.0;
  double most = 0.0;
};

Statistics statistics_of(ConstMatrixView<float> weights) {
  const auto count = static_cast<double>(weights.rows() * weights.columns());
  Statistics result{.least = weights(0, 0), .mean = 0.0, .deviation = 0.0, .most = weights(0, 0)};
  const auto for_each = [&](const auto& use) {
    for (std::size_t row = 0; row < weights.rows(); ++row) {
      for (const float weight : weights.row(row)) use(static_cast<double>(weight));
    }
  };
  for_each([&](double weight) {
    result.least = std::min(result.least, weight);
    result.most = std::max(result.most, weight);
    result.mean += weight / count;
  });
  for_each(
      [&](double weight) { result.deviation += (weight - result.mean) * (weight - result.mean) / count; });
  result.deviation = std::sqrt(result.deviation);
  return result;
}

std::string scaling_text(const AffineScaling& scaling) {
  if (scaling.identity()) return "as they are";
  if (scaling.shift.size() == 1) {
    if (scaling.shift[0] == 0.0f) return "x' = x / " + compact(1.0 / scaling.scale[0]);
    return "x' = (x - " + compact(scaling.shift[0]) + ") * " + compact(scaling.scale[0]);
  }
  return "standardised, column by column";
}

/// At most kMostNames of them; the JSON has all.
std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t kMostNames = 50;
  const std::size_t shown = names.size() > kMostNames ? kMostNames - 1 : names.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ", ") + one_line(names[i]);
  return text + (shown < names.size() ? " and " + with_thousands(names.size() - shown) + " more" : "");
}

/// The target columns of a table, whether numbers or classes.
std::vector<std::string> target_names(const Model& model) {
  if (!model.preprocessing) return model.target_names;
  std::vector<std::string> names;
  for (const auto& target : model.preprocessing->targets) names.push_back(target.name);
  return names;
}

nlohmann::ordered_json to_json(const GradientCheck& check) {
  nlohmann::ordered_json tensors = nlohmann::ordered_json::array();
  for (const auto& tensor : check.tensors) {
    tensors.push_back({{"name", tensor.name},
                       {"values", tensor.values},
                       {"largest", number(tensor.largest)},
                       {"engine", number(tensor.engine)},
                       {"differences", tensor.differences},
                       {"by_differences", number(tensor.by_differences)}});
  }
  return {
      {"passed", check.passed()}, {"rows", check.rows}, {"loss", number(check.loss)}, {"tensors", tensors}};
}

/// The fields that differ between members, in their order.
nlohmann::ordered_json members_json(const Model& model) {
  nlohmann::ordered_json members = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < model.member_count(); ++i) {
    const Model member = member_of(model, i);
    const auto& record = member.record;
    members.push_back({{"digest", digest(member)},
                       {"seed", record.seed},
                       {"epochs", record.epochs},
                       {"steps", record.steps},
                       {"train_loss", number(record.train_loss)},
                       {"validation_loss", number(record.validation_loss)},
                       {"seconds", number(record.seconds)}});
  }
  return members;
}

/// A line for each member.
std::string members_table(const Model& model, const Style& style) {
  std::vector<std::vector<std::string>> rows = {
      {"member", "seed", "epochs", "training loss", "validation loss", "digest"}};
  for (std::size_t i = 0; i < model.member_count(); ++i) {
    const Model member = member_of(model, i);
    const auto& record = member.record;
    rows.push_back({std::to_string(i + 1), std::to_string(record.seed), with_thousands(record.epochs),
                    significant(record.train_loss),
                    std::isnan(record.validation_loss) ? "-" : significant(record.validation_loss),
                    digest(member)});
  }
  return table(rows, 0, style);
}

std::string to_json(const Model& model, const std::filesystem::path& path,
                    const std::optional<Verification>& verification,
                    const std::optional<GradientCheck>& gradients) {
  const auto& record = model.record;
  nlohmann::ordered_json document;
  document["command"] = "inspect";
  document["model"] = path.string();
  document["bytes"] = std::filesystem::file_size(path);
  document["task"] = model.task() == Task::kClassification ? "classification" : "regression";
  document["network"] = network_json(model.network);
  for (std::size_t i = 0; i < model.network.depth(); ++i) {
    const auto& layer = model.network.layer(i);
    const auto statistics = statistics_of(model.parameters.weight(i));
    document["network"][i]["parameters"] = (layer.fan_in + 1) * layer.fan_out;
    document["network"][i]["weight_min"] = number(statistics.least);
    document["network"][i]["weight_mean"] = number(statistics.mean);
    document["network"][i]["weight_std"] = number(statistics.deviation);
    document["network"][i]["weight_max"] = number(statistics.most);
  }
  document["parameters"] = model.network.parameter_count();
  document["digest"] = digest(model);
  document["loss"] = to_string(model.loss);
  document["input_scaling"] = {{"shift", model.input_scaling.shift}, {"scale", model.input_scaling.scale}};
  document["input_units"] = {{"origin", model.input_units.origin}, {"unit", model.input_units.unit}};
  document["target_scaling"] = {{"shift", model.target_scaling.shift}, {"scale", model.target_scaling.scale}};
  document["feature_names"] = model.feature_names;
  document["class_names"] = model.class_names;
  document["target_names"] = target_names(model);
  document["unit"] = model.unit;
  document["trained"] = {{"dataset", record.dataset},
                         {"optimizer", record.optimizer},
                         {"learning_rate", number(record.learning_rate)},
                         {"schedule", record.schedule},
                         {"batch_size", record.batch_size},
                         {"l2", number(record.l2)},
                         {"seed", record.seed},
                         {"epochs", record.epochs},
                         {"steps", record.steps},
                         {"training_rows", record.training_rows},
                         {"train_loss", number(record.train_loss)},
                         {"validation_loss", number(record.validation_loss)},
                         {"seconds", number(record.seconds)},
                         {"library_version", record.library_version}};
  if (record.fine_tuned_from) {
    const auto& [from, dataset, kept] = *record.fine_tuned_from;
    document["trained"]["started_from"] = {
        {"digest", from}, {"dataset", dataset}, {"kept_preprocessing", kept}};
  }
  if (model.member_count() > 1) document["members"] = members_json(model);
  if (verification) {
    document["verified"] = {{"passed", verification->passed()},
                            {"examples", verification->examples},
                            {"same", verification->same},
                            {"largest_difference", number(verification->largest_difference)},
                            {"tolerance", Verification::kTolerance}};
  }
  if (gradients) document["gradients"] = to_json(*gradients);
  return to_text(document);
}

std::string verification_text(const Verification& verification) {
  if (verification.same == verification.examples) {
    return counted(verification.examples, "example") + ", the outputs the same to the last bit";
  }
  return counted(verification.same, "example") + " of " + std::to_string(verification.examples) +
         " the same to the last bit, the largest difference " +
         significant(verification.largest_difference, 2) + ", as another CPU target or version rounds";
}

/// Throws unless the model computes what it should.
void require_passed(const Verification& verification, const std::filesystem::path& path) {
  if (verification.examples == 0) {
    throw FileError(
        path.string() + ": carries no examples to verify it by",
        "models of format version 1 have none, nor have those of 'mlp train --examples 0'; train it again");
  }
  if (verification.passed()) return;
  throw FileError(path.string() + ": of " + counted(verification.examples, "example") + " " +
                      std::to_string(verification.same) +
                      " come out as when it was made; the largest difference is " +
                      significant(verification.largest_difference, 2) + ", rounding explains " +
                      compact(Verification::kTolerance),
                  "do not trust its predictions: it was edited, or this program computes something else");
}

std::string to_page(const Model& model, const std::filesystem::path& path,
                    const std::optional<Verification>& verification, const Style& style) {
  const auto& record = model.record;
  std::string text =
      style.bold + path_text(path) + style.off + " (" + bytes(std::filesystem::file_size(path)) + ")\n\n";

  std::vector<std::vector<std::string>> rows = {
      {"layer", "fan_in", "fan_out", "activation", "dropout", "parameters", "min", "mean", "std", "max"}};
  for (std::size_t i = 0; i < model.network.depth(); ++i) {
    const auto& layer = model.network.layer(i);
    const auto statistics = statistics_of(model.parameters.weight(i));
    rows.push_back({std::to_string(i + 1), std::to_string(layer.fan_in), std::to_string(layer.fan_out),
                    to_string(layer.activation), layer.dropout > 0.0 ? shortest(layer.dropout) : "-",
                    with_thousands((layer.fan_in + 1) * layer.fan_out), significant(statistics.least, 3),
                    significant(statistics.mean, 3), significant(statistics.deviation, 3),
                    significant(statistics.most, 3)});
  }
  text += table(rows, 3, style) + "\n";
  text += field(
      "parameters",
      with_thousands(model.network.parameter_count()) + "   (min, mean, std, max are of the weights)", style);
  text += field("digest", digest(model) + "   (of network and parameters alone)", style);
  if (model.member_count() > 1) {
    text += field("ensemble",
                  counted(model.member_count(), "member") +
                      ", whose outputs are averaged; layers above and what follows are the first one's",
                  style);
  }
  text += field("trained",
                "on " + (record.dataset.empty() ? "" : printable(record.dataset) + ", ") +
                    counted(record.training_rows, "row") + ", " + counted(record.epochs, "epoch") + " (" +
                    counted(record.steps, "step") + ") in " + duration(record.seconds) + ", seed " +
                    std::to_string(record.seed),
                style);
  if (record.fine_tuned_from) {
    const auto& [from, dataset, kept] = *record.fine_tuned_from;
    text += field("starts from",
                  "a model of " + printable(dataset) + ", digest " + printable(from) +
                      (kept ? "" : ", with a preprocessing of its own"),
                  style);
  }
  text += field("by",
                printable(record.optimizer) + ", learning rate " + shortest(record.learning_rate) + ", " +
                    printable(record.schedule) + ", batches of " + with_thousands(record.batch_size) +
                    (record.l2 > 0.0 ? ", l2 " + shortest(record.l2) : "") + ", mlp " +
                    printable(record.library_version),
                style);
  text += field(
      "loss",
      loss_text(model.loss) + ": training " + significant(record.train_loss) +
          (std::isnan(record.validation_loss) ? "" : ", validation " + significant(record.validation_loss)),
      style);
  std::string inputs = std::to_string(model.network.fan_in());
  if (model.image.height > 0) {
    inputs = std::to_string(model.image.height) + " x " + std::to_string(model.image.width) + " image";
  } else if (!model.feature_names.empty()) {
    inputs += ": " + joined(model.feature_names);
  }
  text +=
      field("inputs",
            inputs + "; " +
                (model.preprocessing
                     ? "encoded from " + counted(model.preprocessing->inputs.size(), "column") + " of a table"
                     : scaling_text(model.input_scaling)) +
                (model.input_units.identity() ? "" : "; in units of their own (--json)"),
            style);
  if (model.task() == Task::kClassification) {
    text += field("outputs",
                  std::to_string(model.class_names.size()) + " classes" +
                      (model.preprocessing ? " of " + joined(target_names(model)) : "") + ": " +
                      joined(model.class_names),
                  style);
  } else {
    text += field(
        "outputs",
        (model.target_names.empty() ? with_thousands(model.network.fan_out()) : joined(model.target_names)) +
            (model.unit.empty() ? "" : " [" + printable(model.unit) + "]") + "; " +
            scaling_text(model.target_scaling),
        style);
  }
  if (verification && verification->passed())
    text += field("verified", verification_text(*verification), style);
  if (model.member_count() > 1) text += "\n" + members_table(model, style);
  return text;
}

std::string gradients_text(const GradientCheck& check, const Style& style) {
  std::vector<std::vector<std::string>> rows = {
      {"gradient", "values", "largest", "engine", "differences", "of"}};
  for (const auto& tensor : check.tensors) {
    rows.push_back({"d" + tensor.name, with_thousands(tensor.values), significant(tensor.largest, 3),
                    significant(tensor.engine, 2), significant(tensor.by_differences, 2),
                    with_thousands(tensor.differences)});
  }
  return "\n" + table(rows, 0, style) + "\n" +
         field("",
               "how far the engine (float) and central differences of the loss (double) are from the "
               "formulas (double), "
               "as a share of the largest gradient of the tensor; " +
                   counted(check.rows, "row") + ", loss " + significant(check.loss),
               style);
}

/// Throws unless the three gradients agree.
void require_passed(const GradientCheck& check, const std::filesystem::path& path) {
  if (check.passed()) return;
  throw FileError(path.string() + ": its gradients do not agree",
                  "rounding explains " + compact(GradientCheck::kEngineTolerance) + " for the engine and " +
                      compact(GradientCheck::kDifferencesTolerance) +
                      " for differences; where a single value differs, a unit may sit on its kink");
}

int run_inspect(const Arguments& arguments, const Environment& environment) {
  const auto path = model_file(arguments.model);
  const bool computes = arguments.verify || arguments.check_gradients;
  const std::string target = computes ? choose_target(environment) : "";
  const Model model = load_model(path);
  std::optional<Verification> verification;
  if (arguments.verify) verification = verify(model, {.threads = 1, .target = target});
  std::optional<GradientCheck> gradients;
  if (arguments.check_gradients) gradients = check_gradients(model, {.threads = 1, .target = target});
  const Style style = style_of(kStdout, environment);
  print(arguments.json ? to_json(model, path, verification, gradients)
                       : to_page(model, path, verification, style) +
                             (gradients ? gradients_text(*gradients, style) : ""));
  if (verification) require_passed(*verification, path);
  if (gradients) require_passed(*gradients, path);
  return 0;
}

}  // namespace

Command add_inspect(Parser& parent, const Environment& environment) {
  auto arguments = std::make_shared<Arguments>();
  Parser parser = parent.add_command("inspect", "A model's layers, parameters, and how it was trained");
  parser.add_option("MODEL", arguments->model, "a run's folder, or a model.safetensors")
      .type("MODEL")
      .required();
  parser.add_flag(
      "--verify", arguments->verify,
      "predict the examples the model carries, and fail unless they come out as when it was made");
  parser.add_flag("--check-gradients", arguments->check_gradients,
                  "compute its gradients by the engine, by the formulas and by differences of the loss, and "
                  "fail unless they agree");
  parser.add_flag("--json", arguments->json, "print it as one JSON object");
  parser.footer(
      "Examples:\n  mlp inspect runs/mnist\n  mlp inspect runs/mnist --verify\n  mlp inspect runs/mpg "
      "--check-gradients\n  mlp inspect "
      "runs/mpg/model.safetensors --json");
  return {parser, [arguments, &environment] { return run_inspect(*arguments, environment); }};
}

}  // namespace mlp::app
