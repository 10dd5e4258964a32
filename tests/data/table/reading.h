// Reads tables from texts, for the tests of what columns become.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <clocale>
#include <cmath>
#include <iostream>
#include <limits>
#include <string>

#include "core/random.h"
#include "data/support.h"
#include "mlp/table.h"
#include "support/temporary_folder.h"

namespace mlp::table_reading {

using namespace testing_support;

using Texts = std::vector<std::string>;

using Codes = std::vector<std::int32_t>;

using Numbers = std::vector<double>;

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

inline ByteStream stream_of(std::string_view text, std::size_t piece = 1 << 16) {
  return {"memory", in_pieces(text, piece)};
}

inline Table read(std::string_view text, const TableOptions& options = {}) {
  return read_table(stream_of(text), options);
}

inline void refuse(std::string_view text, std::initializer_list<std::string_view> parts,
                   const TableOptions& options = {}) {
  expect_error<FileError>([&] { read(text, options); }, parts);
}

/// The hint of the error that reading ends with.
inline std::string hint_of_refusal(std::string_view text, const TableOptions& options = {}) {
  const auto error = expect_error<Error>([&] { read(text, options); }, {});
  return error.substr(error.find('\n') + 1);
}

/// Equal, NaN to NaN.
inline void expect_numbers(const Numbers& actual, const Numbers& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_TRUE(actual[i] == expected[i] || (std::isnan(actual[i]) && std::isnan(expected[i])))
        << i << ": " << actual[i] << ", expected " << expected[i];
  }
}

/// A table of `columns` names and, for each row, what `cell(row, column)` gives.
template <class Cell>
inline std::string make(const Texts& names, std::size_t rows, Cell cell) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  text += '\n';
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < names.size(); ++i) text += cell(row, i) + (i + 1 < names.size() ? "," : "\n");
  return text;
}

}  // namespace mlp::table_reading
