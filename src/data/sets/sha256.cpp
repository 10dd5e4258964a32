#include "data/sets/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <new>
#include <vector>

namespace mlp {

std::string sha256_of(ByteReader& reader) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (context == nullptr || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
  std::vector<std::uint8_t> chunk(std::size_t{1} << 16);
  while (const std::size_t count = reader.read(chunk)) EVP_DigestUpdate(context.get(), chunk.data(), count);
  std::array<unsigned char, 32> digest{};
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace mlp
