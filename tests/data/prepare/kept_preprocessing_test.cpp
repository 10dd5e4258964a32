// Tables for a model that is trained further: its preprocessing is kept, not learned.
#include <gtest/gtest.h>

#include <algorithm>

#include "data/prepare/example_table.h"
#include "mlp/error.h"
#include "mlp/table_data.h"

namespace mlp {
namespace {

using testing_support::example_table;
using testing_support::example_text;
using testing_support::expect_error;
using testing_support::source_of;
using testing_support::table_of;
using Names = std::vector<std::string>;

/// What a model that is trained further has learned of another table.
Preprocessing of_another_table() {
  const auto table = table_of(
      "x,kind,class,y,w\n1,a,low,1,1\n5,b,high,2,1\n2,a,low,3,2\n3,b,middle,4,1\n9,a,high,5,1\n4,b,low,6,2\n",
      {.targets = {"class"}});
  return *split_table(table, {.targets = {"class"}, .test_fraction = 0}).train.preprocessing;
}

TEST(KeptPreprocessing, APreprocessingThatIsKeptIsNotLearnedAnew) {
  const Preprocessing kept = of_another_table();
  auto types = kept.all_types();
  const std::string text = example_text(200);
  const DataSplit data = split_table(read_table(source_of(text), types), {.seed = 4, .preprocessing = kept});
  // In the model's classes, one of which this table does not have, and with its center and spread.
  EXPECT_EQ(data.train.class_names, (Names{"high", "low", "middle"}));
  ASSERT_TRUE(data.train.preprocessing);
  EXPECT_TRUE(encode_alike(*data.train.preprocessing, kept));
  EXPECT_EQ(data.train.feature_names, kept.feature_names());
  EXPECT_EQ(in_words(data.notes), Names{"20 of 200 rows left out: no value in 'class'"});
  // The same rows as without it; of them all cells are encoded as the model does it.
  const DataSplit learned = split_table(example_table(), {.targets = {"class"}, .seed = 4});
  EXPECT_EQ(data.train.source_rows, learned.train.source_rows);
  EXPECT_NE(data.train.inputs, learned.train.inputs);
  EXPECT_EQ(std::get<Matrix<float>>(data.test.inputs),
            encode(kept, read_table(source_of(text), types), data.test.source_rows));
}

TEST(KeptPreprocessing, OfAPreprocessingThatIsKeptTheRangesAreWidened) {
  const Preprocessing kept = of_another_table();
  const std::string text = example_text(200);
  const Table table = read_table(source_of(text), kept.all_types());
  const DataSplit data = split_table(table, {.validation_fraction = 0.5, .seed = 4, .preprocessing = kept});
  const auto range = [](const Preprocessing& preprocessing) {
    const auto& encoding = std::get<NumericEncoding>(preprocessing.inputs.front().encoding);
    return std::pair(encoding.least, encoding.most);
  };
  EXPECT_EQ(range(kept), std::pair(1.0, 9.0));
  double least = 1;
  for (const auto row : training_split(data.train).training)
    least = std::min(least, table.column("x").numbers[data.train.source_rows[row]]);
  EXPECT_LT(least, 0);
  EXPECT_EQ(range(*data.train.preprocessing), std::pair(least, 9.0));
}

TEST(KeptPreprocessing, WithAPreprocessingThatIsKeptWeightsAreReadAndOtherClassesRefused) {
  Preprocessing kept = of_another_table();
  auto types = kept.all_types();
  types.push_back({.name = "w"});
  std::erase_if(kept.inputs, [](const InputColumn& column) { return column.type.name == "w"; });
  const std::string text = example_text(200);
  const DataSplit data = split_table(read_table(source_of(text), types),
                                     {.sample_weight = "w", .seed = 4, .preprocessing = kept});
  ASSERT_EQ(data.train.sample_weights.size(), data.train.rows());
  const auto one = std::ranges::find_if(data.train.source_rows, [](auto row) { return row % 4 == 1; });
  const float unit =
      data.train.sample_weights[static_cast<std::size_t>(one - data.train.source_rows.begin())];
  for (std::size_t n = 0; n < data.train.rows(); ++n)
    EXPECT_FLOAT_EQ(data.train.sample_weights[n], unit * static_cast<float>(data.train.source_rows[n] % 4));

  kept.targets.front().categories = {"high", "middle"};
  const std::string message = expect_error<DataError>(
      [&] { split_table(read_table(source_of(text), kept.all_types()), {.preprocessing = kept}); },
      {"a class that is not among those trained on", "'low'"});
  EXPECT_NE(message.find("nor learned from as the model stands"), std::string::npos) << message;
}

}  // namespace
}  // namespace mlp
