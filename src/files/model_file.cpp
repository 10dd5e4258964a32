// A trained model as one safetensors file (see docs/formats.md): parameters and scalings as tensors, all else
// as one JSON document in the metadata.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "files/network_file.h"
#include "files/preprocessing_file.h"
#include "mlp/error.h"
#include "mlp/model.h"
#include "mlp/model_bytes.h"
#include "mlp/printable.h"

namespace mlp {
namespace {

using nlohmann::json;

const char* const kFormat = "mlp model";
/// What messages call a model that is no file.
const char* const kModelBytes = "the model's bytes";
/// 2: with a checksum and examples; 3: numbers softly clipped; 4: ensembles.
constexpr std::uint64_t kVersion = 4;
/// The version of a model with one network, so that versions of mlp without ensembles read it as well.
constexpr std::uint64_t kVersionOfOne = 3;
const char* const kInputScaling = "input_scaling";
const char* const kTargetScaling = "target_scaling";
const char* const kExampleInputs = "examples.inputs";
const char* const kExampleOutputs = "examples.outputs";

std::string scaling_problem(const AffineScaling& scaling, const std::string& name, std::size_t columns) {
  const std::size_t count = scaling.shift.size();
  if (count != 0 && count != 1 && count != columns) {
    return name + ": expected 0, 1 or " + std::to_string(columns) + " entries, found " +
           std::to_string(count);
  }
  if (scaling.scale.size() != count) {
    return name + ": " + std::to_string(count) + " shifts but " + std::to_string(scaling.scale.size()) +
           " scales";
  }
  for (const float shift : scaling.shift) {
    if (!std::isfinite(shift)) return name + ": a shift that is not finite";
  }
  for (const float scale : scaling.scale) {
    if (!std::isfinite(scale) || scale == 0) return name + ": a scale that is zero or not finite";
  }
  return {};
}

std::string units_problem(const InputUnits& units, std::size_t fan_in) {
  if (units.origin.empty() && units.unit.empty()) return {};
  if (units.origin.size() != fan_in || units.unit.size() != fan_in) {
    return "input_units: expected none or " + std::to_string(fan_in) + " of each, found " +
           std::to_string(units.origin.size()) + " origins and " + std::to_string(units.unit.size()) +
           " units";
  }
  for (const double origin : units.origin) {
    if (!std::isfinite(origin)) return "input_units: an origin that is not finite";
  }
  for (const double unit : units.unit) {
    if (!std::isfinite(unit) || unit <= 0) return "input_units: a unit that is not positive and finite";
  }
  return {};
}

std::string names_problem(const std::vector<std::string>& names, const char* what, std::size_t count) {
  if (names.empty() || names.size() == count) return {};
  return std::string(what) + ": expected none or " + std::to_string(count) + ", found " +
         std::to_string(names.size());
}

std::string examples_problem(const ModelExamples& examples, std::size_t fan_in, std::size_t fan_out) {
  const auto& [inputs, outputs] = examples;
  if (inputs.rows() == 0 && outputs.rows() == 0) return {};
  if (inputs.rows() == outputs.rows() && inputs.columns() == fan_in && outputs.columns() == fan_out)
    return {};
  const auto shape = [](const Matrix<float>& matrix) {
    return std::to_string(matrix.rows()) + " x " + std::to_string(matrix.columns());
  };
  return "examples: " + shape(inputs) + " inputs and " + shape(outputs) + " outputs of a network from " +
         std::to_string(fan_in) + " to " + std::to_string(fan_out);
}

bool image_fits(const ImageShape& image, std::size_t pixels) {
  if (image == ImageShape{}) return true;
  return image.width != 0 && pixels % image.width == 0 && image.height == pixels / image.width;
}

std::string preprocessing_problem(const Model& model) {
  if (!model.preprocessing) return {};
  const auto& preprocessing = *model.preprocessing;
  if (const auto wrong = problem(preprocessing); !wrong.empty()) return "preprocessing: " + wrong;
  if (preprocessing.width() != model.network.fan_in()) {
    return "preprocessing: makes " + std::to_string(preprocessing.width()) + " inputs, but the network has " +
           std::to_string(model.network.fan_in());
  }
  if (!model.input_scaling.identity()) return "preprocessing: its inputs are not scaled again";
  if (model.feature_names != preprocessing.feature_names()) {
    return "preprocessing: its inputs do not have the names in feature_names";
  }
  if (!model.input_units.identity()) return "preprocessing: its inputs have no units";
  const auto& targets = preprocessing.targets;
  std::vector<std::string> names;
  for (const auto& target : targets) names.push_back(target.name);
  const bool fits = model.task() == Task::kClassification
                        ? targets.size() == 1 && targets.front().categories == model.class_names
                        : names == model.target_names;
  return fits ? "" : "preprocessing: its targets are not those of the model";
}

/// The prefix of the names of a further member's tensors; the first of these members is number 1.
std::string member_prefix(std::size_t number) { return "members." + std::to_string(number) + "."; }

std::string members_problem(const Model& model) {
  if (model.member_count() > Model::kMostMembers) {
    return "expected at most " + std::to_string(Model::kMostMembers) + " members, found " +
           std::to_string(model.member_count());
  }
  for (std::size_t i = 0; i < model.more_members.size(); ++i) {
    const ModelMember& member = model.more_members[i];
    const std::string prefix = member_prefix(i + 1);
    for (const auto& problem :
         {scaling_problem(member.input_scaling, prefix + kInputScaling, model.network.fan_in()),
          scaling_problem(member.target_scaling, prefix + kTargetScaling, model.network.fan_out())}) {
      if (!problem.empty()) return problem;
    }
    if (model.preprocessing && !member.input_scaling.identity())
      return prefix + "preprocessing: its inputs are not scaled again";
  }
  return {};
}

/// What does not fit together in a model, apart from its parameters; or empty.
std::string model_problem(const Model& model) {
  const std::size_t fan_in = model.network.fan_in();
  const std::size_t fan_out = model.network.fan_out();
  const auto layers = model.network.layers();
  const auto& last = layers.back().activation;
  if (!compatible(model.loss, last))
    return "loss " + to_string(model.loss) + " does not fit " + to_string(last);
  if (!image_fits(model.image, fan_in)) {
    return "image: " + std::to_string(model.image.height) + " x " + std::to_string(model.image.width) +
           " pixels, but the network has " + std::to_string(fan_in) + " inputs";
  }
  for (const auto& problem :
       {scaling_problem(model.input_scaling, kInputScaling, fan_in),
        scaling_problem(model.target_scaling, kTargetScaling, fan_out),
        units_problem(model.input_units, fan_in), names_problem(model.feature_names, "feature_names", fan_in),
        names_problem(model.class_names, "class_names", fan_out),
        names_problem(model.target_names, "target_names", fan_out),
        examples_problem(model.examples, fan_in, fan_out), preprocessing_problem(model),
        members_problem(model)}) {
    if (!problem.empty()) return problem;
  }
  return {};
}

json row_use_to_json(const RowUse& use) {
  return {{"validation_fraction", number_to_json(use.validation_fraction)},
          {"weight_column", use.weight_column},
          {"balanced_classes", use.balanced_classes}};
}

json fine_tuned_from_to_json(const FineTunedFrom& from) {
  return {{"digest", from.digest},
          {"dataset", in_utf8(from.dataset)},
          {"kept_preprocessing", from.kept_preprocessing}};
}

json record_to_json(const TrainingRecord& record) {
  json result = {{"dataset", in_utf8(record.dataset)},
                 {"optimizer", record.optimizer},
                 {"schedule", record.schedule},
                 {"library_version", record.library_version},
                 {"seed", record.seed},
                 {"epochs", record.epochs},
                 {"steps", record.steps},
                 {"training_rows", record.training_rows},
                 {"learning_rate", number_to_json(record.learning_rate)},
                 {"batch_size", record.batch_size},
                 {"l2", number_to_json(record.l2)},
                 {"train_loss", number_to_json(record.train_loss)},
                 {"validation_loss", number_to_json(record.validation_loss)},
                 {"seconds", number_to_json(record.seconds)}};
  if (record.row_use) result["row_use"] = row_use_to_json(*record.row_use);
  if (record.fine_tuned_from) result["fine_tuned_from"] = fine_tuned_from_to_json(*record.fine_tuned_from);
  return result;
}

/// Files of earlier versions have none.
std::optional<RowUse> row_use_from(const JsonField& training) {
  const auto field = training.member("row_use");
  if (!field) return std::nullopt;
  const double fraction = (*field)["validation_fraction"].number();
  if (!(fraction >= 0 && fraction < 1)) (*field)["validation_fraction"].fail_expected("a number in [0, 1)");
  return RowUse{.validation_fraction = fraction,
                .weight_column = (*field)["weight_column"].text(),
                .balanced_classes = (*field)["balanced_classes"].boolean()};
}

/// None where training started from drawn parameters.
std::optional<FineTunedFrom> fine_tuned_from(const JsonField& training) {
  const auto field = training.member("fine_tuned_from");
  if (!field) return std::nullopt;
  return FineTunedFrom{.digest = (*field)["digest"].text(),
                       .dataset = (*field)["dataset"].text(),
                       .kept_preprocessing = (*field)["kept_preprocessing"].boolean()};
}

TrainingRecord record_from_json(const JsonField& field) {
  return {.dataset = field["dataset"].text(),
          .optimizer = field["optimizer"].text(),
          .schedule = field["schedule"].text(),
          .library_version = field["library_version"].text(),
          .seed = field["seed"].count(),
          .epochs = field["epochs"].count(),
          .steps = field["steps"].count(),
          .training_rows = field["training_rows"].count(),
          .learning_rate = field["learning_rate"].number(),
          .batch_size = field["batch_size"].count(),
          .l2 = field["l2"].number(),
          .train_loss = field["train_loss"].number(),
          .validation_loss = field["validation_loss"].number(),
          .seconds = field["seconds"].number(),
          .row_use = row_use_from(field),
          .fine_tuned_from = fine_tuned_from(field)};
}

/// Files of version 1 have none.
std::optional<Preprocessing> preprocessing_from(const JsonField& root) {
  const auto field = root.member("preprocessing");
  if (!field || field->is_null()) return std::nullopt;
  return preprocessing_from_json(*field);
}

json units_to_json(const InputUnits& units) {
  json result = {{"origin", json::array()}, {"unit", json::array()}};
  for (const double origin : units.origin) result["origin"].push_back(number_to_json(origin));
  for (const double unit : units.unit) result["unit"].push_back(number_to_json(unit));
  return result;
}

/// Empty where inputs are as they were read.
InputUnits units_from(const JsonField& root) {
  const auto field = root.member("input_units");
  if (!field || field->is_null()) return {};
  InputUnits units;
  for (const auto& origin : (*field)["origin"].items()) units.origin.push_back(origin.number());
  for (const auto& unit : (*field)["unit"].items()) units.unit.push_back(unit.number());
  return units;
}

void append_scaling(const AffineScaling& scaling, const std::string& name, std::vector<TensorView>& tensors) {
  if (scaling.identity()) return;
  tensors.push_back({name + ".shift", {scaling.shift.size()}, scaling.shift});
  tensors.push_back({name + ".scale", {scaling.scale.size()}, scaling.scale});
}

/// How many entries a scaling has in `file`: as many as its shift, 0 where there is none.
std::uint64_t scaling_entries(const SafetensorsFile& file, const std::string& name) {
  const auto found = file.header().tensors.find(name + ".shift");
  const bool is_vector = found != file.header().tensors.end() && found->second.shape.size() == 1;
  return is_vector ? found->second.shape[0] : 0;
}

void append_expected_scaling(const std::string& name, std::uint64_t entries,
                             std::vector<ExpectedTensor>& expected) {
  if (entries == 0) return;
  expected.push_back({name + ".shift", {entries}});
  expected.push_back({name + ".scale", {entries}});
}

AffineScaling read_scaling(const SafetensorsFile& file, const std::string& name, std::uint64_t entries) {
  AffineScaling scaling;
  if (entries == 0) return scaling;
  scaling.shift.resize(entries);
  scaling.scale.resize(entries);
  read_finite(file, name + ".shift", scaling.shift);
  read_finite(file, name + ".scale", scaling.scale);
  return scaling;
}

/// What `document` says of the further members, before any of their tensors is looked at; no more of them
/// than a model may have. Files up to version 3 have none.
std::vector<TrainingRecord> member_records(const JsonField& root) {
  const auto field = root.member("members");
  if (!field || field->is_null()) return {};
  const auto items = field->items();
  if (items.size() >= Model::kMostMembers) {
    field->fail("expected fewer than " + std::to_string(Model::kMostMembers) + " further members, found " +
                std::to_string(items.size()));
  }
  std::vector<TrainingRecord> records;
  for (const auto& item : items) records.push_back(record_from_json(item));
  return records;
}

void append_expected_member(const SafetensorsFile& file, const MultilayerPerceptron& network,
                            const std::string& prefix, std::vector<ExpectedTensor>& expected) {
  append_expected(network, prefix, expected);
  for (const char* name : {kInputScaling, kTargetScaling})
    append_expected_scaling(prefix + name, scaling_entries(file, prefix + name), expected);
}

ModelMember read_member(const SafetensorsFile& file, const MultilayerPerceptron& network,
                        const std::string& prefix, const TrainingRecord& record) {
  const auto scaling = [&](const char* name) {
    return read_scaling(file, prefix + name, scaling_entries(file, prefix + name));
  };
  return {.parameters = read_parameters(file, prefix, network),
          .input_scaling = scaling(kInputScaling),
          .target_scaling = scaling(kTargetScaling),
          .record = record};
}

void append_examples(const ModelExamples& examples, std::vector<TensorView>& tensors) {
  if (examples.inputs.rows() == 0) return;
  const auto append = [&](const char* name, const Matrix<float>& values) {
    tensors.push_back({name, {values.rows(), values.columns()}, values.values()});
  };
  append(kExampleInputs, examples.inputs);
  append(kExampleOutputs, examples.outputs);
}

/// How many examples there are in `file`.
std::uint64_t example_rows(const SafetensorsFile& file) {
  const auto found = file.header().tensors.find(kExampleInputs);
  const bool is_matrix = found != file.header().tensors.end() && found->second.shape.size() == 2;
  return is_matrix ? found->second.shape[0] : 0;
}

void append_expected_examples(const MultilayerPerceptron& network, std::uint64_t rows,
                              std::vector<ExpectedTensor>& expected) {
  if (rows == 0) return;
  expected.push_back({kExampleInputs, {rows, network.fan_in()}});
  expected.push_back({kExampleOutputs, {rows, network.fan_out()}});
}

ModelExamples read_examples(const SafetensorsFile& file, const MultilayerPerceptron& network,
                            std::uint64_t rows) {
  if (rows == 0) return {};
  ModelExamples examples{.inputs = Matrix<float>(rows, network.fan_in()),
                         .outputs = Matrix<float>(rows, network.fan_out())};
  read_finite(file, kExampleInputs, examples.inputs.values());
  read_finite(file, kExampleOutputs, examples.outputs.values());
  return examples;
}

/// Calls `take` with the bytes of the model's file, which messages call `name`.
void make_model_file(const Model& model, const std::string& name, const TakePieces& take) {
  const ParameterLayout layout(model.network);
  require(model.parameters.layout() == layout &&
              std::ranges::all_of(
                  model.more_members,
                  [&](const ModelMember& member) { return member.parameters.layout() == layout; }),
          "save_model: the parameters are not those of the network");
  const auto problem = model_problem(model);
  require(problem.empty(), "save_model: " + problem);

  json document = new_document(kFormat, model.more_members.empty() ? kVersionOfOne : kVersion);
  document["layers"] = network_to_json(model.network);
  document["loss"] = to_string(model.loss);
  document["feature_names"] = model.feature_names;
  document["class_names"] = model.class_names;
  document["target_names"] = model.target_names;
  document["unit"] = model.unit;
  document["image"] = {{"height", model.image.height}, {"width", model.image.width}};
  document["preprocessing"] = model.preprocessing ? preprocessing_to_json(*model.preprocessing) : json();
  if (!model.input_units.identity()) document["input_units"] = units_to_json(model.input_units);
  document["training"] = record_to_json(model.record);
  for (const auto& member : model.more_members) document["members"].push_back(record_to_json(member.record));

  std::vector<TensorView> tensors;
  append_tensors(model.parameters, "", tensors);
  append_scaling(model.input_scaling, kInputScaling, tensors);
  append_scaling(model.target_scaling, kTargetScaling, tensors);
  append_examples(model.examples, tensors);
  for (std::size_t i = 0; i < model.more_members.size(); ++i) {
    const ModelMember& member = model.more_members[i];
    const std::string prefix = member_prefix(i + 1);
    append_tensors(member.parameters, prefix, tensors);
    append_scaling(member.input_scaling, prefix + kInputScaling, tensors);
    append_scaling(member.target_scaling, prefix + kTargetScaling, tensors);
  }
  make_document(name, document, tensors, take);
}

Model read_model(const SafetensorsFile& file) {
  const json document = read_document(file, kFormat, kVersion);
  const JsonField root = root_of(document, file);
  auto network = network_from_json(root["layers"]);

  // Memory is taken only after all sizes have been compared with the bytes that the file has.
  const auto examples = example_rows(file);
  const auto records = member_records(root);
  std::vector<ExpectedTensor> expected;
  append_expected_member(file, network, "", expected);
  append_expected_examples(network, examples, expected);
  for (std::size_t i = 0; i < records.size(); ++i)
    append_expected_member(file, network, member_prefix(i + 1), expected);
  check_tensors(file, expected);

  auto first = read_member(file, network, "", record_from_json(root["training"]));
  std::vector<ModelMember> members;
  for (std::size_t i = 0; i < records.size(); ++i)
    members.push_back(read_member(file, network, member_prefix(i + 1), records[i]));
  auto example_values = read_examples(file, network, examples);
  Model model{
      .network = std::move(network),
      .parameters = std::move(first.parameters),
      .loss = parse_text(root["loss"], parse_loss),
      .input_scaling = std::move(first.input_scaling),
      .target_scaling = std::move(first.target_scaling),
      .feature_names = root["feature_names"].texts(),
      .class_names = root["class_names"].texts(),
      .target_names = root["target_names"].texts(),
      .unit = root["unit"].text(),
      .image = {.height = root["image"]["height"].count(), .width = root["image"]["width"].count()},
      .preprocessing = preprocessing_from(root),
      .record = std::move(first.record),
      .examples = std::move(example_values),
      .input_units = units_from(root),
      .more_members = std::move(members),
  };
  if (const auto problem = model_problem(model); !problem.empty()) root.fail(problem);
  check_checksum(document, file);
  return model;
}

}  // namespace

void save_model(const Model& model, const std::filesystem::path& path, const FileLayer& files) {
  make_model_file(model, path.string(), to_file(path, Previous::kReplace, files));
}

Model load_model(const std::filesystem::path& path) { return read_model(SafetensorsFile(path)); }

std::string to_bytes(const Model& model) {
  std::string bytes;
  make_model_file(model, kModelBytes, [&](std::span<const std::string_view> pieces) {
    std::size_t size = 0;
    for (const auto piece : pieces) size += piece.size();
    bytes.reserve(size);
    for (const auto piece : pieces) bytes += piece;
  });
  return bytes;
}

Model model_from_bytes(std::span<const char> bytes) {
  return read_model(SafetensorsFile(bytes, kModelBytes));
}

}  // namespace mlp
