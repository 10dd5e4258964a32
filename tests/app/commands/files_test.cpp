// The user's own files: mlp train --images --labels, and evaluate and predict on models of such data.
#include <bit>
#include <cstdlib>
#include <sstream>

#include "app/sandbox.h"
#include "data/support.h"

namespace mlp::app_test {
namespace {

using namespace testing_support;

class Files : public Sandbox {
 protected:
  /// 200 images of 2 x 2: class 4 is dark, class 7 bright.
  std::string images(int rows = 200) const {
    std::string pixels;
    for (int i = 0; i < rows; ++i)
      for (int pixel = 0; pixel < 4; ++pixel)
        pixels += static_cast<char>(i % 2 * 180 + (i * 7 + pixel * 5) % 60);
    return pixels;
  }
  std::string labels(int rows = 200) const {
    std::string values;
    for (int i = 0; i < rows; ++i) values += static_cast<char>(i % 2 == 0 ? 4 : 7);
    return values;
  }
  void write_idx_pair(const std::string& folder, int rows = 200) const {
    std::filesystem::create_directories(path(folder));
    const auto count = static_cast<std::uint32_t>(rows);
    write(folder + "/images", idx_header(0x08, {count, 2, 2}) + images(rows));
    write(folder + "/labels.gz", gzip(idx_header(0x08, {count}) + labels(rows)));
  }
  Arguments quick(const Arguments& data, const Arguments& more = {}) const {
    Arguments arguments = {"train"};
    arguments.insert(arguments.end(), data.begin(), data.end());
    for (const char* argument : {"--layers", "4:relu,2:softmax", "--epochs", "20", "--batch-size", "8",
                                 "--threads", "1", "--quiet", "--json"})
      arguments.push_back(argument);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  nlohmann::json json(const Arguments& arguments) const {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? only_json(result.out) : nlohmann::json();
  }
  void expect_error_of(const Arguments& arguments, int exit_code, const std::string& message) const {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "");
  }
};

/// y = 2 a + b of 400 rows: a in steps of 1/8 from `origin`, b small.
std::string rows_from(double origin) {
  std::string x;
  for (int n = 0; n < 400; ++n)
    for (const double value : {origin + n % 50 / 8.0, n / 50 / 4.0})
      x += little_endian(std::bit_cast<std::uint64_t>(value), 8);
  return npy("<f8", "(400, 2)", x);
}

TEST_F(Files, NumbersFarFromZeroAreLearnedAsThoseNearIt) {
  SKIP_WITHOUT_NPZ();
  std::string y;
  for (int n = 0; n < 400; ++n)
    y += little_endian(std::bit_cast<std::uint64_t>(2 * (n % 50 / 8.0) + n / 50 / 4.0), 8);
  for (const auto& [name, origin] : {std::pair{"near", 0.0}, {"far", 1.7e9}}) {
    const std::string run_name = name;
    write(run_name + ".npz", zip({{"x.npy", rows_from(origin)}, {"y.npy", npy("<f8", "(400,)", y)}}));
    write(run_name + ".npy", rows_from(origin));
    const auto trained =
        json({"train", run_name + ".npz", "--epochs", "30", "--threads", "1", "--quiet", "--json"});
    EXPECT_GT(trained["test_r2"].get<double>(), 0.99) << name;
    const auto evaluated = json({"evaluate", "runs/" + run_name, "--json"});
    EXPECT_EQ(evaluated["test_rmse"], trained["test_rmse"]);
    EXPECT_EQ(json({"inspect", "runs/" + run_name, "--verify", "--json"})["verified"]["passed"], true);
  }
  EXPECT_NE(content("runs/far/report.html").find("counted from 1700000003,"), std::string::npos);
  const auto from_array = run({"predict", "runs/far", "--input", "far.npy"});
  EXPECT_EQ(from_array.exit_code, 0) << from_array.err;
  write("rows.csv", "1700000000.125,0\n1700000006,1.75\n");
  const auto from_text = run({"predict", "runs/far", "--input", "rows.csv"});
  EXPECT_EQ(from_text.exit_code, 0) << from_text.err;
  std::istringstream numbers(from_text.out);
  std::string head;
  double first = 0, second = 0;
  numbers >> head >> first >> second;
  EXPECT_NEAR(first, 0.25, 0.5);
  EXPECT_NEAR(second, 13.75, 0.5);
  EXPECT_NE(from_array.out.find("\n" + from_text.out.substr(7, from_text.out.find('\n', 7) - 7) + "\n"),
            std::string::npos)
      << "row 1 of the array is row 0 of the text";
  EXPECT_EQ(json({"inspect", "runs/far", "--json"})["input_units"]["origin"],
            (std::vector<double>{1700000003.0, 0}));
}

TEST_F(Files, APairOfFilesIsTrainedOnEvaluatedAndPredicted) {
  SKIP_WITHOUT_NPZ();
  write_idx_pair("my data");
  const auto trained = json(quick({"--images", "my data/images", "--labels", "my data/labels.gz"}));
  EXPECT_EQ(trained["dataset"], "my data") << "named after the folder";
  EXPECT_EQ(trained["output"], "runs/my data");
  EXPECT_EQ(trained["test_rows"], 40);
  EXPECT_EQ(trained["test_accuracy"], 1.0);
  EXPECT_EQ(trained["notes"][0], "40 of 200 rows drawn by seed to test on");

  EXPECT_NE(content("runs/my data/report.html").find("Rows are numbered as in images, from 0"),
            std::string::npos);

  // The run's config.toml names the files so that they are found from any folder.
  const auto evaluated = json({"evaluate", "runs/my data", "--json"});
  EXPECT_EQ(evaluated["dataset"], "my data");
  EXPECT_EQ(evaluated["test_rows"], 40);
  EXPECT_EQ(evaluated["test_loss"], trained["test_loss"]);
  const auto elsewhere =
      shell("mkdir elsewhere && cd elsewhere && \"$MLP\" evaluate '../runs/my data' --json");
  ASSERT_EQ(elsewhere.exit_code, 0) << elsewhere.err;
  EXPECT_EQ(only_json(elsewhere.out)["test_loss"], trained["test_loss"]);
  EXPECT_NE(content("runs/my data/config.toml").find("images = \"/"), std::string::npos) << "absolute";

  // All rows of other files, where they are named.
  write_idx_pair("new", 10);
  const auto others =
      json({"evaluate", "runs/my data", "--images", "new/images", "--labels", "new/labels.gz", "--json"});
  EXPECT_EQ(others["dataset"], "new");
  EXPECT_EQ(others["test_rows"], 10);
  EXPECT_EQ(others["test_accuracy"], 1.0);

  const auto predicted = run({"predict", "runs/my data", "--input", "new/images"});
  EXPECT_EQ(predicted.out.substr(0, 20), "class,probability\n4,") << predicted.out;
  for (const auto& file :
       {std::pair<const char*, std::string>{"new.npy", npy("|u1", "(10, 2, 2)", images(10))},
        {"new.npz", zip({{"x.npy", npy("|u1", "(10, 4)", images(10)), true}})}}) {
    write(file.first, file.second);
    EXPECT_EQ(run({"predict", "runs/my data", "--input", file.first}).out, predicted.out) << file.first;
  }
}

TEST_F(Files, TheSameDataInAnyFormatGiveTheSameBits) {
  SKIP_WITHOUT_NPZ();
  write_idx_pair("a");
  const auto x = npy("|u1", "(200, 2, 2)", images()), y = npy("|u1", "(200,)", labels());
  std::string wide;
  for (const char label : labels()) wide += little_endian(static_cast<std::uint64_t>(label), 8);
  std::filesystem::create_directories(path("b"));
  write("b/x.npy", x);
  write("b/y.npy", npy("<i8", "(200,)", wide));
  write("c.npz", zip({{"x.npy", x, true}, {"y.npy", y}}));
  json(quick({"--images", "a/images", "--labels", "a/labels.gz"}));
  json(quick({"--images", "b/x.npy", "--labels", "b/y.npy"}));
  json(quick({"c.npz"}));
  json(quick({"--images", "c.npz"}, {"--output", "runs/d"}));
  const auto expected = tensors("runs/a/model.safetensors");
  EXPECT_FALSE(expected.empty());
  for (const char* run : {"b", "c", "d"})
    EXPECT_EQ(tensors(std::string("runs/") + run + "/model.safetensors"), expected) << run;
  EXPECT_NE(tensors("runs/a/model.safetensors"),
            (json(quick({"c.npz"}, {"--seed", "2"})), tensors("runs/c/model.safetensors")));
}

TEST_F(Files, WithoutOptionsTheyHaveARecipe) {
  write_idx_pair("a");
  const auto classes = json(
      {"train", "--images", "a/images", "--labels", "a/labels.gz", "--epochs", "1", "--quiet", "--json"});
  EXPECT_EQ(classes["network"][0]["fan_in"], 4);
  EXPECT_EQ(classes["network"][3]["fan_out"], 2);
  EXPECT_EQ(classes["network"][3]["activation"], "softmax");

  std::string targets;
  for (int i = 0; i < 200; ++i) targets += bytes_of({0, 0, 0, i % 3 == 0 ? 0x3f : 0xbf});  // 0.5, -0.5
  write("y.npy", npy("<f4", "(100, 2)", targets));
  write("x.npy", npy("|u1", "(100, 4)", images(100)));
  const auto numbers = json({"train", "--images", "x.npy", "--labels", "y.npy", "--epochs", "1", "--output",
                             "r", "--quiet", "--json"});
  EXPECT_EQ(numbers["network"][2]["fan_out"], 2);
  EXPECT_EQ(numbers["network"][2]["activation"], "linear");
  EXPECT_TRUE(numbers.contains("test_rmse"));
  EXPECT_EQ(json({"evaluate", "r", "--json"})["test_rmse"], numbers["test_rmse"]);
}

TEST_F(Files, MnistsFilesGiveTheBitsOfMnist) {
  const char* data = std::getenv("MLP_DATA_DIR");
  if (data == nullptr || *data == '\0') GTEST_SKIP() << "skipped: MLP_DATA_DIR is not set";
  const std::filesystem::path folder = std::filesystem::path(data) / "mnist";
  const auto file = [&](const char* name) { return (folder / name).string() + ".gz"; };
  const Arguments more = {"--epochs", "1", "--quiet"};
  Arguments known = {"train", "mnist", "--data-dir", data};
  Arguments files = {"train",
                     "--images",
                     file("train-images-idx3-ubyte"),
                     "--labels",
                     file("train-labels-idx1-ubyte"),
                     "--test-images",
                     file("t10k-images-idx3-ubyte"),
                     "--test-labels",
                     file("t10k-labels-idx1-ubyte")};
  for (auto* arguments : {&known, &files}) {
    arguments->insert(arguments->end(), more.begin(), more.end());
    const auto result = run(*arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_TRUE(exists("runs/mnist-files/model.safetensors")) << "not in the place of mnist's own run";
  EXPECT_EQ(tensors("runs/mnist-files/model.safetensors"), tensors("runs/mnist/model.safetensors"));
}

TEST_F(Files, ARunIsRepeatedAndResumedFromItsConfig) {
  write_idx_pair("a");
  json(quick({"--images", "a/images", "--labels", "a/labels.gz"}));
  const auto expected = tensors("runs/a/model.safetensors");
  const auto again = run({"train", "--config", "runs/a/config.toml", "--output", "again", "--quiet"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(tensors("again/model.safetensors"), expected);
  // Data named on the command line replace those of the run.
  write_idx_pair("b");
  const auto other = json({"train", "--config", "runs/a/config.toml", "--images", "b/images", "--labels",
                           "b/labels.gz", "--output", "other", "--quiet", "--json"});
  EXPECT_EQ(other["dataset"], "b");
  const auto known = json({"train", "digits", "--config", "runs/a/config.toml", "--epochs", "1", "--layers",
                           "4:relu,10:softmax", "--output", "digits", "--quiet", "--json"});
  EXPECT_EQ(known["dataset"], "digits");

  // Moved files are the same data, changed ones are not.
  std::filesystem::rename(path("a"), path("moved"));
  const auto moved =
      run({"train", "--resume", "runs/a", "--images", "moved/images", "--labels", "moved/labels.gz"});
  EXPECT_EQ(moved.exit_code, 0) << moved.err;
  EXPECT_EQ(run({"train", "--resume", "runs/a"}).exit_code, 0) << "it is known now where they are";
  std::filesystem::rename(path("moved"), path("away"));
  expect_error_of({"train", "--resume", "runs/a"}, 1,
                  "mlp train --resume runs/a --images FILE --labels FILE");
  std::filesystem::rename(path("away"), path("moved"));
  auto changed = content("moved/images");
  changed.back() = static_cast<char>(changed.back() + 1);
  write("moved/images", changed);
  expect_error_of({"train", "--resume", "runs/a", "--images", "moved/images", "--labels", "moved/labels.gz"},
                  2, "cannot resume runs/a: moved is not what the run began with\n");
}

TEST_F(Files, WhatIsWrongIsNamed) {
  SKIP_WITHOUT_NPZ();
  write_idx_pair("a");
  write("table.csv", "a,b\n1,2\n");
  write("objects.npy", npy("|O", "(200,)", "pickled"));
  write("unclear.npz", zip({{"a.npy", npy("|u1", "(1,)", "x")}, {"b.npy", npy("<f8", "(1,)", "12345678")}}));
  const Arguments pair = {"train", "--images", "a/images", "--labels", "a/labels.gz"};
  const auto with = [&](const Arguments& more) {
    Arguments arguments = pair;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  expect_error_of({"train", "--labels", "a/labels.gz"}, 2, "--labels without --images");
  expect_error_of({"train", "--test-images", "a/images"}, 2, "--test-images without --images");
  expect_error_of(with({"--test-labels", "a/labels.gz"}), 2, "--test-labels without --test-images");
  expect_error_of({"train", "mnist", "--images", "a/images"}, 2,
                  "'mnist' and --images are two sources of data");
  expect_error_of({"train", "mnist", "--task", "regression"}, 2, "what mnist is for is known");
  expect_error_of(with({"--task", "ranking"}), 2, "--task takes classification or regression, not 'ranking'");
  expect_error_of({"train", "table.csv"}, 2, "which column of table.csv");
  expect_error_of({"train", "missing.npz"}, 1, "missing.npz: cannot be opened");
  expect_error_of(with({"--layers", "8:relu,3:softmax"}), 2,
                  "the last layer is 3 wide, but a needs 2, one for each class");
  expect_error_of({"train", "--images", "a/images"}, 1, "a/images: no file of labels is given with it");
  expect_error_of({"train", "--images", "a/labels.gz", "--labels", "a/images"}, 1, "are not swapped");
  expect_error_of({"train", "--images", "table.csv", "--labels", "a/labels.gz"}, 1,
                  "expected IDX, .npy or .npz");
  expect_error_of({"train", "--images", "objects.npy", "--labels", "a/labels.gz"}, 1,
                  "Python objects (a pickle), which are never read");
  expect_error_of({"train", "unclear.npz"}, 1, "it holds a (uint8, 1), b (float64, 1)");
  expect_error_of({"train", "--images", "/dev/zero", "--labels", "/dev/zero"}, 2,
                  "/dev/zero is no file but a pipe or a device");
  const auto folder = run({"train", "--images", ".", "--labels", "."});
  EXPECT_EQ(folder.exit_code, 2);
  EXPECT_NE(folder.err.find("is a folder, whose sub-folders are the labels"), std::string::npos)
      << folder.err;
  EXPECT_FALSE(exists("runs")) << "nothing is made before the data are read";
}

TEST_F(Files, BatchesAndEpochsGoByTheNumberOfRows) {
  const auto batch_of = [&](int rows, const Arguments& more = {}) {
    write("rows.npy", npy("|u1", "(" + std::to_string(rows) + ", 4)", images(rows)));
    write("labels.npy", npy("|u1", "(" + std::to_string(rows) + ",)", labels(rows)));
    Arguments arguments = {"train",         "--images", "rows.npy",      "--labels",   "labels.npy",
                           "--test-images", "rows.npy", "--test-labels", "labels.npy", "--output",
                           "run",           "--quiet",  "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json(arguments)["batch_size"].get<int>();
  };
  const Arguments once = {"--epochs", "1"};
  EXPECT_EQ(batch_of(9'999, once), 32);
  EXPECT_EQ(batch_of(10'000, once), 128);
  EXPECT_EQ(batch_of(50'000, once), 256);
  EXPECT_EQ(batch_of(200), 32);
  EXPECT_NE(content("run/config.toml").find("\nepochs = 30\n"), std::string::npos);
  EXPECT_EQ(batch_of(20'000, {"--task", "regression"}), 64);
  EXPECT_NE(content("run/config.toml").find("\nepochs = 50\n"), std::string::npos);
}

TEST_F(Files, EvaluateAsksWhereTheDataAre) {
  SKIP_WITHOUT_NPZ();
  write_idx_pair("a");
  json(quick({"--images", "a/images", "--labels", "a/labels.gz"}));
  std::filesystem::copy_file(path("runs/a/model.safetensors"), path("model.safetensors"));
  expect_error_of({"evaluate", "model.safetensors"}, 2,
                  "the model was trained on files (a), and there is no config.toml");
  expect_error_of({"evaluate", "model.safetensors", "--labels", "a/labels.gz"}, 2,
                  "--labels without --images");
  expect_error_of({"evaluate", "model.safetensors", "--data", "digits", "--images", "a/images"}, 2,
                  "two sources of data");
  expect_error_of({"evaluate", "model.safetensors", "--data", "digits"}, 2, "the model takes 4 inputs");
  write("c.npz", zip({{"x_test.npy", npy("|u1", "(10, 4)", images(10))},
                      {"y_test.npy", npy("|u1", "(10,)", labels(10))}}));
  EXPECT_EQ(json({"evaluate", "model.safetensors", "--images", "c.npz", "--json"})["test_rows"], 10);
  write("labels.npy", npy("|u1", "(200,)", std::string(200, '\x05')));
  expect_error_of({"evaluate", "model.safetensors", "--images", "a/images", "--labels", "labels.npy"}, 1,
                  "row 0: label 5 is none of the model's 2 classes");
}

}  // namespace
}  // namespace mlp::app_test
