#include "mlp/checkpoint.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "files/hostile.h"
#include "files/samples.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using nlohmann::json;
using testing_support::edited;
using testing_support::error_of;
using testing_support::read_bytes;
using testing_support::read_plainly;
using testing_support::same_bits;
using testing_support::sample_checkpoint;
using testing_support::sample_parameters;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

std::string bytes_of(const Checkpoint& checkpoint) {
  const TemporaryFolder folder;
  save_checkpoint(checkpoint, folder / "c");
  return read_bytes(folder / "c");
}

Checkpoint checkpoint_of(const std::string& bytes) {
  const TemporaryFolder folder;
  write_bytes(folder / "c", bytes);
  return load_checkpoint(folder / "c");
}

std::string load_error(const std::string& bytes) {
  const TemporaryFolder folder;
  write_bytes(folder / "c", bytes);
  const std::string error = error_of([&] { load_checkpoint(folder / "c"); });
  const std::string path = (folder / "c").string() + ": ";
  return error.starts_with(path) ? error.substr(path.size()) : error;
}

void expect_same_double(double a, double b) {
  EXPECT_EQ(std::bit_cast<std::uint64_t>(a), std::bit_cast<std::uint64_t>(b)) << a << " and " << b;
}

void expect_same(const Parameters& a, const Parameters& b) {
  EXPECT_EQ(a.layout(), b.layout());
  EXPECT_TRUE(same_bits(a.values(), b.values()));
}

void expect_same(const Checkpoint& a, const Checkpoint& b) {
  EXPECT_EQ(a.network, b.network);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  expect_same(a.state.parameters, b.state.parameters);
  ASSERT_EQ(a.state.moments.size(), b.state.moments.size());
  for (std::size_t i = 0; i < a.state.moments.size(); ++i)
    expect_same(a.state.moments[i], b.state.moments[i]);
  expect_same(a.state.best_parameters, b.state.best_parameters);
  EXPECT_EQ(a.state.best_epoch, b.state.best_epoch);
  EXPECT_EQ(a.state.step, b.state.step);
  EXPECT_EQ(a.state.epoch, b.state.epoch);
  EXPECT_EQ(a.state.batch, b.state.batch);
  expect_same_double(a.state.epoch_loss, b.state.epoch_loss);
  expect_same_double(a.state.epoch_seconds, b.state.epoch_seconds);
  ASSERT_EQ(a.state.history.size(), b.state.history.size());
  for (std::size_t i = 0; i < a.state.history.size(); ++i) {
    const EpochRecord &x = a.state.history[i], &y = b.state.history[i];
    EXPECT_EQ(x.epoch, y.epoch);
    expect_same_double(x.train_loss, y.train_loss);
    expect_same_double(x.validation_loss, y.validation_loss);
    expect_same_double(x.validation_metric, y.validation_metric);
    expect_same_double(x.learning_rate, y.learning_rate);
    expect_same_double(x.seconds, y.seconds);
    expect_same_double(x.samples_per_second, y.samples_per_second);
  }
}

TEST(CheckpointFile, ComesBackBitForBit) {
  expect_same(checkpoint_of(bytes_of(sample_checkpoint())), sample_checkpoint());
}

TEST(CheckpointFile, ComesBackWithoutMomentsBestOrHistory) {
  Checkpoint checkpoint = sample_checkpoint();
  checkpoint.state.moments.clear();
  checkpoint.state.best_parameters = Parameters();
  checkpoint.state.best_epoch = 0;
  checkpoint.state.history.clear();
  const Checkpoint loaded = checkpoint_of(bytes_of(checkpoint));
  expect_same(loaded, checkpoint);
  EXPECT_EQ(loaded.state.best_parameters.layer_count(), 0u);
}

TEST(CheckpointFile, LossesThatAreNotFiniteComeBack) {
  Checkpoint checkpoint = sample_checkpoint();
  const double infinity = std::numeric_limits<double>::infinity();
  checkpoint.state.history[0].train_loss = infinity;
  checkpoint.state.epoch_loss = -infinity;
  expect_same(checkpoint_of(bytes_of(checkpoint)), checkpoint);
}

TEST(CheckpointFile, RandomDoublesComeBack) {
  Checkpoint checkpoint = sample_checkpoint();
  const RandomStream random(3, RandomPurpose::kTest);
  checkpoint.state.history.clear();
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const auto words = random.block(i);
    const auto value = [&](std::size_t at) {
      const auto bits = std::bit_cast<double>(std::uint64_t{words[at]} << 32 | words[(at + 1) % 4]);
      return std::isfinite(bits) ? bits : 0.5;
    };
    checkpoint.state.history.push_back({i, value(0), value(1), value(2), random.uniform(i), value(3), 0.0});
  }
  expect_same(checkpoint_of(bytes_of(checkpoint)), checkpoint);
}

TEST(CheckpointFile, AnyReaderFindsTheTensors) {
  const Checkpoint checkpoint = sample_checkpoint();
  const auto file = read_plainly(bytes_of(checkpoint));
  EXPECT_EQ(file.tensors.size(), 4u * 6u);
  const auto& state = checkpoint.state;
  const auto expect_bias = [&](const std::string& name, const Parameters& parameters) {
    EXPECT_TRUE(same_bits(file.tensors.at(name), parameters.bias(1))) << name;
  };
  expect_bias("layers.1.bias", state.parameters);
  expect_bias("moments.0.layers.1.bias", state.moments[0]);
  expect_bias("moments.1.layers.1.bias", state.moments[1]);
  expect_bias("best.layers.1.bias", state.best_parameters);
}

TEST(CheckpointFile, SavingRefusesWhatDoesNotFitTogether) {
  const TemporaryFolder folder;
  const auto save = [&](const std::function<void(Checkpoint&)>& change) {
    Checkpoint checkpoint = sample_checkpoint();
    change(checkpoint);
    save_checkpoint(checkpoint, folder / "c");
  };
  const auto other = sample_parameters(MultilayerPerceptron{{{.fan_in = 3, .fan_out = 2}}}, 1);
  EXPECT_THROW(save([&](Checkpoint& c) { c.state.parameters = other; }), std::invalid_argument);
  EXPECT_THROW(save([&](Checkpoint& c) { c.state.moments[1] = other; }), std::invalid_argument);
  EXPECT_THROW(save([&](Checkpoint& c) { c.state.best_parameters = other; }), std::invalid_argument);
  EXPECT_THROW(save([](Checkpoint& c) { c.state.parameters.values()[3] = std::nanf(""); }),
               std::invalid_argument);
  EXPECT_EQ(testing_support::entries(folder.path()), 0u);
}

TEST(CheckpointFile, AFailedSaveKeepsTheEarlierCheckpoint) {
  const TemporaryFolder folder;
  save_checkpoint(sample_checkpoint(), folder / "c");
  Checkpoint broken = sample_checkpoint();
  broken.fingerprint = "\xff";
  EXPECT_THROW(save_checkpoint(broken, folder / "c"), FileError);
  expect_same(load_checkpoint(folder / "c"), sample_checkpoint());
  EXPECT_EQ(testing_support::entries(folder.path()), 1u);
}

TEST(CheckpointFile, IsNoModelNorTheOtherWayRound) {
  const TemporaryFolder folder;
  save_checkpoint(sample_checkpoint(), folder / "c");
  save_model(testing_support::sample_classifier(), folder / "m");
  EXPECT_EQ(error_of([&] { load_model(folder / "c"); }),
            (folder / "c").string() +
                ": expected an mlp model, found 'mlp checkpoint' | name the run's folder, or the "
                "model.safetensors beside the checkpoint");
  EXPECT_EQ(error_of([&] { load_checkpoint(folder / "m"); }),
            (folder / "m").string() + ": expected an mlp checkpoint, found 'mlp model' | ");
}

TEST(CheckpointFile, NamesWhatIsWrong) {
  const std::string bytes = bytes_of(sample_checkpoint());
  const auto error = [&](const std::string& pointer, const json& value) {
    return load_error(
        edited(bytes, [&](json& document, json&) { document[json::json_pointer(pointer)] = value; }));
  };
  EXPECT_EQ(error("/moments", 3), "tensor 'moments.2.layers.0.weight' [6, 5] is missing | ");
  EXPECT_EQ(error("/moments", 1), "tensor 'moments.1.layers.0.bias' belongs to no layer | ");
  EXPECT_EQ(error("/moments", 1'000'000'000),
            "metadata 'mlp': moments: expected a whole number from 0 to 16, found 1000000000 | ");
  EXPECT_EQ(error("/has_best", false), "tensor 'best.layers.0.bias' belongs to no layer | ");
  EXPECT_EQ(error("/has_best", 1), "metadata 'mlp': has_best: expected true or false, found 1 | ");
  EXPECT_EQ(error("/step", -1),
            "metadata 'mlp': step: expected a whole number from 0 to 18446744073709551615, found -1 | ");
  EXPECT_EQ(error("/history/1/train_loss", "low"),
            "metadata 'mlp': history[1].train_loss: expected a number, found \"low\" | ");
  EXPECT_EQ(error("/version", 7).find("mlp checkpoint version 7, written by 'mlp "), 0u);
  EXPECT_EQ(error("/layers/0/fan_out", 9),
            "metadata 'mlp': layers: layer 2: fan_in 5 is not fan_out 9 of layer 1 | ");
  EXPECT_EQ(error("/fingerprint", nullptr), "metadata 'mlp': fingerprint: expected a text, found null | ");
}

TEST(CheckpointFile, EveryMemberIsNeeded) {
  const std::string bytes = bytes_of(sample_checkpoint());
  const auto document =
      json::parse(read_plainly(bytes).header.at("__metadata__").at("mlp").get<std::string>());
  for (const auto& member : document.items()) {
    if (member.key() == "written_by") continue;  // read only to explain a newer version
    EXPECT_EQ(load_error(edited(bytes, [&](json& edit, json&) { edit.erase(member.key()); })),
              "metadata 'mlp': " + member.key() + " is missing | ");
  }
}

TEST(CheckpointFile, AFileOfVersion1IsReadable) {
  expect_same(
      load_checkpoint(std::filesystem::path(MLP_SOURCE_DIR) / "tests/files/version_1/checkpoint.safetensors"),
      sample_checkpoint());
}

TEST(CheckpointFile, TheOneBeforeIsKept) {
  const TemporaryFolder folder;
  const auto path = folder / "c.safetensors", previous = folder / "c.previous.safetensors";
  Checkpoint checkpoint = sample_checkpoint();
  std::vector<std::string> saved;
  for (checkpoint.state.epoch_loss = 0; checkpoint.state.epoch_loss < 3; ++checkpoint.state.epoch_loss) {
    save_checkpoint_keeping_previous(checkpoint, path);
    saved.push_back(read_bytes(path));
    EXPECT_EQ(std::filesystem::exists(previous), saved.size() > 1);
    if (saved.size() > 1) {
      EXPECT_EQ(read_bytes(previous), saved[saved.size() - 2]);
    }
  }
  EXPECT_EQ(testing_support::entries(folder.path()), 2u);
}

TEST(CheckpointFile, TheNewestWholeOneIsLoaded) {
  const TemporaryFolder folder;
  const auto path = folder / "c.safetensors", previous = folder / "c.previous.safetensors";
  Checkpoint checkpoint = sample_checkpoint();
  for (checkpoint.state.epoch_loss = 1; checkpoint.state.epoch_loss < 3; ++checkpoint.state.epoch_loss) {
    save_checkpoint_keeping_previous(checkpoint, path);
  }
  const std::string whole = read_bytes(path), before = read_bytes(previous);
  const auto expect_newest = [&](double mark, const std::filesystem::path& from, const std::string& problem) {
    const auto newest = load_newest_checkpoint(path);
    EXPECT_EQ(newest.checkpoint.state.epoch_loss, mark);
    EXPECT_EQ(newest.path, from);
    EXPECT_EQ(newest.problem.find(problem), problem.empty() ? newest.problem.size() : 0u) << newest.problem;
  };
  expect_newest(2, path, "");
  write_bytes(previous, "damaged");
  expect_newest(2, path, "");
  std::filesystem::remove(previous);
  expect_newest(2, path, "");

  write_bytes(previous, before);
  std::string flipped = whole;
  flipped.back() ^= 64;
  write_bytes(path, flipped);
  expect_newest(1, previous, path.string() + ": expected the CRC-32 ");
  write_bytes(path, whole.substr(0, whole.size() - 1));
  expect_newest(1, previous, path.string() + ": expected ");
  std::filesystem::remove(path);
  expect_newest(1, previous, path.string() + ": cannot read: No such file");

  write_bytes(path, "damaged");
  write_bytes(previous, before.substr(0, 99));
  const std::string error = error_of([&] { load_newest_checkpoint(path); });
  EXPECT_EQ(error.find(path.string() + ": expected a safetensors file of at least 8 bytes, found 7"), 0u)
      << error;
  EXPECT_NE(error.find("the one before is no better: " + previous.string()), std::string::npos) << error;
  std::filesystem::remove(previous);
  EXPECT_EQ(error_of([&] { load_newest_checkpoint(path); }), error_of([&] { load_checkpoint(path); }));
}

TEST(CheckpointFile, EveryTruncationIsRefused) {
  testing_support::expect_every_truncation_refused(bytes_of(sample_checkpoint()), load_checkpoint);
}

TEST(CheckpointFile, ByteFlipsDoNoHarm) {
  testing_support::expect_byte_flips_harmless(bytes_of(sample_checkpoint()), 5000, load_checkpoint);
}

}  // namespace
}  // namespace mlp
