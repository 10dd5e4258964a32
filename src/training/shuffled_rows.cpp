// See batch_source.h.
#include <algorithm>

#include "core/random.h"
#include "training/batch_source.h"

namespace mlp {

ShuffledRows::ShuffledRows(engine::Examples examples, std::span<const std::uint32_t> rows,
                           std::size_t batch_rows, std::uint64_t seed)
    : examples_(examples), rows_(rows), batch_rows_(std::min(batch_rows, rows_.size())), seed_(seed) {}

engine::Batch ShuffledRows::batch(std::uint64_t epoch, std::uint64_t batch) {
  require(batch < batches(), "ShuffledRows: an epoch has no such batch");
  if (epoch_ != epoch) {
    order_ = {};  // not two at a time: they may be many
    order_ = permutation(rows_.size(), RandomStream(seed_, RandomPurpose::kShuffle, 0, epoch));
    for (std::uint32_t& row : order_) row = rows_[row];
    epoch_ = epoch;
  }
  const auto left = std::span<const std::uint32_t>(order_).subspan(batch * batch_rows_);
  const std::size_t count = std::min(batch_rows_, left.size());
  return {.examples = examples_, .rows = left.first(count), .upcoming = left.subspan(count)};
}

}  // namespace mlp
