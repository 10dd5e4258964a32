// Numbers and text as people read them at a terminal.
#include "terminal/format.h"

#include <gtest/gtest.h>

namespace mlp::app {
namespace {

TEST(Format, CompactNumbersHaveThousandsApart) {
  EXPECT_EQ(compact(1500000.0), "1,500,000");
  EXPECT_EQ(compact(1987.0), "1,987");
  EXPECT_EQ(compact(255.0), "255");
  EXPECT_EQ(compact(0.05), "0.05");
  EXPECT_EQ(compact(-146234.4), "-146,234");
  EXPECT_EQ(compact(2970.42), "2970.42") << "only where whole";
}

TEST(Format, CountdownsAreOfWholeSeconds) {
  EXPECT_EQ(countdown(0.4), "0 s");
  EXPECT_EQ(countdown(59.4), "59 s");
  EXPECT_EQ(countdown(59.6), "1:00");
  EXPECT_EQ(countdown(7389.2), "2:03:09");
  EXPECT_EQ(countdown(-1), "-");
}

TEST(Format, AlternativesEndWithOr) {
  EXPECT_EQ(alternatives({}), "");
  EXPECT_EQ(alternatives({"a"}), "a");
  EXPECT_EQ(alternatives({"a", "b"}), "a or b");
  EXPECT_EQ(alternatives({"a", "b", "c"}), "a, b or c");
}

TEST(Format, WordsAreQuotedForAShell) {
  EXPECT_EQ(shell_text({"mlp", "train", "a.csv"}), "mlp train a.csv");
  EXPECT_EQ(shell_text({"a b", "it's", "", "$x"}), "'a b' 'it'\\''s' '' '$x'");
  EXPECT_EQ(shell_text({"caf\u00e9"}), "'caf\u00e9'");
  EXPECT_EQ(shell_text({"two\nlines"}), "$'two\\012lines'");
  EXPECT_EQ(shell_text({"caf\xe9", "it's\x1b\\"}), "$'caf\\351' $'it\\'s\\033\\\\'");
  EXPECT_EQ(shell_text({"\u202Ex"}), "$'\\342\\200\\256x'") << "it turns the order of text around";
  EXPECT_EQ(path_text("runs/a b"), "runs/a b");
  EXPECT_EQ(path_text("runs/a\nb"), "$'runs/a\\012b'");
}

}  // namespace
}  // namespace mlp::app
