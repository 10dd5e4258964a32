// mlp export --onnx and mlp import: a model leaves and comes back.
#include "app/sandbox.h"

namespace mlp::app_test {
namespace {

using Onnx = Sandbox;

TEST_F(Onnx, AModelLeavesAndComesBack) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  const auto exported = run({"export", "runs/friedman", "--onnx", "net.onnx"});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_EQ(exported.err, "mlp: ONNX graph written to net.onnx\n");
  EXPECT_EQ(run({"export", "runs/friedman", "--onnx", "-"}).out, content("net.onnx"));
  const auto imported = run({"import", "net.onnx"});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(imported.out.find("net.safetensors: 10 inputs, layers "), 0u) << imported.out;
  const auto verified = run({"inspect", "net.safetensors", "--verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_NE(verified.out.find("the outputs the same to the last bit"), std::string::npos) << verified.out;
  write("rows.csv", "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1\n1,0.5,0.25,0.125,0.0625,0.9,0.8,0.7,0.6,0.5\n");
  EXPECT_EQ(run({"predict", "net.safetensors", "--input", "rows.csv"}).out,
            run({"predict", "runs/friedman", "--input", "rows.csv"}).out);
}

TEST_F(Onnx, NothingIsReplacedThatIsStillNeeded) {
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  ASSERT_EQ(run({"export", "runs/friedman", "--onnx", "net.onnx"}).exit_code, 0);
  const std::string graph = content("net.onnx");
  EXPECT_EQ(run({"import", "net.onnx", "--output", "net.onnx"}).exit_code, 2);
  EXPECT_EQ(content("net.onnx"), graph);
  EXPECT_NE(run({"export", "runs/friedman", "--onnx", "runs/friedman/model.safetensors"}).exit_code, 0);
  EXPECT_EQ(run({"inspect", "runs/friedman"}).exit_code, 0);
}

}  // namespace
}  // namespace mlp::app_test
