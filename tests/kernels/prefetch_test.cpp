// Prefetching: it requests memory, never reads it, and changes no result.
#include "kernels/prefetch.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <numeric>

#include "kernels/cases.h"
#include "kernels/update_rules.h"
#include "kernels/weight_case.h"

namespace mlp::kernels {
namespace {

using test::GuardedMatrix;
using test::Numbers;
using test::targets;
using test::WeightCase;

/// Whole rows, one after the other.
Prefetch::Rows rows_of(const void* data, std::size_t row_bytes, std::span<const std::uint32_t> index) {
  return {.data = data, .row_stride = row_bytes, .row_bytes = row_bytes, .index = index};
}

TEST(Prefetch, OfNothingDoesNothing) {
  Prefetch none;
  none.after(0);
  none.after(1);
  none.after(1000000);
  const std::vector<float> data(16);
  Prefetch no_rows(rows_of(data.data(), 64, {}), {}, 100);
  no_rows.after(1000000);
  const std::vector<std::uint32_t> rows = {0};
  Prefetch no_steps(rows_of(data.data(), 64, rows), {}, 0);  // a tile's work may be none
  no_steps.after(0);
  no_steps.after(10);
}

/// Memory that must not be read: prefetching it does nothing, loading from it ends the program.
class ForbiddenMemory {
 public:
  explicit ForbiddenMemory(std::size_t bytes)
      : bytes_(bytes), data_(mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  ~ForbiddenMemory() { munmap(data_, bytes_); }
  ForbiddenMemory(const ForbiddenMemory&) = delete;
  ForbiddenMemory& operator=(const ForbiddenMemory&) = delete;
  const void* data() const { return data_; }
  bool is_there() const { return data_ != MAP_FAILED; }

 private:
  std::size_t bytes_;
  void* data_;
};

TEST(Prefetch, ReadsNothingAndEnds) {
  const ForbiddenMemory memory(std::size_t{1} << 20);
  ASSERT_TRUE(memory.is_there());
  std::vector<std::uint32_t> rows(100);
  std::iota(rows.begin(), rows.end(), 0u);
  for (const std::size_t row_bytes : {1u, 63u, 64u, 65u, 784u, 3136u}) {
    for (const std::size_t steps : {0u, 1u, 100u, 1000u, 1000000u}) {
      for (const std::size_t first : {0u, 64u, 800u}) {
        Prefetch::Rows pieces = rows_of(memory.data(), row_bytes, rows);
        pieces.first = first;
        pieces.step = 256;
        for (Prefetch prefetch : {Prefetch(pieces, rows_of(memory.data(), row_bytes, rows), steps),
                                  Prefetch({}, pieces, steps), Prefetch(pieces, {}, steps)}) {
          for (int i = 0; i < 20000; ++i) prefetch.after(static_cast<std::size_t>(i % 50));
        }
      }
    }
  }
}

TEST(Prefetch, ResultsDoNotDependOnIt) {
  const ForbiddenMemory memory(std::size_t{1} << 20);
  ASSERT_TRUE(memory.is_there());
  const std::vector<std::uint32_t> rows = {7, 0, 3, 90};
  for (const Kernels* kernels : targets()) {
    for (const std::size_t columns : {10u, 64u, 87u}) {
      Numbers numbers(columns);
      const GuardedMatrix X = numbers.normals(19, 70), W = numbers.normals(70, columns);
      WeightCase before(19, 70, columns, numbers);
      before.fill_with_normals(numbers);
      const UpdateRule rule = test::rule_of(UpdateRule::Kind::kAdam);

      GuardedMatrix Z(19, columns);
      WeightCase plain = before;
      Prefetch none;
      kernels->affine(X.view(), W.view(), nullptr, {}, Z.view(), none);
      kernels->weight_step(plain.X.view(), plain.dZ.view(), rule, plain.buffers(), plain.block_stride(),
                           none);
      for (const std::size_t steps : {0u, 3u, 500u, 100000u}) {
        GuardedMatrix with(19, columns);
        WeightCase c = before;
        Prefetch prefetch(rows_of(memory.data(), 784, rows), {}, steps);
        kernels->affine(X.view(), W.view(), nullptr, {}, with.view(), prefetch);
        kernels->weight_step(c.X.view(), c.dZ.view(), rule, c.buffers(), c.block_stride(), prefetch);
        EXPECT_TRUE(with.unchanged_since(Z)) << kernels->name;
        for (std::size_t buffer = 0; buffer < 4; ++buffer) {
          EXPECT_TRUE(c.all_buffers()[buffer]->unchanged_since(*plain.all_buffers()[buffer]))
              << kernels->name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
