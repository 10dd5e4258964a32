#include "data/arrays/npy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "data/support.h"
#include "support/processor_time.h"

namespace mlp {
namespace {

using namespace testing_support;

Array parse(const std::string& bytes) {
  ByteReader reader("memory", bytes);
  return read_npy(reader);
}

NpyHeader parse_header(const std::string& dictionary) {
  const auto bytes = npy_start(dictionary);
  ByteReader reader("memory", bytes);
  return read_npy_header(reader);
}

template <class T>
void expect_values(const std::string& bytes, const std::vector<T>& expected) {
  for (const auto& file : {bytes, gzip(bytes)}) {
    const auto array = parse(file);
    const auto* values = std::get_if<AlignedVector<T>>(&array.values);
    ASSERT_NE(values, nullptr) << bytes;
    EXPECT_EQ(std::vector<T>(values->begin(), values->end()), expected) << bytes;
  }
}

TEST(Npy, ReadsWhatNumPyWrites) {
  // numpy.save(file, numpy.array([[1.5, -2.0, 3.0]])), byte for byte
  const std::string dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 3), }";
  const auto bytes = "\x93NUMPY" + bytes_of({1, 0, 118, 0}) + dictionary +
                     std::string(118 - 1 - dictionary.size(), ' ') + "\n" +
                     bytes_of({0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0}) +
                     bytes_of({0, 0, 0, 0, 0, 0, 0x08, 0x40});
  expect_values<double>(bytes, {1.5, -2.0, 3.0});
  EXPECT_EQ(parse(bytes).dims, (std::vector<std::uint64_t>{1, 3}));
}

TEST(Npy, ReadsEveryElementTypeInBothByteOrders) {
  expect_values<std::uint8_t>(npy("|b1", "(3,)", bytes_of({0, 1, 1})), {0, 1, 1});
  expect_values<std::uint8_t>(npy("|u1", "(3,)", bytes_of({0, 127, 255})), {0, 127, 255});
  expect_values<std::int8_t>(npy("|i1", "(3,)", bytes_of({0, 127, 255})), {0, 127, -1});
  expect_values<std::uint16_t>(npy("<u2", "(2,)", bytes_of({0x02, 0x01, 0xfe, 0xff})), {258, 65534});
  expect_values<std::uint16_t>(npy(">u2", "(2,)", bytes_of({0x01, 0x02, 0xff, 0xfe})), {258, 65534});
  expect_values<std::int16_t>(npy("<i2", "(2,)", bytes_of({0x02, 0x01, 0xfe, 0xff})), {258, -2});
  expect_values<std::int16_t>(npy(">i2", "(2,)", bytes_of({0x01, 0x02, 0xff, 0xfe})), {258, -2});
  expect_values<std::uint32_t>(npy("<u4", "(1,)", bytes_of({4, 3, 2, 0xff})), {0xff020304});
  expect_values<std::uint32_t>(npy(">u4", "(1,)", bytes_of({0xff, 2, 3, 4})), {0xff020304});
  expect_values<std::int32_t>(npy("<i4", "(2,)", bytes_of({4, 3, 2, 1, 0xfd, 0xff, 0xff, 0xff})),
                              {16909060, -3});
  expect_values<std::int32_t>(npy(">i4", "(2,)", bytes_of({1, 2, 3, 4, 0xff, 0xff, 0xff, 0xfd})),
                              {16909060, -3});
  expect_values<std::uint64_t>(npy("<u8", "(1,)", bytes_of({8, 7, 6, 5, 4, 3, 2, 0xff})),
                               {0xff02030405060708});
  expect_values<std::uint64_t>(npy(">u8", "(1,)", bytes_of({0xff, 2, 3, 4, 5, 6, 7, 8})),
                               {0xff02030405060708});
  expect_values<std::int64_t>(npy("<i8", "(1,)", bytes_of({0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})),
                              {-3});
  expect_values<std::int64_t>(npy(">i8", "(1,)", bytes_of({1, 2, 3, 4, 5, 6, 7, 8})), {0x0102030405060708});
  expect_values<float>(npy("<f4", "(2,)", bytes_of({0, 0, 0xc0, 0x3f, 0x79, 0xe9, 0xf6, 0xc2})),
                       {1.5f, -123.456f});
  expect_values<float>(npy(">f4", "(2,)", bytes_of({0x3f, 0xc0, 0, 0, 0xc2, 0xf6, 0xe9, 0x79})),
                       {1.5f, -123.456f});
  expect_values<double>(npy("<f8", "(1,)", bytes_of({0x18, 0x2d, 0x44, 0x54, 0xfb, 0x21, 0x09, 0xc0})),
                        {-3.141592653589793});
  expect_values<double>(npy(">f8", "(1,)", bytes_of({0xc0, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18})),
                        {-3.141592653589793});
}

TEST(Npy, ReadsHalfPrecision) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto half = [](std::initializer_list<int> words) {
    std::string bytes;
    for (const int word : words) bytes += little_endian(static_cast<std::uint64_t>(word), 2);
    return npy("<f2", "(" + std::to_string(words.size()) + ",)", bytes);
  };
  expect_values<float>(half({0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x0001, 0x83ff, 0x7c00, 0xfc00}),
                       {1.0f, -2.0f, 0.333251953125f, 65504.0f, 6.103515625e-05f, 5.9604644775390625e-08f,
                        -6.097555160522461e-05f, kInfinity, -kInfinity});
  expect_values<float>(npy(">f2", "(1,)", bytes_of({0xc5, 0x10})), {-5.0625f});
  EXPECT_TRUE(std::isnan(std::get<AlignedVector<float>>(parse(half({0x7e00})).values)[0]));
  EXPECT_TRUE(std::signbit(std::get<AlignedVector<float>>(parse(half({0x8000})).values)[0])) << "-0";
}

TEST(Npy, ReadsEveryVersion) {
  const std::string dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";
  for (const int version : {1, 2, 3})
    expect_values<std::uint8_t>(npy_start(dictionary, version) + "ab", {'a', 'b'});
}

TEST(Npy, TurnsFortranOrderAround) {
  // a[i, j] = 10 i + j
  expect_values<std::uint8_t>(npy("|u1", "(2, 3)", bytes_of({0, 10, 1, 11, 2, 12}), true),
                              {0, 1, 2, 10, 11, 12});
  // a[i, j, k] = 100 i + 10 j + k
  expect_values<std::int16_t>(npy("<i2", "(2, 3, 2)", bytes_of({0, 0, 100, 0, 10, 0, 110, 0, 20, 0, 120, 0,
                                                                1, 0, 101, 0, 11, 0, 111, 0, 21, 0, 121, 0}),
                                  true),
                              {0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121});
  expect_values<std::uint8_t>(npy("|u1", "(3,)", "abc", true), {'a', 'b', 'c'});
  expect_values<std::uint8_t>(npy("|u1", "()", "a", true), {'a'});
  expect_values<std::uint8_t>(npy("|u1", "(0, 5)", "", true), {});
}

TEST(Npy, ReadsDictionariesOfAnyOrderAndSpacing) {
  for (const std::string dictionary : {
           "{'descr':'>i4','fortran_order':True,'shape':(3,4)}\n",
           "{ 'shape' : ( 3 , 4 , ) , 'fortran_order' : True , 'descr' : '>i4' , }   \n",
           "{\"shape\": (3L, 4L), \"descr\": \">i4\", \"fortran_order\": True, }\n",
       }) {
    const auto header = parse_header(dictionary);
    EXPECT_EQ(header.kind, 'i');
    EXPECT_EQ(header.bytes, 4u);
    EXPECT_EQ(header.order, std::endian::big);
    EXPECT_TRUE(header.fortran_order);
    EXPECT_EQ(header.shape, (std::vector<std::uint64_t>{3, 4}));
    EXPECT_EQ(type_text(header), "int32");
  }
  EXPECT_TRUE(parse_header("{'descr': '|b1', 'fortran_order': False, 'shape': ()}\n").shape.empty());
}

TEST(Npy, RefusesWhatIsNoNumbers) {
  const auto refuse = [](const std::string& type, std::initializer_list<std::string_view> parts) {
    return expect_error<FileError>(
        [&] { parse_header("{'descr': " + type + ", 'fortran_order': False, 'shape': (1,)}\n"); }, parts);
  };
  const auto text = refuse("'|O'", {"memory: holds Python objects (a pickle), which are never read"});
  EXPECT_NE(text.find("save numbers"), std::string::npos) << text;
  refuse("'O'", {"holds Python objects"});
  refuse("[('a', '<f4'), ('b', '|O')]", {"memory: holds records of several fields"});
  for (const std::string type : {"<U5", "|S5", "<c8", "<M8[ns]", "|V4", "<f16", "<i3", "<i16", "|b2", "<f1",
                                 "", "<", "f4", "<<f4", "|f4", "|i2", "<f", "<f44", "<F4"})
    refuse("'" + type + "'", {"memory: holds elements of type '" + type + "'"});
  for (const std::string type : {"<U5", "|S5", "|O"})  // NumPy cannot turn texts into numbers by astype
    EXPECT_NE(refuse("'" + type + "'", {}).find("names, numbers = numpy.unique(array, return_inverse=True)"),
              std::string::npos);
  EXPECT_NE(refuse("'<c8'", {}).find("astype('float32')"), std::string::npos);
}

TEST(Npy, EachMistakeInTheHeaderHasItsMessage) {
  const auto refuse = [](const std::string& dictionary, std::initializer_list<std::string_view> parts) {
    expect_error<FileError>([&] { parse_header(dictionary); }, parts);
  };
  const std::string rest = ", 'fortran_order': False, 'shape': (3,)}\n";
  refuse("", {"the .npy header, byte 0: expected '{', found ''"});
  refuse("[]\n", {"byte 0: expected '{'"});
  refuse("{}\n", {"byte 2: expected 'descr', 'fortran_order' and 'shape', one is missing"});
  refuse("{'descr': '<f4', 'shape': (3,)}\n", {"one is missing"});
  refuse("{'descr': '<f4', 'descr': '<f4'" + rest, {"each of 'descr', 'fortran_order' and 'shape' once"});
  refuse("{'descr': '<f4', 'other': 1" + rest, {"found 'other'"});
  refuse("{descr: '<f4'" + rest, {"byte 1: expected a string, found 'descr: "});
  refuse("{'descr" + std::string(50, 'x'), {"the string has no closing quote"});
  refuse("{'de\\x73cr': '<f4'" + rest, {"expected a string without escapes"});
  refuse("{'descr' '<f4'" + rest, {"byte 9: expected ':'"});
  refuse("{'descr': 4" + rest, {"expected a string, found '4, "});
  refuse("{'descr': __import__('os')" + rest, {"expected a string, found '__import__"});
  refuse("{'descr': {'descr': {'descr': {}}}" + rest, {"expected a string, found '{"});
  refuse("{'descr': '<f4'; 'shape'", {"byte 15: expected '}'"});
  refuse("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}\n", {"expected True or False, found '0"});
  refuse("{'descr': '<f4', 'fortran_order': true, 'shape': (3,)}\n", {"expected True or False"});
  const std::string start = "{'descr': '<f4', 'fortran_order': False, 'shape': ";
  refuse(start + "3}\n", {"expected '(', found '3}"});
  refuse(start + "[3]}\n", {"expected '('"});
  refuse(start + "(3)}\n", {"expected (N,) for a shape of one size"});
  refuse(start + "(-3,)}\n", {"expected a size, 0 or more, found '-3"});
  refuse(start + "(3.0,)}\n", {"expected ')', found '.0"});
  refuse(start + "(1e3,)}\n", {"expected ')', found 'e3"});
  refuse(start + "(3, None)}\n", {"expected a size, 0 or more, found 'None"});
  refuse(start + "((3,),)}\n", {"expected a size, 0 or more, found '(3"});
  refuse(start + "(3 4)}\n", {"expected ')', found '4"});
  refuse(start + "(,)}\n", {"expected a size, 0 or more, found ',"});
  refuse(start + "(3,,)}\n", {"expected a size, 0 or more, found ',"});
  refuse(start + "(99999999999999999999,)}\n", {"a size is more than any file can hold"});
  std::string many = start + "(";
  for (int i = 0; i < 65; ++i) many += "1,";
  refuse(many + ")}\n", {"more than 64 sizes"});
  refuse(start + "(3,)}", {"expected a line feed at the end"});
  refuse(start + "(3,)} x\n", {"expected a line feed at the end"});
  refuse(start + "(3,)}\n\n", {"expected a line feed at the end"});
  refuse(start + "(3,)\n", {"expected '}'"});
}

TEST(Npy, EachMistakeAroundItHasItsMessage) {
  const auto refuse = [](const std::string& bytes, std::initializer_list<std::string_view> parts) {
    expect_error<FileError>([&] { parse(bytes); }, parts);
  };
  const auto whole = npy("<i2", "(3,)", "abcdef");
  refuse("", {"memory: not a .npy file"});
  refuse("\x93NUMPX" + whole.substr(6), {"not a .npy file"});
  refuse("\x93NUMPY" + bytes_of({4, 0}) + whole.substr(8), {"unknown .npy version 4.0"});
  refuse("\x93NUMPY" + bytes_of({1, 1}) + whole.substr(8), {"unknown .npy version 1.1"});
  refuse("\x93NUMPY" + bytes_of({2, 0, 0xff, 0xff, 0xff, 0xff}), {"announces 4294967295 bytes, more than"});
  refuse(whole.substr(0, 40), {"the .npy header ends after 30 bytes, expected "});
  refuse(whole.substr(0, whole.size() - 1),
         {"the header announces 3 elements of 2 bytes, the file holds at most 5 bytes after it"});
  refuse(gzip(whole.substr(0, whole.size() - 1)), {"the data end 5 bytes after it"});
  refuse(whole + "x", {"but there are bytes after them"});
  refuse(npy("|b1", "(3,)", bytes_of({0, 1, 2})), {"memory: element 2: expected a bool, 0 or 1, found 2"});
}

TEST(Npy, EveryTruncationIsAnErrorAndEveryFlippedByteReadOrRefused) {
  for (const auto& whole :
       {npy("<f4", "(2, 2)", std::string(16, 'x')), npy("|b1", "(1, 3)", bytes_of({0, 1, 1}), true),
        npy_start("{'descr': '<f2', 'fortran_order': False, 'shape': (3,)}\n", 3) + "abcdef"}) {
    ASSERT_NO_THROW(parse(whole));
    for (std::size_t length = 0; length < whole.size(); ++length) {
      expect_error<FileError>([&] { parse(whole.substr(0, length)); }, {"memory: "});
      expect_error<FileError>([&] { parse(gzip(whole.substr(0, length))); }, {"memory: "});
    }
    int refused = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (int mask = 1; mask < 256; ++mask) {
        auto damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ mask);
        try {
          auto array = parse(damaged);
          (void)array_labels(array, "memory");
          (void)array_rows(std::move(array), "memory");
        } catch (const FileError&) {
          ++refused;  // anything else ends the test
        }
      }
    }
    EXPECT_GT(refused, 0);
  }
}

TEST(Npy, AHeaderThatClaimsTerabytesFailsAtOnce) {
  const double started = testing_support::processor_seconds();
  const std::string most = "18446744073709551615";
  for (const auto& shape :
       {std::string("(60000, 28000, 28000)"), "(" + most + ",)", "(" + most + ", " + most + ")",
        "(0, " + most + ", " + most + ")", std::string("(2305843009213693952,)")}) {
    for (const bool fortran : {false, true}) {
      const auto bytes = npy("<f8", shape, "", fortran);
      expect_error<FileError>([&] { parse(bytes); }, {"the header announces"});
      expect_error<FileError>([&] { parse(gzip(bytes)); }, {"the header announces"});
      // of unknown length
      ByteReader reader("memory", in_pieces(bytes, 7));
      expect_error<FileError>([&] { read_npy(reader); }, {"the header announces"});
    }
  }
  EXPECT_LT(testing_support::processor_seconds() - started, 1.0);
}

TEST(Npy, NumbersThatAreNotFiniteAreNamedWithTheirPlace) {
  const auto rows =
      npy("<f4", "(2, 3)", std::string(16, '\0') + bytes_of({0, 0, 0x80, 0xff}) + std::string(4, '\0'));
  expect_error<FileError>([&] { array_rows(parse(rows), "memory"); },
                          {"memory: row 1, column 1: expected a finite number, found -inf"});
  // the third of the first column, in Fortran order
  const auto columns =
      npy("<f4", "(3, 2)", std::string(8, '\0') + bytes_of({0, 0, 0xc0, 0x7f}) + std::string(12, '\0'), true);
  expect_error<FileError>([&] { array_rows(parse(columns), "memory"); },
                          {"row 2, column 0: expected a finite number, found nan"});
}

TEST(Npy, LabelsAreWholeAndInRange) {
  EXPECT_EQ(array_labels(parse(npy("<u2", "(2, 1)", bytes_of({1, 0, 255, 255}))), "memory"),
            (std::vector<std::int64_t>{1, 65535}));
  const auto large = npy("<u8", "(1,)", std::string(8, '\xff'));
  expect_error<FileError>([&] { array_labels(parse(large), "memory"); },
                          {"row 0: expected a label below 2^63, found 18446744073709551615"});
}

}  // namespace
}  // namespace mlp
