// The choice of a CPU target. What its kernels compute is in the tests beside this one.
#include "kernels/kernels.h"

#include <gtest/gtest.h>

#include "kernels/cases.h"
#include "mlp/error.h"

namespace mlp::kernels {
namespace {

TEST(Kernels, TheBestTargetComesFirstAndThePlainestLast) {
  const auto names = available_targets();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(kernels_for("").name, names.front());
  for (const std::string& name : names) EXPECT_EQ(kernels_for(name).name, name);
#if defined(__aarch64__)
  EXPECT_EQ(names.back(), "neon") << "which every 64-bit ARM has";
#else
  EXPECT_EQ(names.back(), "baseline");
#endif
  EXPECT_THROW(kernels_for("avx1024"), UsageError);
}

TEST(Kernels, PeakCountsWhatItComputes) {
  for (const Kernels* kernels : test::targets()) {
    EXPECT_EQ(kernels->peak(0), 0.0);
    EXPECT_GT(kernels->peak(1), 0.0);
    EXPECT_EQ(kernels->peak(5), 5 * kernels->peak(1));
  }
}

}  // namespace
}  // namespace mlp::kernels
