#include "data/sets/download.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "data/sets/loopback_server.h"
#include "data/sets/published.h"
#include "data/sets/sha256.h"
#include "data/support.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

std::string sum_of(const std::string& bytes) {
  ByteReader reader("memory", bytes);
  return sha256_of(reader);
}

std::string wanted_text() {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += std::to_string(i) + "\n";
  return text;
}

class Download : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ::setenv("no_proxy", "127.0.0.1", 1); }

  std::string get(const std::vector<std::string>& urls, const DownloadProgress& progress = kGoOn) {
    return download(urls, path_, sum_of(text_), limits_, progress);
  }
  void expect_nothing_left() { EXPECT_EQ(entries(folder_.path()), 0u); }

  static inline const DownloadProgress kGoOn = [](std::uint64_t, std::uint64_t) { return true; };
  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "new/folder/file";
  std::string text_ = wanted_text();
  DownloadLimits limits_{.connect_seconds = 2, .stalled_seconds = 1};
};

TEST_F(Download, KeepsAFileWithTheRightSum) {
  const LoopbackServer server({{"/file", {.body = text_}}});
  EXPECT_EQ(get({server.url() + "file"}), "");
  EXPECT_EQ(read_bytes(path_), text_);
  EXPECT_EQ(entries(path_.parent_path()), 1u);
}

TEST_F(Download, TheSumIsOfTheUncompressedBytes) {
  const auto packed = gzip(text_);
  const LoopbackServer server({{"/file.gz", {.body = packed}}});
  EXPECT_EQ(get({server.url() + "file.gz"}), "");
  EXPECT_EQ(read_bytes(path_), packed);
}

TEST_F(Download, ReportsItsProgress) {
  const LoopbackServer server({{"/file", {.body = text_}}});
  std::uint64_t last = 0, total = 0;
  EXPECT_EQ(get({server.url() + "file"},
                [&](std::uint64_t done, std::uint64_t all) {
                  EXPECT_GE(done, last);
                  last = done;
                  total = all;
                  return true;
                }),
            "");
  EXPECT_EQ(last, text_.size());
  EXPECT_EQ(total, text_.size());
}

TEST_F(Download, TheNextMirrorIsTriedAfterAnyFailure) {
  const auto packed = gzip(text_);
  auto damaged = packed;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  const LoopbackServer good({{"/file", {.body = text_}}});
  const LoopbackServer bad({
      {"/error", {.body = "sorry", .status = 500}},
      {"/other", {.body = "another text"}},
      {"/page", {.body = "<html>please log in</html>"}},
      {"/short", {.body = text_.substr(0, 1000), .announced = text_.size()}},
      {"/short.gz", {.body = packed.substr(0, packed.size() / 2)}},
      {"/damaged.gz", {.body = damaged}},
      {"/silent", {.silent = true}},
  });
  for (const std::string name :
       {"missing", "error", "other", "page", "short", "short.gz", "damaged.gz", "silent"}) {
    EXPECT_EQ(get({bad.url() + name, good.url() + "file"}), "") << name;
    EXPECT_EQ(read_bytes(path_), text_) << name;
    std::filesystem::remove_all(folder_ / "new");
  }
  EXPECT_EQ(bad.requests(), 8);
  EXPECT_EQ(good.requests(), 8);
}

TEST_F(Download, SaysWhyEveryMirrorFailedAndLeavesNothing) {
  const auto packed = gzip(text_);
  const LoopbackServer server({{"/other", {.body = "another text"}},
                               {"/short", {.body = "half", .announced = 1000}},
                               {"/short.gz", {.body = packed.substr(0, packed.size() / 2)}}});
  const auto why = [&](const std::string& name) { return get({server.url() + name}); };
  const auto contains = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  contains(why("none"), "127.0.0.1:");
  contains(why("none"), "404");
  contains(why("other"), "sends another file (SHA-256 " + sum_of("another text").substr(0, 12));
  contains(why("short"), "transfer closed");
  contains(why("short.gz"), "sends a damaged file (the file: the gzip data end early");
  contains(get({"http://127.0.0.1:1/file"}), "127.0.0.1");
  contains(get({"file:///etc/hostname"}), "rotocol");
  expect_nothing_left();
  const auto both = get({server.url() + "none", server.url() + "other"});
  contains(both, "404");
  contains(both, "; 127.0.0.1");
}

TEST_F(Download, GivesUpOnASilentMirror) {
  const LoopbackServer server({{"/silent", {.silent = true}}});
  const auto started = std::chrono::steady_clock::now();
  EXPECT_NE(get({server.url() + "silent"}), "");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
  expect_nothing_left();
}

TEST_F(Download, RefusesMoreThanTheLongestFileAllowed) {
  limits_.max_bytes = 1000;
  const LoopbackServer server({{"/file", {.body = text_}}});
  EXPECT_NE(get({server.url() + "file"}).find("sends more than the 1000 bytes allowed"), std::string::npos);
  expect_nothing_left();
}

TEST_F(Download, CancellingEndsItWithoutTryingAnotherMirror) {
  const LoopbackServer first({{"/file", {.body = text_}}}), second({{"/file", {.body = text_}}});
  expect_error<FileError>(
      [&] {
        get({first.url() + "file", second.url() + "file"},
            [](std::uint64_t, std::uint64_t) { return false; });
      },
      {"file: the download was cancelled"});
  EXPECT_EQ(second.requests(), 0);
  expect_nothing_left();
}

TEST_F(Download, AnErrorInTheProgressReportComesThrough) {
  const LoopbackServer server({{"/file", {.body = text_}}});
  EXPECT_THROW(get({server.url() + "file"},
                   [](std::uint64_t, std::uint64_t) -> bool { throw std::out_of_range("no more columns"); }),
               std::out_of_range);
  expect_nothing_left();
}

TEST_F(Download, AFolderThatCannotBeMadeIsAnError) {
  const LoopbackServer server({{"/file", {.body = text_}}});
  write_bytes(folder_ / "new", "a file where the folder should be");
  expect_error<FileError>([&] { get({server.url() + "file"}); }, {(folder_ / "new").string()});
}

// The same through obtain(), as load_mnist() and load_auto_mpg() call it.
class Obtain : public Download {
 protected:
  Publication publication(const std::vector<std::string>& mirrors) const {
    return {.title = "Two Files",
            .folders = {"two", ""},
            .mirrors = mirrors,
            .files = {{"one.gz", sum_of("first")}, {"two.data", sum_of("second")}},
            .instead = "digits"};
  }
  DataSource source() const {
    return {.directories = {folder_ / "here", folder_ / "there"},
            .download_to = folder_ / "cache",
            .progress = {}};
  }
};

TEST_F(Obtain, DownloadsOnlyWhatIsMissing) {
  std::filesystem::create_directories(folder_ / "there/two");
  write_bytes(folder_ / "there/two/one", "first, inflated by someone");
  const LoopbackServer server({{"/data/two.data", {.body = "second"}}});
  auto from = source();
  std::vector<std::string> reported;
  from.progress = [&](const std::string& file, std::uint64_t, std::uint64_t) {
    reported.push_back(file);
    return true;
  };
  const auto two = publication({server.url() + "data/"});
  const auto paths = obtain(two, from, limits_);
  EXPECT_EQ(paths,
            (std::vector<std::filesystem::path>{folder_ / "there/two/one", folder_ / "cache/two/two.data"}));
  EXPECT_EQ(read_bytes(paths[1]), "second");
  EXPECT_EQ(server.requests(), 1);
  ASSERT_FALSE(reported.empty());
  EXPECT_EQ(reported.front(), "two.data");
  EXPECT_EQ(obtain(two, from, limits_), paths);  // found now, not fetched again
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(Obtain, WithoutANetworkOneMessageSaysItAll) {
  const auto two = publication({"http://127.0.0.1:1/a/", "http://127.0.0.1:1/b/"});
  const auto message = expect_error<FileError>(
      [&] { obtain(two, source(), limits_); },
      {"Two Files", "one.gz, two.data", (folder_ / "here").string(), (folder_ / "there").string(),
       (folder_ / "cache").string(), "and sub-folders two", "127.0.0.1"});
  const std::vector<std::string> advices = {(folder_ / "cache/two").string(),
                                            "name their folder with DataSource::directories",
                                            "the data set digits needs no file"};
  for (const auto& advice : advices)
    EXPECT_NE(message.find(advice, message.find('\n')), std::string::npos) << message;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "cache"));
}

TEST_F(Obtain, DownloadsNothingWhereThatIsSwitchedOff) {
  const LoopbackServer server({});
  auto from = source();
  from.download_to.clear();
  expect_error<FileError>([&] { obtain(publication({server.url()}), from, limits_); },
                          {"one.gz, two.data", "downloading is switched off"});
  EXPECT_EQ(server.requests(), 0);
}

}  // namespace
}  // namespace mlp
