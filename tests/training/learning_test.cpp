// That training learns: problems whose solution is known.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "kernels/bfloat16.h"
#include "training/toy.h"

namespace mlp {
namespace {

TEST(Learning, ExclusiveOr) {
  Dataset dataset{.inputs = Matrix<float>(4, 2, {0, 0, 0, 1, 1, 0, 1, 1}),
                  .targets = Matrix<float>(4, 1, {0, 1, 1, 0})};
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Trained trained = train(parse_network("8:tanh,1:sigmoid", 2), dataset,
                                  {.loss = BinaryCrossEntropy{},
                                   .optimizer = Adam{.learning_rate = 0.05},
                                   .epochs = 500,
                                   .batch_size = 4,
                                   .seed = seed});
    const Matrix<float> outputs = predict(trained, dataset.inputs);
    for (std::size_t n = 0; n < 4; ++n)
      EXPECT_NEAR(outputs(n, 0), dataset.targets(n, 0), 0.05) << "seed " << seed;
  }
}

TEST(Learning, EveryOptimizerLearnsTheToyClasses) {
  const Dataset dataset = test::toy_classes(600, 6, 2);
  const Dataset unseen = test::toy_classes(1600, 6, 2);
  for (const Optimizer& optimizer : all_optimizers()) {
    const Trained trained = train(parse_network("16:relu,2:softmax", 6), dataset,
                                  {.optimizer = optimizer, .epochs = 30, .batch_size = 16});
    // One label in sixteen is wrong: more than 94% cannot be reached.
    EXPECT_GT(evaluate(trained, unseen).classification->accuracy, 0.87) << to_string(optimizer);
  }
}

TEST(Learning, FriedmanToNearItsNoise) {
  const DataSplit data = make_friedman(1500, 500, 1);
  const Trained trained = train(parse_network("64:relu,64:relu,1:linear", 10), data.train,
                                {.loss = MeanSquaredError{},
                                 .optimizer = Adam{.learning_rate = 0.005},
                                 .schedule = OneCycle{},
                                 .epochs = 60,
                                 .batch_size = 32});
  // The noise's variance is 1; a linear function leaves more than 6.
  EXPECT_LT(evaluate(trained, data.test).regression->mse, 2.5);
}

TEST(Learning, DrawnDigits) {
  const DataSplit data = make_digits(3000, 500, 1);
  const Trained trained = train(parse_network("64:relu,87:relu,72:leaky_relu,10:softmax", 784), data.train,
                                {.loss = CrossEntropy{0.02},
                                 .optimizer = AdamW{.learning_rate = 0.004},
                                 .schedule = OneCycle{},
                                 .epochs = 5,
                                 .batch_size = 64});
  EXPECT_GT(evaluate(trained, data.test).classification->accuracy, 0.85);
}

TEST(Learning, DrawnDigitsInBFloat16AsInFloat32) {
  if (kernels::available_bfloat16_kernels().empty()) {
    std::puts("this CPU has no instructions for bfloat16: nothing to test");
    return;
  }
  const DataSplit data = make_digits(3000, 2000, 1);
  const auto accuracy = [&](Precision precision) {
    double sum = 0;
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
      const Trained trained = train(parse_network("128:relu,64:relu,10:softmax", 784), data.train,
                                    {.optimizer = AdamW{.learning_rate = 0.003},
                                     .schedule = OneCycle{},
                                     .epochs = 6,
                                     .batch_size = 64,
                                     .seed = seed,
                                     .precision = precision});
      sum += evaluate(trained, data.test).classification->accuracy;
    }
    return sum / 3;
  };
  const double float32 = accuracy(Precision::kFloat32);
  EXPECT_GT(float32, 0.85);
  EXPECT_NEAR(accuracy(Precision::kBFloat16), float32, 0.01);
}

TEST(Learning, RealMnistPassesNinetyFivePercentInTwoEpochs) {
  const auto source = test::real_data();
  if (!source) return;
  const DataSplit data = load_mnist(*source);
  const Trained trained = train(parse_network("64:relu,87:relu,72:leaky_relu,10:softmax", 784), data.train,
                                {.loss = CrossEntropy{0.02},
                                 .optimizer = AdamW{.learning_rate = 0.006, .beta2 = 0.99},
                                 .schedule = OneCycle{},
                                 .epochs = 2,
                                 .batch_size = 128});
  EXPECT_GT(evaluate(trained, data.test).classification->accuracy, 0.95);
}

}  // namespace
}  // namespace mlp
