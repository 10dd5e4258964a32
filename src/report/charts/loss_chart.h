// Training and validation loss over the epochs, as report.html and loss.svg show them.
#pragma once

#include <string>
#include <vector>

#include "mlp/report.h"
#include "report/charts/line_chart.h"

namespace mlp {

/// What a line, ring or dot of a chart is, and its value.
struct ChartKey {
  std::string css_class;
  std::string name;
  std::string value;
};

struct LossChart {
  LineChart chart;
  std::vector<ChartKey> keys;
};

/// The chart of one run of at least one epoch.
LossChart loss_chart(const LossCurve& curve);

/// Several runs in one picture, with a colour for each, "run0" to "run6" and then again; the validation loss
/// is "dashed". The keys are the runs', with what each reached.
LossChart loss_chart(const std::vector<LossCurve>& curves);

/// Index of the smallest number; values.size() where there is none.
std::size_t smallest(const std::vector<double>& values);

/// Whether one of them is a number.
bool any_finite(const std::vector<double>& values);

}  // namespace mlp
