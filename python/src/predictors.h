// Predictors kept with a model: a call takes one and puts it back, so that what they prepare is prepared
// once.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "mlp/predictor.h"

namespace mlp::python {

class Predictors {
 public:
  /// A predictor that nobody else has meanwhile. Both ends of its life need the GIL, so that a fork, which
  /// does too, finds the lock free.
  class Loan {
   public:
    Loan(Predictors& owner, int threads)
        : owner_(owner), threads_(threads), predictor_(owner.take(threads)) {}
    ~Loan() { owner_.give_back(threads_, std::move(predictor_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    Predictor& operator*() { return *predictor_; }
    Predictor* operator->() { return predictor_.get(); }

   private:
    Predictors& owner_;
    int threads_;
    std::unique_ptr<Predictor> predictor_;
  };

  explicit Predictors(std::shared_ptr<const Model> model) : model_(std::move(model)) {}
  ~Predictors();

 private:
  std::unique_ptr<Predictor> take(int threads);
  void give_back(int threads, std::unique_ptr<Predictor> predictor);
  void forget_those_of_another_process();

  std::shared_ptr<const Model> model_;
  std::mutex mutex_;
  std::map<int, std::vector<std::unique_ptr<Predictor>>> free_;  // by their number of threads
  pid_t process_ = 0;  // that made those with threads, which its child after a fork does not have
};

}  // namespace mlp::python
