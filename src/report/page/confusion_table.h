// A confusion matrix in an HTML page: as a table of counts for up to 25 classes, as a picture and a list of
// the most frequent confusions for more.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/matrix.h"

namespace mlp {

inline constexpr std::size_t kMostTableClasses = 25;

/// `confusion` [true, predicted] has a row and a column for each of `class_names`.
std::string confusion_html(const Matrix<std::uint64_t>& confusion,
                           const std::vector<std::string>& class_names);

/// A cell off the diagonal.
struct Confusion {
  std::size_t truth = 0;
  std::size_t predicted = 0;
  std::uint64_t count = 0;
};
/// The most frequent, at most `most`; of equal ones the first in the matrix.
std::vector<Confusion> top_confusions(const Matrix<std::uint64_t>& confusion, std::size_t most);

}  // namespace mlp
