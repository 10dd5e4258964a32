// What a classifier of two classes reaches at each threshold and how good its probabilities are, as SVG for
// an HTML page: the ROC curve, precision over recall, calibration. All axes go from 0 to 1.
#pragma once

#include <string>

#include "mlp/metrics.h"

namespace mlp {

/// A point of a curve that is marked by a ring, with a tooltip.
struct MarkedRate {
  double x = kUndefined;
  double y = kUndefined;
  std::string text;
};

/// True positive rate over false positive rate, with the diagonal of guessing. Empty unless both classes have
/// rows and every score is a number; so is precision_recall_svg().
std::string roc_svg(const TwoClassCurves& curves, const MarkedRate& marked, const std::string& title);

/// Precision over recall in steps, the area below which is average_precision, with the share of positive
/// rows, which guessing reaches.
std::string precision_recall_svg(const TwoClassCurves& curves, const MarkedRate& marked,
                                 const std::string& title);

/// The share of positive rows over the mean probability of each bin, with the diagonal where they are equal.
/// Whiskers reach two standard errors up and down: 2 sqrt(r (1 - r) / n) for a bin with n rows, k of them
/// positive, r = (k + 1) / (n + 2) (Agresti and Coull, 1998), so that a bin whose rows are all of one class
/// has whiskers, too. A dot's area is the bin's share of the rows. Empty where there are no bins.
std::string calibration_svg(const TwoClassCurves& curves, const std::string& title);

/// The share of positive rows.
double positive_share(const TwoClassCurves& curves);

}  // namespace mlp
