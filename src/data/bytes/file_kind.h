// Guesses from its first bytes what a file is that is not the one expected.
#pragma once

#include <string>

#include "data/bytes/byte_reader.h"

namespace mlp {

/// "a single PNG image", "JSON", ...; empty where unknown. Takes no byte from the reader, and waits for none
/// after one that differs.
std::string kind_of_file(ByteReader& reader);

}  // namespace mlp
