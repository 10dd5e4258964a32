// The kernel table of every CPU target. The kernels themselves are in several files, so that cores share the
// work of compiling them; Highway compiles each of them once per target.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/kernels.cpp"
#include "kernels/targets.h"
// foreach_target.h must precede the code that is compiled for each target.
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/kernels.h"
#include "mlp/suggest.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

// Each is in the file of its name.
void AddAffine(Kernels& kernels);
void AddSparseAffine(Kernels& kernels);
void AddElementwise(Kernels& kernels);
void AddGather(Kernels& kernels);
void AddWeightSteps(Kernels& kernels);
void AddSparseWeightSteps(Kernels& kernels);

const Kernels& PredictionTable() {
  static const Kernels kTable = [] {
    Kernels kernels{.name = HWY_TARGET == HWY_AVX3   ? "avx512"
                            : HWY_TARGET == HWY_AVX2 ? "avx2"
                            : HWY_TARGET == HWY_NEON ? "neon"
                                                     : "baseline"};
    AddAffine(kernels);
    AddSparseAffine(kernels);
    AddElementwise(kernels);
    AddGather(kernels);
    return kernels;
  }();
  return kTable;
}

const Kernels& Table() {
  static const Kernels kTable = [] {
    Kernels kernels = PredictionTable();
    AddWeightSteps(kernels);
    AddSparseWeightSteps(kernels);
    return kernels;
  }();
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mlp::kernels {

namespace {

/// The prediction tables this CPU can run, best first.
std::vector<const Kernels*> runnable() {
  const std::int64_t supported = hwy::SupportedTargets();
  std::vector<const Kernels*> tables;
#if HWY_TARGETS & HWY_AVX3
  if (supported & HWY_AVX3) tables.push_back(&N_AVX3::PredictionTable());
#endif
#if HWY_TARGETS & HWY_AVX2
  if (supported & HWY_AVX2) tables.push_back(&N_AVX2::PredictionTable());
#endif
  (void)supported;
  tables.push_back(&HWY_STATIC_DISPATCH(PredictionTable)());
  return tables;
}

}  // namespace

std::vector<std::string> available_targets() {
  std::vector<std::string> names;
  for (const Kernels* table : runnable()) names.emplace_back(table->name);
  return names;
}

const Kernels& prediction_kernels_for(std::string_view target) {
  const auto tables = runnable();
  if (target.empty()) return *tables.front();
  for (const Kernels* table : tables) {
    if (table->name == target) return *table;
  }
  throw UsageError("unknown or unsupported CPU target '" + std::string(target) + "'",
                   suggest(target, available_targets()));
}

const Kernels& kernels_for(std::string_view target) {
  const Kernels* const prediction = &prediction_kernels_for(target);
#if HWY_TARGETS & HWY_AVX3
  if (prediction == &N_AVX3::PredictionTable()) return N_AVX3::Table();
#endif
#if HWY_TARGETS & HWY_AVX2
  if (prediction == &N_AVX2::PredictionTable()) return N_AVX2::Table();
#endif
  (void)prediction;
  return HWY_STATIC_DISPATCH(Table)();
}

}  // namespace mlp::kernels
#endif
