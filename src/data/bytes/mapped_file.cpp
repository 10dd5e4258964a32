#include "data/bytes/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "core/descriptor.h"

namespace mlp {

MappedFile::~MappedFile() { ::munmap(memory_, size_); }

std::shared_ptr<const MappedFile> map_file(const std::filesystem::path& path) {
  const Descriptor file = Descriptor::open(path, O_RDONLY);
  struct stat status {};
  if (!file.valid() || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size == 0)
    return nullptr;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (memory == MAP_FAILED) return nullptr;
  return std::make_shared<const MappedFile>(memory, size);
}

}  // namespace mlp
