// A checkpoint: a training state and the model it belongs to, as one safetensors file.
//
// Tensors: layers.N.weight / .bias, moments.M.layers.N..., best.layers.N...; the rest as JSON in the
// metadata. Doubles are stored so that they come back bit for bit.
#pragma once

#include <filesystem>
#include <string>

#include "mlp/train.h"

namespace mlp {

struct Checkpoint {
  MultilayerPerceptron network;
  TrainingState state;
  /// What must be equal for a resumed run to be the same run: see training_fingerprint().
  std::string fingerprint;
};

/// Whole or not at all (temporary file, fsync, rename, fsync of the folder). Throws FileError.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path);
Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace mlp
