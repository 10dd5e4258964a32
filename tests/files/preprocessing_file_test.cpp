// The member "preprocessing" of model files.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "files/hostile.h"
#include "files/samples.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using nlohmann::json;
using testing_support::edited;
using testing_support::error_of;
using testing_support::read_bytes;
using testing_support::sample_parameters;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

/// A column of each kind, with numbers that need all their digits.
Preprocessing sample_preprocessing() {
  return {
      .inputs = {{{.name = "weight, \"kg\""},
                  NumericEncoding{
                      .fill = 0.1 + 0.2, .center = -1e300, .spread = 5e-324, .missing_input = true}},
                 {{.name = "b", .kind = ColumnKind::kBoolean, .categories = {"no", "yes"}},
                  BooleanEncoding{.fill = 1.0 / 3}},
                 {{.name = "gr\u00fcn", .kind = ColumnKind::kCategorical, .categories = {"4", "8", "\u732b"}},
                  OneHotEncoding{.shares = {0.25, 1.0 / 3, 5.0 / 12}, .missing_input = true}}},
      .targets = {{.name = "class", .kind = ColumnKind::kCategorical, .categories = {"a", "b"}}}};
}

Model sample_model() {
  const auto preprocessing = sample_preprocessing();
  const MultilayerPerceptron network{{{.fan_in = 7, .fan_out = 2, .activation = Softmax{}}}};
  Model model{.network = network, .parameters = sample_parameters(network, 3), .loss = CrossEntropy{}};
  model.feature_names = preprocessing.feature_names();
  model.class_names = {"a", "b"};
  model.preprocessing = preprocessing;
  return model;
}

Model sample_regression_model() {
  Model model = sample_model();
  model.network = MultilayerPerceptron{{{.fan_in = 7, .fan_out = 2}}};
  model.loss = SquaredError{};
  model.class_names.clear();
  model.target_names = {"u", "v"};
  model.preprocessing->targets = {{.name = "u"}, {.name = "v"}};
  return model;
}

std::string bytes_of(const Model& model) {
  const TemporaryFolder folder;
  save_model(model, folder / "m");
  return read_bytes(folder / "m");
}

Model model_of(const std::string& bytes) {
  const TemporaryFolder folder;
  write_bytes(folder / "m", bytes);
  return load_model(folder / "m");
}

/// What comes after "metadata 'mlp': " in the error of loading a sample changed by `change`.
std::string error_with(const std::function<void(json& preprocessing)>& change) {
  const TemporaryFolder folder;
  write_bytes(folder / "m", edited(bytes_of(sample_model()),
                                   [&](json& document, json&) { change(document["preprocessing"]); }));
  const std::string error = error_of([&] { load_model(folder / "m"); });
  const std::string before = (folder / "m").string() + ": metadata 'mlp': ";
  return error.starts_with(before) ? error.substr(before.size()) : error;
}

TEST(PreprocessingFile, ComesBackExactly) {
  Model with_marks = sample_model();
  with_marks.preprocessing->missing_marks = {"-999", "n. a."};
  Model with_decimal = sample_model();
  with_decimal.preprocessing->decimal = ',';
  Model with_zero_one = sample_regression_model();
  with_zero_one.preprocessing->inputs[0].type.zero_one = true;
  with_zero_one.preprocessing->targets[1].zero_one = true;
  Model with_clip = sample_model();
  auto& numeric = std::get<NumericEncoding>(with_clip.preprocessing->inputs[0].encoding);
  numeric.clip = 0.1 + 0.2;
  numeric.least = -1e308;
  numeric.most = 5e-324;
  for (const Model& model :
       {sample_model(), sample_regression_model(), with_marks, with_decimal, with_zero_one, with_clip}) {
    const Model back = model_of(bytes_of(model));
    ASSERT_TRUE(back.preprocessing);
    EXPECT_EQ(*back.preprocessing, *model.preprocessing);
    EXPECT_EQ(bytes_of(back), bytes_of(model));
  }
}

TEST(PreprocessingFile, AFileOfVersion2ClipsNothingAndKnowsNoRange) {
  // An old file has none of these members; everything else is as it is now.
  const std::string bytes = edited(bytes_of(sample_model()), [](json& document, json&) {
    document["version"] = 2;
    for (const char* member : {"clip", "least", "most"})
      EXPECT_FALSE(document["preprocessing"]["inputs"][0].contains(member)) << member;
  });
  const Model back = model_of(bytes);
  EXPECT_EQ(*back.preprocessing, sample_preprocessing());
  const auto& numeric = std::get<NumericEncoding>(back.preprocessing->inputs[0].encoding);
  EXPECT_EQ(numeric.clip, 0);
  EXPECT_EQ(numeric.least, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(numeric.most, std::numeric_limits<double>::infinity());
}

TEST(PreprocessingFile, ClipAndRangeMustBeNumbersThatGoTogether) {
  const auto with = [](const json& members) {
    return error_with([&](json& p) { p["inputs"][0].update(members); });
  };
  EXPECT_NE(with({{"clip", "3"}}).find("clip: expected a number"), std::string::npos);
  EXPECT_NE(with({{"clip", -3}}).find("inputs[0]: the clip must be finite and not negative"),
            std::string::npos);
  EXPECT_NE(with({{"clip", "Infinity"}}).find("the clip must be finite"), std::string::npos);
  EXPECT_NE(with({{"least", 2}, {"most", 1}}).find("the least not above the most"), std::string::npos);
  EXPECT_NE(with({{"least", nullptr}}).find("least and most must be numbers"), std::string::npos);
  EXPECT_EQ(with({{"clip", 3}, {"least", 1}, {"most", 1}}), "no FileError");
}

TEST(PreprocessingFile, AModelWithoutOneHasNone) {
  EXPECT_FALSE(model_of(bytes_of(testing_support::sample_classifier())).preprocessing);
  const auto without = [](json& document, json&) { document.erase("preprocessing"); };
  EXPECT_FALSE(model_of(edited(bytes_of(testing_support::sample_classifier()), without)).preprocessing);
}

TEST(PreprocessingFile, EveryMemberMustBeThereAndOfItsType) {
  const json whole = json::parse(testing_support::read_plainly(bytes_of(sample_model()))
                                     .header.at("__metadata__")
                                     .at("mlp")
                                     .get<std::string>())["preprocessing"];
  int members = 0;
  const auto check = [&](const json::json_pointer& object) {
    for (const auto& member : whole.at(object).items()) {
      ++members;
      EXPECT_NE(error_with([&](json& p) {
                  p.at(object).erase(member.key());
                }).find(member.key() + " is missing | "),
                std::string::npos)
          << member.key();
      EXPECT_NE(error_with([&](json& p) { p.at(object)[member.key()] = json::object(); }).find("expected"),
                std::string::npos)
          << member.key();
    }
  };
  for (const char* object : {"", "/inputs/0", "/inputs/1", "/inputs/2", "/targets/0"})
    check(json::json_pointer(object));
  EXPECT_EQ(members, 2 + 7 + 5 + 5 + 3);
  EXPECT_EQ(error_with([](json& p) { p = 3; }), "preprocessing: expected an object, found 3 | ");
}

TEST(PreprocessingFile, WhatDoesNotFitIsRefused) {
  EXPECT_EQ(error_with([](json& p) { p["inputs"][0]["kind"] = "text"; }),
            "preprocessing.inputs[0].kind: expected numeric, boolean or categorical, found \"text\" | ");
  for (const json& value : {json(""), json(";"), json(",,"), json(1)})
    EXPECT_NE(error_with([&](json& p) { p["decimal"] = value; }).find("preprocessing.decimal: expected "),
              std::string::npos)
        << value;
  EXPECT_NE(error_with([](json& p) { p["inputs"][0]["zero_one"] = 1; }).find("inputs[0].zero_one: expected "),
            std::string::npos);
  EXPECT_EQ(error_with([](json& p) { p["inputs"][1]["zero_one"] = true; }),
            "preprocessing: inputs[1]: numbers 0 and 1 in a column that is not numeric | ");
  EXPECT_EQ(error_with([](json& p) { p["inputs"][0]["spread"] = -1; }),
            "preprocessing: inputs[0]: fill, center and spread must be finite, the spread not negative | ");
  for (const char* member : {"fill", "center", "spread"}) {
    for (const json& value : {json("Infinity"), json()})
      EXPECT_EQ(
          error_with([&](json& p) { p["inputs"][0][member] = value; }),
          "preprocessing: inputs[0]: fill, center and spread must be finite, the spread not negative | ");
  }
  EXPECT_EQ(error_with([](json& p) { p["inputs"][1]["fill"] = 2; }),
            "preprocessing: inputs[1]: the fill must lie in [0, 1] | ");
  EXPECT_EQ(error_with([](json& p) { p["inputs"][1]["categories"].push_back("maybe"); }),
            "preprocessing: inputs[1]: expected 2 categories, found 3 | ");
  EXPECT_EQ(error_with([](json& p) { p["inputs"][2]["categories"].push_back("16"); }),
            "preprocessing: inputs[2]: 4 categories but 3 shares | ");
  EXPECT_EQ(error_with([](json& p) { p["inputs"][2]["categories"][1] = "4"; }),
            "preprocessing: inputs[2]: the category '4' stands twice | ");
  EXPECT_EQ(error_with([](json& p) { p["inputs"][1]["name"] = "class"; }),
            "preprocessing: targets[0]: the column 'class' stands twice | ");
  EXPECT_EQ(error_with([](json& p) { p["inputs"].push_back(p["inputs"][0]); }),
            "preprocessing: inputs[3]: the column 'weight, \"kg\"' stands twice | ");
  EXPECT_EQ(error_with([](json& p) { p["inputs"].clear(); }),
            "preprocessing: expected 1 to 16777216 network inputs, found 0 | ");
}

TEST(PreprocessingFile, WhatDoesNotFitTheModelIsRefused) {
  EXPECT_EQ(error_with([](json& p) { p["inputs"][0]["missing_input"] = false; }),
            "preprocessing: makes 6 inputs, but the network has 7 | ");
  EXPECT_EQ(error_with([](json& p) { p["inputs"][1]["name"] = "c"; }),
            "preprocessing: its inputs do not have the names in feature_names | ");
  EXPECT_EQ(error_with([](json& p) {
              p["targets"][0]["categories"] = {"a", "c"};
            }),
            "preprocessing: its targets are not those of the model | ");
  EXPECT_EQ(error_with([](json& p) { p["targets"].clear(); }),
            "preprocessing: its targets are not those of the model | ");

  const TemporaryFolder folder;
  const auto refused = [&](const Model& model) {
    EXPECT_THROW(save_model(model, folder / "m"), std::invalid_argument);
  };
  Model twice = sample_model();
  twice.input_scaling = {.shift = {0}, .scale = {1}};
  refused(twice);
  Model other = sample_regression_model();
  other.target_names = {"u", "w"};
  refused(other);
  Model broken = sample_model();
  std::get<NumericEncoding>(broken.preprocessing->inputs[0].encoding).center = std::nan("");
  refused(broken);
}

TEST(PreprocessingFile, ByteFlipsDoNoHarm) {
  testing_support::expect_byte_flips_harmless(bytes_of(sample_model()), 5000, load_model);
}

}  // namespace
}  // namespace mlp
