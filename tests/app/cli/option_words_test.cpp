// What the library advises, in the command line's words.
#include "cli/option_words.h"

#include <algorithm>
#include <set>

#include "app/sandbox.h"

namespace mlp::app_test {
namespace {

using app::option_words;

class OptionWords : public Sandbox {};

TEST_F(OptionWords, EverySettingIsAnOptionThatTrainHas) {
  const auto help = run({"train", "--help"});
  ASSERT_EQ(help.exit_code, 0) << help.err;
  std::set<std::string> different;
  for (const Setting setting : all_settings()) {
    const std::string words = option_words({setting});
    EXPECT_TRUE(different.insert(words).second) << words << " stands for two settings";
    if (setting == Setting::kDataset) continue;  // no option, but the command itself
    const std::string option = words.substr(0, words.find(' '));
    ASSERT_TRUE(option.starts_with("--")) << "setting " << static_cast<int>(setting) << ": " << words;
    const auto at = help.out.find("  " + option + " ");
    EXPECT_TRUE(at != std::string::npos || help.out.find("  " + option + "\n") != std::string::npos)
        << "mlp train has no " << option;
  }
}

TEST_F(OptionWords, EachValueHasItsOptionAsAShellTakesIt) {
  EXPECT_EQ(option_words({Setting::kMissingMarks, {"-999"}}), "--na -999");
  EXPECT_EQ(option_words({Setting::kMissingMarks, {"-9999", "1e+20"}}), "--na -9999 --na 1e+20");
  EXPECT_EQ(option_words({Setting::kDecimal, {","}}), "--decimal ','");
  EXPECT_EQ(option_words({Setting::kNotMissing, {"NA"}}), "--not-na 'NA'");
  EXPECT_EQ(option_words({Setting::kNotMissing, {"not known"}}), "--not-na 'not known'");
  EXPECT_EQ(option_words({Setting::kIgnore, {"day"}}), "--ignore day");
  EXPECT_EQ(option_words({Setting::kIgnore, {"Date of birth"}}), "--ignore 'Date of birth'");
  EXPECT_EQ(option_words({Setting::kDataset, {"digits"}}), "`mlp train digits`");
  EXPECT_EQ(option_words({Setting::kDataDirectory}), "--data-dir or MLP_DATA_DIR");
}

TEST_F(OptionWords, ErrorsAndNotesAreShownInThem) {
  write("prices.csv", "x,price\n1,\"12,5\"\n2,13\n3,\"7,25\"\n4,8\n");
  const auto error = run({"train", "prices.csv", "--target", "price", "--task", "regression"});
  EXPECT_EQ(error.exit_code, 1);
  EXPECT_NE(error.err.find("try --decimal ',', or write numbers plainly"), std::string::npos) << error.err;
  EXPECT_EQ(error.err.find("TableOptions"), std::string::npos) << error.err;

  std::string text = "Date of birth,x,y\n";
  for (int n = 0; n < 60; ++n)
    text += "2001-01-0" + std::to_string(n % 5 + 1) + "," + (n % 10 == 9 ? "99999" : std::to_string(n % 7)) +
            "," + std::to_string(n % 3) + "\n";
  write("days.csv", text);
  const auto trained = run({"train", "days.csv", "--target", "y", "--epochs", "1", "--quiet", "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  std::string notes;
  const auto result = only_json(trained.out);
  for (const auto& note : result.at("notes")) notes += note.get<std::string>() + "\n";
  for (const char* words : {"as classes with --task classification\n", "--na 99999 says so\n",
                            "leave the column out (--ignore 'Date of birth')\n"})
    EXPECT_NE(notes.find(words), std::string::npos) << notes;
  EXPECT_EQ(notes.find("::"), std::string::npos) << notes;
}

}  // namespace
}  // namespace mlp::app_test
