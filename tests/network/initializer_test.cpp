#include "mlp/initializer.h"

#include <gtest/gtest.h>

namespace mlp {
namespace {

TEST(Initializer, EachActivationHasItsDefault) {
  const Initializer he = HeNormal{}, glorot = GlorotUniform{}, lecun = LeCunNormal{};
  const std::vector<std::pair<Activation, Initializer>> defaults = {
      {Linear{}, glorot},  {ReLU{}, he},     {LeakyReLU{}, he}, {Tanh{}, glorot},
      {Sigmoid{}, glorot}, {Softplus{}, he}, {Mish{}, he},      {GELU{}, he},
      {SiLU{}, he},        {ELU{}, he},      {SELU{}, lecun},   {Softmax{}, glorot},
  };
  ASSERT_EQ(defaults.size(), std::variant_size_v<Activation>);
  for (std::size_t i = 0; i < defaults.size(); ++i) {
    EXPECT_EQ(defaults[i].first.index(), i);
    EXPECT_EQ(default_initializer(defaults[i].first), defaults[i].second) << to_string(defaults[i].first);
  }
}

}  // namespace
}  // namespace mlp
