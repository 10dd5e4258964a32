// What model files and checkpoints have in common: a network in JSON, parameters as tensors, and the envelope
// {"format", "version", "written_by"} around everything that is no tensor.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "files/json.h"
#include "files/safetensors.h"
#include "mlp/error.h"
#include "mlp/parameters.h"

namespace mlp {

/// The metadata key that holds the JSON document of a file of ours.
inline constexpr const char* kDocumentKey = "mlp";

/// The start of such a document; the caller adds its members.
nlohmann::json new_document(const std::string& format, std::uint64_t version);

/// Calls `take` with the bytes of a file called `name`. Throws as make_safetensors() does, and
/// std::invalid_argument when a parameter is not finite, which no reader would accept.
void make_document(const std::string& name, const nlohmann::json& document,
                   std::span<const TensorView> tensors, const TakePieces& take);

/// The document of `file`. Throws FileError unless its format is `format` and its version at most `version`.
nlohmann::json read_document(const SafetensorsFile& file, const std::string& format, std::uint64_t version);

/// Throws FileError unless the document and the data are those that were written: the metadata hold their
/// CRC-32, from version 2 of both formats on.
void check_checksum(const nlohmann::json& document, const SafetensorsFile& file);

/// A field of `document`, for messages that name `file`.
JsonField root_of(const nlohmann::json& document, const SafetensorsFile& file);

/// What `parse` makes of a text; its UsageError becomes a FileError that names the field.
template <class Parse>
auto parse_text(const JsonField& field, Parse parse) {
  try {
    return parse(field.text());
  } catch (const UsageError& error) {
    field.fail(error.what(), error.hint());
  }
}

/// [{"fan_in", "fan_out", "activation", "dropout", "initializer"}, ...]
nlohmann::json network_to_json(const MultilayerPerceptron& network);
MultilayerPerceptron network_from_json(const JsonField& layers);

/// Adds `prefix`layers.N.weight [fan_in, fan_out] and `prefix`layers.N.bias [fan_out] of every layer.
void append_tensors(const Parameters& parameters, const std::string& prefix,
                    std::vector<TensorView>& tensors);

/// The name and shape of a tensor that a file must hold.
struct ExpectedTensor {
  std::string name;
  std::vector<std::uint64_t> shape;
};
void append_expected(const MultilayerPerceptron& network, const std::string& prefix,
                     std::vector<ExpectedTensor>& expected);

/// Throws FileError naming the first difference unless `file` holds exactly these, all F32. Afterwards the
/// file is known to have as many bytes as memory for them takes.
void check_tensors(const SafetensorsFile& file, const std::vector<ExpectedTensor>& expected);

/// The values of a tensor that check_tensors() has seen. Throws FileError unless all are finite.
void read_finite(const SafetensorsFile& file, const std::string& name, std::span<float> values);
Parameters read_parameters(const SafetensorsFile& file, const std::string& prefix,
                           const MultilayerPerceptron& network);

}  // namespace mlp
