#include "data/numbers/exact_number.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mlp {
namespace {

TEST(ExactNumber, IsTheSameForEverySpelling) {
  const std::vector<std::vector<std::string>> numbers = {
      {"1", "1.0", "01", "+1", "1e0", "10e-1", "0.1e+1", "0.001E3", "1."},
      {"-120", "-120.00", "-1.2e2", "-0120", "-12000e-2",
       "\xE2\x88\x92"
       "120",
       "-1200e\xE2\x88\x92"
       "1"},
      {"0", "-0", "0.000", "0e5", "00", "-.0"},
      {"0.5", ".5", "5e-1", "00.50"},
      {"9007199254740993", "9007199254740993.0", "9.007199254740993e15"}};
  for (const auto& spellings : numbers)
    for (const auto& text : spellings) EXPECT_EQ(exact_number(text), exact_number(spellings.front())) << text;
}

TEST(ExactNumber, DiffersForNumbersThatDiffer) {
  const std::vector<std::string> different = {"1",
                                              "-1",
                                              "10",
                                              "0.1",
                                              "0",
                                              "1.0000000000000000000001",
                                              "9007199254740992",
                                              "9007199254740993",
                                              "90071992547409930",
                                              "-9007199254740993",
                                              "101",
                                              "1001",
                                              "1e300",
                                              "1e301"};
  for (const auto& a : different)
    for (const auto& b : different) EXPECT_EQ(exact_number(a) == exact_number(b), a == b) << a << " " << b;
}

TEST(ExactNumber, CodesHaveAZeroInFront) {
  for (const char* code : {"01", "007", "00", "01067"}) EXPECT_TRUE(is_code(code)) << code;
  for (const char* amount : {"", "0", "1", "10", "0.5", "01.5", "-01", "0x1"})
    EXPECT_FALSE(is_code(amount)) << amount;
}

}  // namespace
}  // namespace mlp
