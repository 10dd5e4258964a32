#include "architecture/floors.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace mlp::architecture {
namespace {

namespace fs = std::filesystem;
using testing_support::TemporaryFolder;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += "\n  " + line;
  return text;
}

/// A source tree of the given files that is gone at the end of the test.
class Tree {
 public:
  Tree& file(const std::string& name, std::string_view content) {
    fs::create_directories((folder_ / name).parent_path());
    testing_support::write_bytes(folder_ / name, content);
    return *this;
  }
  std::vector<std::string> floors() const { return floor_violations(folder_.path()); }
  std::vector<std::string> rooms() const { return room_violations(folder_.path()); }
  std::vector<std::string> reach() const { return reach_violations(folder_.path()); }
  std::vector<std::string> options() const { return option_violations(folder_.path()); }
  std::vector<std::string> silence() const { return silence_violations(folder_.path()); }

 private:
  TemporaryFolder folder_;
};

TEST(Project, IncludesPointDownwardsOnly) {
  ASSERT_TRUE(fs::exists(fs::path(MLP_SOURCE_DIR) / "src/core/random.h"));
  const auto violations = floor_violations(MLP_SOURCE_DIR);
  EXPECT_TRUE(violations.empty()) << joined(violations);
}

TEST(Project, RoomsIncludeOnlyRoomsBelow) {
  ASSERT_TRUE(fs::exists(fs::path(MLP_SOURCE_DIR) / "src/data/cells/cell.h"));
  ASSERT_TRUE(fs::exists(fs::path(MLP_SOURCE_DIR) / "src/report/charts/axis.h"));
  ASSERT_TRUE(fs::exists(fs::path(MLP_SOURCE_DIR) / "apps/mlp/cli/parser.h"));
  const auto violations = room_violations(MLP_SOURCE_DIR);
  EXPECT_TRUE(violations.empty()) << joined(violations);
}

TEST(Project, NoEngineReachesADataSetOrATable) {
  ASSERT_TRUE(fs::exists(fs::path(MLP_SOURCE_DIR) / "src/engine/engine.h"));
  const auto violations = reach_violations(MLP_SOURCE_DIR);
  EXPECT_TRUE(violations.empty()) << joined(violations);
}

TEST(Project, TheLibraryNeitherPrintsNorExitsNorReadsTheEnvironment) {
  const auto violations = silence_violations(MLP_SOURCE_DIR);
  EXPECT_TRUE(violations.empty()) << joined(violations);
}

TEST(Project, TheLibraryNamesNoOptionOfTheCommandLine) {
  const auto violations = option_violations(MLP_SOURCE_DIR);
  EXPECT_TRUE(violations.empty()) << joined(violations);
}

TEST(Floors, DownwardSidewaysWithinAFolderAndPublicIncludesAreFine) {
  Tree tree;
  tree.file("src/core/a.h", "#include <vector>\n#include \"mlp/error.h\"\n")
      .file("src/kernels/a.cpp",
            "#include \"core/a.h\"\n#include \"hwy/highway.h\"\n#include \"kernels/b.h\"\n")
      .file("src/network/a.cpp", "#include \"core/a.h\"\n#include \"network/b.h\"\n")
      .file("src/engine/a.cpp", "#include \"kernels/a.h\"\n#include \"network/a.h\"\n#include \"core/a.h\"\n")
      .file("src/training/a.cpp", "#include \"engine/a.h\"\n#include \"mlp/data.h\"\n")
      .file("src/files/a.cpp", "#include \"network/a.h\"\n#include <nlohmann/json.hpp>\n")
      .file("include/mlp/a.h", "#include <span>\n#include \"mlp/error.h\"\n")
      .file("apps/mlp/main.cpp",
            "#include <CLI/CLI.hpp>\n#include \"mlp/mlp.h\"\n#include \"terminal/progress.h\"\n")
      .file("apps/mlp/terminal/progress.h", "#include <mlp/train.h>\n")
      .file("python/src/a.cpp",
            "#include <nanobind/nanobind.h>\n#include \"b.h\"\n#include \"mlp/train.h\"\n")
      .file("python/src/b.h", "");
  EXPECT_TRUE(tree.floors().empty()) << joined(tree.floors());
}

struct Planted {
  std::string file;
  std::string include;
};

class PlantedInclude : public testing::TestWithParam<Planted> {};

TEST_P(PlantedInclude, IsFound) {
  const auto& [file, include] = GetParam();
  Tree tree;
  tree.file("apps/mlp/main.cpp", "#include \"mlp/mlp.h\"\n")
      .file(file, "// a comment\n#include " + include + "\n");
  const auto violations = tree.floors();
  ASSERT_EQ(violations.size(), 1u) << joined(violations);
  const std::string path = include.substr(1, include.size() - 2);
  EXPECT_EQ(violations[0].rfind(file + ":2: includes " + path + ", may include only: mlp", 0), 0u)
      << violations[0];
}

INSTANTIATE_TEST_SUITE_P(
    Floors, PlantedInclude,
    testing::Values(
        Planted{"src/core/a.h", "\"kernels/b.h\""}, Planted{"src/core/a.h", "\"network/b.h\""},
        Planted{"src/core/a.h", "\"data/b.h\""}, Planted{"src/kernels/a.cpp", "\"network/b.h\""},
        Planted{"src/kernels/a.cpp", "\"engine/b.h\""}, Planted{"src/network/a.cpp", "\"kernels/b.h\""},
        Planted{"src/network/a.cpp", "\"engine/b.h\""}, Planted{"src/engine/a.cpp", "\"training/b.h\""},
        Planted{"src/engine/deeper/a.cpp", "\"files/b.h\""}, Planted{"src/training/a.h", "\"data/b.h\""},
        Planted{"src/training/a.h", "\"files/b.h\""}, Planted{"src/data/a.h", "\"report/b.h\""},
        Planted{"src/data/a.h", "\"training/b.h\""}, Planted{"src/files/a.h", "\"training/b.h\""},
        Planted{"src/report/a.h", "\"files/b.h\""}, Planted{"src/report/a.h", "<data/b.h>"},
        Planted{"src/core/a.h", "\"../network/b.h\""}, Planted{"src/core/a.h", "\"core/../data/b.h\""},
        Planted{"src/core/a.h", "\"/usr/include/b.h\""}, Planted{"src/core/a.h", "\"apps/mlp/b.h\""},
        Planted{"src/core/a.h", "\"b.h\""}, Planted{"include/mlp/a.h", "\"core/b.h\""},
        Planted{"include/mlp/a.h", "<core/b.h>"}, Planted{"include/mlp/a.h", "\"error.h\""},
        Planted{"apps/mlp/a.cpp", "\"core/b.h\""}, Planted{"apps/mlp/a.cpp", "<engine/b.h>"},
        Planted{"apps/mlp/a.cpp", "\"../../src/core/b.h\""}, Planted{"apps/mlp/a.cpp", "\"absent.h\""},
        Planted{"python/src/a.cpp", "\"core/b.h\""}, Planted{"python/src/a.cpp", "\"main.h\""}));

TEST(Floors, AFolderOnNoFloorIsFound) {
  EXPECT_EQ(Tree().file("src/misc/a.h", "").floors(),
            (std::vector<std::string>{"src/misc/a.h: lies on no known floor"}));
}

TEST(Rooms, DownwardIncludesAndTheRoofAreFine) {
  Tree tree;
  tree.file("src/data/table/a.cpp",
            "#include \"data/cells/cell.h\"\n#include \"data/table/a.h\"\n#include \"core/a.h\"\n")
      .file("apps/mlp/main.cpp", "#include \"commands/commands.h\"\n")
      .file("apps/mlp/commands/a.cpp", "#include \"cli/parser.h\"\n#include \"mlp/table.h\"\n");
  EXPECT_TRUE(tree.rooms().empty()) << joined(tree.rooms());
}

TEST(Rooms, UpwardIncludesAndFilesInNoRoomAreFound) {
  EXPECT_EQ(Tree().file("src/data/cells/a.cpp", "\n#include \"data/table/a.h\"\n").rooms(),
            (std::vector<std::string>{
                "src/data/cells/a.cpp:2: includes data/table/a.h, which is not below its room"}));
  EXPECT_EQ(Tree().file("apps/mlp/terminal/a.h", "#include \"cli/parser.h\"\n").rooms(),
            (std::vector<std::string>{
                "apps/mlp/terminal/a.h:1: includes cli/parser.h, which is not below its room"}));
  EXPECT_EQ(Tree().file("src/report/charts/a.h", "#include \"report/page/html.h\"\n").rooms(),
            (std::vector<std::string>{
                "src/report/charts/a.h:1: includes report/page/html.h, which is not below its room"}));
  EXPECT_EQ(Tree().file("src/data/a.h", "").rooms(),
            (std::vector<std::string>{"src/data/a.h: lies in no known room"}));
  EXPECT_EQ(Tree().file("apps/mlp/misc/a.h", "").rooms(),
            (std::vector<std::string>{"apps/mlp/misc/a.h: lies in no known room"}));
}

TEST(Reach, ATableIsFoundBehindOtherHeaders) {
  Tree tree;
  tree.file("include/mlp/table.h", "")
      .file("include/mlp/model.h", "#include \"mlp/error.h\"\n#include \"mlp/table.h\"\n")
      .file("src/engine/plan.h", "#include \"mlp/model.h\"\n")
      .file("src/engine/cpu/a.cpp", "#include \"engine/plan.h\"\n")
      .file("src/training/a.cpp", "#include \"mlp/table.h\"\n");
  EXPECT_EQ(tree.reach(),
            (std::vector<std::string>{"src/engine/cpu/a.cpp -> engine/plan.h -> mlp/model.h -> mlp/table.h",
                                      "src/engine/plan.h -> mlp/model.h -> mlp/table.h"}));
}

TEST(Floors, CommentsDoNotIncludeButOddSpacingDoes) {
  EXPECT_TRUE(Tree()
                  .file("src/core/a.h", "// #include \"data/b.h\"\n/*\n#include \"data/b.h\"\n*/\n")
                  .floors()
                  .empty());
  EXPECT_EQ(Tree().file("src/core/a.h", "/* x */ \n  #  include\t\"data/b.h\"\n").floors().size(), 1u);
  EXPECT_EQ(Tree().file("src/core/a.h", "const char* s = \"/*\";\n#include \"data/b.h\"\n").floors().size(),
            1u);
}

TEST(Silence, LoudCallsAreFound) {
  for (const std::string call : {"std::cout << 1;", "std::cerr << 1;", "printf(\"x\");",
                                 "std::fprintf(stderr, \"x\");", "exit(1);", "std::exit (1);", "abort();",
                                 "std::getenv(\"HOME\");", "puts(\"x\");", "const char c = '\"'; exit(1);"}) {
    const auto violations = Tree().file("src/core/a.cpp", "int f() {\n  " + call + "\n}\n").silence();
    ASSERT_EQ(violations.size(), 1u) << call;
    EXPECT_EQ(violations[0].rfind("src/core/a.cpp:2: ", 0), 0u) << violations[0];
  }
  EXPECT_EQ(Tree().file("include/mlp/a.h", "inline void f() { std::cout << 1; }\n").silence().size(), 1u);
}

TEST(Silence, QuietCodeIsFine) {
  EXPECT_TRUE(Tree()
                  .file("src/core/a.cpp",
                        "// exit(1), std::cout\n/* getenv(\"X\")\n abort() */\nconst char* s = \"exit(1) "
                        "\\\" abort()\";\n"
                        "std::snprintf(b, 9, \"x\"); at_exit(1); int exit_code = 0; long big = 1'000'000;\n")
                  .file("apps/mlp/main.cpp", "int main() { std::cout << std::getenv(\"HOME\"); exit(1); }\n")
                  .silence()
                  .empty());
}

TEST(Options, NamedInStringsAreFound) {
  for (const std::string text :
       {"--na", "name it as such (--na)", "where it is 7, --decimal ',' says so", "try '--no-header'",
        "`mlp train digits` needs no file", "name it with MLP_DATA_DIR", "--test-images and others"}) {
    const auto violations =
        Tree().file("src/data/cells/a.cpp", "int f() {\n  return g(\"" + text + "\");\n}\n").options();
    ASSERT_EQ(violations.size(), 1u) << text;
    EXPECT_EQ(violations[0].rfind("src/data/cells/a.cpp:2: ", 0), 0u) << violations[0];
  }
  EXPECT_EQ(Tree().file("include/mlp/a.h", "inline const char* f() { return \"--na\"; }\n").options().size(),
            1u);
}

TEST(Options, CommentsStyleSheetsAndBuildsAreFine) {
  EXPECT_TRUE(Tree()
                  .file("src/report/a.cpp",
                        "// with --na\nint f(int a) { return --a; }\n"
                        "const char* a = \"<i style=\\\"--wide:3\\\">;--z-index:2;calc(100%*var(--line))\";\n"
                        "const char* b = \"build mlp with -D MLP_WITH_PNG=ON\", *c = \"mlp model\";\n")
                  .file("apps/mlp/cli/a.cpp", "const char* a = \"--na\";\n")
                  .options()
                  .empty());
}

}  // namespace
}  // namespace mlp::architecture
