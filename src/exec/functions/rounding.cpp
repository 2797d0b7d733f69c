// abs, sign, ceil, floor, trunc, round on every numeric type. Results keep the type; DECIMAL loses
// its scale where it is rounded to whole numbers.
#include <cmath>

#include "columnar/numbers.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/wide_numbers.hpp"

namespace whittle {

namespace {

using wide::IntegerRow;
using wide::RealRow;

template <wide::IntegerFunction integer, wide::RealFunction real>
Result<Column> kernel(KernelContext& context, std::span<const Column> arguments) {
  return wide::run(context, arguments, integer, real);
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

Status abs_integer(IntegerRow& row) {
  if (!row.call.is_signed) {
    row.out = row.a;
    return {};
  }
  if (row.a == row.call.least) {
    return fail(ErrorCode::OutOfRange, "Overflow on abs(" + wide::text(row.call, row.a) + ")");
  }
  row.out = row.a < 0 ? -row.a : row.a;
  return {};
}
Status abs_real(RealRow& row) {
  row.out = std::fabs(row.a);
  return {};
}
constexpr ScalarKernel abs_kernel = kernel<abs_integer, abs_real>;

template <class W>
Status sign(wide::Row<W>& row) {
  row.out = static_cast<W>((row.a > 0) - (row.a < 0));
  return {};
}
// The result is TINYINT and does not tell that the argument has no sign.
Status sign_unsigned(IntegerRow& row) {
  row.out = row.a != 0;
  return {};
}
Result<Column> sign_kernel(KernelContext& context, std::span<const Column> arguments) {
  const bool huge = arguments[0].type().id() == TypeId::UHugeInt;
  return wide::run(context, arguments, huge ? sign_unsigned : sign<int128_t>, sign<double>);
}

struct Ceil {
  static double real(double x) { return std::ceil(x); }
  static int128_t whole(int128_t value, int128_t factor) {
    const int128_t quotient = value / factor;
    return value % factor > 0 ? quotient + 1 : quotient;
  }
};
struct Floor {
  static double real(double x) { return std::floor(x); }
  static int128_t whole(int128_t value, int128_t factor) {
    const int128_t quotient = value / factor;
    return value % factor < 0 ? quotient - 1 : quotient;
  }
};
struct Truncate {
  static double real(double x) { return std::trunc(x); }
  static int128_t whole(int128_t value, int128_t factor) { return value / factor; }
};
struct Round {
  static double real(double x) {
    const double rounded = std::round(x);
    return std::isfinite(rounded) ? rounded : x;
  }
  static int128_t whole(int128_t value, int128_t factor) {
    return (value >= 0 ? value + factor / 2 : value - factor / 2) / factor;
  }
};

template <class Op>
Status whole_decimal(IntegerRow& row) {
  row.out = Op::whole(row.a, row.call.factor);
  return {};
}
template <class Op>
Status whole_real(RealRow& row) {
  row.out = Op::real(row.a);
  return {};
}

// One argument: to whole numbers, which integers are.
template <class Op>
Result<Column> whole_kernel(KernelContext& context, std::span<const Column> arguments) {
  if (arguments[0].type().is_integer()) return arguments[0];
  return wide::run(context, arguments, whole_decimal<Op>, whole_real<Op>);
}

template <class Op>
Status real_digits(RealRow& row) {
  row.out = row.a;
  if (!std::isfinite(row.a)) return {};
  const double digits = row.b;
  const double scale = std::pow(10.0, std::fabs(digits));
  const double value = digits < 0 ? row.a / scale : row.a * scale;
  const double rounded = digits < 0 ? Op::real(value) * scale : Op::real(value) / scale;
  if (std::isfinite(rounded)) {
    row.out = rounded;
  } else if (digits < 0) {
    row.out = 0;
  }
  return {};
}

// Integers change only left of the point; a number of digits beyond the type's gives 0.
template <class Op>
Status integer_digits(IntegerRow& row) {
  row.out = row.a;
  if (row.b >= 0) return {};
  row.out = 0;
  if (row.b < -38) return {};
  const int128_t factor = factor_of(static_cast<int>(-row.b));
  if (row.call.unsigned_128()) {  // is only truncated
    const auto unit = static_cast<uint128_t>(factor), value = static_cast<uint128_t>(row.a);
    row.out = static_cast<int128_t>(value / unit * unit);
    return {};
  }
  row.out = Op::whole(row.a, factor) * factor;
  if (!row.call.holds(row.out)) return fail(ErrorCode::OutOfRange, "Overflow in round");
  return {};
}

// DECIMAL with digits d of scale s: rounds at 10^(s-d); left of the point the result is scaled back
// up.
template <class Op>
Status decimal_digits(IntegerRow& row) {
  const auto digits = static_cast<int>(row.b);
  const int scale = row.call.scale;
  if (digits >= scale) {
    row.out = row.a;
  } else if (int64_t{scale} - digits <= 38) {
    const int128_t rounded = Op::whole(row.a, factor_of(scale - digits));
    row.out = digits < 0 ? rounded * factor_of(-digits) : rounded;
  }
  return {};
}

template <class Op>
Result<Column> digits_kernel(KernelContext& context, std::span<const Column> arguments) {
  const bool decimal = arguments[0].type().id() == TypeId::Decimal;
  return wide::run(context, arguments, decimal ? decimal_digits<Op> : integer_digits<Op>,
                   real_digits<Op>);
}

Status round_half_even(RealRow& row) {
  const double digits = row.b;
  const double scale = std::pow(10.0, std::fabs(digits));
  const double value = digits < 0 ? row.a / scale : row.a * scale;
  const double rounded = std::nearbyint(value);
  row.out = digits < 0 ? rounded * scale : rounded / scale;
  return {};
}
constexpr ScalarKernel round_even_kernel = kernel<nullptr, round_half_even>;

#define EACH_SIGNED(row) row(TinyInt), row(SmallInt), row(Integer), row(BigInt), row(HugeInt)
#define EACH_INTEGER(row) \
  EACH_SIGNED(row), row(UTinyInt), row(USmallInt), row(UInteger), row(UBigInt), row(UHugeInt)
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
#define DIGITS_ROWS(name, Op)                                                               \
  {name, TypeId::Float, digits_kernel<Op>, 2, {TypeId::Float, TypeId::Integer}},            \
      {name, TypeId::Double, digits_kernel<Op>, 2, {TypeId::Double, TypeId::Integer}}, {    \
    name, TypeId::Decimal, digits_kernel<Op>, 2, {TypeId::Decimal, TypeId::Integer}, kNone, \
        bind_digits                                                                         \
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
    // The others are rounded as BIGINT, HUGEINT or DOUBLE.
    EACH_SIGNED(ROUND_ROW),
    EACH_INTEGER(TRUNC_ROW),
    EACH_SIGNED(ROUND2_ROW),
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
