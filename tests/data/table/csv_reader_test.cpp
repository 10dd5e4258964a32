#include "data/table/csv_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "data/support.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;
using Records = std::vector<std::vector<std::string>>;

std::vector<std::string> cells_of(const CsvReader& csv) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < csv.size(); ++i) cells.emplace_back(csv[i]);
  return cells;
}

Records read(std::string_view text, std::optional<char> delimiter = ',') {
  ByteReader bytes("memory", text);
  CsvReader csv(bytes, delimiter);
  Records records;
  while (csv.next()) records.push_back(cells_of(csv));
  return records;
}

char detected(std::string_view text) {
  ByteReader bytes("memory", text);
  return CsvReader(bytes).delimiter();
}

void refuse(std::string_view text, std::initializer_list<std::string_view> parts) {
  expect_error<FileError>([&] { read(text); }, parts);
}

TEST(CsvReader, ReadsTheExamplesOfRfc4180) {  // section 2, numbers 1 to 7
  const Records plain = {{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}};
  EXPECT_EQ(read("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n"), plain);
  EXPECT_EQ(read("aaa,bbb,ccc\r\nzzz,yyy,xxx"), plain);
  EXPECT_EQ(read("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx"), plain);
  EXPECT_EQ(read("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx"),
            (Records{{"aaa", "b\r\nbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(read("\"aaa\",\"b\"\"bb\",\"ccc\""), (Records{{"aaa", "b\"bb", "ccc"}}));
}

TEST(CsvReader, TakesEveryLineEndAndSkipsEmptyLines) {
  const Records expected = {{"a", "b"}, {"c", "d"}};
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    EXPECT_EQ(read("a,b" + end + "c,d" + end), expected) << testing::PrintToString(end);
    EXPECT_EQ(read(end + end + "a,b" + end + end + end + "c,d"), expected) << testing::PrintToString(end);
  }
  EXPECT_EQ(read("a,b\rc,d\n\r"), expected);
  EXPECT_EQ(read(""), Records{});
  EXPECT_EQ(read("\n\r\n\r"), Records{});
}

TEST(CsvReader, KeepsEmptyCellsAndBlanks) {
  EXPECT_EQ(read("a,,\n,\n"), (Records{{"a", "", ""}, {"", ""}}));
  EXPECT_EQ(read("a,"), (Records{{"a", ""}}));
  EXPECT_EQ(read("\"\"\n\"\""), (Records{{""}, {""}}));
  EXPECT_EQ(read(" a ,\t\n \n"), (Records{{" a ", "\t"}, {" "}}));
}

TEST(CsvReader, TakesAQuoteInsideAnUnquotedCellAsItIs) {
  EXPECT_EQ(read("5\" disk,a\"b\"c, d\"e\"\n"), (Records{{"5\" disk", "a\"b\"c", " d\"e\""}}));
  EXPECT_EQ(read("\"\"\"a\"\"\",\"\"\"\"\n"), (Records{{"\"a\"", "\""}}));
}

TEST(CsvReader, BlanksAroundQuotesAreNoPartOfACell) {
  EXPECT_EQ(read("\"a\", \"b, c\" ,\t\"d\"\t\n  \" e \" ,f , g\n"),
            (Records{{"a", "b, c", "d"}, {" e ", "f ", " g"}}));
  EXPECT_EQ(read("1, \"2\n3\" \r\n4, \"\"\"5\"\"\""), (Records{{"1", "2\n3"}, {"4", "\"5\""}}));
  EXPECT_EQ(read("a,  x\"y\",   "), (Records{{"a", "  x\"y\"", "   "}})) << "no quotes around";
  EXPECT_EQ(read("\"a\"\t\"b\" \t \"c\"\n", '\t'), (Records{{"a", "b", "c"}})) << "a tab ends cells here";
  EXPECT_EQ(read("\"a\"  \"b\"", ' '), (Records{{"a", "", "b"}}));
  EXPECT_EQ(detected("\"Index\", \"Height; Weight; Age\"\n"), ',');
  const std::string blanks(100'000, ' ');
  EXPECT_EQ(read("a," + blanks + "\"b\"" + blanks + "\nc," + blanks + "d\n"),
            (Records{{"a", "b"}, {"c", blanks + "d"}}));
  refuse("a, \"b\" c\n", {"line 1, record 1, column 2: expected a delimiter or the line's end", "found 'c'"});
  refuse("a, \"b", {"line 1, record 1, column 2: expected a closing quote"});
}

TEST(CsvReader, ALineForExcelNamesTheDelimiter) {
  const Records expected = {{"a,b", "c"}, {"1", "2"}};
  for (const std::string end : {"\n", "\r\n", "\r"})
    EXPECT_EQ(read("sep=;" + end + "a,b;c" + end + "1;2" + end, std::nullopt), expected)
        << testing::PrintToString(end);
  EXPECT_EQ(read("\xEF\xBB\xBFSEP=:\na,b:c\n1:2\n", std::nullopt), expected);
  EXPECT_EQ(read("Sep=;\na,b|c\n1|2\n", '|'), expected) << "a named one counts for more";
  EXPECT_EQ(read("sep=\t\n1,5\t2,5\n", std::nullopt), (Records{{"1,5", "2,5"}}));
  EXPECT_EQ(read("sep=,", std::nullopt), Records{});
  ByteReader bytes("memory", "sep=;\r\na;b\n");
  CsvReader csv(bytes);
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.where(0), "memory: line 2, record 1, column 1");
  // The delimiter is given: the line is data.
  EXPECT_EQ(read("sep=;x\n", ';'), (Records{{"sep=", "x"}}));
  EXPECT_EQ(read("\"sep=;\"\n"), Records{{"sep=;"}});
  EXPECT_EQ(read("sep=\n"), Records{{"sep="}});
  EXPECT_EQ(read("sep\x1D;\n"), Records{{"sep\x1D;"}});
  EXPECT_EQ(read("a\nsep=;\n"), (Records{{"a"}, {"sep=;"}}));
}

TEST(CsvReader, AControlZAtTheEndIsNoText) {
  const Records expected = {{"a", "b"}, {"1", "2"}};
  EXPECT_EQ(read("a,b\r\n1,2\r\n\x1A"), expected);
  EXPECT_EQ(read("a,b\r\n1,2\x1A"), expected);
  EXPECT_EQ(read("\x1A"), Records{});
  EXPECT_EQ(read("a\x1A,b\n\x1A\x1A"), (Records{{"a\x1A", "b"}, {"\x1A"}})) << "the last byte alone";
  EXPECT_EQ(read("a\n\x1A\n"), (Records{{"a"}, {"\x1A"}}));
}

TEST(CsvReader, SkipsAByteOrderMark) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a,b\n"),
            (Records{{"a", "b"}}));
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "\"a\",b\n"),
            (Records{{"a", "b"}}));
  EXPECT_EQ(read("\xEF\xBB\xBF"), Records{});
  EXPECT_EQ(read("a\n\xEF\xBB\xBF"
                 "b\n"),
            (Records{{"a"},
                     {"\xEF\xBB\xBF"
                      "b"}}));
}

TEST(CsvReader, ReadsGzip) { EXPECT_EQ(read(gzip("a,b\nc,d\n")), (Records{{"a", "b"}, {"c", "d"}})); }

TEST(CsvReader, DetectsTheDelimiter) {
  for (const char c : {',', ';', '\t', '|'}) {
    const std::string d(1, c);
    EXPECT_EQ(detected("a" + d + "b" + d + "c\n1" + d + "2" + d + "3\n"), c);
    EXPECT_EQ(detected("\n\n\"a,;|,;|\t\t\"" + d + "b"), c);
    EXPECT_EQ(read("a" + d + "b\n", std::nullopt), (Records{{"a", "b"}}));
  }
  EXPECT_EQ(detected("only one column\n1\n"), ',');
  EXPECT_EQ(detected(""), ',');
  EXPECT_EQ(detected("name\n1;2;3;4\n"), ',');      // the first record decides
  EXPECT_EQ(detected("Sales, EUR;Profit\n"), ';');  // one each: the comma stands in a text
  EXPECT_EQ(detected("\"x\"\"y,,\";b\n"), ';');     // a doubled quote does not end the cell
  EXPECT_EQ(detected("5\" a;b;c\" d,e\n"), ';');    // quotes inside unquoted cells hide nothing
  EXPECT_EQ(detected("\"a\nb,c,d\";e;f\n"), ';');
  EXPECT_EQ(detected("\n  \t\t\t\na;b;c\n"), ';');  // after a line of blanks
  ByteReader bytes("memory", "a;b;c\n");
  EXPECT_EQ(CsvReader(bytes, ',').delimiter(), ',');
}

TEST(CsvReader, RefusesDelimitersThatCannotWork) {
  for (const char c : {'"', '\n', '\r', '\0', '\xE9'}) {
    ByteReader bytes("memory", "a");
    EXPECT_THROW(CsvReader(bytes, c), std::invalid_argument) << static_cast<int>(c);
  }
}

TEST(CsvReader, CountsRecordsAndLines) {
  ByteReader bytes("memory", "\r\na,\"b\nb\rb\r\nb\"\r\n\nc,d\re,f\n");
  CsvReader csv(bytes);
  const std::vector<std::uint64_t> lines = {2, 7, 8};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ASSERT_TRUE(csv.next());
    EXPECT_EQ(csv.record(), i + 1);
    EXPECT_EQ(csv.line(), lines[i]);
  }
  EXPECT_FALSE(csv.next());
  EXPECT_FALSE(csv.next());
}

TEST(CsvReader, NamesPlaces) {
  ByteReader bytes("memory", "a,b\n1,2\n");
  CsvReader csv(bytes);
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.where(), "memory: line 1, record 1");
  EXPECT_EQ(csv.where(1), "memory: line 1, record 1, column 2");
  csv.set_names({"a", "b\nc"});
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.where(1), "memory: line 2, record 2, column 2 ('b?c')");
}

TEST(CsvReader, RefusesDamage) {
  refuse("a,b\nc,\"d\ne\n", {"memory: line 2, record 2, column 2: expected a closing quote, found the end"});
  refuse("a\n\"", {"line 2, record 2, column 1: expected a closing quote"});
  refuse("a,\"b\"c\n", {"line 1, record 1, column 2: expected a delimiter or the line's end", "found 'c'"});
  refuse("\"a\nb\" c\n", {"line 2, record 1, column 1: expected a delimiter", "found 'c'"});
  refuse("\"a\"\xC3\xA9", {"found the byte C3"});
  refuse("\"a\"\xE9", {"found the byte E9"});
  refuse(std::string_view("a,b\n1,\0\n", 8),
         {"line 2, record 2, column 2: expected text, found a zero byte"});
  refuse(std::string_view("a\n\"x\ny\0\"\n", 9),
         {"line 3, record 2, column 1: expected text, found a zero byte"});
  refuse("a,b\n1,caf\xE9\n", {"line 2, record 2, column 2: expected UTF-8, found the byte E9 after 'caf'"});
  refuse("\"x\r\ny\r\n\xC0\xAF\"\n", {"line 3, record 1, column 1: expected UTF-8, found the byte C0"});
  refuse(
      "\xFF\xFE"
      "a",
      {"UTF-16"});
  refuse(
      "\xFE\xFF"
      "a",
      {"UTF-16"});
  EXPECT_EQ(read("na\xC3\xAFve,\"\xE2\x82\xAC\"\n"), (Records{{"na\xC3\xAFve", "\xE2\x82\xAC"}}));
}

TEST(CsvReader, SaysHowToMakeUtf8OfAnotherEncoding) {
  for (const auto& [text, from] :
       {std::pair{"a,b\n1,caf\xE9\n", "cp1252"}, std::pair{"\xFF\xFE", "utf-16"}}) {
    const auto error = expect_error<FileError>([&, bytes = text] { read(bytes); }, {"expected UTF-8"});
    EXPECT_TRUE(
        error.ends_with(std::string("save the table as UTF-8 (in Excel: \"CSV UTF-8\"; or iconv -f ") + from +
                        " -t utf-8 OLD.csv > NEW.csv)"))
        << error;
  }
}

TEST(CsvReader, ReadsRecordsLongerThanItsBuffer) {
  const std::string big(3'000'000, 'x');
  const std::string lines(1'000'000, '\n');
  EXPECT_EQ(read("a,b\n" + big + ",1\n\"" + lines + "\"\"\"," + big + "\n2,3\n"),
            (Records{{"a", "b"}, {big, "1"}, {lines + "\"", big}, {"2", "3"}}));
}

/// `start`, then `period` for ever; counts what was taken.
ByteReader::Source endless(std::string start, std::string period, std::uint64_t& taken) {
  return [=, &taken](std::span<std::uint8_t> destination) {
    for (auto& byte : destination) {
      const std::uint64_t i = taken++;
      byte =
          static_cast<std::uint8_t>(i < start.size() ? start[i] : period[(i - start.size()) % period.size()]);
    }
    return destination.size();
  };
}

TEST(CsvReader, HoldsNoMoreOfAnEndlessRecordThanItsBound) {
  struct Case {
    std::string start, period, message;
  };
  const std::string longer = "longer than the 67108864 bytes a record may have";
  for (const Case& record : {
           Case{"", "x", "line 1, record 1: " + longer},
           Case{"a,b\n1,", "x", "line 2, record 2: " + longer},
           Case{"a,b\n1,\"", "x\n", "line 2, record 2: " + longer},
           Case{"a,b\n1,\"", "\"\"", "line 2, record 2: " + longer},
           Case{"a,b\n", "\xC3\xA9", "line 2, record 2: " + longer},
           Case{"", std::string(1, '\0'), "line 1, record 1, column 1: expected text, found a zero byte"},
           Case{"a,b\n", "1,", "line 2, record 2: more than 100,000 cells"},
           Case{"a,b\n", "\"\",", "line 2, record 2: more than 100,000 cells"},
       }) {
    std::uint64_t taken = 0;
    expect_error<FileError>(
        [&] {
          ByteReader bytes("endless", endless(record.start, record.period, taken));
          CsvReader csv(bytes, record.start.empty() ? std::nullopt : std::optional(','));
          while (csv.next()) {
          }
        },
        {"endless: " + record.message});
    EXPECT_LE(taken, CsvReader::kMaxRecordBytes + (1u << 20)) << record.message;
  }
}

TEST(CsvReader, TakesAsManyCellsAsARecordMayHave) {
  const auto record = [](std::size_t cells) { return std::string(cells - 1, ',') + "\n"; };
  EXPECT_EQ(read(record(CsvReader::kMaxCells)).front().size(), CsvReader::kMaxCells);
  refuse(record(CsvReader::kMaxCells + 1),
         {"more than 100,000 cells, and so columns, the most that a table may have"});
  refuse(std::string(CsvReader::kMaxCells, ',') + "x",
         {"more than 100,000 cells, and so columns, the most that a table may have"});
}

TEST(CsvReader, WaitsForNothingBeyondARecord) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    std::size_t asked = 0;
    const std::string text = "a,b" + end + "1,\"2\"" + end;
    ByteReader bytes("pipe", in_pieces(text, 3 + end.size(), &asked));
    CsvReader csv(bytes);
    ASSERT_TRUE(csv.next());
    EXPECT_TRUE(csv.drained());
    EXPECT_EQ(asked, 1u) << testing::PrintToString(end);
  }
}

TEST(CsvReader, ReadsFilesAndSaysWhatIsWrongWithAPath) {
  const TemporaryFolder folder;
  write_bytes(folder / "a.csv", "a,b\n1,2\n");
  ByteReader bytes(folder / "a.csv");
  CsvReader csv(bytes);
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(cells_of(csv), (std::vector<std::string>{"a", "b"}));
  expect_error<FileError>([&] { ByteReader(folder.path()); }, {"is a directory"});
  ByteReader zeros(std::filesystem::path("/dev/zero"));
  CsvReader endless_zeros(zeros);
  expect_error<FileError>([&] { endless_zeros.next(); }, {"/dev/zero: line 1, record 1", "zero byte"});
}

}  // namespace
}  // namespace mlp
