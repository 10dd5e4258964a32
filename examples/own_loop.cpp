// A training loop and a loss of the caller's: quantile regression, which predicts the value that nine tenths
// of the targets lie below.
#include <mlp/mlp.h>

#include <algorithm>
#include <iostream>

namespace {

constexpr float kQuantile = 0.9f;

}  // namespace

int main() try {
  const auto data = mlp::make_friedman(2'000, 1'000, 1);
  const auto& y = data.train.targets;
  const auto network = mlp::parse_network("32:silu,1:linear", data.train.features());

  mlp::TrainingOptions options{.loss = mlp::MeanAbsoluteError{},
                               .optimizer = mlp::Adam{.learning_rate = 0.01},
                               .schedule = mlp::Cosine{},
                               .epochs = 30,
                               .batch_size = 50,
                               .validation_fraction = 0.1,
                               .standardize = false};  // so that outputs are in the targets' own unit
  // loss_n = q (y - a) above the prediction, (1 - q) (a - y) below it (Koenker and Bassett, 1978).
  options.own_loss = [&](std::span<const std::uint32_t> rows, mlp::ConstMatrixView<float> outputs,
                         std::span<float> losses, mlp::MatrixView<float> gradients) {
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const float above = y(rows[n], 0) - outputs(n, 0);
      losses[n] = std::max(kQuantile * above, (kQuantile - 1) * above);
      gradients(n, 0) = above > 0 ? -kQuantile : 1 - kQuantile;
    }
  };

  mlp::Trainer trainer(network, data.train, options);
  double best = 1e9;
  mlp::Model model = trainer.model();
  for (std::uint64_t epoch = 0; epoch < 30; ++epoch) {
    for (const auto rows : trainer.batches(epoch)) trainer.step(rows);
    const double loss = trainer.evaluate(trainer.validation_rows()).loss;
    if (loss < best) {
      best = loss;
      model = trainer.model();
    }
  }

  const auto predicted = mlp::predict(model, data.test.inputs);
  std::size_t below = 0;
  for (std::size_t n = 0; n < predicted.rows(); ++n) below += data.test.targets(n, 0) < predicted(n, 0);
  const double share = static_cast<double>(below) / static_cast<double>(predicted.rows());
  std::cout << 100 * share << "% of the test targets lie below the predicted quantile of " << 100 * kQuantile
            << "%\n";
  return share > 0.8 && share < 0.97 ? 0 : 1;
} catch (const mlp::Error& error) {
  std::cerr << error.what() << '\n' << error.hint() << '\n';
  return 1;
}
