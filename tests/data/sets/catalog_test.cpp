#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "data/sets/published.h"
#include "data/support.h"
#include "mlp/data.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;
using Paths = std::vector<std::filesystem::path>;

TEST(Catalog, FoldersInTheDocumentedOrder) {
  EXPECT_EQ(data_directories("flag", "variable", "/cache", "/home/me"),
            (Paths{"flag", "variable", "data", "/cache/mlp"}));
  EXPECT_EQ(data_directories("", "", "", "/home/me"), (Paths{"data", "/home/me/.cache/mlp"}));
  EXPECT_EQ(data_directories("", "", "relative", "/home/me"), (Paths{"data", "/home/me/.cache/mlp"}));
  EXPECT_EQ(data_directories("", "", "", ""), (Paths{"data"}));
}

TEST(Catalog, EveryKnownSetCanBeLoadedOrSaysWhyNot) {
  std::vector<std::string> names;
  for (const auto& info : known_datasets()) {
    names.push_back(info.name);
    EXPECT_FALSE(info.description.empty());
    EXPECT_FALSE(info.licence.empty());
    EXPECT_EQ(info.generated, info.files.empty());
    if (info.generated) {
      const auto split = load_dataset(info.name, {}, 1);
      EXPECT_NO_THROW(validate(split.train));
      EXPECT_NO_THROW(validate(split.test));
      EXPECT_EQ(split.train.name, info.name);
      EXPECT_EQ(split.train.task(), info.task);
      EXPECT_TRUE(locate(info.name, {}).empty());
      EXPECT_TRUE(fetch(info.name, {}).empty());
    } else {
      expect_error<FileError>([&] { load_dataset(info.name, {}, 1); }, {info.files.front()});
      EXPECT_EQ(locate(info.name, {}), Paths(info.files.size()));
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"mnist", "mpg", "digits", "friedman"}));
}

TEST(Catalog, DefaultSizes) {
  EXPECT_EQ(load_dataset("digits", {}, 1).train.rows(), 10'000u);
  EXPECT_EQ(load_dataset("digits", {}, 1).test.rows(), 2'000u);
  EXPECT_EQ(load_dataset("friedman", {}, 1).train.rows(), 2'000u);
  EXPECT_EQ(load_dataset("friedman", {}, 1).test.rows(), 1'000u);
}

TEST(Catalog, AnUnknownNameSuggestsTheNearest) {
  const auto message = expect_error<UsageError>([] { load_dataset("minst", {}, 1); }, {"'minst'"});
  EXPECT_NE(message.find("did you mean 'mnist'"), std::string::npos) << message;
  expect_error<UsageError>([] { locate("x", {}); }, {"'x'"});
  expect_error<UsageError>([] { fetch("x", {}); }, {"'x'"});
}

TEST(Catalog, LocateNamesWhatIsThere) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "auto-mpg/auto-mpg.data");  // a folder is no file
  const DataSource source{.directories = {folder / "none", folder.path()}, .download_to = {}, .progress = {}};
  EXPECT_EQ(locate("mpg", source), Paths{""});
  write_bytes(folder / "auto-mpg.data", "text");
  EXPECT_EQ(locate("mpg", source), Paths{folder / "auto-mpg.data"});
}

TEST(Catalog, EveryFileHasTwoMirrorsAndASum) {
  for (const auto* publication : {&mnist_publication(), &auto_mpg_publication()}) {
    EXPECT_GE(publication->mirrors.size(), 2u);
    for (const auto& mirror : publication->mirrors) {
      EXPECT_TRUE(mirror.starts_with("https://")) << mirror;
      EXPECT_TRUE(mirror.ends_with("/")) << mirror;
    }
    for (const auto& file : publication->files) EXPECT_EQ(file.sha256.size(), 64u);
  }
}

}  // namespace
}  // namespace mlp
