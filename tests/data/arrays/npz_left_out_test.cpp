// .npz where mlp is built without MLP_WITH_NPZ: refused with the option's name; .npy and IDX still work.
#include <gtest/gtest.h>

#include "data/support.h"
#include "mlp/data.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

TEST(NpzLeftOut, IsRefusedWithTheOptionsName) {
  const TemporaryFolder folder;
  const auto file = folder / "all.npz";
  write_bytes(file, zip({{"x.npy", npy("|u1", "(1, 2)", "ab"), true}}));
  const auto expect_refusal = [](const auto& read) {
    try {
      read();
      FAIL() << "read";
    } catch (const FileError& error) {
      EXPECT_NE(std::string(error.what()).find("all.npz: is a zip archive, as .npz files are"),
                std::string::npos)
          << error.what();
      EXPECT_NE(error.hint().find("-D MLP_WITH_NPZ=ON"), std::string::npos) << error.hint();
    }
  };
  expect_refusal([&] { read_inputs(file, 2); });
  expect_refusal([&] { load_images({file, {}, {}, {}}, 1); });
  expect_refusal([&] { load_labelled_images(file, {}); });

  write_bytes(folder / "x.npy", npy("|u1", "(1, 2)", "ab"));
  EXPECT_EQ(row_count(read_inputs(folder / "x.npy", 2)), 1u);
}

}  // namespace
}  // namespace mlp
