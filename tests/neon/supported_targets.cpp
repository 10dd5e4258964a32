// Highway's library asks the CPU what it can run, but Debian's is built for this machine. Every 64-bit ARM
// has NEON.
#include <hwy/targets.h>

namespace hwy {

int64_t SupportedTargets() { return HWY_STATIC_TARGET; }

}  // namespace hwy
