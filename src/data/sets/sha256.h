// SHA-256 (FIPS 180-4), computed by OpenSSL.
#pragma once

#include <string>

#include "data/bytes/byte_reader.h"

namespace mlp {

/// The sum of all (inflated) bytes still to come, in lower-case hexadecimal.
std::string sha256_of(ByteReader& reader);

}  // namespace mlp
