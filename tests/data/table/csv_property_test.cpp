// The CSV reader and writer on generated text: against each other, against themselves with the input cut into
// other pieces, and against Python's csv module.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/random.h"
#include "data/support.h"
#include "data/table/csv_reader.h"
#include "mlp/csv.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;
using Record = std::vector<std::string>;

constexpr std::array<char, 4> kDelimiters = {',', ';', '\t', '|'};

// A short sequence of choices, each from a seed and the number of the choice.
class Choices {
 public:
  explicit Choices(std::uint64_t seed) : stream_(seed, RandomPurpose::kTest) {}
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(stream_.below(bound, index_++)); }
  template <class Container>
  auto of(const Container& container) {
    return container[below(container.size())];
  }

 private:
  RandomStream stream_;
  std::uint64_t index_ = 0;
};

const std::vector<std::string> kLetters = {"a",
                                           "b",
                                           "1",
                                           ".",
                                           "-",
                                           " ",
                                           "\t",
                                           ",",
                                           ";",
                                           "|",
                                           "\"",
                                           "\"",
                                           "\n",
                                           "\r",
                                           "\r\n",
                                           "'",
                                           "\\",
                                           "\x7f",
                                           "\x01",
                                           "\x1A",
                                           "\xC3\xA9",
                                           "\xE2\x82\xAC",
                                           "\xF0\x9F\x98\x80"};

std::string random_text(Choices& choices, std::size_t most,
                        const std::vector<std::string>& letters = kLetters) {
  std::string text;
  for (std::size_t count = choices.below(most + 1); count > 0; --count) text += choices.of(letters);
  return text;
}

/// The result of reading `text` in pieces: the records, one JSON array per line, and perhaps "error" and the
/// message.
struct Outcome {
  std::string records;
  std::string message;
};
Outcome read(std::string_view text, char delimiter, std::size_t piece) {
  Outcome outcome;
  try {
    ByteReader bytes("text", in_pieces(text, piece));
    CsvReader csv(bytes, delimiter);
    while (csv.next()) {
      Record cells;
      for (std::size_t i = 0; i < csv.size(); ++i) cells.emplace_back(csv[i]);
      outcome.records += nlohmann::json(cells).dump() + "\n";
    }
  } catch (const FileError& error) {
    outcome.records += "error\n";
    outcome.message = error.what();
  }
  return outcome;
}

TEST(CsvProperty, WhatIsWrittenIsReadBack) {
  std::size_t quoted = 0, cells = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Choices choices(seed);
    const char delimiter = choices.of(kDelimiters);
    std::string text, expected;
    for (std::size_t rows = choices.below(8); rows > 0; --rows) {
      Record record(1 + choices.below(5));
      for (auto& cell : record) cell = random_text(choices, 6);
      if (choices.below(10) == 0) record[0].insert(0, "\xEF\xBB\xBF");
      if (choices.below(10) == 0) record = {"Sep=" + std::string(1, choices.of(kDelimiters))};
      text += csv_record(record, delimiter);
      expected += nlohmann::json(record).dump() + "\n";
      cells += record.size();
      for (const auto& cell : record) quoted += csv_cell(cell, delimiter) != cell;
    }
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, text.size() + 1}) {
      const auto outcome = read(text, delimiter, piece);
      ASSERT_EQ(outcome.records, expected) << "seed " << seed << ", pieces of " << piece << ": " << text;
    }
  }
  EXPECT_GT(cells, 10'000u);
  EXPECT_GT(quoted, cells / 4);
  EXPECT_LT(quoted, cells * 3 / 4);
}

TEST(CsvProperty, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(csv_record(Record{"a", "b c", "", "1.5"}), "a,b c,,1.5\n");
  EXPECT_EQ(csv_record(Record{"a,b", "say \"x\"", "l\n", "r\r", ";"}),
            "\"a,b\",\"say \"\"x\"\"\",\"l\n\",\"r\r\",;\n");
  EXPECT_EQ(csv_record(Record{"a,b", ";"}, ';'), "a,b;\";\"\n");
  EXPECT_EQ(csv_record(Record{""}), "\"\"\n");
  EXPECT_THROW(csv_record(Record{}), std::invalid_argument);
}

/// Texts that are nearly CSV: letters, delimiters, quotes and line ends in random order, with `blank` among
/// them.
std::string soup(Choices& choices, const std::string& blank) {
  const std::vector<std::string> letters = {"a",   "b,",     ",",       ",",   ";",       "\"",
                                            "\"",  "\"\"",   "\n",      "\n",  "\r\n",    "\r",
                                            blank, "\"c\",", "\"d\"\n", ",\"", "\xC3\xA9"};
  return (choices.below(8) == 0 ? "\xEF\xBB\xBF" : "") + random_text(choices, 24, letters);
}

TEST(CsvProperty, PiecesMakeNoDifference) {
  std::vector<std::string> letters = {"\"", ",",        "\n",   "\r",   "x",
                                      " ",  "\xC3\xA9", "\xE9", "\x1A", std::string(1, '\0')};
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Choices choices(seed);
    const auto text = (seed % 5 == 0 ? "sep=;" : "") +
                      (seed % 2 == 0 ? soup(choices, " ") : random_text(choices, 20, letters));
    const auto whole = read(text, ',', text.size() + 1);
    for (const std::size_t piece : {1, 2, 3, 7}) {
      const auto outcome = read(text, ',', piece);
      ASSERT_EQ(outcome.records, whole.records) << "seed " << seed << ", pieces of " << piece;
      ASSERT_EQ(outcome.message, whole.message) << "seed " << seed << ", pieces of " << piece;
    }
  }
}

constexpr const char* kScript = R"(
import csv, json, sys
csv.field_size_limit(1 << 30)
folder = sys.argv[1]
with open(folder + '/expected', 'w', encoding='utf-8', newline='') as out:
    for number in range(int(sys.argv[2])):
        delimiter = ',;\t|'[number % 4]
        out.write(f'file {number}\n')
        try:
            with open(f'{folder}/{number}.csv', encoding='utf-8-sig', newline='') as file:
                for record in csv.reader(file, delimiter=delimiter, strict=True):
                    if record:
                        out.write(json.dumps(record, ensure_ascii=False, separators=(',', ':')) + '\n')
        except csv.Error:
            out.write('error\n')
)";

TEST(CsvProperty, AgreesWithPythonsCsvModule) {
  if (std::system("python3 -c 'import csv, json' > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "python3 is absent: the CSV reader is not compared with Python's csv module";
  constexpr std::size_t kFiles = 3000;
  const TemporaryFolder folder;
  std::string actual;
  std::size_t errors = 0, records = 0;
  for (std::size_t number = 0; number < kFiles; ++number) {
    Choices choices(number);
    const char delimiter = kDelimiters[number % 4];
    std::string text;
    if (number % 3 == 0) {  // well-formed
      for (std::size_t rows = choices.below(6); rows > 0; --rows) {
        Record record(1 + choices.below(4));
        for (auto& cell : record) cell = random_text(choices, 5);
        text += csv_record(record, delimiter);
      }
    } else {
      text = soup(choices, " a");  // Python takes blanks around quotes for letters
    }
    write_bytes(folder / (std::to_string(number) + ".csv"), text);
    const auto outcome = read(text, delimiter, text.size() + 1);
    actual += "file " + std::to_string(number) + "\n" + outcome.records;
    errors += !outcome.message.empty();
    records += static_cast<std::size_t>(std::ranges::count(outcome.records, '\n'));
  }
  write_bytes(folder / "script.py", kScript);
  const std::string command = "python3 '" + (folder / "script.py").string() + "' '" + folder.path().string() +
                              "' " + std::to_string(kFiles);
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(actual, read_bytes(folder / "expected"));
  EXPECT_GT(errors, kFiles / 10);
  EXPECT_LT(errors, kFiles / 2);
  EXPECT_GT(records, 2 * kFiles);
}

}  // namespace
}  // namespace mlp
