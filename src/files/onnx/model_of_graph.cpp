// From a graph to a model, see mlp/onnx.h: what it computes, by its stages; and what our own graphs say of
// themselves in their metadata.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "files/json.h"
#include "files/onnx/stages.h"
#include "mlp/error.h"
#include "mlp/onnx.h"
#include "mlp/printable.h"
#include "mlp/version.h"

namespace mlp {

namespace {

using nlohmann::json;

/// The metadata of a graph of ours, for a model that is made of it.
class Metadata {
 public:
  Metadata(const std::map<std::string, std::string>& metadata, std::string where)
      : metadata_(&metadata), where_(std::move(where)) {}

  std::string text(const std::string& key) const {
    const auto found = metadata_->find(key);
    return found == metadata_->end() ? "" : in_utf8(found->second);
  }

  /// One for each, or none.
  std::vector<std::string> names(const std::string& key, std::size_t count) const {
    std::vector<std::string> names;
    read(key, [&](const JsonField& field) {
      names = field.texts();
      if (names.size() != count)
        field.fail("expected " + std::to_string(count) + " names, found " + std::to_string(names.size()));
    });
    return names;
  }

  /// [rows, columns], of floats.
  Matrix<float> matrix(const std::string& key, std::size_t columns) const {
    std::vector<float> values;
    std::size_t rows = 0;
    read(key, [&](const JsonField& field) {
      for (const auto& row : field.items()) {
        const auto numbers = row.items();
        if (numbers.size() != columns)
          row.fail("expected " + std::to_string(columns) + " numbers, found " +
                   std::to_string(numbers.size()));
        for (const auto& number : numbers) values.push_back(static_cast<float>(number.number()));
        ++rows;
      }
    });
    return rows == 0 ? Matrix<float>() : Matrix<float>(rows, columns, values);
  }

  ImageShape image(std::size_t pixels) const {
    ImageShape image;
    read("image", [&](const JsonField& field) {
      const auto sizes = field.items();
      if (sizes.size() != 2) field.fail_expected("[height, width]");
      image = {sizes[0].count(pixels), sizes[1].count(pixels)};
      if (image.height * image.width != pixels)
        field.fail("an image of other than " + std::to_string(pixels) + " pixels");
    });
    return image;
  }

 private:
  template <class Use>
  void read(const std::string& key, const Use& use) const {
    const auto found = metadata_->find(key);
    if (found == metadata_->end()) return;
    const std::string place = where_ + ": metadata " + key;
    constexpr JsonLimits kLimits{.depth = 3, .values = 10'000'000};
    const json document = parse_json(found->second, kLimits, place);
    use(JsonField(document, place));
  }

  const std::map<std::string, std::string>* metadata_;
  std::string where_;
};

/// Whether both compute the same, up to digits of parameters that floats do not hold.
bool same_float(const Activation& a, const Activation& b) {
  const auto same = [](double x, double y) { return static_cast<float>(x) == static_cast<float>(y); };
  if (const auto* f = std::get_if<LeakyReLU>(&a), *g = std::get_if<LeakyReLU>(&b); f && g)
    return same(f->slope, g->slope);
  if (const auto* f = std::get_if<ELU>(&a), *g = std::get_if<ELU>(&b); f && g)
    return same(f->alpha, g->alpha);
  return a == b;
}

/// The network as it was before it was exported, with its dropout, its initializers and all digits of its
/// activations' parameters; `computed` where the metadata say something else.
MultilayerPerceptron network_of(const Metadata& metadata, const MultilayerPerceptron& computed) {
  try {
    const auto parsed = parse_network(metadata.text("network"), computed.fan_in());
    std::vector<Layer> layers(parsed.layers().begin(), parsed.layers().end());
    const auto initializers = metadata.names("initializers", computed.depth());
    for (std::size_t i = 0; i < std::min(layers.size(), initializers.size()); ++i)
      if (!initializers[i].empty()) layers[i].initializer = parse_initializer(initializers[i]);
    const MultilayerPerceptron network(std::move(layers));
    const auto a = network.layers(), b = computed.layers();
    const bool same = std::ranges::equal(a, b, [](const Layer& x, const Layer& y) {
      return x.fan_out == y.fan_out && same_float(x.activation, y.activation);
    });
    return same ? network : computed;
  } catch (const UsageError&) {
    return computed;
  }
}

void add_metadata(const Metadata& metadata, const std::string& where, Model& model) {
  const std::size_t fan_in = model.network.fan_in(), fan_out = model.network.fan_out();
  if (metadata.text("task") == "regression") model.class_names.clear();  // of softmax outputs without a label
  model.feature_names = metadata.names("feature_names", fan_in);
  if (model.task() == Task::kRegression) model.target_names = metadata.names("target_names", fan_out);
  model.unit = metadata.text("unit");
  model.network = network_of(metadata, model.network);
  model.image = metadata.image(fan_in);
  model.examples = {metadata.matrix("example_inputs", fan_in), metadata.matrix("example_outputs", fan_out)};
  if (model.examples.inputs.rows() != model.examples.outputs.rows())
    throw FileError(where + ": metadata: other numbers of example_inputs and example_outputs");
  const std::string loss = metadata.text("loss");
  if (loss.empty()) return;
  try {
    const Loss parsed = parse_loss(loss);
    if (compatible(parsed, model.network.layers().back().activation)) model.loss = parsed;
  } catch (const UsageError& error) {
    throw FileError(where + ": metadata loss: " + error.what(), error.hint());
  }
}

}  // namespace

Model model_of_graph(const OnnxGraph& graph, const std::string& name) {
  Model model = model_of_stages(read_stages(graph, name), name);
  const bool ours = graph.producer_name == "mlp";
  const Metadata metadata(graph.metadata, name);
  if (ours) add_metadata(metadata, name, model);
  const std::string producer = in_utf8(graph.producer_name.empty() ? "ONNX" : graph.producer_name);
  TrainingRecord record{.dataset = ours ? metadata.text("dataset") : "",
                        .optimizer = "not known (imported from " + producer + ")",
                        .schedule = "not known",
                        .library_version = version()};
  record.train_loss = record.validation_loss = std::numeric_limits<double>::quiet_NaN();
  model.record = record;
  for (auto& member : model.more_members) member.record = record;
  return model;
}

Model load_onnx(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw FileError(path.string() + ": cannot be opened", "check the path and the rights to read it");
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (file.bad()) throw FileError(path.string() + ": cannot be read");
  const std::string name = printable(path.string(), 1000);
  return model_of_graph(parse_onnx(bytes, name), name);
}

}  // namespace mlp
