#include "exec/functions/digest.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace whittle {

namespace {

uint32_t load(const uint8_t* at, bool big_endian) {
  uint32_t word;
  std::memcpy(&word, at, 4);
  return big_endian ? __builtin_bswap32(word) : word;
}

// All three read 64-byte blocks, the last one padded with 0x80, zeros and the length in bits.
template <class Compress>
void for_each_block(std::string_view data, bool big_endian, Compress&& compress) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(data.data());
  size_t left = data.size();
  for (; left >= 64; bytes += 64, left -= 64) compress(bytes);
  uint8_t tail[128] = {};
  if (left > 0) std::memcpy(tail, bytes, left);
  tail[left] = 0x80;
  const size_t size = left < 56 ? 64 : 128;
  const uint64_t bits = uint64_t{data.size()} * 8;
  for (size_t i = 0; i < 8; ++i) {
    tail[size - 8 + i] = static_cast<uint8_t>(bits >> (big_endian ? 56 - 8 * i : 8 * i));
  }
  for (size_t at = 0; at < size; at += 64) compress(tail + at);
}

template <size_t bytes>
std::array<uint8_t, bytes> store(const uint32_t* state, bool big_endian) {
  std::array<uint8_t, bytes> result;
  for (size_t i = 0; i < bytes; ++i) {
    const size_t shift = big_endian ? 24 - 8 * (i % 4) : 8 * (i % 4);
    result[i] = static_cast<uint8_t>(state[i / 4] >> shift);
  }
  return result;
}

// RFC 1321: floor(2^32 * |sin(i + 1)|).
const uint32_t* md5_sines() {
  static const std::array<uint32_t, 64> sines = [] {
    std::array<uint32_t, 64> values;
    for (size_t i = 0; i < 64; ++i) {
      values[i] =
          static_cast<uint32_t>(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0);
    }
    return values;
  }();
  return sines.data();
}

// FIPS 180-4, 4.2.2.
constexpr uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

}  // namespace

std::array<uint8_t, 16> md5(std::string_view data) {
  static constexpr int shifts[4][4] = {
      {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  const uint32_t* sines = md5_sines();
  uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for_each_block(data, false, [&](const uint8_t* block) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (uint32_t i = 0; i < 64; ++i) {
      uint32_t mixed, word;
      if (i < 16) {
        mixed = (b & c) | (~b & d), word = i;
      } else if (i < 32) {
        mixed = (d & b) | (~d & c), word = (5 * i + 1) % 16;
      } else if (i < 48) {
        mixed = b ^ c ^ d, word = (3 * i + 5) % 16;
      } else {
        mixed = c ^ (b | ~d), word = 7 * i % 16;
      }
      const uint32_t sum = a + mixed + sines[i] + load(block + 4 * word, false);
      a = d, d = c, c = b;
      b += std::rotl(sum, shifts[i / 16][i % 4]);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  });
  return store<16>(state, false);
}

std::array<uint8_t, 20> sha1(std::string_view data) {
  uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for_each_block(data, true, [&](const uint8_t* block) {
    uint32_t words[80];
    for (size_t i = 0; i < 16; ++i) words[i] = load(block + 4 * i, true);
    for (size_t i = 16; i < 80; ++i) {
      words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (size_t i = 0; i < 80; ++i) {
      uint32_t mixed, constant;
      if (i < 20) {
        mixed = (b & c) | (~b & d), constant = 0x5a827999;
      } else if (i < 40) {
        mixed = b ^ c ^ d, constant = 0x6ed9eba1;
      } else if (i < 60) {
        mixed = (b & c) | (b & d) | (c & d), constant = 0x8f1bbcdc;
      } else {
        mixed = b ^ c ^ d, constant = 0xca62c1d6;
      }
      const uint32_t sum = std::rotl(a, 5) + mixed + e + constant + words[i];
      e = d, d = c, c = std::rotl(b, 30), b = a, a = sum;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
  });
  return store<20>(state, true);
}

std::array<uint8_t, 32> sha256(std::string_view data) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for_each_block(data, true, [&](const uint8_t* block) {
    uint32_t words[64];
    for (size_t i = 0; i < 16; ++i) words[i] = load(block + 4 * i, true);
    for (size_t i = 16; i < 64; ++i) {
      const uint32_t x = words[i - 15], y = words[i - 2];
      words[i] = words[i - 16] + (std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3)) + words[i - 7] +
                 (std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10));
    }
    uint32_t v[8];
    std::memcpy(v, state, sizeof(v));
    for (size_t i = 0; i < 64; ++i) {
      const uint32_t s1 = std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25);
      const uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
      const uint32_t first = v[7] + s1 + choice + sha256_constants[i] + words[i];
      const uint32_t s0 = std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22);
      const uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
      for (size_t k = 7; k > 0; --k) v[k] = v[k - 1];
      v[4] += first;
      v[0] = first + s0 + majority;
    }
    for (size_t i = 0; i < 8; ++i) state[i] += v[i];
  });
  return store<32>(state, true);
}

}  // namespace whittle
