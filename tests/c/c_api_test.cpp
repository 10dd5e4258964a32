// mlp/c_api.h, from C (called_from_c.c), from C++ and from Python (predict.py): the bits of mlp::predict, and
// a status and a text for every mistake.
#include "mlp/c_api.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <thread>

#include "c/called_from_c.h"
#include "mlp/mlp.h"
#include "support/same_bits.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using testing_support::TemporaryFolder;
using testing_support::write_bytes;

constexpr const char* kTable =
    "size,colour,price\n"
    "1,red,3\n2,blue,5.5\n3,red,7\n4,green,8\n5,blue,11\n6,red,13\n7,green,14.5\n8,red,17\n9,blue,19\n10,red,"
    "21\n";

/// A model in a file, and the model that C loads from it.
class CApi : public testing::Test {
 protected:
  ~CApi() override {
    mlp_predictor_free(predictor_);
    mlp_model_free(model_);
  }

  /// Friedman #1: ten inputs, one target.
  Model numbers() {
    Model model = train(parse_network("9:tanh,1:linear", 10), make_friedman(100, 1, 1).train,
                        {.loss = SquaredError{}, .epochs = 1})
                      .model;
    load(model);
    return model;
  }
  /// Prices by size and colour.
  Model prices() {
    write_bytes(folder_ / "table.csv", kTable);
    const auto data =
        split_table(read_table(folder_ / "table.csv", {.categorical = {"colour"}, .targets = {"price"}}),
                    {.targets = {"price"}, .test_fraction = 0.0});
    Model model = train(parse_network("5:relu,1:linear", data.train.features()), data.train,
                        {.loss = SquaredError{}, .epochs = 1})
                      .model;
    load(model);
    return model;
  }

  void load(const Model& model) {
    save_model(model, path_);
    ASSERT_EQ(mlp_model_load(path_.c_str(), &model_), MLP_OK) << mlp_last_error();
    ASSERT_EQ(mlp_predictor_create(model_, 4, 1, &predictor_), MLP_OK) << mlp_last_error();
  }

  static void expect_failure(mlp_status found, mlp_status expected, const std::string& part) {
    EXPECT_EQ(found, expected) << part;
    EXPECT_NE(std::string(mlp_last_error()).find(part), std::string::npos) << mlp_last_error();
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "model.safetensors";
  mlp_model* model_ = nullptr;
  mlp_predictor* predictor_ = nullptr;
};

Matrix<float> ramp(std::size_t rows, std::size_t columns) {
  Matrix<float> inputs(rows, columns);
  for (std::size_t i = 0; i < inputs.values().size(); ++i) inputs.values()[i] = static_cast<float>(i) / 4;
  return inputs;
}

TEST_F(CApi, GivesCTheBitsOfPredict) {
  const Model model = numbers();
  const Matrix<float> inputs = ramp(37, 10);
  const Matrix<float> expected = predict(model, inputs);
  Matrix<float> one_by_one(37, 1), at_once(37, 1);
  EXPECT_EQ(predict_in_c(path_.c_str(), inputs.data(), 37, one_by_one.data(), at_once.data()), 0)
      << mlp_last_error();
  EXPECT_TRUE(testing_support::same_bits(std::as_const(one_by_one).values(), expected.values()));
  EXPECT_TRUE(testing_support::same_bits(std::as_const(at_once).values(), expected.values()));
}

TEST_F(CApi, TakesBytes) {
  const Model model = numbers();
  Matrix<std::uint8_t> inputs(5, 10);
  for (std::size_t i = 0; i < 50; ++i) inputs.values()[i] = static_cast<std::uint8_t>(5 * i);
  const Matrix<float> expected = predict(model, inputs);
  std::vector<float> found(5);
  EXPECT_EQ(mlp_predict_bytes(predictor_, inputs.data(), 50, found.data(), 5), MLP_OK) << mlp_last_error();
  EXPECT_TRUE(testing_support::same_bits(found, expected.values()));
  EXPECT_NE(found[0], found[4]);
}

TEST_F(CApi, NamesInputsAndOutputs) {
  prices();
  EXPECT_EQ(mlp_model_inputs(model_), 4u);
  EXPECT_STREQ(mlp_model_input_name(model_, 0), "size");
  EXPECT_STREQ(mlp_model_input_name(model_, 3), "colour=red");
  EXPECT_EQ(mlp_model_input_name(model_, 4), nullptr);
  EXPECT_EQ(mlp_model_outputs(model_), 1u);
  EXPECT_STREQ(mlp_model_output_name(model_, 0), "price");
  EXPECT_EQ(mlp_model_output_name(model_, 1), nullptr);
  EXPECT_STREQ(mlp_version(), version());
}

TEST_F(CApi, PredictsATablesRowsFromTheirText) {
  const Model model = prices();
  const std::string csv = "colour,owner,size\nred,Ann,2.5\n,Ben,4\npink,Cleo,\n";
  write_bytes(folder_ / "new.csv", csv);
  const Matrix<float> expected =
      predict(model, read_table(folder_ / "new.csv", model.preprocessing->input_types()));
  std::vector<float> found(4, -1);
  std::size_t rows = 0;
  EXPECT_EQ(mlp_predict_csv(predictor_, csv.data(), csv.size(), found.data(), 4, &rows), MLP_OK)
      << mlp_last_error();
  ASSERT_EQ(rows, 3u);
  EXPECT_TRUE(testing_support::same_bits(std::span<const float>(found).first(3), expected.values()));
  EXPECT_EQ(found[3], -1) << "no more is written than there are rows";

  found.assign(4, -1);
  rows = 0;
  expect_failure(mlp_predict_csv(predictor_, csv.data(), csv.size(), found.data(), 2, &rows),
                 MLP_ERROR_ARGUMENT, "3 rows take room for 1 outputs each, not 2 in all");
  EXPECT_EQ(rows, 3u);
  EXPECT_EQ(found, std::vector<float>(4, -1));
  expect_failure(mlp_predict_csv(predictor_, csv.data(), csv.find('\n') + 1, found.data(), 4, &rows),
                 MLP_ERROR_FILE, "holds no row below the line of names");
  EXPECT_EQ(rows, 0u);
  EXPECT_EQ(mlp_predict_csv(predictor_, csv.data(), csv.size(), found.data(), 4, nullptr), MLP_OK);
  for (const auto& [text, part] :
       {std::pair{"size\n1\n", "colour"}, {"size,colour\n1,red\nlarge,red\n", "large"}})
    expect_failure(mlp_predict_csv(predictor_, text, std::strlen(text), found.data(), 4, &rows),
                   MLP_ERROR_FILE, part);
  expect_failure(mlp_predict_csv(predictor_, nullptr, 5, found.data(), 4, &rows), MLP_ERROR_ARGUMENT, "NULL");
}

TEST_F(CApi, SaysWhatIsWrong) {
  numbers();
  std::array<float, 20> inputs{};
  std::array<float, 2> outputs{};
  const auto predicted = [&](std::size_t from, std::size_t to) {
    return mlp_predict(predictor_, inputs.data(), from, outputs.data(), to);
  };
  expect_failure(predicted(15, 2), MLP_ERROR_ARGUMENT, "15 inputs are no whole rows of 10");
  expect_failure(predicted(20, 1), MLP_ERROR_ARGUMENT, "inputs of 2 rows and outputs of 1");
  expect_failure(mlp_predict(nullptr, inputs.data(), 10, outputs.data(), 1), MLP_ERROR_ARGUMENT, "NULL");
  expect_failure(mlp_predict(predictor_, nullptr, 10, outputs.data(), 1), MLP_ERROR_ARGUMENT, "NULL");
  expect_failure(mlp_predict(predictor_, inputs.data(), 10, nullptr, 1), MLP_ERROR_ARGUMENT, "NULL");
  expect_failure(mlp_predict_csv(predictor_, "a\n1\n", 4, outputs.data(), 1, nullptr), MLP_ERROR_ARGUMENT,
                 "not trained on a table");
  EXPECT_EQ(predicted(0, 0), MLP_OK) << "no rows";
  EXPECT_EQ(predicted(20, 2), MLP_OK);

  const auto loaded = [&](const char* path) {
    mlp_model* model = model_;
    const mlp_status status = mlp_model_load(path, &model);
    EXPECT_EQ(model, nullptr) << path;
    return status;
  };
  expect_failure(loaded("/no/model"), MLP_ERROR_FILE, "/no/model");
  write_bytes(folder_ / "text", "no model");
  expect_failure(loaded((folder_ / "text").c_str()), MLP_ERROR_FILE, "text");
  expect_failure(loaded(nullptr), MLP_ERROR_ARGUMENT, "the path is NULL");
  expect_failure(mlp_model_load("/no/model", nullptr), MLP_ERROR_ARGUMENT, "NULL");

  const auto created = [&](const mlp_model* model, std::size_t max_rows, int threads) {
    mlp_predictor* predictor = predictor_;
    const mlp_status status = mlp_predictor_create(model, max_rows, threads, &predictor);
    EXPECT_EQ(predictor, nullptr);
    return status;
  };
  expect_failure(created(nullptr, 1, 1), MLP_ERROR_ARGUMENT, "the model is NULL");
  expect_failure(created(model_, 0, 1), MLP_ERROR_ARGUMENT, "max_rows must be 1 to");
  expect_failure(created(model_, 1, -1), MLP_ERROR_ARGUMENT, "threads");
  expect_failure(mlp_predictor_create(model_, 1, 1, nullptr), MLP_ERROR_ARGUMENT, "NULL");
}

TEST_F(CApi, NullIsAModelWithoutInputsAndMayBeFreed) {
  mlp_model_free(nullptr);
  mlp_predictor_free(nullptr);
  EXPECT_EQ(mlp_model_inputs(nullptr), 0u);
  EXPECT_EQ(mlp_model_outputs(nullptr), 0u);
  EXPECT_EQ(mlp_model_input_name(nullptr, 0), nullptr);
  EXPECT_EQ(mlp_model_output_name(nullptr, 0), nullptr);
}

TEST_F(CApi, EachThreadHasItsErrorAndTheSecondInAPredictorIsRefused) {
  const Model model = numbers();
  const Matrix<float> inputs = ramp(200, 10);
  const Matrix<float> expected = predict(model, inputs);
  std::atomic<bool> done = false;
  const auto refused = [&] {
    std::vector<float> found(200);
    const mlp_status status = mlp_predict(predictor_, inputs.data(), 2000, found.data(), 200);
    if (status == MLP_OK) {
      EXPECT_TRUE(testing_support::same_bits(found, expected.values()));
      return false;
    }
    expect_failure(status, MLP_ERROR_ARGUMENT, "used by two threads at a time");
    return true;
  };
  std::thread other([&] {
    EXPECT_STREQ(mlp_last_error(), "");
    while (!done) refused();
  });
  mlp_model_load("/no/model", nullptr);
  bool here = false;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!here && std::chrono::steady_clock::now() < deadline && !HasFailure()) here = refused();
  done = true;
  other.join();
  EXPECT_TRUE(here);
}

#ifdef MLP_PYTHON

struct Printed {
  int exit_code = 0;
  std::vector<std::string> lines;
};

Printed python(const std::string& arguments) {
  const std::string command = std::string(MLP_PYTHON) + " -B " + MLP_SOURCE_DIR + "/tests/c/predict.py " +
                              MLP_SHARED_LIBRARY + " " + arguments + " 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), count);
  Printed printed{.exit_code = ::pclose(pipe)};
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) printed.lines.push_back(line);
  return printed;
}

void expect_printed(const Printed& printed, const std::string& name, const Matrix<float>& expected) {
  ASSERT_EQ(printed.exit_code, 0) << testing::PrintToString(printed.lines);
  ASSERT_EQ(printed.lines.size(), 1 + expected.rows());
  EXPECT_EQ(printed.lines[0], name);
  for (std::size_t n = 0; n < expected.rows(); ++n)
    EXPECT_EQ(std::strtof(printed.lines[1 + n].c_str(), nullptr), expected(n, 0)) << printed.lines[1 + n];
}

TEST_F(CApi, GivesPythonTheSame) {
  const Model model = numbers();
  expect_printed(python(path_.string()), mlp_model_output_name(model_, 0), predict(model, ramp(3, 10)));
}

TEST_F(CApi, GivesPythonTheSameOfATable) {
  const Model model = prices();
  const auto file = folder_ / "new.csv";
  write_bytes(file, "colour,size\nred,2.5\n,4\npink,\n");
  expect_printed(python(path_.string() + " " + file.string()), "price",
                 predict(model, read_table(file, model.preprocessing->input_types())));
}

TEST_F(CApi, TellsPythonWhatIsWrong) {
  const Printed printed = python((folder_ / "absent").string());
  EXPECT_NE(printed.exit_code, 0);
  ASSERT_EQ(printed.lines.size(), 1u) << testing::PrintToString(printed.lines);
  EXPECT_NE(printed.lines[0].find("absent: cannot read"), std::string::npos) << printed.lines[0];
}

#else

TEST_F(CApi, GivesPythonTheSame) {
  GTEST_SKIP() << "there is no Python 3 here, or a sanitizer that Python would have to be started with";
}

#endif

}  // namespace
}  // namespace mlp
