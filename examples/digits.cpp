// Needs no files: draws digits, learns to read them, saves the model, and reads one digit with the saved
// model.
#include <mlp/mlp.h>

#include <algorithm>
#include <iostream>

int main() {
  const auto data = mlp::make_digits(10'000, 2'000, /*seed=*/1);

  const mlp::MultilayerPerceptron network{{
      {.fan_in = 28 * 28, .fan_out = 64, .activation = mlp::ReLU{}, .dropout = 0.1},
      {.fan_in = 64, .fan_out = 10, .activation = mlp::Softmax{}},
  }};
  const auto trained = mlp::train(network, data.train, {.loss = mlp::CrossEntropy{}, .epochs = 5});
  std::cout << "accuracy " << mlp::evaluate(trained, data.test).classification->accuracy << "\n";

  mlp::save_model(trained, "digits.safetensors");
  const auto model = mlp::load_model("digits.safetensors");

  const auto probabilities = mlp::predict(model, data.test.inputs);
  const auto first = probabilities.row(0);
  const auto read = std::max_element(first.begin(), first.end()) - first.begin();
  std::cout << "the first test digit is a " << data.test.labels[0] << ", read as a " << read << "\n";
}
