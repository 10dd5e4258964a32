// CSV records: accepted text is written and read back the same; pieces and gzip change nothing, not even a
// message.
#include "mlp/csv.h"

#include <string>
#include <vector>

#include "data/bytes/byte_reader.h"
#include "data/table/csv_reader.h"
#include "fuzz/gzip.h"

namespace {

using namespace mlp;
using Record = std::vector<std::string>;

struct Reading {
  std::vector<Record> records;
  char delimiter = ',';
  std::string message;  ///< of the error, if any
  bool operator==(const Reading&) const = default;
};

void read_records(const ByteReader::Source& source, std::optional<char> delimiter, Reading& reading) {
  ByteReader bytes("file", source);
  CsvReader csv(bytes, delimiter);
  reading.delimiter = csv.delimiter();
  while (csv.next()) {
    fuzz::expect(csv.size() >= 1, "a record has a cell");
    Record& record = reading.records.emplace_back();
    for (std::size_t i = 0; i < csv.size(); ++i) record.emplace_back(csv[i]);
    fuzz::expect(csv.record() == reading.records.size(), "records are counted");
    fuzz::expect(csv.line() >= csv.record(), "a record starts a line");
  }
}

/// The records up to the first that is refused.
Reading read(const ByteReader::Source& source, std::optional<char> delimiter) {
  Reading reading;
  fuzz::accepted([&] {
    try {
      read_records(source, delimiter, reading);
      return true;
    } catch (const FileError& error) {
      reading.message = error.what();
      throw;
    }
  });
  return reading;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::optional<char> kDelimiters[] = {std::nullopt, ',', ';', '\t', '|', ' ', 'x', '\x7f'};
  fuzz::Input input(data, size);
  const std::uint8_t options = input.byte();
  const auto delimiter = kDelimiters[options % std::size(kDelimiters)];
  const std::size_t piece = 1 + std::size_t{input.byte()} % 16;
  const auto text = input.rest();
  if (text.starts_with("\x1f\x8b")) return -1;  // gzip: another target

  const auto reading = read(fuzz::in_pieces(text, text.size() + 1), delimiter);
  fuzz::expect(reading == read(fuzz::in_pieces(text, piece), delimiter), "pieces change nothing");
  if (options & 0x80) {
    const auto file = fuzz::gzip(text, piece);
    fuzz::expect(reading == read(fuzz::in_pieces(file, file.size()), delimiter), "gzip changes nothing");
  }
  std::string written;
  for (const auto& record : reading.records) written += csv_record(record, reading.delimiter);
  Reading again;
  read_records(fuzz::in_pieces(written, written.size() + 1), reading.delimiter, again);
  fuzz::expect(again.records == reading.records, "what is written is read back");
  return 0;
}
