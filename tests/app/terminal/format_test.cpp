// Numbers as people read them.
#include "terminal/format.h"

#include <gtest/gtest.h>

#include <limits>

namespace mlp::app {
namespace {

TEST(Format, LargeNumbersAreWrittenAsCountsAre) {
  EXPECT_EQ(significant(146234.0), "146,200");
  EXPECT_EQ(significant(-146234.0), "-146,200");
  EXPECT_EQ(significant(1234.4), "1,234");
  EXPECT_EQ(significant(9999.7), "10,000");
  EXPECT_EQ(significant(999.96), "1,000");
  EXPECT_EQ(significant(999949999.0), "999,900,000");
  EXPECT_EQ(significant(999999999.0), "1.000e+09") << "no longer read at a glance";
  EXPECT_EQ(significant(1e300), "1.000e+300");
  EXPECT_EQ(significant(123456.0, 6), "123,456");
  EXPECT_EQ(compact(1500000.0), "1,500,000");
  EXPECT_EQ(compact(255.0), "255");
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

TEST(Format, SmallOnesKeepTheirDigits) {
  EXPECT_EQ(significant(999.91), "999.9");
  EXPECT_EQ(significant(0.123), "0.1230");
  EXPECT_EQ(significant(1.234e-5), "1.234e-05");
  EXPECT_EQ(significant(1234.5, 6), "1234.50");
  EXPECT_EQ(significant(0.0), "0.000");
  EXPECT_EQ(significant(std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_EQ(significant(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(compact(0.05), "0.05");
}

}  // namespace
}  // namespace mlp::app
