// XXH64 with seed 0: the hash of Parquet's bloom filters (xxHash specification 0.1.1, "XXH64
// algorithm").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace whittle::parquet {

uint64_t xxh64(std::span<const std::byte> bytes);

}  // namespace whittle::parquet
