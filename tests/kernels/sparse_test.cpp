// The products that skip zeros, and the bits that mark the zeros for them: exact over small integers, the
// dense products' bits over other numbers, on sizes around the edges of vectors, blocks and tiles, on parts
// of larger matrices and at unaligned addresses; with scattered zeros, in whole rows and columns, nowhere,
// everywhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/cases.h"
#include "kernels/update_rules.h"
#include "kernels/weight_case.h"

namespace mlp::kernels {
namespace {

using test::Guarded;
using test::GuardedMatrix;
using test::kColumns;
using test::Numbers;
using test::targets;
using test::WeightCase;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::nanf("");

enum class Zeros { kNone, kScattered, kClusters, kWholeRows, kWholeColumns, kAll };
constexpr Zeros kEveryKind[] = {Zeros::kNone,      Zeros::kScattered,    Zeros::kClusters,
                                Zeros::kWholeRows, Zeros::kWholeColumns, Zeros::kAll};

/// Puts zeros into X, and nowhere else: an integer that happens to be 0 becomes 1.
void make_zeros(GuardedMatrix& X, Zeros kind, Numbers& numbers) {
  const auto often = [&] { return numbers.positive() > 0.5f; };  // about 7 in 10
  std::vector<bool> rows(X.rows()), columns(X.columns());
  for (std::size_t n = 0; n < X.rows(); ++n) rows[n] = often();
  for (std::size_t i = 0; i < X.columns(); ++i) columns[i] = often();
  for (std::size_t n = 0; n < X.rows(); ++n) {
    bool cluster = often();
    for (std::size_t i = 0; i < X.columns(); ++i) {
      if (i % 7 == 0) cluster = often();
      const bool zero = (kind == Zeros::kScattered && often()) || (kind == Zeros::kClusters && cluster) ||
                        (kind == Zeros::kWholeRows && rows[n]) ||
                        (kind == Zeros::kWholeColumns && columns[i]) || kind == Zeros::kAll;
      X(n, i) = zero ? 0.0f : (X(n, i) == 0 ? 1.0f : X(n, i));
    }
  }
}

/// The bits of X's elements that are not zero, between guard zones; with room for more rows than X has.
class Bits {
 public:
  explicit Bits(const GuardedMatrix& X)
      : rows_(X.rows()),
        blocks_(blocks_of(X.columns())),
        stride_(padded(X.rows()) + kBlock),
        bits_(kGuard + blocks_ * stride_ + kGuard, kPattern),
        list_(kGuard + lists_of(X) * least_list_size(X.rows(), X.columns()) + kGuard, kPattern) {
    std::fill(bits_.begin() + kGuard, bits_.end() - kGuard, std::uint16_t{0});
    for (std::size_t n = 0; n < X.rows(); ++n) {
      for (std::size_t i = 0; i < X.columns(); ++i) {
        if (X(n, i) != 0) at(i / kBlock, n) |= static_cast<std::uint16_t>(1u << i % kBlock);
      }
    }
  }

  NonZeros from(std::size_t row, std::size_t block) {
    return {.bits = &at(block, row),
            .stride = stride_,
            .list = list_.data() + kGuard,
            .list_size = list_.size() - 2 * kGuard};
  }
  std::uint16_t& at(std::size_t block, std::size_t row) { return bits_[kGuard + block * stride_ + row]; }
  std::size_t stride() const { return stride_; }

  void forget() { std::fill(bits_.begin(), bits_.end(), kPattern); }
  bool guards_intact() const {
    const auto intact = [](const auto& memory) {
      const auto untouched = [](auto word) { return word == kPattern; };
      return std::all_of(memory.begin(), memory.begin() + kGuard, untouched) &&
             std::all_of(memory.end() - kGuard, memory.end(), untouched);
    };
    return intact(bits_) && intact(list_);
  }
  static bool is_untouched(std::uint16_t word) { return word == kPattern; }

 private:
  /// Room for one list, for a few, or for more than are ever used at a time, depending on X's size.
  static std::size_t lists_of(const GuardedMatrix& X) {
    constexpr std::size_t kLists[] = {1, 2, 3, 5, kMostLists, kMostLists + 1};
    return kLists[(X.rows() + X.columns()) % std::size(kLists)];
  }

  static constexpr std::ptrdiff_t kGuard = 64;
  static constexpr std::uint16_t kPattern = 0xbeef;

  std::size_t rows_, blocks_, stride_;
  std::vector<std::uint16_t> bits_;
  std::vector<std::uint32_t> list_;
};

// --- Z = X W + b ------------------------------------------------------------------------------------------

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
    // The depth and the kind of zeros cycle.
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
        // The input is zero in every row: its weights are not read.
        for (std::size_t n = 0; n < kRows; ++n) c.X(n, place) = 0;
        const GuardedMatrix expected = product();
        for (std::size_t o = 0; o < columns; ++o) c.W(place, o) = o % 2 ? kNaN : kInfinity;
        EXPECT_TRUE(product().unchanged_since(expected));
        // In one row it is not.
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

// --- dW = X^T dZ ------------------------------------------------------------------------------------------

/// Storing dW on every target, anew and as a continued sum, with an L2 term of 2 W.
void expect_exact_gradient(std::size_t batch, std::size_t fan_in, std::size_t fan_out, Zeros zeros) {
  SCOPED_TRACE(std::to_string(batch) + " rows, " + std::to_string(fan_in) + " x " + std::to_string(fan_out) +
               ", zeros of kind " + std::to_string(static_cast<int>(zeros)));
  Numbers numbers(batch * 10007 + fan_in * 101 + fan_out);
  WeightCase before(batch, fan_in, fan_out, numbers);
  make_zeros(before.X, zeros, numbers);
  const Matrix<float> sums = before.sums();
  Bits bits(before.X);
  for (const Kernels* kernels : targets()) {
    for (const bool continues : {false, true}) {
      WeightCase c = before;
      Prefetch none;
      kernels->sparse_weight_step(
          c.X.view(), bits.from(0, 0), c.dZ.view(),
          {.kind = UpdateRule::Kind::kStore, .continues = continues, .keep = 0.5f, .l2 = 2.0f}, c.buffers(),
          c.block_stride(), none);
      EXPECT_TRUE(bits.guards_intact());
      EXPECT_TRUE(c.parameters.unchanged_since(before.parameters)) << "storing must not update";
      EXPECT_TRUE(c.moment1.unchanged_since(before.moment1) && c.moment2.unchanged_since(before.moment2));
      EXPECT_TRUE(c.gradients.unchanged_outside(c.gradients.view(), before.gradients));
      for (std::size_t i = 0; i < fan_in; ++i) {
        for (std::size_t o = 0; o < padded(fan_out); ++o) {
          const float start = continues ? before.gradients(i, o) : 0;
          ASSERT_EQ(c.gradients(i, o), start + sums(i, o) + 2 * before.parameters(i, o))
              << kernels->name << (continues ? ", continued, " : ", ") << i << ", " << o;
        }
      }
    }
  }
}

TEST(SparseWeightStep, GradientsAreExactOnIntegersForAllInputsAndOutputs) {
  for (std::size_t fan_in = 1; fan_in <= 34; ++fan_in) {
    for (std::size_t fan_out = 1; fan_out <= 130; ++fan_out) {
      expect_exact_gradient((fan_in * 3 + fan_out) % 9, fan_in, fan_out, kEveryKind[(fan_in + fan_out) % 6]);
    }
  }
  for (std::size_t fan_in = 35; fan_in <= 130; ++fan_in) {
    expect_exact_gradient(5, fan_in, 1 + fan_in * 7 % 130, kEveryKind[fan_in % 6]);
  }
}

TEST(SparseWeightStep, GradientsAreExactOnIntegersForAllBatches) {
  for (std::size_t batch = 0; batch <= 70; ++batch) {
    for (const std::size_t fan_out : {1u, 16u, 17u, 33u, 64u, 87u, 130u}) {
      expect_exact_gradient(batch, 1 + batch % 33, fan_out, kEveryKind[(batch + fan_out) % 6]);
    }
  }
}

TEST(SparseWeightStep, HasTheBitsOfTheDenseStepByEveryRule) {
  auto kinds = test::kUpdateKinds;
  kinds.push_back(UpdateRule::Kind::kStore);
  for (const Kernels* kernels : targets()) {
    for (const Zeros zeros : kEveryKind) {
      for (const std::size_t fan_out : kColumns) {
        for (const auto kind : kinds) {
          for (const bool continues : {false, true}) {
            const std::size_t fan_in = 1 + (fan_out * 3 + static_cast<std::size_t>(kind)) % 37;
            Numbers numbers(fan_out * 100 + fan_in);
            WeightCase c(37, fan_in, fan_out, numbers);
            c.fill_with_normals(numbers);
            make_zeros(c.X, zeros, numbers);
            Bits bits(c.X);
            WeightCase dense = c, sparse = c;
            UpdateRule rule = test::rule_of(kind);
            rule.continues = continues;
            Prefetch none;
            kernels->weight_step(c.X.view(), c.dZ.view(), rule, dense.buffers(), c.block_stride(), none);
            kernels->sparse_weight_step(c.X.view(), bits.from(0, 0), c.dZ.view(), rule, sparse.buffers(),
                                        c.block_stride(), none);
            for (std::size_t b = 0; b < 4; ++b) {
              for (std::size_t block = 0; block < blocks_of(fan_out); ++block) {
                const auto of = [&](const WeightCase& w) {
                  return std::span(std::as_const(*w.all_buffers()[b]).view().block(block), fan_in * kBlock);
                };
                ASSERT_TRUE(test::same_bits(of(sparse), of(dense)))
                    << kernels->name << ", buffer " << b << ", " << fan_in << " x " << fan_out << ", kind "
                    << static_cast<int>(kind) << ", zeros of kind " << static_cast<int>(zeros);
              }
            }
          }
        }
      }
    }
  }
}

TEST(SparseWeightStep, PaddingRowsOfZerosStayZeros) {
  for (const Kernels* kernels : targets()) {
    for (const auto kind : test::kUpdateKinds) {
      for (const std::size_t fan_in : {1u, 3u, 9u, 13u, 23u}) {
        Numbers numbers(fan_in);
        WeightCase c(20, fan_in, 35, numbers);
        for (GuardedMatrix* buffer : c.all_buffers()) {
          for (std::size_t i = fan_in; i < padded(fan_in); ++i) {
            for (std::size_t o = 0; o < padded(35); ++o) (*buffer)(i, o) = 0;
          }
        }
        Bits bits(c.X);
        Prefetch none;
        kernels->sparse_weight_step(c.X.view(), bits.from(0, 0), c.dZ.view(), test::rule_of(kind),
                                    c.buffers(), c.block_stride(), none);
        for (const GuardedMatrix* buffer : std::as_const(c).all_buffers()) {
          for (std::size_t i = fan_in; i < padded(fan_in); ++i) {
            for (std::size_t o = 0; o < padded(35); ++o) ASSERT_EQ((*buffer)(i, o), 0) << kernels->name;
          }
        }
      }
    }
  }
}

TEST(SparseWeightStep, OfSomeBlocksTouchesNothingElse) {
  Numbers numbers(9);
  WeightCase before(19, 70, 100, numbers);
  make_zeros(before.X, Zeros::kScattered, numbers);
  const Matrix<float> sums = before.sums();
  Bits bits(before.X);
  for (const Kernels* kernels : targets()) {
    for (const auto& [row_begin, row_end] : {std::pair(0u, 1u), std::pair(1u, 3u), std::pair(2u, 5u)}) {
      for (const auto& [begin, end] : {std::pair(0u, 7u), std::pair(1u, 4u), std::pair(6u, 7u)}) {
        WeightCase c = before;
        Prefetch none;
        kernels->sparse_weight_step(c.X.view().blocks(row_begin, row_end), bits.from(0, row_begin),
                                    c.dZ.view().blocks(begin, end), {.kind = UpdateRule::Kind::kStore},
                                    c.buffers(row_begin, begin), c.block_stride(), none);
        const auto part =
            c.gradients.view().rows(row_begin * kBlock, (row_end - row_begin) * kBlock).blocks(begin, end);
        EXPECT_TRUE(c.gradients.unchanged_outside(part, before.gradients) && bits.guards_intact());
        for (std::size_t i = row_begin * kBlock; i < std::min<std::size_t>(70, row_end * kBlock); ++i) {
          for (std::size_t o = begin * kBlock; o < std::min<std::size_t>(100, end * kBlock); ++o) {
            ASSERT_EQ(c.gradients(i, o), sums(i, o)) << kernels->name << ", " << i << ", " << o;
          }
        }
      }
    }
  }
}

TEST(SparseWeightStep, LeavesOutWhatIsZeroAndNothingElse) {
  constexpr std::size_t kRows = 37, kInputs = 40;
  for (const Kernels* kernels : targets()) {
    for (const std::size_t outputs : {10u, 64u, 87u}) {
      for (std::size_t row = 0; row < kRows; ++row) {
        SCOPED_TRACE(std::string(kernels->name) + ", " + std::to_string(outputs) + " outputs, row " +
                     std::to_string(row));
        Numbers numbers(row);
        WeightCase before(kRows, kInputs, outputs, numbers);
        make_zeros(before.X, Zeros::kScattered, numbers);
        const auto gradients = [&] {
          WeightCase c = before;
          Bits bits(c.X);
          Prefetch none;
          kernels->sparse_weight_step(c.X.view(), bits.from(0, 0), c.dZ.view(),
                                      {.kind = UpdateRule::Kind::kStore}, c.buffers(), c.block_stride(),
                                      none);
          return c.gradients;
        };
        // A row of zeros: its dZ is not read.
        for (std::size_t i = 0; i < kInputs; ++i) before.X(row, i) = 0;
        const GuardedMatrix expected = gradients();
        for (std::size_t o = 0; o < outputs; ++o) before.dZ(row, o) = o % 2 ? kNaN : kInfinity;
        EXPECT_TRUE(gradients().unchanged_since(expected));
        const std::size_t input = row;
        before.X(row, input) = -1;
        const GuardedMatrix one = gradients();
        for (std::size_t o = 0; o < outputs; ++o) {
          EXPECT_TRUE(o % 2 ? std::isnan(one(input, o)) : one(input, o) == -kInfinity) << o;
        }
        for (std::size_t o = 0; o < outputs; ++o) before.dZ(row, o) = 1;
        before.X(row, input) = kNaN;
        const GuardedMatrix both = gradients();
        for (std::size_t i = 0; i < kInputs; ++i) {
          for (std::size_t o = 0; o < outputs; ++o) EXPECT_EQ(std::isnan(both(i, o)), i == input) << i;
        }
      }
    }
  }
}

// --- Inputs in codes --------------------------------------------------------------------------------------

/// Values that codes stand for: 7 is zero, the others are random numbers.
std::vector<float> some_values(Numbers& numbers) {
  std::vector<float> values(256);
  for (float& value : values) value = numbers.normal();
  values[7] = 0;
  return values;
}

/// X as codes, and as the floats they stand for.
struct CodedCase {
  std::vector<float> values;
  GuardedMatrix X;
  std::size_t stride;  ///< of the codes' blocks
  std::vector<std::uint8_t> codes;

  CodedCase(std::size_t rows, std::size_t columns, Zeros zeros, Numbers& numbers)
      : values(some_values(numbers)),
        X(numbers.integers(rows, columns, 1)),
        stride(rows * kBlock + 5),
        codes(blocks_of(columns) * stride, 7) {
    make_zeros(X, zeros, numbers);
    X.fill_padding(0);
    for (std::size_t n = 0; n < rows; ++n) {
      for (std::size_t i = 0; i < columns; ++i) {
        const auto code = static_cast<std::uint8_t>(X(n, i) == 0 ? 7 : 8 + (n * 37 + i * 11) % 248);
        codes[i / kBlock * stride + n * kBlock + i % kBlock] = code;
        X(n, i) = values[code];
      }
    }
  }
  CodedView view() const { return {{codes.data(), X.rows(), X.columns(), stride}, values.data()}; }
};

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

TEST(SparseWeightStepCoded, HasTheBitsOfTheStepOnWhatTheCodesStandFor) {
  for (const Kernels* kernels : targets()) {
    for (const Zeros zeros : kEveryKind) {
      for (const std::size_t fan_out : kColumns) {
        for (const bool continues : {false, true}) {
          const std::size_t fan_in = 1 + fan_out * 3 % 37;
          Numbers numbers(fan_out * 100 + fan_in);
          const CodedCase coded(37, fan_in, zeros, numbers);
          WeightCase c(37, fan_in, fan_out, numbers);
          c.fill_with_normals(numbers);
          Bits bits(coded.X);
          WeightCase on_floats = c, on_codes = c;
          UpdateRule rule = test::rule_of(UpdateRule::Kind::kAdam);
          rule.continues = continues;
          Prefetch none;
          kernels->sparse_weight_step(coded.X.view(), bits.from(0, 0), c.dZ.view(), rule, on_floats.buffers(),
                                      c.block_stride(), none);
          kernels->sparse_weight_step_coded(coded.view(), bits.from(0, 0), c.dZ.view(), rule,
                                            on_codes.buffers(), c.block_stride(), none);
          for (std::size_t b = 0; b < 4; ++b) {
            ASSERT_TRUE(on_codes.all_buffers()[b]->unchanged_since(*on_floats.all_buffers()[b]))
                << kernels->name << ", buffer " << b << ", " << fan_in << " x " << fan_out
                << ", zeros of kind " << static_cast<int>(zeros);
          }
        }
      }
    }
  }
}

TEST(GatherCodes, CopiesRowsByIndexAndTellsWhereTheyAreNotZero) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      const std::size_t count = 1 + columns % 11, row_stride = columns + 3;
      // No more memory than the last row needs: a sanitizer sees reads beyond it.
      std::vector<std::uint8_t> stored(5 * row_stride + columns);
      for (std::size_t i = 0; i < stored.size(); ++i) stored[i] = static_cast<std::uint8_t>(i * 7 % 13);
      const ConstMatrixView<std::uint8_t> rows(stored.data(), 6, columns, row_stride);
      std::vector<std::uint32_t> index;
      for (std::uint32_t n = 0; n < count; ++n) index.push_back(n * 5 % 6);
      constexpr std::uint8_t kZero = 4, kUntouched = 0xa5;
      const std::size_t stride = count * kBlock + 9, blocks = blocks_of(columns);
      std::vector<std::uint8_t> out(blocks * stride, kUntouched);
      const GuardedMatrix shape(count, columns);
      Bits bits(shape);
      bits.forget();
      kernels->gather_codes(rows, index, kZero, {out.data(), count, columns, stride}, bits.from(0, 0));
      EXPECT_TRUE(bits.guards_intact());
      for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t n = 0; n < count; ++n) {
          for (std::size_t c = 0; c < kBlock; ++c) {
            const std::size_t i = block * kBlock + c;
            const std::uint8_t expected = i < columns ? rows(index[n], i) : kZero;
            ASSERT_EQ(out[block * stride + n * kBlock + c], expected) << kernels->name << ", " << columns;
            ASSERT_EQ(bits.at(block, n) >> c & 1, expected != kZero) << kernels->name << ", " << columns;
          }
        }
        for (std::size_t behind = count * kBlock; behind < stride; ++behind) {
          ASSERT_EQ(out[block * stride + behind], kUntouched) << kernels->name << ", " << columns;
        }
        for (std::size_t n = count; n < bits.stride(); ++n) {
          ASSERT_TRUE(Bits::is_untouched(bits.at(block, n))) << kernels->name << ", " << columns;
        }
      }
    }
  }
}

// --- Where zeros are --------------------------------------------------------------------------------------

void gather(const Kernels& kernels, ConstMatrixView<float> rows, std::span<const std::uint32_t> index,
            const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros) {
  kernels.gather_floats(rows, index, scaling, out, non_zeros);
}
void gather(const Kernels& kernels, ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index,
            const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros) {
  kernels.gather_bytes(rows, index, scaling, out, non_zeros);
}

/// Rows of a larger matrix, to rows and blocks of a larger matrix, with bits and without.
template <class T>
void expect_bits(const Kernels& kernels, std::size_t columns, bool uniform) {
  SCOPED_TRACE(std::string(kernels.name) + ", " + std::to_string(columns) + " columns, " +
               (uniform ? "uniform " : "by column ") + (std::is_same_v<T, float> ? "floats" : "bytes"));
  Numbers numbers(columns);
  Matrix<T> stored(6, columns + 5);
  for (T& x : stored.values()) x = static_cast<T>(std::abs(numbers.small_integer()));
  const ConstMatrixView<T> rows(stored.data() + 2, stored.rows(), columns, stored.columns());
  std::vector<float> shift(uniform ? 1 : columns), scale(shift.size());
  for (float& x : shift) x = std::abs(numbers.small_integer());  // so that zeros come from other numbers too
  for (float& x : scale) x = numbers.normal();
  const GatherScaling scaling{shift.data(), scale.data(), uniform};
  const std::vector<std::uint32_t> index = {4, 0, 4, 5, 1, 2, 3};

  const GuardedMatrix before(index.size() + 3, kBlock + columns, 1);
  GuardedMatrix with = before, without = before;
  const auto part = with.view().rows(2, index.size()).blocks(1, with.view().blocks());
  Bits bits(before);
  bits.forget();
  gather(kernels, rows, index, scaling, part, bits.from(2, 1));
  gather(kernels, rows, index, scaling,
         without.view().rows(2, index.size()).blocks(1, without.view().blocks()), {});
  EXPECT_TRUE(with.unchanged_since(without));
  EXPECT_TRUE(bits.guards_intact());
  std::size_t zeros = 0;
  for (std::size_t block = 0; block <= part.blocks(); ++block) {
    for (std::size_t row = 0; row < bits.stride(); ++row) {
      if (block == 0 || row < 2 || row >= 2 + index.size()) {
        ASSERT_TRUE(Bits::is_untouched(bits.at(block, row))) << block << ", " << row;
        continue;
      }
      for (std::size_t c = 0; c < kBlock; ++c) {
        const std::size_t i = (block - 1) * kBlock + c;
        const bool zero =
            i >= columns ||
            (static_cast<float>(rows(index[row - 2], i)) - shift[uniform ? 0 : i]) * scale[uniform ? 0 : i] ==
                0;
        zeros += zero;
        ASSERT_EQ(bits.at(block, row) >> c & 1, zero ? 0 : 1) << "row " << row - 2 << ", column " << i;
      }
    }
  }
  EXPECT_GT(zeros, 0u);
}

TEST(NonZeros, AreToldByGatherForAllColumns) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      for (const bool uniform : {true, false}) {
        expect_bits<std::uint8_t>(*kernels, columns, uniform);
        expect_bits<float>(*kernels, columns, uniform);
      }
    }
  }
}

TEST(NonZeros, CountNaNsInfinitiesAndTheSmallestNumberButNoMinusZero) {
  const float zero = 0, one = 1;
  for (const Kernels* kernels : targets()) {
    for (std::size_t place = 0; place < 20; ++place) {
      const std::vector<float> values = {kNaN, kInfinity, -kInfinity, std::numeric_limits<float>::min(),
                                         -0.0f};
      Matrix<float> rows(values.size(), 20);
      for (std::size_t n = 0; n < values.size(); ++n) rows(n, place) = values[n];
      GuardedMatrix out(values.size(), 20);
      Bits bits(out);
      bits.forget();
      kernels->gather_floats(rows, std::vector<std::uint32_t>{0, 1, 2, 3, 4}, {&zero, &one, true}, out.view(),
                             bits.from(0, 0));
      for (std::size_t n = 0; n < values.size(); ++n) {
        for (std::size_t block = 0; block < 2; ++block) {
          const bool here = place / kBlock == block && n < 4;
          EXPECT_EQ(bits.at(block, n), here ? 1u << place % kBlock : 0u) << kernels->name << ", row " << n;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
