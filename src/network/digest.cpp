// digest(): the content hash of layers and parameters.
#include "mlp/digest.h"

#include <bit>

#include "core/content_hash.h"
#include "network/digest_of.h"

namespace mlp {

std::string digest_of(const MultilayerPerceptron& network, const std::vector<const Parameters*>& parameters) {
  ContentHash hash;
  hash.add(network.depth());
  for (const Layer& layer : network.layers()) {
    hash.add(layer.fan_in);
    hash.add(layer.fan_out);
    hash.add(to_string(layer.activation));
    hash.add(std::bit_cast<std::uint64_t>(layer.dropout));
    hash.add(layer.initializer ? to_string(*layer.initializer) : "");
  }
  for (const Parameters* each : parameters) hash.add(each->values());
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[hash.value() >> shift & 15];
  return text;
}

std::string digest(const MultilayerPerceptron& network, const Parameters& parameters) {
  return digest_of(network, {&parameters});
}

}  // namespace mlp
