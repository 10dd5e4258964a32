// A checkpoint: a training state and the model it belongs to, as one safetensors file.
//
// Tensors: layers.N.weight / .bias, moments.M.layers.N..., best.layers.N...; the rest as JSON in the
// metadata. Doubles are stored so that they come back bit for bit.
#pragma once

#include <filesystem>
#include <string>

#include "mlp/export.h"
#include "mlp/file_layer.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

struct Checkpoint {
  MultilayerPerceptron network;
  TrainingState state;
  /// A text of the caller's choice: what must be equal for a resumed run to be the same run.
  std::string fingerprint;
};

/// Whole or not at all (temporary file, fsync, rename, fsync of the folder). Throws FileError.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path,
                     const FileLayer& files = FileLayer());

/// The same, but keeps the checkpoint that was there as previous_version(path) of mlp/atomic_file.h,
/// "checkpoint.previous.safetensors", in case `path` is damaged later.
void save_checkpoint_keeping_previous(const Checkpoint& checkpoint, const std::filesystem::path& path,
                                      const FileLayer& files = FileLayer());

/// Throws FileError naming file, position, what was expected and what was found.
Checkpoint load_checkpoint(const std::filesystem::path& path);

struct NewestCheckpoint {
  Checkpoint checkpoint;
  std::filesystem::path path;  ///< the file it was in
  std::string problem;         ///< why it is not the file asked for; empty where it is
};

/// The checkpoint in `path` or, where that is missing or damaged, the one in previous_version(path). Throws
/// FileError when neither can be read.
NewestCheckpoint load_newest_checkpoint(const std::filesystem::path& path);

}  // namespace mlp
