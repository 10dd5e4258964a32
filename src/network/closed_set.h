// A closed set - a std::variant of small structs with hyper-parameters - and the text its members are written
// in. Each set has one table, an Entry for each alternative: written down in the variant's order, or taken
// from each one's facts (facts.h). A missing or misplaced one does not compile. Writing, reading, range
// checks and enumeration follow from the table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "mlp/error.h"
#include "mlp/suggest.h"
#include "network/text.h"

namespace mlp {

/// A number among T's members.
template <class T>
struct Parameter {
  std::string_view name;
  double T::*member;
  Range range;
  bool written = true;  ///< false: read but never written (an optimizer's learning rate)
};

/// A switch among T's members, written as one word: gelu(tanh).
template <class T>
struct Flag {
  std::string_view word;
  bool T::*member;
};

template <class T>
struct Entry {
  std::string_view name;
  std::vector<Parameter<T>> parameters = {};
  std::vector<Flag<T>> flags = {};
  std::vector<std::string_view> aliases = {};
};

template <class Variant>
class ClosedSet;

template <class... Ts>
class ClosedSet<std::variant<Ts...>> {
 public:
  using Variant = std::variant<Ts...>;

  /// `kind` names the set in messages: "activation".
  ClosedSet(std::string_view kind, Entry<Ts>... entries) : kind_(kind), entries_(std::move(entries)...) {
    (names_.emplace_back(entry<Ts>().name), ...);
    (enumerate(entry<Ts>()), ...);
  }

  /// The entry of each alternative is entry_of(its defaults).
  template <class EntryOf>
  ClosedSet(std::string_view kind, const EntryOf& entry_of) : ClosedSet(kind, entry_of(Ts{})...) {}

  /// Every alternative with its defaults, then with each of its flags set.
  const std::vector<Variant>& all() const { return all_; }

  /// The name, and in parentheses the parameters that differ from the default.
  std::string to_string(const Variant& value) const {
    return std::visit(
        [this]<class T>(const T& member) { return write(entry<T>(), member, std::get<T>(defaults_)); },
        value);
  }

  /// The inverse of to_string. Throws UsageError.
  Variant parse(std::string_view text) const {
    const Call call = parse_call(kind_, text);
    std::optional<Variant> value;
    ((value || !goes_by(entry<Ts>(), call.name) ? void() : void(value = read(entry<Ts>(), call))), ...);
    if (!value) {
      throw UsageError("unknown " + std::string(kind_) + " " + quote(call.name),
                       suggest(fold(call.name), names_));
    }
    return *value;
  }

  /// "leaky_relu: slope = 2 is out of range, expected [0, 1)", or empty where all parameters are in range.
  std::string problem(const Variant& value) const {
    return std::visit([this]<class T>(const T& member) { return range_problem(this->entry<T>(), member); },
                      value);
  }

 private:
  template <class T>
  const Entry<T>& entry() const {
    return std::get<Entry<T>>(entries_);
  }

  template <class T>
  void enumerate(const Entry<T>& entry) {
    all_.push_back(T{});
    for (const auto& flag : entry.flags) {
      T value{};
      value.*flag.member = true;
      all_.push_back(value);
    }
  }

  template <class T>
  static bool goes_by(const Entry<T>& entry, std::string_view name) {
    if (same_name(name, entry.name)) return true;
    for (const auto alias : entry.aliases) {
      if (same_name(name, alias)) return true;
    }
    return false;
  }

  template <class T>
  static std::string write(const Entry<T>& entry, const T& value, const T& defaults) {
    const bool keyed = entry.parameters.size() > 1;
    std::string arguments;
    const auto add = [&](const std::string& argument) {
      arguments += (arguments.empty() ? "" : ",") + argument;
    };
    for (const auto& parameter : entry.parameters) {
      const double number = value.*parameter.member;
      if (!parameter.written || number == defaults.*parameter.member) continue;
      add((keyed ? std::string(parameter.name) + "=" : "") + format_number(number));
    }
    for (const auto& flag : entry.flags) {
      if (value.*flag.member) add(std::string(flag.word));
    }
    return std::string(entry.name) + (arguments.empty() ? "" : "(" + arguments + ")");
  }

  template <class T>
  static T read(const Entry<T>& entry, const Call& call) {
    T value{};
    std::vector<std::string> seen;
    for (const auto& [key, text] : call.arguments) {
      const std::string name = read_argument(entry, key, text, value);
      for (const auto& other : seen) {
        if (name == other) throw UsageError(std::string(entry.name) + ": " + name + " is given twice");
      }
      seen.push_back(name);
    }
    if (const auto problem = range_problem(entry, value); !problem.empty()) throw UsageError(problem);
    return value;
  }

  /// Sets the member that `key` names - or, without a key, the flag or the only parameter - and returns its
  /// name.
  template <class T>
  static std::string read_argument(const Entry<T>& entry, std::string_view key, std::string_view text,
                                   T& value) {
    const std::string where = std::string(entry.name) + ": ";
    if (key.empty()) {
      for (const auto& flag : entry.flags) {
        if (!same_name(text, flag.word)) continue;
        value.*flag.member = true;
        return std::string(flag.word);
      }
    }
    std::vector<std::string> known;
    for (const auto& parameter : entry.parameters) {
      known.emplace_back(parameter.name);
      if (key.empty() ? entry.parameters.size() > 1 : !same_name(key, parameter.name)) continue;
      const auto number = parse_number(text);
      if (!number) {
        throw UsageError(where + std::string(parameter.name) + " expects a finite number, found " +
                         quote(text));
      }
      value.*parameter.member = *number;
      return known.back();
    }
    for (const auto& flag : entry.flags) known.emplace_back(flag.word);
    if (known.empty()) {
      throw UsageError(std::string(entry.name) + " takes no parameters, found " +
                       quote(key.empty() ? text : key));
    }
    const auto unknown = key.empty() ? text : key;
    throw UsageError(where + "unknown parameter " + quote(unknown), suggest(fold(unknown), known));
  }

  template <class T>
  static std::string range_problem(const Entry<T>& entry, const T& value) {
    for (const auto& parameter : entry.parameters) {
      const double number = value.*parameter.member;
      if (parameter.range.contains(number)) continue;
      return std::string(entry.name) + ": " + std::string(parameter.name) + " = " + format_number(number) +
             " is out of range, expected " + parameter.range.to_string();
    }
    return {};
  }

  std::string_view kind_;
  std::tuple<Entry<Ts>...> entries_;
  std::tuple<Ts...> defaults_;
  std::vector<std::string> names_;
  std::vector<Variant> all_;
};

}  // namespace mlp
