// DECIMAL from and to every number. Rescaling down rounds half away from zero; integers go through
// 128 bits, which hold every DECIMAL.
#include <cmath>

#include "columnar/numbers.hpp"
#include "columnar/physical_dispatch.hpp"
#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

int128_t scale_factor(int exponent) {
  return static_cast<int128_t>(power_of_ten(exponent));
}

int128_t divide_rounding(int128_t value, int128_t divisor) {
  const int128_t half = divisor / 2;
  return (value >= 0 ? value + half : value - half) / divisor;
}

// Unscaled value from one scale to another; false when it leaves ±bound.
bool rescale(int128_t value, int up, int128_t factor, int128_t bound, int128_t* out) {
  if (up >= 0) {
    if (__builtin_mul_overflow(value, factor, out)) return false;
  } else {
    *out = divide_rounding(value, factor);
  }
  return *out < bound && *out > -bound;
}

template <class T>
constexpr bool is_decimal_storage = std::is_same_v<T, int16_t> || std::is_same_v<T, int32_t> ||
                                    std::is_same_v<T, int64_t> || std::is_same_v<T, int128_t>;

// Calls f with the storage type of a DECIMAL.
template <class F>
Result<Column> on_decimal(const Type& type, F&& f) {
  return dispatch_numeric<Result<Column>>(type.physical(),
                                          fail(ErrorCode::Internal, "decimal storage"),
                                          [&]<class T>(TypeTag<T>) -> Result<Column> {
                                            if constexpr (is_decimal_storage<T>) {
                                              return f(TypeTag<T>{});
                                            } else {
                                              return fail(ErrorCode::Internal, "decimal storage");
                                            }
                                          });
}

Error does_not_fit(const CastInput& input, uint32_t row) {
  const std::string value = Value::from_column(input.column, row).to_string();
  const std::string target = input.target.to_string();
  if (input.column.type().id() == TypeId::Decimal) {
    return Error(ErrorCode::Conversion, "Casting value \"" + value + "\" to type " + target +
                                            " failed: value is out of range!");
  }
  return Error(ErrorCode::Conversion, "Could not cast value " + value + " to " + target);
}

Result<Column> number_to_decimal(const CastInput& input) {
  const int scale = input.target.decimal_scale();
  const int128_t bound = scale_factor(input.target.decimal_width());
  const int128_t factor = scale_factor(scale);
  const double real_factor = std::pow(10.0, scale);
  const double real_bound = std::pow(10.0, input.target.decimal_width());
  const auto explain = [&](uint32_t row) { return does_not_fit(input, row); };
  return on_decimal(input.target, [&]<class Out>(TypeTag<Out>) {
    return dispatch_numeric<Result<Column>>(
        input.column.type().physical(), fail(ErrorCode::Internal, "cast from a non-number"),
        [&]<class In>(TypeTag<In>) -> Result<Column> {
          return convert<In, Out>(
              input,
              [&](In in, Out* out) {
                if constexpr (std::is_floating_point_v<In>) {
                  // In the source's own precision, as DuckDB.
                  const double scaled = std::round(
                      static_cast<double>(static_cast<In>(in * static_cast<In>(real_factor))));
                  if (!(scaled < real_bound && scaled > -real_bound)) return false;
                  *out = static_cast<Out>(scaled);
                  return true;
                } else {
                  if constexpr (std::is_same_v<In, uint128_t>) {
                    if (in >> 127) return false;
                  }
                  int128_t value;
                  if (!rescale(static_cast<int128_t>(in), scale, factor, bound, &value))
                    return false;
                  *out = static_cast<Out>(value);
                  return true;
                }
              },
              explain);
        });
  });
}

Result<Column> decimal_to_decimal(const CastInput& input) {
  const int up = input.target.decimal_scale() - input.column.type().decimal_scale();
  const int128_t factor = scale_factor(up < 0 ? -up : up);
  const int128_t bound = scale_factor(input.target.decimal_width());
  const auto explain = [&](uint32_t row) { return does_not_fit(input, row); };
  // Widening without more whole digits cannot fail and stays in 64 bits where both fit.
  return on_decimal(input.column.type(), [&]<class In>(TypeTag<In>) {
    return on_decimal(input.target, [&]<class Out>(TypeTag<Out>) -> Result<Column> {
      const int whole_from =
          input.column.type().decimal_width() - input.column.type().decimal_scale();
      const int whole_to = input.target.decimal_width() - input.target.decimal_scale();
      if (up >= 0 && whole_to >= whole_from) {
        const Out multiplier = static_cast<Out>(factor);
        return convert_all<In, Out>(
            input, [multiplier](In in) { return static_cast<Out>(in) * multiplier; });
      }
      return convert<In, Out>(
          input,
          [&](In in, Out* out) {
            int128_t value;
            if (!rescale(in, up, factor, bound, &value)) return false;
            *out = static_cast<Out>(value);
            return true;
          },
          explain);
    });
  });
}

Result<Column> decimal_to_number(const CastInput& input) {
  const int scale = input.column.type().decimal_scale();
  const int128_t factor = scale_factor(scale);
  const auto explain = [&](uint32_t row) {
    return Error(ErrorCode::Conversion, "Failed to cast decimal value " +
                                            Value::from_column(input.column, row).to_string() +
                                            " to type " + message_type_name(input.target));
  };
  const bool to_boolean = input.target.id() == TypeId::Boolean;
  return on_decimal(input.column.type(), [&]<class In>(TypeTag<In>) {
    return dispatch_numeric<Result<Column>>(
        input.target.physical(), fail(ErrorCode::Internal, "cast to a non-number"),
        [&]<class Out>(TypeTag<Out>) -> Result<Column> {
          if (to_boolean) return convert_all<In, uint8_t>(input, [](In in) { return in != 0; });
          if constexpr (std::is_floating_point_v<Out>) {
            // Beyond 2^53 the whole and the fractional part are converted apart, so that 38 digits
            // lose no more than the double's own precision.
            return convert_all<In, Out>(input, [&](In in) {
              const int128_t value = in;
              const int128_t limit = int128_t{1} << 53;
              if (value <= limit && value >= -limit) {
                return static_cast<double>(value) / static_cast<double>(factor);
              }
              return static_cast<double>(value / factor) +
                     static_cast<double>(value % factor) / static_cast<double>(factor);
            });
          } else {
            return convert<In, Out>(
                input,
                [&](In in, Out* out) {
                  const int128_t value = divide_rounding(in, factor);
                  *out = static_cast<Out>(value);
                  if constexpr (std::is_same_v<Out, uint128_t>) return value >= 0;
                  return static_cast<int128_t>(*out) == value;
                },
                explain);
          }
        });
  });
}

bool is_plain_number(const Type& type) {
  return type.is_integer() || type.is_floating() || type.id() == TypeId::Boolean;
}

}  // namespace

CastResult cast_decimal(const CastInput& input) {
  const bool from = input.column.type().id() == TypeId::Decimal;
  const bool to = input.target.id() == TypeId::Decimal;
  if (from && to) return decimal_to_decimal(input);
  if (from && is_plain_number(input.target)) return decimal_to_number(input);
  if (to && is_plain_number(input.column.type())) return number_to_decimal(input);
  return std::nullopt;
}

}  // namespace whittle::casts
