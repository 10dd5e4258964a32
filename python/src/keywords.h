// Keyword arguments, taken one by one. Functions with two dozen of them share their meaning this way.
#pragma once

#include <nanobind/nanobind.h>

#include <optional>
#include <string>
#include <vector>

namespace mlp::python {

namespace nb = nanobind;

class Keywords {
 public:
  /// `who` begins messages.
  Keywords(const char* who, nb::kwargs arguments) : who_(who), arguments_(std::move(arguments)) {}

  /// The argument of this name; nothing where it is not given or None. Throws TypeError where it is not of
  /// type T, called `expected`.
  template <class T>
  std::optional<T> take(const char* name, const char* expected) {
    const nb::object value = object(name);
    if (value.is_none()) return std::nullopt;
    T result{};
    if (!nb::try_cast(value, result)) refuse(name, expected, value);
    return result;
  }
  std::optional<std::string> text(const char* name) { return take<std::string>(name, "a text"); }
  template <class T>
  void number(const char* name, T& result) {
    if (const auto given = take<T>(name, "a number")) result = *given;
  }
  /// The argument as it is; None where it is not given.
  nb::object object(const char* name);

  /// Throws TypeError where an argument is left that nobody has asked for, with the nearest name.
  void end() const;

 private:
  [[noreturn]] void refuse(const char* name, const char* expected, nb::handle value) const;

  std::string who_;
  nb::kwargs arguments_;
  std::vector<std::string> known_;
};

}  // namespace mlp::python
