#include "training/flop_limit.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

#include "core/thread_team.h"

namespace mlp {

double flop_limit(const kernels::Kernels& kernels, int threads, double seconds) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kRepeats = 5'000;  // takes some milliseconds, long compared with starting the team
  constexpr int kLeastTries = 5;
  ThreadTeam team(threads);
  std::vector<double> operations(static_cast<std::size_t>(threads));
  double best = 0;
  double spent = 0;
  for (int tries = 0; tries < kLeastTries || spent < seconds; ++tries) {
    const auto start = Clock::now();
    team.run([&](int member) { operations[static_cast<std::size_t>(member)] = kernels.peak(kRepeats); });
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, std::accumulate(operations.begin(), operations.end(), 0.0) / elapsed);
    spent += elapsed;
  }
  return best;
}

}  // namespace mlp
