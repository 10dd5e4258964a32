#include "data/bytes/byte_reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "data/support.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

std::string read_all(const std::string& bytes) {
  ByteReader reader("memory", bytes);
  return read_text(reader, std::size_t{1} << 30);
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919 % 10007) + ' ';
  return text;
}

TEST(ByteReader, ReadsPlainAndGzipAlike) {
  const auto text = long_text();
  EXPECT_EQ(read_all(text), text);
  EXPECT_EQ(read_all(gzip(text)), text);
  EXPECT_EQ(read_all(""), "");
  EXPECT_EQ(read_all(gzip("")), "");
  EXPECT_EQ(read_all("\x1f"), "\x1f");
}

TEST(ByteReader, ReadsAllMembersOfAGzipFile) {
  EXPECT_EQ(read_all(gzip("one ") + gzip("") + gzip("two")), "one two");
}

TEST(ByteReader, AsksForNothingAfterTheEnd) {
  for (const auto& text : {std::string(), std::string("a,b"), std::string("\x1f"), gzip("a,b")}) {
    int asked = 0;
    bool given = false;
    ByteReader reader("terminal", [&](std::span<std::uint8_t> destination) -> std::size_t {
      ++asked;
      if (given || text.empty()) return 0;
      given = true;
      std::copy(text.begin(), text.end(), destination.begin());
      return text.size();
    });
    read_text(reader, 100);
    EXPECT_FALSE(reader.peek());
    std::array<std::uint8_t, 4> more{};
    EXPECT_EQ(reader.read(more), 0u);
    EXPECT_EQ(asked, text.empty() ? 1 : 2) << "the bytes, and their end once";
  }
}

TEST(ByteReader, PeeksWithoutTaking) {
  const auto packed = gzip("ab");
  ByteReader reader("memory", packed);
  EXPECT_EQ(reader.peek(), 'a');
  EXPECT_EQ(reader.peek(), 'a');
  EXPECT_EQ(reader.position(), 0u);
  EXPECT_EQ(read_text(reader, 10), "ab");
  EXPECT_EQ(reader.position(), 2u);
  EXPECT_EQ(reader.peek(), std::nullopt);
}

TEST(ByteReader, TellsHowTheBytesStartWithoutTakingThem) {
  for (const auto& bytes : {std::string("abcd"), gzip("abcd")}) {
    ByteReader reader("memory", bytes);
    EXPECT_TRUE(reader.starts_with("abc"));
    EXPECT_FALSE(reader.starts_with("abd"));
    EXPECT_FALSE(reader.starts_with("abcde"));
    EXPECT_TRUE(reader.starts_with(""));
    EXPECT_EQ(reader.position(), 0u);
    EXPECT_EQ(reader.peek(), 'a');
    EXPECT_EQ(read_text(reader, 10), "abcd");
    EXPECT_FALSE(reader.starts_with("d"));
  }
}

TEST(ByteReader, WaitsForNoByteAfterOneThatDiffers) {
  const std::string bytes = "xyz";
  std::size_t asked = 0;
  ByteReader reader("memory", in_pieces(bytes, 1, &asked));
  EXPECT_FALSE(reader.starts_with("abc"));
  EXPECT_EQ(asked, 1u);
}

TEST(ByteReader, EveryTruncationOfAGzipFileIsAnError) {
  const auto packed = gzip("some text, some more text, some text again");
  for (std::size_t length = 2; length < packed.size(); ++length)
    expect_error<FileError>([&] { read_all(packed.substr(0, length)); },
                            {"memory: ", "end early, at byte " + std::to_string(length)});
}

TEST(ByteReader, NamesThePositionOfDamage) {
  auto packed = gzip(long_text());
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x10);
  expect_error<FileError>([&] { read_all(packed); }, {"memory: ", "damaged gzip data", "byte "});
  auto wrong_sum = gzip("text");
  wrong_sum[wrong_sum.size() - 8] = static_cast<char>(wrong_sum[wrong_sum.size() - 8] ^ 1);
  expect_error<FileError>([&] { read_all(wrong_sum); }, {"incorrect data check"});
  expect_error<FileError>([&] { read_all(gzip("text") + "garbage"); }, {"incorrect header check"});
}

TEST(ByteReader, StopsAtTheLongestTextAllowed) {
  const auto bomb = gzip(std::string(50'000'000, 'x'));
  ASSERT_LT(bomb.size(), 100'000u);
  ByteReader reader("bomb", bomb);
  expect_error<FileError>([&] { read_text(reader, 1'000'000); }, {"bomb: longer than the 1000000 bytes"});
  EXPECT_LT(reader.position(), 2'000'000u);
}

TEST(ByteReader, BoundsWhatCanCome) {
  EXPECT_EQ(ByteReader("memory", "12345").upper_bound(), 5u);
  const std::string text(10'000'000, 'x');  // as compressible as can be
  const auto packed = gzip(text);
  const auto bound = ByteReader("memory", packed).upper_bound();
  ASSERT_TRUE(bound);
  EXPECT_GE(*bound, text.size());
  EXPECT_LT(*bound, 2 * text.size());
}

TEST(ByteReader, SaysWhatIsWrongWithAPath) {
  const TemporaryFolder folder;
  expect_error<FileError>([&] { ByteReader reader(folder / "none"); },
                          {(folder / "none").string(), "No such file"});
  expect_error<FileError>([&] { ByteReader reader(folder.path()); },
                          {folder.path().string(), "is a directory"});
}

TEST(ByteReader, SaysThatAFileMayNotBeRead) {
  const TemporaryFolder folder;
  write_bytes(folder / "secret", "text");
  ASSERT_EQ(::chmod((folder / "secret").c_str(), 0), 0);
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;  // no permission stops root
  if (root) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto message = expect_error<FileError>([&] { ByteReader reader(folder / "secret"); },
                                               {(folder / "secret").string(), "Permission denied"});
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_NE(message.find("permissions"), std::string::npos);
}

TEST(ByteReader, SaysThatReadingFailed) {
  // Its first page is never mapped.
  expect_error<FileError>([] { ByteReader reader(std::filesystem::path("/proc/self/mem")); },
                          {"/proc/self/mem: cannot be read at byte 0: "});
}

TEST(ByteReader, ReadsAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto text = long_text();
  const std::string compressed = gzip(text);
  std::thread writer([&] {  // a pipe holds less than the text: someone must read while it is written
    for (std::size_t done = 0; done < compressed.size();) {
      const ssize_t count = ::write(ends[1], compressed.data() + done, compressed.size() - done);
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    ::close(ends[1]);
  });
  ByteReader reader("/dev/fd/" + std::to_string(ends[0]));
  EXPECT_EQ(reader.upper_bound(), std::nullopt);
  EXPECT_EQ(read_text(reader, 10'000'000), text);
  writer.join();
  ::close(ends[0]);
}

TEST(ByteReader, ReadsASourceInPiecesOfAnySize) {
  const auto text = long_text();
  for (const auto& bytes : {text, gzip(text)}) {
    for (const std::size_t piece : {1, 2, 1000}) {
      ByteReader reader("source", in_pieces(bytes, piece));
      EXPECT_EQ(reader.upper_bound(), std::nullopt);
      EXPECT_EQ(read_text(reader, text.size()), text);
      EXPECT_EQ(reader.position(), text.size());
    }
  }
}

TEST(ByteReader, ReadSomeWaitsForNoMoreThanThereIs) {
  std::size_t asked = 0;
  ByteReader reader("source", in_pieces("ab\ncd", 3, &asked));
  std::array<std::uint8_t, 10> room{};
  EXPECT_EQ(asked, 1u);
  EXPECT_EQ(reader.peek(), 'a');
  EXPECT_EQ(reader.read_some({}), 0u);
  EXPECT_EQ(reader.read_some(room), 1u);
  EXPECT_EQ(reader.read_some(room), 2u);
  EXPECT_EQ(asked, 1u);
  EXPECT_EQ(reader.read_some(room), 2u);
  EXPECT_EQ(std::string(room.begin(), room.begin() + 3), "cd" + std::string(1, '\0'));
  EXPECT_EQ(reader.read_some(room), 0u);
  EXPECT_EQ(reader.position(), 5u);
}

}  // namespace
}  // namespace mlp
