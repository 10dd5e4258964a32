// Values of options: the whole text is read and checked; a UsageError names the option, what it takes, and
// what was given.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "mlp/error.h"

namespace mlp::app {

[[noreturn]] inline void reject(const std::string& option, const std::string& expected,
                                const std::string& found) {
  throw UsageError(option + " takes " + expected + ", not '" + found + "'");
}

template <class T>
std::optional<T> read_number(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class T>
T whole(const std::string& option, const std::string& text, T least, T most) {
  const auto value = read_number<T>(text);
  if (!value || *value < least || *value > most) {
    reject(option, "a whole number from " + std::to_string(least) + " to " + std::to_string(most), text);
  }
  return *value;
}

template <class Accept>
double real(const std::string& option, const std::string& text, const std::string& expected, Accept accept) {
  const auto value = read_number<double>(text);
  if (!value || !std::isfinite(*value) || !accept(*value)) reject(option, expected, text);
  return *value;
}

/// parse(), with the option's name before the message of a UsageError.
template <class Parse>
auto option_value(const std::string& option, const Parse& parse) {
  try {
    return parse();
  } catch (const UsageError& error) {
    throw UsageError(option + ": " + error.message(), error.advice());
  }
}

}  // namespace mlp::app
