#include "mlp/message.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mlp/error.h"

namespace mlp {
namespace {

/// Names as another language might use.
std::string other_words(const Remedy& remedy) {
  std::string text = "<" + std::to_string(static_cast<int>(remedy.setting));
  for (const auto& value : remedy.values) text += " " + value;
  return text + ">";
}

TEST(Message, IsTextWithRemediesInIt) {
  const std::string column = "'a'";
  const Message message = "in " + column + " name it (" + Setting::kMissingMarks + "), or " +
                          Remedy{Setting::kTask, {"regression"}} + " says so";
  ASSERT_EQ(message.parts().size(), 5u);
  EXPECT_EQ(message.parts()[0], Message::Part("in 'a' name it ("));
  EXPECT_EQ(message.parts()[1], Message::Part(Remedy{Setting::kMissingMarks}));
  EXPECT_EQ(message.parts()[3], Message::Part(Remedy{Setting::kTask, {"regression"}}));
  EXPECT_EQ(in_words(message), "in 'a' name it (TableOptions::missing), or task = regression says so");
  EXPECT_EQ(in_words(message, other_words), "in 'a' name it (<0>), or <8 regression> says so");
}

TEST(Message, IsTheSameHoweverItWasPutTogether) {
  EXPECT_EQ(Message("a") + "b", Message("ab"));
  EXPECT_EQ(Message("") + "a" + "", Message("a"));
  EXPECT_TRUE(Message("").empty());
  EXPECT_TRUE((Message() + std::string()).empty());
  EXPECT_NE(Message("seed"), Message(Setting::kSeed)) << "though they read alike";
  Message twice = "a" + Setting::kSeed;
  twice += twice;
  EXPECT_EQ(in_words(twice), "aseedaseed");
}

TEST(Message, TheLibraryShowsValuesAsTheyAreOrInQuotes) {
  const auto words = [](Setting setting, const std::vector<std::string>& values) {
    return library_words({setting, values});
  };
  EXPECT_EQ(words(Setting::kMissingMarks, {"-999"}), "TableOptions::missing = -999");
  EXPECT_EQ(words(Setting::kMissingMarks, {"1", "n a"}), "TableOptions::missing = {1, 'n a'}");
  EXPECT_EQ(words(Setting::kDecimal, {","}), "TableOptions::decimal = ','");
  EXPECT_EQ(words(Setting::kDecimal, {"."}), "TableOptions::decimal = '.'");
  EXPECT_EQ(words(Setting::kIgnore, {"a\nb\x1b[2J"}), "TableOptions::ignore = 'a?b?[2J'") << "one plain line";
  EXPECT_EQ(words(Setting::kDataset, {"digits"}), "the data set digits");
}

TEST(Message, EverySettingHasANameOfItsOwnInTheLibrary) {
  std::vector<std::string> names;
  for (const Setting setting : all_settings()) names.push_back(library_words({setting}));
  EXPECT_EQ(names.size(), 17u);
  EXPECT_EQ(std::ranges::count(names, ""), 0);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

TEST(Error, CarriesItsRemediesAndSaysThemInTheLibrarysWords) {
  const UsageError error("column 'x' is no target", "take " + Remedy{Setting::kTask, {"regression"}});
  EXPECT_STREQ(error.what(), "column 'x' is no target");
  EXPECT_EQ(error.hint(), "take task = regression");
  EXPECT_EQ(error.message(), Message("column 'x' is no target"));
  EXPECT_EQ(in_words(error.advice(), other_words), "take <8 regression>");
  EXPECT_EQ(DataError("a").hint(), "");
  const FileError named("see " + Setting::kLabels, "b");
  EXPECT_STREQ(named.what(), "see ImageFiles::labels");
}

}  // namespace
}  // namespace mlp
