// A model as bytes in memory: those of its file, refused as its file is.
#include "mlp/model_bytes.h"

#include "files/samples.h"
#include "mlp/data.h"
#include "mlp/train.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

Model trained_model() {
  const auto data = make_friedman(60, 10, 1).train;
  return train(parse_network("4:silu,1:linear", 10), data,
               {.loss = SquaredError{}, .epochs = 1, .validation_fraction = 0.2})
      .model;
}

TEST(ModelBytes, AreThoseOfTheFile) {
  const Model model = trained_model();
  const testing_support::TemporaryFolder folder;
  save_model(model, folder.path() / "model.safetensors");
  EXPECT_EQ(to_bytes(model), testing_support::read_bytes(folder.path() / "model.safetensors"));
}

TEST(ModelBytes, ComeBackBitForBit) {
  const Model model = trained_model();
  const std::string bytes = to_bytes(model);
  const Model back = model_from_bytes(bytes);
  EXPECT_EQ(back.parameters, model.parameters);
  EXPECT_EQ(back.input_scaling, model.input_scaling);
  EXPECT_EQ(back.record, model.record);
  EXPECT_EQ(to_bytes(back), bytes);
}

TEST(ModelBytes, CutShortOrChangedTheyAreRefused) {
  const std::string bytes = to_bytes(trained_model());
  for (const std::size_t length : {std::size_t{0}, std::size_t{7}, std::size_t{100}, bytes.size() - 1}) {
    try {
      model_from_bytes(std::string_view(bytes).substr(0, length));
      FAIL() << length;
    } catch (const FileError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with("the model's bytes: ")) << error.what();
    }
  }
  std::string changed = bytes;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_THROW(model_from_bytes(changed), FileError);
}

}  // namespace
}  // namespace mlp
