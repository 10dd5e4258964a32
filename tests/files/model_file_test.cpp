#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "files/hostile.h"
#include "files/samples.h"
#include "mlp/version.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using nlohmann::json;
using testing_support::edited;
using testing_support::error_of;
using testing_support::read_bytes;
using testing_support::read_plainly;
using testing_support::same_bits;
using testing_support::sample_classifier;
using testing_support::sample_parameters;
using testing_support::sample_regression;
using testing_support::TemporaryFolder;
using testing_support::with_fitting_checksum;
using testing_support::write_bytes;

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

/// The error of loading `bytes`, without the path.
std::string load_error(const std::string& bytes) {
  const TemporaryFolder folder;
  write_bytes(folder / "m", bytes);
  const std::string error = error_of([&] { load_model(folder / "m"); });
  const std::string path = (folder / "m").string() + ": ";
  return error.starts_with(path) ? error.substr(path.size()) : error;
}

std::string edited_error(const std::function<void(json& document, json& header)>& change,
                         const Model& model = sample_classifier()) {
  return load_error(edited(bytes_of(model), change));
}

void expect_same(const Model& a, const Model& b) {
  EXPECT_EQ(a.network, b.network);
  EXPECT_EQ(a.parameters.layout(), b.parameters.layout());
  EXPECT_TRUE(same_bits(a.parameters.values(), b.parameters.values()));
  EXPECT_EQ(a.loss, b.loss);
  for (const auto& [x, y] :
       {std::pair(&a.input_scaling, &b.input_scaling), std::pair(&a.target_scaling, &b.target_scaling)}) {
    EXPECT_TRUE(same_bits(x->shift, y->shift));
    EXPECT_TRUE(same_bits(x->scale, y->scale));
  }
  EXPECT_EQ(a.feature_names, b.feature_names);
  EXPECT_EQ(a.class_names, b.class_names);
  EXPECT_EQ(a.target_names, b.target_names);
  EXPECT_EQ(a.unit, b.unit);
  EXPECT_EQ(a.image, b.image);
  auto record_a = a.record, record_b = b.record;
  EXPECT_EQ(std::isnan(record_a.validation_loss), std::isnan(record_b.validation_loss));
  if (std::isnan(record_a.validation_loss))
    record_a.validation_loss = record_b.validation_loss = 0;  // NaN != NaN
  EXPECT_EQ(record_a, record_b);
  EXPECT_EQ(a.examples.inputs.rows(), b.examples.inputs.rows());
  EXPECT_TRUE(same_bits(a.examples.inputs.values(), b.examples.inputs.values()));
  EXPECT_TRUE(same_bits(a.examples.outputs.values(), b.examples.outputs.values()));
  EXPECT_EQ(a.input_units, b.input_units);
}

TEST(ModelFile, AClassifierComesBackBitForBit) {
  expect_same(model_of(bytes_of(sample_classifier())), sample_classifier());
}

TEST(ModelFile, ARegressionComesBackBitForBit) {
  expect_same(model_of(bytes_of(sample_regression())), sample_regression());
}

TEST(ModelFile, EveryActivationInitializerAndLossComesBack) {
  for (const auto& activation : all_activations()) {
    for (const auto& loss : all_losses()) {
      if (!compatible(loss, activation)) continue;
      const MultilayerPerceptron network{{{.fan_in = 3, .fan_out = 2, .activation = activation}}};
      const Model model{.network = network, .parameters = sample_parameters(network, 1), .loss = loss};
      expect_same(model_of(bytes_of(model)), model);
    }
  }
  for (const auto& initializer : all_initializers()) {
    const MultilayerPerceptron network{{{.fan_in = 3, .fan_out = 2, .initializer = initializer}}};
    const Model model{.network = network, .parameters = sample_parameters(network, 1), .loss = Huber{}};
    expect_same(model_of(bytes_of(model)), model);
  }
}

TEST(ModelFile, InputUnitsComeBackBitForBit) {
  Model model = sample_regression();
  model.input_units = {.origin = {1.7e9 + 0.1, 0, -1e300, 5e-324, 1.0 / 3, 20'240'101, -0.0},
                       .unit = {0.25, 1, 0x1p990, 5e-324, 2, 16, 1}};
  expect_same(model_of(bytes_of(model)), model);
}

TEST(ModelFile, WhichRowsTrainedComesBackAndMayBeAbsent) {
  Model model = sample_classifier();
  ASSERT_FALSE(model.record.row_use) << "as of a file of an earlier version";
  EXPECT_EQ(bytes_of(model).find("row_use"), std::string::npos);
  expect_same(model_of(bytes_of(model)), model);
  model.record.row_use = RowUse{
      .validation_fraction = 1.0 / 3, .weight_column = "n\u00b0 of \"rows\"", .balanced_classes = true};
  expect_same(model_of(bytes_of(model)), model);
  const auto with = [&](const json& use) {
    return edited_error([&](json& document, json&) { document["training"]["row_use"] = use; }, model);
  };
  EXPECT_NE(with({{"validation_fraction", 0.1}}).find("training.row_use"), std::string::npos);
  EXPECT_NE(with({{"validation_fraction", 1}, {"weight_column", ""}, {"balanced_classes", false}})
                .find("training.row_use.validation_fraction: expected a number in [0, 1)"),
            std::string::npos);
  EXPECT_NE(with("none").find("training.row_use"), std::string::npos);
}

TEST(ModelFile, WhatTrainingStartedFromComesBackAndMayBeAbsent) {
  Model model = sample_classifier();
  EXPECT_EQ(bytes_of(model).find("fine_tuned_from"), std::string::npos);
  model.record.fine_tuned_from =
      FineTunedFrom{.digest = "0123456789abcdef", .dataset = "b\u00e4ume", .kept_preprocessing = false};
  expect_same(model_of(bytes_of(model)), model);
  const auto with = [&](const json& from) {
    return edited_error([&](json& document, json&) { document["training"]["fine_tuned_from"] = from; },
                        model);
  };
  EXPECT_NE(with({{"digest", "0123"}, {"dataset", ""}}).find("training.fine_tuned_from"), std::string::npos);
  EXPECT_NE(with("none").find("training.fine_tuned_from"), std::string::npos);
}

/// The sample regression with two further members, which share neither parameters, scalings nor record.
Model sample_ensemble() {
  Model model = sample_regression();
  for (const std::uint16_t which : {9, 10}) {
    ModelMember member{.parameters = sample_parameters(model.network, which),
                       .input_scaling = model.input_scaling,
                       .target_scaling = {.shift = {static_cast<float>(which)}, .scale = {0.5f}},
                       .record = model.record};
    member.input_scaling.shift[2] = which;
    member.record.seed = which;
    member.record.validation_loss = 0.25;
    model.more_members.push_back(member);
  }
  model.more_members[1].input_scaling = {};
  return model;
}

TEST(ModelFile, AnEnsembleComesBackBitForBit) {
  const Model model = sample_ensemble(), found = model_of(bytes_of(model));
  expect_same(found, model);
  ASSERT_EQ(found.member_count(), 3u);
  for (std::size_t i = 0; i < 2; ++i) {
    const ModelMember &a = found.more_members[i], &b = model.more_members[i];
    EXPECT_TRUE(same_bits(a.parameters.values(), b.parameters.values()));
    EXPECT_EQ(a.input_scaling, b.input_scaling);
    EXPECT_EQ(a.target_scaling, b.target_scaling);
    EXPECT_EQ(a.record, b.record);
  }
  const auto file = read_plainly(bytes_of(model));
  EXPECT_EQ(file.tensors.size(), 6u + 6u + 4u);
  EXPECT_TRUE(
      same_bits(file.tensors.at("members.2.layers.0.bias"), model.more_members[1].parameters.bias(0)));
  const auto document = json::parse(file.header.at("__metadata__").at("mlp").get<std::string>());
  EXPECT_EQ(document.at("version"), 4);
  EXPECT_EQ(document.at("members").size(), 2u);
  EXPECT_EQ(document.at("members")[1].at("seed"), 10);
}

TEST(ModelFile, OfOneNetworkItIsWhatWhoKnowsNoEnsemblesReads) {
  const auto file = read_plainly(bytes_of(sample_regression()));
  const auto document = json::parse(file.header.at("__metadata__").at("mlp").get<std::string>());
  EXPECT_EQ(document.at("version"), 3);
  EXPECT_FALSE(document.contains("members"));
}

TEST(ModelFile, RefusesMembersThatDoNotFit) {
  const Model model = sample_ensemble();
  const auto error = [&](const std::function<void(json&, json&)>& change) {
    return edited_error(change, model);
  };
  EXPECT_EQ(error([](json& document, json&) { document["members"].push_back(document["members"][0]); }),
            "tensor 'members.3.layers.0.weight' [7, 2] is missing | ");
  EXPECT_EQ(error([](json& document, json&) { document["members"].erase(1); }),
            "tensor 'members.2.layers.0.bias' belongs to no layer | ");
  EXPECT_EQ(error([](json& document, json&) { document.erase("members"); }),
            "tensor 'members.1.input_scaling.scale' belongs to no layer | ");
  EXPECT_EQ(error([](json& document, json&) { document["members"][0].erase("seed"); }),
            "metadata 'mlp': members[0].seed is missing | ");
  EXPECT_EQ(error([](json& document, json&) { document["members"] = json(1024, document["training"]); }),
            "metadata 'mlp': members: expected fewer than 1024 further members, found 1024 | ");
  EXPECT_EQ(error([](json& document, json&) {
              document["members"] = 1u << 31;
            }).find("metadata 'mlp': members: expected an array"),
            0u);
  EXPECT_EQ(error([](json&, json& header) {
              header["members.1.layers.0.weight"]["shape"] = {2, 7};
            }),
            "tensor 'members.1.layers.0.weight': expected F32 [7, 2], found F32 [2, 7] | ");
}

TEST(ModelFile, SavingRefusesMembersThatDoNotFit) {
  const TemporaryFolder folder;
  const auto save = [&](const std::function<void(Model&)>& change) {
    Model model = sample_ensemble();
    change(model);
    save_model(model, folder / "m");
  };
  EXPECT_THROW(save([](Model& m) { m.more_members[1].parameters = Parameters(); }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.more_members[0].target_scaling.scale[0] = 0; }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.more_members[0].input_scaling.shift.pop_back(); }),
               std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.more_members.resize(1024, m.more_members[0]); }), std::invalid_argument);
  EXPECT_EQ(testing_support::entries(folder.path()), 0u);
}

TEST(ModelFile, AnyReaderFindsTheTensors) {
  const Model model = sample_regression();
  const auto file = read_plainly(bytes_of(model));
  EXPECT_EQ(file.header.at("layers.0.weight").at("shape"), json({7, 2}));
  EXPECT_EQ(file.header.at("layers.0.bias").at("shape"), json({2}));
  const auto weight = model.parameters.weight(0);
  EXPECT_TRUE(same_bits(file.tensors.at("layers.0.weight"), {weight.data(), 14}));
  EXPECT_TRUE(same_bits(file.tensors.at("layers.0.bias"), model.parameters.bias(0)));
  EXPECT_TRUE(same_bits(file.tensors.at("input_scaling.shift"), model.input_scaling.shift));
  EXPECT_TRUE(same_bits(file.tensors.at("input_scaling.scale"), model.input_scaling.scale));
  EXPECT_TRUE(same_bits(file.tensors.at("target_scaling.shift"), model.target_scaling.shift));
  EXPECT_TRUE(same_bits(file.tensors.at("target_scaling.scale"), model.target_scaling.scale));
  EXPECT_EQ(file.tensors.size(), 6u);
  const auto document = json::parse(file.header.at("__metadata__").at("mlp").get<std::string>());
  EXPECT_EQ(document.at("format"), "mlp model");
  EXPECT_EQ(document.at("version"), 3);
  EXPECT_EQ(document.at("written_by"), std::string("mlp ") + version());
  EXPECT_EQ(document.at("loss"), "huber(0.5)");
  EXPECT_TRUE(document.at("training").at("validation_loss").is_null());
}

TEST(ModelFile, SavingRefusesAModelThatDoesNotFitTogether) {
  const TemporaryFolder folder;
  const auto save = [&](const std::function<void(Model&)>& change) {
    Model model = sample_regression();
    change(model);
    save_model(model, folder / "m");
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(save([](Model& m) { m.parameters = Parameters(); }), std::invalid_argument);
  EXPECT_THROW(save([&](Model& m) { m.parameters.values()[15] = nan; }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.loss = CrossEntropy{}; }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.class_names = {"a"}; }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.feature_names.pop_back(); }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.target_names.pop_back(); }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.image = {.height = 3, .width = 2}; }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.input_scaling.scale.pop_back(); }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.input_scaling.scale[3] = 0; }), std::invalid_argument);
  EXPECT_THROW(save([&](Model& m) { m.target_scaling.shift[1] = nan; }), std::invalid_argument);
  EXPECT_THROW(save([](Model& m) { m.target_scaling = m.input_scaling; }), std::invalid_argument);
  const auto save_in = [&](const InputUnits& units) { save([&](Model& m) { m.input_units = units; }); };
  const std::vector<double> zeros(7, 0.0), ones(7, 1.0);
  auto negative = ones, infinite = zeros;
  negative[3] = -1;
  infinite[3] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(save_in({.origin = zeros, .unit = {1}}), std::invalid_argument);
  EXPECT_THROW(save_in({.origin = {}, .unit = ones}), std::invalid_argument);
  EXPECT_THROW(save_in({.origin = zeros, .unit = zeros}), std::invalid_argument);
  EXPECT_THROW(save_in({.origin = zeros, .unit = negative}), std::invalid_argument);
  EXPECT_THROW(save_in({.origin = infinite, .unit = ones}), std::invalid_argument);
  EXPECT_EQ(testing_support::entries(folder.path()), 0u);
  EXPECT_NO_THROW(save([](Model&) {}));
}

TEST(ModelFile, TextThatIsNotUtf8IsNotWritten) {
  const TemporaryFolder folder;
  Model model = sample_classifier();
  model.class_names[1] = "gr\xfcn";
  EXPECT_NE(error_of([&] { save_model(model, folder / "m"); }).find("is not valid UTF-8"), std::string::npos);
  EXPECT_EQ(testing_support::entries(folder.path()), 0u);
}

TEST(ModelFile, TheNameOfTheDataMayHaveAnyBytes) {
  const TemporaryFolder folder;
  Model model = sample_classifier();
  model.record.dataset = "gr\xfcn\\";
  save_model(model, folder / "m");
  EXPECT_EQ(load_model(folder / "m").record.dataset, "gr\\xfcn\\\\");
}

TEST(ModelFile, NamesTheFormatItExpected) {
  EXPECT_EQ(edited_error([](json&, json& header) { header.erase("__metadata__"); }),
            "expected an mlp model, found safetensors without metadata 'mlp' | "
            "only files that mlp wrote tell how their tensors make a network");
  EXPECT_EQ(edited_error([](json& document, json&) { document["format"] = "mlp checkpoint"; }),
            "expected an mlp model, found 'mlp checkpoint' | name the run's folder, or the "
            "model.safetensors beside the checkpoint");
  EXPECT_EQ(edited_error([](json& document, json&) {
              document = {1, 2};
            }),
            "metadata 'mlp': expected an object, found an array | ");
}

TEST(ModelFile, ANewerVersionTellsToUpdate) {
  EXPECT_EQ(edited_error([](json& document, json&) {
              document["version"] = 5;
              document["written_by"] = "mlp 9.0.0";
              document.erase("layers");
            }),
            "mlp model version 5, written by 'mlp 9.0.0', is newer than the 4 known here | update mlp");
  EXPECT_EQ(edited_error([](json& document, json&) { document["version"] = 0; }),
            "metadata 'mlp': version: expected 1 or more, found 0 | ");
}

TEST(ModelFile, UnknownMembersAreLeftAlone) {
  EXPECT_EQ(edited_error([](json& document, json& header) {
              document["more"] = {1, 2};
              header["__metadata__"]["note"] = "by hand";
            }),
            "no FileError");
}

TEST(ModelFile, RefusesADocumentWithAKeyTwice) {
  std::string bytes = bytes_of(sample_classifier());
  const std::string from = R"(\"loss\":)", to = R"(\"unit\":)";
  bytes.replace(bytes.find(from), from.size(), to);
  EXPECT_EQ(load_error(bytes), "metadata 'mlp': the key 'unit' appears twice in one JSON object | ");
}

TEST(ModelFile, NamesTheFieldThatIsWrong) {
  const auto error = [](const std::string& pointer, const json& value) {
    return edited_error([&](json& document, json&) { document[json::json_pointer(pointer)] = value; });
  };
  EXPECT_EQ(error("/layers/1/fan_in", "5"),
            "metadata 'mlp': layers[1].fan_in: expected a whole number from 0 to 16777216, found \"5\" | ");
  EXPECT_EQ(error("/layers/1/fan_in", 7),
            "metadata 'mlp': layers: layer 2: fan_in 7 is not fan_out 5 of layer 1 | ");
  EXPECT_EQ(error("/layers/0/fan_out", 1ULL << 40),
            "metadata 'mlp': layers[0].fan_out: expected a whole number from 0 to 16777216, found "
            "1099511627776 | ");
  EXPECT_EQ(error("/layers/0/dropout", 1.5),
            "metadata 'mlp': layers: layer 1: dropout 1.5 is out of range, expected [0, 1) | ");
  EXPECT_EQ(error("/layers/0/dropout", nullptr).find("metadata 'mlp': layers: layer 1: dropout nan"), 0u);
  EXPECT_EQ(
      error("/layers", json::array()).find("metadata 'mlp': layers: a network needs at least one layer"), 0u);
  EXPECT_EQ(error("/layers", json(1001, 0)),
            "metadata 'mlp': layers: expected at most 1000 layers, found 1001 | ");
  EXPECT_EQ(error("/layers/0/activation", "rely").find("metadata 'mlp': layers[0].activation: "), 0u);
  EXPECT_NE(error("/layers/0/activation", "rely").find("did you mean 'relu'?"), std::string::npos);
  EXPECT_EQ(error("/layers/0/initializer", "she").find("metadata 'mlp': layers[0].initializer: "), 0u);
  EXPECT_EQ(error("/loss", "gross_entropy").find("metadata 'mlp': loss: "), 0u);
  EXPECT_EQ(error("/loss", 1), "metadata 'mlp': loss: expected a text, found 1 | ");
  EXPECT_EQ(error("/class_names/1", 1), "metadata 'mlp': class_names[1]: expected a text, found 1 | ");
  EXPECT_EQ(error("/class_names", {"a", "b"}), "metadata 'mlp': class_names: expected none or 3, found 2 | ");
  EXPECT_EQ(error("/image/width", 4), "metadata 'mlp': image: 2 x 4 pixels, but the network has 6 inputs | ");
  EXPECT_EQ(error("/image/height", 1ULL << 63).find("metadata 'mlp': image: 9223372036854775808 x 3 pixels"),
            0u);
  EXPECT_EQ(
      error("/training/seed", -1),
      "metadata 'mlp': training.seed: expected a whole number from 0 to 18446744073709551615, found -1 | ");
  EXPECT_EQ(error("/training/seconds", "long"),
            "metadata 'mlp': training.seconds: expected a number, found \"long\" | ");
  EXPECT_EQ(error("/layers/2/activation", "relu"),
            "metadata 'mlp': loss cross_entropy(0.02) does not fit relu | ");
}

TEST(ModelFile, EveryMemberIsNeeded) {
  const auto file = read_plainly(bytes_of(sample_classifier()));
  const auto document = json::parse(file.header.at("__metadata__").at("mlp").get<std::string>());
  for (const auto& member : document.items()) {
    if (member.key() == "written_by") continue;     // read only to explain a newer version
    if (member.key() == "preprocessing") continue;  // version 1 had none
    EXPECT_EQ(edited_error([&](json& edit, json&) { edit.erase(member.key()); }),
              "metadata 'mlp': " + member.key() + " is missing | ");
  }
}

TEST(ModelFile, NamesTheTensorThatDiffersFromTheNetwork) {
  EXPECT_EQ(edited_error([](json&, json& header) {
              header["layers.0.weights"] = header["layers.0.weight"];
              header.erase("layers.0.weight");
            }),
            "tensor 'layers.0.weight' [6, 5] is missing | ");
  EXPECT_EQ(edited_error([](json&, json& header) {
              header["layers.0.weight"]["shape"] = {5, 6};
            }),
            "tensor 'layers.0.weight': expected F32 [6, 5], found F32 [5, 6] | ");
  EXPECT_EQ(edited_error([](json&, json& header) { header["layers.2.bias"]["dtype"] = "I32"; }),
            "tensor 'layers.2.bias': expected F32 [3], found I32 [3] | ");
  EXPECT_EQ(edited_error([](json&, json& header) {
              header["more"] = {{"dtype", "F32"}, {"shape", {0}}, {"data_offsets", {0, 0}}};
            }),
            "tensor 'more' belongs to no layer | ");
  EXPECT_EQ(edited_error([](json& document, json&) {
              document["layers"][0]["fan_out"] = 1 << 24;
              document["layers"][1]["fan_in"] = 1 << 24;
            }),
            "tensor 'layers.0.weight': expected F32 [6, 16777216], found F32 [6, 5] | ");
  EXPECT_EQ(edited_error([](json&, json& header) {
              header["input_scaling.slope"] = header["input_scaling.scale"];
              header.erase("input_scaling.scale");
            }),
            "tensor 'input_scaling.scale' [1] is missing | ");
}

TEST(ModelFile, RefusesNumbersThatAreNotFinite) {
  const std::string bytes = bytes_of(sample_classifier());
  const auto file = read_plainly(bytes);
  const auto with = [&](const std::string& tensor, std::size_t element, float value) {
    std::string damaged = bytes;
    const std::size_t begin = file.header.at(tensor).at("data_offsets").at(0);
    std::memcpy(damaged.data() + file.data_begin + begin + 4 * element, &value, 4);
    return load_error(edited(damaged, [](json&, json&) {}));
  };
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(with("layers.1.weight", 19, -infinity),
            "tensor 'layers.1.weight': element 19: expected a finite number, found -inf | ");
  EXPECT_EQ(with("layers.2.bias", 0, std::nanf("")),
            "tensor 'layers.2.bias': element 0: expected a finite number, found nan | ");
  EXPECT_EQ(with("input_scaling.shift", 0, infinity),
            "tensor 'input_scaling.shift': element 0: expected a finite number, found inf | ");
  EXPECT_EQ(with("input_scaling.scale", 0, 0.0f),
            "metadata 'mlp': input_scaling: a scale that is zero or not finite | ");
  EXPECT_EQ(with("examples.outputs", 5, std::nanf("")),
            "tensor 'examples.outputs': element 5: expected a finite number, found nan | ");
  EXPECT_EQ(with("input_scaling.scale", 0, 2.0f), "no FileError");
}

TEST(ModelFile, RefusesInputUnitsThatDoNotFit) {
  const auto with = [](const json& units) {
    return edited_error([&](json& document, json&) { document["input_units"] = units; });
  };
  const json six = {0, 0, 0, 0, 0, 0}, ones = {1, 1, 1, 1, 1, 1};
  EXPECT_EQ(with({{"origin", six}, {"unit", ones}}), "no FileError");
  EXPECT_EQ(with(nullptr), "no FileError");
  EXPECT_EQ(with({{"origin", six}, {"unit", {1, 1}}}),
            "metadata 'mlp': input_units: expected none or 6 of each, found 6 origins and 2 units | ");
  EXPECT_EQ(with({{"origin", six}, {"unit", six}}),
            "metadata 'mlp': input_units: a unit that is not positive and finite | ");
  EXPECT_EQ(with({{"origin", {0, 0, 0, 0, 0, "Infinity"}}, {"unit", ones}}),
            "metadata 'mlp': input_units: an origin that is not finite | ");
}

TEST(ModelFile, EveryTruncationIsRefused) {
  testing_support::expect_every_truncation_refused(bytes_of(sample_classifier()), load_model);
}

TEST(ModelFile, ByteFlipsDoNoHarm) {
  testing_support::expect_byte_flips_harmless(bytes_of(sample_classifier()), 5000, load_model);
  testing_support::expect_byte_flips_harmless(bytes_of(sample_regression()), 5000, load_model);
}

TEST(ModelFile, AnyFlippedBitIsFound) {
  const std::string bytes = bytes_of(sample_classifier());
  const auto file = read_plainly(bytes);
  const TemporaryFolder folder;
  const auto refused = [&](std::size_t byte, int bit) {
    std::string damaged = bytes;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << bit));
    write_bytes(folder / "m", damaged);
    return error_of([&] { load_model(folder / "m"); }) != "no FileError";
  };
  for (std::size_t byte = file.data_begin; byte < bytes.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) ASSERT_TRUE(refused(byte, bit)) << byte << " " << bit;
  }
  // Damage outside the tensors, such as in the slope of an activation or the name of a class.
  const std::size_t document = bytes.find("leaky_relu(0.1)");
  for (std::size_t byte = document; byte < document + 15; ++byte) {
    for (int bit = 0; bit < 8; ++bit) ASSERT_TRUE(refused(byte, bit)) << byte << " " << bit;
  }
}

TEST(ModelFile, SaysWhatTheChecksumIsAndShouldBe) {
  const std::string bytes = bytes_of(sample_classifier());
  std::string damaged = bytes;
  damaged.back() ^= 1;
  const std::string error = load_error(damaged);
  EXPECT_EQ(error.find("expected the CRC-32 '" +
                       read_plainly(bytes).header["__metadata__"]["crc32"].get<std::string>() + "', found "),
            0u)
      << error;
  EXPECT_EQ(load_error(with_fitting_checksum(damaged)), "no FileError");
  auto [header, data_begin] = testing_support::read_header(bytes);
  header["__metadata__"].erase("crc32");
  EXPECT_EQ(load_error(testing_support::safetensors_bytes(header.dump(), bytes.substr(data_begin))),
            "metadata 'crc32' is missing | the file was edited");
}

TEST(ModelFile, AFileOfVersion1IsReadable) {
  const std::filesystem::path folder = std::filesystem::path(MLP_SOURCE_DIR) / "tests/files/version_1";
  Model classifier = sample_classifier();
  classifier.examples = {};
  expect_same(load_model(folder / "classifier.safetensors"), classifier);
  expect_same(load_model(folder / "regression.safetensors"), sample_regression());
}

TEST(ModelFile, ExamplesThatDoNotFitAreRefused) {
  const TemporaryFolder folder;
  const auto save = [&](const std::function<void(ModelExamples&)>& change) {
    Model model = sample_classifier();
    change(model.examples);
    save_model(model, folder / "m");
  };
  EXPECT_THROW(save([](ModelExamples& e) { e.outputs = Matrix<float>(1, 3); }), std::invalid_argument);
  EXPECT_THROW(save([](ModelExamples& e) { e.inputs = Matrix<float>(2, 5); }), std::invalid_argument);
  EXPECT_THROW(save([](ModelExamples& e) { e.inputs = {}; }), std::invalid_argument);
  EXPECT_NO_THROW(save([](ModelExamples& e) { e = {}; }));
  EXPECT_EQ(edited_error([](json&, json& header) {
              header["examples.inputs"]["shape"] = {6, 2};
            }),
            "tensor 'examples.inputs': expected F32 [6, 6], found F32 [6, 2] | ");
  EXPECT_EQ(edited_error([](json&, json& header) {
              header["examples.outputs"]["shape"] = {3, 2};
            }),
            "tensor 'examples.outputs': expected F32 [2, 3], found F32 [3, 2] | ");
}

TEST(ModelFile, SavingTwiceWritesTheSameBytes) {
  EXPECT_EQ(bytes_of(sample_classifier()), bytes_of(sample_classifier()));
}

}  // namespace
}  // namespace mlp
