// What damaged files must never cause, whatever reads them: a crash, or data accepted unchecked.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "core/random.h"
#include "files/samples.h"
#include "mlp/error.h"
#include "support/temporary_folder.h"

namespace mlp::testing_support {

/// `load` must throw FileError naming the path for every shorter file, and for every longer one.
inline void expect_every_truncation_refused(const std::string& bytes,
                                            const std::function<void(const std::filesystem::path&)>& load) {
  const TemporaryFolder folder;
  const auto path = folder / "file";
  const auto refused = [&](const std::string& content) {
    write_bytes(path, content);
    try {
      load(path);
    } catch (const FileError& error) {
      return std::string(error.what()).starts_with(path.string());
    }
    return false;
  };
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_TRUE(refused(bytes.substr(0, length))) << length << " of " << bytes.size() << " bytes";
  }
  ASSERT_TRUE(refused(bytes + '\0'));
}

/// `load` must succeed or throw FileError naming the path when 1 to 4 bytes are replaced by any others.
/// Returns how often it succeeded. `finish` is applied to the damaged bytes before they are written.
inline int load_byte_flips(
    const std::string& bytes, int rounds, const std::function<void(const std::filesystem::path&)>& load,
    const std::function<std::string(const std::string&)>& finish = [](const std::string& same) {
      return same;
    }) {
  const TemporaryFolder folder;
  const auto path = folder / "file";
  int loaded = 0;
  for (int round = 0; round < rounds; ++round) {
    const RandomStream random(42, RandomPurpose::kTest, 0, static_cast<std::uint64_t>(round));
    std::string damaged = bytes;
    const std::uint64_t flips = 1 + random.below(4, 0);
    for (std::uint64_t flip = 1; flip <= flips; ++flip) {
      damaged[random.below(bytes.size(), 2 * flip)] = static_cast<char>(random.below(256, 2 * flip + 1));
    }
    write_bytes(path, finish(damaged));
    try {
      load(path);
      ++loaded;
    } catch (const FileError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(path.string())) << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    }
  }
  return loaded;
}

/// Almost no random damage goes unnoticed; with the checksum corrected much of it does, and must do no harm.
inline void expect_byte_flips_harmless(const std::string& bytes, int rounds,
                                       const std::function<void(const std::filesystem::path&)>& load) {
  EXPECT_LT(load_byte_flips(bytes, rounds, load), rounds / 100);
  const int loaded = load_byte_flips(bytes, rounds, load, with_fitting_checksum);
  EXPECT_GT(loaded, 0);
  EXPECT_LT(loaded, rounds - rounds / 4);
}

}  // namespace mlp::testing_support
