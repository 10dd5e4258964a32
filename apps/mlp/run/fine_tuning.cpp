#include "run/fine_tuning.h"

#include <algorithm>
#include <ranges>
#include <string>

#include "cli/option_value.h"
#include "mlp/error.h"
#include "run/run_folder.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

std::vector<std::string> names_of(const std::vector<ColumnType>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + one_line(name);
  return text;
}

/// Options that say how a preprocessing is learned.
void refuse_learning(const TableArguments& table) {
  const char* option = table.scaling                ? "--scaling"
                       : !table.ignore.empty()      ? "--ignore"
                       : !table.categorical.empty() ? "--categorical"
                                                    : nullptr;
  if (option == nullptr) return;
  throw UsageError(std::string(option) + " says how columns become inputs, and --init keeps how they do",
                   "leave it out, or have that learned anew: --init-preprocessing learn");
}

/// The layer as it predicts: without what only training uses.
Layer computing(Layer layer) {
  layer.dropout = 0;
  layer.initializer = std::nullopt;
  return layer;
}

/// Whether the test rows follow from the seed and are drawn from rows that never change.
bool draws_test_rows(const DataOrigin& origin) {
  if (const auto* table = std::get_if<TableOrigin>(&origin)) return table->test.empty();
  if (const auto* images = std::get_if<ImageData>(&origin)) return images->files.test_images.empty();
  return std::get<KnownData>(origin).name == "mpg";
}

}  // namespace

bool keeps_preprocessing(const TrainArguments& arguments) {
  const std::string text = arguments.init_preprocessing.value_or("keep");
  if (text != "keep" && text != "learn") reject("--init-preprocessing", "keep or learn", text);
  return text == "keep";
}

std::optional<Init> load_init(const TrainArguments& arguments) {
  if (!arguments.init) {
    if (arguments.init_preprocessing)
      throw UsageError("--init-preprocessing without --init", "name the model to start from: --init MODEL");
    return std::nullopt;
  }
  const auto file = std::filesystem::absolute(model_file(*arguments.init)).lexically_normal();
  return Init{.file = file,
              .model = std::make_shared<const Model>(load_model(file)),
              .keep_preprocessing = keeps_preprocessing(arguments)};
}

void check_output_folder(const Init& init, const std::filesystem::path& output) {
  std::error_code error;
  if (!std::filesystem::equivalent(output, init.file.parent_path(), error)) return;
  throw UsageError("the run would replace the model that it starts from, in " + path_text(output),
                   "name another folder: --output DIR");
}

DataOrigin data_origin(const DataArguments& given, const Init& init) {
  DataArguments arguments = given;  // completed by what the model says
  const auto& preprocessing = init.model->preprocessing;
  auto& targets = arguments.targets;
  if (preprocessing && targets.empty() && is_table_name(arguments.dataset.value_or(""))) {
    targets = names_of(preprocessing->targets);
    if (!arguments.task)
      arguments.task = init.model->task() == Task::kClassification ? "classification" : "regression";
  }
  DataOrigin origin = data_origin(arguments);
  auto* table = std::get_if<TableOrigin>(&origin);
  if ((table != nullptr) != preprocessing.has_value()) {
    throw UsageError(preprocessing ? "the model that --init starts from takes a table's columns, and " +
                                         name_of(origin) + " is no table"
                                   : "the model that --init starts from was not trained on a table, and " +
                                         name_of(origin) + " is one",
                     "start from a model of data like these");
  }
  if (table == nullptr || !init.keep_preprocessing) return origin;
  refuse_learning(arguments);
  if (const auto theirs = names_of(preprocessing->targets); targets != theirs) {
    throw UsageError("--target: the model that --init starts from predicts " + joined(theirs),
                     "leave out --target, or predict another with --init-preprocessing learn");
  }
  table->options.preprocessing = preprocessing;
  table->reading = preprocessing->reading(table->reading);
  return origin;
}

void take_classes(const Model& model, DataSplit& data) {
  const auto& theirs = model.class_names;
  const auto ours = data.train.class_names;
  if (data.train.preprocessing || ours == theirs) return;
  std::vector<std::int32_t> label_of;
  for (const auto& name : ours) {
    const auto found = std::ranges::find(theirs, name);
    if (found == theirs.end()) return;
    label_of.push_back(static_cast<std::int32_t>(found - theirs.begin()));
  }
  for (Dataset* dataset : {&data.train, &data.test}) {
    for (auto& label : dataset->labels) label = label_of[static_cast<std::size_t>(label)];
    dataset->class_names = theirs;
  }
}

Recipe starting_from(const Init& init, Recipe recipe, const Dataset& dataset) {
  const Model& model = *init.model;
  const auto theirs = model.network.layers();
  std::vector<Layer> layers(theirs.begin(), theirs.end());
  if (keeps_output_layer(model, dataset)) {
    recipe.loss = to_string(model.loss);
  } else {
    const auto own = parse_network(recipe.layers, 1);
    layers.back() = own.layers().back();
    layers.back().fan_in = theirs.back().fan_in;
  }
  recipe.layers = to_string(MultilayerPerceptron(std::move(layers)));
  return recipe;
}

void check_init(const Init& init, const MultilayerPerceptron& network, const Dataset& dataset) {
  const Model& model = *init.model;
  const std::string theirs = "the model that --init starts from";
  if (dataset.features() != model.network.fan_in()) {
    throw UsageError(theirs + " takes " + counted(model.network.fan_in(), "input") + ", and " + dataset.name +
                         " has " + counted(dataset.features(), "feature"),
                     model.preprocessing ? "have its columns read as the model reads them: "
                                           "--init-preprocessing keep"
                                         : "start from a model of data like these");
  }
  if (!dataset.feature_names.empty() && !model.feature_names.empty() &&
      dataset.feature_names != model.feature_names) {
    const auto [ours, other] = std::ranges::mismatch(dataset.feature_names, model.feature_names);
    throw UsageError(theirs + " has other inputs than " + dataset.name + ": " + "'" + one_line(*other) +
                         "', not '" + one_line(*ours) + "', is number " +
                         std::to_string(ours - dataset.feature_names.begin() + 1),
                     "start from a model of data like these");
  }
  const auto a = network.layers(), b = model.network.layers();
  const std::size_t kept = b.size() - (keeps_output_layer(model, dataset) ? 0 : 1);
  if (a.size() != b.size() || !std::ranges::equal(a.first(kept), b.first(kept), {}, computing, computing)) {
    throw UsageError("--layers: " + to_string(network) + " is not the network of " + theirs + ", " +
                         to_string(model.network),
                     "leave out --layers; --dropout may be another");
  }
}

std::vector<Note> init_notes(const Init& init, const DataOrigin& origin, const Dataset& train,
                             std::uint64_t seed) {
  const Model& model = *init.model;
  std::vector<Note> notes;
  if (!keeps_output_layer(model, train)) notes.emplace_back(OutputLayerDrawn{});
  if (model.record.dataset == train.name && model.record.seed != seed && draws_test_rows(origin))
    notes.emplace_back(TestRowsPerhapsLearned{.dataset = train.name, .seed = model.record.seed});
  return notes;
}

}  // namespace mlp::app
