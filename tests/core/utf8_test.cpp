#include "core/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace mlp {
namespace {

/// `code` in the bytes that RFC 3629, section 3, gives it; surrogates and what lies above U+10FFFF as well.
std::string encode(char32_t code) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | (code >> 6)), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | (code >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)};
}

TEST(Utf8, KnowsEveryCharacterAndNoSurrogate) {
  for (char32_t code = 0; code < 0x120000; ++code) {
    const auto bytes = encode(code);
    const bool character = code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
    ASSERT_EQ(utf8_length(bytes + "x"), character ? bytes.size() : 0) << std::hex << static_cast<int>(code);
  }
}

TEST(Utf8, RefusesOverlongFormsAndPieces) {
  for (const std::string bytes : {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\x80", "\xBF",
                                  "\xC3", "\xC3x", "\xE2\x82", "\xF0\x9F\x98", "\xFE", "\xFF"})
    EXPECT_EQ(utf8_length(bytes), 0u) << testing::PrintToString(bytes);
}

TEST(Utf8, FindsTheFirstWrongByte) {
  EXPECT_EQ(find_invalid_utf8(""), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("plain, na\xC3\xAFve, \xE2\x82\xAC, \xF0\x9F\x98\x80"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("caf\xE9"), 3u);
  EXPECT_EQ(find_invalid_utf8("\xC3\xAF\xC3"), 2u);
  EXPECT_EQ(find_invalid_utf8("\xFFgarbage"), 0u);
}

}  // namespace
}  // namespace mlp
