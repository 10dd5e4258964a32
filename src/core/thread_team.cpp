#include "core/thread_team.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "core/cpu.h"
#include "mlp/error.h"

namespace mlp {

namespace {

// Spinning hands a step over in well under a microsecond but steals time from whoever should be running when
// there are fewer cores than threads; hence a short spin (about 40 microseconds, several steps' imbalance), a
// few yields, then a sleep until notified. Two trainings side by side on the same four cores take 2.1 times
// as long each; with four times the spin, 2.9 times.
constexpr int kSpins = 1000;
constexpr int kYields = 50;

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

template <class Integer>
void wait_while_equal(const std::atomic<Integer>& value, Integer old) {
  for (int spin = 0; spin < kSpins; ++spin) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
  }
  for (int yield = 0; yield < kYields; ++yield) {
    if (value.load(std::memory_order_acquire) != old) return;
    std::this_thread::yield();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

Share share_of(std::size_t count, int member, int members, std::size_t granule) {
  const std::size_t granules = (count + granule - 1) / granule;
  const auto edge = [&](int index) {
    return std::min(count,
                    granules * static_cast<std::size_t>(index) / static_cast<std::size_t>(members) * granule);
  };
  return {edge(member), edge(member + 1)};
}

ThreadTeam::ThreadTeam(int size) : size_(size > 0 ? size : available_cores()), spread_(size_) {
  failures_.resize(static_cast<std::size_t>(size_));
  threads_.reserve(static_cast<std::size_t>(size_ - 1));
  try {
    for (int member = 1; member < size_; ++member) threads_.emplace_back([this, member] { serve(member); });
  } catch (const std::system_error& error) {  // the threads already started must end before the vector
    stop();
    throw ThreadError(
        "cannot start " + std::to_string(size_) + " threads: " + error.code().message(),
        Remedy{Setting::kThreads, {"1"}} + " needs no more than there is; or raise the limit ('ulimit -u')");
  } catch (...) {
    stop();
    throw;
  }
}

ThreadTeam::~ThreadTeam() { stop(); }

void ThreadTeam::stop() {
  stopping_ = true;
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ThreadTeam::run_erased(Call call, void* context, int members) {
  call_ = call;
  context_ = context;
  members_ = members > 0 ? std::min(members, size_) : size_;
  std::fill(failures_.begin(), failures_.end(), nullptr);
  if (size_ > 1) {
    spread_.arrange();
    spread_.settle(0);
    running_.store(size_ - 1, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
  }
  try {
    call(context, 0);
  } catch (...) {
    failures_[0] = std::current_exception();
  }
  for (auto left = running_.load(std::memory_order_acquire); left != 0;
       left = running_.load(std::memory_order_acquire)) {
    wait_while_equal(running_, left);
  }
  for (const auto& failure : failures_) {
    if (failure) std::rethrow_exception(failure);
  }
}

void ThreadTeam::serve(int member) {
  for (std::uint32_t seen = 0;;) {
    wait_while_equal(generation_, seen);
    ++seen;  // run_erased() returns only after every member has served it, so no generation is skipped
    if (stopping_) return;
    if (member < members_) {
      spread_.settle(member);
      try {
        call_(context_, member);
      } catch (...) {
        failures_[static_cast<std::size_t>(member)] = std::current_exception();
      }
    }
    if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) running_.notify_one();
  }
}

void ThreadTeam::barrier() {
  if (members_ == 1) return;
  const std::uint32_t phase = phase_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == members_ - 1) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.fetch_add(1, std::memory_order_release);
    phase_.notify_all();
  } else {
    wait_while_equal(phase_, phase);
  }
}

}  // namespace mlp
