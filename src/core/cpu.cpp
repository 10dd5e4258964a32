#include "core/cpu.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mlp {

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

std::size_t l2_cache_bytes() {
  const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return bytes > 0 ? static_cast<std::size_t>(bytes) : std::size_t{1} << 20;
}

namespace {

#if defined(__x86_64__)
constexpr unsigned long kFlush = 0x8040;  // MXCSR: flush to zero, denormals are zero
unsigned long floating_point_mode() { return _mm_getcsr(); }
void set_floating_point_mode(unsigned long mode) { _mm_setcsr(static_cast<unsigned>(mode)); }
#elif defined(__aarch64__)
constexpr unsigned long kFlush = 1ul << 24;  // FPCR.FZ
unsigned long floating_point_mode() {
  unsigned long mode;
  asm volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}
void set_floating_point_mode(unsigned long mode) { asm volatile("msr fpcr, %0" : : "r"(mode)); }
#else
constexpr unsigned long kFlush = 0;
unsigned long floating_point_mode() { return 0; }
void set_floating_point_mode(unsigned long) {}
#endif

}  // namespace

FlushDenormals::FlushDenormals() : before_(floating_point_mode()) {
  set_floating_point_mode(before_ | kFlush);
}
FlushDenormals::~FlushDenormals() { set_floating_point_mode(before_); }

}  // namespace mlp
