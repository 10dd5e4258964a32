// mlp train --ensemble: members, what the program reports of them, and resuming.
#include <csignal>

#include "app/sandbox.h"

namespace mlp::app_test {
namespace {

class EnsembleRun : public Sandbox {
 protected:
  nlohmann::json json_of(const Arguments& arguments) const {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return only_json(result.out);
  }
};

Arguments three(const Arguments& more = {}) {
  Arguments arguments = quick_training({"--ensemble", "3"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_F(EnsembleRun, SaysWhatEachMemberAndWhatAllTogetherReach) {
  const auto result = json_of(three({"--json"}));
  EXPECT_EQ(result["ensemble"], 3);
  EXPECT_EQ(result["members"]["count"], 3);
  const auto& rmse = result["members"]["rmse"];
  ASSERT_EQ(rmse["values"].size(), 3u);
  EXPECT_LT(result["test_rmse"].get<double>(), rmse["mean"].get<double>());  // squares are convex
  // The first member is the network that is trained without --ensemble.
  const auto alone = json_of(quick_training({"--output", "runs/1", "--json"}));
  EXPECT_EQ(rmse["values"][0], alone["test_rmse"]);
  EXPECT_NE(content("runs/friedman/config.toml").find("\nensemble = 3\n"), std::string::npos);
  EXPECT_NE(content("runs/friedman/report.html").find("Ensemble, 3 members"), std::string::npos);
  EXPECT_TRUE(exists("runs/friedman/members/3/checkpoint.safetensors"));

  const auto inspected = json_of({"inspect", "runs/friedman", "--verify", "--json"});
  ASSERT_EQ(inspected["members"].size(), 3u);
  EXPECT_EQ(inspected["members"][2]["seed"], 3);
  EXPECT_EQ(inspected["verified"]["same"], inspected["verified"]["examples"]);
  EXPECT_EQ(inspected["members"][0]["digest"], json_of({"inspect", "runs/1", "--json"})["digest"]);
  EXPECT_NE(inspected["members"][2]["digest"], inspected["digest"]);
  const auto page = run({"inspect", "runs/friedman"}).out;
  EXPECT_NE(page.find("ensemble    3 members, whose outputs are averaged"), std::string::npos) << page;

  const auto evaluated = json_of({"evaluate", "runs/friedman", "--json"});
  EXPECT_EQ(evaluated["test_rmse"], result["test_rmse"]);
  EXPECT_EQ(evaluated["members"], result["members"]);
}

TEST_F(EnsembleRun, TheSummaryNamesTheMembersSpread) {
  const auto result = run(three());
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("ensemble    3 members, of seeds 1 to 3"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("member 2/3  seed 2  "), std::string::npos) << result.err;
  EXPECT_NE(result.out.find("members     RMSE "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("(mean and standard deviation of 3)"), std::string::npos) << result.out;
  // A run of one network replaces the ensemble and leaves none of its members.
  EXPECT_EQ(run(quick_training()).exit_code, 0);
  EXPECT_FALSE(exists("runs/friedman/members"));
}

TEST_F(EnsembleRun, InterruptedIsUninterrupted) {
  const Arguments arguments = {"train",      "friedman", "--layers",           "16:relu,1:linear",
                               "--epochs",   "40",       "--threads",          "1",
                               "--ensemble", "3",        "--checkpoint-every", "1"};
  const auto with = [&](const std::string& output) {
    Arguments all = arguments;
    all.insert(all.end(), {"--output", output});
    return all;
  };
  ASSERT_EQ(run(with("whole")).exit_code, 0);
  for (const int signal : {SIGINT, SIGKILL}) {
    const std::string folder = "stopped by " + std::to_string(signal);
    auto child = start(with(folder));
    ASSERT_TRUE(child.wait_for("member 1/3"));
    child.send(signal);
    const auto stopped = child.finish();
    if (signal == SIGINT) {
      EXPECT_EQ(stopped.exit_code, 128 + SIGINT) << stopped.err;
    }
    const auto resumed = run({"train", "--resume", folder});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(resumed.err.find("member 1/3"), std::string::npos) << "it had finished: " << resumed.err;
    EXPECT_EQ(tensors(folder + "/model.safetensors"), tensors("whole/model.safetensors"));
  }
  EXPECT_NE(run({"train", "--resume", "whole"}).err.find("nothing was left to train"), std::string::npos);
}

TEST_F(EnsembleRun, RefusesWhatItCannotDo) {
  const auto error = [&](const Arguments& arguments) {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    return result.err;
  };
  for (const std::string count : {"1", "65", "-3", "many"})
    EXPECT_NE(error(quick_training({"--ensemble", count})).find("--ensemble"), std::string::npos) << count;
  EXPECT_NE(error(three({"--folds", "4"})).find("--folds and --ensemble are not taken together"),
            std::string::npos);
  EXPECT_FALSE(exists("runs"));
  ASSERT_EQ(run(three()).exit_code, 0);
  EXPECT_NE(error({"train", "--resume", "runs/friedman", "--ensemble", "4"})
                .find("ensemble is 4, but 3 in the checkpoint"),
            std::string::npos);
}

}  // namespace
}  // namespace mlp::app_test
