// The engine of a training run whose number of threads may change between steps: plan, threads and workspace
// for one number, and parameters and moments carried over to the next. The bits do not depend on it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/thread_team.h"
#include "engine/plan.h"
#include "engine/workspace.h"
#include "mlp/error.h"

namespace mlp {

class ElasticEngine {
 public:
  /// `make_plan(threads)`: the plan for so many threads; 0: as many as help, or one where the system gives no
  /// more.
  ElasticEngine(std::function<engine::Plan(int threads)> make_plan, int threads, const Parameters& parameters,
                const std::vector<Parameters>& moments)
      : make_plan_(std::move(make_plan)) {
    if (threads > 0)
      set_up(threads, parameters, moments);
    else
      set_up_or_alone(threads, parameters, moments);
  }

  const engine::Plan& plan() const { return parts_->plan; }
  engine::Workspace& workspace() { return parts_->workspace; }
  const engine::Workspace& workspace() const { return parts_->workspace; }
  ThreadTeam& team() { return parts_->team; }

  Parameters parameters() const { return plan().unpack(workspace().parameters.data()); }
  std::vector<Parameters> moments() const {
    std::vector<Parameters> moments;
    for (const auto& packed : workspace().moments) moments.push_back(plan().unpack(packed.data()));
    return moments;
  }

  /// Goes on with another number of threads; with one where the system gives no more.
  void use_threads(int threads) { set_up_or_alone(threads, parameters(), moments()); }

 private:
  struct Parts {
    explicit Parts(engine::Plan the_plan)
        : plan(std::move(the_plan)), team(plan.threads()), workspace(plan) {}
    engine::Plan plan;
    ThreadTeam team;
    engine::Workspace workspace;
  };

  void set_up(int threads, const Parameters& parameters, const std::vector<Parameters>& moments) {
    parts_.reset();  // one workspace at a time
    parts_ = std::make_unique<Parts>(make_plan_(threads));
    parts_->workspace.load(parts_->plan, parameters, moments);
  }

  void set_up_or_alone(int threads, const Parameters& parameters, const std::vector<Parameters>& moments) {
    try {
      set_up(threads, parameters, moments);
    } catch (const ThreadError&) {
      set_up(1, parameters, moments);
    }
  }

  std::function<engine::Plan(int threads)> make_plan_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mlp
