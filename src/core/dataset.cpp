// validate(): a data set is checked once, before training, so that no loop needs to.
#include "mlp/dataset.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "mlp/error.h"

namespace mlp {

namespace {

class Validator {
 public:
  explicit Validator(const Dataset& dataset) : dataset_(dataset) {}

  void check() const {
    if (dataset_.rows() == 0 || dataset_.features() == 0)
      fail("expected at least one row and one feature, found " + std::to_string(dataset_.rows()) + " x " +
           std::to_string(dataset_.features()));
    check_counts();
    check_values();
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& hint = {}) const {
    throw DataError((dataset_.name.empty() ? "data set" : dataset_.name) + ": " + what, hint);
  }

  void expect_count(const char* field, std::size_t found, std::size_t expected, const char* unit) const {
    if (found != expected)
      fail(std::string(field) + ": expected " + std::to_string(expected) + ", one per " + unit + ", found " +
           std::to_string(found));
  }

  void check_counts() const {
    if (dataset_.task() == Task::kClassification) {
      expect_count("labels", dataset_.labels.size(), dataset_.rows(), "row");
      if (dataset_.targets.rows() != 0)
        fail("targets: expected none beside labels, found " + std::to_string(dataset_.targets.rows()) +
             " rows");
    } else {
      expect_count("targets", dataset_.targets.rows(), dataset_.rows(), "row");
      if (dataset_.targets.columns() == 0) fail("targets: expected at least one column, found 0");
      if (!dataset_.labels.empty())
        fail("labels: expected none without class names, found " + std::to_string(dataset_.labels.size()));
      if (!dataset_.target_names.empty())
        expect_count("target names", dataset_.target_names.size(), dataset_.targets.columns(), "target");
    }
    if (!dataset_.sample_weights.empty())
      expect_count("sample weights", dataset_.sample_weights.size(), dataset_.rows(), "row");
    if (!dataset_.source_rows.empty())
      expect_count("source rows", dataset_.source_rows.size(), dataset_.rows(), "row");
    if (dataset_.validation_rows) check_validation_rows(*dataset_.validation_rows);
    if (!dataset_.feature_names.empty())
      expect_count("feature names", dataset_.feature_names.size(), dataset_.features(), "feature");
    if (!dataset_.input_units.identity()) {
      expect_count("input units", dataset_.input_units.origin.size(), dataset_.features(), "feature");
      expect_count("input units", dataset_.input_units.unit.size(), dataset_.features(), "feature");
      if (!are_floats(dataset_.inputs)) fail("input units: expected none, the inputs are bytes");
    }
    if (dataset_.image != ImageShape{})
      expect_count("image", dataset_.image.height * dataset_.image.width, dataset_.features(),
                   "feature (height x width)");
  }

  void check_validation_rows(const std::vector<std::uint32_t>& rows) const {
    if (std::ranges::adjacent_find(rows, std::ranges::greater_equal{}) != rows.end())
      fail("validation rows: expected each once and in ascending order");
    if (!rows.empty() && rows.back() >= dataset_.rows())
      fail("validation rows: expected rows 0 to " + std::to_string(dataset_.rows() - 1) + ", found " +
           std::to_string(rows.back()));
    if (rows.size() == dataset_.rows())
      fail("validation rows: every row is one, and none is left to train on");
  }

  void check_values() const {
    const auto classes = static_cast<std::int32_t>(dataset_.class_names.size());
    for (std::size_t i = 0; i < dataset_.labels.size(); ++i)
      if (dataset_.labels[i] < 0 || dataset_.labels[i] >= classes)
        fail("row " + std::to_string(i) + ": label: expected 0 to " + std::to_string(classes - 1) +
             ", found " + std::to_string(dataset_.labels[i]));
    const auto feature_name = [this](std::size_t column) {
      return dataset_.feature_names.empty() ? "feature " + std::to_string(column)
                                            : dataset_.feature_names[column];
    };
    if (are_floats(dataset_.inputs))
      std::visit([&](const auto& inputs) { check_finite(inputs, feature_name); }, dataset_.inputs);
    check_finite(dataset_.targets, [this](std::size_t column) {
      return dataset_.target_names.empty() ? "target " + std::to_string(column)
                                           : dataset_.target_names[column];
    });
    check_weights();
  }

  template <class Rows, class NameOf>
  void check_finite(const Rows& rows, NameOf name_of) const {
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const auto row = rows.row(i);
      for (std::size_t j = 0; j < row.size(); ++j)
        if (!std::isfinite(static_cast<float>(row[j])))
          fail("row " + std::to_string(i) + ": " + name_of(j) + ": expected a finite number, found " +
                   std::to_string(row[j]),
               "leave the row out or fill in the value");
    }
  }

  void check_weights() const {
    double sum = 0;
    for (std::size_t i = 0; i < dataset_.sample_weights.size(); ++i) {
      const float weight = dataset_.sample_weights[i];
      if (!std::isfinite(weight) || weight < 0)
        fail("row " + std::to_string(i) + ": sample weight: expected a finite number, at least 0, found " +
             std::to_string(weight));
      sum += weight;
    }
    if (!dataset_.sample_weights.empty() && sum == 0) fail("sample weights: every one is 0");
  }

  const Dataset& dataset_;
};

}  // namespace

std::size_t row_count(const Inputs& inputs) {
  return std::visit([](const auto& matrix) { return matrix.rows(); }, inputs);
}
std::size_t column_count(const Inputs& inputs) {
  return std::visit([](const auto& matrix) { return matrix.columns(); }, inputs);
}
bool are_floats(const Inputs& inputs) {
  return std::holds_alternative<Matrix<float>>(inputs) || std::holds_alternative<MappedRows<float>>(inputs);
}

void validate(const Dataset& dataset) { Validator(dataset).check(); }

}  // namespace mlp
