// The products of bfloat16.h: common packing and epilogues around two ways to multiply 32 x 32 tiles.
#include "kernels/bfloat16.h"

#include <algorithm>
#include <string>

#include "kernels/bfloat16_pack.h"
#include "mlp/error.h"

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

namespace mlp::kernels {

#if defined(__x86_64__)

namespace {

#define MLP_AMX __attribute__((noinline, target("amx-tile,amx-bf16")))

/// A product's 32 x 32 sums: [columns / 16][rows][16], as two blocks of a blocked matrix.
struct Sums {
  alignas(64) float values[2 * 32 * kBlock];
};

/// How to multiply: sums += left panel * right panel, over `tiles` times 32 of k.
struct Multiplier {
  void (*begin)();
  void (*multiply)(const std::uint16_t* left, const std::uint16_t* right, std::size_t tiles, Sums& sums);
  void (*end)();
};

//  --- AMX: eight tiles of 16 rows by 64 bytes; 0-3 hold sums, 4 and 5 left, 6 and 7 right tiles ----------

struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfiguration) == 64);

// The compiler does not know what tile instructions read and write in memory.
inline void fence_compiler() { asm volatile("" ::: "memory"); }

MLP_AMX void begin_amx() {
  const TileConfiguration configuration;
  asm volatile("" ::"r"(&configuration) : "memory");
  _tile_loadconfig(&configuration);
}

// Tiles in use would be saved at every context switch.
MLP_AMX void end_amx() { _tile_release(); }

MLP_AMX void multiply_amx(const std::uint16_t* left, const std::uint16_t* right, std::size_t tiles,
                          Sums& sums) {
  float* const to = sums.values;
  fence_compiler();
  _tile_loadd(0, to, 64);
  _tile_loadd(1, to + 256, 64);
  _tile_loadd(2, to + 512, 64);
  _tile_loadd(3, to + 768, 64);
  for (std::size_t t = 0; t < tiles; ++t, left += 2 * kTile, right += 2 * kTile) {
    _tile_loadd(4, left, 64);
    _tile_loadd(6, right, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(5, left + kTile, 64);
    _tile_dpbf16ps(1, 5, 6);
    _tile_loadd(7, right + kTile, 64);
    _tile_dpbf16ps(2, 4, 7);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, to, 64);
  _tile_stored(1, to + 256, 64);
  _tile_stored(2, to + 512, 64);
  _tile_stored(3, to + 768, 64);
  fence_compiler();
}

constexpr Multiplier kAmx{&begin_amx, &multiply_amx, &end_amx};

//  --- AVX-512 BF16: 8 rows by 32 columns in registers -----------------------------------------------------

void nothing() {}

MLP_AVX512_BF16 void multiply_avx512(const std::uint16_t* left, const std::uint16_t* right, std::size_t tiles,
                                     Sums& sums) {
  constexpr std::size_t kRows = 8;
  for (std::size_t row = 0; row < 32; row += kRows) {
    float* const to = sums.values + row * kBlock;
    __m512 acc[kRows][2];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) {
      acc[r][0] = _mm512_load_ps(to + r * kBlock);
      acc[r][1] = _mm512_load_ps(to + (32 + r) * kBlock);
    }
    const std::uint16_t* a = left + row * 32;
    const std::uint16_t* b = right;
    for (std::size_t t = 0; t < tiles; ++t, a += 2 * kTile, b += 2 * kTile) {
      for (std::size_t p = 0; p < 16; ++p) {
        const auto b0 = (__m512bh)_mm512_load_si512(b + p * 32);
        const auto b1 = (__m512bh)_mm512_load_si512(b + kTile + p * 32);
#pragma GCC unroll 8
        for (std::size_t r = 0; r < kRows; ++r) {
          int pair;
          __builtin_memcpy(&pair, a + r * 32 + 2 * p, sizeof pair);
          const auto x = (__m512bh)_mm512_set1_epi32(pair);
          acc[r][0] = _mm512_dpbf16_ps(acc[r][0], x, b0);
          acc[r][1] = _mm512_dpbf16_ps(acc[r][1], x, b1);
        }
      }
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) {
      _mm512_store_ps(to + r * kBlock, acc[r][0]);
      _mm512_store_ps(to + (32 + r) * kBlock, acc[r][1]);
    }
  }
}

constexpr Multiplier kAvx512{&nothing, &multiply_avx512, &nothing};

//  --- The products ----------------------------------------------------------------------------------------

constexpr std::size_t parts_of(std::size_t count) { return (count + 31) / 32; }

MLP_AVX512_BF16 void start_sums(const float* bias, std::size_t blocks, Sums& sums) {
  for (std::size_t half = 0; half < 2; ++half) {
    const __m512 value = bias && half < blocks ? _mm512_loadu_ps(bias + half * kBlock) : _mm512_setzero_ps();
    for (std::size_t r = 0; r < 32; ++r) _mm512_store_ps(sums.values + (half * 32 + r) * kBlock, value);
  }
}

/// Calls start(row, column, sums), adds left * right to the sums, and calls finish(row, column, sums) for
/// each 32 x 32 square of a result of `rows` by `columns`.
template <class Start, class Finish>
void for_each_square(const Multiplier& multiplier, const Operand& left, const Operand& right,
                     std::size_t rows, std::size_t columns, std::size_t depth, const BFloat16Scratch& scratch,
                     const Start& start, const Finish& finish) {
  const std::size_t panel_size = bfloat16_packed_size(kBFloat16Panel, depth);
  multiplier.begin();
  for (std::size_t first = 0; first < rows; first += bfloat16_left_rows(depth)) {
    const std::size_t end = std::min(first + bfloat16_left_rows(depth), rows);
    for (std::size_t row = first; row < end; row += 32) {
      pack_left(left, row / 32, depth, scratch.left + (row - first) / 32 * panel_size);
    }
    for (std::size_t column = 0; column < columns; column += 32) {
      pack_right(right, column / 32, depth, scratch.right);
      for (std::size_t row = first; row < end; row += 32) {
        Sums sums;
        start(row, column, sums);
        multiplier.multiply(scratch.left + (row - first) / 32 * panel_size, scratch.right, parts_of(depth),
                            sums);
        finish(row, column, sums);
      }
    }
  }
  multiplier.end();
}

/// `count` rows of a block of sums through the epilogue; `outputs` are those at `to`.
MLP_AVX512_BF16 void finish_rows(const Epilogue& epilogue, const float* sums, std::size_t count,
                                 const float* outputs, float* to) {
  const __m512 zero = _mm512_setzero_ps(), slope = _mm512_set1_ps(epilogue.slope);
  for (std::size_t i = 0; i < count * kBlock; i += kBlock) {
    __m512 z = _mm512_load_ps(sums + i);
    if (epilogue.kind == Epilogue::Kind::kSlope) {
      const __mmask16 not_above = _mm512_cmp_ps_mask(z, zero, _CMP_NGT_UQ);
      // Slope 0 is not a product: minus infinity must become zero, while a NaN stays.
      z = epilogue.slope == 0 ? _mm512_mask_mov_ps(z, _mm512_cmp_ps_mask(z, zero, _CMP_LE_OQ), zero)
                              : _mm512_mask_mul_ps(z, not_above, slope, z);
    } else if (epilogue.kind == Epilogue::Kind::kTimesDerivative) {
      const __mmask16 not_above = _mm512_cmp_ps_mask(_mm512_loadu_ps(outputs + i), zero, _CMP_NGT_UQ);
      z = _mm512_mask_mul_ps(z, not_above, slope, z);
    }
    _mm512_storeu_ps(to + i, z);
  }
}

/// Z = bias + left * right, then `epilogue`.
void multiply(const Multiplier& multiplier, const Operand& left, const Operand& right, std::size_t depth,
              const float* bias, const Epilogue& epilogue, BlockedView<float> Z,
              const BFloat16Scratch& scratch) {
  const auto start = [&](std::size_t, std::size_t column, Sums& sums) {
    start_sums(bias ? bias + column : nullptr, Z.blocks() - column / kBlock, sums);
  };
  const auto finish = [&](std::size_t row, std::size_t column, const Sums& sums) {
    const std::size_t count = std::min<std::size_t>(32, Z.rows() - row), block = column / kBlock;
    for (std::size_t half = 0; half < 2 && block + half < Z.blocks(); ++half) {
      float* const to = Z.block(block + half) + row * kBlock;
      const float* outputs = epilogue.outputs ? epilogue.outputs + (to - Z.data()) : nullptr;
      finish_rows(epilogue, sums.values + half * 32 * kBlock, count, outputs, to);
    }
  };
  for_each_square(multiplier, left, right, Z.rows(), Z.columns(), depth, scratch, start, finish);
}

/// gradient += l2 * weight.
MLP_AVX512_BF16 void add_l2(float l2, const float* weights, float* gradients, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kBlock) {
    const __m512 g = _mm512_load_ps(gradients + i);
    _mm512_store_ps(gradients + i, _mm512_fmadd_ps(_mm512_set1_ps(l2), _mm512_loadu_ps(weights + i), g));
  }
}

UpdateBuffers at(const UpdateBuffers& buffers, std::size_t offset, float* gradients) {
  return {.parameters = buffers.parameters + offset,
          .moment1 = buffers.moment1 ? buffers.moment1 + offset : nullptr,
          .moment2 = buffers.moment2 ? buffers.moment2 + offset : nullptr,
          .gradients = gradients};
}

void weight_step(const Multiplier& multiplier, const Kernels& kernels, ConstBlockedView<float> X,
                 ConstBlockedView<float> dZ, const UpdateRule& rule, const UpdateBuffers& buffers,
                 std::size_t block_stride, const BFloat16Scratch& scratch) {
  // Calls body(offset, part, count) for the contiguous parts of a square. Padding rows are included: their
  // gradients are zero.
  const auto for_each_part = [&](std::size_t row, std::size_t column, Sums& sums, const auto& body) {
    const std::size_t count = std::min(padded(X.columns()) - row, std::size_t{32}) * kBlock;
    const std::size_t block = column / kBlock;
    for (std::size_t half = 0; half < 2 && block + half < dZ.blocks(); ++half) {
      body((block + half) * block_stride + row * kBlock, sums.values + half * 32 * kBlock, count);
    }
  };
  const auto start = [&](std::size_t row, std::size_t column, Sums& sums) {
    start_sums(nullptr, 0, sums);
    if (!rule.continues) return;
    for_each_part(row, column, sums, [&](std::size_t offset, float* part, std::size_t count) {
      std::copy_n(buffers.gradients + offset, count, part);
    });
  };
  const auto finish = [&](std::size_t row, std::size_t column, Sums& sums) {
    for_each_part(row, column, sums, [&](std::size_t offset, float* part, std::size_t count) {
      if (rule.l2 != 0) add_l2(rule.l2, buffers.parameters + offset, part, count);
      if (rule.kind == UpdateRule::Kind::kStore) {
        std::copy_n(part, count, buffers.gradients + offset);
      } else {
        kernels.update(rule, true, at(buffers, offset, part), count);
      }
    });
  };
  for_each_square(multiplier, {X, true}, {dZ, false}, X.columns(), dZ.columns(), X.rows(), scratch, start,
                  finish);
}

template <const Multiplier& kMultiplier>
constexpr BFloat16Kernels table(std::string_view name) {
  return {.name = name,
          .affine =
              [](ConstBlockedView<float> X, ConstBlockedView<float> W, const float* bias,
                 const Epilogue& epilogue, BlockedView<float> Z, const BFloat16Scratch& scratch) {
                multiply(kMultiplier, {X, false}, {W, false}, X.columns(), bias, epilogue, Z, scratch);
              },
          .affine_transposed =
              [](ConstBlockedView<float> dZ, ConstBlockedView<float> W, const Epilogue& epilogue,
                 BlockedView<float> dX, const BFloat16Scratch& scratch) {
                multiply(kMultiplier, {dZ, false}, {W, true}, dZ.columns(), nullptr, epilogue, dX, scratch);
              },
          .weight_step =
              [](const Kernels& kernels, ConstBlockedView<float> X, ConstBlockedView<float> dZ,
                 const UpdateRule& rule, const UpdateBuffers& buffers, std::size_t block_stride,
                 const BFloat16Scratch& scratch) {
                weight_step(kMultiplier, kernels, X, dZ, rule, buffers, block_stride, scratch);
              }};
}

constexpr BFloat16Kernels kAmxTable = table<kAmx>("amx");
constexpr BFloat16Kernels kAvx512Table = table<kAvx512>("avx512_bf16");

//  --- What this CPU has -----------------------------------------------------------------------------------

/// Whether the system lets this process use AMX's tiles, for which it must be asked once.
bool tiles_permitted() {
#if defined(__linux__) && defined(SYS_arch_prctl)
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

struct Features {
  bool avx512 = false, avx512_bf16 = false, amx_bf16 = false, amx_tile = false, amx_permitted = false;
};

Features detect() {
  Features has;
  has.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl");
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
    has.amx_bf16 = (edx >> 22 & 1) != 0;
    has.amx_tile = (edx >> 24 & 1) != 0;
  }
  if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) has.avx512_bf16 = (eax >> 5 & 1) != 0;
  has.amx_permitted = has.amx_bf16 && has.amx_tile && tiles_permitted();
  return has;
}

const Features& features() {
  static const Features has = detect();
  return has;
}

}  // namespace

std::vector<const BFloat16Kernels*> available_bfloat16_kernels() {
  const Features& has = features();
  std::vector<const BFloat16Kernels*> tables;
  if (!has.avx512 || !has.avx512_bf16) return tables;  // they also pack AMX's operands
  if (has.amx_permitted) tables.push_back(&kAmxTable);
  tables.push_back(&kAvx512Table);
  return tables;
}

#else

std::vector<const BFloat16Kernels*> available_bfloat16_kernels() { return {}; }

#endif

const BFloat16Kernels& bfloat16_kernels_for(const Kernels& kernels) {
  const std::string hint = "train in float32, as by default";
  if (kernels.name != "avx512") {
    throw UsageError("bf16 needs the CPU target avx512 with avx512_bf16, not " + std::string(kernels.name),
                     hint);
  }
  const auto tables = available_bfloat16_kernels();
  if (tables.empty()) throw UsageError("bf16 needs a CPU with avx512_bf16, which this one lacks", hint);
  return *tables.front();
}

}  // namespace mlp::kernels
