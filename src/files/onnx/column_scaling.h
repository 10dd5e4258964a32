// x' = (x - shift) * factor or (x - shift) / factor, column by column, in double: what a graph's additions
// and multiplications by constants amount to. It divides where the graph does, so that no digit is lost.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace mlp {

struct ColumnScaling {
  std::vector<double> shift = {0.0};   ///< one for all columns, or one each
  std::vector<double> factor = {1.0};  ///< as many
  bool divides = false;

  /// Has `columns` entries where it had one for all.
  void widen(std::size_t columns) {
    if (shift.size() == 1) shift.assign(columns, shift.front());
    if (factor.size() == 1) factor.assign(columns, factor.front());
  }
  bool only_shifts() const {
    return std::ranges::all_of(factor, [](double f) { return f == 1; });
  }
  double apply(double x, std::size_t column) const {
    const std::size_t i = shift.size() == 1 ? 0 : column;
    return divides ? (x - shift[i]) / factor[i] : (x - shift[i]) * factor[i];
  }
  /// What it multiplies by.
  double slope(std::size_t column) const {
    const double f = factor[factor.size() == 1 ? 0 : column];
    return divides ? 1 / f : f;
  }

  /// These change it so that a constant is subtracted from its result, ...
  void subtract(const std::vector<double>& values) {
    widen(values.size());
    for (std::size_t i = 0; i < shift.size(); ++i) {
      const double value = values[values.size() == 1 ? 0 : i];
      shift[i] += divides ? value * factor[i] : value / factor[i];
    }
  }
  void multiply(const std::vector<double>& values) { scale(values, false); }
  void divide(const std::vector<double>& values) { scale(values, true); }
  void then(const ColumnScaling& next) {
    subtract(next.shift);
    scale(next.factor, next.divides);
  }

  bool usable() const {
    return std::ranges::all_of(shift, [](double s) { return std::isfinite(s); }) &&
           std::ranges::all_of(factor, [](double f) { return std::isfinite(f) && f != 0; });
  }

 private:
  void scale(const std::vector<double>& values, bool by_division) {
    widen(values.size());
    if (only_shifts()) divides = by_division;
    for (std::size_t i = 0; i < factor.size(); ++i) {
      const double value = values[values.size() == 1 ? 0 : i];
      factor[i] = divides == by_division ? factor[i] * value : factor[i] / value;
    }
  }
};

}  // namespace mlp
