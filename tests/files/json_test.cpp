#include "files/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "files/samples.h"

namespace mlp {
namespace {

using testing_support::error_of;

std::string parse_error(const std::string& text, const JsonLimits& limits = {.depth = 4, .values = 100}) {
  return error_of([&] { parse_json(text, limits, "file"); });
}

TEST(Json, ReadsADocument) {
  const auto document =
      parse_json(R"( {"a": [1, -2.5, null, true, "\u00e9"], "b": {}} )", {.depth = 2, .values = 9}, "file");
  const JsonField root(document, "file");
  EXPECT_EQ(root["a"].items()[0].count(), 1u);
  EXPECT_EQ(root["a"].items()[1].number(), -2.5);
  EXPECT_TRUE(root["a"].items()[2].is_null());
  EXPECT_TRUE(root["a"].items()[3].boolean());
  EXPECT_EQ(root["a"].items()[4].text(), "\u00e9");
}

TEST(Json, RefusesAKeyTwiceInOneObjectAtAnyDepth) {
  EXPECT_EQ(parse_error(R"({"a": 1, "b": 2, "a": 3})"),
            "file: the key 'a' appears twice in one JSON object | ");
  EXPECT_EQ(parse_error(R"({"x": [{"y": 1, "y": 1}]})"),
            "file: the key 'y' appears twice in one JSON object | ");
  EXPECT_EQ(parse_error(R"({"a": 1, "\u0061": 3})"), "file: the key 'a' appears twice in one JSON object | ");
  EXPECT_EQ(parse_error(R"({"a": {"a": {"b": 1}}, "b": {"a": 1}})"), "no FileError");
}

TEST(Json, RefusesWhatIsNotJsonInUtf8) {
  for (const std::string text : {"", "{", "{]", "{\"a\": 1,}", "{\"a\": 1} x", "{'a': 1}", "[1, NaN]", "[01]",
                                 "{\"a\": \"\xff\"}", "{\"a\": \"\xc0\xaf\"}", "{\"a\": \"\xed\xa0\x80\"}",
                                 "{\"a\": \"\\ud800\"}", "{\"a\": \"tab\there\"}", "[1, // no\n 2]"}) {
    EXPECT_NE(parse_error(text).find("file: not valid JSON in UTF-8 at byte "), std::string::npos) << text;
  }
  EXPECT_EQ(parse_error("{\"a\": \"\xff\"}"), "file: not valid JSON in UTF-8 at byte 8 | ");
  EXPECT_EQ(parse_error("[1e999]"), "file: JSON holds a number out of range | ");
}

TEST(Json, BoundsTheDepth) {
  EXPECT_EQ(parse_error("[[[[1]]]]"), "no FileError");
  EXPECT_EQ(parse_error("[[[[[1]]]]]"), "file: JSON is nested deeper than 4 levels | ");
  EXPECT_EQ(parse_error(R"([[[[{"a":1}]]]])"), "file: JSON is nested deeper than 4 levels | ");
  EXPECT_EQ(parse_error(std::string(10'000'000, '[')), "file: JSON is nested deeper than 4 levels | ");
}

TEST(Json, BoundsTheNumberOfValues) {
  const auto with = [](const std::string& text, std::size_t values) {
    return parse_error(text, {.depth = 4, .values = values});
  };
  const std::string document = R"({"a": [1, null], "b": {"c": "text"}, "d": []})";
  EXPECT_EQ(with(document, 7), "no FileError");
  EXPECT_EQ(with(document, 6), "file: JSON holds more than 6 values | ");
  std::string many = "[";
  for (int i = 0; i < 1'000'000; ++i) many += "{},";
  EXPECT_EQ(with(many, 1000), "file: JSON holds more than 1000 values | ");
}

TEST(Json, TakesTimeInProportionToTheText) {
  // If the time were quadratic in the number of objects, this would take minutes.
  std::string many = "[";
  for (int i = 0; i < 300'000; ++i) many += "{\"a\":1},";
  EXPECT_EQ(parse_error(many + "{}]", {.depth = 2, .values = 1'000'000}), "no FileError");
}

TEST(Json, RefusesWhatTheParserWouldPassOver) {
  const std::string nul(1, '\0');
  EXPECT_EQ(parse_error("{}" + nul), "file: not valid JSON in UTF-8 at byte 3 | ");
  EXPECT_EQ(parse_error("{}" + nul + "anything"), "file: not valid JSON in UTF-8 at byte 3 | ");
  EXPECT_EQ(parse_error("\xEF\xBB\xBF{}"), "file: not valid JSON in UTF-8 at byte 1 | ");
}

TEST(Json, NumbersComeBackBitForBit) {
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.0, -0.0, 1.0, 0.1, 1.0 / 3, 0.1 + 0.2, 5e-324, Limits::max(), Limits::lowest(),
                             Limits::min(), Limits::infinity(), -Limits::infinity(), 123456789012345678.0}) {
    const auto document =
        parse_json("[" + number_to_json(value).dump() + "]", {.depth = 1, .values = 2}, "file");
    const double back = JsonField(document, "file").items()[0].number();
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << value;
  }
  EXPECT_TRUE(number_to_json(Limits::quiet_NaN()).is_null());
  EXPECT_TRUE(std::isnan(JsonField(nlohmann::json(), "file").number()));
  const RandomStream random(9, RandomPurpose::kTest);
  for (std::size_t i = 0; i < 20'000; ++i) {
    const auto words = random.block(i);
    const auto value = std::bit_cast<double>(std::uint64_t{words[0]} << 32 | words[1]);
    if (!std::isfinite(value)) continue;
    const auto document =
        parse_json("[" + number_to_json(value).dump() + "]", {.depth = 1, .values = 2}, "file");
    ASSERT_EQ(std::bit_cast<std::uint64_t>(JsonField(document, "file").items()[0].number()),
              std::bit_cast<std::uint64_t>(value));
  }
}

TEST(Json, FieldsNameTheirPlaceAndWhatTheyFound) {
  const auto document =
      parse_json(R"({"a": [{"b": "text", "n": -1, "h": 1.5}], "big": 18446744073709551616})",
                 {.depth = 4, .values = 20}, "file");
  const JsonField root(document, "file");
  const JsonField item = root["a"].items()[0];
  EXPECT_EQ(error_of([&] { item["b"].count(); }),
            "file: a[0].b: expected a whole number from 0 to 18446744073709551615, found \"text\" | ");
  EXPECT_EQ(error_of([&] { item["n"].count(9); }),
            "file: a[0].n: expected a whole number from 0 to 9, found -1 | ");
  EXPECT_EQ(error_of([&] { item["h"].count(9); }),
            "file: a[0].h: expected a whole number from 0 to 9, found 1.5 | ");
  EXPECT_NE(error_of([&] { root["big"].count(); }), "no FileError");
  EXPECT_EQ(error_of([&] { item["missing"]; }), "file: a[0].missing is missing | ");
  EXPECT_EQ(error_of([&] { root["a"].text(); }), "file: a: expected a text, found an array | ");
  EXPECT_EQ(error_of([&] { root["a"]["x"]; }), "file: a: expected an object, found an array | ");
  EXPECT_EQ(error_of([&] { root.items(); }), "file: expected an array, found an object | ");
  EXPECT_EQ(error_of([&] { item["b"].number(); }), "file: a[0].b: expected a number, found \"text\" | ");
  EXPECT_EQ(error_of([&] { item["b"].boolean(); }),
            "file: a[0].b: expected true or false, found \"text\" | ");
}

}  // namespace
}  // namespace mlp
