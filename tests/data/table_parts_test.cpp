// The pieces that tables are made of: numbers in cells, marks of missing cells, dictionaries, categories.
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "core/random.h"
#include "data/categories.h"
#include "data/cell.h"
#include "data/chunked_vector.h"
#include "data/dictionary.h"
#include "data/formatted_number.h"
#include "data/numbers.h"

namespace mlp {
namespace {

TEST(ParseDouble, TakesWholeTextsOnly) {
  EXPECT_EQ(parse_double("1.5"), 1.5);
  EXPECT_EQ(parse_double("-2"), -2.0);
  EXPECT_EQ(parse_double("+3e2"), 300.0);
  EXPECT_EQ(parse_double("1."), 1.0);
  EXPECT_EQ(parse_double(".5"), 0.5);
  EXPECT_EQ(parse_double("-.5E-1"), -0.05);
  EXPECT_EQ(parse_double("00012"), 12.0);
  EXPECT_TRUE(std::signbit(*parse_double("-0")));
  EXPECT_EQ(parse_double("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(parse_double("4.9e-324"), std::numeric_limits<double>::denorm_min());
  for (const char* text : {"", "-", "+", ".", "-.", "1,5", "1 ", " 1", "1.5.2", "1-2", "--1", "+-1", "0x10",
                           "1e", "e5", "1f", "1d5", "1_000", "\xEF\xBC\x91"})
    EXPECT_EQ(parse_double(text), std::nullopt) << text;
}

TEST(FormattedNumber, IsANumberOnceItsFormatIsUndone) {
  for (const char* text :
       {"12,5", "-0,25", "+1,5", "1,234", "1.234.567", "1.234,50", "1,234.50", "1'234.5", "1 234",
        "1\xC2\xA0"
        "234,5",
        "1\xE2\x80\xAF"
        "234",
        "$12", "$1,200.00", "-$5", "$-5", "5 \xE2\x82\xAC",
        "\xC2\xA3"
        "7.5",
        "15%", "3,5 %"})
    EXPECT_TRUE(is_formatted_number(text)) << text;
  // Plain numbers are none, nor are dates, times, ranges, versions, names, marks.
  for (const char* text :
       {"12",       "12.5",        "-1e3",       "nan",   "",         "$",        "%",    ",",
        ",5",       "01.02.2024",  "2024-01-02", "12:30", "10-19",    "1.2.3",    "3+",   "A1",
        "1,23,456", "12345,678.9", "12,",        "1.,",   "1,234,56", "1.234.5x", "--5,5"})
    EXPECT_FALSE(is_formatted_number(text)) << text;
}

TEST(ParseDouble, GivesNanAndInfinityForWhatIsNoFiniteNumber) {
  for (const char* text : {"nan", "NaN", "-nan"})
    EXPECT_TRUE(std::isnan(parse_double(text).value_or(0))) << text;
  for (const char* text : {"inf", "-Infinity", "1e999", "-1e999", "1e-999"})
    EXPECT_TRUE(std::isinf(parse_double(text).value_or(0))) << text;
}

TEST(ParseDouble, GivesTheBitsOfFromChars) {
  const RandomStream random(1, RandomPurpose::kTest);
  std::uint64_t index = 0;
  std::size_t simple = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = random.below(2, index++) == 0 ? "-" : "";
    for (std::uint64_t whole = random.below(10, index++); whole > 0; --whole)
      text += static_cast<char>('0' + random.below(10, index++));
    if (random.below(4, index++) > 0) text += '.';
    for (std::uint64_t decimals = random.below(9, index++); decimals > 0; --decimals)
      text += static_cast<char>('0' + random.below(10, index++));
    double expected = 0, value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), expected);
    const bool number = error == std::errc{} && end == text.data() + text.size();
    const auto actual = parse_double(text);
    ASSERT_EQ(actual.has_value(), number) << text;
    if (number) {
      ASSERT_EQ(std::memcmp(&*actual, &expected, sizeof expected), 0) << text;
    }
    simple += parse_simple_decimal(text, value);
  }
  EXPECT_GT(simple, 100'000u);
}

TEST(Printable, ShortensToWholeCharactersOnOneLine) {
  EXPECT_EQ(in_quotes("a\nb\x7f"), "'a?b?'");
  EXPECT_EQ(in_quotes(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
  EXPECT_EQ(printable(std::string(39, 'x') + "\xC3\xA9"), std::string(39, 'x') + "...");
  EXPECT_EQ(printable(std::string(38, 'x') + "\xC3\xA9"), std::string(38, 'x') + "\xC3\xA9");
}

TEST(CellRules, TellsMissingNumbersAndTexts) {
  const CellRules rules;
  const auto kind = [&](std::string_view text) { return rules.read(text).kind; };
  for (const char* text : {"", "NA", "na", "NaN", "nan", "-nan", "null", "NULL", "Null", "?"})
    EXPECT_EQ(kind(text), CellKind::kMissing) << text;
  for (const char* text : {"0", "-1.5", "1e3", "+7"}) EXPECT_EQ(kind(text), CellKind::kNumber) << text;
  for (const char* text : {"inf", "-inf", "Infinity", "1e999"})
    EXPECT_EQ(kind(text), CellKind::kInfinite) << text;
  for (const char* text : {"n/a", "None", "nul", "NAN1", "??", "-", "1,5"})
    EXPECT_EQ(kind(text), CellKind::kText) << text;
  EXPECT_EQ(rules.read("-2.5e1").number, -25.0);
}

TEST(CellRules, TakesFurtherMarksOfMissingCells) {
  const CellRules rules({"none", " - ", "-999"});
  for (const char* text : {"none", "-", "-999", "-999.0", "-9.99e2", "NA"})
    EXPECT_EQ(rules.read(text).kind, CellKind::kMissing) << text;
  EXPECT_EQ(rules.read("None").kind, CellKind::kText);
  EXPECT_EQ(rules.read("999").kind, CellKind::kNumber);
}

TEST(Trimmed, TakesAwayBlanksAround) {
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  EXPECT_EQ(trimmed(" "), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\n"), "\n");
}

TEST(Dictionary, NumbersTextsInOrderOfAppearance) {
  Dictionary dictionary;
  // All short texts over two letters and zero bytes, and long ones that begin and end alike.
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; texts[i].size() < 9; ++i)
    for (const char c : {'a', 'b', '\0'})
      if (texts.size() < 20'000)
        texts.push_back(texts[i] + c);
      else
        i = texts.size() - 2;
  for (std::size_t i = 0; i < 1000; ++i) texts.push_back("begin " + std::to_string(i) + " end");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(dictionary.find(texts[i]), Dictionary::kNone) << i;
    ASSERT_EQ(dictionary.add(texts[i]), static_cast<std::int32_t>(i));
  }
  for (std::size_t i = 0; i < texts.size(); ++i)
    ASSERT_EQ(dictionary.find(texts[i]), static_cast<std::int32_t>(i));
  EXPECT_EQ(dictionary.texts(), texts);
  EXPECT_EQ(dictionary.find("abc"), Dictionary::kNone);
}

TEST(ChunkedVector, IsAVector) {
  ChunkedVector<std::uint16_t> chunks;
  std::vector<int> expected;
  for (int i = 0; i < 300'000; ++i) {
    chunks.push_back(static_cast<std::uint16_t>(i % 60'000));
    expected.push_back(i % 60'000 + 1);
  }
  EXPECT_EQ(chunks.size(), 300'000u);
  std::size_t seen = 0;
  chunks.for_each([&](std::uint16_t) { ++seen; });
  EXPECT_EQ(seen, 300'000u);
  EXPECT_EQ(chunks.take([](std::uint16_t value) { return value + 1; }), expected);
  EXPECT_EQ(chunks.size(), 0u);
}

using Texts = std::vector<std::string>;
using Codes = std::vector<std::int32_t>;

TEST(Categories, OfTextsAreSorted) {
  const auto categories = text_categories(Texts{"b", "a", "B", "10", "9"});
  EXPECT_EQ(categories.names, (Texts{"10", "9", "B", "a", "b"}));
  EXPECT_EQ(categories.code_of, (Codes{4, 3, 2, 0, 1}));
}

TEST(Categories, OfNumbersAreSortedByValue) {
  const Texts texts = {"10", "9", "1.0", "-1", "1"};
  const std::vector<double> numbers = {10, 9, 1, -1, 1};
  const auto apart = number_categories(texts, numbers, false);
  EXPECT_EQ(apart.names, (Texts{"-1", "1", "1.0", "9", "10"}));
  EXPECT_EQ(apart.code_of, (Codes{4, 3, 2, 0, 1}));
  const auto merged = number_categories(texts, numbers, true);
  EXPECT_EQ(merged.names, (Texts{"-1", "1.0", "9", "10"}));  // 1.0 came first
  EXPECT_EQ(merged.code_of, (Codes{3, 2, 1, 0, 1}));
}

TEST(Categories, KnowsBooleans) {
  const auto categories = boolean_categories(Texts{"TRUE", "false", "True", "False"});
  ASSERT_TRUE(categories);
  EXPECT_EQ(categories->names, (Texts{"false", "TRUE"}));
  EXPECT_EQ(categories->code_of, (Codes{1, 0, 1, 0}));
  for (const auto& pair : {Texts{"no", "yes"}, Texts{"Off", "On"}, Texts{"f", "t"}, Texts{"N", "Y"}}) {
    const auto found = boolean_categories(pair);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->names, pair);
    EXPECT_EQ(found->code_of, (Codes{0, 1}));
  }
  for (const auto& texts : {Texts{}, Texts{"yes"}, Texts{"yes", "Yes"}, Texts{"yes", "false"},
                            Texts{"yes", "no", "maybe"}, Texts{"0", "1"}, Texts{"n", "yes"}})
    EXPECT_FALSE(boolean_categories(texts));
}

}  // namespace
}  // namespace mlp
