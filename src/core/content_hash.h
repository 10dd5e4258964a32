// A 64-bit hash of numbers and texts, part after part; content_hash.cpp says how.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mlp {

/// Depends on the parts' values, lengths and order; lists of variable length add their length first.
class ContentHash {
 public:
  void add(std::uint64_t number);
  template <class T>
  void add(std::span<const T> values) {
    add_bytes(values.data(), values.size_bytes());
  }
  void add(const std::string& text) { add_bytes(text.data(), text.size()); }
  void add(const std::vector<std::string>& texts);
  std::uint64_t value() const { return value_; }

 private:
  void add_bytes(const void* bytes, std::size_t count);

  std::uint64_t value_ = 0;
};

}  // namespace mlp
