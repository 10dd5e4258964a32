// What a graph does, in terms of networks: each stage makes a matrix [N, width] of that of the one before.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "files/onnx/column_scaling.h"
#include "mlp/model.h"
#include "mlp/onnx.h"

namespace mlp {

using Constant = std::shared_ptr<const OnnxTensor>;

struct Stage {
  enum class Kind { kInput, kUnits, kScaling, kDense, kActivation, kMean };

  Kind kind = Kind::kInput;
  std::vector<std::size_t> from = {};  ///< the stages before; kMean has several
  std::size_t width = 0;               ///< 0: not known (of the input)
  ColumnScaling scaling = {};          ///< kUnits, kScaling
  Constant weight = {};                ///< kDense: [fan_in, fan_out], or turned round
  bool transposed = false;
  bool mirrored = false;             ///< kDense: of one column z two are made, -z and z
  Constant bias = {};                ///< kDense: fan_out numbers, or one; or none
  Activation activation = Linear{};  ///< kActivation
};

/// What was found in a graph.
struct Findings {
  std::vector<Stage> stages;
  std::size_t last = 0;                  ///< the stage that is the output
  bool has_label = false;                ///< whether it says which class is the best
  std::vector<std::string> class_names;  ///< empty: the graph has none
};

/// Throws FileError "where: node ..." for whatever is not understood.
Findings read_stages(const OnnxGraph& graph, const std::string& where);

/// The networks, scalings and units that these stages are. Throws FileError.
Model model_of_stages(const Findings& findings, const std::string& where);

/// The numbers of a tensor; empty where it has texts.
std::vector<double> numbers_of(const OnnxTensor& tensor);
std::size_t count_of(const OnnxTensor& tensor);

}  // namespace mlp
