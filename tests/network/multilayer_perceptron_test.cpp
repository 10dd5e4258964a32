#include "mlp/multilayer_perceptron.h"

#include <gtest/gtest.h>

#include <limits>

#include "mlp/error.h"
#include "support/processor_time.h"
#include "support/usage_error.h"

namespace mlp {
namespace {

using testing_support::usage_error;

constexpr auto kReport = "64:relu,87:relu,72:leaky_relu,10:softmax";

std::string refusal(std::vector<Layer> layers) {
  try {
    MultilayerPerceptron network(std::move(layers));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

std::string complaint(std::string_view text, std::size_t fan_in = 784) {
  return usage_error([&] { parse_network(text, fan_in); }).what;
}

TEST(MultilayerPerceptron, KnowsItsShape) {
  const MultilayerPerceptron network{{{.fan_in = 784, .fan_out = 64, .activation = ReLU{}},
                                      {.fan_in = 64, .fan_out = 10, .activation = Softmax{}}}};
  EXPECT_EQ(network.depth(), 2u);
  EXPECT_EQ(network.fan_in(), 784u);
  EXPECT_EQ(network.fan_out(), 10u);
  EXPECT_EQ(network.parameter_count(), 784u * 64 + 64 + 64 * 10 + 10);
  EXPECT_EQ(network.layer(1).fan_in, 64u);
  EXPECT_THROW(network.layer(2), std::out_of_range);
}

TEST(MultilayerPerceptron, RefusesLayersThatDoNotFit) {
  EXPECT_EQ(refusal({}), "a network needs at least one layer, found none");
  EXPECT_EQ(refusal({{.fan_in = 3, .fan_out = 4}, {.fan_in = 5, .fan_out = 1}}),
            "layer 2: fan_in 5 is not fan_out 4 of layer 1");
  EXPECT_EQ(refusal({{.fan_in = 0, .fan_out = 4}}),
            "layer 1: fan_in 0 is out of range, expected [1, 16777216]");
  EXPECT_EQ(refusal({{.fan_in = 4, .fan_out = 0}}),
            "layer 1: fan_out 0 is out of range, expected [1, 16777216]");
  EXPECT_EQ(refusal({{.fan_in = 4, .fan_out = 16777217}}),
            "layer 1: fan_out 16777217 is out of range, expected [1, 16777216]");
  EXPECT_EQ(refusal({{.fan_in = std::numeric_limits<std::size_t>::max(), .fan_out = 1}}),
            "layer 1: fan_in 18446744073709551615 is out of range, expected [1, 16777216]");
  EXPECT_EQ(refusal({{.fan_in = 4, .fan_out = 1, .activation = LeakyReLU{.slope = 1.5}}}),
            "layer 1: leaky_relu: slope = 1.5 is out of range, expected [0, 1)");
}

TEST(MultilayerPerceptron, RefusesDropoutOutOfRangeOrOnTheLastLayer) {
  const auto with_dropout = [](double first, double last) {
    return refusal(
        {{.fan_in = 2, .fan_out = 3, .dropout = first}, {.fan_in = 3, .fan_out = 1, .dropout = last}});
  };
  EXPECT_EQ(with_dropout(0.999, 0), "");
  EXPECT_EQ(with_dropout(1, 0), "layer 1: dropout 1 is out of range, expected [0, 1)");
  EXPECT_EQ(with_dropout(-0.1, 0), "layer 1: dropout -0.1 is out of range, expected [0, 1)");
  EXPECT_EQ(with_dropout(std::numeric_limits<double>::quiet_NaN(), 0),
            "layer 1: dropout nan is out of range, expected [0, 1)");
  EXPECT_EQ(with_dropout(0, 0.5), "layer 2: dropout 0.5 on the last layer, expected 0");
}

TEST(MultilayerPerceptron, RefusesTooManyLayersOrParameters) {
  const Layer narrow{.fan_in = 1, .fan_out = 1};
  EXPECT_EQ(refusal(std::vector<Layer>(1000, narrow)), "");
  EXPECT_EQ(refusal(std::vector<Layer>(1001, narrow)), "a network has at most 1000 layers, found 1001");
  const std::size_t widest = MultilayerPerceptron::kMaxWidth;
  // All 1000 layers as wide as can be, the largest count there is: 1000 * (2^24 + 1) * 2^24.
  EXPECT_EQ(refusal(std::vector<Layer>(1000, {.fan_in = widest, .fan_out = widest})),
            "a network has at most 8589934592 parameters, found 281474993487872000");
  EXPECT_EQ(refusal({{.fan_in = 511, .fan_out = widest}}), "");  // 512 * 2^24 = 2^33 exactly
  EXPECT_EQ(refusal({{.fan_in = 512, .fan_out = widest}}),
            "a network has at most 8589934592 parameters, found 8606711808");
}

TEST(NetworkText, ReadsTheReportsNetwork) {
  const MultilayerPerceptron expected{{
      {.fan_in = 784, .fan_out = 64, .activation = ReLU{}},
      {.fan_in = 64, .fan_out = 87, .activation = ReLU{}},
      {.fan_in = 87, .fan_out = 72, .activation = LeakyReLU{}},
      {.fan_in = 72, .fan_out = 10, .activation = Softmax{}},
  }};
  EXPECT_EQ(parse_network(kReport, 784), expected);
  EXPECT_EQ(to_string(expected), kReport);
  EXPECT_EQ(expected.parameter_count(), 50240u + 5655 + 6336 + 730);
}

TEST(NetworkText, ReadsBackEveryActivationAndDropout) {
  for (const auto& activation : all_activations()) {
    for (const double dropout : {0.0, 0.2, 0.1 + 0.2, 1e-9}) {
      const MultilayerPerceptron network{
          {{.fan_in = 5, .fan_out = 7, .activation = activation, .dropout = dropout},
           {.fan_in = 7, .fan_out = 2, .activation = ELU{.alpha = 0.7}}}};
      EXPECT_EQ(parse_network(to_string(network), 5), network) << to_string(network);
    }
  }
  EXPECT_EQ(to_string(parse_network("64:relu:0.2,1:linear", 3)), "64:relu:0.2,1:linear");
}

TEST(NetworkText, TakesBlanksAndCaseAsTheyCome) {
  EXPECT_EQ(parse_network("  64 : ReLU ,87:relu,\t72 : Leaky-ReLU,\n10:softmax ", 784),
            parse_network(kReport, 784));
  EXPECT_EQ(parse_network("64 : relu : 0.2, 1 : linear", 3), parse_network("64:relu:0.2,1:linear", 3));
}

TEST(NetworkText, MessagesNameTheLayer) {
  const auto wrong_name = usage_error([] { parse_network("64:relu,87:rellu,10:softmax", 784); });
  EXPECT_EQ(wrong_name.what, "layer 2 (\"87:rellu\"): unknown activation 'rellu'");
  EXPECT_EQ(wrong_name.hint.rfind("did you mean 'relu'? known: linear, relu,", 0), 0u) << wrong_name.hint;

  EXPECT_EQ(complaint("64:relu,10"),
            "layer 2 (\"10\"): expected width:activation or width:activation:dropout, such as 64:relu:0.2");
  EXPECT_EQ(complaint("1:relu:0.1:3"),
            "layer 1 (\"1:relu:0.1:3\"): expected width:activation or width:activation:dropout, such as "
            "64:relu:0.2");
  EXPECT_EQ(complaint("64:relu,,10:softmax"),
            "layer 2 (\"\"): expected width:activation or width:activation:dropout, such as 64:relu:0.2, "
            "found nothing");
  EXPECT_EQ(complaint("relu:64"), "layer 1 (\"relu:64\"): expected a width from 1 to 16777216, found 'relu'");
  EXPECT_EQ(complaint("64:relu:lots"),
            "layer 1 (\"64:relu:lots\"): expected a dropout in [0, 1), found 'lots'");
  EXPECT_EQ(complaint("64:relu:1,1:linear"),
            "layer 1 (\"64:relu:1\"): expected a dropout in [0, 1), found '1'");
  EXPECT_EQ(complaint("64:relu,1:linear:0.5"), "layer 2: dropout 0.5 on the last layer, expected 0");
  EXPECT_EQ(complaint("64:leaky_relu(3)"),
            "layer 1 (\"64:leaky_relu(3)\"): leaky_relu: slope = 3 is out of range, expected [0, 1)");
  EXPECT_EQ(complaint(""), "no layers given, expected such as 64:relu,10:softmax");
  EXPECT_EQ(complaint(" "), "no layers given, expected such as 64:relu,10:softmax");
  EXPECT_EQ(complaint("16777216:relu,16777216:relu", 1),
            "a network has at most 8589934592 parameters, found 281475027042304");
}

TEST(NetworkText, WidthsAreCountsInRange) {
  for (const std::string width : {"0", "-1", "+3", "1.5", "1e3", "0x10", "16777217", "18446744073709551616",
                                  "99999999999999999999999999", ""}) {
    EXPECT_EQ(complaint(width + ":relu"),
              "layer 1 (\"" + width + ":relu\"): expected a width from 1 to 16777216, found '" + width + "'");
  }
  EXPECT_THROW(parse_network("1:relu", 0), std::invalid_argument);  // fan_in is the caller's, not the user's
}

TEST(NetworkText, HostileTextIsRefusedQuickly) {
  const double start = testing_support::processor_seconds();
  const std::size_t megabytes = 64 << 20;
  const auto repeated = [](const std::string& piece, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += piece;
    return text;
  };
  for (const std::string& text :
       {std::string(megabytes, ','), std::string(megabytes, '9'), std::string(megabytes, '('),
        std::string(megabytes, ' '), repeated("1:relu,", 1001) + "1:relu", std::string(200000, '('),
        std::string(200000, ':'), "1:" + std::string(200000, 'r'), "1:relu(" + std::string(200000, ',') + ")",
        "1:relu:" + std::string(200000, '9'), std::string("1:re\0lu", 7), std::string("1:\xff\xfe")}) {
    const auto error = usage_error([&] { parse_network(text, 784); });
    EXPECT_NE(error.what, "") << text.size() << " characters";
    EXPECT_LT(error.what.size(), 300u);
    EXPECT_EQ(error.what.find('\n'), std::string::npos);
  }
  EXPECT_LT(testing_support::processor_seconds() - start, 5.0);
}

TEST(NetworkText, TheLongestNetworkFits) {
  std::vector<Layer> layers(1000, {.fan_in = 1,
                                   .fan_out = 1,
                                   .activation = LeakyReLU{.slope = 0.012345678901234567},
                                   .dropout = 1.2345678901234567e-200});
  layers.back().dropout = 0;
  const MultilayerPerceptron network(layers);
  EXPECT_EQ(parse_network(to_string(network), 1), network);
}

}  // namespace
}  // namespace mlp
