// config.toml: it reproduces its run, options take precedence over it, and mistakes in it are named with
// their line.
#include "app/sandbox.h"

namespace mlp::app_test {
namespace {

using Config = Sandbox;

TEST_F(Config, ReproducesTheRunBitForBit) {
  // Every option away from its default; texts with commas, parentheses and '='.
  const Arguments options = {"train",
                             "friedman",
                             "--layers",
                             "12:leaky_relu(0.2):0.1,7:gelu(tanh),1:linear",
                             "--initializer",
                             "lecun_uniform",
                             "--loss",
                             "huber(0.75)",
                             "--optimizer",
                             "adamw(beta1=0.8,beta2=0.95,weight_decay=0.03)",
                             "--learning-rate",
                             "0.0123",
                             "--schedule",
                             "cosine(warm_up=0.1,floor=0.01)",
                             "--epochs",
                             "3",
                             "--batch-size",
                             "17",
                             "--l2",
                             "1e-05",
                             "--clip-norm",
                             "0.05",
                             "--validation",
                             "0.15",
                             "--early-stopping",
                             "50",
                             "--seed",
                             "18446744073709551615",
                             "--sparse-inputs",
                             "on",
                             "--output",
                             "first"};
  const auto first = run(options);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const auto second = run({"train", "--config", "first/config.toml", "--output", "second"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  const auto parameters = tensors("first/model.safetensors");
  ASSERT_FALSE(parameters.empty());
  EXPECT_NE(content("first/config.toml").find("\nearly-stopping = 50\n"), std::string::npos);
  EXPECT_NE(content("first/config.toml").find("\nsparse-inputs = \"on\"\n"), std::string::npos);
  EXPECT_EQ(tensors("second/model.safetensors"), parameters);

  // The second run's file says the same, except for the line that names its own folder.
  auto body = [&](const std::string& name) { return content(name).substr(content(name).find("dataset = ")); };
  EXPECT_EQ(body("second/config.toml"), body("first/config.toml"));
}

TEST_F(Config, OptionsOfTheCommandLineComeFirst) {
  write(
      "my.toml",
      "dataset = \"friedman\"\nepochs = 50\nlayers = '8:relu,1:linear'\nseed = 3\noutput = \"from-file\"\n");
  const auto result = run({"train", "--config", "my.toml", "--epochs", "2", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["epochs"], 2);
  EXPECT_EQ(json["seed"], 3);
  EXPECT_EQ(json["output"], "from-file");
  EXPECT_EQ(json["network"][0]["fan_out"], 8);
}

TEST_F(Config, ReadsTomlAsTomlSays) {
  write("my.toml",
        "\xef\xbb\xbf# a comment, \"quoted\" = 3\r\n"
        "\r\n"
        "  dataset = \"fried\\u006dan\"   # a comment behind\r\n"
        "\"layers\" = \"8:relu,1:linear\"\r\n"
        "epochs=2\r\n"
        "batch-size = 1_000\r\n"
        "quiet = true\r\n"
        "output = 'a # \\ folder'");
  const auto result = run({"train", "--config", "my.toml", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["batch_size"], 1000);
  EXPECT_EQ(json["output"], "a # \\ folder");
  EXPECT_TRUE(exists("a # \\ folder/model.safetensors"));
  EXPECT_EQ(result.err.find("epoch"), std::string::npos) << "quiet = true";
}

TEST_F(Config, AFolderOfAnyNameIsWrittenAndReadBack) {
  const std::string name = "we\"ird \\ näme\n= [#]";
  std::filesystem::create_directory(path(name));
  const auto first = run(quick_training({"--data-dir", name, "--output", name}));
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const auto second = run({"train", "--config", name + "/config.toml", "--output", "second", "--quiet"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
}

TEST_F(Config, WhatIsWrongIsNamedWithItsLine) {
  struct Case {
    std::string text;
    int exit_code;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"epcohs = 3", 2, "bad.toml:1: unknown key 'epcohs'"},
      {"dataset = \"friedman\"\nepochs = 0", 2, "--epochs takes"},
      {"dataset = \"friedman\"\n\nepochs 3", 1, "bad.toml:3: expected '='"},
      {"dataset = friedman", 1, "bad.toml:1: expected a quoted string"},
      {"dataset = \"friedman", 1, "bad.toml:1: the string has no closing quote"},
      {"dataset = \"friedman\\", 1, "bad.toml:1: the string has no closing quote"},
      {"dataset = \"\\q\"", 1, "bad.toml:1: unknown escape"},
      {"dataset = \"\\uD800\"", 1, "bad.toml:1: the escape is no Unicode character"},
      {"dataset = \"friedman\" 3", 1, "bad.toml:1: expected the end of the line"},
      {"epochs = 3\nepochs = 4", 1, "bad.toml:2: 'epochs' is given twice"},
      {"[train]\nepochs = 3", 1, "bad.toml:1: found a table header"},
      {"epochs = ", 1, "bad.toml:1: expected a value"},
      {"epochs = [3]", 2, "bad.toml:1: epochs takes one value"},
      {"target = [\"a\", ]", 1, "bad.toml:1: expected a quoted string, a number"},
      {"target = [\"a\" \"b\"]", 1, "bad.toml:1: expected ',' or ']'"},
      {"target = [\"a\"", 1, "bad.toml:1: expected ',' or ']'"},
      {"config = \"other.toml\"", 2, "bad.toml:1: unknown key 'config'"},
      {"resume = \"run\"", 2, "bad.toml:1: unknown key 'resume'"},
      {"output = \"\"", 2, "bad.toml:1: '' is no value for output"},
      {"json = \"perhaps\"", 2, "bad.toml:1: 'perhaps' is no value for json"},
  };
  for (const auto& [text, exit_code, message] : cases) {
    write("bad.toml", text);
    const auto result = run({"train", "--config", "bad.toml"});
    EXPECT_EQ(result.exit_code, exit_code) << text << "\n" << result.err;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(message), std::string::npos) << text << "\n" << result.err;
    EXPECT_EQ(result.out, "") << text;
  }
  write("bad.toml", "epcohs = 3");
  EXPECT_NE(run({"train", "--config", "bad.toml"}).err.find("did you mean 'epochs'?"), std::string::npos);
}

TEST_F(Config, AFileThatIsNoneIsRefusedQuickly) {
  for (const std::string file : {"missing.toml", ".", "/dev/zero"}) {
    const auto result = run({"train", "--config", file});
    EXPECT_EQ(result.exit_code, 1) << file;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(file), std::string::npos) << result.err;
  }
}

}  // namespace
}  // namespace mlp::app_test
