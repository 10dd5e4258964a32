// onnx_models FOLDER COUNT: writes COUNT random models, exported, as FOLDER/N.onnx, and with each
// FOLDER/N.json: inputs and what mlp itself predicts of them. check_models.py has onnxruntime predict the
// same.
//
// Every activation and loss, one or more members; inputs are floats, bytes, floats in units of their own, or
// a table's cells, some of them missing and some of categories that training never saw.
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>

#include "engine/random_network.h"
#include "mlp/csv.h"
#include "mlp/onnx.h"
#include "mlp/train.h"

namespace mlp {
namespace {

using nlohmann::json;
using test::Draw;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

MultilayerPerceptron draw_network(Draw& draw, std::size_t fan_in, std::size_t fan_out,
                                  const Activation& output) {
  std::vector<Layer> layers(draw.integer(1, 4));
  std::size_t width = fan_in;
  for (Layer& layer : layers) {
    layer.fan_in = width;
    layer.fan_out = width = draw.integer(1, 40);
    layer.activation = draw.any(all_activations());
    if (draw.chance(0.2)) layer.dropout = 0.3;
  }
  layers.back().fan_out = fan_out;
  layers.back().activation = output;
  layers.back().dropout = 0;
  for (Layer& layer : layers) {
    if (auto* f = std::get_if<LeakyReLU>(&layer.activation)) f->slope = draw.uniform(0.01, 0.5);
    if (auto* f = std::get_if<ELU>(&layer.activation)) f->alpha = draw.uniform(0.5, 2);
  }
  return MultilayerPerceptron(layers);
}

Parameters draw_parameters(Draw& draw, const MultilayerPerceptron& network) {
  Parameters parameters = initialize(network, draw.integer(1, 1'000'000));
  for (std::size_t i = 0; i < network.depth(); ++i)
    for (float& b : parameters.bias(i)) b = static_cast<float>(0.3 * draw.normal());
  return parameters;
}

AffineScaling draw_scaling(Draw& draw, std::size_t columns, double center, double spread) {
  AffineScaling scaling;
  for (std::size_t i = 0; i < columns; ++i) {
    scaling.shift.push_back(static_cast<float>(center + spread * draw.normal()));
    scaling.scale.push_back(static_cast<float>((1 + 0.2 * draw.uniform(0, 1)) / spread));
  }
  return scaling;
}

/// The cell of a table to be: as CSV, and as JSON for check_models.py.
struct Cell {
  std::string text;
  json value;
};

Cell number_cell(double number) {
  if (std::isnan(number)) return {"", nullptr};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.17g", number);
  return {text.data(), number};
}

/// A column's cells by its kind: normal numbers, far from zero, with a few far out, all equal but for missing
/// ones; booleans; categories.
Cell draw_cell(Draw& draw, std::size_t kind, bool training) {
  const bool missing = draw.chance(kind % 2 == 0 ? 0.15 : training ? 0.0 : 0.1);
  static const std::vector<std::string> words = {"yes", "no", "Yes", "NO"};
  static const std::vector<std::string> colours = {"red", "green", "gr\u00fcn, hell", "a \"b\"", "7"};
  static const std::vector<std::string> unseen = {"violet", "RED", "\u732b"};
  switch (kind / 2) {
    case 0:
      return number_cell(missing ? kNaN : 3 * draw.normal() + 1);
    case 1:
      return number_cell(missing ? kNaN : 1.7e9 + 20 * draw.normal());
    case 2:
      return number_cell(missing ? kNaN : draw.chance(0.03) ? 1e6 * draw.normal() : draw.normal());
    case 3:
      return number_cell(missing ? kNaN : training && kind == 6 ? 5.0 : 5.0 + draw.normal());
    case 4: {
      const std::string text = missing ? "" : draw.any(words);
      return {text, text};
    }
    default: {
      const std::string text = missing                         ? ""
                               : !training && draw.chance(0.2) ? draw.any(unseen)
                                                               : draw.any(colours);
      return {text, text};
    }
  }
}
constexpr std::size_t kCellKinds = 12;

/// A table as CSV text, and its columns as JSON.
struct DrawnTable {
  std::string csv;
  json columns = json::object();
};

DrawnTable draw_table(Draw& draw, const std::vector<std::string>& names,
                      const std::vector<std::size_t>& kinds, std::size_t rows, bool training) {
  DrawnTable table{.csv = csv_record(names)};
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Cell cell = draw_cell(draw, kinds[i], training);
      texts.push_back(cell.text);
      table.columns[names[i]].push_back(cell.value);
    }
    table.csv += csv_record(texts);
  }
  return table;
}

ByteStream stream_of(const std::string& text) {
  return {"table", [text, at = std::size_t{0}](std::span<std::uint8_t> destination) mutable {
            const std::size_t count = std::min(destination.size(), text.size() - at);
            std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, destination.begin());
            at += count;
            return count;
          }};
}

/// What a model is fed: inputs for predict(), and by name for the graph.
struct Fed {
  std::variant<Inputs, Table> rows;
  json by_name;
};

json rows_json(const Matrix<float>& matrix) {
  json rows = json::array();
  for (std::size_t n = 0; n < matrix.rows(); ++n) rows.push_back(matrix.row(n));
  return rows;
}

Fed draw_floats(Draw& draw, Model& model, std::size_t rows) {
  Matrix<float> inputs(rows, model.network.fan_in());
  const double center = draw.chance(0.3) ? 1000 : 0, spread = draw.chance(0.5) ? 20 : 1;
  const double most = draw.chance(0.1) ? 1e5 : 1;  // of which some inputs are far out
  for (float& x : inputs.values())
    x = static_cast<float>(center + spread * draw.normal() * (draw.chance(0.02) ? most : 1));
  model.input_scaling = draw_scaling(draw, inputs.columns(), center, spread);
  json by_name = {{"inputs", rows_json(inputs)}};
  return {std::move(inputs), std::move(by_name)};
}

Fed draw_bytes(Draw& draw, Model& model, std::size_t rows) {
  Matrix<std::uint8_t> inputs(rows, model.network.fan_in());
  json values = json::array();
  for (std::size_t n = 0; n < rows; ++n) {
    for (auto& x : inputs.row(n)) x = static_cast<std::uint8_t>(draw.integer(0, 255));
    values.push_back(inputs.row(n));
  }
  model.input_scaling = {.shift = {0.0f}, .scale = {1.0f / 255}};
  return {std::move(inputs), {{"inputs", values}}};
}

Fed draw_in_units(Draw& draw, Model& model, std::size_t rows) {
  Matrix<float> inputs(rows, model.network.fan_in());
  json values = json::array();
  for (std::size_t i = 0; i < inputs.columns(); ++i) {
    model.input_units.origin.push_back(draw.chance(0.5) ? 1.7e9 : 20'240'101);
    model.input_units.unit.push_back(draw.chance(0.5) ? 1.0 : 1e-3);
  }
  for (std::size_t n = 0; n < rows; ++n) {
    json row = json::array();
    for (std::size_t i = 0; i < inputs.columns(); ++i) {
      const double x = model.input_units.origin[i] + 5 * draw.normal();
      row.push_back(x);
      inputs(n, i) = model.input_units.apply(x, i);
    }
    values.push_back(row);
  }
  for (const double unit : model.input_units.unit) {
    model.input_scaling.shift.push_back(static_cast<float>(draw.normal() / unit));
    model.input_scaling.scale.push_back(static_cast<float>(unit / 5));
  }
  return {std::move(inputs), {{"inputs", values}}};
}

/// Names that graphs might use themselves are among the columns'.
struct DrawnColumns {
  std::vector<std::string> names;
  std::vector<std::size_t> kinds;
};
DrawnColumns draw_columns(Draw& draw) {
  static const std::vector<std::string> known = {"label",  "probabilities", "targets",
                                                 "inputs", "numbers.IsNaN", "gr\u00f6\u00dfe in m\u00b2"};
  DrawnColumns columns;
  const std::size_t count = draw.integer(2, 9);
  for (std::size_t i = 0; i < count; ++i) {
    columns.names.push_back(i < known.size() && draw.chance(0.3) ? known[i] : "column " + std::to_string(i));
    columns.kinds.push_back(draw.integer(0, kCellKinds - 1));
  }
  columns.kinds.front() = 0;  // one that is never left out
  return columns;
}

struct Learned {
  DrawnColumns columns;
  Preprocessing preprocessing;
};
Learned learn(Draw& draw) {
  Learned learned{.columns = draw_columns(draw)};
  const auto& [names, kinds] = learned.columns;
  const DrawnTable drawn = draw_table(draw, names, kinds, 80, true);
  const Table table = read_table(stream_of(drawn.csv));
  std::vector<std::uint32_t> rows(table.rows);
  std::iota(rows.begin(), rows.end(), 0u);
  const InputScaling scaling =
      draw.any(std::vector{InputScaling::kAuto, InputScaling::kStandard, InputScaling::kRobust});
  learned.preprocessing = learn_preprocessing(table, rows, {.scaling = scaling}).preprocessing;
  return learned;
}

Fed draw_new_rows(Draw& draw, const Learned& learned, std::size_t rows) {
  const auto& [names, kinds] = learned.columns;
  const DrawnTable drawn = draw_table(draw, names, kinds, rows, false);
  const auto types = learned.preprocessing.input_types();
  Fed fed{.rows = read_table(stream_of(drawn.csv), types), .by_name = json::object()};
  for (const auto& type : types) {
    fed.by_name[type.name] = json::array();
    for (const auto& value : drawn.columns[type.name]) fed.by_name[type.name].push_back({value});
  }
  return fed;
}

Matrix<float> predictions(const Model& model, const Fed& fed) {
  return std::visit([&](const auto& rows) { return predict(model, rows); }, fed.rows);
}

Activation draw_output(Draw& draw, const Loss& loss) {
  for (;;)
    if (const Activation output = draw.any(all_activations()); compatible(loss, output)) return output;
}

/// The unit that outputs are compared in: the targets' standard deviation, or 1.
json units_of_outputs(const Model& model) {
  json units = json::array();
  for (std::size_t i = 0; i < model.network.fan_out(); ++i)
    units.push_back(model.target_scaling.identity() ? 1.0
                                                    : 1.0 / std::abs(double{model.target_scaling.scale[i]}));
  return units;
}

void write_case(const std::filesystem::path& folder, std::size_t number) {
  Draw draw(number + 1);
  const Loss loss = all_losses()[number % all_losses().size()];
  const bool classes = loss_targets(loss) != LossTargets::kNumbers || draw.chance(0.2);
  const std::size_t fan_out = draw.integer(classes ? 2 : 1, 12);
  std::optional<Learned> learned;
  if (number % 2 == 0) learned = learn(draw);
  const std::size_t fan_in = learned ? learned->preprocessing.width() : draw.integer(1, 30);
  const auto network = draw_network(draw, fan_in, fan_out, draw_output(draw, loss));
  Model model{.network = network, .parameters = draw_parameters(draw, network), .loss = loss};
  for (std::size_t i = 0; i < fan_out; ++i)
    (classes ? model.class_names : model.target_names).push_back("\u03b1 " + std::to_string(i));
  const std::size_t rows = draw.integer(1, 40);
  Fed fed = learned           ? draw_new_rows(draw, *learned, rows)
            : number % 6 == 1 ? draw_bytes(draw, model, rows)
            : number % 6 == 3 ? draw_in_units(draw, model, rows)
                              : draw_floats(draw, model, rows);
  if (learned) model.preprocessing = learned->preprocessing;
  if (!classes)
    model.target_scaling =
        draw_scaling(draw, fan_out, draw.chance(0.3) ? 1e6 : 0, draw.chance(0.5) ? 300 : 1);
  if (draw.chance(0.3)) {
    const std::size_t more = draw.integer(1, 4);
    for (std::size_t i = 0; i < more; ++i)
      model.more_members.push_back(
          {draw_parameters(draw, network), model.input_scaling, model.target_scaling, {}});
  }

  const std::string name = std::to_string(number);
  save_onnx(model, folder / (name + ".onnx"));
  const bool probabilities = std::holds_alternative<Softmax>(network.layers().back().activation) ||
                             std::holds_alternative<Sigmoid>(network.layers().back().activation);
  const json document = {{"inputs", fed.by_name},
                         {"numbers", learned                        ? "double"
                                     : model.input_units.identity() ? "float"
                                                                    : "double"},
                         {"output", !classes        ? "targets"
                                    : probabilities ? "probabilities"
                                                    : "scores"},
                         {"class_names", model.class_names},
                         {"outputs", rows_json(predictions(model, fed))},
                         {"units", units_of_outputs(model)},
                         {"network", to_string(network)},
                         {"loss", to_string(loss)},
                         {"members", model.member_count()}};
  std::ofstream(folder / (name + ".json")) << document.dump();
}

}  // namespace
}  // namespace mlp

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    for (std::size_t number = 0; number < std::stoul(argv[2]); ++number) mlp::write_case(argv[1], number);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
