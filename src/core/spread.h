// Keeps the threads of a team on cores of their own.
//
// Where threads wake one another many times a second, the scheduler now and then puts two of them on one core
// although another is idle. The state sustains itself: a step takes two to three times as long, so the others
// go to sleep while they wait, and are placed anew when they wake. A few milliseconds on cores of their own
// end it: steps are then over before any thread goes to sleep. No thread stays pinned, so where other
// programs take cores the scheduler decides.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstddef>
#include <vector>

namespace mlp {

class Spread {
 public:
  explicit Spread(int members);

  /// Called by member 0 before a run that the others wait for. Where two members began the last run on one
  /// core, gives all of them cores of their own for a moment, if there are enough; less and less often if
  /// that does not help.
  void arrange();

  /// Called by each member as a run begins: pins it to the core it was given, or unpins it again, and records
  /// its core. Member 0 is the caller's thread and is never moved.
  void settle(int member);

 private:
  void place();
  void move(std::size_t member);

  std::vector<std::atomic<int>> cores_;  ///< the core of each member, as it last recorded it
  std::vector<int> places_;              ///< the core each was given, while placed_
  bool placed_ = false;
  double since_ = 0.0;               ///< when they were given cores, in seconds
  double between_;                   ///< seconds from then until they may be given cores again
  std::vector<char> pinned_;         ///< the members that are pinned;
  std::vector<cpu_set_t> released_;  ///< the cores those may run on once unpinned
};

}  // namespace mlp
