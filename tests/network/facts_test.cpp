// What is known of activations, losses and optimizers besides their formulas, against the tables of docs/.
#include "network/facts.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "network/text.h"

namespace mlp {
namespace {

using Cells = std::vector<std::string>;

/// The rows of the first table of a page whose header begins with `header`.
std::vector<Cells> table_in(const std::string& page, const std::string& header) {
  std::ifstream file(std::string(MLP_SOURCE_DIR) + "/docs/" + page);
  std::vector<Cells> rows;
  bool within = false;
  for (std::string line; std::getline(file, line);) {
    if (within && !line.starts_with("|")) break;
    if (within && !line.starts_with("|---")) {
      Cells cells;
      std::istringstream row(line.substr(1));
      for (std::string cell; std::getline(row, cell, '|');) cells.emplace_back(trim(cell));
      rows.push_back(cells);
    }
    within = within || line.starts_with(header);
  }
  EXPECT_FALSE(rows.empty()) << page << ": no table " << header;
  return rows;
}

/// The words of a cell that stand in backquotes.
std::vector<std::string> quoted_in(const std::string& cell) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; (begin = cell.find('`', begin)) != std::string::npos;) {
    const std::size_t end = cell.find('`', begin + 1);
    words.push_back(cell.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
  return words;
}

std::vector<Cells> activation_table() { return table_in("activations.md", "| | written |"); }

/// "leaky_relu" of "leaky_relu(slope)", "LeakyReLU" of "LeakyReLU{slope}".
std::string name_in(const std::string& word) { return word.substr(0, word.find_first_of("({")); }

/// The parameters that `word` names, "adam(beta1, beta2)", are understood.
template <class Parse>
void expect_parameters_read(const std::string& word, Parse parse) {
  if (name_in(word) == word) return;
  for (const auto& [key, parameter] : parse_call("", word).arguments) {
    const std::string text = name_in(word) + "(" + std::string(parameter) + "=0.5)";
    EXPECT_NO_THROW(parse(text)) << text;
  }
}

TEST(Facts, OfActivationsAreThoseOfTheirTable) {
  const auto table = activation_table();
  const auto& all = all_activations();
  ASSERT_EQ(table.size(), all.size()) << "docs/activations.md has a row for each";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Activation& activation = all[i];
    const std::string text = to_string(activation);
    const std::string written = quoted_in(table[i].at(1)).at(0),
                      initializer = quoted_in(table[i].at(5)).at(0);
    if (written != text) {  // "gelu(tanh)" is; "leaky_relu(slope)" names a parameter
      EXPECT_EQ(name_in(written), text);
      expect_parameters_read(written, parse_activation);
    }
    EXPECT_TRUE(same_name(name_in(quoted_in(table[i].at(0)).at(0)), name_in(text))) << table[i].at(0);
    EXPECT_EQ(to_string(default_initializer(activation)), initializer) << text;
  }
}

TEST(Facts, OfLossesAreThoseOfTheirTable) {
  const auto table = table_in("losses.md", "| | loss_n |");
  const auto& all = all_losses();
  ASSERT_EQ(table.size(), all.size()) << "docs/losses.md has a row for each";
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(same_name(name_in(quoted_in(table[i].at(0)).at(0)), to_string(all[i]))) << table[i].at(0);
    EXPECT_EQ(averages_outputs(all[i]), table[i].at(1).find("1/C") != std::string::npos) << table[i].at(1);
    EXPECT_EQ(averages_outputs(all[i]), table[i].at(2).ends_with("/ C")) << table[i].at(2);
    const std::string outputs = table[i].at(3);
    for (const Cells& row : activation_table()) {
      const std::string name = name_in(quoted_in(row.at(0)).at(0));
      EXPECT_EQ(compatible(all[i], parse_activation(name)),
                outputs == "anything" || outputs.find(name) != std::string::npos)
          << to_string(all[i]) << " on " << name;
    }
  }
}

/// The names in a row of docs/cli.md's table, with aliases: each is understood, and all are there.
template <class Variant, class Parse>
void expect_row(const std::string& row, const std::vector<Variant>& all, Parse parse) {
  std::vector<std::string> names;
  for (const Cells& cells : table_in("cli.md", "| | names and parameters |")) {
    if (cells.at(0) != row) continue;
    for (const std::string& word : quoted_in(cells.at(1))) {
      const std::string name = to_string(parse(name_in(word)));
      if (names.empty() || names.back() != name) names.push_back(name);
      expect_parameters_read(word, parse);
    }
  }
  std::vector<std::string> expected;
  for (const Variant& value : all) expected.push_back(to_string(value));
  EXPECT_EQ(names, expected) << "docs/cli.md, " << row;
}

TEST(Facts, NamesOfLossesAndOptimizersAreThoseOfTheCommandLinesPage) {
  expect_row("losses", all_losses(), parse_loss);
  expect_row("optimizers", all_optimizers(), parse_optimizer);
}

TEST(Facts, AnOptimizerWithAParameterWeightDecayDecaysByIt) {
  std::size_t decaying = 0;
  for (const Optimizer& optimizer : all_optimizers()) {
    std::optional<Optimizer> parsed;
    try {
      parsed = parse_optimizer(to_string(optimizer) + "(weight_decay=0.75)");
    } catch (const UsageError&) {
    }
    ASSERT_EQ(weight_decay(optimizer).has_value(), parsed.has_value()) << to_string(optimizer);
    if (!parsed) continue;
    ++decaying;
    EXPECT_EQ(weight_decay(*parsed), 0.75) << to_string(optimizer);
    EXPECT_EQ(with_weight_decay(optimizer, 0.75), *parsed);
  }
  EXPECT_EQ(decaying, 1u) << "AdamW";
}

TEST(Facts, ALossIsFusedOnlyWithOutputsItIsDefinedOn) {
  int pairs = 0;
  for (const Loss& loss : all_losses()) {
    for (const Activation& activation : all_activations()) {
      if (!fused(loss, activation)) continue;
      ++pairs;
      EXPECT_TRUE(compatible(loss, activation)) << to_string(loss) << " on " << to_string(activation);
      EXPECT_TRUE(gives_probabilities(activation)) << to_string(activation);
    }
  }
  EXPECT_EQ(pairs, 2);
  EXPECT_TRUE(fused(CrossEntropy{0.1}, Softmax{}) && fused(BinaryCrossEntropy{}, Sigmoid{}));
}

TEST(Facts, TargetsOfLosses) {
  for (const Loss& loss : all_losses()) {
    const bool any_output = compatible(loss, Linear{});
    EXPECT_EQ(loss_targets(loss) == LossTargets::kNumbers, any_output) << to_string(loss);
  }
  EXPECT_EQ(loss_targets(CrossEntropy{}), LossTargets::kClasses);
  EXPECT_EQ(loss_targets(BinaryCrossEntropy{0.1}), LossTargets::kLabels);
}

}  // namespace
}  // namespace mlp
