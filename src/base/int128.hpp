// 128-bit integers (HUGEINT, DECIMAL above 18 digits). The compiler provides them on every target.
#pragma once

namespace whittle {
using int128_t = __int128;
using uint128_t = unsigned __int128;
}  // namespace whittle
