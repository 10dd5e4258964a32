// See batch_source.h.
#include <algorithm>

#include "training/batch_source.h"

namespace mlp {

namespace {

/// Copies row `from`, an image of this shape, shifted, to `to`, which is 0 everywhere.
template <class T>
void shift(std::span<const T> from, const ImageShape& shape, int down, int right, std::span<T> to) {
  const auto height = static_cast<std::ptrdiff_t>(shape.height),
             width = static_cast<std::ptrdiff_t>(shape.width);
  const std::ptrdiff_t first = std::max(right, 0), end = std::clamp<std::ptrdiff_t>(width + right, 0, width);
  for (std::ptrdiff_t y = std::max(down, 0); y < std::min(height, height + down) && first < end; ++y) {
    const auto source = from.begin() + (y - down) * width + (first - right);
    std::copy(source, source + (end - first), to.begin() + y * width + first);
  }
}

}  // namespace

ShiftedImages::ShiftedImages(std::unique_ptr<BatchSource> source, ImageShape shape, int down, int right)
    : source_(std::move(source)), shape_(shape), down_(down), right_(right) {
  const engine::Batch first = source_->batch(0, 0);
  require(engine::columns_of(first.examples.inputs) == shape.height * shape.width,
          "ShiftedImages: the rows are not images of this shape");
}

engine::Batch ShiftedImages::batch(std::uint64_t epoch, std::uint64_t batch) {
  const engine::Batch original = source_->batch(epoch, batch);
  const engine::Examples& examples = original.examples;
  const auto rows = original.rows;
  const auto shifted = [&]<class T>(const MatrixView<const T>& stored) -> engine::InputsView {
    Matrix<T> images(rows.size(), stored.columns());
    for (std::size_t n = 0; n < rows.size(); ++n)
      shift<T>(stored.row(examples.input_row(rows[n])), shape_, down_, right_, images.row(n));
    images_ = std::move(images);
    return std::as_const(std::get<Matrix<T>>(images_)).view();
  };
  engine::Batch result = original;
  result.examples.inputs = std::visit(shifted, examples.inputs);
  input_rows_.resize(examples.labels.empty() ? examples.targets.rows() : examples.labels.size());
  for (std::size_t n = 0; n < rows.size(); ++n) input_rows_[rows[n]] = static_cast<std::uint32_t>(n);
  result.examples.input_rows = input_rows_;
  result.upcoming = {};  // whose images are not made yet
  return result;
}

}  // namespace mlp
