// Affine maps with every epilogue, on sizes around the edges of vectors, blocks and tiles, on parts of larger
// matrices and at unaligned addresses. Over small integers sums must be exact; over other numbers they must
// be the one chain of multiply-adds that kernels.h promises, bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cases.h"

namespace mlp::kernels {
namespace {

using test::Guarded;
using test::GuardedMatrix;
using test::kColumns;
using test::Numbers;
using test::targets;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

const std::vector<Epilogue> kEpilogues = {{.kind = Epilogue::Kind::kNone},
                                          {.kind = Epilogue::Kind::kSlope, .slope = 1},
                                          {.kind = Epilogue::Kind::kSlope, .slope = 0},
                                          {.kind = Epilogue::Kind::kSlope, .slope = 0.25f},
                                          {.kind = Epilogue::Kind::kTimesDerivative, .slope = 0},
                                          {.kind = Epilogue::Kind::kTimesDerivative, .slope = 0.25f}};

/// The epilogue as kernels.h defines it, for a finite z.
float expected_of(const Epilogue& epilogue, float z, float output) {
  switch (epilogue.kind) {
    case Epilogue::Kind::kNone:
      return z;
    case Epilogue::Kind::kSlope:
      return z > 0 ? z : epilogue.slope * z;
    case Epilogue::Kind::kTimesDerivative:
      return z * (output > 0 ? 1.0f : epilogue.slope);
  }
  return 0;
}

struct AffineCase {
  std::size_t rows, depth, columns;
  GuardedMatrix X, W, Z, outputs;
  Guarded bias;

  AffineCase(std::size_t rows_, std::size_t depth_, std::size_t columns_, Numbers& numbers)
      : rows(rows_),
        depth(depth_),
        columns(columns_),
        X(numbers.integers(rows, depth, 1)),
        W(numbers.integers(depth, columns, 3)),
        Z(rows, columns, 7),
        outputs(numbers.integers(rows, columns, 9)),
        bias(padded(columns), 5) {
    X.fill_padding(Guarded::untouched());  // a NaN: what lies behind a row's columns has no part in the sum
    bias.fill(columns, [&] { return numbers.small_integer(); });
  }

  Epilogue with_outputs(Epilogue epilogue) const {
    epilogue.outputs = outputs.view().data();
    return epilogue;
  }
};

std::string described(const Kernels& kernels, const Epilogue& epilogue) {
  return std::string(kernels.name) + ", epilogue " + std::to_string(static_cast<int>(epilogue.kind)) +
         ", slope " + std::to_string(epilogue.slope);
}

/// What sums start from.
enum class Start { kBias, kZero, kBefore };

/// On every target, with every epilogue, from every start.
void expect_exact_affine(std::size_t rows, std::size_t depth, std::size_t columns) {
  Numbers numbers(rows * 10007 + depth * 101 + columns);
  AffineCase c(rows, depth, columns, numbers);
  Matrix<float> sums(rows, padded(columns));
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t k = 0; k < depth; ++k) {
      const float x = c.X(n, k);
      for (std::size_t o = 0; o < sums.columns(); ++o) sums(n, o) += x * c.W(k, o);
    }
  }
  GuardedMatrix before = c.Z;  // what a continued sum starts from
  before.fill([&] { return numbers.small_integer(); });
  for (const Kernels* kernels : targets()) {
    for (const Epilogue& epilogue : kEpilogues) {
      for (const Start start : {Start::kBias, Start::kZero, Start::kBefore}) {
        const bool continues = start == Start::kBefore;
        const GuardedMatrix& was = continues ? before : c.Z;
        GuardedMatrix Z = was;
        Prefetch none;
        Epilogue and_start = c.with_outputs(epilogue);
        and_start.continues = continues;
        kernels->affine(c.X.view(), c.W.view(), start == Start::kZero ? nullptr : c.bias.data(), and_start,
                        Z.view(), none);
        EXPECT_TRUE(Z.unchanged_outside(Z.view(), was));
        for (std::size_t n = 0; n < rows; ++n) {
          for (std::size_t o = 0; o < sums.columns(); ++o) {
            float z = sums(n, o);
            if (start == Start::kBias) z += c.bias[o];
            if (continues) z += before(n, o);  // the bias is in it already
            ASSERT_EQ(Z(n, o), expected_of(epilogue, z, c.outputs(n, o)))
                << rows << " x " << depth << " x " << columns << ", row " << n << ", column " << o << ", "
                << described(*kernels, epilogue) << ", start " << static_cast<int>(start);
          }
        }
      }
    }
  }
}

TEST(Affine, IsExactOnIntegersForAllRowsAndColumns) {
  for (std::size_t rows = 1; rows <= 33; ++rows) {
    // Every number of rows with every number of columns; the depth, by which no tile is cut, cycles.
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      expect_exact_affine(rows, (rows * 5 + columns * 3) % 41, columns);
    }
  }
}

TEST(Affine, IsExactOnIntegersForAllDepths) {
  for (std::size_t depth = 0; depth <= 40; ++depth) {
    for (const std::size_t columns : kColumns) {
      for (const std::size_t rows : {1u, 6u, 7u, 16u, 25u}) expect_exact_affine(rows, depth, columns);
    }
  }
  // Deep products process all rows slice by slice.
  for (const std::size_t depth : {127u, 128u, 129u, 256u, 257u, 400u}) {
    for (const std::size_t columns : {10u, 33u, 64u}) expect_exact_affine(13, depth, columns);
  }
  expect_exact_affine(0, 4, 20);
}

TEST(Affine, EachElementIsOneChainOfMultiplyAddsOverK) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t rows : {1u, 13u, 33u}) {
      for (const std::size_t columns : kColumns) {
        for (const std::size_t depth : {1u, 16u, 37u, 150u}) {
          Numbers numbers(rows * 1000 + columns + depth);
          GuardedMatrix X = numbers.normals(rows, depth, 1), W = numbers.normals(depth, columns, 3),
                        Z(rows, columns, 7);
          std::vector<float> bias(padded(columns));
          std::generate_n(bias.begin(), columns, [&] { return numbers.normal(); });
          Prefetch none;
          kernels->affine(X.view(), W.view(), bias.data(), {}, Z.view(), none);
          for (std::size_t n = 0; n < rows; ++n) {
            for (std::size_t o = 0; o < columns; ++o) {
              float expected = bias[o];
              for (std::size_t k = 0; k < depth; ++k) {
                expected = test::multiply_add(*kernels, X(n, k), W(k, o), expected);
              }
              ASSERT_EQ(Z(n, o), expected) << kernels->name << ", " << rows << " x " << depth << " x "
                                           << columns << ", row " << n << ", column " << o;
            }
          }
        }
      }
    }
  }
}

TEST(Affine, ContinuedOverPartsOfKGivesTheWholesBits) {
  const std::size_t rows = 19, depth = 100;
  for (const Kernels* kernels : targets()) {
    for (const Epilogue& epilogue : kEpilogues) {
      for (const std::size_t columns : {10u, 33u, 64u, 87u}) {
        Numbers numbers(columns);
        AffineCase c(rows, depth, columns, numbers);
        for (GuardedMatrix* matrix : {&c.X, &c.W}) matrix->fill([&] { return numbers.normal(); });
        GuardedMatrix whole = c.Z, parts = c.Z;
        Prefetch none;
        kernels->affine(c.X.view(), c.W.view(), c.bias.data(), c.with_outputs(epilogue), whole.view(), none);
        for (const std::size_t begin : {0u, 2u, 5u}) {
          const std::size_t end = begin == 0 ? 2 : (begin == 2 ? 5 : 7);
          const auto X = c.X.view().blocks(begin, end);
          Epilogue of_part = end == 7 ? c.with_outputs(epilogue) : Epilogue{};
          of_part.continues = begin > 0;
          kernels->affine(X, c.W.view().rows(begin * kBlock, X.columns()), c.bias.data(), of_part,
                          parts.view(), none);
        }
        EXPECT_TRUE(parts.unchanged_since(whole)) << described(*kernels, epilogue) << ", " << columns;
      }
    }
  }
}

TEST(Affine, SumsRunOverTheirBlocksOfKAndMayBeAdded) {
  const std::size_t rows = 19, depth = 16 * 9 + 5;
  const std::vector<Depth> depths = {
      {.first = 0, .size = 1, .step = 1},  {.first = 0, .size = 1, .step = 3},
      {.first = 2, .size = 2, .step = 8},  {.first = 4, .size = 4, .step = 16},
      {.first = 9, .size = 4, .step = 16}, {.first = 12, .size = 4, .step = 16}};
  for (const Kernels* kernels : targets()) {
    for (const Epilogue& epilogue : kEpilogues) {
      for (const Depth& blocks : depths) {
        for (const std::size_t columns : {10u, 33u, 64u, 87u}) {
          Numbers numbers(columns);
          AffineCase c(rows, depth, columns, numbers);
          c.Z.fill([&] { return numbers.small_integer(); });
          for (const bool adds : {false, true}) {
            GuardedMatrix Z = c.Z;
            Prefetch none;
            Epilogue over = c.with_outputs(epilogue);
            over.depth = blocks;
            over.adds = adds;
            kernels->affine(c.X.view(), c.W.view(), adds ? nullptr : c.bias.data(), over, Z.view(), none);
            EXPECT_TRUE(Z.unchanged_outside(Z.view(), c.Z));
            for (std::size_t n = 0; n < rows; ++n) {
              for (std::size_t o = 0; o < columns; ++o) {
                float z = adds ? c.Z(n, o) : c.bias[o];
                for (std::size_t k = 0; k < depth; ++k) {
                  const std::size_t block = k / kBlock;
                  const bool counts =
                      block >= blocks.first && (block - blocks.first) % blocks.step < blocks.size;
                  if (counts) z += c.X(n, k) * c.W(k, o);
                }
                ASSERT_EQ(Z(n, o), expected_of(epilogue, z, c.outputs(n, o)))
                    << described(*kernels, epilogue) << ", " << columns << " columns, from block "
                    << blocks.first << ", adds " << adds;
              }
            }
          }
        }
      }
    }
  }
}

TEST(Affine, WhatIsAddedIsASumOfItsOwn) {
  const std::size_t rows = 7, depth = 40, columns = 20;
  for (const Kernels* kernels : targets()) {
    Numbers numbers(3);
    AffineCase c(rows, depth, columns, numbers);
    for (GuardedMatrix* matrix : {&c.X, &c.W, &c.Z}) matrix->fill([&] { return numbers.normal(); });
    GuardedMatrix alone = c.Z, added = c.Z;
    Prefetch none;
    kernels->affine(c.X.view(), c.W.view(), nullptr, {}, alone.view(), none);
    kernels->affine(c.X.view(), c.W.view(), nullptr, {.adds = true}, added.view(), none);
    for (std::size_t n = 0; n < rows; ++n) {
      for (std::size_t o = 0; o < columns; ++o) {
        ASSERT_EQ(added(n, o), c.Z(n, o) + alone(n, o)) << kernels->name;
      }
    }
  }
}

TEST(AddParts, AddsInOrderThenTheEpilogueAndTouchesNothingElse) {
  for (const Kernels* kernels : targets()) {
    for (const Epilogue& epilogue : kEpilogues) {
      for (const std::size_t columns : kColumns) {
        for (const std::size_t rows : {1u, 2u, 19u}) {
          Numbers numbers(columns + rows);
          std::vector<GuardedMatrix> parts;
          std::vector<ConstBlockedView<float>> views;
          for (int p = 0; p < 3; ++p) {
            parts.emplace_back(rows, columns, 7);
            parts.back().fill([&] { return numbers.normal(); });
          }
          for (const GuardedMatrix& part : parts) views.push_back(part.view());
          AffineCase c(rows, 1, columns, numbers);
          GuardedMatrix Z = c.Z;
          kernels->add_parts(views, c.with_outputs(epilogue), Z.view());
          EXPECT_TRUE(Z.unchanged_outside(Z.view(), c.Z));
          for (std::size_t n = 0; n < rows; ++n) {
            for (std::size_t o = 0; o < columns; ++o) {
              const float z = parts[0](n, o) + parts[1](n, o) + parts[2](n, o);
              ASSERT_EQ(Z(n, o), expected_of(epilogue, z, c.outputs(n, o))) << described(*kernels, epilogue);
            }
          }
        }
      }
    }
  }
}

TEST(Affine, OnPartsGivesTheWholesBitsAndTouchesNothingElse) {
  const std::size_t rows = 40, depth = 50, columns = 150;  // 10 blocks, the last of 6 columns
  for (const Kernels* kernels : targets()) {
    for (const Epilogue& epilogue : kEpilogues) {
      Numbers numbers(1);
      AffineCase c(rows, depth, columns, numbers);
      for (GuardedMatrix* matrix : {&c.X, &c.W, &c.Z}) matrix->fill([&] { return numbers.normal(); });
      GuardedMatrix whole = c.Z;
      Prefetch none;
      kernels->affine(c.X.view(), c.W.view(), c.bias.data(), c.with_outputs(epilogue), whole.view(), none);
      for (std::size_t begin = 0; begin < c.W.view().blocks(); ++begin) {
        for (std::size_t end = begin + 1; end <= c.W.view().blocks(); ++end) {
          const std::size_t first = (begin * 7 + end) % rows, count = (end * 11) % (rows - first + 1);
          SCOPED_TRACE(described(*kernels, epilogue) + ", blocks " + std::to_string(begin) + " to " +
                       std::to_string(end) + ", " + std::to_string(count) + " rows from " +
                       std::to_string(first));
          GuardedMatrix found = c.Z, expected = c.Z;
          const auto part = [&](auto view) { return view.rows(first, count).blocks(begin, end); };
          Epilogue of_part = epilogue;
          of_part.outputs = part(c.outputs.view()).data();
          kernels->affine(c.X.view().rows(first, count), c.W.view().blocks(begin, end),
                          c.bias.data() + begin * kBlock, of_part, part(found.view()), none);
          for (std::size_t n = first; n < first + count; ++n) {
            for (std::size_t o = begin * kBlock; o < end * kBlock; ++o) expected(n, o) = whole(n, o);
          }
          ASSERT_TRUE(found.unchanged_since(expected));
        }
      }
    }
  }
}

TEST(Affine, ANumberThatIsNotFiniteStaysInItsRowOrColumn) {
  for (const Kernels* kernels : targets()) {
    for (const float bad : {std::nanf(""), kInfinity}) {
      Numbers numbers(2);
      AffineCase c(9, 21, 70, numbers);
      c.X(4, 20) = bad;
      c.W.fill([&] { return numbers.positive(); });
      Prefetch none;
      kernels->affine(c.X.view(), c.W.view(), c.bias.data(), {}, c.Z.view(), none);
      for (std::size_t n = 0; n < c.rows; ++n) {
        for (std::size_t o = 0; o < c.columns; ++o)
          ASSERT_EQ(std::isfinite(c.Z(n, o)), n != 4) << n << ", " << o;
      }
      c.X.fill([&] { return numbers.positive(); });
      c.W(3, 65) = bad;
      kernels->affine(c.X.view(), c.W.view(), c.bias.data(), {}, c.Z.view(), none);
      for (std::size_t n = 0; n < c.rows; ++n) {
        for (std::size_t o = 0; o < c.columns; ++o)
          ASSERT_EQ(std::isfinite(c.Z(n, o)), o != 65) << n << ", " << o;
      }
    }
  }
}

TEST(Affine, SlopesKeepNaNsAndInfinities) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t place = 0; place < 16; ++place) {
      const auto result = [&](const Epilogue& epilogue, float z) {
        GuardedMatrix X(1, 1), W(1, 16), Z(1, 16);
        X(0, 0) = 1;
        W.fill([] { return 0.5f; });
        W(0, place) = z;
        Prefetch none;
        kernels->affine(X.view(), W.view(), nullptr, epilogue, Z.view(), none);
        for (std::size_t o = 0; o < 16; ++o) {
          EXPECT_TRUE(o == place || Z(0, o) == 0.5f);
        }
        return Z(0, place);
      };
      const Epilogue relu{.kind = Epilogue::Kind::kSlope, .slope = 0},
          leaky{.kind = Epilogue::Kind::kSlope, .slope = 0.25f};
      EXPECT_TRUE(std::isnan(result(relu, std::nanf(""))));
      EXPECT_TRUE(std::isnan(result(leaky, std::nanf(""))));
      EXPECT_EQ(result(relu, kInfinity), kInfinity);
      EXPECT_EQ(result(leaky, kInfinity), kInfinity);
      EXPECT_EQ(result(relu, -kInfinity), 0);
      EXPECT_EQ(result(leaky, -kInfinity), -kInfinity);
    }
  }
}

TEST(Affine, DerivativesAreOneOnlyWhereTheOutputIsPositive) {
  for (const Kernels* kernels : targets()) {
    const float tiny = std::numeric_limits<float>::min();
    const std::vector<std::pair<float, bool>> outputs = {
        {0.0f, false},     {-0.0f, false},      {tiny, true},          {-tiny, false},
        {kInfinity, true}, {-kInfinity, false}, {std::nanf(""), false}};
    for (const auto& [output, positive] : outputs) {
      std::vector<float> a(16, output), w(16, -8.0f), x = {1}, z(16);
      const Epilogue epilogue{.kind = Epilogue::Kind::kTimesDerivative, .slope = 0.25f, .outputs = a.data()};
      Prefetch none;
      kernels->affine({x.data(), 1, 1, 16}, {w.data(), 1, 16, 16}, nullptr, epilogue, {z.data(), 1, 16, 16},
                      none);
      for (const float found : z)
        EXPECT_EQ(found, positive ? -8.0f : -2.0f) << kernels->name << ", " << output;
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
