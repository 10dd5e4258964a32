// Reads event files (mlp/event_file.h), by their format alone.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "report/event_record.h"

namespace mlp::testing_support {

/// A message in protocol-buffer encoding, field by field.
struct Fields {
  std::map<unsigned, std::vector<std::string>> bytes;
  std::map<unsigned, std::uint64_t> numbers;  // varints, and the bits of fixed ones
};
inline Fields parsed(const std::string& message) {
  Fields fields;
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(message.at(at++));
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
  };
  const auto fixed = [&](std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(message.at(at++))} << 8 * i;
    return value;
  };
  while (at < message.size()) {
    const auto key = varint();
    const auto field = static_cast<unsigned>(key >> 3);
    if ((key & 7) == 0) fields.numbers[field] = varint();
    if ((key & 7) == 1) fields.numbers[field] = fixed(8);
    if ((key & 7) == 5) fields.numbers[field] = fixed(4);
    if ((key & 7) == 2) {
      const auto size = static_cast<std::size_t>(varint());
      fields.bytes[field].push_back(message.substr(at, size));
      at += size;
    }
  }
  return fields;
}

/// The events of a file; each record must be as it is written.
inline std::vector<Fields> events_in(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  std::vector<Fields> events;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint64_t size = 0;
    std::memcpy(&size, bytes.data() + at, sizeof size);
    const std::string record = bytes.substr(at, 12 + size + 4);
    EXPECT_EQ(record, event_record(record.substr(12, size)));
    events.push_back(parsed(record.substr(12, size)));
    at += record.size();
  }
  return events;
}

inline std::map<std::string, float> scalars_of(const Fields& event) {
  std::map<std::string, float> scalars;
  for (const auto& summary : event.bytes.at(5)) {
    const Fields values = parsed(summary);
    for (const auto& text : values.bytes.at(1)) {
      const Fields value = parsed(text);
      scalars[value.bytes.at(1).front()] =
          std::bit_cast<float>(static_cast<std::uint32_t>(value.numbers.at(2)));
    }
  }
  return scalars;
}

/// The steps of the events with numbers.
inline std::vector<std::uint64_t> steps_in(const std::filesystem::path& path) {
  std::vector<std::uint64_t> steps;
  for (const Fields& event : events_in(path)) {
    if (event.bytes.contains(5)) steps.push_back(event.numbers.at(2));
  }
  return steps;
}

}  // namespace mlp::testing_support
