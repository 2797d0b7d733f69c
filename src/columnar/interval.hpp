// Order of INTERVAL values: as DuckDB, microseconds carry into days of 24 hours and days into
// months of 30 days, and the three parts are compared from months down.
#pragma once

#include <compare>

#include "columnar/type.hpp"

namespace whittle {

inline constexpr int64_t microseconds_per_day = 86'400'000'000;

struct NormalizedInterval {
  int64_t months, days, microseconds;
  auto operator<=>(const NormalizedInterval&) const = default;
};

inline NormalizedInterval normalize(const IntervalValue& interval) {
  const int64_t days = interval.days + interval.microseconds / microseconds_per_day;
  return {interval.months + days / 30, days % 30, interval.microseconds % microseconds_per_day};
}

inline int compare(const IntervalValue& a, const IntervalValue& b) {
  const auto order = normalize(a) <=> normalize(b);
  return order < 0 ? -1 : order > 0;
}

}  // namespace whittle
