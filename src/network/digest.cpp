// digest(): the content hash of layers and parameters.
#include "mlp/digest.h"

#include <bit>

#include "core/content_hash.h"

namespace mlp {

namespace {

ContentHash hash_of(const MultilayerPerceptron& network, const Parameters& parameters) {
  ContentHash hash;
  hash.add(network.depth());
  for (const Layer& layer : network.layers()) {
    hash.add(layer.fan_in);
    hash.add(layer.fan_out);
    hash.add(to_string(layer.activation));
    hash.add(std::bit_cast<std::uint64_t>(layer.dropout));
    hash.add(layer.initializer ? to_string(*layer.initializer) : "");
  }
  hash.add(parameters.values());
  return hash;
}

std::string hexadecimal(const ContentHash& hash) {
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[hash.value() >> shift & 15];
  return text;
}

}  // namespace

std::string digest(const MultilayerPerceptron& network, const Parameters& parameters) {
  return hexadecimal(hash_of(network, parameters));
}

std::string digest(const Model& model) {
  ContentHash hash = hash_of(model.network, model.parameters);
  for (const auto& member : model.more_members) hash.add(member.parameters.values());
  return hexadecimal(hash);
}

}  // namespace mlp
