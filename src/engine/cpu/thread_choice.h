// How many threads take part in a run's steps, where the user leaves that to us.
//
// Threads with several barriers per step are as fast as the slowest of them. Where other programs want the
// same cores, a step waits until the thread that lost its core gets it back: milliseconds for microseconds of
// work. (Four threads next to four busy programs, the report's network at batch 64: 60 times as long as one
// thread.) How many cores are free cannot be known beforehand and changes, so it is measured; the bits of the
// result do not depend on it.
//
// Nothing is tried as long as steps run undisturbed: the calling thread computes, or spins for a moment, all
// the time, and steps take about as long as they did at best. Where they do not, fewer threads are tried for
// some milliseconds each and the best is kept; after a while more are tried again. Trying takes at most a
// twentieth of the time.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace mlp::engine {

class ThreadChoice {
 public:
  /// In seconds from any moment on: wall-clock time, and the processor time of the calling thread.
  struct Clocks {
    std::function<double()> wall, processor;
  };
  static Clocks system_clocks();

  /// `counts`: of threads to choose from, the most first; it begins with that.
  explicit ThreadChoice(std::vector<int> counts, Clocks clocks = system_clocks());

  int threads() const { return counts_[current_]; }

  void begin();       ///< steps follow
  void pause();       ///< something else follows, until begin()
  bool after_step();  ///< true: the next step is for another number of threads()

 private:
  /// Some steps together.
  struct Window {
    std::size_t steps = 0;
    double wall = 0.0, processor = 0.0;
    double seconds_per_step() const { return wall / static_cast<double>(steps); }
    double processor_share() const { return processor / wall; }
    Window operator+(const Window& more) const {
      return {steps + more.steps, wall + more.wall, processor + more.processor};
    }
  };
  enum class Trial { kNone, kFewer, kMore };

  void read_clocks(double sign);
  void judge(const Window& window);
  bool is_slow(const Window& window) const;
  void begin_trial(Trial trial, const Window& so_far);
  void try_next();
  void end_trial();

  std::vector<int> counts_;
  Clocks clocks_;
  std::size_t current_ = 0;  ///< index into counts_
  Window window_;            ///< so far
  bool warming_up_ = true;
  std::vector<double> best_;  ///< seconds per step of each count, ever

  double time_ = 0.0;                                ///< seconds in steps so far
  Window slow_;                                      ///< the last windows in a row that were slow,
  std::size_t slow_windows_ = 0, lost_windows_ = 0;  ///< and their number

  Trial trial_ = Trial::kNone;
  std::size_t settled_ = 0;            ///< the count before the trial
  std::size_t candidate_windows_ = 0;  ///< of the count that is being tried
  std::vector<double> tried_;          ///< seconds per step in this trial; NaN: not tried
  double trial_began_ = 0.0, trial_ended_ = 0.0;
  double fewer_from_ = 0.0, more_from_ = 0.0;  ///< when fewer or more may be tried
  double patience_ = 0.0;  ///< seconds before more are tried; grows with each failed attempt
};

/// `most`, half as many, ... 1.
std::vector<int> halved_down(int most);

}  // namespace mlp::engine
