// Miles per gallon from seven numbers about a car, predicted by a linear layer and by a deeper network:
// example_auto_mpg DATA_DIR, the folder that has auto-mpg/auto-mpg.data.
#include <mlp/mlp.h>

#include <iostream>

namespace {

void learn(const char* name, const mlp::MultilayerPerceptron& network, const mlp::DataSplit& data) {
  const auto trained = mlp::train(network, data.train,
                                  {.loss = mlp::SquaredError{},
                                   .optimizer = mlp::Adam{.learning_rate = 0.01},
                                   .schedule = mlp::Cosine{},
                                   .epochs = 100,
                                   .batch_size = 32});
  const auto error = mlp::evaluate(trained, data.test).regression.value();
  std::cout << name << "  RMSE " << error.rmse << " mpg  MAE " << error.mae << " mpg  R2 " << error.r2
            << "\n";
}

}  // namespace

int main(int argc, char** argv) try {
  const auto data = mlp::load_auto_mpg({.directories = {argc > 1 ? argv[1] : "data"}}, /*seed=*/1);

  learn("linear", mlp::MultilayerPerceptron{{{.fan_in = 7, .fan_out = 1}}}, data);
  learn("64-64 ", mlp::parse_network("64:relu,64:relu,1:linear", 7), data);
} catch (const mlp::Error& error) {
  std::cerr << error.what() << "\n" << error.hint() << "\n";
  return 1;
}
