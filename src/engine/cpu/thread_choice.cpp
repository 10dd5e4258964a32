#include "engine/cpu/thread_choice.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <utility>

namespace mlp::engine {

namespace {

// When a window of steps is long enough to judge: at least `steps` steps in at least `seconds`, which is
// longer than a core is usually lost for, so that the step or two that wait for it do not decide; or
// `most_seconds`, however few steps they were. The first steps after a change, when threads start and caches
// are cold, are a warm-up that is not judged.
struct Enough {
  std::size_t steps;
  double seconds, most_seconds;
};
constexpr Enough kWindow = {4, 0.005, 0.02}, kWarmUp = {2, 0.001, 0.005};

// A thread whose team has the cores to itself is on a processor all the time; two of a team on one core take
// about twice as long. A short disturbance slows a window or two, so more have to be slow.
constexpr double kLeastProcessorShare = 0.7;
constexpr double kMostTimesTheBest = 1.5;
constexpr double kLostProcessorShare = 0.35;
constexpr std::size_t kSlowWindows = 3, kLostWindows = 2;

// A count on trial that is slow gets more windows, as that may be chance, unless it is hopeless.
constexpr std::size_t kMostCandidateWindows = 3;
constexpr double kHopeless = 3.0;

// Fewer threads are taken unless more of them bring the time below this share.
constexpr double kWorthMoreThreads = 0.95;

constexpr double kHoldPerTrial = 20.0;
constexpr double kLeastPatience = 0.25, kMostPatience = 8.0;

constexpr double kNotTried = std::numeric_limits<double>::quiet_NaN();

double least_of(const std::vector<double>& tried) {
  double least = std::numeric_limits<double>::infinity();
  for (const double seconds : tried) least = std::fmin(least, seconds);
  return least;
}

double processor_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

ThreadChoice::Clocks ThreadChoice::system_clocks() {
  return {.wall = wall_seconds, .processor = processor_seconds};
}

ThreadChoice::ThreadChoice(std::vector<int> counts, Clocks clocks)
    : counts_(std::move(counts)),
      clocks_(std::move(clocks)),
      best_(counts_.size(), std::numeric_limits<double>::infinity()) {}

void ThreadChoice::read_clocks(double sign) {
  window_.wall += sign * clocks_.wall();
  window_.processor += sign * clocks_.processor();
}

void ThreadChoice::begin() {
  if (counts_.size() > 1) read_clocks(-1);
}

void ThreadChoice::pause() {
  if (counts_.size() > 1) read_clocks(1);
}

bool ThreadChoice::after_step() {
  if (counts_.size() == 1) return false;
  ++window_.steps;
  const Enough& enough = warming_up_ ? kWarmUp : kWindow;
  const double seconds = window_.wall + clocks_.wall();
  if (seconds < (window_.steps < enough.steps ? enough.most_seconds : enough.seconds)) return false;
  pause();
  const Window window = std::exchange(window_, {});
  begin();
  time_ += window.wall;
  if (std::exchange(warming_up_, false)) return false;
  const std::size_t before = current_;
  judge(window);
  warming_up_ = current_ != before;
  return warming_up_;
}

bool ThreadChoice::is_slow(const Window& window) const {
  return window.processor_share() < kLeastProcessorShare ||
         window.seconds_per_step() > kMostTimesTheBest * best_[current_];
}

void ThreadChoice::judge(const Window& window) {
  const bool slow = is_slow(window);
  best_[current_] = std::min(best_[current_], window.seconds_per_step());
  if (trial_ != Trial::kNone) {
    const bool hopeless = window.seconds_per_step() > kHopeless * least_of(tried_);
    if (slow && !hopeless && ++candidate_windows_ < kMostCandidateWindows) return;
    tried_[current_] = window.seconds_per_step();
    return try_next();
  }
  slow_ = slow ? slow_ + window : Window{};
  slow_windows_ = slow ? slow_windows_ + 1 : 0;
  lost_windows_ = window.processor_share() < kLostProcessorShare ? lost_windows_ + 1 : 0;
  const bool most = current_ == 0, least = current_ + 1 == counts_.size();
  if (most && !slow && time_ - trial_ended_ >= patience_) patience_ = 0.0;
  const bool in_trouble = slow_windows_ >= kSlowWindows || lost_windows_ >= kLostWindows;
  if (in_trouble && !least && time_ >= fewer_from_) {
    begin_trial(Trial::kFewer, slow_);
  } else if (!most && time_ >= more_from_) {
    begin_trial(Trial::kMore, window);
  }
}

void ThreadChoice::begin_trial(Trial trial, const Window& so_far) {
  trial_ = trial;
  trial_began_ = time_;
  settled_ = current_;
  tried_.assign(counts_.size(), kNotTried);
  tried_[settled_] = so_far.seconds_per_step();
  if (trial == Trial::kMore) current_ = counts_.size();
  try_next();
}

// Fewer threads: from the settled count down; more: from the most down to the settled count.
void ThreadChoice::try_next() {
  candidate_windows_ = 0;
  current_ = current_ == counts_.size() ? 0 : current_ + 1;
  if (current_ == (trial_ == Trial::kMore ? settled_ : counts_.size())) end_trial();
}

void ThreadChoice::end_trial() {
  const double least = least_of(tried_);
  for (std::size_t i = 0; i < tried_.size(); ++i) {
    if (kWorthMoreThreads * tried_[i] <= least) current_ = i;
  }
  if (current_ != 0) patience_ = std::clamp(2 * patience_, kLeastPatience, kMostPatience);
  const double hold = kHoldPerTrial * (time_ - trial_began_);
  if (trial_ == Trial::kFewer) fewer_from_ = time_ + hold;
  more_from_ = time_ + std::max(hold, patience_);
  trial_ended_ = time_;
  slow_ = {};
  slow_windows_ = lost_windows_ = 0;
  trial_ = Trial::kNone;
}

std::vector<int> halved_down(int most) {
  std::vector<int> counts;
  for (int count = most; count > 0; count /= 2) counts.push_back(count);
  return counts;
}

}  // namespace mlp::engine
