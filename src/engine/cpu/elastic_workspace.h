// The engine of a training run whose number of threads may change between steps: plan, threads and workspace
// for one number, and parameters and moments carried over to the next. The bits do not depend on it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/thread_team.h"
#include "engine/cpu/plan.h"
#include "engine/cpu/workspace.h"
#include "mlp/error.h"

namespace mlp::engine {

class ElasticWorkspace {
 public:
  /// `make_plan(threads)`: the plan for so many threads; 0: as many as help. One thread where the system
  /// gives no more.
  ElasticWorkspace(std::function<Plan(int threads)> make_plan, int threads, const Parameters& parameters,
                   const std::vector<Parameters>& moments)
      : make_plan_(std::move(make_plan)) {
    if (threads > 0)
      set_up(threads, parameters, moments);
    else
      set_up_or_alone(threads, parameters, moments);
  }

  const Plan& plan() const { return parts_->plan; }
  Workspace& workspace() { return parts_->workspace; }
  const Workspace& workspace() const { return parts_->workspace; }
  ThreadTeam& team() { return parts_->team; }

  Parameters parameters() const { return plan().unpack(workspace().parameters.data()); }
  std::vector<Parameters> moments() const {
    std::vector<Parameters> moments;
    for (const auto& packed : workspace().moments) moments.push_back(plan().unpack(packed.data()));
    return moments;
  }

  /// Continues with another number of threads; with one thread where the system gives no more.
  void use_threads(int threads) { set_up_or_alone(threads, parameters(), moments()); }

 private:
  struct Parts {
    explicit Parts(Plan the_plan) : plan(std::move(the_plan)), team(plan.threads()), workspace(plan) {}
    Plan plan;
    ThreadTeam team;
    Workspace workspace;
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

  std::function<Plan(int threads)> make_plan_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mlp::engine
