#include "data/sets/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "data/support.h"

namespace mlp {
namespace {

using namespace testing_support;

TEST(Sha256, OfKnownTexts) {  // FIPS 180-2, appendix B
  const auto sum = [](const std::string& text) {
    ByteReader reader("memory", text);
    return sha256_of(reader);
  };
  EXPECT_EQ(sum("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sum(gzip("abc")), sum("abc"));
  EXPECT_EQ(sum(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace mlp
