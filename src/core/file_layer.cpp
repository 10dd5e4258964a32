#include "mlp/file_layer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace mlp {

int FileLayer::open(const char* path, int flags) const { return ::open(path, flags | O_CLOEXEC, 0666); }
ssize_t FileLayer::write(int descriptor, const void* bytes, std::size_t count) const {
  return ::write(descriptor, bytes, count);
}
int FileLayer::fsync(int descriptor) const { return ::fsync(descriptor); }
int FileLayer::close(int descriptor) const { return ::close(descriptor); }
int FileLayer::rename(const char* from, const char* to) const { return ::rename(from, to); }
int FileLayer::unlink(const char* path) const { return ::unlink(path); }

}  // namespace mlp
