// abs, sign, ceil, floor, trunc, round on every numeric type. Results keep the type; DECIMAL loses
// its scale where it is rounded to whole numbers.
#include <cmath>
#include <limits>

#include "columnar/numbers.hpp"
#include "columnar/physical_dispatch.hpp"
#include "exec/functions/functions.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using kernels::binary;
using kernels::unary;

template <class T>
constexpr bool is_signed = static_cast<T>(-1) < T{0};

Result<Column> no_kernel() {
  return fail(ErrorCode::Internal, "rounding of a non-number");
}

int128_t factor_of(int exponent) {
  return static_cast<int128_t>(power_of_ten(exponent));
}

Status bind_same(BindCall& call) {
  call.result = call.arguments[0];
  return {};
}

// DECIMAL(w, s) becomes DECIMAL(w, 0).
Status bind_whole(BindCall& call) {
  call.result = Type::decimal(call.arguments[0].decimal_width(), 0);
  return {};
}

// round(decimal, digits): the constant number of digits decides the scale of the result.
Status bind_digits(BindCall& call) {
  const Type& type = call.arguments[0];
  if (!call.constants[1]) {
    return fail(ErrorCode::Unsupported,
                "ROUND(DECIMAL, INTEGER) with non-constant precision is not supported");
  }
  const int128_t digits = call.constants[1]->is_null() ? 0 : call.constants[1]->as_integer();
  const int scale =
      digits < 0 ? 0 : static_cast<int>(std::min<int128_t>(digits, type.decimal_scale()));
  call.result = Type::decimal(type.decimal_width(), static_cast<uint8_t>(scale));
  return {};
}

Result<Column> abs_kernel(KernelContext& context, std::span<const Column> arguments) {
  return dispatch_numeric<Result<Column>>(
      context.call.type.physical(), no_kernel(), [&]<class T>(TypeTag<T>) -> Result<Column> {
        if constexpr (std::is_floating_point_v<T>) {
          return unary<T, T>(context, arguments[0], [](T x) { return std::fabs(x); });
        } else if constexpr (!is_signed<T>) {
          return arguments[0];
        } else {
          return unary<T, T>(context, arguments[0], [](T x) -> Result<T> {
            if (x == std::numeric_limits<T>::min()) {
              std::string text = "Overflow on abs(";
              append_integer(text, x);
              return fail(ErrorCode::OutOfRange, text + ")");
            }
            return static_cast<T>(x < 0 ? -x : x);
          });
        }
      });
}

Result<Column> sign_kernel(KernelContext& context, std::span<const Column> arguments) {
  return dispatch_numeric<Result<Column>>(
      arguments[0].type().physical(), no_kernel(), [&]<class T>(TypeTag<T>) -> Result<Column> {
        return unary<T, int8_t>(context, arguments[0],
                                [](T x) { return static_cast<int8_t>((x > T{0}) - (x < T{0})); });
      });
}

struct Ceil {
  template <class T>
  static T real(T x) {
    return std::ceil(x);
  }
  static int128_t whole(int128_t value, int128_t factor) {
    const int128_t quotient = value / factor;
    return value % factor > 0 ? quotient + 1 : quotient;
  }
};
struct Floor {
  template <class T>
  static T real(T x) {
    return std::floor(x);
  }
  static int128_t whole(int128_t value, int128_t factor) {
    const int128_t quotient = value / factor;
    return value % factor < 0 ? quotient - 1 : quotient;
  }
};
struct Truncate {
  template <class T>
  static T real(T x) {
    return std::trunc(x);
  }
  static int128_t whole(int128_t value, int128_t factor) { return value / factor; }
};
struct Round {
  template <class T>
  static T real(T x) {
    const T rounded = std::round(x);
    return std::isfinite(rounded) ? rounded : x;
  }
  static int128_t whole(int128_t value, int128_t factor) {
    return (value >= 0 ? value + factor / 2 : value - factor / 2) / factor;
  }
};

// One argument: to whole numbers.
template <class Op>
Result<Column> whole_kernel(KernelContext& context, std::span<const Column> arguments) {
  const Type& type = arguments[0].type();
  const bool decimal = type.id() == TypeId::Decimal;
  const int128_t factor = decimal ? factor_of(type.decimal_scale()) : 1;
  return dispatch_numeric<Result<Column>>(
      type.physical(), no_kernel(), [&]<class T>(TypeTag<T>) -> Result<Column> {
        if constexpr (std::is_floating_point_v<T>) {
          return unary<T, T>(context, arguments[0], [](T x) { return Op::template real<T>(x); });
        } else {
          if (!decimal) return arguments[0];
          return unary<T, T>(context, arguments[0],
                             [factor](T x) { return static_cast<T>(Op::whole(x, factor)); });
        }
      });
}

template <class Op, class T>
T real_digits(T x, int32_t digits) {
  if (!std::isfinite(x)) return x;
  const double scale = std::pow(10.0, digits < 0 ? -digits : digits);
  const double value = digits < 0 ? x / scale : x * scale;
  const double rounded = digits < 0 ? Op::real(value) * scale : Op::real(value) / scale;
  if (std::isfinite(rounded)) return static_cast<T>(rounded);
  return digits < 0 ? T{0} : x;
}

// Integers change only left of the point; a number of digits beyond the type's gives 0.
template <class Op, class T>
Result<T> integer_digits(T x, int32_t digits) {
  if (digits >= 0) return x;
  if (digits < -38) return T{0};
  const int128_t factor = factor_of(-digits);
  const int128_t value = Op::whole(static_cast<int128_t>(x), factor) * factor;
  const T result = static_cast<T>(value);
  if (static_cast<int128_t>(result) != value)
    return fail(ErrorCode::OutOfRange, "Overflow in round");
  return result;
}

template <class Op>
Result<Column> digits_kernel(KernelContext& context, std::span<const Column> arguments) {
  return dispatch_numeric<Result<Column>>(
      arguments[0].type().physical(), no_kernel(), [&]<class T>(TypeTag<T>) -> Result<Column> {
        if constexpr (std::is_floating_point_v<T>) {
          return binary<T, int32_t, T>(context, arguments[0], arguments[1], real_digits<Op, T>);
        } else {
          return binary<T, int32_t, T>(context, arguments[0], arguments[1], integer_digits<Op, T>);
        }
      });
}

// DECIMAL with digits d of scale s: rounds at 10^(s-d); left of the point the result is scaled back
// up.
template <class Op>
Result<Column> decimal_digits_kernel(KernelContext& context, std::span<const Column> arguments) {
  const Type& type = arguments[0].type();
  const int scale = type.decimal_scale();
  return dispatch_numeric<Result<Column>>(
      type.physical(), no_kernel(), [&]<class T>(TypeTag<T>) -> Result<Column> {
        if constexpr (std::is_floating_point_v<T>) return no_kernel();
        return binary<T, int32_t, T>(
            context, arguments[0], arguments[1], [scale](T x, int32_t digits) {
              if (digits >= scale) return x;
              if (scale - digits > 38) return T{0};
              const int128_t rounded =
                  Op::whole(static_cast<int128_t>(x), factor_of(scale - digits));
              return static_cast<T>(digits < 0 ? rounded * factor_of(-digits) : rounded);
            });
      });
}

double round_half_even(double x, int32_t digits) {
  const double scale = std::pow(10.0, digits < 0 ? -digits : digits);
  const double value = digits < 0 ? x / scale : x * scale;
  const double rounded = std::nearbyint(value);
  return digits < 0 ? rounded * scale : rounded / scale;
}

Result<Column> round_even_kernel(KernelContext& context, std::span<const Column> arguments) {
  return binary<double, int32_t, double>(context, arguments[0], arguments[1], round_half_even);
}

#define EACH_INTEGER(row)                                                              \
  row(TinyInt), row(SmallInt), row(Integer), row(BigInt), row(HugeInt), row(UTinyInt), \
      row(USmallInt), row(UInteger), row(UBigInt), row(UHugeInt)
#define ABS_ROW(T) {"abs", TypeId::T, abs_kernel, 1, {TypeId::T}, kCanFail}
#define AT_ROW(T) {"@", TypeId::T, abs_kernel, 1, {TypeId::T}, kCanFail}
#define SIGN_ROW(T)                            \
  {                                            \
    "sign", TypeId::TinyInt, sign_kernel, 1, { \
      TypeId::T                                \
    }                                          \
  }
#define ROUND_ROW(T)                              \
  {                                               \
    "round", TypeId::T, whole_kernel<Round>, 1, { \
      TypeId::T                                   \
    }                                             \
  }
#define TRUNC_ROW(T)                                 \
  {                                                  \
    "trunc", TypeId::T, whole_kernel<Truncate>, 1, { \
      TypeId::T                                      \
    }                                                \
  }
#define ROUND2_ROW(T) \
  {"round", TypeId::T, digits_kernel<Round>, 2, {TypeId::T, TypeId::Integer}, kCanFail}
#define TRUNC2_ROW(T) \
  {"trunc", TypeId::T, digits_kernel<Truncate>, 2, {TypeId::T, TypeId::Integer}, kCanFail}
#define WHOLE_ROWS(name, Op)                                                         \
  {name, TypeId::Float, whole_kernel<Op>, 1, {TypeId::Float}},                       \
      {name, TypeId::Double, whole_kernel<Op>, 1, {TypeId::Double}}, {               \
    name, TypeId::Decimal, whole_kernel<Op>, 1, {TypeId::Decimal}, kNone, bind_whole \
  }
#define DIGITS_ROWS(name, Op)                                                                \
  {name, TypeId::Float, digits_kernel<Op>, 2, {TypeId::Float, TypeId::Integer}},             \
      {name, TypeId::Double, digits_kernel<Op>, 2, {TypeId::Double, TypeId::Integer}}, {     \
    name, TypeId::Decimal, decimal_digits_kernel<Op>, 2, {TypeId::Decimal, TypeId::Integer}, \
        kNone, bind_digits                                                                   \
  }

constexpr ScalarFunction rows[] = {
    EACH_INTEGER(ABS_ROW),
    {"abs", TypeId::Float, abs_kernel, 1, {TypeId::Float}},
    {"abs", TypeId::Double, abs_kernel, 1, {TypeId::Double}},
    {"abs", TypeId::Decimal, abs_kernel, 1, {TypeId::Decimal}, kNone, bind_same},
    EACH_INTEGER(AT_ROW),
    {"@", TypeId::Double, abs_kernel, 1, {TypeId::Double}},
    {"@", TypeId::Decimal, abs_kernel, 1, {TypeId::Decimal}, kNone, bind_same},
    EACH_INTEGER(SIGN_ROW),
    SIGN_ROW(Float),
    SIGN_ROW(Double),
    WHOLE_ROWS("ceil", Ceil),
    WHOLE_ROWS("ceiling", Ceil),
    WHOLE_ROWS("floor", Floor),
    WHOLE_ROWS("round", Round),
    WHOLE_ROWS("trunc", Truncate),
    EACH_INTEGER(ROUND_ROW),
    EACH_INTEGER(TRUNC_ROW),
    EACH_INTEGER(ROUND2_ROW),
    EACH_INTEGER(TRUNC2_ROW),
    DIGITS_ROWS("round", Round),
    DIGITS_ROWS("trunc", Truncate),
    {"round_even", TypeId::Double, round_even_kernel, 2, {TypeId::Double, TypeId::Integer}},
    {"roundbankers", TypeId::Double, round_even_kernel, 2, {TypeId::Double, TypeId::Integer}},
};

}  // namespace

std::span<const ScalarFunction> rounding_functions() {
  return rows;
}

}  // namespace whittle
