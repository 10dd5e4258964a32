#include "mlp/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "mlp/error.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using testing_support::entries;
using testing_support::read_bytes;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const FileError& error) {
    return error.what();
  }
  return "no FileError";
}

/// Runs `action` in a process of its own, whose limits and user it may change; returns its exit status.
int in_child(const std::function<int()>& action) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(action());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

TEST(AtomicFile, WritesPiecesInOrder) {
  const TemporaryFolder folder;
  const std::string zeros(3, '\0');
  const std::array<std::string_view, 4> pieces{"one ", "", zeros, "two"};
  write_file_atomically(folder / "file", pieces);
  EXPECT_EQ(read_bytes(folder / "file"), "one " + zeros + "two");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(AtomicFile, ReplacesAnEarlierFile) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "a longer earlier content");
  write_file_atomically(folder / "file", "new");
  EXPECT_EQ(read_bytes(folder / "file"), "new");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(AtomicFile, LeavesPermissionsToTheUmask) {
  const TemporaryFolder folder;
  EXPECT_EQ(in_child([&] {
              ::umask(027);
              write_file_atomically(folder / "file", "x");
              return 0;
            }),
            0);
  struct stat status {};
  ASSERT_EQ(::stat((folder / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST(AtomicFile, WritesIntoTheCurrentFolder) {
  const TemporaryFolder folder;
  EXPECT_EQ(in_child([&] {
              if (::chdir(folder.path().c_str()) != 0) return 1;
              write_file_atomically("plain_name", "here");
              return 0;
            }),
            0);
  EXPECT_EQ(read_bytes(folder / "plain_name"), "here");
}

TEST(AtomicFile, TakesTheLongestNameTheFileSystemTakes) {
  const TemporaryFolder folder;
  const auto path = folder / std::string(255, 'n');
  write_file_atomically(path, "x");
  EXPECT_EQ(read_bytes(path), "x");
  EXPECT_NE(message_of([&] {
              write_file_atomically(folder / std::string(256, 'n'), "x");
            }).find("File name too long"),
            std::string::npos);
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(AtomicFile, FollowsASymbolicLink) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "disk");
  write_bytes(folder / "disk/real", "old");
  std::filesystem::create_symlink(folder / "disk/real", folder / "link");
  write_file_atomically(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_bytes(folder / "disk/real"), "new");
  EXPECT_EQ(entries(folder / "disk"), 1u);
}

TEST(AtomicFile, MissingFolderIsNamedAndNotCreated) {
  const TemporaryFolder folder;
  const auto path = folder / "missing/file";
  const std::string message = message_of([&] { write_file_atomically(path, "x"); });
  EXPECT_EQ(message, path.string() + ": cannot write: No such file or directory");
  EXPECT_EQ(entries(folder.path()), 0u);
}

TEST(AtomicFile, AFolderIsNotReplaced) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "target");
  EXPECT_EQ(message_of([&] { write_file_atomically(folder / "target", "x"); }),
            (folder / "target").string() + ": cannot write: Is a directory");
  EXPECT_EQ(message_of([&] { write_file_atomically(folder / "target/", "x"); }),
            (folder / "target/").string() + ": cannot write: Is a directory");
  EXPECT_TRUE(std::filesystem::is_directory(folder / "target"));
  EXPECT_EQ(entries(folder.path()), 1u);
  EXPECT_EQ(entries(folder / "target"), 0u);
}

TEST(AtomicFile, AFileAmongTheFoldersIsReported) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "x");
  EXPECT_EQ(message_of([&] { write_file_atomically(folder / "file/below", "x"); }),
            (folder / "file/below").string() + ": cannot write: Not a directory");
}

TEST(AtomicFile, ADeviceOrPipeIsNotReplaced) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(message_of([&] { write_file_atomically(folder / "pipe", "x"); }),
            (folder / "pipe").string() + ": cannot write: not a regular file");
  EXPECT_TRUE(std::filesystem::is_fifo(folder / "pipe"));
}

TEST(AtomicFile, AReadOnlyFolderKeepsTheEarlierFile) {
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  std::filesystem::create_directory(folder / "locked");
  write_bytes(folder / "locked/file", "earlier");
  std::filesystem::permissions(folder / "locked", std::filesystem::perms(0555));
  const std::string expected = (folder / "locked/file").string() + ": cannot write: Permission denied";
  EXPECT_EQ(in_child([&] {
              if (::geteuid() == 0 && ::seteuid(65534) != 0) return 2;  // root may write anywhere
              return message_of([&] { write_file_atomically(folder / "locked/file", "x"); }) == expected ? 0
                                                                                                         : 1;
            }),
            0);
  EXPECT_EQ(read_bytes(folder / "locked/file"), "earlier");
  EXPECT_EQ(entries(folder / "locked"), 1u);
  std::filesystem::permissions(folder / "locked", std::filesystem::perms(0755));
}

TEST(AtomicFile, ADiskThatFillsUpKeepsTheEarlierFile) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "earlier");
  const std::string content(1 << 20, 'x');
  const std::string expected = (folder / "file").string() + ": cannot write: File too large";
  EXPECT_EQ(in_child([&] {
              std::signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{100'000, 100'000};  // a short write comes first, the error after it
              if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
              return message_of([&] { write_file_atomically(folder / "file", content); }) == expected ? 0 : 1;
            }),
            0);
  EXPECT_EQ(read_bytes(folder / "file"), "earlier");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(AtomicFile, ATemporaryFileLeftByAKilledProcessIsNoObstacle) {
  const TemporaryFolder folder;
  EXPECT_EQ(in_child([&] {
              for (int i = 0; i < 1000; ++i) {
                write_bytes(
                    folder / (".mlp-" + std::to_string(::getpid()) + "-" + std::to_string(i) + ".tmp"),
                    "left behind");
              }
              write_file_atomically(folder / "file", "x");
              return 0;
            }),
            0);
  EXPECT_EQ(read_bytes(folder / "file"), "x");
  EXPECT_EQ(entries(folder.path()), 1001u);
}

TEST(AtomicFile, TheFileBeforeIsKeptWhereAsked) {
  const TemporaryFolder folder;
  const auto write = [&](std::string_view content) {
    write_file_keeping_previous(folder / "a.file.txt", std::span(&content, 1));
  };
  write("1");
  EXPECT_EQ(entries(folder.path()), 1u);
  write("2");
  write("3");
  EXPECT_EQ(read_bytes(folder / "a.file.txt"), "3");
  EXPECT_EQ(read_bytes(folder / "a.file.previous.txt"), "2");
  EXPECT_EQ(entries(folder.path()), 2u);
}

TEST(AtomicFile, TheFileBeforeIsKeptBesideTheFileWhereTheNameIsALink) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "disk");
  write_bytes(folder / "disk/real.txt", "old");
  std::filesystem::create_symlink(folder / "disk/real.txt", folder / "link.txt");
  const std::string_view content = "new";
  write_file_keeping_previous(folder / "link.txt", std::span(&content, 1));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.txt"));
  EXPECT_EQ(read_bytes(folder / "disk/real.txt"), "new");
  EXPECT_EQ(read_bytes(previous_version(folder / "link.txt")), "old");
  EXPECT_EQ(std::filesystem::canonical(previous_version(folder / "link.txt")),
            std::filesystem::canonical(folder / "disk") / "real.previous.txt");
}

TEST(AtomicFile, NamesOfPreviousVersions) {
  EXPECT_EQ(previous_version("runs/a/checkpoint.safetensors"), "runs/a/checkpoint.previous.safetensors");
  EXPECT_EQ(previous_version("name"), "name.previous");
}

TEST(AtomicFile, TemporaryFilesOfDeadProcessesAreRemovedAndNoOthers) {
  const TemporaryFolder folder;
  const auto name = [](const std::string& process, const std::string& number = "0") {
    return ".mlp-" + process + "-" + number + ".tmp";
  };
  // A process that has ended and was waited for, so that its id is free again.
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  const std::string dead = std::to_string(child), alive = std::to_string(::getpid());

  const std::vector<std::string> stale = {name(dead), name(dead, "17")};
  const std::vector<std::string> others = {
      name(alive), name("1"), name(dead) + "~", "x" + name(dead), ".mlp-" + dead + ".tmp",   name("-" + dead),
      name("0"),   name(""),  name(dead, ""),   name(dead, "1x"), name(dead + "0000000000"), "model"};
  for (const auto& list : {stale, others}) {
    for (const auto& file : list) write_bytes(folder / file, "x");
  }
  std::filesystem::create_directory(folder / name(dead, "1"));
  std::filesystem::create_symlink(folder / "model", folder / name(dead, "2"));
  EXPECT_EQ(remove_stale_temporary_files(folder.path()), stale.size());
  for (const auto& file : stale) EXPECT_FALSE(std::filesystem::exists(folder / file)) << file;
  for (const auto& file : others) EXPECT_TRUE(std::filesystem::exists(folder / file)) << file;
  EXPECT_EQ(entries(folder.path()), others.size() + 2);
  EXPECT_EQ(remove_stale_temporary_files(folder / "missing"), 0u);
}

TEST(AtomicFile, WhetherAFolderIsWritable) {
  const TemporaryFolder folder;
  EXPECT_NO_THROW(require_writable_folder(folder.path()));
  EXPECT_EQ(entries(folder.path()), 0u);
  EXPECT_EQ(message_of([&] { require_writable_folder(folder / "missing"); }),
            (folder / "missing").string() + ": cannot make a file in it: No such file or directory");
}

TEST(AtomicFile, WritersOfOneFileNeverMix) {
  const TemporaryFolder folder;
  std::vector<std::thread> writers;
  for (char letter = 'a'; letter < 'e'; ++letter) {
    writers.emplace_back([&folder, letter] {
      for (int i = 0; i < 20; ++i) write_file_atomically(folder / "file", std::string(50'000, letter));
    });
  }
  for (auto& writer : writers) writer.join();
  const std::string content = read_bytes(folder / "file");
  EXPECT_EQ(content, std::string(50'000, content.at(0)));
  EXPECT_EQ(entries(folder.path()), 1u);
}

}  // namespace
}  // namespace mlp
