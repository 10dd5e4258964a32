#include "cli/option_words.h"

#include "terminal/format.h"

namespace mlp::app {
namespace {

/// The compiler warns of a setting that is missing here.
std::string option_for(Setting setting) {
  switch (setting) {
    case Setting::kMissingMarks:
      return "--na";
    case Setting::kNotMissing:
      return "--not-na";
    case Setting::kDecimal:
      return "--decimal";
    case Setting::kDelimiter:
      return "--delimiter";
    case Setting::kNoHeader:
      return "--no-header";
    case Setting::kIgnore:
      return "--ignore";
    case Setting::kCategorical:
      return "--categorical";
    case Setting::kTargets:
      return "--target";
    case Setting::kTask:
      return "--task";
    case Setting::kValidation:
      return "--validation";
    case Setting::kSeed:
      return "--seed";
    case Setting::kLabels:
      return "--labels";
    case Setting::kTestImages:
      return "--test-images";
    case Setting::kTestLabels:
      return "--test-labels";
    case Setting::kDataDirectory:
      return "--data-dir or MLP_DATA_DIR";
    case Setting::kDataset:
      return "mlp train";
    case Setting::kThreads:
      return "--threads";
  }
  return {};
}

/// In quotes where a shell needs them, and around marks that are easy to overlook, like a comma.
std::string value_text(Setting setting, const std::string& value) {
  const std::string text = shell_text({value});
  const bool is_mark = setting == Setting::kDecimal || setting == Setting::kNotMissing;
  return is_mark && text == value ? "'" + text + "'" : text;
}

}  // namespace

std::string option_words(const Remedy& remedy) {
  const auto& [setting, values] = remedy;
  const std::string option = option_for(setting);
  if (values.empty()) return option;
  std::string words;
  for (const auto& value : values)
    words += (words.empty() ? "" : " ") + option + " " + value_text(setting, value);
  return setting == Setting::kDataset ? "`" + words + "`" : words;
}

}  // namespace mlp::app
