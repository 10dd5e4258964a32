// The parts that reading tables is made of: numbers in cells, marks of missing cells, dictionaries,
// categories.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "core/random.h"
#include "data/bytes/chunked_vector.h"
#include "data/cells/cell.h"
#include "data/cells/date.h"
#include "data/cells/formatted_number.h"
#include "data/numbers/numbers.h"
#include "data/table/categories.h"
#include "data/table/dictionary.h"

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
  EXPECT_EQ(parse_double("\xE2\x88\x92"
                         "1.5"),
            -1.5);  // U+2212
  EXPECT_EQ(parse_double("\xE2\x88\x92"
                         "1.2e\xE2\x88\x92"
                         "3"),
            -0.0012);
  EXPECT_EQ(parse_double("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(parse_double("4.9e-324"), std::numeric_limits<double>::denorm_min());
  for (const char* text : {"",
                           "-",
                           "+",
                           ".",
                           "-.",
                           "1,5",
                           "1 ",
                           " 1",
                           "1.5.2",
                           "1-2",
                           "--1",
                           "+-1",
                           "0x10",
                           "1e",
                           "e5",
                           "1f",
                           "1d5",
                           "1_000",
                           "\xEF\xBC\x91",
                           "\xE2\x88\x92",
                           "\xE2\x88\x92-1",
                           "+\xE2\x88\x92"
                           "1",
                           "1\xE2\x88\x92"
                           "2",
                           "\xE2\x80\x93"
                           "1"})
    EXPECT_EQ(parse_double(text), std::nullopt) << text;
}

TEST(FormattedNumber, IsReadWithItsDecimalMark) {
  struct Case {
    const char* text;
    double with_point, with_comma;  // NaN: no number
  };
  constexpr double kNo = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [text, with_point, with_comma] : std::initializer_list<Case>{
           // Plain numbers. A point that is not the decimal mark must separate thousands.
           {"12", 12, 12},
           {"-1e3", -1000, -1000},
           {"1.5", 1.5, kNo},
           {"1,5", kNo, 1.5},
           {"-0,25", kNo, -0.25},
           {"+2,5e-1", kNo, 0.25},
           {",5", kNo, 0.5},
           {"12345678901234567,5", kNo, 12345678901234567.5},
           // Nothing shows which of the two marks it is.
           {"1,234", 1234, 1.234},
           {"1.234", 1.234, 1234},
           {"-1,234", -1234, -1.234},
           {"1,459,444", 1459444, kNo},
           {"1.459.443,93", kNo, 1459443.93},
           {"1,234.50", 1234.5, kNo},
           {"1 234,5", kNo, 1234.5},
           {"1'234.5", 1234.5, kNo},
           {"1\xE2\x80\x99"
            "234'567",
            kNo, kNo},
           {"1\xE2\x80\x99"
            "234",
            1234, 1234},
           {"12\xC2\xA0"
            "345",
            12345, 12345},
           {"1\xE2\x80\xAF"
            "234\xE2\x80\xAF"
            "567,25",
            kNo, 1234567.25},
           // Units.
           {"$919,928", 919928, 919.928},
           {"$1,200.50", 1200.5, kNo},
           {"-$5", -5, -5},
           {"$-5", -5, -5},
           {"5 \xE2\x82\xAC", 5, 5},
           {"-1.200,50 \xE2\x82\xAC", kNo, -1200.5},
           {"\xC2\xA3"
            "7.5",
            7.5, kNo},
           {"\xC2\xA5 100", 100, 100},
           {"15%", 15, 15},
           {"3,5 %", kNo, 3.5},
           {"3.5\xC2\xA0%", 3.5, kNo},
           // Accountants' negatives and zeros.
           {"(130)", -130, -130},
           {"(130.00)", -130, kNo},
           {"($1,200.50)", -1200.5, kNo},
           {"$(1,200.50)", -1200.5, kNo},
           {"( 1.200,50 ) \xE2\x82\xAC", kNo, -1200.5},
           {"(5%)", -5, -5},
           {"130.00-", -130, kNo},
           {"1.200,50-", kNo, -1200.5},
           {"130 -", -130, -130},
           {"5\xE2\x82\xAC-", -5, -5},
           {"5- \xE2\x82\xAC", -5, -5},
           {"$ -", 0, 0},
           {"-   \xE2\x82\xAC", 0, 0},
           {"'-1.01", -1.01, kNo},
           {"'1,5", kNo, 1.5},
           {"'1e3", 1000, 1000},
           {"\xE2\x88\x92$5", -5, -5},
           {"\xE2\x88\x92"
            "1.234,5",
            kNo, -1234.5},
           {"\xE2\x80\x93"
            "5",
            -5, -5},
           {"(-5)", kNo, kNo},
           {"-(5)", kNo, kNo},
           {"(5)-", kNo, kNo},
           {"-5-", kNo, kNo},
           {"+5-", kNo, kNo},
           {"(5", kNo, kNo},
           {"5)", kNo, kNo},
           {"()", kNo, kNo},
           {"($-)", kNo, kNo},
           {"'", kNo, kNo},
           {"''5", kNo, kNo},
           {"5'", kNo, kNo},
           {"-", kNo, kNo},
           {"--", kNo, kNo},
           {"$ +", kNo, kNo},
           // No groups of three, or not the same mark between them; thousands do not begin with 0.
           {"12,34", kNo, 12.34},
           {"1,23,456", kNo, kNo},
           {"1234,567.9", kNo, kNo},
           {"12345.678,9", kNo, kNo},
           {"1,234.567,8", kNo, kNo},
           {"1.234.56", kNo, kNo},
           {"1,234 567", kNo, kNo},
           {"0,123", kNo, 0.123},
           {"0.123", 0.123, kNo},
           {"012.345.678", kNo, kNo},
           {"1,2345", kNo, 1.2345},
           // Dates, times, ranges, versions, names, marks, two units.
           {"01.02.2024", kNo, kNo},
           {"2024-01-02", kNo, kNo},
           {"12:30", kNo, kNo},
           {"10-19", kNo, kNo},
           {"1.2.3", kNo, kNo},
           {"3+", kNo, kNo},
           {"A1", kNo, kNo},
           {"$", kNo, kNo},
           {"%", kNo, kNo},
           {",", kNo, kNo},
           {"", kNo, kNo},
           {"1.,", kNo, kNo},
           {"1.234,", kNo, kNo},
           {"--5,5", kNo, kNo},
           {"- 5", kNo, kNo},
           {"$5%", kNo, kNo},
           {"5$$", kNo, kNo},
           {"$5e3", kNo, kNo},
           {"1.234.5x", kNo, kNo}}) {
    EXPECT_EQ(parse_formatted(text, '.').value_or(-7e77), std::isnan(with_point) ? -7e77 : with_point)
        << text;
    EXPECT_EQ(parse_formatted(text, ',').value_or(-7e77), std::isnan(with_comma) ? -7e77 : with_comma)
        << text;
  }
  for (const char mark : {'.', ','}) {
    EXPECT_TRUE(std::isnan(parse_formatted("nan", mark).value_or(0)));
    EXPECT_TRUE(std::isinf(parse_formatted("-inf", mark).value_or(0)));
    EXPECT_TRUE(std::isinf(parse_formatted("1e999", mark).value_or(0)));
  }
}

TEST(FormattedNumber, TheHintNamesTheDecimalMarkThatReadsAll) {
  using Texts = std::vector<std::string>;
  const auto hint = [](const Texts& texts, std::optional<char> decimal = {}) {
    return in_words(formatted_number_hint(texts, decimal));
  };
  const std::string plainly = "write numbers plainly, like 1234.5";
  EXPECT_EQ(hint({"12,5", "1.200", "7"}), "try TableOptions::decimal = ',', or " + plainly);
  EXPECT_EQ(hint({"1,200", "1,459,444"}), "try TableOptions::decimal = '.', or " + plainly);
  EXPECT_EQ(hint({"15%", "$3"}), "try TableOptions::decimal = '.', or " + plainly);
  EXPECT_EQ(hint({"7", "$100,000"}),
            "say which mark is the decimal one, TableOptions::decimal = '.' where '$100,000' is 100000, "
            "TableOptions::decimal = ',' where "
            "it is 100; or " +
                plainly);
  EXPECT_EQ(hint({"12,5", "12.5"}), plainly);
  EXPECT_EQ(hint({"12,5", "dear"}), "");
  EXPECT_EQ(hint({"1.5"}, ','), "try TableOptions::decimal = '.', or write numbers plainly, like 1234,5");
  EXPECT_EQ(hint({"1,5"}, '.'), "try TableOptions::decimal = ',', or " + plainly);
  EXPECT_EQ(hint({"1,5", "1,459,444"}, '.'), plainly);
  // Texts that look like numbers and are not read as such.
  EXPECT_EQ(hint({"7", "(12)", "(13)"}),
            "try TableOptions::decimal = '.', which reads '(12)' as -12, or " + plainly);
  EXPECT_EQ(hint({"1,5-"}), "try TableOptions::decimal = ',', which reads '1,5-' as -1.5, or " + plainly);
  EXPECT_EQ(hint({"-$7"}), "try TableOptions::decimal = '.', or " + plainly);
}

TEST(FormattedNumber, TheHintNamesAUnitThatAllHave) {
  using Texts = std::vector<std::string>;
  const auto hint = [](const Texts& texts, std::optional<char> decimal = {}) {
    return in_words(formatted_number_hint(texts, decimal));
  };
  EXPECT_EQ(hint({"23.4 kg", "7", "-0.5kg", "none"}), "leave away 'kg' behind the numbers");
  EXPECT_EQ(hint({"23,4 kg"}),
            "leave away 'kg' behind the numbers; try TableOptions::decimal = ',', or write numbers plainly, "
            "like 1234.5");
  EXPECT_EQ(hint({"23,4 kg"}, ','), "leave away 'kg' behind the numbers");
  EXPECT_EQ(hint({"EUR 12.00", "EUR9"}), "leave away 'EUR' before the numbers");
  EXPECT_EQ(hint({"12.00 USD"}), "leave away 'USD' behind the numbers");
  EXPECT_EQ(hint({"5 \xC2\xB0"
                  "C"}),
            "leave away '\xC2\xB0"
            "C' behind the numbers");
  EXPECT_EQ(hint({"1.2D+03", "4d-1", "5"}), "write exponents with an e, like 1.2e+03");
  for (const Texts& others :
       {Texts{"5 kg", "500 g"}, Texts{"1st", "2nd"}, Texts{"12A"}, Texts{"a 12"}, Texts{"ABC 12"},
        Texts{"kg"}, Texts{"EUR"}, Texts{"nan kg"}, Texts{"EUR inf"}, Texts{"EUR -"},
        Texts{"5 of the blue ones"}, Texts{"3+"}, Texts{"12D"}, Texts{"D3"}, Texts{"1.2D+x"},
        Texts{"12:30 h"}, Texts{"2024-01-14 UTC"}, Texts{"Q1"}})
    EXPECT_EQ(hint(others), "") << others.front();
  EXPECT_TRUE(has_number_format("23.4 kg") && has_number_format("$5") && has_number_format("(5)"));
  EXPECT_FALSE(has_number_format("red") || has_number_format("12A") || has_number_format(""));
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
    std::string with_comma = text;
    std::ranges::replace(with_comma, '.', ',');
    const auto same = parse_formatted(with_comma, ',');
    ASSERT_EQ(same.has_value(), number) << with_comma;
    if (number) {
      ASSERT_EQ(std::memcmp(&*same, &expected, sizeof expected), 0) << with_comma;
    }
    double simply = 0;
    ASSERT_EQ(parse_simple_decimal(with_comma, simply, ','), parse_simple_decimal(text, value));
    if (parse_simple_decimal(text, value)) {
      ASSERT_EQ(simply, value) << text;
    }
  }
  EXPECT_GT(simple, 100'000u);
}

TEST(Printable, ShortensToWholeCharactersOnOneLine) {
  EXPECT_EQ(in_quotes("a\nb\x7f"), "'a?b?'");
  EXPECT_EQ(in_quotes(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
  EXPECT_EQ(printable(std::string(39, 'x') + "\xC3\xA9"), std::string(39, 'x') + "...");
  EXPECT_EQ(printable(std::string(38, 'x') + "\xC3\xA9"), std::string(38, 'x') + "\xC3\xA9");
}

TEST(DateOrTime, IsToldFromNumbersAndTexts) {
  for (const char* text : {"2024-01-14", "2024-1-4", "2024/01/14", "2024.01.14", "14.01.2024", "1.2.2024",
                           "01/14/2024", "14/01/2024", "14-01-2024", "2024-01-14 12:30",
                           "2024-01-14T12:30:15", "2024-01-14T12:30:15.123Z", "2024-01-14 12:30:15+01:00",
                           "2024-01-14 12:30:15-0500", "14.01.2024 7:05", "12:30", "00:00:00", "23:59:60"})
    EXPECT_TRUE(is_date_or_time(text)) << text;
  for (const char* text : {"",
                           "2024",
                           "2024-01",
                           "20240114",
                           "2024-13-14",
                           "2024-01-32",
                           "2024-00-14",
                           "2024-01/14",
                           "01.14.2024",
                           "32/01/2024",
                           "1.2.3",
                           "192.168.10.10",
                           "12024-01-14",
                           "2024-01-14x",
                           "2024-01-14 ",
                           "2024-01-14T",
                           "2024-001-14",
                           "12",
                           "12:60",
                           "25:00",
                           "12:3x",
                           "12:30:61",
                           "12:30 pm",
                           "12:30+1",
                           "12:30+01:0",
                           "a",
                           "0221-123456",
                           "3/4",
                           "1/2/3"})
    EXPECT_FALSE(is_date_or_time(text)) << text;
}

TEST(CellRules, TellsMissingNumbersAndTexts) {
  const CellRules rules;
  const auto kind = [&](std::string_view text) { return rules.read(text).kind; };
  for (const char* text :
       {"", "NA", "na", "NaN", "nan", "-nan", "null", "NULL", "Null", "?", "n/a", "N/A", "#N/A", "#n/a"})
    EXPECT_EQ(kind(text), CellKind::kMissing) << text;
  for (const char* text : {"0", "-1.5", "1e3", "+7"}) EXPECT_EQ(kind(text), CellKind::kNumber) << text;
  for (const char* text : {"inf", "-inf", "Infinity", "1e999"})
    EXPECT_EQ(kind(text), CellKind::kInfinite) << text;
  for (const char* text : {"n/a.", "#na", "None", "nul", "NAN1", "??", "-", "1,5"})
    EXPECT_EQ(kind(text), CellKind::kText) << text;
  EXPECT_EQ(rules.read("-2.5e1").number, -25.0);
}

TEST(CellRules, ReadNumbersWithADecimalMark) {
  const CellRules comma({"-9,5", "n.a."}, ',');
  EXPECT_EQ(comma.read("116,1").number, 116.1);
  EXPECT_EQ(comma.read("1.459.443,93").number, 1459443.93);
  EXPECT_EQ(comma.read("1.500").number, 1500.0);
  EXPECT_EQ(comma.read("1.5").kind, CellKind::kText);
  for (const char* text : {"-9,5", "-9,50", "-9,5 %", "n.a.", "NA", ""})
    EXPECT_EQ(comma.read(text).kind, CellKind::kMissing) << text;
  EXPECT_EQ(comma.read("inf").kind, CellKind::kInfinite);
  const CellRules point({}, '.');
  EXPECT_EQ(point.read("1.500").number, 1.5);
  EXPECT_EQ(point.read("$1,200.50").number, 1200.5);
  EXPECT_EQ(point.read("1,5").kind, CellKind::kText);
  EXPECT_EQ(CellRules().read("15%").kind, CellKind::kText);
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
  const auto apart = number_categories(texts, numbers);
  EXPECT_EQ(apart.names, (Texts{"-1", "1", "1.0", "9", "10"}));
  EXPECT_EQ(apart.code_of, (Codes{4, 3, 2, 0, 1}));
  const auto merged = number_categories(texts, numbers, Texts{"1e2", "9e1", "1e1", "-1e1", "1e1"});
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
