// MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4) of whole strings. Pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace whittle {

std::array<uint8_t, 16> md5(std::string_view data);
std::array<uint8_t, 20> sha1(std::string_view data);
std::array<uint8_t, 32> sha256(std::string_view data);

}  // namespace whittle
