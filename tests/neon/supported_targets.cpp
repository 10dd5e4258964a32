// Highway's library asks the CPU what it can run. Debian's is for this machine; every 64-bit ARM has NEON.
#include <hwy/targets.h>

namespace hwy {

int64_t SupportedTargets() { return HWY_STATIC_TARGET; }

}  // namespace hwy
