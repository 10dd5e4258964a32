// Follows a graph from its input, node by node. Whatever has a row for each example is known as a stage and a
// function of one number that was applied to it, given by samples; once something else follows than such a
// function, it is recognised and becomes stages of its own.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "core/overloaded.h"
#include "files/onnx/constants.h"
#include "files/onnx/function_samples.h"
#include "files/onnx/operators.h"
#include "files/onnx/stages.h"
#include "mlp/error.h"
#include "network/text.h"

namespace mlp {

namespace {

constexpr std::size_t kMostNodes = 100'000;

/// f of the columns of a stage.
struct Rows {
  std::size_t stage = 0;
  Samples samples = sample_points();                      ///< of f
  std::optional<ColumnScaling> affine = ColumnScaling{};  ///< f itself, where it is no more than that
  bool flat = true;                                       ///< [N, width], not [N, ..., ...]

  bool untouched() const { return samples == sample_points(); }
};

/// The number of the best column of a stage, or its name.
struct Label {
  std::size_t stage = 0;
};

using Value = std::variant<Constant, Rows, Label>;

class Reader {
 public:
  Reader(const OnnxGraph& graph, const std::string& where) : graph_(graph), where_(where) {}

  Findings read() {
    check();
    add_input();
    for (const auto& node : graph_.nodes) {
      node_ = &node;
      apply();
    }
    node_ = nullptr;
    find_output();
    return std::move(findings_);
  }

 private:
  [[noreturn]] void fail(const std::string& problem, const std::string& hint = {}) const {
    const std::string place = node_ == nullptr
                                  ? ""
                                  : "node " + quote(node_->name.empty() ? first_output() : node_->name) +
                                        " (" + quote(node_->op) + "): ";
    throw FileError(where_ + ": " + place + problem, hint);
  }
  [[noreturn]] void fail_not_understood() const {
    fail("this is no part of a feed-forward network that mlp can read",
         "a network of Gemm, MatMul, Add and activations is; see docs/onnx.md for what else");
  }
  std::string first_output() const { return node_->outputs.empty() ? "" : node_->outputs.front(); }

  void check() const {
    if (graph_.nodes.size() > kMostNodes)
      fail("expected at most " + std::to_string(kMostNodes) + " nodes, found " +
           std::to_string(graph_.nodes.size()));
    if (!graph_.opsets.contains("") && !graph_.opsets.contains("ai.onnx"))
      fail("it does not say of which version its operators are");
    for (const auto& [domain, version] : graph_.opsets) {
      if (domain.empty() && (version < 7 || version > 30))
        fail("expected operators of a version from 7 to 30, found " + std::to_string(version));
    }
  }

  std::int64_t opset() const {
    const auto found = graph_.opsets.find("");
    return found == graph_.opsets.end() ? 17 : found->second;
  }

  void add_input() {
    for (const auto& tensor : graph_.initializers) {
      values_[tensor.name] = Constant(&tensor, [](const OnnxTensor*) {});  // the graph's own
      budget_ += count_of(tensor);
    }
    const OnnxValue* input = nullptr;
    for (const auto& value : graph_.inputs) {
      if (values_.contains(value.name)) continue;  // an initializer by the rules of earlier versions
      if (input != nullptr)
        fail("it has more than one input: " + quote(input->name) + ", " + quote(value.name),
             "only networks whose inputs are one matrix can be read; of a table keep the model file itself");
      input = &value;
    }
    if (input == nullptr) fail("it has no input");
    if (input->type != OnnxType::kFloat && input->type != OnnxType::kDouble)
      fail("the input " + quote(input->name) + " is not of float or double numbers");
    if (input->shape.size() < 2)
      fail("the input " + quote(input->name) + " has no row for each example: expected [N, I]");
    batch_ = input->shape.front();
    in_double_ = input->type == OnnxType::kDouble;
    std::size_t width = 1;
    for (std::size_t i = 1; i < input->shape.size(); ++i) {
      const std::int64_t size = input->shape[i];
      width = size <= 0 || static_cast<std::size_t>(size) > MultilayerPerceptron::kMaxWidth
                  ? 0
                  : width * static_cast<std::size_t>(size);
      if (width == 0 || width > MultilayerPerceptron::kMaxWidth) {
        width = 0;
        break;
      }
    }
    findings_.stages.push_back({.kind = Stage::Kind::kInput, .width = width});
    values_[input->name] = Rows{.stage = 0, .flat = input->shape.size() == 2};
  }

  Stage& stage(std::size_t index) { return findings_.stages[index]; }
  std::size_t add(Stage stage) {
    findings_.stages.push_back(std::move(stage));
    return findings_.stages.size() - 1;
  }

  const Value& input(std::size_t index) const {
    if (index >= node_->inputs.size() || node_->inputs[index].empty()) fail("an input is missing");
    const auto found = values_.find(node_->inputs[index]);
    if (found == values_.end())
      fail("its input " + quote(node_->inputs[index]) + " comes from nowhere before it");
    return found->second;
  }
  bool has_input(std::size_t index) const {
    return index < node_->inputs.size() && !node_->inputs[index].empty();
  }
  const Rows* rows(std::size_t index) const { return std::get_if<Rows>(&input(index)); }
  const Constant* constant(std::size_t index) const { return std::get_if<Constant>(&input(index)); }
  Rows required_rows(std::size_t index) const {
    if (const auto* value = rows(index)) return *value;
    fail_not_understood();
  }
  Constant required_constant(std::size_t index) const {
    if (const auto* value = constant(index)) return *value;
    fail_not_understood();
  }

  void set(Value value) {
    if (node_->outputs.empty()) fail("it has no output");
    for (std::size_t i = 1; i < node_->outputs.size();
         ++i)  // masks of Dropout and the like, which nothing reads
      if (!node_->outputs[i].empty() && node_->op != "Dropout") fail("it has more than one output");
    if (!values_.emplace(node_->outputs.front(), std::move(value)).second)
      fail("its output " + quote(node_->outputs.front()) + " is there already");
  }

  /// The stage that these rows are, once their function is a stage of its own. The value `name` is that stage
  /// from now on.
  std::size_t sealed(const std::string& name) {
    const Rows value = std::get<Rows>(values_.at(name));
    if (value.untouched()) return value.stage;
    if (!std::ranges::all_of(value.samples, [](double f) { return std::isfinite(f); }))
      fail("what is computed up to its input " + quote(name) + " is not finite");
    const auto [place, is_new] = sealed_.try_emplace({value.stage, value.samples}, value.stage);
    if (is_new) place->second = function_stage(name, value);
    values_.at(name) = Rows{.stage = place->second, .flat = value.flat};
    return place->second;
  }

  /// A new stage for the function of these rows.
  std::size_t function_stage(const std::string& name, const Rows& value) {
    if (value.affine) return add_scaling(value.stage, *value.affine);
    const auto known = recognised(value.samples);
    if (!known)
      fail("what is computed up to its input " + quote(name) + " is no activation that mlp knows",
           "docs/activations.md lists the activations");
    const std::size_t result = add({.kind = Stage::Kind::kActivation,
                                    .from = {value.stage},
                                    .width = stage(value.stage).width,
                                    .activation = known->activation});
    if (known->factor == 1 && known->offset == 0) return result;
    return add_scaling(result, {{-known->offset / known->factor}, {known->factor}});
  }

  std::size_t add_scaling(std::size_t from, const ColumnScaling& scaling) {
    if (!scaling.usable()) fail("it scales by zero, or by what is no finite number");
    return add(
        {.kind = Stage::Kind::kScaling, .from = {from}, .width = stage(from).width, .scaling = scaling});
  }

  void apply() {
    const OnnxNode& node = *node_;
    const bool machine_learning = node.domain == "ai.onnx.ml";
    if (!node.domain.empty() && node.domain != "ai.onnx" && !machine_learning) fail_not_understood();
    if (machine_learning) {
      if (node.op == "Scaler") return apply_scaler();
      if (node.op == "ZipMap") return apply_zip_map();
      if (node.op == "ArrayFeatureExtractor") return apply_names();
      fail_not_understood();
    }
    if (fold()) return;
    if (node.op == "Identity" || node.op == "Dropout") return set(input(0));
    if (node.op == "Cast") return apply_cast();
    if (node.op == "Gemm") return apply_gemm();
    if (node.op == "MatMul") return apply_matmul();
    if (node.op == "Softmax") return apply_softmax();
    if (node.op == "BatchNormalization") return apply_batch_normalization();
    if (node.op == "Mean") return apply_mean();
    if (node.op == "Concat") return apply_mirror();
    if (node.op == "Flatten" || node.op == "Reshape" || node.op == "Squeeze" || node.op == "Unsqueeze")
      return apply_shape();
    if (node.op == "Shape") return apply_shape_of();
    if (node.op == "ArgMax") return apply_arg_max();
    if (node.op == "Gather") return apply_names();
    if (node.op == "Clip") return apply_clip();
    if (node.op == "Where") return apply_where();
    if (const auto function = function_of(node)) return apply_function(*function);
    if (const auto function = binary_function(node.op)) return apply_binary(*function);
    fail_not_understood();
  }

  /// What is computed of constants alone; false where there is something else.
  bool fold() {
    std::vector<Constant> inputs;
    for (std::size_t i = 0; i < node_->inputs.size(); ++i) {
      const auto* value = constant(i);
      if (value == nullptr) return false;
      inputs.push_back(*value);
    }
    if (node_->op == "Identity" && inputs.size() == 1) {
      set(inputs.front());
      return true;
    }
    for (const auto& value : inputs) count_copy(count_of(*value));
    auto result = folded(*node_, inputs);
    if (!result) fail_not_understood();
    budget_ += inputs.empty() ? count_of(*result) : 0;
    set(std::make_shared<const OnnxTensor>(std::move(*result)));
    return true;
  }

  /// A small file must not fill the memory with copies of its constants.
  void count_copy(std::size_t numbers) {
    if ((copied_ += numbers) > 8 * budget_ + 1'000'000) fail("it uses its constants too often");
  }

  /// Numbers for all columns of a stage, or one for all.
  std::vector<double> columns(const OnnxTensor& tensor, std::size_t width) {
    const std::size_t count = count_of(tensor);
    count_copy(count);
    const bool one_dimension =
        count == 1 || (!tensor.shape.empty() && tensor.shape.back() == static_cast<std::int64_t>(count));
    const bool fits =
        count == 1 || ((width == 0 || width == count) && count <= MultilayerPerceptron::kMaxWidth);
    auto numbers = numbers_of(tensor);
    if (!one_dimension || !fits || count == 0 || numbers.empty())
      fail("its constant does not have one number, or one for each of the " + std::to_string(width) +
           " columns");
    return numbers;
  }

  void apply_function(const std::function<double(double)>& function) {
    Rows value = required_rows(0);
    value.samples = sampled(function, value.samples);
    value.affine.reset();
    set(std::move(value));
  }

  void apply_binary(const std::function<double(double, double)>& function) {
    if (node_->inputs.size() != 2) fail_not_understood();
    const Rows* left = rows(0);
    const Rows* right = rows(1);
    if (left != nullptr && right != nullptr) return apply_to_both(*left, *right, function);
    if (left == nullptr && right == nullptr) fail_not_understood();
    const Constant other = required_constant(left != nullptr ? 1 : 0);
    const bool constant_first = left == nullptr;
    const Rows& value = constant_first ? *right : *left;
    const std::size_t width = stage(value.stage).width;
    const auto numbers = columns(*other, width);
    if (node_->op == "Add" && value.untouched() && add_bias(value, other)) return;
    if (numbers.size() == 1) return apply_number(value, numbers.front(), constant_first, function);
    if (!value.flat) fail("a constant for each column, of rows that are not flat");
    ColumnScaling change;
    if (!change_by(change, numbers, constant_first)) fail_not_understood();
    apply_scaling(change);
  }

  /// Whether the operator amounts to a scaling, which `change` gets.
  bool change_by(ColumnScaling& change, std::vector<double> numbers, bool constant_first) const {
    const std::string& op = node_->op;
    if (op == "Mul") {
      change.multiply(numbers);
    } else if (op == "Div" && !constant_first) {
      change.divide(numbers);
    } else if (op == "Add" || op == "Sub") {
      const bool turned = op == "Sub" && constant_first;  // c - x
      if (turned) change.multiply({-1.0});
      if (op == "Add" || turned)
        for (double& number : numbers) number = -number;
      change.subtract(numbers);
    } else {
      return false;
    }
    return true;
  }

  void apply_number(Rows value, double number, bool constant_first,
                    const std::function<double(double, double)>& function) {
    value.samples = sampled(
        [&](double z) { return constant_first ? function(number, z) : function(z, number); }, value.samples);
    if (value.affine && !change_by(*value.affine, {number}, constant_first)) value.affine.reset();
    set(std::move(value));
  }

  /// Scales each column of the node's rows by constants of its own.
  void apply_scaling(const ColumnScaling& change) {
    const std::size_t of = rows(0) != nullptr ? 0 : 1;
    const std::size_t before = sealed(node_->inputs[of]);
    const Stage& last = stage(before);
    const std::size_t width = last.width == 0 ? change.shift.size() : last.width;
    const bool flat = required_rows(of).flat;
    if (last.kind == Stage::Kind::kScaling) {  // one scaling, to keep the digits
      ColumnScaling both = last.scaling;
      both.then(change);
      const std::size_t from = last.from.front();
      if (!both.usable()) fail("it scales by zero, or by what is no finite number");
      const auto index =
          add({.kind = Stage::Kind::kScaling, .from = {from}, .width = width, .scaling = both});
      return set(Rows{.stage = index, .flat = flat});
    }
    const auto index = add_scaling(before, change);
    stage(index).width = width;
    set(Rows{.stage = index, .flat = flat});
  }

  /// Takes the constant as the bias of a MatMul without one.
  bool add_bias(const Rows& value, const Constant& bias) {
    Stage dense = stage(value.stage);
    if (dense.kind != Stage::Kind::kDense || dense.bias != nullptr || dense.mirrored) return false;
    if (count_of(*bias) != dense.width) return false;
    dense.bias = bias;
    set(Rows{.stage = add(std::move(dense))});
    return true;
  }

  void apply_to_both(Rows left, const Rows& right, const std::function<double(double, double)>& function) {
    if (left.stage != right.stage || left.flat != right.flat) fail_not_understood();
    for (std::size_t i = 0; i < left.samples.size(); ++i)
      left.samples[i] = function(left.samples[i], right.samples[i]);
    left.affine.reset();
    set(std::move(left));
  }

  /// One function of a stage where a condition on it holds, and another where not.
  void apply_where() {
    Rows value = required_rows(0);
    const auto choice = [&](std::size_t index) -> Samples {
      if (const auto* other = rows(index)) {
        if (other->stage != value.stage || other->flat != value.flat) fail_not_understood();
        return other->samples;
      }
      const auto numbers = numbers_of(*required_constant(index));
      if (numbers.size() != 1) fail_not_understood();
      return Samples(value.samples.size(), numbers.front());
    };
    const Samples yes = choice(1), no = choice(2);
    for (std::size_t i = 0; i < value.samples.size(); ++i)
      value.samples[i] = value.samples[i] != 0 ? yes[i] : no[i];
    value.affine.reset();
    set(std::move(value));
  }

  void apply_clip() {
    const auto bound = [&](std::size_t index, const char* attribute, double otherwise) {
      if (const auto* given = find_attribute(*node_, attribute)) {
        const auto* number = std::get_if<float>(&given->value);
        return number == nullptr ? otherwise : static_cast<double>(*number);
      }
      if (!has_input(index)) return otherwise;
      const auto numbers = numbers_of(*required_constant(index));
      if (numbers.size() != 1) fail("expected one number as a bound");
      return numbers.front();
    };
    const double least = bound(1, "min", -HUGE_VAL), most = bound(2, "max", HUGE_VAL);
    apply_function([=](double z) { return std::min(std::max(z, least), most); });
  }

  void apply_gemm() {
    if (integer_attribute(*node_, "transA", 0) != 0 || float_attribute(*node_, "alpha", 1) != 1 ||
        (has_input(2) && float_attribute(*node_, "beta", 1) != 1))
      fail("transA, alpha or beta is not what networks have");
    apply_dense(integer_attribute(*node_, "transB", 0) != 0, has_input(2) ? required_constant(2) : nullptr);
  }
  void apply_matmul() { apply_dense(false, nullptr); }

  void apply_dense(bool transposed, const Constant& bias) {
    const Rows value = required_rows(0);
    const Constant weight = required_constant(1);
    if (!value.flat) fail("its rows are not flat: expected [N, I]");
    if (weight->shape.size() != 2 || numbers_of(*weight).empty())
      fail("its weights are no matrix of numbers");
    auto fan_in = static_cast<std::size_t>(weight->shape[0]),
         fan_out = static_cast<std::size_t>(weight->shape[1]);
    if (transposed) std::swap(fan_in, fan_out);
    if (fan_in > MultilayerPerceptron::kMaxWidth || fan_out > MultilayerPerceptron::kMaxWidth)
      fail("more than " + std::to_string(MultilayerPerceptron::kMaxWidth) + " columns");
    const std::size_t from = sealed(node_->inputs[0]);
    if (stage(from).width != 0 && stage(from).width != fan_in)
      fail("weights for " + std::to_string(fan_in) + " columns, after a layer with " +
           std::to_string(stage(from).width));
    if (stage(from).kind == Stage::Kind::kInput) stage(from).width = fan_in;
    if (bias != nullptr) {
      const auto numbers = columns(*bias, fan_out);
      if (numbers.size() != 1 && numbers.size() != fan_out) fail("a bias of another length than its columns");
    }
    set(Rows{.stage = add({.kind = Stage::Kind::kDense,
                           .from = {from},
                           .width = fan_out,
                           .weight = weight,
                           .transposed = transposed,
                           .bias = bias})});
  }

  void apply_softmax() {
    const Rows value = required_rows(0);
    const auto axis = integer_attribute(*node_, "axis", opset() < 13 ? 1 : -1);
    if (!value.flat || (axis != 1 && axis != -1)) fail("expected a softmax over the columns of [N, C]");
    const std::size_t from = sealed(node_->inputs[0]);
    set(Rows{.stage = add({.kind = Stage::Kind::kActivation,
                           .from = {from},
                           .width = stage(from).width,
                           .activation = Softmax{}})});
  }

  /// (x - mean) / sqrt(variance + epsilon) * scale + offset
  void apply_batch_normalization() {
    const Rows value = required_rows(0);
    if (!value.flat || integer_attribute(*node_, "training_mode", 0) != 0)
      fail("expected a normalisation of [N, C] by constants");
    const std::size_t width = stage(value.stage).width;
    const auto scale = columns(*required_constant(1), width);
    auto offset = columns(*required_constant(2), width);
    const auto mean = columns(*required_constant(3), width);
    auto variance = columns(*required_constant(4), width);
    if (offset.size() != scale.size() || mean.size() != scale.size() || variance.size() != scale.size())
      fail("constants of different lengths");
    const auto epsilon = static_cast<double>(float_attribute(*node_, "epsilon", 1e-5f));
    for (double& v : variance) v = std::sqrt(v + epsilon);
    for (double& b : offset) b = -b;
    ColumnScaling change;
    change.subtract(mean);
    change.divide(variance);
    change.multiply(scale);
    change.subtract(offset);
    apply_scaling(change);
  }

  void apply_scaler() {
    const auto numbers = [&](const char* name) {
      const auto* attribute = find_attribute(*node_, name);
      const auto* values =
          attribute == nullptr ? nullptr : std::get_if<std::vector<float>>(&attribute->value);
      if (values == nullptr || values->empty()) fail("offset or scale is missing");
      return std::vector<double>(values->begin(), values->end());
    };
    const Rows value = required_rows(0);
    const auto offset = numbers("offset"), scale = numbers("scale");
    const std::size_t width = stage(value.stage).width;
    for (const std::size_t count : {offset.size(), scale.size()})
      if (count != 1 && width != 0 && count != width)
        fail("an offset and a scale for each column, or one for all");
    if (offset.size() != scale.size() && offset.size() != 1 && scale.size() != 1)
      fail("offset and scale differ in length");
    if (!value.flat) fail("its rows are not flat: expected [N, I]");
    ColumnScaling change;
    change.subtract(offset);
    change.multiply(scale);
    apply_scaling(change);
  }

  /// From double to float, where numbers in units of their own are what the network takes.
  void apply_cast() {
    const auto to = static_cast<OnnxType>(integer_attribute(*node_, "to", 0));
    if (std::holds_alternative<Label>(input(0))) return set(input(0));
    const Rows value = required_rows(0);
    if (to == OnnxType::kDouble) return set(value);
    if (to != OnnxType::kFloat) fail_not_understood();
    const Stage& last = stage(value.stage);
    if (in_double_ && value.untouched() && last.kind == Stage::Kind::kScaling &&
        stage(last.from.front()).kind == Stage::Kind::kInput) {
      Stage units = last;
      const auto positive = [&](double f) { return f > 0; };
      if (std::ranges::all_of(units.scaling.factor, positive)) {
        units.kind = Stage::Kind::kUnits;
        return set(Rows{.stage = add(std::move(units)), .flat = value.flat});
      }
    }
    set(value);
  }

  /// Members of an ensemble.
  void apply_mean() {
    if (node_->inputs.size() > Model::kMostMembers) fail("too many networks to take the mean of");
    Stage mean{.kind = Stage::Kind::kMean};
    for (const auto& name : node_->inputs) {
      const auto found = values_.find(name);
      if (found == values_.end() || !std::holds_alternative<Rows>(found->second)) fail_not_understood();
      mean.from.push_back(sealed(name));
      const std::size_t width = stage(mean.from.back()).width;
      if (mean.from.size() > 1 && width != mean.width) fail("networks with different numbers of outputs");
      mean.width = width;
    }
    if (mean.from.empty()) fail("an input is missing");
    set(Rows{.stage = add(std::move(mean))});
  }

  /// 1 - p beside p, as scikit-learn has two classes: p = sigmoid(z), and 1 - p = sigmoid(-z).
  void apply_mirror() {
    if (node_->inputs.size() != 2 || std::abs(integer_attribute(*node_, "axis", 1)) != 1)
      fail_not_understood();
    const Rows first = required_rows(0), second = required_rows(1);
    const auto is_sigmoid = [](const Samples& samples) {
      const auto known = recognised(samples);
      return known && known->factor == 1 && known->offset == 0 &&
             std::holds_alternative<Sigmoid>(known->activation);
    };
    const Samples rest = sampled([](double p) { return 1 - p; }, first.samples);
    Stage dense = stage(first.stage);
    if (first.stage != second.stage || dense.kind != Stage::Kind::kDense || dense.width != 1 ||
        dense.mirrored || !is_sigmoid(second.samples) || !is_sigmoid(rest))
      fail_not_understood();
    dense.mirrored = true;
    dense.width = 2;
    const std::size_t from = add(std::move(dense));
    set(Rows{.stage = add(
                 {.kind = Stage::Kind::kActivation, .from = {from}, .width = 2, .activation = Sigmoid{}})});
  }

  /// Of rows, [N, ...] to [N, width]. Labels have one shape for us.
  void apply_shape() {
    if (std::holds_alternative<Label>(input(0))) return set(input(0));
    Rows value = required_rows(0);
    const std::size_t width = stage(value.stage).width;
    if (node_->op == "Flatten") {
      if (integer_attribute(*node_, "axis", 1) != 1) fail("expected axis 1");
    } else if (node_->op == "Reshape") {
      const auto* shape = std::get_if<std::vector<std::int64_t>>(&required_constant(1)->values);
      if (shape == nullptr) fail_not_understood();
      const auto known = static_cast<std::int64_t>(width);
      const bool column = shape->size() == 1 && shape->front() == -1 && width == 1;
      const auto any_rows = [&](std::int64_t rows) { return rows == -1 || rows == 0 || rows == batch_; };
      const bool matrix = shape->size() == 2 && any_rows((*shape)[0]) && width != 0 &&
                          ((*shape)[1] == -1 || (*shape)[1] == known);
      const bool says_width = shape->size() == 2 && any_rows((*shape)[0]) && (*shape)[1] > 0 && width == 0 &&
                              (*shape)[1] <= static_cast<std::int64_t>(MultilayerPerceptron::kMaxWidth);
      if (!column && !matrix && !says_width)
        fail("expected it to make [N, " + std::to_string(width) + "] of its input");
      if (says_width) stage(value.stage).width = static_cast<std::size_t>((*shape)[1]);
    } else if (width != 1) {
      fail_not_understood();
    }
    value.flat = true;
    set(std::move(value));
  }

  /// [N, width], with -1 for N, as shapes in a Reshape have it.
  void apply_shape_of() {
    const Rows value = required_rows(0);
    const auto width = static_cast<std::int64_t>(stage(value.stage).width);
    set(std::make_shared<const OnnxTensor>(OnnxTensor{"", {2}, std::vector<std::int64_t>{-1, width}}));
  }

  void apply_arg_max() {
    required_rows(0);
    const auto axis = integer_attribute(*node_, "axis", 0);
    if ((axis != 1 && axis != -1) || integer_attribute(*node_, "select_last_index", 0) != 0)
      fail("expected the first largest of the columns");
    set(Label{sealed(node_->inputs[0])});
  }

  /// The names of classes, looked up by number.
  void apply_names() {
    const Constant names = required_constant(0);
    const auto* label = std::get_if<Label>(&input(1));
    if (label == nullptr) fail_not_understood();
    take_names(names->values);
    set(*label);
  }

  void apply_zip_map() {
    required_rows(0);
    for (const char* key : {"classlabels_strings", "classlabels_int64s"}) {
      const auto* attribute = find_attribute(*node_, key);
      if (attribute == nullptr || !findings_.class_names.empty()) continue;
      if (const auto* texts = std::get_if<std::vector<std::string>>(&attribute->value)) take_names(*texts);
      if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&attribute->value))
        take_names(*numbers);
    }
    set(input(0));
  }

  void take_names(const OnnxTensor::Values& values) {
    std::vector<std::string> names;
    if (const auto* texts = std::get_if<std::vector<std::string>>(&values)) {
      names = *texts;
    } else if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&values)) {
      for (const auto number : *numbers) names.push_back(std::to_string(number));
    } else {
      fail("expected texts or whole numbers as names of classes");
    }
    if (!findings_.class_names.empty() && findings_.class_names != names)
      fail("it names the classes otherwise than before");
    findings_.class_names = std::move(names);
  }

  void find_output() {
    std::optional<std::size_t> rows;
    std::set<std::size_t> labels;
    for (const auto& output : graph_.outputs) {
      const auto found = values_.find(output.name);
      if (found == values_.end()) fail("the output " + quote(output.name) + " comes from nowhere");
      if (const auto* label = std::get_if<Label>(&found->second)) {
        labels.insert(label->stage);
        continue;
      }
      if (!std::holds_alternative<Rows>(found->second))
        fail("the output " + quote(output.name) + " is a constant");
      if (!std::get<Rows>(found->second).flat) fail("the output " + quote(output.name) + " is not flat");
      const std::size_t index = sealed(output.name);
      if (rows && *rows != index) fail("it has several outputs that differ: " + quote(output.name));
      rows = index;
    }
    if (!rows && labels.size() == 1) rows = *labels.begin();
    if (!rows) fail("it has no output that mlp can read");
    for (const std::size_t label : labels)
      if (label != *rows) fail("the label is of other numbers than the outputs");
    findings_.last = *rows;
    findings_.has_label = !labels.empty();
  }

  const OnnxGraph& graph_;
  const std::string& where_;
  const OnnxNode* node_ = nullptr;  // the one that is being read
  std::map<std::string, Value> values_;
  std::map<std::pair<std::size_t, Samples>, std::size_t> sealed_;  // stages of functions of stages
  Findings findings_;
  std::int64_t batch_ = OnnxValue::kRows;  // of the input, where the graph has a fixed number of rows
  bool in_double_ = false;
  std::size_t budget_ = 0;  // numbers in the file
  std::size_t copied_ = 0;  // numbers that were made of them
};

}  // namespace

Findings read_stages(const OnnxGraph& graph, const std::string& where) { return Reader(graph, where).read(); }

}  // namespace mlp
