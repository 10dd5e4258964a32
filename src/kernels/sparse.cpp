// The products of a first layer whose inputs are mostly zeros.
//
// The tiles are those of affine.cpp and weight_step.cpp, but k runs over a list: only where one of the tile's
// R elements of X is not zero. Groups of 2 or 4 rows (forward) or of 4 neighbouring inputs (weight gradient)
// keep the registers as busy as in the dense tile. Of MNIST's pixels 19% are not zero, 39% are not zero in at
// least one of 4 random images, and 28% of the groups of 4 neighbours are not all zero. (Lists for single
// rows, with dW gathered in memory, reached 1.1 times the dense speed on one thread instead of 1.5: they wait
// for the second-level cache.)
//
// X is floats or, for 8-bit inputs, codes: such a tile multiplies so few vectors by an element that looking
// its value up costs nothing, while converting all of X beforehand does.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/sparse.cpp"
#include "kernels/targets.h"
// foreach_target.h must precede the code that is compiled for each target.
#include <hwy/foreach_target.h>

#include <algorithm>
#include <array>

#include "kernels/epilogue-inl.h"
#include "kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Calls body.template operator()<R, kMostBlocks>(), where R is the number of rows of the left matrix that
/// share a list, and kMostBlocks the widest tile in blocks, for a right matrix of so many blocks. A tile one
/// vector wide needs 8 chains of multiply-adds to hide their latency.
template <class Body>
HWY_INLINE void WithListRows(std::size_t blocks, const Body& body) {
  if constexpr (kVectorsPerBlock == 1) {
    if (blocks == 1) return body.template operator()<8, 1>();
  }
  body.template operator()<4, kBlocksPerTile>();
}

/// The same for the affine map. With 8 lanes, lists for 2 rows have 29% of MNIST's pixels instead of 39%, and
/// two blocks keep as many chains busy: predicting takes 0.90 of the time, training the same. (In the weight
/// gradient, having twice as many lists costs what they save.)
template <class Body>
HWY_INLINE void WithAffineListRows(std::size_t blocks, const Body& body) {
  if constexpr (kVectorsPerBlock == 2) {
    body.template operator()<2, 2>();
  } else {
    WithListRows(blocks, body);
  }
}

/// Lists of the elements that are not zero, one for each of several groups of rows, in a thread's scratch. An
/// entry gives the offsets of the operands in the left and in the right matrix, in elements from the first.
class Lists {
 public:
  /// Room for lists of at most `longest` entries: one or, if `several`, as many as fit.
  Lists(const NonZeros& non_zeros, std::size_t longest, bool several)
      : left_(non_zeros.list),
        room_(padded(longest) + kBlock),
        count_(several ? std::clamp(non_zeros.list_size / (2 * room_), std::size_t{1}, kMostLists) : 1),
        right_(left_ + count_ * room_) {}

  std::size_t count() const { return count_; }
  std::uint32_t* left(std::size_t list) const { return left_ + list * room_; }
  std::uint32_t* right(std::size_t list) const { return right_ + list * room_; }
  std::size_t length(std::size_t list) const { return length_[list]; }
  void set_length(std::size_t list, std::size_t length) { length_[list] = length; }

 private:
  std::uint32_t* left_;
  std::size_t room_, count_;
  std::uint32_t* right_;
  std::array<std::size_t, kMostLists> length_;
};

#if HWY_TARGET == HWY_AVX2
/// The positions of the bits of each byte. Highway's Compress would do as well, but on AVX2 it goes through
/// memory, which cost more than the products.
struct BitPlaces {
  std::uint8_t places[256][8] = {};
  constexpr BitPlaces() {
    for (unsigned byte = 0; byte < 256; ++byte) {
      for (unsigned bit = 0, count = 0; bit < 8; ++bit) {
        if (byte >> bit & 1) places[byte][count++] = static_cast<std::uint8_t>(bit);
      }
    }
  }
};
alignas(64) inline constexpr BitPlaces kBitPlaces;
#endif

/// Calls store(c, length), some at a time and in order, with vectors c of the positions of the bits of
/// `bits`, and returns `length` plus their number. Lanes of c beyond the last bit are undefined.
template <class Store>
HWY_INLINE std::size_t ForBits(std::uint32_t bits, std::size_t length, const Store& store) {
#if HWY_TARGET == HWY_AVX2
  const hn::FixedTag<std::uint32_t, 8> d;
  const hn::FixedTag<std::uint8_t, 8> bytes;
  for (std::uint32_t lane = 0; lane < kBlock; lane += 8) {
    const std::uint32_t byte = bits >> lane & 255;
    const auto places = hn::PromoteTo(d, hn::LoadU(bytes, kBitPlaces.places[byte]));
    store(d, hn::Add(places, hn::Set(d, lane)), length);
    length += static_cast<std::size_t>(__builtin_popcount(byte));
  }
#elif HWY_TARGET == HWY_AVX3
  const hn::FixedTag<std::uint32_t, kBlock> d;
  const std::uint8_t bytes[8] = {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8)};
  store(d, hn::Compress(hn::Iota(d, 0), hn::LoadMaskBits(d, bytes)), length);
  length += static_cast<std::size_t>(__builtin_popcount(bits));
#else
  const hn::CappedTag<std::uint32_t, 1> d;
  for (; bits != 0; bits &= bits - 1) {
    store(d, hn::Set(d, static_cast<std::uint32_t>(__builtin_ctz(bits))), length++);
  }
#endif
  return length;
}

/// Lists, in order, the k of `depth` where one of rows [row, row + R) of X is not zero.
template <std::size_t R>
HWY_INLINE void ListColumns(const NonZeros& non_zeros, const Depth& depth, std::size_t blocks,
                            std::size_t x_stride, std::size_t row, std::size_t list, Lists& lists) {
  std::uint32_t* const left = lists.left(list);
  std::uint32_t* const right = lists.right(list);
  std::size_t length = 0;
  ForDepth(depth, blocks, [&](std::size_t first, std::size_t last) HWY_ATTR {
    for (std::size_t block = first; block < last; ++block) {
      const std::uint16_t* bits = non_zeros.bits + block * non_zeros.stride + row;
      std::uint32_t any = 0;
      for (std::size_t r = 0; r < R; ++r) any |= bits[r];
      const auto x = static_cast<std::uint32_t>(block * x_stride);
      const auto w = static_cast<std::uint32_t>(block * kBlock * kBlock);
      length = ForBits(any, length, [&](auto d, auto c, std::size_t at) HWY_ATTR {
        hn::StoreU(hn::Add(c, hn::Set(d, x)), d, left + at);
        hn::StoreU(hn::Add(hn::ShiftLeft<4>(c), hn::Set(d, w)), d, right + at);
      });
    }
  });
  lists.set_length(list, length);
}

/// ForBits for the c < 16 for which words[c] has one of the R bits from `first` on.
template <std::size_t R, class Store>
HWY_INLINE std::size_t ForWords(const std::uint16_t* words, std::size_t first, std::size_t length,
                                const Store& store) {
  const auto mask = static_cast<std::uint16_t>(((1u << R) - 1) << first);
#if HWY_TARGET == HWY_AVX3  // masks are registers here, and going through bits would take longer
  const hn::FixedTag<std::uint32_t, kBlock> d;
  const hn::FixedTag<std::uint16_t, kBlock> halves;
  const auto word = hn::PromoteTo(d, hn::LoadU(halves, words));
  const auto found = hn::Ne(hn::And(word, hn::Set(d, mask)), hn::Zero(d));
  store(d, hn::Compress(hn::Iota(d, 0), found), length);
  return length + hn::CountTrue(d, found);
#elif HWY_TARGET == HWY_SCALAR
  std::uint32_t bits = 0;
  for (std::size_t c = 0; c < kBlock; ++c) bits |= std::uint32_t{(words[c] & mask) != 0} << c;
  return ForBits(bits, length, store);
#else
  const hn::CappedTag<std::uint16_t, kBlock> d;
  std::uint32_t bits = 0;
  for (std::size_t c = 0; c < kBlock; c += hn::Lanes(d)) {
    const auto found = hn::Ne(hn::And(hn::LoadU(d, words + c), hn::Set(d, mask)), hn::Zero(d));
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, found, bytes);
    bits |= static_cast<std::uint32_t>(bytes[0] | bytes[1] << 8) << c;
  }
  return ForBits(bits, length, store);
#endif
}

/// Lists, in order, the rows n of X where one of columns [i, i + R), within a block, is not zero.
template <std::size_t R>
HWY_INLINE void ListRows(const NonZeros& non_zeros, std::size_t rows, std::size_t i, std::size_t list,
                         Lists& lists) {
  const std::uint16_t* bits = non_zeros.bits + i / kBlock * non_zeros.stride;
  std::uint32_t* const left = lists.left(list);
  std::size_t length = 0;
  for (std::size_t n = 0; n < rows; n += kBlock) {
    const auto first = static_cast<std::uint32_t>(n * kBlock);
    length = ForWords<R>(bits + n, i % kBlock, length, [&](auto d, auto c, std::size_t at) HWY_ATTR {
      hn::StoreU(hn::Add(hn::ShiftLeft<4>(c), hn::Set(d, first)), d, left + at);
    });
  }
  lists.set_length(list, length);
}

HWY_INLINE FloatElements ElementsFrom(ConstBlockedView<float> X, std::size_t row, std::size_t column) {
  return {&X(row, column)};
}
HWY_INLINE CodedElements ElementsFrom(const CodedView& X, std::size_t row, std::size_t column) {
  return {&X.codes(row, column), X.values};
}

template <std::size_t R, std::size_t V, class Elements>
HWY_INLINE void SparseAffineTile(Elements x, const Lists& lists, std::size_t list, ConstBlockedView<float> W,
                                 const float* bias, const Epilogue& epilogue, BlockedView<float> Z,
                                 std::size_t row, std::size_t column) {
  FloatVec acc[R][V];
  StartSums<R, V>(epilogue, bias, Z, row, column, acc);
  const float* w = &W(0, column);
  const std::uint32_t* const at_x = lists.left(list);
  const std::uint32_t* const at_w = lists.right(list);
  const std::size_t length = lists.length(list);
  for (std::size_t k = 0; k < length; ++k) {
    MultiplyAccumulateOnce<kBlock>(x + at_x[k], w + at_w[k], W.block_stride(), acc);
  }
  StoreTile<R, V>(epilogue, Z, row, column, acc);
  ClearHalfBlock<R, V>(&Z(row, column), Z.block_stride());
}

/// Computes Z's rows [first, end) in groups of R, which divides their number, in tiles at most kMostBlocks
/// wide.
template <std::size_t R, std::size_t kMostBlocks, class Matrix>
void SparseAffineRows(Matrix X, const NonZeros& non_zeros, ConstBlockedView<float> W, const float* bias,
                      const Epilogue& epilogue, BlockedView<float> Z, Prefetch& prefetch, std::size_t first,
                      std::size_t end) {
  // A list that is used once is made when it is used. Otherwise several are made at a time, so that the rows
  // of W they refer to are fetched into the first-level cache once for all of them.
  Lists lists(non_zeros, X.blocks() * kBlock, W.blocks() > kMostBlocks);
  const std::size_t together = lists.count();
  for (std::size_t row = first; row < end; row += together * R) {
    const std::size_t count = std::min(together, (end - row) / R);
    for (std::size_t list = 0; list < count; ++list) {
      ListColumns<R>(non_zeros, epilogue.depth, X.blocks(), X.block_stride(), row + list * R, list, lists);
    }
    ForColumnTiles<kMostBlocks>(W.columns(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
      for (std::size_t list = 0; list < count; ++list) {
        const std::size_t at = row + list * R;
        SparseAffineTile<R, V>(ElementsFrom(X, at, 0), lists, list, W, bias, epilogue, Z, at, column);
        prefetch.after(lists.length(list));
      }
    });
  }
}

template <std::size_t R, std::size_t kMostBlocks, class Matrix>
void SparseAffineInGroups(Matrix X, const NonZeros& non_zeros, ConstBlockedView<float> W, const float* bias,
                          const Epilogue& epilogue, BlockedView<float> Z, Prefetch& prefetch) {
  const std::size_t rest = X.rows() % R, whole = X.rows() - rest;
  SparseAffineRows<R, kMostBlocks>(X, non_zeros, W, bias, epilogue, Z, prefetch, 0, whole);
  CallWithHeight<R - 1>(rest, whole, [&]<std::size_t kRest>(std::size_t row) HWY_ATTR {
    constexpr std::size_t kMost = kMostBlocks == 1 && kVectorsPerBlock == 1 ? 1 : kBlocksPerTileOf<kRest>;
    SparseAffineRows<kRest, kMost>(X, non_zeros, W, bias, epilogue, Z, prefetch, row, row + kRest);
  });
}

template <class Matrix>
void SparseAffine(Matrix X, const NonZeros& non_zeros, ConstBlockedView<float> W, const float* bias,
                  const Epilogue& epilogue, BlockedView<float> Z, Prefetch& prefetch) {
  WithAffineListRows(W.blocks(), [&]<std::size_t R, std::size_t kMostBlocks>() HWY_ATTR {
    SparseAffineInGroups<R, kMostBlocks>(X, non_zeros, W, bias, epilogue, Z, prefetch);
  });
}

template <std::size_t R, std::size_t V, UpdateRule::Kind kKind, class Elements>
HWY_INLINE void SparseWeightTile(Elements x, const Lists& lists, std::size_t list, ConstBlockedView<float> dZ,
                                 const UpdateRule& rule, const UpdateBuffers& buffers,
                                 std::size_t block_stride, std::size_t at, std::size_t column) {
  FloatVec acc[R][V];
  StartTile<R, V>(rule.continues ? buffers.gradients + at : nullptr, kBlock, block_stride, acc);
  const float* g = &dZ(0, column);
  const std::uint32_t* const rows = lists.left(list);
  const std::size_t length = lists.length(list);
  for (std::size_t n = 0; n < length; ++n) {
    MultiplyAccumulateOnce<1>(x + rows[n], g + rows[n], dZ.block_stride(), acc);
  }
  const FloatTag d;
  const UpdateRule own = rule;  // a copy that no store to parameters can change: read once per tile
  ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR {
    UpdateVector<kKind, true>(d, own, buffers, at + r * kBlock + VectorOffset(v, block_stride), acc[r][v]);
  });
}

template <std::size_t R, std::size_t kMostBlocks, UpdateRule::Kind kKind, class Matrix>
void SparseWeightStepInGroups(Matrix X, const NonZeros& non_zeros, ConstBlockedView<float> dZ,
                              const UpdateRule& rule, const UpdateBuffers& buffers, std::size_t block_stride,
                              Prefetch& prefetch) {
  Lists lists(non_zeros, X.rows(), dZ.blocks() > kMostBlocks);
  const std::size_t together = lists.count();
  for (std::size_t i = 0; i < X.columns(); i += together * R) {
    const std::size_t count = std::min(together, (X.columns() - i + R - 1) / R);
    for (std::size_t list = 0; list < count; ++list) {
      ListRows<R>(non_zeros, X.rows(), i + list * R, list, lists);
    }
    ForColumnTiles<kMostBlocks>(dZ.columns(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
      for (std::size_t list = 0; list < count; ++list) {
        const std::size_t input = i + list * R;
        const std::size_t at = column / kBlock * block_stride + input * kBlock + column % kBlock;
        SparseWeightTile<R, V, kKind>(ElementsFrom(X, 0, input), lists, list, dZ, rule, buffers, block_stride,
                                      at, column);
        prefetch.after(lists.length(list));
      }
    });
  }
}

template <class Matrix>
void SparseWeightStep(Matrix X, const NonZeros& non_zeros, ConstBlockedView<float> dZ, const UpdateRule& rule,
                      const UpdateBuffers& buffers, std::size_t block_stride, Prefetch& prefetch) {
  WithListRows(dZ.blocks(), [&]<std::size_t R, std::size_t kMostBlocks>() HWY_ATTR {
    WithKind(rule.kind, [&]<UpdateRule::Kind kKind>() HWY_ATTR {
      SparseWeightStepInGroups<R, kMostBlocks, kKind>(X, non_zeros, dZ, rule, buffers, block_stride,
                                                      prefetch);
    });
  });
}

void AddSparseAffine(Kernels& kernels) {
  // The densities at which both take the same time, by bench/choices on an Intel Xeon with AMX, with
  // independent zeros (a share d of elements that are not zero leaves 1 - (1 - d)^4 of the groups). On AVX2,
  // skipping takes 0.71 to 0.90 of the dense time at 0.59, 0.95 to 1.01 at 0.76 and 1.05 to 1.07 at 0.87; on
  // AVX-512 0.73 to 0.86, 0.88 to 0.97 and 1.03 to 1.06. With outputs of one block a list is used only once:
  // 0.98 at 0.59 and 1.14 at 0.76 on AVX2; 1.12 at 0.59 on AVX-512, whose lists are then for 8 rows. The
  // other targets were not measured.
  kernels.most_density = HWY_TARGET == HWY_AVX3 ? 0.8 : HWY_TARGET == HWY_AVX2 ? 0.76 : 0.6;
  kernels.most_density_of_one_block = HWY_TARGET == HWY_AVX3 ? 0.5 : HWY_TARGET == HWY_AVX2 ? 0.6 : 0.5;
  kernels.sparse_affine = &SparseAffine<ConstBlockedView<float>>;
  kernels.sparse_affine_coded = &SparseAffine<CodedView>;
}

void AddSparseWeightSteps(Kernels& kernels) {
  kernels.sparse_weight_step = &SparseWeightStep<ConstBlockedView<float>>;
  kernels.sparse_weight_step_coded = &SparseWeightStep<CodedView>;
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();
