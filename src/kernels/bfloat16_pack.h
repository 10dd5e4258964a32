// Packs float32 operands into bfloat16 tiles, as AMX and AVX-512 BF16 take them; needs AVX-512 BF16.
//
// A left tile is 16 rows by 32 of k: a row is 64 bytes, k ascending. A right tile is 32 of k by 16 columns,
// stored as 16 rows of pairs: row p holds (k = 2p, k = 2p + 1) for each column in turn. As matrices of 16 x
// 16 pairs, a left tile of M^T is the transpose of a right tile of M, and vice versa. Values outside the
// matrix are zero.
//
// A panel is 32 rows (or columns) of an operand over all of k: two tiles for each 32 of k, side by side.
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/bfloat16.h"

#define MLP_AVX512_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

namespace mlp::kernels {

inline constexpr std::size_t kTile = 512;  ///< values in a tile: 16 rows of 32

/// A matrix, or its transpose.
struct Operand {
  ConstBlockedView<float> matrix;
  bool transposed = false;
};

/// Values [16 block, 16 block + 16) of a row; zero outside the matrix.
MLP_AVX512_BF16 inline __m512 load_values(const ConstBlockedView<float>& matrix, std::size_t row,
                                          std::size_t block) {
  const std::size_t first = block * kBlock;
  if (row >= matrix.rows() || first >= matrix.columns()) return _mm512_setzero_ps();
  const std::size_t left = matrix.columns() - first;
  const auto mask = static_cast<__mmask16>(left >= kBlock ? 0xffffu : (1u << left) - 1u);
  return _mm512_maskz_loadu_ps(mask, matrix.block(block) + row * kBlock);
}

/// Rounds `low`, then `high`.
MLP_AVX512_BF16 inline __m512i round_values(__m512 low, __m512 high) {
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

/// The left tile of rows [row, row + 16) and columns [16 block, 16 block + 32).
MLP_AVX512_BF16 inline void pack_left_tile(const ConstBlockedView<float>& matrix, std::size_t row,
                                           std::size_t block, __m512i (&tile)[16]) {
  for (std::size_t r = 0; r < 16; ++r) {
    tile[r] = round_values(load_values(matrix, row + r, block), load_values(matrix, row + r, block + 1));
  }
}

/// The right tile of rows [row, row + 32) and columns [16 block, 16 block + 16).
MLP_AVX512_BF16 inline void pack_right_tile(const ConstBlockedView<float>& matrix, std::size_t row,
                                            std::size_t block, __m512i (&tile)[16]) {
  alignas(64) static constexpr std::uint16_t kInterleave[32] = {0,  16, 1,  17, 2,  18, 3,  19, 4,  20, 5,
                                                                21, 6,  22, 7,  23, 8,  24, 9,  25, 10, 26,
                                                                11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const __m512i interleave = _mm512_load_si512(kInterleave);
  for (std::size_t p = 0; p < 16; ++p) {
    const __m512i pair =
        round_values(load_values(matrix, row + 2 * p, block), load_values(matrix, row + 2 * p + 1, block));
    tile[p] = _mm512_permutexvar_epi16(interleave, pair);
  }
}

/// Transposes 16 x 16 pairs.
MLP_AVX512_BF16 inline void transpose_pairs(__m512i (&tile)[16]) {
  __m512i a[16], b[16];
  for (int r = 0; r < 16; r += 2) {
    a[r] = _mm512_unpacklo_epi32(tile[r], tile[r + 1]);
    a[r + 1] = _mm512_unpackhi_epi32(tile[r], tile[r + 1]);
  }
  for (int r = 0; r < 16; r += 4) {  // b[r + c]: column c of rows r .. r + 3, in each 128-bit lane
    b[r] = _mm512_unpacklo_epi64(a[r], a[r + 2]);
    b[r + 1] = _mm512_unpackhi_epi64(a[r], a[r + 2]);
    b[r + 2] = _mm512_unpacklo_epi64(a[r + 1], a[r + 3]);
    b[r + 3] = _mm512_unpackhi_epi64(a[r + 1], a[r + 3]);
  }
  for (int c = 0; c < 4; ++c) {  // 4 x 4 lanes
    const __m512i even01 = _mm512_shuffle_i32x4(b[c], b[c + 4], 0x88);
    const __m512i even23 = _mm512_shuffle_i32x4(b[c + 8], b[c + 12], 0x88);
    const __m512i odd01 = _mm512_shuffle_i32x4(b[c], b[c + 4], 0xdd);
    const __m512i odd23 = _mm512_shuffle_i32x4(b[c + 8], b[c + 12], 0xdd);
    tile[c] = _mm512_shuffle_i32x4(even01, even23, 0x88);
    tile[c + 4] = _mm512_shuffle_i32x4(odd01, odd23, 0x88);
    tile[c + 8] = _mm512_shuffle_i32x4(even01, even23, 0xdd);
    tile[c + 12] = _mm512_shuffle_i32x4(odd01, odd23, 0xdd);
  }
}

/// Panel `panel` (32 rows) of a left operand.
MLP_AVX512_BF16 inline void pack_left(const Operand& operand, std::size_t panel, std::size_t depth,
                                      std::uint16_t* packed) {
  __m512i tile[16];
  for (std::size_t k = 0; k < depth; k += 32) {
    for (std::size_t half = 2 * panel; half < 2 * panel + 2; ++half, packed += kTile) {
      if (operand.transposed) {
        pack_right_tile(operand.matrix, k, half, tile);
        transpose_pairs(tile);
      } else {
        pack_left_tile(operand.matrix, half * 16, k / kBlock, tile);
      }
      for (std::size_t r = 0; r < 16; ++r) _mm512_store_si512(packed + r * 32, tile[r]);
    }
  }
}

/// Panel `panel` (32 columns) of a right operand.
MLP_AVX512_BF16 inline void pack_right(const Operand& operand, std::size_t panel, std::size_t depth,
                                       std::uint16_t* packed) {
  __m512i tile[16];
  for (std::size_t k = 0; k < depth; k += 32) {
    for (std::size_t half = 2 * panel; half < 2 * panel + 2; ++half, packed += kTile) {
      if (operand.transposed) {
        pack_left_tile(operand.matrix, half * 16, k / kBlock, tile);
        transpose_pairs(tile);
      } else {
        pack_right_tile(operand.matrix, k, half, tile);
      }
      for (std::size_t r = 0; r < 16; ++r) _mm512_store_si512(packed + r * 32, tile[r]);
    }
  }
}

}  // namespace mlp::kernels

#endif
