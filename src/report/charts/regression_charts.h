// How far predictions lie from the truth, as SVG.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "report/charts/plot_area.h"

namespace mlp {

/// A dot with a tooltip, for the rows worth a look.
struct MarkedPoint {
  double truth = 0.0;
  double predicted = 0.0;
  std::string text;
};

/// The most dots of a scatter plot. Of more rows, evenly spaced ones are drawn: see scatter_rows.
inline constexpr std::size_t kMostScatterPoints = 2000;
std::vector<std::size_t> scatter_rows(std::size_t rows);

/// Predicted over true, on the same scale, with the line of perfect predictions.
std::string scatter_svg(std::span<const double> truths, std::span<const double> predictions,
                        std::span<const MarkedPoint> marked, const std::string& title,
                        const std::string& unit);

/// The same in `area` of another picture: axes and dots alone.
std::string scatter_drawing(const PlotArea& area, std::span<const double> truths,
                            std::span<const double> predictions, std::span<const MarkedPoint> marked,
                            const std::string& x_name);

/// The axis for both directions.
Axis scatter_axis(std::span<const double> truths, std::span<const double> predictions);

/// How often each residual, predicted - true, occurs.
std::string residual_histogram_svg(std::span<const double> residuals, const std::string& title,
                                   const std::string& unit);

}  // namespace mlp
