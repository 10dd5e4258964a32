// X W + b with the zeros in X skipped: exact over small integers, the dense product's bits over other
// numbers, on sizes around the edges of vectors, blocks and tiles, on parts of larger matrices and off the
// alignment.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/sparse_case.h"

namespace mlp::kernels {
namespace {

using test::Bits;
using test::CodedCase;
using test::Guarded;
using test::GuardedMatrix;
using test::kColumns;
using test::kEveryKind;
using test::make_zeros;
using test::Numbers;
using test::targets;
using test::Zeros;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::nanf("");

struct AffineCase {
  GuardedMatrix X, W, Z;
  Guarded bias;

  AffineCase(std::size_t rows, std::size_t depth, std::size_t columns, Zeros zeros, Numbers& numbers)
      : X(numbers.integers(rows, depth, 1)),
        W(numbers.integers(depth, columns, 3)),
        Z(rows, columns, 7),
        bias(padded(columns), 5) {
    make_zeros(X, zeros, numbers);
    X.fill_padding(kNaN);  // what lies behind a row's columns has no part in the sum
    bias.fill(columns, [&] { return numbers.small_integer(); });
  }

  void fill_with_normals(Zeros zeros, Numbers& numbers) {
    X.fill([&] { return numbers.normal(); });
    make_zeros(X, zeros, numbers);
    W.fill([&] { return numbers.normal(); });
    bias.fill(W.columns(), [&] { return numbers.normal(); });
  }
};

const std::vector<Epilogue> kEpilogues = {{.kind = Epilogue::Kind::kNone},
                                          {.kind = Epilogue::Kind::kSlope, .slope = 0},
                                          {.kind = Epilogue::Kind::kSlope, .slope = 0.25f}};

float expected_of(const Epilogue& epilogue, float z) {
  return epilogue.kind == Epilogue::Kind::kNone || z > 0 ? z : epilogue.slope * z;
}

void expect_exact_affine(std::size_t rows, std::size_t depth, std::size_t columns, Zeros zeros) {
  Numbers numbers(rows * 10007 + depth * 101 + columns);
  const AffineCase c(rows, depth, columns, zeros, numbers);
  Matrix<float> sums(rows, padded(columns));
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t k = 0; k < depth; ++k) {
      for (std::size_t o = 0; o < sums.columns(); ++o) sums(n, o) += c.X(n, k) * c.W(k, o);
    }
  }
  Bits bits(c.X);
  for (const Kernels* kernels : targets()) {
    for (const Epilogue& epilogue : kEpilogues) {
      for (const bool with_bias : {true, false}) {
        GuardedMatrix Z = c.Z;
        Prefetch none;
        kernels->sparse_affine(c.X.view(), bits.from(0, 0), c.W.view(), with_bias ? c.bias.data() : nullptr,
                               epilogue, Z.view(), none);
        EXPECT_TRUE(Z.unchanged_outside(Z.view(), c.Z) && bits.guards_intact());
        for (std::size_t n = 0; n < rows; ++n) {
          for (std::size_t o = 0; o < sums.columns(); ++o) {
            ASSERT_EQ(Z(n, o), expected_of(epilogue, sums(n, o) + (with_bias ? c.bias[o] : 0)))
                << kernels->name << ", " << rows << " x " << depth << " x " << columns << ", zeros of kind "
                << static_cast<int>(zeros) << ", row " << n << ", column " << o;
          }
        }
      }
    }
  }
}

TEST(SparseAffine, IsExactOnIntegersForAllRowsAndColumns) {
  for (std::size_t rows = 1; rows <= 33; ++rows) {
    // The depth and the kind of zeros go round.
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      expect_exact_affine(rows, 1 + (rows * 5 + columns * 3) % 41, columns, kEveryKind[(rows + columns) % 6]);
    }
  }
}

TEST(SparseAffine, IsExactOnIntegersForAllDepths) {
  for (std::size_t depth = 0; depth <= 130; ++depth) {
    for (const std::size_t columns : {1u, 16u, 17u, 33u, 64u, 87u}) {
      expect_exact_affine(1 + depth % 21, depth, columns, kEveryKind[(depth + columns) % 6]);
    }
  }
  expect_exact_affine(0, 4, 20, Zeros::kScattered);
}

TEST(SparseAffine, HasTheBitsOfTheDenseProduct) {
  for (const Kernels* kernels : targets()) {
    for (const Zeros zeros : kEveryKind) {
      for (const std::size_t columns : kColumns) {
        for (const std::size_t depth : {1u, 16u, 37u, 150u}) {
          Numbers numbers(columns + depth);
          AffineCase c(21, depth, columns, zeros, numbers);
          c.fill_with_normals(zeros, numbers);
          c.X.fill_padding(0);
          Bits bits(c.X);
          GuardedMatrix dense = c.Z, sparse = c.Z;
          Prefetch none;
          kernels->affine(c.X.view(), c.W.view(), c.bias.data(), {}, dense.view(), none);
          kernels->sparse_affine(c.X.view(), bits.from(0, 0), c.W.view(), c.bias.data(), {}, sparse.view(),
                                 none);
          ASSERT_TRUE(sparse.unchanged_since(dense))
              << kernels->name << ", " << columns << " columns, depth " << depth << ", zeros of kind "
              << static_cast<int>(zeros);
        }
      }
    }
  }
}

TEST(SparseAffine, OfSomeRowsAndBlocksTouchesNothingElse) {
  Numbers numbers(5);
  const AffineCase c(29, 50, 100, Zeros::kScattered, numbers);
  Bits bits(c.X);
  for (const Kernels* kernels : targets()) {
    for (const std::size_t first : {0u, 3u, 16u}) {
      for (const std::size_t count : {0u, 1u, 6u, 13u}) {
        for (const auto& [begin, end] : {std::pair(0u, 1u), std::pair(1u, 4u), std::pair(2u, 7u)}) {
          GuardedMatrix Z = c.Z;
          const auto part = Z.view().rows(first, count).blocks(begin, end);
          Prefetch none;
          kernels->sparse_affine(c.X.view().rows(first, count), bits.from(first, 0),
                                 c.W.view().blocks(begin, end), c.bias.data() + begin * kBlock, {}, part,
                                 none);
          EXPECT_TRUE(Z.unchanged_outside(part, c.Z) && bits.guards_intact());
          for (std::size_t n = first; n < first + count; ++n) {
            for (std::size_t o = begin * kBlock; o < std::min<std::size_t>(100, end * kBlock); ++o) {
              float z = c.bias[o];
              for (std::size_t k = 0; k < 50; ++k) z += c.X(n, k) * c.W(k, o);
              ASSERT_EQ(Z(n, o), z) << kernels->name << ", " << n << ", " << o;
            }
          }
        }
      }
    }
  }
}

TEST(SparseAffine, LeavesOutWhatIsZeroAndNothingElse) {
  constexpr std::size_t kRows = 21, kDepth = 40;
  for (const Kernels* kernels : targets()) {
    for (const std::size_t columns : {10u, 64u, 87u}) {
      for (std::size_t place = 0; place < kDepth; ++place) {
        SCOPED_TRACE(std::string(kernels->name) + ", " + std::to_string(columns) + " columns, input " +
                     std::to_string(place));
        Numbers numbers(place);
        AffineCase c(kRows, kDepth, columns, Zeros::kScattered, numbers);
        const auto product = [&] {
          Bits bits(c.X);
          GuardedMatrix Z = c.Z;
          Prefetch none;
          kernels->sparse_affine(c.X.view(), bits.from(0, 0), c.W.view(), c.bias.data(), {}, Z.view(), none);
          return Z;
        };
        // No row has this input: its weights are not looked at.
        for (std::size_t n = 0; n < kRows; ++n) c.X(n, place) = 0;
        const GuardedMatrix expected = product();
        for (std::size_t o = 0; o < columns; ++o) c.W(place, o) = o % 2 ? kNaN : kInfinity;
        EXPECT_TRUE(product().unchanged_since(expected));
        // One row has it.
        const std::size_t row = place % kRows;
        c.X(row, place) = -1;
        const GuardedMatrix one = product();
        for (std::size_t o = 0; o < columns; ++o) {
          EXPECT_TRUE(o % 2 ? std::isnan(one(row, o)) : one(row, o) == -kInfinity) << o;
        }
        // A NaN and an infinity are inputs that are not zero.
        for (std::size_t o = 0; o < columns; ++o) c.W(place, o) = 1;
        c.X(row, place) = kNaN;
        c.X((row + 9) % kRows, place) = kInfinity;
        const GuardedMatrix both = product();
        for (std::size_t n = 0; n < kRows; ++n) {
          for (std::size_t o = 0; o < columns; ++o) {
            EXPECT_EQ(std::isnan(both(n, o)), n == row) << n << ", " << o;
            EXPECT_EQ(both(n, o) == kInfinity, n == (row + 9) % kRows) << n << ", " << o;
          }
        }
      }
    }
  }
}

TEST(SparseAffine, MayLeaveAMinusZeroWhereTheDenseProductHasAZero) {
  for (const Kernels* kernels : targets()) {
    Numbers numbers(1);
    AffineCase c(3, 5, 20, Zeros::kAll, numbers);
    c.X.fill_padding(0);
    c.W.fill([] { return 1.0f; });
    c.bias.fill(c.W.columns(), [] { return -0.0f; });
    Bits bits(c.X);
    GuardedMatrix dense = c.Z, sparse = c.Z;
    Prefetch none;
    kernels->affine(c.X.view(), c.W.view(), c.bias.data(), {}, dense.view(), none);
    kernels->sparse_affine(c.X.view(), bits.from(0, 0), c.W.view(), c.bias.data(), {}, sparse.view(), none);
    for (std::size_t o = 0; o < 20; ++o) {
      EXPECT_TRUE(dense(0, o) == 0 && !std::signbit(dense(0, o))) << kernels->name;
      EXPECT_TRUE(sparse(0, o) == 0 && std::signbit(sparse(0, o))) << kernels->name;
    }
  }
}
TEST(SparseAffineCoded, HasTheBitsOfTheProductOfWhatTheCodesStandFor) {
  for (const Kernels* kernels : targets()) {
    for (const Zeros zeros : kEveryKind) {
      for (const std::size_t columns : kColumns) {
        for (const std::size_t depth : {1u, 16u, 37u, 150u}) {
          for (const std::size_t rows : {1u, 4u, 21u}) {
            Numbers numbers(columns + depth);
            const CodedCase c(rows, depth, zeros, numbers);
            const GuardedMatrix W = numbers.normals(depth, columns, 3), before(rows, columns, 7);
            Guarded bias(padded(columns), 5);
            bias.fill(columns, [&] { return numbers.normal(); });
            Bits bits(c.X);
            GuardedMatrix floats = before, coded = before;
            Prefetch none;
            const Epilogue& epilogue = kEpilogues[(columns + depth) % kEpilogues.size()];
            kernels->sparse_affine(c.X.view(), bits.from(0, 0), W.view(), bias.data(), epilogue,
                                   floats.view(), none);
            kernels->sparse_affine_coded(c.view(), bits.from(0, 0), W.view(), bias.data(), epilogue,
                                         coded.view(), none);
            ASSERT_TRUE(coded.unchanged_since(floats))
                << kernels->name << ", " << rows << " rows, " << columns << " columns, depth " << depth
                << ", zeros of kind " << static_cast<int>(zeros);
          }
        }
      }
    }
  }
}

TEST(SparseAffine, OverSomeBlocksOfKWhatIsContinuedOrAddedHasTheDenseBits) {
  const Depth every_third{.first = 1, .size = 1, .step = 3}, turns{.first = 2, .size = 2, .step = 8};
  for (const Kernels* kernels : targets()) {
    for (const Zeros zeros : kEveryKind) {
      for (const std::size_t columns : kColumns) {
        for (const Depth& depth : {Depth{}, every_third, turns}) {
          Numbers numbers(columns);
          const CodedCase c(21, 150, zeros, numbers);
          const GuardedMatrix W = numbers.normals(150, columns, 3), before = numbers.normals(21, columns, 7);
          Bits bits(c.X);
          for (Epilogue how : {Epilogue{.continues = true}, Epilogue{.adds = true}, Epilogue{}}) {
            how.depth = depth;
            GuardedMatrix dense = before, floats = before, coded = before;
            Prefetch none;
            kernels->affine(c.X.view(), W.view(), nullptr, how, dense.view(), none);
            kernels->sparse_affine(c.X.view(), bits.from(0, 0), W.view(), nullptr, how, floats.view(), none);
            kernels->sparse_affine_coded(c.view(), bits.from(0, 0), W.view(), nullptr, how, coded.view(),
                                         none);
            ASSERT_TRUE(floats.unchanged_since(dense) && coded.unchanged_since(dense))
                << kernels->name << ", " << columns << " columns, from block " << depth.first
                << ", continues " << how.continues << ", adds " << how.adds;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
