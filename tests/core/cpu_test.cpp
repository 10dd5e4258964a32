#include "core/cpu.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <thread>

namespace mlp {
namespace {

TEST(Cpu, HasACoreAndASecondLevelCache) {
  EXPECT_GE(available_cores(), 1);
  EXPECT_GE(l2_cache_bytes(), std::size_t{64} << 10);
  EXPECT_LE(l2_cache_bytes(), std::size_t{1} << 30);
}

#if defined(__x86_64__) || defined(__aarch64__)

constexpr float kSmallest = std::numeric_limits<float>::min();

/// Whether this thread's arithmetic makes denormal numbers, and whether it reads them.
bool makes_denormals() {
  volatile float small = kSmallest;
  volatile float half = small * 0.5f;
  return half * 2.0f == kSmallest;  // a flushed half is zero, and so is its double
}
bool reads_denormals() {
  volatile float denormal = std::numeric_limits<float>::denorm_min();
  volatile float large = 1e38f;
  volatile float product = denormal * large;
  return product > 0;
}

TEST(FlushDenormals, InsideItsLifeAndNotAfter) {
  ASSERT_TRUE(makes_denormals() && reads_denormals());
  {
    const FlushDenormals flush;
    EXPECT_FALSE(makes_denormals());
    EXPECT_FALSE(reads_denormals());
  }
  EXPECT_TRUE(makes_denormals());
  EXPECT_TRUE(reads_denormals());
}

TEST(FlushDenormals, ChangesNoOtherNumber) {
  const FlushDenormals flush;
  volatile float smallest = kSmallest, largest = std::numeric_limits<float>::max(), third = 1.0f / 3.0f;
  EXPECT_EQ(smallest * 1.0f, kSmallest);
  EXPECT_EQ(-smallest * 1.0f, -kSmallest);
  EXPECT_EQ(largest * 1.0f, std::numeric_limits<float>::max());
  EXPECT_EQ(third + third + third, 1.0f);
  EXPECT_EQ(largest * 2.0f, std::numeric_limits<float>::infinity());
}

TEST(FlushDenormals, TheInnerOfTwoLeavesTheOuterInForce) {
  const FlushDenormals outer;
  { const FlushDenormals inner; }
  EXPECT_FALSE(makes_denormals());
  EXPECT_FALSE(reads_denormals());
}

TEST(FlushDenormals, EndsWithAnExceptionToo) {
  EXPECT_THROW(
      {
        const FlushDenormals flush;
        throw std::runtime_error("any");
      },
      std::runtime_error);
  EXPECT_TRUE(makes_denormals());
}

TEST(FlushDenormals, IsForItsThreadAlone) {
  bool made = true;
  std::thread flushing([&] {
    const FlushDenormals flush;
    made = makes_denormals();
  });
  flushing.join();
  EXPECT_FALSE(made);
  EXPECT_TRUE(makes_denormals());
}

#endif

}  // namespace
}  // namespace mlp
