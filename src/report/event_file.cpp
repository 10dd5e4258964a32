// See mlp/event_file.h.
#include "mlp/event_file.h"

#include <fcntl.h>

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

#include "mlp/error.h"
#include "report/event_record.h"

namespace mlp {
namespace {

constexpr std::string_view kPrefix = "events.out.tfevents.";

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Protocol-buffer encoding: a key, which is a field's number and its kind, and the value.
enum class Wire : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string key(unsigned field, Wire wire) { return varint(field << 3 | static_cast<unsigned>(wire)); }
std::string number_field(unsigned field, std::uint64_t value) {
  return key(field, Wire::kVarint) + varint(value);
}
std::string double_field(unsigned field, double value) {
  return key(field, Wire::kFixed64) + little_endian(std::bit_cast<std::uint64_t>(value));
}
std::string float_field(unsigned field, float value) {
  return key(field, Wire::kFixed32) + little_endian(std::bit_cast<std::uint32_t>(value));
}
std::string bytes_field(unsigned field, std::string_view bytes) {
  return key(field, Wire::kBytes) + varint(bytes.size()) + std::string(bytes);
}

// event.proto and summary.proto
namespace event {
constexpr unsigned kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;
}
constexpr unsigned kSummaryValue = 1, kTag = 1, kSimpleValue = 2, kStatus = 1;
constexpr std::uint64_t kStart = 1;

std::string opening(double time) {
  return double_field(event::kWallTime, time) + bytes_field(event::kFileVersion, "brain.Event:2");
}

std::string session_start(double time, std::uint64_t first_epoch) {
  return double_field(event::kWallTime, time) + number_field(event::kStep, first_epoch) +
         bytes_field(event::kSessionLog, number_field(kStatus, kStart));
}

std::string epoch_event(double time, const EpochRecord& record, const std::string& metric) {
  std::string summary;
  const auto scalar = [&](const std::string& tag, double value) {
    if (std::isnan(value)) return;
    summary += bytes_field(kSummaryValue,
                           bytes_field(kTag, tag) + float_field(kSimpleValue, static_cast<float>(value)));
  };
  scalar("loss/train", record.train_loss);
  scalar("loss/validation", record.validation_loss);
  scalar(metric + "/validation", record.validation_metric);
  scalar("learning_rate", record.learning_rate);
  scalar("samples_per_second", record.samples_per_second);
  return double_field(event::kWallTime, time) + number_field(event::kStep, record.epoch) +
         bytes_field(event::kSummary, summary);
}

[[noreturn]] void fail(const std::filesystem::path& path, const char* operation) {
  throw FileError(path.string() + ": cannot " + operation + ": " + std::strerror(errno));
}

}  // namespace

const FileLayer& EventFile::default_files() {
  static const FileLayer files;
  return files;
}

EventFile::EventFile(const std::filesystem::path& folder, EventFileOptions options, const FileLayer& files)
    : options_(std::move(options)), files_(&files) {
  const double time = seconds_since_1970();
  // Another file of the same second is another run's, or this one's before it was resumed.
  for (auto seconds = static_cast<std::uint64_t>(time); descriptor_ < 0; ++seconds) {
    path_ = folder / (std::string(kPrefix) + std::to_string(seconds) + ".mlp");
    descriptor_ = files_->open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
    if (descriptor_ < 0 && errno != EEXIST) fail(path_, "create");
  }
  try {
    append(opening(time));
    append(session_start(time, options_.first_epoch));
  } catch (...) {
    close();
    throw;
  }
}

EventFile::~EventFile() { close(); }

EventFile::EventFile(EventFile&& other) noexcept
    : path_(std::move(other.path_)),
      options_(std::move(other.options_)),
      files_(other.files_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

EventFile& EventFile::operator=(EventFile&& other) noexcept {
  if (this == &other) return *this;
  close();
  path_ = std::move(other.path_);
  options_ = std::move(other.options_);
  files_ = other.files_;
  descriptor_ = std::exchange(other.descriptor_, -1);
  return *this;
}

void EventFile::close() {
  if (descriptor_ >= 0) files_->close(std::exchange(descriptor_, -1));
}

void EventFile::write(const EpochRecord& record) {
  append(epoch_event(seconds_since_1970(), record, options_.metric));
}

bool EventFile::is_event_file(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(kPrefix) && name.ends_with(".mlp");
}

void EventFile::append(const std::string& event) {
  const std::string record = event_record(event);
  // In one call as far as the system allows: a reader then sees whole records.
  for (std::string_view rest = record; !rest.empty();) {
    const ssize_t written = files_->write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_, "write");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace mlp
