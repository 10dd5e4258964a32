#include "data/table/dictionary.h"

namespace mlp {

void Dictionary::insert(std::string_view text, std::int32_t index) {
  const std::uint64_t word = word_of(text);
  std::size_t i = first_slot(word);
  while (slots_[i].index != kNone) i = (i + 1) & (slots_.size() - 1);
  slots_[i] = {word, static_cast<std::uint32_t>(text.size()), index};
}

std::int32_t Dictionary::add(std::string_view text) {
  const auto index = static_cast<std::int32_t>(texts_.size());
  if (2 * (texts_.size() + 1) > slots_.size()) {
    slots_.assign(2 * slots_.size(), {});
    --shift_;
    for (std::int32_t i = 0; i < index; ++i) insert(texts_[static_cast<std::size_t>(i)], i);
  }
  texts_.emplace_back(text);
  insert(text, index);
  return index;
}

}  // namespace mlp
