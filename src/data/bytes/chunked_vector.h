// A vector that grows without copying: values are added in chunks, and become one block of memory at the end.
// (A std::vector that doubles takes up to three times the memory of the values it ends up with.)
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace mlp {

template <class T>
class ChunkedVector {
 public:
  void push_back(T value) {
    if (last_.size() == last_.capacity()) start_chunk();
    last_.push_back(value);
  }

  std::size_t size() const {
    std::size_t size = last_.size();
    for (const auto& chunk : full_) size += chunk.size();
    return size;
  }

  /// Calls f(value) for each value in order and leaves the vector empty.
  template <class F>
  auto take(F f) {
    std::vector<std::decay_t<std::invoke_result_t<F, T>>> result;
    result.reserve(size());
    for_each([&](T value) { result.push_back(f(value)); });
    *this = {};
    return result;
  }

  template <class F>
  void for_each(F f) const {
    for (const auto& chunk : full_) std::ranges::for_each(chunk, std::ref(f));
    std::ranges::for_each(last_, std::ref(f));
  }

 private:
  void start_chunk() {  // small chunks first: a table may have many columns and few rows
    constexpr std::size_t kFirst = 16, kMost = std::size_t{1} << 16;
    const std::size_t size = std::clamp(2 * last_.capacity(), kFirst, kMost);
    if (!last_.empty()) full_.push_back(std::move(last_));
    last_ = {};
    last_.reserve(size);
  }

  std::vector<std::vector<T>> full_;
  std::vector<T> last_;
};

}  // namespace mlp
