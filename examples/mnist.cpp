// The report's network on MNIST: example_mnist DATA_DIR, the folder that has
// mnist/train-images-idx3-ubyte.gz, ...
#include <mlp/mlp.h>

#include <iostream>

namespace {

// Prints the result of each epoch as training goes on.
struct Printer : mlp::TrainingObserver {
  bool on_epoch(const mlp::EpochRecord& epoch, const mlp::TrainingState&) override {
    std::cout << "epoch " << epoch.epoch << "  loss " << epoch.train_loss << "  validation loss "
              << epoch.validation_loss << "  accuracy " << epoch.validation_metric << std::endl;
    return true;  // false would stop training here and keep the model so far
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto data = mlp::load_mnist({.directories = {argc > 1 ? argv[1] : "data"}});

  const mlp::MultilayerPerceptron network{{
      {.fan_in = 28 * 28, .fan_out = 64, .activation = mlp::ReLU{}},
      {.fan_in = 64, .fan_out = 87, .activation = mlp::ReLU{}},
      {.fan_in = 87, .fan_out = 72, .activation = mlp::LeakyReLU{}},
      {.fan_in = 72, .fan_out = 10, .activation = mlp::Softmax{}},
  }};
  Printer printer;
  const auto trained =
      mlp::train(network, data.train,
                 {.loss = mlp::CrossEntropy{.label_smoothing = 0.02},
                  .optimizer = mlp::AdamW{.learning_rate = 0.006, .beta2 = 0.99, .weight_decay = 0.5},
                  .schedule = mlp::OneCycle{},
                  .epochs = 30,
                  .batch_size = 128,
                  .validation_fraction = 0.1},
                 &printer);

  std::cout << "test accuracy " << mlp::evaluate(trained, data.test).classification->accuracy << "\n";
  mlp::draw_loss_curves({mlp::loss_curve(trained.history(), "mnist")}, "MNIST", "cross entropy",
                        {"mnist.svg"});
} catch (const mlp::Error& error) {
  std::cerr << error.what() << "\n" << error.hint() << "\n";
  return 1;
}
