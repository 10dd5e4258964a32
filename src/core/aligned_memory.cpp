// Aligned memory, see mlp/matrix.h.
#include <new>

#include "mlp/matrix.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace mlp {

namespace {

constexpr std::align_val_t kCacheLine{64};
constexpr std::align_val_t kHugePage{std::size_t{2} << 20};
constexpr std::size_t kLarge = std::size_t{4} << 20;  // smaller blocks would waste much of their last page

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  if (bytes < kLarge) return ::operator new(bytes, kCacheLine);
  void* memory = ::operator new(bytes, kHugePage);
#if defined(__linux__)
  madvise(memory, bytes, MADV_HUGEPAGE);  // only a hint: if it is refused, all works as before
#endif
  return memory;
}

void deallocate_aligned(void* memory, std::size_t bytes) {
  ::operator delete(memory, bytes < kLarge ? kCacheLine : kHugePage);
}

}  // namespace mlp
