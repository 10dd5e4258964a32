// Downloads where mlp is built without MLP_WITH_DOWNLOAD: refused with the option's name, and no file is
// made.
#include <gtest/gtest.h>

#include "data/sets/download.h"
#include "data/support.h"
#include "mlp/data.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

TEST(DownloadLeftOut, IsRefusedWithTheOptionsName) {
  const TemporaryFolder folder;
  const DataSource source{.directories = {folder / "none"}, .download_to = folder / "cache", .progress = {}};
  for (const auto& obtain : {+[](const DataSource& from) { load_mnist(from); },
                             +[](const DataSource& from) { fetch("mpg", from); }}) {
    try {
      obtain(source);
      FAIL() << "found";
    } catch (const FileError& error) {
      EXPECT_NE(std::string(error.what()).find("; this mlp was built without downloads"), std::string::npos)
          << error.what();
      EXPECT_NE(
          error.hint().find("-D MLP_WITH_DOWNLOAD=ON, or put the files into " + (folder / "cache").string()),
          std::string::npos)
          << error.hint();
    }
  }
  EXPECT_FALSE(downloads_built_in());
  EXPECT_THROW(download({"http://127.0.0.1:9/x"}, folder / "x", "", {}, {}), FileError);
  EXPECT_EQ(entries(folder.path()), 0u);
}

}  // namespace
}  // namespace mlp
