// Trains the report's network on generated digits, using only the installed headers and library, and saves it
// to the path in the first argument.
#include <mlp/mlp.h>

#include <cstdio>

int main(int argc, char** argv) {
  const mlp::MultilayerPerceptron network{{
      {.fan_in = 28 * 28, .fan_out = 64, .activation = mlp::ReLU{}},
      {.fan_in = 64, .fan_out = 87, .activation = mlp::ReLU{}},
      {.fan_in = 87, .fan_out = 72, .activation = mlp::LeakyReLU{}},
      {.fan_in = 72, .fan_out = 10, .activation = mlp::Softmax{}},
  }};
  const auto data = mlp::make_digits(2000, 500, 1);
  auto trained =
      mlp::train(network, data.train, {.loss = mlp::CrossEntropy{}, .optimizer = mlp::Adam{}, .epochs = 5});
  auto report = mlp::evaluate(trained, data.test);

  if (argc > 1) mlp::save_model(trained, argv[1]);
  const double accuracy = report.classification->accuracy;
  std::printf("mlp %s: accuracy %.3f on %zu test digits\n", mlp::version(), accuracy, report.rows);
  return accuracy > 0.5 ? 0 : 1;  // guessing reaches 0.1
}
