// See mlp/predictor.h.
#include "mlp/predictor.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "training/examples.h"
#include "training/model_engine.h"

namespace mlp {

namespace {

// More rows at a time would be no faster: the engine cuts them to fit its caches.
constexpr std::size_t kMostRows = std::size_t{1} << 20;

std::size_t checked_rows(std::size_t rows) {
  require(rows >= 1 && rows <= kMostRows,
          "Predictor: max_rows must be 1 to " + std::to_string(kMostRows) + ", not " + std::to_string(rows));
  return rows;
}

// A call's claim to the workspace: two threads in it at once would mix up their numbers.
class SoleUse {
 public:
  explicit SoleUse(std::atomic_flag& in_use) : in_use_(in_use) {
    if (in_use_.test_and_set(std::memory_order_acquire))
      throw std::logic_error(
          "Predictor: used by two threads at a time; make one for each thread, of the same Model");
  }
  ~SoleUse() { in_use_.clear(std::memory_order_release); }
  SoleUse(const SoleUse&) = delete;
  SoleUse& operator=(const SoleUse&) = delete;

 private:
  std::atomic_flag& in_use_;
};

}  // namespace

// Hidden, as its members' types are.
struct [[gnu::visibility("hidden")]] Predictor::State {
  State(const Model& model, const PredictorOptions& options)
      : fan_in(model.network.fan_in()),
        fan_out(model.network.fan_out()),
        engine(model, {.max_batch = checked_rows(options.max_rows),
                       .threads = options.threads,
                       .target = options.target}),
        rows(options.max_rows) {
    std::iota(rows.begin(), rows.end(), 0u);
  }

  void require_fit(std::size_t input_rows, std::size_t input_columns, MatrixView<float> outputs) const {
    const auto text = [](std::size_t a, std::size_t b) {
      return "[" + std::to_string(a) + ", " + std::to_string(b) + "]";
    };
    if (input_columns != fan_in || outputs.columns() != fan_out || input_rows != outputs.rows()) {
      require(false, "Predictor: inputs " + text(input_rows, input_columns) + " and outputs " +
                         text(outputs.rows(), outputs.columns()) + " do not fit a network from " +
                         std::to_string(fan_in) + " to " + std::to_string(fan_out));
    }
  }

  template <class T>
  void predict(ConstMatrixView<T> inputs, MatrixView<float> outputs) {
    require_fit(inputs.rows(), inputs.columns(), outputs);
    const SoleUse sole_use(in_use);
    for (std::size_t begin = 0; begin < inputs.rows(); begin += rows.size()) {
      const std::size_t count = std::min(rows.size(), inputs.rows() - begin);
      engine.predict(inputs.rows(begin, count), std::span(rows).first(count), outputs.rows(begin, count));
    }
  }

  /// Those of `inputs` from row `first` on.
  void predict(const Inputs& inputs, std::size_t first, MatrixView<float> outputs) {
    const engine::InputsView view = view_of(inputs);
    const auto numbers = numbers_of(inputs);
    require(first <= row_count(inputs) && outputs.rows() <= row_count(inputs) - first,
            "Predictor: the inputs have no such rows");
    if (numbers.empty()) {
      std::visit([&](const auto& all) { predict(all.rows(first, outputs.rows()), outputs); }, view);
      return;
    }
    require_fit(outputs.rows(), column_count(inputs), outputs);
    const SoleUse sole_use(in_use);
    for (std::size_t begin = 0; begin < outputs.rows(); begin += rows.size()) {
      const std::size_t count = std::min(rows.size(), outputs.rows() - begin);
      engine.predict(view, numbers.subspan(first + begin, count), outputs.rows(begin, count));
    }
  }

  std::size_t fan_in, fan_out;
  ModelEngine engine;
  std::vector<std::uint32_t> rows;  // 0, 1, 2, ...
  std::atomic_flag in_use;
};

Predictor::Predictor(const Model& model, const PredictorOptions& options)
    : state_(std::make_unique<State>(model, options)) {}
Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;

std::size_t Predictor::fan_in() const { return state_->fan_in; }
std::size_t Predictor::fan_out() const { return state_->fan_out; }

void Predictor::predict(std::span<const float> input, std::span<float> output) {
  predict(ConstMatrixView<float>(input.data(), 1, input.size()),
          MatrixView<float>(output.data(), 1, output.size()));
}
void Predictor::predict(std::span<const std::uint8_t> input, std::span<float> output) {
  predict(ConstMatrixView<std::uint8_t>(input.data(), 1, input.size()),
          MatrixView<float>(output.data(), 1, output.size()));
}
void Predictor::predict(ConstMatrixView<float> inputs, MatrixView<float> outputs) {
  state_->predict(inputs, outputs);
}
void Predictor::predict(ConstMatrixView<std::uint8_t> inputs, MatrixView<float> outputs) {
  state_->predict(inputs, outputs);
}
void Predictor::predict(const Inputs& inputs, std::size_t first, MatrixView<float> outputs) {
  state_->predict(inputs, first, outputs);
}

}  // namespace mlp
