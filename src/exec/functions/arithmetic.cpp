// + - * / // % and unary minus on numbers, with DuckDB's rules: integer results keep the type of
// the operands and overflow is an error; `/` is always floating; `//` and `%` by zero give NULL.
//
// Checked loops run twice at most: the first pass computes every row with wrap-around and only
// collects whether any overflowed, which the compiler can vectorize; on overflow the second pass
// finds the first valid row to blame.
#include <cmath>
#include <limits>

#include "columnar/numbers.hpp"
#include "columnar/physical_dispatch.hpp"
#include "exec/functions/functions.hpp"
#include "exec/kernels.hpp"
#include "plan/type_rules.hpp"

namespace whittle {

namespace {

using kernels::binary;
using kernels::unary;

struct Add {
  static constexpr std::string_view verb = "addition";
  static constexpr std::string_view symbol = "+";
  template <class T>
  static bool apply(T a, T b, T* out) {
    return __builtin_add_overflow(a, b, out);
  }
  template <class T>
  static T real(T a, T b) {
    return a + b;
  }
};
struct Subtract {
  static constexpr std::string_view verb = "subtraction";
  static constexpr std::string_view symbol = "-";
  template <class T>
  static bool apply(T a, T b, T* out) {
    return __builtin_sub_overflow(a, b, out);
  }
  template <class T>
  static T real(T a, T b) {
    return a - b;
  }
};
struct Multiply {
  static constexpr std::string_view verb = "multiplication";
  static constexpr std::string_view symbol = "*";
  template <class T>
  static bool apply(T a, T b, T* out) {
    return __builtin_mul_overflow(a, b, out);
  }
  template <class T>
  static T real(T a, T b) {
    return a * b;
  }
};

std::string wide_text(int128_t value) {
  std::string text;
  append_integer(text, value);
  return text;
}
std::string wide_text(uint128_t value) {
  std::string text;
  append_integer(text, value);
  return text;
}
template <class T>
std::string integer_text(T value) {
  constexpr bool is_signed = static_cast<T>(-1) < T{0};
  return wide_text(static_cast<std::conditional_t<is_signed, int128_t, uint128_t>>(value));
}

template <class T>
constexpr std::string_view integer_name() {
  constexpr std::string_view names[] = {"INT8", "INT16", "INT32", "INT64", "INT128"};
  constexpr std::string_view unsigned_names[] = {"UINT8", "UINT16", "UINT32", "UINT64", "UINT128"};
  constexpr size_t i = sizeof(T) == 1   ? 0
                       : sizeof(T) == 2 ? 1
                       : sizeof(T) == 4 ? 2
                       : sizeof(T) == 8 ? 3
                                        : 4;
  return static_cast<T>(-1) < T{0} ? names[i] : unsigned_names[i];
}

// What an overflow is reported as.
struct Blame {
  std::string_view type, end;
};

Error overflow_error(std::string_view verb, std::string_view symbol, const std::string& a,
                     const std::string& b, const Blame& blame) {
  std::string text = "Overflow in ";
  text.append(verb).append(" of ").append(blame.type).append(" (").append(a).append(" ");
  text.append(symbol).append(" ").append(b).append(")").append(blame.end);
  return Error(ErrorCode::OutOfRange, std::move(text));
}

// Both passes for one pair of accessors. `fits(value)` is a further test (DECIMAL's width).
template <class Op, class T, class GetA, class GetB, class Fits>
struct CheckedLoop {
  GetA a;
  GetB b;
  const Fits& fits;
  const Blame& blame;

  bool compute(uint32_t row, T* value) const {
    const bool wrapped = Op::apply(static_cast<T>(a(row)), static_cast<T>(b(row)), value);
    return wrapped || !fits(*value);
  }

  static Status run(KernelContext& context, void* closure, Column& result) {
    const auto& self = *static_cast<const CheckedLoop*>(closure);
    T* out = result.mutable_values<T>();
    bool overflow = false;
    kernels::for_each_row(context.rows, [&](uint32_t row) {
      const bool failed = self.compute(row, &out[row]);
      overflow = overflow || failed;
    });
    if (!overflow) [[likely]] {
      return {};
    }
    for (uint32_t i = 0; i < context.rows.count; ++i) {
      const uint32_t row = context.rows[i];
      T value;
      if (!kernels::row_valid(result, row) || !self.compute(row, &value)) continue;
      return fail(overflow_error(Op::verb, Op::symbol, integer_text<T>(self.a(row)),
                                 integer_text<T>(self.b(row)), self.blame));
    }
    return {};
  }
};

template <class Op, class T, class GetA, class GetB, class Fits>
Result<Column> checked_loop(KernelContext& context, std::span<const Column> arguments, GetA a,
                            GetB b, const Fits& fits, const Blame& blame) {
  CheckedLoop<Op, T, GetA, GetB, Fits> loop{a, b, fits, blame};
  return kernels::detail::run_rows(context, arguments, loop.run, &loop);
}

template <class Op, class T, class Fits>
Result<Column> checked(KernelContext& context, std::span<const Column> arguments, const Fits& fits,
                       const Blame& blame) {
  const Column &left = arguments[0], &right = arguments[1];
  if constexpr (kernels::kHot<T>) {
    if (left.encoding() == Encoding::Flat && right.encoding() == Encoding::Flat) {
      const T *a = left.values<T>(), *b = right.values<T>();
      return checked_loop<Op, T>(
          context, arguments, [=](uint32_t i) { return a[i]; }, [=](uint32_t i) { return b[i]; },
          fits, blame);
    }
    if (left.encoding() == Encoding::Flat && right.encoding() == Encoding::Constant) {
      const T* a = left.values<T>();
      const T b = right.values<T>()[0];
      return checked_loop<Op, T>(
          context, arguments, [=](uint32_t i) { return a[i]; }, [=](uint32_t) { return b; }, fits,
          blame);
    }
  }
  const ColumnView a(left), b(right);
  return checked_loop<Op, T>(
      context, arguments, [&a](uint32_t i) { return a.get<T>(i); },
      [&b](uint32_t i) { return b.get<T>(i); }, fits, blame);
}

constexpr auto always_fits = [](auto) { return true; };

template <class Op>
Result<Column> arithmetic_kernel(KernelContext& context, std::span<const Column> arguments) {
  return dispatch_numeric<Result<Column>>(
      context.call.type.physical(), fail(ErrorCode::Internal, "arithmetic on a non-number"),
      [&]<class T>(TypeTag<T>) -> Result<Column> {
        if constexpr (std::is_floating_point_v<T>) {
          return binary<T, T, T>(context, arguments[0], arguments[1],
                                 [](T a, T b) { return Op::template real<T>(a, b); });
        } else {
          return checked<Op, T>(context, arguments, always_fits, Blame{integer_name<T>(), "!"});
        }
      });
}

// Both operands have the result's physical type; the value must stay below 10^width.
template <class Op>
Result<Column> decimal_kernel(KernelContext& context, std::span<const Column> arguments) {
  const Type& type = context.call.type;
  const std::string name = "DECIMAL(" + std::to_string(type.decimal_width()) + ")";
  const auto bound = static_cast<int128_t>(power_of_ten(type.decimal_width()));
  const bool tight = type.decimal_width() == 18 || type.decimal_width() == 38;
  const std::string_view end =
      type.decimal_width() == 38 ? ");"
                                 : "). You might want to add an explicit cast to a bigger decimal.";
  return dispatch_numeric<Result<Column>>(
      type.physical(), fail(ErrorCode::Internal, "decimal arithmetic on a non-number"),
      [&]<class T>(TypeTag<T>) -> Result<Column> {
        if constexpr (std::is_same_v<T, int16_t> || std::is_same_v<T, int32_t> ||
                      std::is_same_v<T, int64_t> || std::is_same_v<T, int128_t>) {
          const Blame blame{name, end.substr(1)};
          if (!tight) return checked<Op, T>(context, arguments, always_fits, blame);
          const T limit = static_cast<T>(bound);
          return checked<Op, T>(
              context, arguments, [limit](T value) { return value < limit && value > -limit; },
              blame);
        } else {
          return fail(ErrorCode::Internal, "decimal of an odd width");
        }
      });
}

// Sums of two narrow decimals do not widen beyond what fits 64 bits: DuckDB checks for overflow
// instead.
uint8_t capped_width(int width, bool both_narrow) {
  if (width > 18 && both_narrow) return 18;
  return static_cast<uint8_t>(width > 38 ? 38 : width);
}

Status bind_decimal_sum(BindCall& call) {
  const Type a = natural_decimal(call.arguments[0]), b = natural_decimal(call.arguments[1]);
  const int scale = std::max(a.decimal_scale(), b.decimal_scale());
  const int whole =
      std::max(a.decimal_width() - a.decimal_scale(), b.decimal_width() - b.decimal_scale());
  const bool narrow = a.decimal_width() <= 18 && b.decimal_width() <= 18;
  call.result = Type::decimal(capped_width(whole + scale + 1, narrow), static_cast<uint8_t>(scale));
  call.arguments[0] = call.arguments[1] = call.result;
  return {};
}

Status bind_decimal_product(BindCall& call) {
  const Type a = natural_decimal(call.arguments[0]), b = natural_decimal(call.arguments[1]);
  const int scale = a.decimal_scale() + b.decimal_scale();
  if (scale > 38) {
    return fail(
        ErrorCode::OutOfRange,
        "Needed scale " + std::to_string(scale) +
            " to accurately represent the multiplication result, but this is out of range of the "
            "DECIMAL type. Max scale is 38; could not perform an accurate multiplication. Either "
            "add a cast to DOUBLE, or add an explicit cast to a decimal with a lower scale.");
  }
  const bool narrow = a.decimal_width() <= 18 && b.decimal_width() <= 18 && scale < 18;
  const uint8_t width = capped_width(a.decimal_width() + b.decimal_width(), narrow);
  call.result = Type::decimal(width, static_cast<uint8_t>(scale));
  call.arguments[0] = Type::decimal(width, a.decimal_scale());
  call.arguments[1] = Type::decimal(width, b.decimal_scale());
  return {};
}

Status bind_decimal_modulo(BindCall& call) {
  const Type a = natural_decimal(call.arguments[0]), b = natural_decimal(call.arguments[1]);
  const int scale = std::max(a.decimal_scale(), b.decimal_scale());
  const int whole =
      std::max(a.decimal_width() - a.decimal_scale(), b.decimal_width() - b.decimal_scale());
  call.result =
      Type::decimal(static_cast<uint8_t>(std::min(38, whole + scale)), static_cast<uint8_t>(scale));
  call.arguments[0] = call.arguments[1] = call.result;
  return {};
}

template <class T>
Result<Column> divide_kernel(KernelContext& context, std::span<const Column> arguments) {
  return binary<T, T, T>(context, arguments[0], arguments[1], [](T a, T b) { return a / b; });
}

struct Quotient {
  template <class T>
  static T apply(T a, T b) {
    return a / b;
  }
};
struct Remainder {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(a, b);
    } else {
      return a % b;
    }
  }
};

// `//` and `%`: NULL by zero; the one overflow is the smallest number by -1. DuckDB lets a floating
// `%` by zero be NaN, a floating `//` NULL.
template <class Op>
Result<Column> integer_division_kernel(KernelContext& context, std::span<const Column> arguments) {
  return dispatch_numeric<Result<Column>>(
      context.call.type.physical(), fail(ErrorCode::Internal, "division of a non-number"),
      [&]<class T>(TypeTag<T>) -> Result<Column> {
        if constexpr (std::is_floating_point_v<T>) {
          return binary<T, T, T>(context, arguments[0], arguments[1],
                                 [](T a, T b) -> std::optional<T> {
                                   if (b == 0 && std::is_same_v<Op, Quotient>) return std::nullopt;
                                   return Op::template apply<T>(a, b);
                                 });
        } else {
          return binary<T, T, T>(
              context, arguments[0], arguments[1], [](T a, T b) -> Result<std::optional<T>> {
                if (b == 0) return std::optional<T>();
                if (static_cast<T>(-1) < T{0} && b == static_cast<T>(-1) &&
                    a == std::numeric_limits<T>::min()) {
                  return fail(ErrorCode::OutOfRange, "Overflow in division of " + integer_text(a) +
                                                         " / " + integer_text(b));
                }
                return std::optional<T>(Op::template apply<T>(a, b));
              });
        }
      });
}

Result<Column> negate_kernel(KernelContext& context, std::span<const Column> arguments) {
  return dispatch_numeric<Result<Column>>(
      context.call.type.physical(), fail(ErrorCode::Internal, "negation of a non-number"),
      [&]<class T>(TypeTag<T>) -> Result<Column> {
        if constexpr (std::is_floating_point_v<T>) {
          return unary<T, T>(context, arguments[0], [](T a) { return -a; });
        } else if constexpr (static_cast<T>(-1) > T{0}) {
          return unary<T, T>(context, arguments[0], [](T a) { return static_cast<T>(T{0} - a); });
        } else {
          return unary<T, T>(context, arguments[0], [](T a) -> Result<T> {
            T out;
            if (__builtin_sub_overflow(T{0}, a, &out)) {
              return fail(ErrorCode::OutOfRange, "Overflow in negation of numeric value!");
            }
            return out;
          });
        }
      });
}

Result<Column> identity_kernel(KernelContext&, std::span<const Column> arguments) {
  return arguments[0];
}

Status bind_same(BindCall& call) {
  call.result = call.arguments[0];
  return {};
}

// One row per numeric type for `name`; DECIMAL has a kernel and a bind of its own.
#define INTEGER_ROWS(name, kernel)                                                            \
  {name, TypeId::TinyInt, kernel, 2, {TypeId::TinyInt, TypeId::TinyInt}, kCanFail},           \
      {name, TypeId::SmallInt, kernel, 2, {TypeId::SmallInt, TypeId::SmallInt}, kCanFail},    \
      {name, TypeId::Integer, kernel, 2, {TypeId::Integer, TypeId::Integer}, kCanFail},       \
      {name, TypeId::BigInt, kernel, 2, {TypeId::BigInt, TypeId::BigInt}, kCanFail},          \
      {name, TypeId::HugeInt, kernel, 2, {TypeId::HugeInt, TypeId::HugeInt}, kCanFail},       \
      {name, TypeId::Float, kernel, 2, {TypeId::Float, TypeId::Float}},                       \
      {name, TypeId::Double, kernel, 2, {TypeId::Double, TypeId::Double}},                    \
      {name, TypeId::UTinyInt, kernel, 2, {TypeId::UTinyInt, TypeId::UTinyInt}, kCanFail},    \
      {name, TypeId::USmallInt, kernel, 2, {TypeId::USmallInt, TypeId::USmallInt}, kCanFail}, \
      {name, TypeId::UInteger, kernel, 2, {TypeId::UInteger, TypeId::UInteger}, kCanFail},    \
      {name, TypeId::UBigInt, kernel, 2, {TypeId::UBigInt, TypeId::UBigInt}, kCanFail}, {     \
    name, TypeId::UHugeInt, kernel, 2, {TypeId::UHugeInt, TypeId::UHugeInt}, kCanFail         \
  }
#define DECIMAL_ROW(name, kernel, bind) \
  {name, TypeId::Decimal, kernel, 2, {TypeId::Decimal, TypeId::Decimal}, kCanFail, bind}
#define UNARY_ROWS(name, kernel)                                                  \
  {name, TypeId::TinyInt, kernel, 1, {TypeId::TinyInt}, kCanFail},                \
      {name, TypeId::SmallInt, kernel, 1, {TypeId::SmallInt}, kCanFail},          \
      {name, TypeId::Integer, kernel, 1, {TypeId::Integer}, kCanFail},            \
      {name, TypeId::BigInt, kernel, 1, {TypeId::BigInt}, kCanFail},              \
      {name, TypeId::HugeInt, kernel, 1, {TypeId::HugeInt}, kCanFail},            \
      {name, TypeId::Float, kernel, 1, {TypeId::Float}},                          \
      {name, TypeId::Double, kernel, 1, {TypeId::Double}},                        \
      {name, TypeId::Decimal, kernel, 1, {TypeId::Decimal}, kCanFail, bind_same}, \
      {name, TypeId::UTinyInt, kernel, 1, {TypeId::UTinyInt}},                    \
      {name, TypeId::USmallInt, kernel, 1, {TypeId::USmallInt}},                  \
      {name, TypeId::UInteger, kernel, 1, {TypeId::UInteger}},                    \
      {name, TypeId::UBigInt, kernel, 1, {TypeId::UBigInt}}, {                    \
    name, TypeId::UHugeInt, kernel, 1, {                                          \
      TypeId::UHugeInt                                                            \
    }                                                                             \
  }

constexpr ScalarFunction rows[] = {
    INTEGER_ROWS("+", arithmetic_kernel<Add>),
    DECIMAL_ROW("+", decimal_kernel<Add>, bind_decimal_sum),
    INTEGER_ROWS("-", arithmetic_kernel<Subtract>),
    DECIMAL_ROW("-", decimal_kernel<Subtract>, bind_decimal_sum),
    INTEGER_ROWS("*", arithmetic_kernel<Multiply>),
    DECIMAL_ROW("*", decimal_kernel<Multiply>, bind_decimal_product),
    {"/", TypeId::Float, divide_kernel<float>, 2, {TypeId::Float, TypeId::Float}},
    {"/", TypeId::Double, divide_kernel<double>, 2, {TypeId::Double, TypeId::Double}},
    INTEGER_ROWS("//", integer_division_kernel<Quotient>),
    INTEGER_ROWS("%", integer_division_kernel<Remainder>),
    DECIMAL_ROW("%", integer_division_kernel<Remainder>, bind_decimal_modulo),
    INTEGER_ROWS("mod", integer_division_kernel<Remainder>),
    DECIMAL_ROW("mod", integer_division_kernel<Remainder>, bind_decimal_modulo),
    UNARY_ROWS("-", negate_kernel),
    UNARY_ROWS("+", identity_kernel),
};

}  // namespace

std::span<const ScalarFunction> arithmetic_functions() {
  return rows;
}

}  // namespace whittle
