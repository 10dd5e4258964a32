// The text that names a network's layers ("64:relu,10:softmax"): what is accepted keeps to the bounds of a
// network, and written and read again is the same network. The first byte is the number of inputs.
#include "fuzz/fuzz.h"
#include "mlp/multilayer_perceptron.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  fuzz::Input input(data, size);
  const std::size_t fan_in = 1 + std::size_t{input.byte()};
  const auto network = fuzz::accepted([&] { return parse_network(input.rest(), fan_in); });
  if (!network) return 0;
  fuzz::expect(network->fan_in() == fan_in, "the first layer takes the inputs");
  fuzz::expect(network->depth() <= MultilayerPerceptron::kMaxLayers, "layers are bounded");
  fuzz::expect(network->parameter_count() <= MultilayerPerceptron::kMaxParameters, "parameters are bounded");
  const auto text = to_string(*network);
  fuzz::expect_plain_line(text.substr(0, 2000));
  fuzz::expect(parse_network(text, fan_in) == *network, "what is written is read back");
  return 0;
}
