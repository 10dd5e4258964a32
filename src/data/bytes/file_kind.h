// What a file is that is not what was expected, by its first bytes.
#pragma once

#include <string>

#include "data/bytes/byte_reader.h"

namespace mlp {

/// "a single PNG image", "JSON", ...; empty where unknown. Takes no byte, and waits for none after one that
/// differs.
std::string kind_of_file(ByteReader& reader);

}  // namespace mlp
