// Errors of the outside world: files, flags, cells, networks that diverge.
//
// what() is one line: what is wrong and where. hint() is one line: what to do about it (may be empty). Both
// name settings as a C++ program does; message() and advice() are the same texts with the settings as values,
// for other front ends: see mlp/message.h.
// Programmer mistakes (shapes that do not fit, indices out of range) throw std::invalid_argument from
// mlp::require() instead, at every public entry and in every build type.
#pragma once

#include <stdexcept>
#include <string>

#include "mlp/export.h"
#include "mlp/message.h"

namespace MLP_EXPORT mlp {

class Error : public std::runtime_error {
 public:
  explicit Error(Message message, Message advice = {})
      : std::runtime_error(in_words(message)),
        message_(std::move(message)),
        advice_(std::move(advice)),
        hint_(in_words(advice_)) {}

  const std::string& hint() const { return hint_; }
  const Message& message() const { return message_; }  ///< what() with its remedies as values
  const Message& advice() const { return advice_; }    ///< hint() with its remedies as values

 private:
  Message message_, advice_;
  std::string hint_;
};

/// A file that cannot be found, read, written or understood. what() names the path.
class FileError : public Error {
 public:
  using Error::Error;
};

/// Data that was read but cannot be used: a value, a column, a row count.
class DataError : public Error {
 public:
  using Error::Error;
};

/// A name or value the user gave that is not one of the known ones; the hint suggests the nearest.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// Training met a NaN or an infinity; what() names layer, step and loss, hint() the remedy.
class DivergenceError : public Error {
 public:
  using Error::Error;
};

/// The system gives no more threads.
class ThreadError : public Error {
 public:
  using Error::Error;
};

/// Throws std::invalid_argument(message) unless `condition` holds.
inline void require(bool condition, const char* message) {
  if (!condition) throw std::invalid_argument(message);
}
inline void require(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

}  // namespace mlp
