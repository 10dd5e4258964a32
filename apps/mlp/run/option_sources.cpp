#include "run/option_sources.h"

#include <algorithm>
#include <type_traits>

#include "mlp/error.h"
#include "mlp/suggest.h"
#include "run/config_file.h"

namespace mlp::app {
namespace {

/// The option's name in the parser.
std::string name_of(const TrainOption& option) {
  return (*option.group == 0 ? "" : "--") + std::string(option.key);
}

template <class Value>
Option add(Parser& command, const TrainOption& option, Value& value) {
  Option added = [&] {
    if constexpr (std::is_same_v<Value, bool>) {
      return command.add_flag(name_of(option), value, option.help);
    } else {
      return command.add_option(name_of(option), value, option.help);
    }
  }();
  if constexpr (std::is_same_v<Value, std::vector<std::string>>) added.one_at_a_time();
  return added.type(option.value).group(option.group).choices(option.choices);
}

void set(std::optional<std::string>& value, const std::vector<std::string>& values) {
  value = values.front();
}
void set(std::vector<std::string>& value, const std::vector<std::string>& values) { value = values; }
void set(bool& value, const std::vector<std::string>& values) { value = values.front() == "true"; }

/// Null where there is none.
const TrainOption* option_of(const std::string& key) {
  const auto& options = train_options();
  const auto found = std::ranges::find(options, key, &TrainOption::key);
  return found == options.end() ? nullptr : &*found;
}

}  // namespace

void add_train_options(Parser& train, TrainArguments& arguments) {
  for (const auto& option : train_options())
    std::visit([&](const auto member) { add(train, option, arguments.*member); }, option.member);
}

void add_reading_options(Parser& command, ReadingArguments& arguments, const std::string& group) {
  for (const auto& option : train_options()) {
    const auto add_here = [&](const auto member) {
      if constexpr (requires { arguments.*member; }) add(command, option, arguments.*member).group(group);
    };
    std::visit(add_here, option.member);
  }
}

void apply_config(const Parser& train, const std::filesystem::path& path, ConfigUse use) {
  const auto given = [&](const char* name) { return train.option(name)->given(); };
  // What the command line says, before the file's own recipe is taken over.
  const bool names_data = given("dataset") || given("--images"), names_recipe = given("--recipe");
  const auto replaced = [&](const TrainOption& option) {
    const std::string key = option.key;
    const bool with_data = option.subject == Subject::kFiles ||
                           (option.subject == Subject::kReading && use == ConfigUse::kAnyRun);
    return (names_data && with_data) || (names_recipe && option.subject == Subject::kRecipe) ||
           (key == "test" && given("--test-fraction")) || (key == "test-fraction" && given("--test"));
  };
  for (const auto& [key, values, is_array, line] : read_config(path)) {
    const std::string place = path.string() + ":" + std::to_string(line) + ": ";
    const TrainOption* option = option_of(key);
    if (option == nullptr || option->subject == Subject::kSource) {
      std::vector<std::string> known;
      for (const auto& other : train_options()) {
        if (other.subject != Subject::kSource) known.emplace_back(other.key);
      }
      throw UsageError(place + "unknown key '" + key + "'", suggest(key, known));
    }
    Option parsed = *train.option(name_of(*option));
    if (is_array && !parsed.is_list()) throw UsageError(place + key + " takes one value, no array");
    if (parsed.given() || replaced(*option)) continue;
    if (!parsed.set(values)) {
      throw UsageError(place + "'" + (values.empty() ? "" : values.front()) + "' is no value for " + key,
                       "'mlp train --help' says what it takes");
    }
  }
}

TrainArguments arguments_in(const std::filesystem::path& config) {
  TrainArguments arguments;
  for (const auto& [key, values, is_array, line] : read_config(config)) {
    const TrainOption* option = option_of(key);
    if (option == nullptr || values.empty()) continue;
    std::visit([&, &texts = values](const auto member) { set(arguments.*member, texts); }, option->member);
  }
  return arguments;
}

}  // namespace mlp::app
