// Event files: the bytes of a record, and what is in a file as a reader of their format finds it.
#include "mlp/event_file.h"

#include <gtest/gtest.h>

#include <bit>
#include <cerrno>
#include <map>
#include <string>

#include "mlp/error.h"
#include "report/event_record.h"
#include "support/events.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using testing_support::events_in;
using testing_support::parsed;
using testing_support::scalars_of;
using testing_support::TemporaryFolder;

TEST(EventRecord, CheckSumIsTheStandards) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);            // the check value of CRC-32C
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(EventRecord, BytesAreTensorFlows) {
  // As TensorBoard's own RecordWriter writes b"abc".
  const unsigned char expected[] = {0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xb0, 0x99,
                                    0x49, 0x0e, 0x61, 0x62, 0x63, 0x6e, 0x57, 0xf1, 0x21};
  const std::string record = event_record("abc");
  EXPECT_EQ(record, std::string(reinterpret_cast<const char*>(expected), sizeof expected));
}

TEST(EventFile, HoldsEachEpochAsSoonAsItIsWritten) {
  const TemporaryFolder folder;
  EventFile events(folder.path(), {.metric = "accuracy", .first_epoch = 3});
  EXPECT_TRUE(EventFile::is_event_file(events.path()));
  events.write({.epoch = 3,
                .train_loss = 0.5,
                .validation_loss = 0.25,
                .validation_metric = 0.875,
                .learning_rate = 0.125,
                .seconds = 2,
                .samples_per_second = 1000});
  auto read = events_in(events.path());
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[0].bytes.at(3).front(), "brain.Event:2");
  EXPECT_EQ(read[1].numbers.at(2), 3u);                              // from this step on
  EXPECT_EQ(parsed(read[1].bytes.at(7).front()).numbers.at(1), 1u);  // SessionLog.START
  EXPECT_EQ(read[2].numbers.at(2), 3u);
  const std::map<std::string, float> expected = {{"loss/train", 0.5f},
                                                 {"loss/validation", 0.25f},
                                                 {"accuracy/validation", 0.875f},
                                                 {"learning_rate", 0.125f},
                                                 {"samples_per_second", 1000.0f}};
  EXPECT_EQ(scalars_of(read[2]), expected);

  events.write({.epoch = 300, .train_loss = 0.375, .learning_rate = 0.125, .samples_per_second = 10});
  read = events_in(events.path());
  ASSERT_EQ(read.size(), 4u);
  EXPECT_EQ(read[3].numbers.at(2), 300u);
  EXPECT_EQ(scalars_of(read[3]).count("loss/validation"), 0u);
  EXPECT_EQ(scalars_of(read[3]).at("loss/train"), 0.375f);
  EXPECT_GE(std::bit_cast<double>(read[3].numbers.at(1)), std::bit_cast<double>(read[2].numbers.at(1)));
}

TEST(EventFile, EachHasAFileOfItsOwn) {
  const TemporaryFolder folder;
  const EventFile one(folder.path()), two(folder.path());
  EXPECT_NE(one.path(), two.path());
  EXPECT_EQ(events_in(one.path()).size(), 2u);
  EXPECT_EQ(events_in(two.path()).size(), 2u);
}

TEST(EventFile, FailuresNameTheFile) {
  const TemporaryFolder folder;
  try {
    const EventFile events(folder.path() / "missing");
    FAIL();
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find("missing/events.out.tfevents."), std::string::npos);
  }
  class FullDisk : public FileLayer {
   public:
    ssize_t write(int, const void*, std::size_t) const override {
      errno = ENOSPC;
      return -1;
    }
  } const full;
  EXPECT_THROW(EventFile(folder.path(), {}, full), FileError);
}

}  // namespace
}  // namespace mlp
