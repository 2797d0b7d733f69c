// Integers, floats and BOOLEAN among themselves. Floats round half to even, as DuckDB does; what
// does not fit is out of range.
#include <cmath>
#include <limits>

#include "columnar/physical_dispatch.hpp"
#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

template <class T>
constexpr bool is_signed = static_cast<T>(-1) < T{0};

// 2^bits as a double: the first value that is too large for the type.
template <class T>
double upper_bound() {
  return std::ldexp(1.0, static_cast<int>(sizeof(T)) * 8 - (is_signed<T> ? 1 : 0));
}

template <class In, class Out>
bool number_to_number(In in, Out* out) {
  if constexpr (std::is_floating_point_v<In> && std::is_floating_point_v<Out>) {
    *out = static_cast<Out>(in);
    return std::isfinite(*out) || !std::isfinite(in);
  } else if constexpr (std::is_floating_point_v<Out>) {
    *out = static_cast<Out>(in);
    return true;
  } else if constexpr (std::is_floating_point_v<In>) {
    const double rounded = std::nearbyint(static_cast<double>(in));
    const double low = is_signed<Out> ? -upper_bound<Out>() : 0.0;
    if (!(rounded >= low && rounded < upper_bound<Out>())) return false;
    *out = static_cast<Out>(rounded);
    return true;
  } else {
    *out = static_cast<Out>(in);
    return static_cast<In>(*out) == in && ((*out < Out{0}) == (in < In{0}));
  }
}

// Widening never fails: take the loop without tests.
template <class In, class Out>
constexpr bool always_fits() {
  if constexpr (std::is_floating_point_v<Out>)
    return !(std::is_floating_point_v<In> && sizeof(In) > sizeof(Out));
  if constexpr (std::is_floating_point_v<In>) return false;
  if constexpr (is_signed<In> == is_signed<Out>) return sizeof(Out) >= sizeof(In);
  return is_signed<Out> && sizeof(Out) > sizeof(In);
}

bool is_plain_number(const Type& type) {
  return type.is_integer() || type.is_floating() || type.id() == TypeId::Boolean;
}

}  // namespace

CastResult cast_number(const CastInput& input) {
  const Type& from = input.column.type();
  if (!is_plain_number(from) || !is_plain_number(input.target)) return std::nullopt;
  const auto explain = [&](uint32_t row) { return out_of_range(input.column, row, input.target); };
  const bool to_boolean = input.target.id() == TypeId::Boolean;
  return dispatch_numeric<Result<Column>>(
      from.physical(), fail(ErrorCode::Internal, "cast from a non-number"),
      [&]<class In>(TypeTag<In>) -> Result<Column> {
        if (to_boolean) return convert_all<In, uint8_t>(input, [](In in) { return in != In{0}; });
        return dispatch_numeric<Result<Column>>(
            input.target.physical(), fail(ErrorCode::Internal, "cast to a non-number"),
            [&]<class Out>(TypeTag<Out>) -> Result<Column> {
              if constexpr (always_fits<In, Out>()) {
                return convert_all<In, Out>(input, [](In in) { return static_cast<Out>(in); });
              } else {
                return convert<In, Out>(input, number_to_number<In, Out>, explain);
              }
            });
      });
}

}  // namespace whittle::casts
