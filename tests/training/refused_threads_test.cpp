// Where the system gives no threads: one does what was left to us, and what was asked for is told.
#include <gtest/gtest.h>
#include <pthread.h>

#include "core/cpu.h"
#include "core/thread_team.h"
#include "mlp/mlp.h"
#include "training/toy.h"

namespace mlp {
namespace {

/// As long as it lives a thread's stack has no place in the address space.
class NoThreads {
 public:
  NoThreads() {
    pthread_attr_t huge;
    ::pthread_getattr_default_np(&before_);
    ::pthread_attr_init(&huge);
    ::pthread_attr_setstacksize(&huge, std::size_t{1} << 50);
    EXPECT_EQ(::pthread_setattr_default_np(&huge), 0);
    ::pthread_attr_destroy(&huge);
  }
  ~NoThreads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_;
};

// Sanitizers start threads in their own way.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

TEST(RefusedThreads, AreTold) {
  const NoThreads none;
  try {
    ThreadTeam team(3);
    ADD_FAILURE() << "three threads were there";
  } catch (const ThreadError& error) {
    EXPECT_EQ(std::string(error.what()), "cannot start 3 threads: Resource temporarily unavailable");
    EXPECT_NE(error.hint().find("--threads 1"), std::string::npos) << error.hint();
  }
}

TEST(RefusedThreads, OneTrainsAndPredictsTheSame) {
  const Dataset data = test::toy_classes(2000);
  const MultilayerPerceptron network = parse_network("512:relu,512:relu,3:softmax", 6);
  const TrainingOptions options{.epochs = 1, .batch_size = 500};
  const Trained expected = train(network, data, options);
  const auto outputs = predict(expected.model, data.inputs);
  const double loss = evaluate(expected.model, data).loss;
  const auto columns = permutation_importance(expected.model, data);
  const NoThreads none;
  EXPECT_EQ(train(network, data, options).model.parameters, expected.model.parameters);
  EXPECT_EQ(predict(expected.model, data.inputs), outputs);
  EXPECT_EQ(evaluate(expected.model, data).loss, loss);
  EXPECT_EQ(permutation_importance(expected.model, data).columns.front().rise, columns.columns.front().rise);
  if (available_cores() == 1) return;  // none was asked for
  EXPECT_THROW(predict(expected.model, data.inputs, {.threads = 2}), ThreadError);
  EXPECT_THROW(train(network, data, {.epochs = 1, .batch_size = 500, .threads = 2}), ThreadError);
}

#endif

}  // namespace
}  // namespace mlp
