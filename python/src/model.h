// A model as Python holds it.
#pragma once

#include <nanobind/nanobind.h>

#include <memory>

#include "mlp/model.h"
#include "predictors.h"

namespace mlp::python {

namespace nb = nanobind;

/// Immutable, and what it predicts with beside it. Copies share both.
class SharedModel {
 public:
  explicit SharedModel(Model model)
      : model_(std::make_shared<const Model>(std::move(model))),
        predictors_(std::make_shared<Predictors>(model_)) {}

  const Model& operator*() const { return *model_; }
  const Model* operator->() const { return model_.get(); }
  const std::shared_ptr<const Model>& shared() const { return model_; }
  Predictors& predictors() const { return *predictors_; }

 private:
  std::shared_ptr<const Model> model_;
  std::shared_ptr<Predictors> predictors_;
};

/// Wherever so many multiply-adds are done at once (some 100 microseconds), more threads than one may help,
/// and the GIL is released meanwhile. Below it is not: to get it back can take milliseconds where other
/// threads run.
inline constexpr std::size_t kManyProducts = std::size_t{1} << 22;

}  // namespace mlp::python
