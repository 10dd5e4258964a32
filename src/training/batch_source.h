// Where a training's batches come from.
//
// A source gives the examples of a batch as a pure function of (epoch, batch): it has no position to advance,
// so a run that resumes in the middle of an epoch asks for the batch it is at, and gets what the
// uninterrupted run got. Rows may lie in memory, in a mapped file, or be made on the way: a source that
// deforms the rows of another source holds that one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/batch.h"
#include "mlp/dataset.h"

namespace mlp {

class BatchSource {
 public:
  virtual ~BatchSource() = default;

  virtual std::size_t rows() const = 0;        ///< in an epoch
  virtual std::size_t batch_rows() const = 0;  ///< in a batch; an epoch's last batch may have fewer
  std::uint64_t batches() const { return (rows() + batch_rows() - 1) / batch_rows(); }  ///< in an epoch

  /// Batch `batch` of epoch `epoch`, both counted from 0. Its rows are the data set's, which is what an own
  /// loss is told: a source that makes inputs says by Examples::input_rows which of them each row has. What
  /// it points to lasts until the next call.
  virtual engine::Batch batch(std::uint64_t epoch, std::uint64_t batch) = 0;

  /// The rows of all batches of an epoch, one batch after the other.
  std::vector<std::uint32_t> epoch_rows(std::uint64_t epoch) {
    std::vector<std::uint32_t> all;
    all.reserve(rows());
    for (std::uint64_t number = 0; number < batches(); ++number) {
      const auto some = batch(epoch, number).rows;
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
};

/// Some rows of examples in memory, or in a mapped file, in a different order in each epoch: the permutation
/// of (seed, epoch). Names the next batch, too, so that its rows can be prefetched.
class ShuffledRows final : public BatchSource {
 public:
  /// `examples` and `rows` must outlive the source. `batch_rows` above the number of rows: all of them.
  ShuffledRows(engine::Examples examples, std::span<const std::uint32_t> rows, std::size_t batch_rows,
               std::uint64_t seed);

  std::size_t rows() const override { return rows_.size(); }
  std::size_t batch_rows() const override { return batch_rows_; }
  engine::Batch batch(std::uint64_t epoch, std::uint64_t batch) override;

 private:
  engine::Examples examples_;
  std::span<const std::uint32_t> rows_;
  std::size_t batch_rows_;
  std::uint64_t seed_;
  std::optional<std::uint64_t> epoch_;  ///< whose order order_ is
  std::vector<std::uint32_t> order_;
};

/// Images of another source, each moved down and to the right (by negative numbers: up and to the left); what
/// moves out is lost, what moves in is 0.
class ShiftedImages final : public BatchSource {
 public:
  /// Throws std::invalid_argument where rows are no images of that shape.
  ShiftedImages(std::unique_ptr<BatchSource> source, ImageShape shape, int down, int right);

  std::size_t rows() const override { return source_->rows(); }
  std::size_t batch_rows() const override { return source_->batch_rows(); }
  engine::Batch batch(std::uint64_t epoch, std::uint64_t batch) override;

 private:
  std::unique_ptr<BatchSource> source_;
  ImageShape shape_;
  int down_, right_;
  Inputs images_;                          ///< of the last batch asked for
  std::vector<std::uint32_t> input_rows_;  ///< where in images_ each of its rows is
};

}  // namespace mlp
