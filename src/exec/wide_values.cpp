#include "exec/wide_values.hpp"

#include "columnar/physical_dispatch.hpp"

namespace whittle {

void read_wide(const std::byte* values, PhysicalType physical, std::span<const uint32_t> at,
               WideValue* out) {
  dispatch_numeric<bool>(physical, false, [&]<class T>(TypeTag<T>) {
    const T* in = reinterpret_cast<const T*>(values);
    for (const uint32_t i : at) {
      if constexpr (std::is_floating_point_v<T>) {
        (out++)->real = in[i];
      } else {
        (out++)->whole = static_cast<int128_t>(in[i]);
      }
    }
    return true;
  });
}

void write_wide(std::byte* values, PhysicalType physical, std::span<const uint32_t> rows,
                const WideValue* in) {
  dispatch_numeric<bool>(physical, false, [&]<class T>(TypeTag<T>) {
    T* out = reinterpret_cast<T*>(values);
    for (const uint32_t row : rows) {
      if constexpr (std::is_floating_point_v<T>) {
        out[row] = static_cast<T>((in++)->real);
      } else {
        out[row] = static_cast<T>((in++)->whole);
      }
    }
    return true;
  });
}

Status visit_wide(const Column& column, const Selection& rows, const WideVisitor& visit) {
  const ColumnView view(column);
  WideValue values[wide_rows];
  uint32_t at[wide_rows], positions[wide_rows];
  for (uint32_t next = 0; next < rows.count;) {
    uint32_t filled = 0;
    for (; filled < wide_rows && next < rows.count; ++next) {
      if (!view.valid(rows[next])) continue;
      at[filled] = view.at(rows[next]);
      positions[filled++] = next;
    }
    read_wide(view.values, column.type().physical(), {at, filled}, values);
    for (uint32_t i = 0; i < filled; ++i) {
      TRY(visit.call(visit.object, positions[i], values[i]));
    }
  }
  return {};
}

WholeRange whole_range(PhysicalType physical) {
  return dispatch_numeric<WholeRange>(physical, {0, 0}, []<class T>(TypeTag<T>) -> WholeRange {
    if constexpr (std::is_floating_point_v<T>) {
      return {0, 0};
    } else {
      constexpr bool is_signed = static_cast<T>(-1) < T{0};
      constexpr int bits = static_cast<int>(sizeof(T)) * 8 - (is_signed || sizeof(T) == 16);
      constexpr int128_t high = static_cast<int128_t>(~uint128_t{0} >> (128 - bits));
      return {is_signed ? -high - 1 : 0, high};
    }
  });
}

}  // namespace whittle
