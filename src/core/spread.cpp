#include "core/spread.h"

#include <algorithm>
#include <chrono>

namespace mlp {

namespace {

// Seconds: long enough for a few steps, so that sleepers become spinners. Where two threads share a core
// again soon afterwards there is a reason, other programs on the other cores, and every move costs a wait for
// a busy core: four threads beside one busy program took seven times as long when they were moved every 5
// milliseconds.
constexpr double kStay = 0.002;
constexpr double kLeastBetween = 0.005, kMostBetween = 2.0;
constexpr double kSoon = 20.0;  // times between_: a clash within that time counts as soon

constexpr int kUnknown = -1;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Spread::Spread(int members)
    : cores_(static_cast<std::size_t>(members)),
      places_(static_cast<std::size_t>(members), kUnknown),
      between_(kLeastBetween),
      pinned_(static_cast<std::size_t>(members)),
      released_(static_cast<std::size_t>(members)) {
  for (auto& core : cores_) core.store(kUnknown, std::memory_order_relaxed);
}

void Spread::arrange() {
  if (placed_) {
    if (now() - since_ >= kStay) placed_ = false;
    return;
  }
  cpu_set_t seen;
  CPU_ZERO(&seen);
  for (const auto& core : cores_) {
    const int here = core.load(std::memory_order_relaxed);
    if (here < 0 || here >= CPU_SETSIZE) return;
    CPU_SET(here, &seen);
  }
  if (CPU_COUNT(&seen) < static_cast<int>(cores_.size())) place();
}

void Spread::place() {
  const double time = now();
  const double passed = time - since_;
  if (passed < between_) return;
  between_ = passed < kSoon * between_ ? std::min(2 * between_, kMostBetween) : kLeastBetween;
  since_ = time;
  cpu_set_t free;
  if (::sched_getaffinity(0, sizeof free, &free) != 0) return;
  if (CPU_COUNT(&free) < static_cast<int>(cores_.size())) return;
  for (std::size_t member = 0; member < cores_.size(); ++member) {
    const int core = cores_[member].load(std::memory_order_relaxed);
    places_[member] = CPU_ISSET(core, &free) ? core : kUnknown;
    CPU_CLR(core, &free);
  }
  int next = 0;
  for (int& place : places_) {
    if (place != kUnknown) continue;
    while (!CPU_ISSET(next, &free)) ++next;
    place = next++;
  }
  placed_ = true;
}

void Spread::settle(int member) {
  const auto self = static_cast<std::size_t>(member);
  if (member != 0 && placed_ != static_cast<bool>(pinned_[self])) move(self);
  const int core = ::sched_getcpu();
  // Written only where it changes, so that the others read it from their own caches.
  if (cores_[self].load(std::memory_order_relaxed) != core)
    cores_[self].store(core, std::memory_order_relaxed);
}

void Spread::move(std::size_t member) {
  cpu_set_t& released = released_[member];
  if (placed_) {
    if (::sched_getaffinity(0, sizeof released, &released) != 0) return;
    cpu_set_t place;
    CPU_ZERO(&place);
    CPU_SET(places_[member], &place);
    pinned_[member] = ::sched_setaffinity(0, sizeof place, &place) == 0;
  } else {
    ::sched_setaffinity(0, sizeof released, &released);
    pinned_[member] = false;
  }
}

}  // namespace mlp
