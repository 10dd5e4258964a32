// Numbers the different texts of a column in order of appearance. Open addressing with linear probing (Knuth,
// The Art of Computer Programming 3, 6.4); texts of up to 8 bytes, which most cells are, are their own key,
// so that finding one compares no text.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

class Dictionary {
 public:
  static constexpr std::int32_t kNone = -1;

  /// The text's number, or kNone.
  std::int32_t find(std::string_view text) const {
    const std::uint64_t word = word_of(text);
    for (std::size_t i = first_slot(word);; i = (i + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[i];
      if (slot.index == kNone) return kNone;
      if (slot.word == word && slot.size == text.size() &&
          (text.size() <= kShort || texts_[static_cast<std::size_t>(slot.index)] == text))
        return slot.index;
    }
  }

  /// Adds a text that is not there yet and returns its number.
  std::int32_t add(std::string_view text);

  const std::vector<std::string>& texts() const { return texts_; }

 private:
  static constexpr std::size_t kShort = 8;

  struct Slot {
    std::uint64_t word = 0;
    std::uint32_t size = 0;
    std::int32_t index = kNone;
  };

  // Together with the size this tells short texts apart; where the two halves overlap, bytes occur twice. A
  // loop over the bytes would be mispredicted at its end whenever sizes vary.
  static std::uint64_t word_of(std::string_view text) {
    const std::size_t size = text.size();
    if (size > kShort) return std::hash<std::string_view>{}(text);
    if (size >= 4) {
      std::uint32_t head, tail;
      std::memcpy(&head, text.data(), 4);
      std::memcpy(&tail, text.data() + size - 4, 4);
      return head | static_cast<std::uint64_t>(tail) << 32;
    }
    if (size == 0) return 0;
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(text[i]));
    };
    return byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
  }
  std::size_t first_slot(std::uint64_t word) const {
    return static_cast<std::size_t>((word * 0x9E3779B97F4A7C15u) >> shift_);  // Fibonacci hashing
  }
  void insert(std::string_view text, std::int32_t index);

  std::vector<Slot> slots_ = std::vector<Slot>(8);  // a power of two, of which at most half are taken
  int shift_ = 64 - 3;
  std::vector<std::string> texts_;
};

}  // namespace mlp
