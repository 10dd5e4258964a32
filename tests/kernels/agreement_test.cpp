// The same bits on every target with fused multiply-add, from every kernel.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <iostream>

#include "core/random.h"
#include "kernels/activation_grid.h"
#include "kernels/cases.h"
#include "kernels/update_rules.h"
#include "kernels/weight_case.h"

namespace mlp::kernels {
namespace {

using test::GuardedMatrix;
using test::kColumns;
using test::Numbers;
using test::WeightCase;

/// Results in the order they were computed.
class Results {
 public:
  void keep(std::span<const float> values) { values_.insert(values_.end(), values.begin(), values.end()); }
  /// Every element, padding columns included.
  void keep(const GuardedMatrix& matrix) {
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
      for (std::size_t column = 0; column < padded(matrix.columns()); ++column) {
        values_.push_back(matrix(row, column));
      }
    }
  }
  const std::vector<float>& values() const { return values_; }

 private:
  std::vector<float> values_;
};

Results products(const Kernels& kernels) {
  Results results;
  Numbers numbers(1);
  Prefetch none;
  for (const std::size_t columns : kColumns) {
    for (const std::size_t rows : {1u, 19u, 33u}) {
      const GuardedMatrix X = numbers.normals(rows, 23, 1), W = numbers.normals(23, columns, 3),
                          outputs = numbers.normals(rows, columns, 5);
      std::vector<float> bias(padded(columns));
      std::generate_n(bias.begin(), columns, [&] { return numbers.normal(); });
      using Kind = Epilogue::Kind;
      for (const Epilogue& epilogue :
           {Epilogue{}, Epilogue{.kind = Kind::kSlope, .slope = 0},
            Epilogue{.kind = Kind::kSlope, .slope = 0.01f},
            Epilogue{.kind = Kind::kTimesDerivative, .slope = 0.01f, .outputs = outputs.view().data()}}) {
        GuardedMatrix Z(rows, columns, 7);
        kernels.affine(X.view(), W.view(), bias.data(), epilogue, Z.view(), none);
        results.keep(Z);
        kernels.affine(X.view(), W.view(), nullptr, epilogue, Z.view(), none);
        results.keep(Z);
      }
    }
    const GuardedMatrix from = numbers.normals(32, columns);
    GuardedMatrix to(padded(columns), 32);
    kernels.transpose(from.view(), to.view());
    results.keep(to);
  }
  return results;
}

Results updates(const Kernels& kernels) {
  Results results;
  Numbers numbers(2);
  Prefetch none;
  for (const std::size_t columns : kColumns) {
    for (const UpdateRule::Kind kind : test::kKinds) {
      for (const bool continues : {false, true}) {
        WeightCase c(19, 23, columns, numbers);
        c.fill_with_normals(numbers);
        UpdateRule rule = test::rule_of(kind);
        rule.continues = continues;
        kernels.weight_step(c.X.view(), c.dZ.view(), rule, c.buffers(), c.block_stride(), none);
        const auto keep = [&](const GuardedMatrix& matrix) {
          GuardedMatrix rows(23, columns);  // without the padding rows, which tiles may or may not reach
          for (std::size_t row = 0; row < 23; ++row) {
            for (std::size_t column = 0; column < padded(columns); ++column)
              rows(row, column) = matrix(row, column);
          }
          results.keep(rows);
        };
        for (const GuardedMatrix* buffer : c.all_buffers()) keep(*buffer);
        kernels.bias_step(c.dZ.view(), rule, c.buffers());
        for (const GuardedMatrix* buffer : c.all_buffers()) keep(*buffer);
        rule.gradient_scale = 0.3f;
        kernels.update(rule, true, c.buffers(), 16 * kBlock);
        for (const GuardedMatrix* buffer : c.all_buffers()) keep(*buffer);
      }
    }
  }
  return results;
}

Results activations(const Kernels& kernels) {
  Results results;
  // Random bits as well as the grid: every exponent there is.
  std::vector<float> z = test::activation_grid();
  const RandomStream bits(5, RandomPurpose::kTest);
  while (z.size() < 40000) {
    const float any = std::bit_cast<float>(bits.bits(z.size()));
    z.push_back(std::isfinite(any) ? any : 1.0f);
  }
  const auto view = [](std::vector<float>& values) {
    return BlockedView<float>(values.data(), values.size() / kBlock, kBlock, values.size());
  };
  for (const Activation& activation : all_activations()) {
    std::vector<float> inputs = z, values = z, derivative(z.size());
    kernels.activate(activation, view(values), derivative.data());
    results.keep(values);
    results.keep(derivative);
    kernels.multiply(view(values), view(derivative));
    results.keep(values);
    for (const float slope : {0.0f, 0.2f}) {
      kernels.multiply_by_derivative_of_output(slope, view(inputs), view(derivative));
      results.keep(derivative);
    }
  }
  return results;
}

Results losses(const Kernels& kernels) {
  Results results;
  Numbers numbers(3);
  for (std::size_t columns = 1; columns <= 130; ++columns) {
    const std::size_t rows = 5;
    const GuardedMatrix z = numbers.normals(rows, columns, 1);
    GuardedMatrix p = z, y = numbers.integers(rows, columns, 3), gradient(rows, columns, 5);
    kernels.softmax(p.view());
    results.keep(p);
    std::vector<float> weights(rows), row_losses(rows);
    for (float& w : weights) w = numbers.positive();
    kernels.cross_entropy(z.view(), p.view(), y.view(), {.keep = 0.9f, .add = 0.01f}, weights.data(), 0.3f,
                          row_losses.data(), gradient.view().data());
    results.keep(row_losses);
    results.keep(gradient);
  }
  return results;
}

Results gathers(const Kernels& kernels) {
  Results results;
  Numbers numbers(4);
  for (const std::size_t columns : kColumns) {
    Matrix<std::uint8_t> bytes(3, columns);
    for (std::size_t i = 0; i < bytes.values().size(); ++i) {
      bytes.values()[i] = static_cast<std::uint8_t>(i * 37);
    }
    Matrix<float> floats(3, columns), scaling(2, columns);
    for (float& x : floats.values()) x = numbers.normal();
    for (float& x : scaling.values()) x = numbers.normal();
    const std::vector<std::uint32_t> index = {2, 1, 0};
    for (const bool uniform : {true, false}) {
      GuardedMatrix out(3, columns, 1);
      kernels.gather_bytes(bytes, index, {scaling.row(0).data(), scaling.row(1).data(), uniform}, out.view(),
                           {});
      results.keep(out);
      kernels.gather_floats(floats, index, {scaling.row(0).data(), scaling.row(1).data(), uniform},
                            out.view(), {});
      results.keep(out);
    }
  }
  return results;
}

void expect_agreement(const std::function<Results(const Kernels&)>& compute) {
  std::vector<const Kernels*> fused;
  for (const Kernels* kernels : test::targets()) {
    if (test::fuses(*kernels)) fused.push_back(kernels);
  }
  if (fused.size() < 2) {
    std::cout << "nothing to compare: this CPU runs " << fused.size() << " targets with fused multiply-add\n";
    return;
  }
  const Results expected = compute(*fused.front());
  for (const Kernels* kernels : fused) {
    const Results found = compute(*kernels);
    ASSERT_EQ(found.values().size(), expected.values().size());
    for (std::size_t i = 0; i < found.values().size(); ++i) {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(found.values()[i]),
                std::bit_cast<std::uint32_t>(expected.values()[i]))
          << kernels->name << " and " << fused.front()->name << ", number " << i << ": " << found.values()[i]
          << " and " << expected.values()[i];
    }
  }
}

TEST(Agreement, Products) { expect_agreement(products); }
TEST(Agreement, Updates) { expect_agreement(updates); }
TEST(Agreement, Activations) { expect_agreement(activations); }
TEST(Agreement, SoftmaxAndCrossEntropy) { expect_agreement(losses); }
TEST(Agreement, Gathers) { expect_agreement(gathers); }

}  // namespace
}  // namespace mlp::kernels
