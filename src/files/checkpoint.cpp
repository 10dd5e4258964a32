// A training state as one safetensors file (see docs/formats.md): parameters, moments and best parameters as
// tensors, counters, history and fingerprint as one JSON document in the metadata.
#include "mlp/checkpoint.h"

#include <nlohmann/json.hpp>

#include "files/network_file.h"
#include "mlp/atomic_file.h"

namespace mlp {
namespace {

using nlohmann::json;

const char* const kFormat = "mlp checkpoint";
constexpr std::uint64_t kVersion = 2;      ///< 2: with a checksum
constexpr std::uint64_t kMaxMoments = 16;  ///< far more than any optimizer keeps
const char* const kBest = "best.";

std::string moment_prefix(std::size_t index) { return "moments." + std::to_string(index) + "."; }

json epoch_to_json(const EpochRecord& record) {
  return {{"epoch", record.epoch},
          {"train_loss", number_to_json(record.train_loss)},
          {"validation_loss", number_to_json(record.validation_loss)},
          {"validation_metric", number_to_json(record.validation_metric)},
          {"learning_rate", number_to_json(record.learning_rate)},
          {"seconds", number_to_json(record.seconds)},
          {"samples_per_second", number_to_json(record.samples_per_second)}};
}

EpochRecord epoch_from_json(const JsonField& field) {
  return {.epoch = field["epoch"].count(),
          .train_loss = field["train_loss"].number(),
          .validation_loss = field["validation_loss"].number(),
          .validation_metric = field["validation_metric"].number(),
          .learning_rate = field["learning_rate"].number(),
          .seconds = field["seconds"].number(),
          .samples_per_second = field["samples_per_second"].number()};
}

void save(const Checkpoint& checkpoint, const std::filesystem::path& path, Previous previous,
          const FileLayer& files) {
  const TrainingState& state = checkpoint.state;
  const ParameterLayout layout(checkpoint.network);
  const bool has_best = state.best_parameters.layer_count() != 0;
  const auto fits = [&](const Parameters& parameters) { return parameters.layout() == layout; };
  require(fits(state.parameters) && (!has_best || fits(state.best_parameters)),
          "save_checkpoint: the parameters are not those of the network");
  require(state.moments.size() <= kMaxMoments, "save_checkpoint: more moments than any optimizer keeps");

  std::vector<TensorView> tensors;
  append_tensors(state.parameters, "", tensors);
  for (std::size_t i = 0; i < state.moments.size(); ++i) {
    require(fits(state.moments[i]), "save_checkpoint: the moments are not those of the network");
    append_tensors(state.moments[i], moment_prefix(i), tensors);
  }
  append_tensors(state.best_parameters, kBest, tensors);

  json document = new_document(kFormat, kVersion);
  document["layers"] = network_to_json(checkpoint.network);
  document["fingerprint"] = checkpoint.fingerprint;
  document["moments"] = state.moments.size();
  document["has_best"] = has_best;
  document["best_epoch"] = state.best_epoch;
  document["step"] = state.step;
  document["epoch"] = state.epoch;
  document["batch"] = state.batch;
  document["epoch_loss"] = number_to_json(state.epoch_loss);
  document["epoch_seconds"] = number_to_json(state.epoch_seconds);
  document["history"] = json::array();
  for (const auto& record : state.history) document["history"].push_back(epoch_to_json(record));
  make_document(path.string(), document, tensors, to_file(path, previous, files));
}

}  // namespace

void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path,
                     const FileLayer& files) {
  save(checkpoint, path, Previous::kReplace, files);
}

void save_checkpoint_keeping_previous(const Checkpoint& checkpoint, const std::filesystem::path& path,
                                      const FileLayer& files) {
  save(checkpoint, path, Previous::kKeep, files);
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  const json document = read_document(file, kFormat, kVersion);
  const JsonField root = root_of(document, file);
  Checkpoint checkpoint{
      .network = network_from_json(root["layers"]), .state = {}, .fingerprint = root["fingerprint"].text()};
  const auto& network = checkpoint.network;
  const auto moments = root["moments"].count(kMaxMoments);
  const bool has_best = root["has_best"].boolean();

  // Memory is taken only after all sizes have been compared with the bytes that the file has.
  std::vector<ExpectedTensor> expected;
  append_expected(network, "", expected);
  for (std::size_t i = 0; i < moments; ++i) append_expected(network, moment_prefix(i), expected);
  if (has_best) append_expected(network, kBest, expected);
  check_tensors(file, expected);

  TrainingState& state = checkpoint.state;
  state.parameters = read_parameters(file, "", network);
  for (std::size_t i = 0; i < moments; ++i) {
    state.moments.push_back(read_parameters(file, moment_prefix(i), network));
  }
  if (has_best) state.best_parameters = read_parameters(file, kBest, network);
  state.best_epoch = root["best_epoch"].count();
  state.step = root["step"].count();
  state.epoch = root["epoch"].count();
  state.batch = root["batch"].count();
  state.epoch_loss = root["epoch_loss"].number();
  state.epoch_seconds = root["epoch_seconds"].number();
  for (const auto& record : root["history"].items()) state.history.push_back(epoch_from_json(record));
  check_checksum(document, file);
  return checkpoint;
}

NewestCheckpoint load_newest_checkpoint(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto previous = previous_version(path);
  try {
    return {.checkpoint = load_checkpoint(path), .path = path, .problem = {}};
  } catch (const FileError& error) {
    if (!std::filesystem::exists(previous, ignored)) throw;
    try {
      return {.checkpoint = load_checkpoint(previous), .path = previous, .problem = error.what()};
    } catch (const FileError& also) {
      throw FileError(error.what(), "the one before is no better: " + std::string(also.what()));
    }
  }
}

}  // namespace mlp
