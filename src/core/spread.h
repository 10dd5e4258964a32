// Keeps the threads of a team on cores of their own.
//
// Where threads wake one another many times a second, the system puts two of them on one core now and then,
// beside an idle one, and goes on doing so: a step takes two to three times as long, so that the others sleep
// while they wait for it, and are placed anew when they wake. A few milliseconds on cores of their own end
// that: a step is over before anyone sleeps. Nobody stays pinned, so where other programs take cores the
// system decides.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstddef>
#include <vector>

namespace mlp {

class Spread {
 public:
  explicit Spread(int members);

  /// Member 0, before a run that the others wait for: where two began the last one on one core, all are given
  /// cores of their own for a moment, if there are as many; less and less often if that is of no use.
  void arrange();

  /// Each member, as a run begins: goes where it was put, or may leave it again, and notes where it is.
  /// Member 0 is somebody else's thread and never moved.
  void settle(int member);

 private:
  void place();
  void move(std::size_t member);

  std::vector<std::atomic<int>> cores_;  ///< where each member is
  std::vector<int> places_;              ///< where each is put, while placed_
  bool placed_ = false;
  double since_ = 0.0;               ///< when they were put there, in seconds
  double between_;                   ///< seconds from then until it may be done again
  std::vector<char> pinned_;         ///< those who went there;
  std::vector<cpu_set_t> released_;  ///< they may run on these otherwise
};

}  // namespace mlp
