#include "mlp/dataset.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "mlp/error.h"
#include "support/mapped.h"

namespace mlp {
namespace {

Dataset classification() {
  Dataset dataset;
  dataset.name = "set";
  dataset.inputs = Matrix<std::uint8_t>(3, 4);
  dataset.labels = {0, 2, 1};
  dataset.class_names = {"a", "b", "c"};
  return dataset;
}

Dataset regression() {
  Dataset dataset;
  dataset.name = "set";
  dataset.inputs = Matrix<float>(3, 2, {1, 2, 3, 4, 5, 6});
  dataset.feature_names = {"width", "height"};
  dataset.targets = Matrix<float>(3, 1, {7, 8, 9});
  dataset.target_names = {"area"};
  return dataset;
}

void expect_refused(Dataset dataset, const std::function<void(Dataset&)>& damage,
                    const std::string& message) {
  EXPECT_NO_THROW(validate(dataset));
  damage(dataset);
  try {
    validate(dataset);
    ADD_FAILURE() << "accepted, expected: " << message;
  } catch (const DataError& error) {
    EXPECT_EQ(std::string(error.what()).rfind("set: " + message, 0), 0u) << error.what();
  }
}

TEST(Validate, TakesWhatFits) {
  auto weighted = classification();
  weighted.sample_weights = {0, 1, 2.5f};
  weighted.image = {2, 2};
  EXPECT_NO_THROW(validate(weighted));
  auto unnamed = regression();
  unnamed.feature_names.clear();
  unnamed.target_names.clear();
  EXPECT_NO_THROW(validate(unnamed));
}

TEST(Validate, Counts) {
  expect_refused(
      classification(), [](Dataset& d) { d.labels.pop_back(); }, "labels: expected 3, one per row, found 2");
  expect_refused(
      classification(), [](Dataset& d) { d.targets = Matrix<float>(3, 1); },
      "targets: expected none beside labels, found 3 rows");
  expect_refused(
      classification(), [](Dataset& d) { d.inputs = Matrix<float>(); },
      "expected at least one row and one feature, found 0 x 0");
  expect_refused(
      classification(), [](Dataset& d) { d.sample_weights = {1}; },
      "sample weights: expected 3, one per row, found 1");
  expect_refused(
      classification(),
      [](Dataset& d) {
        d.image = {2, 3};
      },
      "image: expected 4, one per feature (height x width), found 6");
  expect_refused(
      regression(), [](Dataset& d) { d.feature_names.pop_back(); },
      "feature names: expected 2, one per feature, found 1");
  expect_refused(
      regression(), [](Dataset& d) { d.targets = Matrix<float>(2, 1); },
      "targets: expected 3, one per row, found 2");
  expect_refused(
      regression(), [](Dataset& d) { d.targets = Matrix<float>(3, 0); },
      "targets: expected at least one column, found 0");
  expect_refused(
      regression(), [](Dataset& d) { d.labels = {1}; }, "labels: expected none without class names, found 1");
  expect_refused(
      regression(),
      [](Dataset& d) {
        d.target_names = {"a", "b"};
      },
      "target names: expected 1, one per target, found 2");
}

TEST(Validate, ValidationRows) {
  auto decided = classification();
  decided.validation_rows = {0, 2};
  EXPECT_NO_THROW(validate(decided));
  decided.validation_rows->clear();
  EXPECT_NO_THROW(validate(decided));
  const auto with = [](std::vector<std::uint32_t> rows) {
    return [rows](Dataset& d) { d.validation_rows = rows; };
  };
  expect_refused(classification(), with({2, 0}),
                 "validation rows: expected each once and in ascending order");
  expect_refused(classification(), with({1, 1}),
                 "validation rows: expected each once and in ascending order");
  expect_refused(classification(), with({0, 3}), "validation rows: expected rows 0 to 2, found 3");
  expect_refused(classification(), with({0, 1, 2}), "validation rows: every row is one");
}

TEST(Validate, InputUnits) {
  const auto in_units = [](Dataset dataset) {
    dataset.input_units = {.origin = std::vector<double>(dataset.features(), 1e9),
                           .unit = std::vector<double>(dataset.features(), 2)};
    return dataset;
  };
  EXPECT_NO_THROW(validate(in_units(regression())));
  expect_refused(
      regression(),
      [](Dataset& d) {
        d.input_units = {.origin = {1, 2, 3}, .unit = {1, 1, 1}};
      },
      "input units: expected 2, one per feature, found 3");
  expect_refused(
      regression(),
      [](Dataset& d) {
        d.input_units = {.origin = {1, 2}, .unit = {1}};
      },
      "input units: expected 2, one per feature, found 1");
  expect_refused(
      classification(), [&](Dataset& d) { d = in_units(d); },
      "input units: expected none, the inputs are bytes");
}

TEST(InputUnits, CountFromTheOriginInUnitsAndBack) {
  const InputUnits units{.origin = {1.7e9, -1e308}, .unit = {0.25, 0x1p1020}};
  EXPECT_EQ(units.apply(1.7e9 + 3, 0), 12);
  EXPECT_EQ(units.invert(12, 0), 1.7e9 + 3);
  EXPECT_FLOAT_EQ(units.apply(1e308, 1), static_cast<float>(2 * (1e308 / 0x1p1020)))
      << "the difference is infinite";
  EXPECT_EQ(InputUnits{}.apply(0.1, 5), 0.1f);
  EXPECT_EQ(InputUnits{}.invert(0.1f, 5), static_cast<double>(0.1f));
}

TEST(Validate, Values) {
  expect_refused(
      classification(), [](Dataset& d) { d.labels[1] = 3; }, "row 1: label: expected 0 to 2, found 3");
  expect_refused(
      classification(), [](Dataset& d) { d.labels[2] = -1; }, "row 2: label: expected 0 to 2, found -1");
  expect_refused(
      regression(), [](Dataset& d) { std::get<Matrix<float>>(d.inputs)(1, 1) = NAN; },
      "row 1: height: expected a finite number, found nan");
  expect_refused(
      regression(),
      [](Dataset& d) {
        std::get<Matrix<float>>(d.inputs)(1, 1) = NAN;
        d = testing_support::with_selected_mapped(d);
      },
      "row 1: height: expected a finite number, found nan");
  expect_refused(
      regression(), [](Dataset& d) { d.targets(2, 0) = -std::numeric_limits<float>::infinity(); },
      "row 2: area: expected a finite number, found -inf");
  expect_refused(
      regression(),
      [](Dataset& d) {
        d.sample_weights = {1, -1, 1};
      },
      "row 1: sample weight: expected a finite number, at least 0");
  expect_refused(
      regression(),
      [](Dataset& d) {
        d.sample_weights = {1, NAN, 1};
      },
      "row 1: sample weight: expected a finite number, at least 0");
  expect_refused(
      regression(),
      [](Dataset& d) {
        d.sample_weights = {0, 0, 0};
      },
      "sample weights: every one is 0");
}

}  // namespace
}  // namespace mlp
