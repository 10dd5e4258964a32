// The arguments of training, which train() and Trainer share.
#pragma once

#include <nanobind/nanobind.h>

#include <memory>
#include <optional>
#include <vector>

#include "keywords.h"
#include "mlp/train.h"

namespace mlp::python {

namespace nb = nanobind;

/// train()'s options. They refer to a model and a function that are kept here, so that this must stay where
/// it is while they are in use.
class TrainingArguments {
 public:
  /// Takes what is known from the keywords. Throws TypeError, UsageError.
  explicit TrainingArguments(Keywords& keywords);
  TrainingArguments(const TrainingArguments&) = delete;
  TrainingArguments& operator=(const TrainingArguments&) = delete;

  const TrainingOptions& options() const { return options_; }

 private:
  TrainingOptions options_;
  std::shared_ptr<const Model> init_;
  nb::object own_loss_;
};

/// The parameters of `train` and `Trainer` in stubs and help.
#define MLP_TRAINING_PARAMETERS                                                                    \
  "loss: str | None = None, optimizer: str = 'adam', learning_rate: float | None = None, "         \
  "schedule: str = 'constant', epochs: int = 10, batch_size: int = 64, l2: float = 0.0, "          \
  "clip_norm: float = 0.0, validation_fraction: float = 0.0, validation_seed: int | None = None, " \
  "early_stopping: int = 0, standardize: bool = True, seed: int = 1, threads: int = 0, "           \
  "target: str = '', precision: str = 'float32', examples: int = 8, sparse_inputs: str = 'auto', " \
  "init: Model | None = None, keep_preprocessing: bool = True, "                                   \
  "own_loss: collections.abc.Callable[[numpy.ndarray, numpy.ndarray], "                            \
  "tuple[numpy.typing.ArrayLike, numpy.typing.ArrayLike]] | None = None"

}  // namespace mlp::python
