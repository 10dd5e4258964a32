#include "mlp/digest.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

namespace mlp {
namespace {

MultilayerPerceptron network() {
  return MultilayerPerceptron({{.fan_in = 3, .fan_out = 4, .activation = ReLU{}, .dropout = 0.25},
                               {.fan_in = 4, .fan_out = 2, .activation = Softmax{}}});
}

/// The same numbers for any layers.
Parameters parameters_of(const MultilayerPerceptron& network) {
  Parameters parameters(network);
  for (std::size_t i = 0; i < parameters.values().size(); ++i)
    parameters.values()[i] = 0.5f + static_cast<float>(i);
  return parameters;
}

TEST(Digest, IsAFixedText) {
  // As a program in another language computes it.
  EXPECT_EQ(digest(network(), parameters_of(network())), "a0a7cd7363a34f12");
}

TEST(Digest, ChangesWithEveryBitOfEveryParameter) {
  const auto parameters = parameters_of(network());
  std::set<std::string> seen = {digest(network(), parameters)};
  for (std::size_t i = 0; i < parameters.values().size(); ++i) {
    for (int bit = 0; bit < 32; ++bit) {
      auto other = parameters;
      const auto bits = std::bit_cast<std::uint32_t>(other.values()[i]) ^ (std::uint32_t{1} << bit);
      other.values()[i] = std::bit_cast<float>(bits);
      EXPECT_TRUE(seen.insert(digest(network(), other)).second) << i << ", bit " << bit;
    }
  }
}

TEST(Digest, ChangesWithEveryPartOfALayer) {
  const auto changed = [](const std::function<void(std::vector<Layer>&)>& change) {
    const MultilayerPerceptron plain = network();
    std::vector<Layer> layers(plain.layers().begin(), plain.layers().end());
    change(layers);
    const MultilayerPerceptron other(layers);
    return digest(other, parameters_of(other));
  };
  const std::vector<std::string> digests = {
      changed([](auto&) {}),
      changed([](auto& layers) { layers[0].activation = Tanh{}; }),
      changed([](auto& layers) { layers[0].activation = LeakyReLU{.slope = 0.2}; }),
      changed([](auto& layers) { layers[0].activation = LeakyReLU{.slope = 0.3}; }),
      changed([](auto& layers) { layers[0].dropout = std::nextafter(0.25, 1.0); }),
      changed([](auto& layers) { layers[0].initializer = HeNormal{}; }),
      changed([](auto& layers) { layers[1].initializer = HeNormal{}; }),
      // The same number of parameters in other places: 3 x 4 + 4 + 4 x 2 + 2 = 26 = 12 x 2 + 2.
      changed([](auto& layers) { layers = {{.fan_in = 12, .fan_out = 2, .activation = Softmax{}}}; }),
      changed([](auto& layers) { layers = {{.fan_in = 25, .fan_out = 1, .activation = Sigmoid{}}}; }),
  };
  EXPECT_EQ(std::set<std::string>(digests.begin(), digests.end()).size(), digests.size());
  EXPECT_EQ(digests.front(), digest(network(), parameters_of(network())));
}

}  // namespace
}  // namespace mlp
