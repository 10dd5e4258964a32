// See dropout.h.
#include "engine/cpu/dropout.h"

#include "network/dropout.h"

namespace mlp::engine {

void apply_dropout(const Member& member, std::size_t i, const StepSettings& settings, const Part& part,
                   kernels::BlockedView<float> values) {
  const Layer& layer = member.layer(i).layer;
  const RandomStream stream = dropout_stream(settings.seed, i, settings.step);
  const std::uint32_t threshold = dropout_threshold(layer.dropout);
  const float scale = static_cast<float>(1.0 / (1.0 - layer.dropout));
  for (std::size_t n = 0; n < values.rows(); ++n) {
    const std::uint64_t first = dropout_index(member.chunk.first_of_whole + part.rows.begin + n,
                                              part.blocks.begin * kernels::kBlock, layer.fan_out);
    for (std::size_t column = 0; column < values.columns(); column += 4) {
      const auto words = stream.block((first + column) / 4);
      for (std::size_t lane = 0; lane < 4; ++lane)
        values(n, column + lane) *= words[lane] < threshold ? 0.0f : scale;
    }
  }
}

}  // namespace mlp::engine
