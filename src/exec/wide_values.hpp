// Numbers of any type as one of two wide ones: integers and DECIMALs as 128 bits, FLOAT and DOUBLE
// as a double. What is written for these two serves every type, so N readers and M writers stand
// where N × M loops would: that is most of a module that is fetched over a network. A value costs
// some nanoseconds more than in a loop of its own; pairs that queries live on keep theirs.
//
// Functions over borrowed memory, any thread.
#pragma once

#include <cstddef>
#include <span>

#include "base/int128.hpp"
#include "columnar/column.hpp"
#include "columnar/compare.hpp"

namespace whittle {

/// `whole` keeps the bits of a UHUGEINT: values from 2^127 on look negative.
union WideValue {
  int128_t whole;
  double real;
};

/// Rows that callers widen at a time: two arrays of them stay in the first cache.
inline constexpr uint32_t wide_rows = 128;

inline bool is_real(PhysicalType physical) {
  return physical == PhysicalType::Float || physical == PhysicalType::Double;
}

/// The order of two values of one type. The top bit of a UHUGEINT is no sign: flipping it turns
/// their order into that of signed numbers.
struct WideOrder {
  explicit WideOrder(PhysicalType physical)
      : real(is_real(physical)),
        flip(physical == PhysicalType::UInt128 ? static_cast<int128_t>(uint128_t{1} << 127) : 0) {}
  int operator()(const WideValue& a, const WideValue& b) const {
    return real ? compare_values(a.real, b.real) : compare_values(a.whole ^ flip, b.whole ^ flip);
  }
  bool real;
  int128_t flip;
};

/// out[i] = values[at[i]], for numeric types.
void read_wide(const std::byte* values, PhysicalType physical, std::span<const uint32_t> at,
               WideValue* out);
/// values[rows[i]] = in[i], cut to the type's width: the caller has checked the range.
void write_wide(std::byte* values, PhysicalType physical, std::span<const uint32_t> rows,
                const WideValue* in);

/// Borrowed: takes the value of the row at `position` of a selection.
struct WideVisitor {
  template <class F>
  WideVisitor(const F& f)  // NOLINT(google-explicit-constructor)
      : object(&f), call([](const void* object, uint32_t position, const WideValue& value) {
          return (*static_cast<const F*>(object))(position, value);
        }) {}
  const void* object;
  Status (*call)(const void* object, uint32_t position, const WideValue& value);
};
/// The numbers of the selected rows that are not NULL.
Status visit_wide(const Column& column, const Selection& rows, const WideVisitor& visit);

/// What an integer type holds, UHUGEINT up to the largest that `whole` shows as positive.
struct WholeRange {
  int128_t low, high;
  bool holds(int128_t value) const { return value >= low && value <= high; }
};
WholeRange whole_range(PhysicalType physical);

}  // namespace whittle
