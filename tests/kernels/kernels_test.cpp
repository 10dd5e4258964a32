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

TEST(Kernels, ThoseOfPredictionAreTheSameButForWhatOnlyTrainingCalls) {
  for (const std::string& name : available_targets()) {
    const Kernels& all = kernels_for(name);
    const Kernels& prediction = prediction_kernels_for(name);
    EXPECT_EQ(prediction.name, name);
    EXPECT_EQ(prediction.least_flops, all.least_flops);
    EXPECT_EQ(prediction.affine, all.affine);
    EXPECT_EQ(prediction.sparse_affine, all.sparse_affine);
    EXPECT_EQ(prediction.sparse_affine_coded, all.sparse_affine_coded);
    EXPECT_EQ(prediction.activate, all.activate);
    EXPECT_EQ(prediction.gather_codes, all.gather_codes);
    for (const bool there :
         {all.weight_step != nullptr, all.bias_step != nullptr, all.update != nullptr,
          all.sparse_weight_step != nullptr, all.sparse_weight_step_coded != nullptr,
          prediction.weight_step == nullptr, prediction.bias_step == nullptr, prediction.update == nullptr,
          prediction.sparse_weight_step == nullptr, prediction.sparse_weight_step_coded == nullptr})
      EXPECT_TRUE(there) << name;
  }
  EXPECT_EQ(prediction_kernels_for("").name, kernels_for("").name);
  EXPECT_THROW(prediction_kernels_for("avx1024"), UsageError);
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
