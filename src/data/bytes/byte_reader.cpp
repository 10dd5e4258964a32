#include "data/bytes/byte_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <system_error>

#include "core/descriptor.h"
#include "mlp/error.h"

namespace mlp {

namespace {

const char* remedy(int reason) {
  switch (reason) {
    case ENOENT:
      return "check the path";
    case EACCES:
    case EPERM:
      return "check the file's permissions";
    case ELOOP:
      return "see where its symbolic links point: they lead in a circle";
    case ENAMETOOLONG:
      return "give the file a shorter name";
    case EMFILE:
    case ENFILE:
      return "too many files are open: raise the limit ('ulimit -n')";
    default:
      return "check that the file can be read: cat FILE > /dev/null";
  }
}

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;

constexpr const char* kDamagedHint = "the file is damaged or incomplete; fetch it again";

}  // namespace

ByteReader::ByteReader(const std::filesystem::path& path) : name_(path.string()) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw FileError(name_ + ": is a directory, expected a file", "name a file inside it");
  const auto file = std::make_shared<Descriptor>(Descriptor::open(path, O_RDONLY));
  if (!file->valid()) {
    const int reason = errno;
    throw FileError(name_ + ": cannot be opened: " + std::generic_category().message(reason), remedy(reason));
  }
  if (std::filesystem::is_regular_file(path, error)) {
    const auto size = std::filesystem::file_size(path, error);
    if (!error) source_size_ = size;
  }
  source_ = [this, file](std::span<std::uint8_t> destination) {
    ssize_t count;
    do {
      count = ::read(file->number(), destination.data(), destination.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0)
      throw FileError(name_ + ": cannot be read at byte " + std::to_string(source_read_) + ": " +
                      std::generic_category().message(errno));
    return static_cast<std::size_t>(count);
  };
  start();
}

ByteReader::ByteReader(std::string name, std::string_view bytes)
    : name_(std::move(name)), source_size_(bytes.size()) {
  source_ = [bytes](std::span<std::uint8_t> destination) mutable {
    const std::size_t count = std::min(destination.size(), bytes.size());
    std::copy_n(bytes.begin(), count, destination.begin());
    bytes.remove_prefix(count);
    return count;
  };
  start();
}

ByteReader::ByteReader(std::string name, Source source, std::optional<std::uint64_t> source_size)
    : name_(std::move(name)), source_(std::move(source)), source_size_(source_size) {
  start();
}

ByteReader::~ByteReader() {
  if (compressed_) inflateEnd(&stream_);
}

void ByteReader::start() {
  buffer_ = std::make_unique_for_overwrite<std::uint8_t[]>(kBufferBytes);
  refill();
  // A pipe may deliver one by one the two bytes that mark gzip.
  if (pending_.size() == 1 && pending_[0] == 0x1f) {
    pending_ = {buffer_.get(), 1 + read_source(std::span(buffer_.get() + 1, kBufferBytes - 1))};
  }
  if (pending_.size() < 2 || pending_[0] != 0x1f || pending_[1] != 0x8b) return;
  constexpr int kLargestWindow = 15, kGzipOnly = 16;
  if (inflateInit2(&stream_, kLargestWindow + kGzipOnly) != Z_OK) throw std::bad_alloc();
  compressed_ = true;
}

// A terminal's end of file (Ctrl-D) is gone once it was read: a second read would wait for another line.
std::size_t ByteReader::read_source(std::span<std::uint8_t> destination) {
  if (source_ended_) return 0;
  const std::size_t count = source_(destination);
  source_ended_ = count == 0;
  source_read_ += count;
  return count;
}

bool ByteReader::refill() {
  pending_ = {buffer_.get(), read_source({buffer_.get(), kBufferBytes})};
  return !pending_.empty();
}

std::optional<std::uint64_t> ByteReader::upper_bound() const {
  if (!source_size_ || !compressed_) return source_size_;
  const bool overflows = *source_size_ > std::numeric_limits<std::uint64_t>::max() / kMaxDeflateRatio;
  return overflows ? std::numeric_limits<std::uint64_t>::max() : *source_size_ * kMaxDeflateRatio;
}

std::size_t ByteReader::read(std::span<std::uint8_t> destination) {
  std::size_t done = 0;
  while (done < destination.size()) {
    const std::size_t count = read_some(destination.subspan(done));
    if (count == 0) break;
    done += count;
  }
  return done;
}

std::size_t ByteReader::read_some(std::span<std::uint8_t> destination) {
  if (destination.empty()) return 0;
  std::size_t count;
  if (!peeked_.empty()) {
    count = std::min(destination.size(), peeked_.size());
    std::copy_n(peeked_.begin(), count, destination.begin());
    peeked_.erase(peeked_.begin(), peeked_.begin() + static_cast<std::ptrdiff_t>(count));
  } else {
    count = compressed_ ? inflate_some(destination) : copy(destination);
  }
  position_ += count;
  return count;
}

bool ByteReader::peek_to(std::size_t count) {
  while (peeked_.size() < count) {
    std::uint8_t next = 0;
    if ((compressed_ ? inflate_some({&next, 1}) : copy({&next, 1})) == 0) return false;
    peeked_.push_back(next);
  }
  return true;
}

std::optional<std::uint8_t> ByteReader::peek() {
  return peek_to(1) ? std::optional(peeked_[0]) : std::nullopt;
}

bool ByteReader::starts_with(std::string_view prefix) {
  for (std::size_t i = 0; i < prefix.size(); ++i)
    if (!peek_to(i + 1) || peeked_[i] != static_cast<std::uint8_t>(prefix[i])) return false;
  return true;
}

std::size_t ByteReader::copy(std::span<std::uint8_t> destination) {
  if (pending_.empty() && !refill()) return 0;
  const std::size_t count = std::min(destination.size(), pending_.size());
  std::copy_n(pending_.begin(), count, destination.begin());
  pending_ = pending_.subspan(count);
  return count;
}

// Returns 0 only after the last member of the gzip file (a file may hold several, one after the other).
std::size_t ByteReader::inflate_some(std::span<std::uint8_t> destination) {
  for (;;) {
    if (pending_.empty() && !refill()) {
      if (member_ended_) return 0;
      throw FileError(name_ + ": the gzip data end early, at byte " + std::to_string(source_position()),
                      kDamagedHint);
    }
    if (member_ended_) {
      inflateReset(&stream_);
      member_ended_ = false;
    }
    const auto room =
        static_cast<uInt>(std::min<std::size_t>(destination.size(), std::numeric_limits<uInt>::max()));
    stream_.next_in = pending_.data();
    stream_.avail_in = static_cast<uInt>(pending_.size());
    stream_.next_out = destination.data();
    stream_.avail_out = room;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    pending_ = pending_.last(stream_.avail_in);
    if (status == Z_STREAM_END) {
      member_ended_ = true;
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw FileError(name_ + ": damaged gzip data before byte " + std::to_string(source_position()) + " (" +
                          (stream_.msg != nullptr ? stream_.msg : "invalid stream") + ")",
                      kDamagedHint);
    }
    if (stream_.avail_out < room) return room - stream_.avail_out;
  }
}

std::string read_text(ByteReader& reader, std::size_t max_bytes) {
  std::string text;
  for (;;) {
    const std::size_t done = text.size();
    text.resize(done + kBufferBytes);
    const std::size_t count =
        reader.read({reinterpret_cast<std::uint8_t*>(text.data()) + done, kBufferBytes});
    text.resize(done + count);
    if (text.size() > max_bytes)
      throw FileError(
          reader.name() + ": longer than the " + std::to_string(max_bytes) + " bytes such a file may have",
          "check that it is the right file");
    if (count < kBufferBytes) return text;
  }
}

}  // namespace mlp
