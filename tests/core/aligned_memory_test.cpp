// Aligned memory, small and large, alone and beneath vectors.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "mlp/matrix.h"

namespace mlp {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

bool aligned(const void* memory, std::size_t to) {
  return reinterpret_cast<std::uintptr_t>(memory) % to == 0;
}

TEST(AlignedMemory, LiesOnCacheLinesAndLargeMemoryOnHugePages) {
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{1000}, kMiB, 2 * kMiB,
        4 * kMiB - 1, 4 * kMiB, 4 * kMiB + 1, 9 * kMiB, 33 * kMiB}) {
    // Several at a time: not all can be aligned by chance.
    std::vector<void*> all;
    for (int i = 0; i < 4; ++i) {
      void* memory = allocate_aligned(bytes);
      ASSERT_NE(memory, nullptr);
      EXPECT_TRUE(aligned(memory, 64)) << bytes << " bytes";
      EXPECT_TRUE(bytes < 4 * kMiB || aligned(memory, 2 * kMiB)) << bytes << " bytes";
      std::memset(memory, i, bytes);  // all of it is there
      all.push_back(memory);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (bytes > 0) {
        EXPECT_EQ(static_cast<unsigned char*>(all[i])[bytes - 1], i);
        EXPECT_EQ(static_cast<unsigned char*>(all[i])[0], i);
      }
      deallocate_aligned(all[i], bytes);
    }
  }
}

TEST(AlignedMemory, AVectorKeepsItsContentAsItGrowsFromSmallToLarge) {
  AlignedVector<std::uint32_t> values;
  const std::size_t count = 6 * kMiB;  // 24 MiB of them
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<std::uint32_t>(i * 2654435761u));
    if ((i & (i + 1)) != 0) continue;  // at powers of two, where the vector has just grown
    ASSERT_TRUE(aligned(values.data(), (i + 1) * sizeof(std::uint32_t) >= 4 * kMiB ? 2 * kMiB : 64)) << i;
  }
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(values[i], static_cast<std::uint32_t>(i * 2654435761u));
  values.resize(10);
  values.shrink_to_fit();
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(values[i], static_cast<std::uint32_t>(i * 2654435761u));
}

TEST(AlignedMemory, ALargeMatrixStartsAtZeroAndMovesWithoutACopy) {
  // Memory that was used before, so that the zeros are not just those of fresh pages.
  for (int i = 0; i < 3; ++i) AlignedVector<float>(3 * kMiB, 1.5f);
  Matrix<float> matrix(1024, 3 * 1024);
  for (const float value : matrix.values()) ASSERT_EQ(value, 0);
  const float* data = matrix.data();
  const Matrix<float> moved = std::move(matrix);
  EXPECT_EQ(moved.data(), data);
  EXPECT_TRUE(aligned(data, 2 * kMiB));
}

// A sanitizer ends the program where memory is refused.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(AlignedMemory, TooMuchIsRefused) {
  EXPECT_THROW(allocate_aligned(std::size_t(-1) / 2), std::bad_alloc);
  CacheAlignedAllocator<double> allocator;
  EXPECT_THROW(allocator.allocate(std::size_t(-1) / 4), std::bad_array_new_length);
}
#endif

}  // namespace
}  // namespace mlp
