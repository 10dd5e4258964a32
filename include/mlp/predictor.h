// Prediction again and again with one model: everything is prepared once, so that a row costs microseconds.
//
//   mlp::Predictor predictor(model);
//   predictor.predict(image, probabilities);   // one row; allocates nothing
#pragma once

#include <memory>
#include <span>
#include <string>

#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/matrix.h"
#include "mlp/model.h"

namespace MLP_EXPORT mlp {

struct PredictorOptions {
  std::size_t max_rows = 1024;  ///< the most rows worked on at a time, 1 to 1,048,576; memory grows with it
  int threads = 1;              ///< at most 1024; 0: as many as help with max_rows rows
  std::string target = {};      ///< CPU target ("avx2", ...); empty: the best this CPU has
};

/// One Predictor a thread: it holds the memory that a call works in, and predict() throws std::logic_error
/// while another thread is in it, rather than mix the two up. The threads share the Model, which nothing here
/// changes: load it once, let each thread make its Predictor of it. (Each keeps a copy of the parameters in
/// the engine's own layout, so that the Model may go afterwards.) A Predictor that was moved from can only be
/// assigned to or destroyed.
class Predictor {
 public:
  /// Throws UsageError for an unknown target, std::invalid_argument for other options out of range.
  explicit Predictor(const Model& model, const PredictorOptions& options = {});
  ~Predictor();
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;

  std::size_t fan_in() const;
  std::size_t fan_out() const;

  /// Raw inputs [fan_in], in the model's input_units, to the network's outputs [fan_out]: class probabilities
  /// (or whatever the last layer gives), or targets in their unit; the bits of mlp::predict (for an ensemble
  /// the mean of its members' outputs). Throws std::invalid_argument naming both sizes where they do not fit.
  /// Allocates nothing.
  void predict(std::span<const float> input, std::span<float> output);
  void predict(std::span<const std::uint8_t> input, std::span<float> output);

  /// The same for rows [N, fan_in] to [N, fan_out], any number of them.
  void predict(ConstMatrixView<float> inputs, MatrixView<float> outputs);
  void predict(ConstMatrixView<std::uint8_t> inputs, MatrixView<float> outputs);

  /// The same for rows [first, first + outputs.rows()) of `inputs`, in memory or mapped.
  void predict(const Inputs& inputs, std::size_t first, MatrixView<float> outputs);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mlp
