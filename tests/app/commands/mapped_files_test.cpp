// Large files of inputs, which are mapped and not read into memory.
#include <chrono>
#include <thread>

#include "app/sandbox.h"
#include "data/support.h"
#include "support/sanitizer.h"

namespace mlp::app_test {
namespace {

using namespace testing_support;

class MappedFiles : public Sandbox {
 protected:
  /// A .npy file of `rows` images of side x side, 0 but for what it begins with, which takes no room on the
  /// disk; false where the file system has no such files.
  bool write_sparse(const std::string& name, const std::string& type, std::size_t rows, std::size_t side,
                    const std::string& beginning = {}) const {
    std::string dictionary = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" +
                             std::to_string(rows) + ", " + std::to_string(side) + ", " +
                             std::to_string(side) + "), }";
    while ((10 + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
    const std::string header = npy_start(dictionary + "\n");
    const std::size_t bytes = type == "<f4" ? 4 : 1;
    write(name, header + beginning);
    std::error_code error;
    std::filesystem::resize_file(path(name), header.size() + rows * side * side * bytes, error);
    return !error && shell("test $(du -k " + name + " | cut -f1) -lt 4096").exit_code == 0;
  }
  void write_labels(const std::string& name, std::size_t rows) const {
    std::string labels;
    for (std::size_t n = 0; n < rows; ++n) labels += static_cast<char>(n % 3 == 0 ? 1 : 0);
    write(name, npy("|u1", "(" + std::to_string(rows) + ",)", labels));
  }
  static Arguments training(const std::string& images, const std::string& folder) {
    return {"train",    "--images",         images,     "--labels", "labels.npy",
            "--layers", "4:relu,2:softmax", "--epochs", "1",        "--batch-size",
            "64",       "--threads",        "1",        "--output", folder};
  }
  static std::string text_of(const Arguments& arguments) {
    std::string text;
    for (const auto& argument : arguments) text += " " + argument;
    return text;
  }
};

TEST_F(MappedFiles, AreNeverInMemoryWhole) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer needs memory of its own";
  constexpr std::size_t kSide = 64;
  for (const auto& [type, megabytes] : {std::pair("|u1", 1024), std::pair("<f4", 512)}) {
    const std::size_t rows =
        static_cast<std::size_t>(megabytes) * 1024 * 1024 / (kSide * kSide) / (*type == '<' ? 4 : 1);
    if (!write_sparse("big.npy", type, rows, kSide)) GTEST_SKIP() << "no sparse files here";
    write_labels("labels.npy", rows);
    const std::string folder = "run-" + std::to_string(megabytes);
    // What the process has of its own, as opposed to the pages of files.
    const auto result = shell("ulimit -d 131072 && $MLP" + text_of(training("big.npy", folder)));
    EXPECT_EQ(result.exit_code, 0) << type << result.err;
    EXPECT_NE(result.err.find("rows to train on"), std::string::npos) << result.err;
    EXPECT_TRUE(exists(folder + "/report.html"));
  }
}

TEST_F(MappedFiles, GiveTheBitsOfFilesThatAreRead) {
  constexpr std::size_t kRows = 80'000, kSide = 30;  // 72 MB, of which 500 images are not 0
  std::string beginning;
  for (std::size_t i = 0; i < 500 * kSide * kSide; ++i)
    beginning += static_cast<char>(i % 7 == 0 ? i % 251 : 0);
  if (!write_sparse("big.npy", "|u1", kRows, kSide, beginning)) GTEST_SKIP() << "no sparse files here";
  write_labels("labels.npy", kRows);
  beginning.resize(kRows * kSide * kSide);
  write("big.gz", gzip(idx_header(0x08, {kRows, kSide, kSide}) + beginning));
  ASSERT_EQ(run(training("big.npy", "mapped")).exit_code, 0);
  ASSERT_EQ(run(training("big.gz", "read")).exit_code, 0);
  EXPECT_EQ(tensors("mapped/model.safetensors"), tensors("read/model.safetensors"));
  EXPECT_EQ(tensors("mapped/checkpoint.safetensors"), tensors("read/checkpoint.safetensors"));

  const auto resumed = run({"train", "--resume", "mapped", "--images", "big.gz", "--labels", "labels.npy"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("nothing was left to train"), std::string::npos) << resumed.err;

  const auto predicted = run({"predict", "read", "--input", "big.npy"});
  EXPECT_EQ(std::ranges::count(predicted.out, '\n'), static_cast<std::ptrdiff_t>(kRows + 1));
  EXPECT_EQ(predicted.out, run({"predict", "read", "--input", "big.gz"}).out);
  const auto evaluated = [&](const std::string& images) {
    return only_json(run({"evaluate", "read", "--images", images, "--labels", "labels.npy", "--json"}).out);
  };
  const auto mapped = evaluated("big.npy"), read = evaluated("big.gz");
  EXPECT_EQ(mapped["test_rows"], kRows);
  EXPECT_EQ(mapped["test_loss"], read["test_loss"]);
  EXPECT_EQ(mapped["test_confusion"], read["test_confusion"]);
}

TEST_F(MappedFiles, AFileThatIsMadeShorterEndsTheRunWithAWord) {
  constexpr std::size_t kRows = 80'000, kSide = 30;
  if (!write_sparse("big.npy", "|u1", kRows, kSide)) GTEST_SKIP() << "no sparse files here";
  write_labels("labels.npy", kRows);
  const auto size = std::filesystem::file_size(path("big.npy"));
  auto arguments = training("big.npy", "run");
  arguments[8] = "100000";  // epochs
  arguments.insert(arguments.end(), {"--checkpoint-every", "1"});
  auto child = start(arguments);
  ASSERT_TRUE(child.wait_for("epoch "));
  for (int tries = 0; !exists("run/checkpoint.safetensors") && tries < 1000; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::filesystem::resize_file(path("big.npy"), 100'000);
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 1) << result.signal;
  const auto error = result.err.find("mlp: error: a data file has become shorter while it was read");
  ASSERT_NE(error, std::string::npos) << result.err;
  EXPECT_NE(result.err.find("\n  hint: put the file back as it was", error), std::string::npos);

  const auto refused = run({"train", "--resume", "run"});
  EXPECT_EQ(refused.exit_code, 1);
  expect_error_message(refused.err);
  EXPECT_NE(
      refused.err.find("the header announces 80000 x 30 x 30 elements of 1 byte, the file holds at most"),
      std::string::npos)
      << refused.err;
  std::filesystem::resize_file(path("big.npy"), size);
  auto resumed = start({"train", "--resume", "run"});
  EXPECT_TRUE(resumed.wait_for("epoch ")) << "it goes on";
}

}  // namespace
}  // namespace mlp::app_test
