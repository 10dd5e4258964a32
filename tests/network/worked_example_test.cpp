// docs/worked_example.md and its exercise: every number at the end of a line "name = ... = number" is what
// the reference computes, to the digits printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/reference.h"

namespace mlp {
namespace {

using Numbers = std::map<std::string, double>;

const char* const kParameters[] = {"W11", "W12", "W21", "W22", "b1", "b2", "V1", "V2", "c"};

struct Printed {
  std::string name;
  double value = 0;
  int decimals = 0;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// The value of an expression of numbers with " + ", " - " and " * " between them; nothing for any other
/// text.
std::optional<double> value_of(std::string_view text) {
  double sum = 0, product = 1, sign = 1;
  for (text = trimmed(text);; text = trimmed(text)) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    product *= number;
    text = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    const char operation = text.empty() ? '+' : text.front();
    if (operation != '+' && operation != '-' && operation != '*') return std::nullopt;
    if (operation != '*') {
      sum += sign * product;
      product = 1;
      sign = operation == '-' ? -1 : 1;
    }
    if (text.empty()) return sum;
    text.remove_prefix(1);
  }
}

/// Checks that the steps in between, "z = b + x W = -0.1 + 0.4 = 0.3", give the number at the line's end.
void expect_steps_right(std::string_view text, double value) {
  for (auto rest = text; rest.find('=') != std::string_view::npos;) {
    const auto step = rest.substr(0, rest.find('='));
    rest.remove_prefix(step.size() + 1);
    if (const auto number = value_of(step)) {
      EXPECT_NEAR(*number, value, 1.5e-6) << text;
    }
  }
}

/// "z1 = b1 + x1 W11 = 0.2" as z1 and 0.2.
Printed statement_of(std::string_view text) {
  const auto name = trimmed(text.substr(0, text.find('=')));
  const auto number = trimmed(text.substr(text.rfind('=') + 1));
  Printed printed{.name = std::string(name)};
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), printed.value);
  EXPECT_TRUE(error == std::errc() && end == number.data() + number.size()) << text;
  expect_steps_right(text, printed.value);
  const auto point = number.find('.');
  printed.decimals = point == std::string_view::npos ? 0 : static_cast<int>(number.size() - point - 1);
  return printed;
}

/// The statements in the indented lines of a page below the heading `from`: one per line or, among the given
/// values, several with wide gaps between them.
std::vector<Printed> statements_in(const std::string& page, const std::string& from) {
  std::ifstream file(std::string(MLP_SOURCE_DIR) + "/docs/" + page);
  EXPECT_TRUE(file.is_open()) << page;
  std::vector<Printed> statements;
  std::string line;
  bool below = false;
  while (std::getline(file, line)) {
    if (line.starts_with("#"))
      below = below ? !line.starts_with("## ") || from == "# " : line.starts_with(from);
    if (!below || !line.starts_with("    ") || line.find('=') == std::string::npos) continue;
    std::string_view rest = trimmed(line);
    while (!rest.empty()) {
      const auto gap = rest.find("   ");
      statements.push_back(statement_of(rest.substr(0, gap)));
      rest = gap == std::string_view::npos ? "" : trimmed(rest.substr(gap));
    }
  }
  return statements;
}

/// One step from `parameters`, by the reference; `mark` stands behind each name.
Numbers step(BasicParameters<double>& parameters, const std::string& mark) {
  const auto network = parse_network("2:sigmoid,1:linear", 2);
  const Matrix<double> X(1, 2, {1, -0.5}), Y(1, 1, {1});
  const auto bias = [&](std::size_t layer) { return std::span<const double>(parameters.bias(layer)); };
  const Matrix<double> Z = reference::affine<double>(X, parameters.weight(0), bias(0));
  const Matrix<double> H = reference::activate<double>(Sigmoid{}, Z);
  const Matrix<double> P = reference::affine<double>(H, parameters.weight(1), bias(1));
  const Matrix<double> dP = reference::loss_gradient_by_outputs<double>(SquaredError{}, P, Y);
  const auto V = parameters.weight(1);
  const Matrix<double> dH(1, 2, {dP(0, 0) * V(0, 0), dP(0, 0) * V(1, 0)});
  const Matrix<double> dZ = reference::activation_backward<double>(Sigmoid{}, Z, dH);
  const auto [loss, gradients] =
      reference::loss_and_gradients<double>(network, parameters, SquaredError{}, X, Y);
  const Optimizer sgd = SGD{.learning_rate = 0.5};

  Numbers numbers = {{"z1", Z(0, 0)},   {"z2", Z(0, 1)},   {"h1", H(0, 0)},   {"h2", H(0, 1)},
                     {"p", P(0, 0)},    {"r", dP(0, 0)},   {"loss", loss},    {"dp", dP(0, 0)},
                     {"dh1", dH(0, 0)}, {"dh2", dH(0, 1)}, {"dz1", dZ(0, 0)}, {"dz2", dZ(0, 1)}};
  for (std::size_t i = 0; i < gradients.values().size(); ++i)
    numbers["d" + std::string(kParameters[i])] = gradients.values()[i];
  parameters = reference::update(sgd, reference::start(sgd, parameters), gradients).parameters;
  Numbers marked;
  for (const auto& [name, value] : numbers) marked[name + mark] = value;
  for (std::size_t i = 0; i < parameters.values().size(); ++i)
    marked[kParameters[i] + mark + "'"] = parameters.values()[i];
  return marked;
}

/// The given values, and three steps.
Numbers all_numbers() {
  Numbers numbers = {{"x1", 1}, {"x2", -0.5}, {"y", 1}, {"lr", 0.5}};
  const std::vector<double> start = {0.4, -0.6, 0.2, 0.8, -0.1, 0.3, 1, -0.5, 0.1};
  BasicParameters<double> parameters(parse_network("2:sigmoid,1:linear", 2));
  for (std::size_t i = 0; i < start.size(); ++i) {
    parameters.values()[i] = start[i];
    numbers[kParameters[i]] = start[i];
  }
  for (const std::string mark : {"", "'", "''"}) numbers.merge(step(parameters, mark));
  return numbers;
}

void expect_right(const std::vector<Printed>& statements, const Numbers& numbers) {
  for (const auto& [name, value, decimals] : statements) {
    const auto known = numbers.find(name);
    ASSERT_NE(known, numbers.end()) << name;
    EXPECT_NEAR(value, known->second, 0.501 * std::pow(10.0, -decimals)) << name;
  }
}

TEST(WorkedExample, EveryNumberOfThePageIsTheReferences) {
  const auto statements = statements_in("worked_example.md", "# ");
  expect_right(statements, all_numbers());
  std::set<std::string> names;
  for (const auto& statement : statements) names.insert(statement.name);
  for (const auto& [name, value] : all_numbers()) {
    if (name.ends_with("''") || (name.ends_with("'") && name.find('d') == 0) || name == "r'")
      continue;  // the exercise's
    EXPECT_TRUE(names.contains(name)) << name << " is not on the page";
  }
}

TEST(WorkedExample, TheExercisesAnswerToo) {
  const auto statements = statements_in("exercises.md", "## 1. ");
  expect_right(statements, all_numbers());
  EXPECT_GE(statements.size(), 20u);
}

TEST(WorkedExample, TheDifferenceIsAsThePageSays) {
  const auto network = parse_network("2:sigmoid,1:linear", 2);
  const Matrix<double> X(1, 2, {1, -0.5}), Y(1, 1, {1});
  BasicParameters<double> parameters(network);
  const std::vector<double> start = {0.4, -0.6, 0.2, 0.8, -0.1, 0.3, 1, -0.5, 0.1};
  std::ranges::copy(start, parameters.values().begin());
  const auto loss_at = [&](double W11) {
    parameters.weight(0)(0, 0) = W11;
    return reference::loss_and_gradients<double>(network, parameters, SquaredError{}, X, Y).loss;
  };
  EXPECT_NEAR(loss_at(0.401), 0.133037515, 5e-10);
  EXPECT_NEAR(loss_at(0.399), 0.133292988, 5e-10);
}

}  // namespace
}  // namespace mlp
