// A file descriptor that closes itself.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace mlp {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  /// Not valid, with errno set, where the file cannot be opened.
  static Descriptor open(const std::filesystem::path& path, int flags) {
    int number;
    do {
      number = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    } while (number < 0 && errno == EINTR);
    return Descriptor(number);
  }

  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }

  /// False with errno set on failure. Never retried: after EINTR the descriptor is closed all the same.
  bool close() {
    if (!valid()) return true;
    return ::close(std::exchange(number_, -1)) == 0 || errno == EINTR;
  }

 private:
  int number_ = -1;
};

}  // namespace mlp
