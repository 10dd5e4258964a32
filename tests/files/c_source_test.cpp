// c_source(): the files are compiled, loaded, and compared with predict() and encode().
//
// Many models are compiled at once, each with a prefix of its own, with the warnings of a careful project as
// errors, and with checks for undefined behaviour where the compiler has them.
#include "mlp/c_source.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "engine/random_network.h"
#include "files/samples.h"
#include "mlp/digest.h"
#include "mlp/table.h"
#include "mlp/train.h"
#include "mlp/version.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using test::Draw;
using testing_support::read_bytes;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

constexpr const char* kWarnings = " -Wall -Wextra -pedantic -Wconversion -Wshadow -Werror ";

/// A C or C++ compiler, and its output.
class Compiler {
 public:
  bool runs() const { return succeeds(std::string(MLP_C_COMPILER) + " --version"); }

  /// Empty where `source` compiles, else what the compiler says.
  std::string complaint_of(const std::string& compiler, const std::string& options,
                           const std::string& source) {
    write_bytes(folder_.path() / "source.c", source);
    return succeeds("cd '" + folder_.path().string() + "' && '" + compiler + "'" + options) ? "" : output();
  }

  std::string output() const { return read_bytes(folder_.path() / "output"); }
  std::filesystem::path folder() const { return folder_.path(); }

 private:
  bool succeeds(const std::string& command) const {
    return std::system(
               ("( " + command + " ) > '" + (folder_.path() / "output").string() + "' 2>&1").c_str()) == 0;
  }

  TemporaryFolder folder_;
};

/// C source as a library of this process.
class Library {
 public:
  explicit Library(const std::string& source) {
    const std::string options =
        kWarnings + std::string("-std=c99 -O1 -fPIC -shared source.c -o source.so -lm");
    // A check that fails ends the process, and asks for no run-time library.
    std::string complaint = compiler_.complaint_of(
        MLP_C_COMPILER, " -fsanitize=undefined -fsanitize-undefined-trap-on-error" + options, source);
    if (!complaint.empty()) complaint = compiler_.complaint_of(MLP_C_COMPILER, options, source);
    EXPECT_EQ(complaint, "");
    library_.reset(::dlopen((compiler_.folder() / "source.so").c_str(), RTLD_NOW | RTLD_LOCAL));
    EXPECT_TRUE(library_) << ::dlerror();
  }

  /// The function or constant of that name and type; null where there is none.
  template <class T>
  T* find(const std::string& name) const {
    return library_ ? reinterpret_cast<T*>(::dlsym(library_.get(), name.c_str())) : nullptr;
  }

 private:
  struct Close {
    void operator()(void* library) const { ::dlclose(library); }
  };
  Compiler compiler_;
  std::unique_ptr<void, Close> library_;
};

#define REQUIRE_C_COMPILER() \
  if (!Compiler().runs()) GTEST_SKIP() << "skipped: the C compiler " MLP_C_COMPILER " does not run"

using PredictFloats = void(const float*, float*);
using PredictDoubles = void(const double*, float*);
using PredictBytes = void(const unsigned char*, float*);
using Class = int(const float*);

std::vector<float> numbers(Draw& draw, std::size_t count, double low, double high) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(draw.uniform(low, high));
  return values;
}

AffineScaling random_scaling(Draw& draw, std::size_t columns) {
  return {.shift = numbers(draw, columns, -2, 2), .scale = numbers(draw, columns, 0.3, 3)};
}

/// Drawn as training starts, with biases.
Parameters random_parameters(Draw& draw, const MultilayerPerceptron& network) {
  Parameters parameters = initialize(network, draw.integer(0, 1000000));
  for (std::size_t layer = 0; layer < network.depth(); ++layer)
    for (float& b : parameters.bias(layer)) b = static_cast<float>(draw.uniform(-0.5, 0.5));
  return parameters;
}

MultilayerPerceptron random_network(Draw& draw, const Activation& hidden, const Activation& output) {
  std::vector<Layer> layers(draw.integer(1, 5));
  std::size_t width = draw.integer(1, 60);
  for (Layer& layer : layers) {
    layer = {.fan_in = width, .fan_out = draw.integer(1, 60), .activation = hidden};
    width = layer.fan_out;
  }
  layers.back().activation = output;
  return MultilayerPerceptron(layers);
}

/// Of a model with `members`, which scale their inputs and targets each in its own way, or not at all.
Model random_model(Draw& draw, const MultilayerPerceptron& network, std::size_t members) {
  Model model{.network = network, .parameters = random_parameters(draw, network), .loss = SquaredError{}};
  const bool input_scaling = draw.chance(0.7), target_scaling = draw.chance(0.5);
  const auto scaling = [&](bool any, std::size_t columns) {
    return any ? random_scaling(draw, columns) : AffineScaling{};
  };
  model.input_scaling = scaling(input_scaling, network.fan_in());
  model.target_scaling = scaling(target_scaling, network.fan_out());
  for (std::size_t i = 1; i < members; ++i) {
    model.more_members.push_back({.parameters = random_parameters(draw, network),
                                  .input_scaling = scaling(input_scaling, network.fan_in()),
                                  .target_scaling = scaling(target_scaling, network.fan_out()),
                                  .record = {}});
  }
  return model;
}

/// Rows that `scaling` makes standard normal, or zero, as it does those that it was learned from.
Matrix<float> random_rows(Draw& draw, std::size_t columns, const AffineScaling& scaling = {}) {
  Matrix<float> inputs(20, columns);
  for (std::size_t n = 0; n < inputs.rows(); ++n) {
    for (std::size_t i = 0; i < columns; ++i)
      inputs(n, i) = scaling.invert(draw.chance(0.2) ? 0.0f : static_cast<float>(draw.normal()), i);
  }
  return inputs;
}

/// Both sum in float, in different orders: a sum of n products is off by some sqrt(n) / 2^24 of its size,
/// each layer adds as much, and exp and tanh of two libraries differ by a unit or two in the last place. On
/// inputs as training scales them that comes to 0.2e-6 to 0.8e-6 of the outputs' scale, in networks of five
/// layers, of which this is twice and more; a wrong weight, scaling or formula shows in the third digit.
constexpr double kTolerance = 2e-6;

/// The largest difference of two tables of outputs, as a share of the largest output.
double difference(const Matrix<float>& expected, const Matrix<float>& found) {
  double scale = 0, largest = 0;
  for (std::size_t i = 0; i < expected.values().size(); ++i) {
    const double e = expected.values()[i], f = found.values()[i];
    scale = std::max(scale, std::abs(e));
    largest = std::max(largest, std::isfinite(f) ? std::abs(e - f) : HUGE_VAL);
  }
  return scale == 0 ? largest : largest / scale;
}

/// The outputs for each row, by a function that takes a row and writes outputs.
template <class Rows, class Predict>
Matrix<float> outputs_of(const Rows& rows, std::size_t outputs, const Predict& predict) {
  Matrix<float> result(rows.rows(), outputs);
  for (std::size_t n = 0; n < rows.rows(); ++n) predict(rows.row(n).data(), result.row(n).data());
  return result;
}

std::string prefix_of(std::size_t number) { return "m" + std::to_string(number); }

/// The source of all models, with prefixes m0, m1, ...
std::string source_of(const std::vector<Model>& models) {
  std::string source;
  for (std::size_t i = 0; i < models.size(); ++i) source += c_source(models[i], {.prefix = prefix_of(i)});
  return source;
}

/// Each activation, and those with a parameter elsewhere than at its default.
std::vector<Activation> activations() {
  auto all = all_activations();
  all.insert(all.end(), {LeakyReLU{0.3}, ELU{0.5}});
  return all;
}

TEST(CSource, PredictsAsTheLibraryForEveryActivation) {
  REQUIRE_C_COMPILER();
  Draw draw(1);
  std::vector<Model> models;
  for (const auto& hidden : activations()) {  // each as a hidden layer's, and as the last one's
    models.push_back(random_model(draw, random_network(draw, hidden, draw.any(activations())), 1));
    models.push_back(random_model(draw, random_network(draw, draw.any(activations()), hidden), 1));
  }
  for (const auto& hidden : activations())
    models.push_back(
        random_model(draw, random_network(draw, hidden, draw.any(activations())), draw.integer(2, 4)));
  const Library library(source_of(models));
  for (std::size_t i = 0; i < models.size(); ++i) {
    const Model& model = models[i];
    const auto predict = library.find<PredictFloats>(prefix_of(i) + "_predict");
    ASSERT_TRUE(predict);
    const auto inputs = random_rows(draw, model.network.fan_in(), model.input_scaling);
    const auto expected = mlp::predict(model, inputs);
    const double apart = difference(expected, outputs_of(inputs, expected.columns(), predict));
    EXPECT_LE(apart, kTolerance) << "model " << i << ": " << c_source(model).substr(0, 1000);
  }
}

TEST(CSource, PredictsAsTheLibraryForEveryLoss) {
  REQUIRE_C_COMPILER();
  Draw draw(2);
  std::vector<Model> models;
  for (const auto& loss : all_losses()) {
    for (const auto& output : all_activations()) {
      if (!compatible(loss, output)) continue;
      const MultilayerPerceptron network{{{.fan_in = 5, .fan_out = 8, .activation = ReLU{}},
                                          {.fan_in = 8, .fan_out = 3, .activation = output}}};
      models.push_back(random_model(draw, network, 1));
      models.back().loss = loss;
    }
  }
  const Library library(source_of(models));
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto predict = library.find<PredictFloats>(prefix_of(i) + "_predict");
    ASSERT_TRUE(predict);
    const auto inputs = random_rows(draw, 5, models[i].input_scaling);
    const auto expected = mlp::predict(models[i], inputs);
    EXPECT_LE(difference(expected, outputs_of(inputs, 3, predict)), kTolerance)
        << to_string(models[i].loss) << " " << to_string(models[i].network.layer(1).activation);
  }
}

TEST(CSource, FarOutNothingOverflowsAndNaNStaysNaN) {
  REQUIRE_C_COMPILER();
  std::vector<Model> models;
  for (const auto& activation : activations()) {
    const MultilayerPerceptron network{{{.fan_in = 2, .fan_out = 2, .activation = activation}}};
    Parameters parameters(network);
    parameters.weight(0)(0, 0) = parameters.weight(0)(1, 1) = 1;
    models.push_back({.network = network, .parameters = parameters, .loss = SquaredError{}});
  }
  const Library library(source_of(models));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto predict = library.find<PredictFloats>(prefix_of(i) + "_predict");
    ASSERT_TRUE(predict);
    const std::string name = to_string(models[i].network.layer(0).activation);
    for (const float z : {-1e30f, -1000.0f, -104.0f, -88.0f, -30.0f, -12.0f, -1e-20f, -0.0f, 1e-20f, 12.0f,
                          30.0f, 88.0f, 89.0f, 1000.0f, 1e30f}) {
      const Matrix<float> row(1, 2, {z, 0.25f});
      const auto expected = mlp::predict(models[i], row);
      EXPECT_LE(difference(expected, outputs_of(row, 2, predict)), kTolerance) << name << " of " << z;
    }
    const auto outputs = outputs_of(Matrix<float>(1, 2, {nan, 0.25f}), 2, predict);
    EXPECT_TRUE(std::isnan(outputs(0, 0))) << name;
  }
}

TEST(CSource, ImagesComeAsBytesOrAsFloats) {
  REQUIRE_C_COMPILER();
  Draw draw(3);
  const MultilayerPerceptron network{{{.fan_in = 784, .fan_out = 64, .activation = ReLU{}},
                                      {.fan_in = 64, .fan_out = 87, .activation = ReLU{}},
                                      {.fan_in = 87, .fan_out = 10, .activation = Softmax{}}}};
  std::vector<Model> models;
  for (const std::size_t members : {1, 3}) {
    Model model = random_model(draw, network, members);
    model.target_scaling = {};
    model.input_scaling = {.shift = {0.0f}, .scale = {1.0f / 255}};
    for (auto& member : model.more_members) {
      member.target_scaling = {};
      member.input_scaling = {.shift = {0.0f}, .scale = {1.0f / 255}};
    }
    model.image = {.height = 28, .width = 28};
    for (int digit = 0; digit < 10; ++digit) model.class_names.push_back("digit " + std::to_string(digit));
    models.push_back(model);
  }
  Matrix<std::uint8_t> pixels(20, 784);
  for (auto& pixel : pixels.values())
    if (draw.chance(0.3)) pixel = static_cast<std::uint8_t>(draw.integer(1, 255));
  const Matrix<float> floats(20, 784, std::vector<float>(pixels.values().begin(), pixels.values().end()));
  const Library library(source_of(models));
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto of_bytes = library.find<PredictBytes>(prefix_of(i) + "_predict_bytes");
    const auto of_floats = library.find<PredictFloats>(prefix_of(i) + "_predict");
    const auto class_of = library.find<Class>(prefix_of(i) + "_class");
    const auto names = library.find<const char* const>(prefix_of(i) + "_class_names");
    ASSERT_TRUE(of_bytes && of_floats && class_of && names);
    const auto expected = mlp::predict(models[i], pixels);
    const auto outputs = outputs_of(pixels, 10, of_bytes);
    EXPECT_LE(difference(expected, outputs), kTolerance);
    EXPECT_EQ(outputs_of(floats, 10, of_floats), outputs) << "the same numbers";
    for (std::size_t n = 0; n < 20; ++n) {
      const auto row = outputs.row(n);
      const auto largest = std::ranges::max_element(row) - row.begin();
      EXPECT_EQ(class_of(row.data()), largest);
      EXPECT_EQ(names[class_of(row.data())], "digit " + std::to_string(largest));
    }
    const std::vector<float> tie = {0, 1, 3, 3, 1, 3, 0, 0, 0, 0};
    EXPECT_EQ(class_of(tie.data()), 2) << "the first of the largest";
  }
}

TEST(CSource, InputsWithUnitsAreDoubles) {
  REQUIRE_C_COMPILER();
  Draw draw(4);
  Model model = random_model(draw, random_network(draw, Tanh{}, Linear{}), 2);
  const std::size_t count = model.network.fan_in();
  for (std::size_t i = 0; i < count; ++i) {  // seconds since 1970, and numbers far below any float
    model.input_units.origin.push_back(i % 2 == 0 ? 1.7e9 + 0.1 : 1e-60);
    model.input_units.unit.push_back(i % 2 == 0 ? 3600 : 1e-62);
  }
  const Library library(source_of({model}));
  const auto predict = library.find<PredictDoubles>("m0_predict");
  ASSERT_TRUE(predict);
  Matrix<double> rows(20, count);
  Matrix<float> inputs(20, count);
  for (std::size_t n = 0; n < 20; ++n) {
    for (std::size_t i = 0; i < count; ++i) {
      const double x = draw.normal();
      rows(n, i) = i % 2 == 0 ? 1.7e9 + 3600 * x : 1e-60 + 1e-62 * x;
      inputs(n, i) = model.input_units.apply(rows(n, i), i);
    }
  }
  const auto expected = mlp::predict(model, inputs);
  EXPECT_LE(difference(expected, outputs_of(rows, expected.columns(), predict)), kTolerance);
}

/// A cell of a row in C, whose struct has only such members.
union Cell {
  double number;
  const char* text;
};
static_assert(sizeof(double) >= sizeof(const char*));

TableSource table_of(const std::string& text) {
  const auto rest = std::make_shared<std::string>(text);
  return ByteStream{"table", [rest](std::span<std::uint8_t> destination) {
                      const std::size_t count = std::min(rest->size(), destination.size());
                      std::memcpy(destination.data(), rest->data(), count);
                      rest->erase(0, count);
                      return count;
                    }};
}

/// Lines of `cells` in CSV; every cell stands in quotes.
std::string csv(const std::vector<std::vector<std::string>>& lines) {
  std::string text;
  for (const auto& cells : lines) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : cells[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += "\n";
  }
  return text;
}

/// Those cells as a row of C's.
std::vector<Cell> c_row(const Preprocessing& preprocessing, const std::vector<std::string>& cells) {
  std::vector<Cell> row(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (preprocessing.inputs[i].type.kind == ColumnKind::kNumeric)
      row[i].number = cells[i].empty() ? std::numeric_limits<double>::quiet_NaN() : std::stod(cells[i]);
    else
      row[i].text = cells[i].empty() ? nullptr : cells[i].c_str();
  }
  return row;
}

/// One whose outputs are its inputs.
Model encoding_model(const Preprocessing& preprocessing) {
  const std::size_t width = preprocessing.width();
  const MultilayerPerceptron network{{{.fan_in = width, .fan_out = width}}};
  Model model{.network = network, .parameters = Parameters(network), .loss = SquaredError{}};
  for (std::size_t i = 0; i < width; ++i) model.parameters.weight(0)(i, i) = 1;
  model.preprocessing = preprocessing;
  return model;
}

/// A preprocessing with each kind of column, with and without an input for missing cells, plain, clipped and
/// with equal numbers only.
Preprocessing every_encoding() {
  const auto type = [](const std::string& name, ColumnKind kind, std::vector<std::string> categories = {}) {
    return ColumnType{.name = name, .kind = kind, .categories = std::move(categories)};
  };
  const auto numeric = ColumnKind::kNumeric, boolean = ColumnKind::kBoolean,
             categorical = ColumnKind::kCategorical;
  return {
      .inputs = {
          {type("plain", numeric), NumericEncoding{.fill = 0.1, .center = 1.0 / 3, .spread = 0.7}},
          {type("missing", numeric),
           NumericEncoding{.fill = -2.5, .center = 1e6, .spread = 3e5, .missing_input = true}},
          {type("clipped", numeric), NumericEncoding{.fill = 2, .center = 2, .spread = 0.01, .clip = 3}},
          {type("both", numeric),
           NumericEncoding{.fill = 5, .center = 2, .spread = 4, .clip = 3, .missing_input = true}},
          {type("equal", numeric), NumericEncoding{.fill = 7, .center = 7, .spread = 0}},
          {type("equal, missing", numeric),
           NumericEncoding{.fill = 7, .center = 7, .spread = 0, .missing_input = true}},
          {type("yes", boolean, {"no", "yes"}), BooleanEncoding{.fill = 0.3}},
          {type("on", boolean, {"Off", "On"}), BooleanEncoding{.fill = 0.6, .missing_input = true}},
          {type("colour", categorical, {"blue", "green", "red"}), OneHotEncoding{.shares = {0.5, 0.2, 0.3}}},
          {type("shape", categorical, {"10", "9", "round"}),
           OneHotEncoding{.shares = {0.1, 0.2, 0.7}, .missing_input = true}},
          {type("one", categorical, {"only"}), OneHotEncoding{.shares = {1}}},
      }};
}

TEST(CSource, EncodesATablesRowsAsTheLibrary) {
  REQUIRE_C_COMPILER();
  Draw draw(5);
  const Preprocessing preprocessing = every_encoding();
  std::vector<Model> models = {encoding_model(preprocessing)};
  for (const std::size_t members : {1, 3}) {
    const MultilayerPerceptron network{
        {{.fan_in = preprocessing.width(), .fan_out = 16, .activation = GELU{}},
         {.fan_in = 16, .fan_out = 2, .activation = Linear{}}}};
    Model model = random_model(draw, network, members);
    model.input_scaling = {};
    for (auto& member : model.more_members) member.input_scaling = {};
    model.preprocessing = preprocessing;
    models.push_back(model);
  }
  const std::vector<std::vector<std::string>> rows = {
      {"1", "2", "2", "4", "7", "7", "no", "Off", "blue", "10", "only"},
      {"0.1", "1e6", "2.005", "-8", "7", "8", "yes", "On", "green", "9", "only"},
      {"-3.25e2", "-1e6", "1000000", "1e300", "100", "0", "yes", "Off", "red", "round", "only"},
      {"", "", "", "", "", "", "", "", "", "", ""},                                     // missing
      {"0", "-0", "-1e200", "-5", "7", "7", "maybe", "dunno", "pink", "11", "lonely"},  // unknown
      {"0.33333333333333331", "5", "2", "2", "", "7", "no", "", "", "", "only"},
  };
  std::vector<std::vector<std::string>> lines = {{}};
  for (const auto& column : preprocessing.inputs) lines[0].push_back(column.type.name);
  lines.insert(lines.end(), rows.begin(), rows.end());
  const Table table = read_table(table_of(csv(lines)), preprocessing.input_types());

  const Library library(source_of(models));
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto predict = library.find<void(const Cell*, float*)>(prefix_of(i) + "_predict");
    ASSERT_TRUE(predict);
    const auto expected = mlp::predict(models[i], table);
    Matrix<float> found(rows.size(), expected.columns());
    for (std::size_t n = 0; n < rows.size(); ++n)
      predict(c_row(preprocessing, rows[n]).data(), found.row(n).data());
    EXPECT_LE(difference(expected, found), kTolerance);
    if (i > 0) continue;
    const auto names = preprocessing.feature_names();  // the encoding itself: number by number
    for (std::size_t n = 0; n < rows.size(); ++n)
      for (std::size_t c = 0; c < names.size(); ++c)
        EXPECT_FLOAT_EQ(found(n, c), expected(n, c)) << "row " << n << ", " << names[c];
  }
}

/// Names as data sets should not have them.
std::vector<std::string> hostile_names() {
  std::vector<std::string> names = {"",
                                    " ",
                                    "*/ int x; /*",
                                    "/* */",
                                    "//",
                                    "\\",
                                    "ends in \\",
                                    "\"",
                                    "'",
                                    "\"; system(\"rm\"); \"",
                                    "?\?=",
                                    "?\?/",
                                    "?\?/\n",
                                    "what?\?!",
                                    "a\nb",
                                    "a\r\nb",
                                    "#define X",
                                    "%s%n",
                                    "@_predict",
                                    "$_INPUTS",
                                    "gr\xc3\xbcn",
                                    "\xe7\x8c\xab",
                                    "\xff\xfe",
                                    "\xe2\x80\xae"
                                    "desrever",
                                    "1",
                                    "1st",
                                    "\x01"
                                    "7",
                                    "int",
                                    "class",
                                    "Double",
                                    "while",
                                    "true",
                                    "and",
                                    "unix",
                                    "linux",
                                    "errno",
                                    "NULL",
                                    "NAN",
                                    "INFINITY",
                                    "EOF",
                                    "a b",
                                    "a_b",
                                    "a-b",
                                    "A B",
                                    "a_b_2",
                                    "a__b",
                                    "_a",
                                    "a_",
                                    "m0_row",
                                    "row",
                                    "x",
                                    "m0_place",
                                    "isnan",
                                    "long_" + std::string(300, 'x'),
                                    "long_" + std::string(301, 'x'),
                                    std::string(3000, '?'),
                                    std::string(100, '*') + "/",
                                    "/" + std::string(100, '*')};
  return names;
}

TEST(CSource, NamesMayBeAnyText) {
  REQUIRE_C_COMPILER();
  const auto names = hostile_names();
  Preprocessing preprocessing;
  for (const auto& name : names)
    preprocessing.inputs.push_back({{.name = name, .kind = ColumnKind::kNumeric}, NumericEncoding{}});
  preprocessing.inputs.push_back(
      {{.name = "its categories", .kind = ColumnKind::kCategorical, .categories = names},
       OneHotEncoding{.shares = std::vector<double>(names.size(), 0.5)}});
  preprocessing.inputs.push_back(
      {{.name = "*/", .kind = ColumnKind::kBoolean, .categories = {"*/", "\"?\?/"}}, BooleanEncoding{}});
  Model rows = encoding_model(preprocessing);
  rows.record.dataset = "*/ \\ ?\?/";
  rows.target_names = names;
  rows.unit = "*/";

  const MultilayerPerceptron network{{{.fan_in = names.size(), .fan_out = names.size()}}};
  Model classes{.network = network, .parameters = Parameters(network), .loss = SquaredError{}};
  classes.class_names = classes.feature_names = names;
  classes.record.dataset = "\n*/ int x;";

  const std::string source = source_of({rows, classes});
  for (const std::string more : {"", " -Dm0_MAIN -DM0_MAIN", " -DM1_MAIN"}) {
    Compiler compiler;
    EXPECT_EQ(compiler.complaint_of(
                  MLP_C_COMPILER, kWarnings + std::string("-std=c99 -fsyntax-only source.c") + more, source),
              "");
    EXPECT_EQ(compiler.complaint_of(
                  MLP_CXX_COMPILER,
                  kWarnings + std::string("-std=c++11 -x c++ -fsyntax-only source.c") + more, source),
              "");
  }
  EXPECT_TRUE(std::ranges::all_of(c_source(classes).substr(c_source(classes).find("#ifndef")), [](char c) {
    return c == '\n' || (c >= ' ' && c <= '~');
  })) << "behind the comment at its head the file is ASCII";

  const Library library(source);
  const auto class_names = library.find<const char* const>("m1_class_names");
  ASSERT_TRUE(class_names);
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(class_names[i], names[i]);

  // Each column's number reaches its own input, and each category is found.
  const auto predict = library.find<void(const Cell*, float*)>("m0_predict");
  ASSERT_TRUE(predict);
  const std::size_t count = names.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<Cell> row(count + 2);
    for (std::size_t column = 0; column < count; ++column) row[column].number = column == i ? 1 : 0;
    row[count].text = names[i].c_str();
    row[count + 1].text = "\"?\?/";
    std::vector<float> expected(2 * count + 1, 0.0f), found(2 * count + 1);
    expected[i] = expected[count + i] = expected[2 * count] = 1;
    predict(row.data(), found.data());
    EXPECT_EQ(found, expected) << names[i];
  }
}

TEST(CSource, IsCPlusPlusTooAndOtherFilesGetItsDeclarations) {
  REQUIRE_C_COMPILER();
  Draw draw(6);
  std::vector<Model> models = {encoding_model(every_encoding()), testing_support::sample_classifier()};
  for (const auto& activation : activations())
    models.push_back(random_model(draw, random_network(draw, activation, activation), draw.integer(1, 2)));
  models.back().input_units = {.origin = std::vector<double>(models.back().network.fan_in(), 0.5),
                               .unit = std::vector<double>(models.back().network.fan_in(), 2.0)};
  models[1].parameters = random_parameters(draw, models[1].network);
  std::string program = source_of(models);
  Compiler compiler;
  const std::string check = kWarnings + std::string("-fsyntax-only source.c");
  EXPECT_EQ(compiler.complaint_of(MLP_CXX_COMPILER, " -std=c++11 -x c++" + check, program), "");
  EXPECT_EQ(compiler.complaint_of(MLP_CXX_COMPILER, " -std=c++20 -x c++" + check, program), "");

  // C++ calls what was compiled as C.
  write_bytes(compiler.folder() / "net.c", c_source(models[1], {.prefix = "net"}));
  const std::string caller =
      "#define NET_DECLARATIONS\n"
      "#include \"net.c\"\n"
      "#include \"net.c\"\n"
      "int main() {\n"
      "  float inputs[NET_INPUTS] = {0}, outputs[NET_OUTPUTS];\n"
      "  net_predict(inputs, outputs);\n"
      "  return net_class(outputs) < NET_OUTPUTS && net_class_names[0] ? 0 : 1;\n"
      "}\n";
  EXPECT_EQ(compiler.complaint_of(MLP_C_COMPILER, " -std=c99 -c net.c -o net.o", ""), "");
  EXPECT_EQ(
      compiler.complaint_of(MLP_CXX_COMPILER, " -x c++ source.c -x none net.o -o net -lm && ./net", caller),
      "");
}

TEST(CSource, ItsHeadSaysWhatItIs) {
  const Model model = testing_support::sample_classifier();
  Model finite = model;
  Draw draw(7);
  finite.parameters = random_parameters(draw, model.network);
  const std::string source = c_source(finite, {.prefix = "Net_2"});
  for (const std::string& text :
       {std::string("\"mnist\""), std::string("60,000 rows"), std::string("30 epochs"), digest(finite),
        std::string("written by   mlp ") + version(),
        std::string("6 -> 5 leaky_relu(0.1) -> 4 gelu(tanh) -> 3 softmax"), std::string("image of 2 x 3"),
        std::string("Net_2_predict(inputs, outputs)"), std::string("NET_2_MAIN")})
    EXPECT_NE(source.substr(0, source.find("#ifndef")).find(text), std::string::npos) << text << "\n"
                                                                                      << source;
}

TEST(CSource, ParametersAreTheSameBits) {
  const Model model = testing_support::sample_regression();  // subnormals, minus zero, the largest number
  const std::string source = c_source(model);
  std::size_t at = source.find("mlp_weight_1[");
  at = source.find('{', at);
  for (const float weight : model.parameters.values().first(14)) {
    const char* begin = source.c_str() + at + 1;
    char* end = nullptr;
    const float read = std::strtof(begin, &end);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(read), std::bit_cast<std::uint32_t>(weight));
    EXPECT_EQ(*end, 'f');
    at = static_cast<std::size_t>(end - source.c_str()) + 1;
  }
}

TEST(CSource, RefusesWhatCannotBeWritten) {
  const Model model = encoding_model(every_encoding());
  for (const std::string prefix : {"", "1a", "_a", "a b", "a-b", "a\n", "\xc3\xa4", "a*/"})
    EXPECT_THROW(c_source(model, {.prefix = prefix}), UsageError) << prefix;
  for (const std::string prefix : {"a", "A", "net_2", "int"})
    EXPECT_NO_THROW(c_source(model, {.prefix = prefix}));
  Model zero_byte = model;
  zero_byte.preprocessing->inputs[8].type.categories[1] = std::string("a\0b", 3);
  EXPECT_THROW(c_source(zero_byte), DataError);
  Model infinite = model;
  infinite.parameters.values()[3] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(c_source(infinite), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
