// The recipes of mlp/recipe.h: what they depend on, and that they can be trained with.
#include "mlp/recipe.h"

#include <gtest/gtest.h>

#include "mlp/data.h"
#include "mlp/table_data.h"

namespace mlp {
namespace {

RecipeData classes(std::size_t rows) { return {.rows = rows, .inputs = 20, .outputs = 3}; }
RecipeData numbers(std::size_t rows) {
  return {.task = Task::kRegression, .rows = rows, .inputs = 20, .outputs = 2};
}

TEST(Recipe, ATableHasAMillionRowsInAllEpochs) {
  const auto epochs = [](std::size_t rows) { return recipe_for_table(classes(rows)).epochs; };
  EXPECT_EQ(epochs(1), 100);
  EXPECT_EQ(epochs(10'000), 100);
  EXPECT_EQ(epochs(20'000), 50);
  EXPECT_EQ(epochs(50'000), 20);
  EXPECT_EQ(epochs(10'000'000), 20);
  const auto batch = [](std::size_t rows) { return recipe_for_table(classes(rows)).batch_size; };
  EXPECT_EQ(batch(9'999), 32);
  EXPECT_EQ(batch(10'000), 64);
  EXPECT_EQ(batch(100'000), 256);
}

TEST(Recipe, TheOutputLayerIsTheTasks) {
  EXPECT_EQ(to_string(recipe_for_table(classes(100)).network), "64:relu:0.1,64:relu:0.1,3:softmax");
  EXPECT_EQ(recipe_for_table(classes(100)).loss, Loss(CrossEntropy{}));
  EXPECT_EQ(to_string(recipe_for_table(numbers(100)).network), "64:relu:0.1,64:relu:0.1,2:linear");
  EXPECT_EQ(recipe_for_table(numbers(100)).loss, Loss(MeanSquaredError{}));
  EXPECT_EQ(to_string(recipe_for_array(classes(100)).network), "64:relu,87:relu,72:leaky_relu,3:softmax");
  EXPECT_EQ(to_string(recipe_for_array(numbers(100)).network), "64:silu,64:silu,2:linear");
}

TEST(Recipe, ACurveHasNoDropoutAndBiasesThatDoNotStartAtZero) {
  RecipeData line = numbers(100);
  line.is_curve = true;
  const auto recipe = recipe_for_table(line);
  EXPECT_EQ(to_string(recipe.network), "64:relu,64:relu,2:linear");
  for (const auto& layer : recipe.network.layers())
    EXPECT_EQ(layer.initializer, Initializer(PyTorchDefault{}));
  EXPECT_EQ(recipe.epochs, 200);
  EXPECT_EQ(to_string(recipe.optimizer), "adamw(weight_decay=0)");
  EXPECT_EQ(recipe_for_array(line), recipe);
  line.task = Task::kClassification;
  EXPECT_EQ(recipe_for_table(line).epochs, 100);
  EXPECT_EQ(to_string(recipe_for_table(line).optimizer), "adamw(weight_decay=0.1)");
}

TEST(Recipe, ADataSetTellsWhereItComesFrom) {
  Dataset array;
  array.inputs = Matrix<float>(40, 3);
  array.targets = Matrix<float>(40, 1);
  EXPECT_EQ(recipe_for(array), recipe_for_array({Task::kRegression, 40, 3, 1, false}));
  array.inputs = Matrix<float>(40, 2);
  EXPECT_TRUE(recipe_data(array).is_curve);

  Dataset table = array;
  const InputColumn category{{.name = "c", .kind = ColumnKind::kCategorical, .categories = {"a", "b"}},
                             OneHotEncoding{.shares = {0.5, 0.5}}};
  table.preprocessing = Preprocessing{.inputs = {category}};
  EXPECT_FALSE(recipe_data(table).is_curve);
  EXPECT_EQ(recipe_for(table), recipe_for_table({Task::kRegression, 40, 2, 1, false}));
}

TEST(Recipe, TrainsADataSet) {
  const auto data = make_friedman(200, 10, 1).train;
  Recipe recipe = recipe_for(data);
  recipe.epochs = 2;
  const auto trained = train(recipe.network, data, training_options(recipe));
  EXPECT_EQ(trained.history().size(), 2u);
  EXPECT_EQ(trained.model.record.learning_rate, 0.005);
  EXPECT_EQ(trained.model.record.training_rows, 180u);
}

TEST(Recipe, ADataSetWithoutRowsIsRefused) {
  EXPECT_THROW(recipe_for_table(classes(0)), std::invalid_argument);
  EXPECT_THROW(recipe_for_array({.rows = 10, .inputs = 3}), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
