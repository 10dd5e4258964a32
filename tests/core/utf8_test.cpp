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

TEST(Utf8, CodePointsAreWhatWasEncoded) {
  for (char32_t code = 0; code < 0x110000; code += code < 0x3000 ? 1 : 37) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    ASSERT_EQ(code_points("a" + encode(code) + "b"), (std::u32string{U'a', code, U'b'}))
        << static_cast<int>(code);
  }
  EXPECT_EQ(code_points("\xE9x\xC3"), (std::u32string{0x1100E9, U'x', 0x1100C3}));
  EXPECT_EQ(code_points(""), U"");
}

TEST(Utf8, TrimsWhatCannotBeSeenAroundAText) {
  for (const char32_t code : {0x09, 0x0A, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2003, 0x200A, 0x200B, 0x200D,
                              0x200E, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF}) {
    const std::string blank = encode(code);
    EXPECT_EQ(trim_invisible(blank + " a" + blank + "b " + blank + blank), "a" + blank + "b")
        << static_cast<int>(code);
    EXPECT_EQ(trim_invisible(blank), "");
  }
  // Visible text stays, and so do bytes that are no character.
  for (const std::string text :
       {"x", "\u00E4", "e\u0301", "\u00A1", "\u2010", "\u732B", "\xA0", "a\xC2", "\xE2\x80"})
    EXPECT_EQ(trim_invisible(text), text) << testing::PrintToString(text);
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
