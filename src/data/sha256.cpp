// In FIPS 180-4's names: a message is padded to blocks M of 64 bytes (5.1.1), and each is mixed into the hash
// H in 64 rounds (6.2.2) with the constants K, the first 32 bits of the fractions of the first 64 primes'
// cube roots; H starts as those of the first 8 primes' square roots.
#include "data/sha256.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <vector>

namespace mlp {

namespace {

constexpr std::size_t kBlockBytes = 64, kLengthBytes = 8;

constexpr std::array<std::uint32_t, 64> kK = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using Hash = std::array<std::uint32_t, 8>;
constexpr Hash kStart = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

std::uint32_t rotations(std::uint32_t x, int r, int s, int t) {
  return std::rotr(x, r) ^ std::rotr(x, s) ^ std::rotr(x, t);
}

void mix(Hash& H, std::span<const std::uint8_t, kBlockBytes> M) {
  std::array<std::uint32_t, 64> W;
  for (std::size_t t = 0; t < 16; ++t) {
    W[t] = std::uint32_t{M[4 * t]} << 24 | std::uint32_t{M[4 * t + 1]} << 16 |
           std::uint32_t{M[4 * t + 2]} << 8 | std::uint32_t{M[4 * t + 3]};
  }
  for (std::size_t t = 16; t < 64; ++t) {
    const std::uint32_t sigma0 = std::rotr(W[t - 15], 7) ^ std::rotr(W[t - 15], 18) ^ (W[t - 15] >> 3);
    const std::uint32_t sigma1 = std::rotr(W[t - 2], 17) ^ std::rotr(W[t - 2], 19) ^ (W[t - 2] >> 10);
    W[t] = sigma1 + W[t - 7] + sigma0 + W[t - 16];
  }
  auto [a, b, c, d, e, f, g, h] = H;
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t T1 = h + rotations(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + kK[t] + W[t];
    const std::uint32_t T2 = rotations(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + T1;
    d = c;
    c = b;
    b = a;
    a = T1 + T2;
  }
  const Hash mixed = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < H.size(); ++i) H[i] += mixed[i];
}

/// Of whole blocks; returns how many bytes these are.
std::size_t mix_blocks(Hash& H, std::span<const std::uint8_t> bytes) {
  std::size_t done = 0;
  for (; bytes.size() - done >= kBlockBytes; done += kBlockBytes)
    mix(H, bytes.subspan(done).first<kBlockBytes>());
  return done;
}

std::string in_hexadecimal(const Hash& H) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint32_t word : H) {
    for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[word >> shift & 15];
  }
  return text;
}

}  // namespace

std::string sha256_of(ByteReader& reader) {
  Hash H = kStart;
  std::uint64_t length = 0;
  std::vector<std::uint8_t> chunk(std::size_t{1} << 16);
  std::size_t left = 0;  // bytes at the chunk's front that are no whole block yet
  while (const std::size_t count = reader.read(std::span(chunk).subspan(left))) {
    length += count;
    const std::size_t there = left + count;
    const std::size_t done = mix_blocks(H, std::span(chunk).first(there));
    left = there - done;
    std::copy_n(chunk.begin() + static_cast<std::ptrdiff_t>(done), left, chunk.begin());
  }
  // The padding: a 1 bit, zeros, and the length in bits, to whole blocks.
  chunk.resize(left);
  chunk.push_back(0x80);
  while (chunk.size() % kBlockBytes != kBlockBytes - kLengthBytes) chunk.push_back(0);
  for (int shift = 56; shift >= 0; shift -= 8)
    chunk.push_back(static_cast<std::uint8_t>(length * 8 >> shift));
  mix_blocks(H, chunk);
  return in_hexadecimal(H);
}

}  // namespace mlp
