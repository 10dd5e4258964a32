#include "mlp/printable.h"

#include <gtest/gtest.h>

#include <string>

namespace mlp {
namespace {

TEST(Printable, LeavesTextAsItIs) {
  for (const std::string text :
       {"", "a b", "gr\xC3\xBCn \xE7\x8C\xAB \xF0\x9F\x98\x80", "\xC2\xA0", "~\"'\\"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, ShowsNothingThatATerminalObeys) {
  EXPECT_EQ(printable("a\nb\tc\x1b[31m\x7f"), "a?b?c?[31m?");
  EXPECT_EQ(printable(std::string("\0\x01\x1f", 3)), "???");
  EXPECT_EQ(printable("\xC2\x80\xC2\x9B[2J\xC2\x9F"), "??[2J?");
}

TEST(Printable, ShowsNothingThatTurnsTheOrderOfTextAround) {
  EXPECT_EQ(printable("a\u202Eb\u2066c\u2069\u2028"), "a?b?c??");
  EXPECT_EQ(printable("\u2027\u202F\u2065\u206A"), "\u2027\u202F\u2065\u206A");
}

TEST(Printable, ShowsAMarkForEachByteThatIsNoCharacter) {
  EXPECT_EQ(printable("caf\xE9"), "caf?");
  EXPECT_EQ(printable("\xFF\xC3x\xE7\x8C"), "??x??");
  EXPECT_EQ(printable("\xED\xA0\x80"), "???");  // a surrogate
}

TEST(InUtf8, LeavesUtf8AsItIs) {
  for (const std::string text : {"", "a\\b\n\"", "caf\u00e9 \u202E"}) EXPECT_EQ(in_utf8(text), text);
}

TEST(InUtf8, EscapesBytesThatAreNoCharacter) {
  EXPECT_EQ(in_utf8("caf\xE9"), "caf\\xe9");
  EXPECT_EQ(in_utf8("\xFF\\\u00e9\x07\xC3"), "\\xff\\\\\u00e9\x07\\xc3");
  EXPECT_EQ(in_utf8("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(Printable, IsCutBetweenCharacters) {
  EXPECT_EQ(printable(std::string(40, 'x')), std::string(40, 'x'));
  EXPECT_EQ(printable(std::string(41, 'x')), std::string(40, 'x') + "...");
  EXPECT_EQ(printable(std::string(38, 'x') + "\xC3\xBC"), std::string(38, 'x') + "\xC3\xBC");
  EXPECT_EQ(printable(std::string(39, 'x') + "\xC3\xBC"), std::string(39, 'x') + "...");
  EXPECT_EQ(printable("abc", 2), "ab...");
  EXPECT_EQ(printable("abc", 0), "...");
}

}  // namespace
}  // namespace mlp
