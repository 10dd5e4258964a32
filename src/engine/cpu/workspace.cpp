#include "engine/cpu/workspace.h"

#include <algorithm>
#include <utility>

#include "engine/cpu/input_parts.h"
#include "mlp/error.h"

namespace mlp::engine {

std::size_t non_zeros_stride(std::size_t rows) {
  constexpr std::size_t kLine = 64 / sizeof(std::uint16_t);
  return ((rows + kLine - 1) / kLine | 1) * kLine;
}

Workspace::Workspace(const Plan& plan)
    : parameters(plan.packed_size()),
      row_losses(plan.max_batch()),
      row_weights(plan.chunk_rows()),
      non_finite_layers(static_cast<std::size_t>(plan.threads()), plan.layers().size()) {
  const auto chunk_of = [&](std::size_t columns) {
    return kernels::blocks_of(columns) * plan.block_stride();
  };
  input_rows.reserve(plan.max_batch() + plan.chunk_rows());
  const bool training = plan.optimizer().has_value();
  if (training) {
    std::size_t widest = 0;
    for (const LayerPlan& layer : plan.layers()) widest = std::max(widest, layer.layer.fan_out);
    transposed.assign(
        static_cast<std::size_t>(plan.threads()),
        AlignedVector<float>(kernels::BlockedShape{widest, kTransposedBlocks * kernels::kBlock}.size()));
    moments.assign(static_cast<std::size_t>(moment_count(*plan.optimizer())), parameters);
    if (plan.chunk_rows() < plan.max_batch()) gradients.resize(plan.packed_size());
  }
  const bool own_inputs =
      plan.layers().front().share_outputs || plan.first_layer() == FirstLayer::kPartsOfInputs;
  inputs.assign(own_inputs ? static_cast<std::size_t>(plan.threads()) : 1,
                AlignedVector<float>(chunk_of(plan.network().fan_in())));
  if (plan.first_layer() == FirstLayer::kPartsOfInputs) {
    input_sums.assign(kInputParts, AlignedVector<float>(chunk_of(plan.layers().front().layer.fan_out)));
  }
  if (plan.row_sums() != RowSums::kWhole) {
    row_sums.assign(kRowParts, AlignedVector<float>(plan.packed_size() - plan.row_sums_offset()));
  }
  if (plan.gathers_again()) {
    input_blocks.assign(static_cast<std::size_t>(plan.threads()), AlignedVector<float>(chunk_of(1)));
  }
  if (plan.first_layer() == FirstLayer::kCodes) {
    codes.resize(chunk_of(plan.network().fan_in()));
    code_blocks.assign(static_cast<std::size_t>(plan.threads()),
                       AlignedVector<std::uint8_t>(chunk_of(plan.gather_blocks() * kernels::kBlock)));
  }
  allocate_non_zeros(plan);
  allocate_bfloat16(plan);
  targets.resize(chunk_of(plan.network().fan_out()));
  logits.resize(targets.size());
  for (const LayerPlan& layer : plan.layers()) {
    const std::size_t size = chunk_of(layer.layer.fan_out);
    LayerBuffers& buffers = layers.emplace_back();
    buffers.outputs.resize(size);
    if (training) buffers.gradient.resize(size);
    if (training && layer.derivative != Derivative::kOfOutput) buffers.derivative.resize(size);
  }
}

void Workspace::allocate_non_zeros(const Plan& plan) {
  const std::size_t blocks = kernels::blocks_of(plan.network().fan_in());
  const std::size_t rows = non_zeros_stride(plan.gathered_rows());
  const std::size_t again_blocks = plan.first_layer() == FirstLayer::kCodes ? plan.gather_blocks() : 1;
  const std::size_t again = plan.gathers_again() ? non_zeros_stride(plan.chunk_rows()) : 0;
  const auto threads = static_cast<std::size_t>(plan.threads());
  non_zeros.assign(threads, std::vector<std::uint16_t>(std::max(rows * blocks, again * again_blocks)));
  constexpr std::size_t kMostNumbers = std::size_t{1} << 18;  // a megabyte, or more where one list needs it
  const std::size_t least = kernels::least_list_size(std::max(rows, again), plan.network().fan_in());
  const std::size_t wanted = std::min(kernels::kMostLists * least, kMostNumbers);
  lists.assign(threads, std::vector<std::uint32_t>(std::max(least, wanted)));
}

void Workspace::allocate_bfloat16(const Plan& plan) {
  const auto packed = [](std::size_t width, std::size_t depth) {
    return kernels::bfloat16_packed_size(width, depth);
  };
  const std::size_t rows = plan.chunk_rows();
  std::size_t left = 0, right = 0;
  for (const LayerPlan& layer : plan.layers()) {
    if (!layer.bfloat16) continue;
    const auto [fan_in, fan_out] = std::pair(layer.layer.fan_in, layer.layer.fan_out);
    for (const auto& [width, depth] :
         {std::pair(rows, fan_in), std::pair(rows, fan_out), std::pair(fan_in, rows)}) {
      left = std::max(left, packed(std::min(width, kernels::bfloat16_left_rows(depth)), depth));
    }
    right = std::max(right, packed(kernels::kBFloat16Panel, std::max({rows, fan_in, fan_out})));
  }
  if (left == 0) return;
  bfloat16_left.assign(static_cast<std::size_t>(plan.threads()), AlignedVector<std::uint16_t>(left));
  bfloat16_right.assign(static_cast<std::size_t>(plan.threads()), AlignedVector<std::uint16_t>(right));
}

kernels::UpdateBuffers Workspace::buffers_at(std::size_t offset) {
  const auto at = [&](AlignedVector<float>& buffer) {
    return buffer.empty() ? nullptr : buffer.data() + offset;
  };
  return {.parameters = parameters.data() + offset,
          .moment1 = moments.empty() ? nullptr : at(moments[0]),
          .moment2 = moments.size() < 2 ? nullptr : at(moments[1]),
          .gradients = at(gradients)};
}

kernels::BFloat16Scratch Workspace::bfloat16_scratch(std::size_t member) {
  return {.left = bfloat16_left[member].data(), .right = bfloat16_right[member].data()};
}

void Workspace::load(const Plan& plan, const Parameters& from, const std::vector<Parameters>& from_moments) {
  require(from_moments.size() == moments.size() || from_moments.empty(),
          "Workspace::load: the moments are not this optimizer's");
  plan.pack(from, parameters.data());
  for (std::size_t i = 0; i < from_moments.size(); ++i) plan.pack(from_moments[i], moments[i].data());
}

}  // namespace mlp::engine
