// Wrong usage and failing work: the exit code, one or two lines that say what, where and what to do.
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <sstream>
#include <thread>

#include "app/sandbox.h"
#include "kernels/kernels.h"

namespace mlp::app_test {
namespace {

using Errors = Sandbox;

struct Case {
  Arguments arguments;
  std::string message;  ///< a part of what standard error must say
};

TEST_F(Errors, WrongUsageExitsWith2) {
  const std::vector<Case> cases = {
      {{"trian"}, "did you mean 'train'?"},
      {{"--verison"}, "did you mean '--version'?"},
      {{"train"}, "which data set?"},
      {{"train", "-"}, "standard input comes once"},
      {{"train", "-", "--target", "y"}, "standard input comes once"},
      {{"train", ""}, "DATASET needs a value"},
      {{"train", "a\nb\033[31m"}, "unknown data set 'a?b?[31m'"},
      {{"train", "mnits"}, "did you mean 'mnist'?"},
      {{"train", "friedman", "--epcohs", "3"}, "did you mean '--epochs'?"},
      {{"train", "friedman", "--epochs"}, "--epochs needs a value"},
      {{"train", "friedman", "more"}, "unexpected argument 'more'"},
      {{"train", "friedman", "\xff-\x1b"}, "unexpected argument '?-?'"},
      {{"train", "friedman", "--layers", "8:rlu,1:linear"}, "did you mean 'relu'?"},
      {{"train", "friedman", "--layers", "8:relu,2:linear"},
       "the last layer is 2 wide, but friedman needs 1"},
      {{"train", "mnist", "--layers", "8:relu,9:softmax"}, "the last layer is 9 wide, but mnist needs 10"},
      {{"train", "friedman", "--layers", ""}, "--layers"},
      {{"train", "friedman", "--layers", "0:relu,1:linear"}, "--layers"},
      {{"train", "friedman", "--layers", "99999999999999999999:relu,1:linear"}, "--layers"},
      {{"train", "friedman", "--initializer", "he_norml"}, "did you mean 'he_normal'?"},
      {{"train", "friedman", "--loss", "squared_eror"}, "did you mean 'squared_error'?"},
      {{"train", "friedman", "--loss", "cross_entropy"}, "is for classes"},
      {{"train", "friedman", "--layers", "64:relu,1:softmax"}, "softmax of a single output is always 1"},
      {{"train", "digits", "--layers", "10:linear"}, "cannot follow a linear output"},
      {{"train", "friedman", "--optimizer", "adamm"}, "did you mean 'adam'?"},
      {{"train", "friedman", "--optimizer", "adam(beta3=1)"}, "--optimizer"},
      {{"train", "friedman", "--schedule", "one_cylce"}, "did you mean 'one_cycle'?"},
      {{"train", "friedman", "--epochs", "0"}, "--epochs takes a whole number from 1 to 1000000, not '0'"},
      {{"train", "friedman", "--epochs", "-3"}, "not '-3'"},
      {{"train", "friedman", "--epochs", "3.5"}, "not '3.5'"},
      {{"train", "friedman", "--epochs", "3x"}, "not '3x'"},
      {{"train", "friedman", "--epochs", "99999999999999999999"}, "--epochs takes"},
      {{"train", "friedman", "--batch-size", "0"}, "--batch-size takes a whole number from 1"},
      {{"train", "friedman", "--learning-rate", "nan"},
       "--learning-rate takes a number above 0, from 1.2e-38 to 3.4e+38, not 'nan'"},
      {{"train", "friedman", "--learning-rate", "1e-38"}, "--learning-rate takes"},
      {{"train", "friedman", "--clip-norm", "1e-40"}, "--clip-norm takes 0 or a number from 1.2e-38"},
      {{"train", "friedman", "--learning-rate", "inf"}, "--learning-rate takes"},
      {{"train", "friedman", "--learning-rate", "-1"}, "--learning-rate takes"},
      {{"train", "friedman", "--learning-rate", "1e999"}, "--learning-rate takes"},
      {{"train", "friedman", "--validation", "1.5"},
       "--validation takes a number from 0 to below 1, not '1.5'"},
      {{"train", "friedman", "--validation", "1"}, "--validation takes"},
      {{"train", "friedman", "--dropout", "1"}, "--dropout takes"},
      {{"train", "mpg", "--dropout", "0.5"}, "--dropout acts on hidden layers"},
      {{"train", "friedman", "--weight-decay", "-1"}, "--weight-decay takes"},
      {{"train", "friedman", "--optimizer", "sgd", "--weight-decay", "1", "--l2", "1"}, "are the same thing"},
      {{"train", "friedman", "--l2", "x"}, "--l2 takes"},
      {{"train", "friedman", "--clip-norm", "-0.1"}, "--clip-norm takes"},
      {{"train", "friedman", "--early-stopping", "-1"}, "--early-stopping takes"},
      {{"train", "friedman", "--early-stopping", "3", "--validation", "0"}, "--validation 0.1"},
      {{"train", "friedman", "--seed", "-1"}, "--seed takes"},
      {{"train", "friedman", "--threads", "0"}, "--threads takes auto or a whole number from 1 to 1024"},
      {{"train", "friedman", "--threads", "1000000"}, "--threads takes"},
      {{"train", "friedman", "--sparse-inputs", "yes"}, "--sparse-inputs takes auto, on or off, not 'yes'"},
      {{"bench", "--sparse-inputs", "ON"}, "--sparse-inputs takes auto, on or off, not 'ON'"},
      {{"train", "friedman", "--checkpoint-every", "0"},
       "--checkpoint-every takes a number of epochs such as 5, or a time such as 30s, 10m or 2h, not '0'"},
      {{"train", "friedman", "--checkpoint-every", "5d"}, "--checkpoint-every takes"},
      {{"train", "friedman", "--precision", "fp16"}, "--precision takes float32 or bf16, not 'fp16'"},
      {{"bench", "--precision", "BF16"}, "--precision takes float32 or bf16, not 'BF16'"},
      {{"train", "friedman", "--precision", "bf16", "--cpu-target", "baseline"},
       "--precision: bf16 needs the CPU target avx512 with avx512_bf16, not baseline"},
      {{"train", "friedman", "--precision", "bf16", "--cpu-target", "reference"},
       "--precision: the reference computes in float32 only"},
      {{"bench", "--cpu-target", "reference"}, "the reference"},
      {{"train", "friedman", "--quiet", "--cpu-target", "z80"}, "z80"},
      {{"train", "friedman", "--json=perhaps"}, "--json"},
      {{"bench", "--network", "8:rlu,1:linear"}, "--network: "},
      {{"bench", "--network", "8:relu,1:softmax"}, "softmax of a single output is always 1"},
      {{"bench", "--input-size", "0"}, "--input-size takes a whole number from 1"},
      {{"bench", "--batch-size", "32,,64"}, "--batch-size takes a whole number from 1 to 65536, not ''"},
      {{"bench", "--batch-size", "65537"}, "--batch-size takes"},
      {{"bench", "--threads", "1,x"}, "--threads takes auto or a whole number from 1 to 1024, not 'x'"},
      {{"bench", "--optimizer", "adamm"}, "did you mean 'adam'?"},
      {{"bench", "--seconds", "0"}, "--seconds takes a number above 0"},
      {{"bench", "mnist"}, "unexpected argument 'mnist'"},
      {{"export", "runs", "--cc", "net.c"}, "--cc"},
      {{"data", "lst"}, "did you mean 'list'?"},
      {{"data", "fetch", "mpgg"}, "did you mean 'mpg'?"},
      {{"data", "fetch", "mist"}, "did you mean 'mnist'?"},
      {{"help", "trian"}, "did you mean 'train'?"},
  };
  for (const auto& [arguments, message] : cases) {
    std::string command = "mlp";
    for (const auto& argument : arguments) command += " " + argument;
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << command << "\n" << result.err;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(message), std::string::npos) << command << "\n" << result.err;
    EXPECT_EQ(result.out, "") << command;
  }
  EXPECT_FALSE(exists("runs/friedman/model.safetensors"));
}

TEST_F(Errors, AnArgumentThatIsMissingIsNamed) {
  int required = 0;
  for (const Arguments& command : every_command()) {
    // "Usage: mlp predict MODEL [FILE...] [OPTIONS]": those without brackets are required.
    std::istringstream usage(usage_of(command));
    std::string argument;
    for (std::size_t skipped = 0; skipped < 3 + command.size(); ++skipped) usage >> argument;
    if (argument == "COMMAND" || argument.starts_with("[")) continue;
    ++required;
    const auto result = run(command);
    EXPECT_EQ(result.exit_code, 2) << command.back();
    expect_error_message(result.err);
    const std::string message = argument.substr(0, argument.find("...")) + " is required";
    EXPECT_NE(result.err.find(message), std::string::npos) << message << "\n" << result.err;
    EXPECT_EQ(result.out, "") << command.back();
  }
  EXPECT_GE(required, 6);
}

TEST_F(Errors, FailingWorkExitsWith1) {
  write("file", "no model");
  const std::vector<Case> cases = {
      {{"evaluate", "runs/mnist"}, "there is no model runs/mnist"},
      {{"inspect", "missing"}, "there is no model missing"},
      {{"inspect", "file"}, "file"},
      {{"predict", "file", "--input", "file"}, "file"},
      {{"plot", "missing"}, "there is no missing/metrics.csv"},
      {{"train", "--resume", "missing"}, "there is no missing/config.toml"},
      {{"train", "friedman", "--output", "file"}, "cannot make the folder file"},
      {{"train", "friedman", "--output", "/proc/mlp"}, "/proc/mlp"},
  };
  for (const auto& [arguments, message] : cases) {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 1) << arguments[0] << "\n" << result.err;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(message), std::string::npos) << arguments[0] << "\n" << result.err;
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(Errors, AnUnknownCpuTargetIsRefusedBeforeAnyWork) {
  environment_["MLP_TARGET"] = "avx1024";
  // The models, rows and config do not exist: if they were looked for first, the exit code would be 1.
  const std::set<std::string> computing_nothing = {"plot", "export", "import", "data", "completion", "help"};
  for (const Arguments& command : every_command()) {
    // Without --check-gradients and --verify, inspect only shows.
    if (computing_nothing.contains(command.front()) || command.front() == "inspect") continue;
    const auto result = run(quick_example(command));
    EXPECT_EQ(result.exit_code, 2) << command.back();
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("MLP_TARGET: unknown or unsupported CPU target 'avx1024'"), std::string::npos)
        << result.err;
    for (const auto& name : kernels::available_targets()) {
      EXPECT_NE(result.err.find(name, result.err.find("hint: ")), std::string::npos) << result.err;
    }
    EXPECT_EQ(result.out, "");
  }
  EXPECT_FALSE(exists("runs"));
}

TEST_F(Errors, WithoutNetworkOneMessageNamesFilesAndFoldersAndWhatToDo) {
  for (const Arguments& arguments :
       {Arguments{"train", "mnist", "--quiet"}, Arguments{"data", "fetch", "mnist", "--quiet"}}) {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 1);
    expect_error_message(result.err);
    for (const std::string part : {"train-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "cache/mlp",
                                   "--data-dir", "mlp train digits"}) {
      EXPECT_NE(result.err.find(part), std::string::npos) << part << "\n" << result.err;
    }
  }
}

TEST_F(Errors, AFolderThatCannotBeWrittenIsFoundBeforeTraining) {
  if (::geteuid() == 0) {
    std::puts("skipped: root may write everywhere");
    return;
  }
  std::filesystem::create_directory(path("locked"));
  std::filesystem::permissions(path("locked"),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const auto result = run(quick_training({"--output", "locked"}));
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("locked: cannot make a file in it: Permission denied"), std::string::npos)
      << result.err;
}

TEST_F(Errors, AnEmptyValueIsNoValue) {
  for (const std::string option : {"--layers", "--output", "--config", "--resume", "--epochs", "--data-dir",
                                   "--threads", "--sparse-inputs", "--precision"}) {
    const auto result = run({"train", "friedman", option, ""});
    EXPECT_EQ(result.exit_code, 2) << option;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(option + " needs a value"), std::string::npos) << result.err;
  }
}

TEST_F(Errors, NothingBehindAnEqualsSignIsNoValueEither) {
  for (const std::string option : {"--output", "--epochs", "--target"}) {
    const auto result = run({"train", "friedman", "--epochs", "1", option + "=", "--quiet"});
    EXPECT_EQ(result.exit_code, 2) << option;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(option + " needs a value"), std::string::npos) << result.err;
  }
  EXPECT_FALSE(exists("--quiet"));
}

TEST_F(Errors, ARunDoesNotTakeItsDataFromAPipe) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  write("rows.csv", "a,y\n1,2\n2,4\n3,6\n4,8\n5,9\n");
  for (const Arguments& arguments : {Arguments{"train", "pipe", "--target", "y"}, Arguments{"train", "pipe"},
                                     Arguments{"train", "rows.csv", "--target", "y", "--test", "pipe"},
                                     Arguments{"train", "--images", "pipe", "--labels", "rows.csv"}}) {
    const auto result = run(arguments);  // would wait for a writer that never comes
    EXPECT_EQ(result.exit_code, 2);
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("pipe is no file but a pipe or a device"), std::string::npos) << result.err;
  }
  const auto streamed = shell("cat rows.csv | \"$MLP\" train /dev/stdin --target y --epochs 1");
  EXPECT_NE(streamed.err.find("a run reads its data again"), std::string::npos) << streamed.err;
  EXPECT_FALSE(exists("runs"));
}

TEST_F(Errors, PredictionsReplaceNoPartOfTheRun) {
  write("rows.csv", "a,y\n1,2\n2,4\n3,6\n4,8\n5,9\n");
  ASSERT_EQ(run({"train", "rows.csv", "--target", "y", "--epochs", "1", "--quiet"}).exit_code, 0);
  for (const std::string file : {"config.toml", "checkpoint.safetensors", "metrics.csv", "report.html"}) {
    const std::string before = content("runs/rows/" + file);
    const auto result = run({"predict", "runs/rows", "--input", "rows.csv", "--output", "runs/rows/" + file});
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_NE(result.err.find("is part of the model's run"), std::string::npos) << result.err;
    EXPECT_EQ(content("runs/rows/" + file), before);
  }
  EXPECT_EQ(
      run({"predict", "runs/rows", "--input", "rows.csv", "--output", "runs/rows/answers.csv"}).exit_code, 0);
}

TEST_F(Errors, OutputThatCannotBeWrittenIsAFailure) {
  for (const std::string script :
       {"\"$MLP\" data list > /dev/full", "\"$MLP\" --help > /dev/full", "\"$MLP\" --version > /dev/full",
        "\"$MLP\" train friedman --layers 2:relu,1:linear --epochs 1 --quiet --json > /dev/full",
        "\"$MLP\" data list >&-"}) {
    const auto result = shell(script);
    EXPECT_EQ(result.exit_code, 1) << script;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("cannot write to standard output"), std::string::npos) << result.err;
  }
}

TEST_F(Errors, AClosedStandardInputIsNamedSo) {
  write("rows.csv", "a,y\n1,2\n2,4\n3,6\n4,8\n5,9\n");
  ASSERT_EQ(run({"train", "rows.csv", "--target", "y", "--epochs", "1", "--quiet"}).exit_code, 0);
  for (const std::string input : {"", " --input -"}) {
    const auto result = shell("\"$MLP\" predict runs/rows" + input + " <&-");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "mlp: error: standard input is closed\n  hint: name a file: --input FILE\n");
  }
}

TEST_F(Errors, LinksInACircleAreNamedSo) {
  for (const std::string name : {"loop", "loop.csv", "loop.npz"})
    std::filesystem::create_symlink(name, path(name));
  std::vector<Arguments> commands = {{"train", "loop"},
                                     {"train", "loop.csv", "--target", "y"},
                                     {"train", "loop.npz"},
                                     {"train", "--images", "loop", "--labels", "loop"},
                                     {"train", "friedman", "--output", "loop"},
                                     {"train", "friedman", "--config", "loop"},
                                     {"train", "--resume", "loop"}};
  for (const std::string argument : {"MODEL", "DIR..."}) {
    for (const Arguments& command : commands_taking(argument)) commands.push_back(joined(command, {"loop"}));
  }
  for (const auto& command : commands) {
    const auto result = run(command);
    EXPECT_EQ(result.exit_code, 1) << result.err;
    expect_error_message(result.err);
    const bool told = result.err.find("links lead in a circle") != std::string::npos ||
                      result.err.find("Too many levels of symbolic links") != std::string::npos;
    EXPECT_TRUE(told && result.err.find("loop") != std::string::npos) << result.err;
    EXPECT_EQ(result.err.find("filesystem error"), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find("permission"), std::string::npos) << result.err;
  }
  std::filesystem::create_symlink("nowhere", path("dangling"));
  const auto dangling = run({"train", "dangling"});
  EXPECT_NE(dangling.err.find("cannot read dangling: its link leads to no file"), std::string::npos)
      << dangling.err;
}

TEST_F(Errors, AnEmptyFileOfArraysIsNamedSo) {
  write("empty.npz", "");
  for (const Arguments& command : {Arguments{"train", "empty.npz"},
                                   Arguments{"train", "--images", "empty.npz", "--labels", "empty.npz"}}) {
    const auto result = run(command);
    EXPECT_EQ(result.exit_code, 1);
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("empty.npz: the file is empty, expected IDX, .npy or .npz"), std::string::npos)
        << result.err;
  }
}

TEST_F(Errors, MoreThreadsThanCoresAreNotedAndFarMoreRefused) {
  const auto few = run(quick_training({"--quiet", "--json"}));
  EXPECT_EQ(few.err, "");
  const std::string more = std::to_string(std::thread::hardware_concurrency() + 1);
  const auto many = run(quick_training({"--quiet", "--json", "--threads", more}));
  EXPECT_EQ(many.exit_code, 0) << many.err;
  EXPECT_NE(many.err.find("mlp: note: --threads " + more + " on "), std::string::npos) << many.err;
  EXPECT_NE(many.err.find("--threads auto"), std::string::npos) << many.err;

  const std::string far_more = std::to_string(16 * std::thread::hardware_concurrency() + 1);
  const auto refused = run(quick_training({"--threads", far_more, "--output", "other"}));
  EXPECT_EQ(refused.exit_code, 2);
  expect_error_message(refused.err);
  EXPECT_NE(refused.err.find("--threads " + far_more + " on "), std::string::npos) << refused.err;
  EXPECT_FALSE(exists("other"));
}

TEST_F(Errors, ClosedStreamsHarmNoFile) {
  const auto result = shell("\"$MLP\" train friedman --layers 2:relu,1:linear --epochs 1 >&- 2>&- <&-");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(run({"inspect", "runs/friedman"}).exit_code, 0);
  EXPECT_EQ(content("runs/friedman/metrics.csv").substr(0, 6), "epoch,");

  // No file opened later may get the descriptor of a standard stream.
  const auto running = shell(
      "\"$MLP\" train friedman --batch-size 1 --epochs 100000 --output other 2>&- > out & while [ ! -d other "
      "]; do "
      "sleep 0.05; done;"
      "readlink /proc/$!/fd/2; kill -9 $!");
  EXPECT_EQ(running.out, "/dev/null\n");
}

TEST_F(Errors, PredictionsGoIntoAPipeOrThroughALinkAndReplaceNeither) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  write("rows.csv", "1,2,3,4,5,6,7,8,9,10\n");
  const std::string predict = "\"$MLP\" predict runs/friedman --input rows.csv --output ";
  const auto piped =
      shell("mkfifo pipe; timeout 10 cat pipe > read & " + predict + "pipe; wait; test -p pipe");
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
  EXPECT_EQ(content("read").substr(0, 2), "y\n");

  const auto linked = shell("ln -s real link; echo old > real; " + predict + "link; test -L link");
  EXPECT_EQ(linked.exit_code, 0) << linked.err;
  EXPECT_EQ(content("real"), content("read"));
}

TEST_F(Errors, APredictionThatOverflowsIsNamedWithItsRow) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  write("rows.csv", "1,2,3,4,5,6,7,8,9,10\n3e38,3e38,3e38,3e38,3e38,3e38,3e38,3e38,3e38,3e38\n");
  const auto result = run({"predict", "runs/friedman", "--input", "rows.csv"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("rows.csv: row 2: the prediction is not a finite number"), std::string::npos)
      << result.err;
}

TEST_F(Errors, AFigureThatFailsCostsNoResult) {
  std::filesystem::create_directories(path("figures/loss.svg/in the way"));
  const auto result = run(quick_training({"--quiet", "--json", "--output", "figures"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(only_json(result.out)["command"], "train");
  EXPECT_NE(result.err.find("mlp: note: "), std::string::npos) << result.err;
}

TEST_F(Errors, AnOverflowOfTheOptimizersStateIsADivergence) {
  const auto result = run(quick_training({"--quiet", "--optimizer", "adam", "--l2", "1e30"}));
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("training diverged in epoch 1"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("layer 1 ("), std::string::npos) << result.err;
}

TEST_F(Errors, OutputThatNobodyReadsIsAFailureButNoLoss) {
  auto child = start(quick_training({"--quiet"}));
  child.close_output();
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("cannot write to standard output"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("the run is whole, in runs/friedman"), std::string::npos) << result.err;
  EXPECT_TRUE(exists("runs/friedman/model.safetensors")) << "the work was done";
}

TEST_F(Errors, ATableInAModelsPlaceIsNamedSo) {
  write("churn.csv", "a,b\n1,2\n3,4\n5,6\n");
  write("short.csv", "a\n");
  for (const Arguments& command : commands_taking("MODEL")) {
    for (const std::string file : {"churn.csv", "short.csv"}) {
      const auto result = run(joined(command, {file}));
      EXPECT_EQ(result.exit_code, 1);
      expect_error_message(result.err);
      EXPECT_NE(result.err.find(file + " is no model\n"), std::string::npos) << result.err;
      EXPECT_NE(result.err.find("mlp predict MODEL --input " + file), std::string::npos) << result.err;
    }
  }
  // A model is recognised under any name.
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  std::filesystem::copy_file(path("runs/friedman/model.safetensors"), path("model.csv"));
  EXPECT_EQ(run({"inspect", "model.csv"}).exit_code, 0);
}

TEST_F(Errors, AFolderOfRunsNamesThem) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  ASSERT_EQ(run(quick_training({"--quiet", "--output", "runs/another"})).exit_code, 0);
  const auto result = run({"inspect", "runs"});
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("hint: name one of the runs in it: runs/another, runs/friedman\n"),
            std::string::npos)
      << result.err;
}

TEST_F(Errors, AReaderThatHasSeenEnoughIsNoError) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  std::string rows;  // more answers than a pipe can hold
  for (int i = 0; i < 50000; ++i) rows += "1,2,3,4,5,6,7,8,9,10\n";
  write("rows.csv", rows);
  auto child = start({"predict", "runs/friedman", "--input", "rows.csv"});
  child.close_output();
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 141);
  EXPECT_EQ(result.err, "");
}

}  // namespace
}  // namespace mlp::app_test
