// An event file: a run's epochs as TensorBoard shows them, while it trains and afterwards.
//
//   mlp::EventFile events("runs/mnist", {.metric = "accuracy"});
//   events.write(record);          // after each epoch
//   $ tensorboard --logdir runs
//
// The format is TensorFlow's: records of a length, its check sum, an Event in protocol-buffer encoding, its
// check sum; both are CRC-32C (Castagnoli, 1993), masked. Its file is record_writer.cc, its messages are
// event.proto and summary.proto.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "mlp/export.h"
#include "mlp/file_layer.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

struct EventFileOptions {
  std::string metric = "metric";  ///< what EpochRecord::validation_metric is: "accuracy", "rmse"
  /// The first epoch that will be written. TensorBoard forgets what earlier files of the folder say of this
  /// epoch and later ones: a resumed run may have trained some of them before.
  std::uint64_t first_epoch = 1;
};

/// Appends to a file of its own, which it makes: `folder`/events.out.tfevents.SECONDS.mlp, with the time
/// since 1970.
class EventFile {
 public:
  /// Throws FileError where the file cannot be made. `files` must outlive the object.
  explicit EventFile(const std::filesystem::path& folder, EventFileOptions options = {},
                     const FileLayer& files = default_files());
  ~EventFile();
  EventFile(EventFile&& other) noexcept;
  EventFile& operator=(EventFile&& other) noexcept;

  const std::filesystem::path& path() const { return path_; }

  /// Appends, with the epoch as the step and the time of the call: loss/train, loss/validation and
  /// METRIC/validation where there are any, learning_rate, samples_per_second. A reader sees all of it when
  /// this returns. Throws FileError.
  void write(const EpochRecord& record);

  /// Whether a file name is an event file's.
  static bool is_event_file(const std::filesystem::path& path);

 private:
  static const FileLayer& default_files();
  void append(const std::string& event);
  void close();

  std::filesystem::path path_;
  EventFileOptions options_;
  const FileLayer* files_;
  int descriptor_ = -1;
};

}  // namespace mlp
