// + - * / // % and unary minus on numbers, with DuckDB's rules: integer results keep the type of
// the operands and overflow is an error; `/` is always floating; `//` and `%` by zero give NULL.
//
// SMALLINT, INTEGER, BIGINT and DOUBLE have loops of their own, which the compiler can vectorize:
// they compute every row with wrap-around and only collect whether any went wrong. Then, and for
// the other types, the wide loop runs (wide_numbers.hpp), which knows NULLs and finds the first row
// to blame.
#include <cmath>
#include <limits>

#include "columnar/numbers.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/wide_numbers.hpp"
#include "exec/kernels.hpp"
#include "plan/type_rules.hpp"

namespace whittle {

namespace {

using kernels::detail::RowLoop;
using wide::IntegerRow;
using wide::RealRow;

// What the loops compute: `apply` gives whether the value is wrong.
struct Add {
  static constexpr std::string_view verb = "addition";
  static constexpr std::string_view symbol = "+";
  template <class T>
  static bool apply(T a, T b, T* out) {
    if constexpr (std::is_floating_point_v<T>) {
      *out = a + b;
      return false;
    } else {
      return __builtin_add_overflow(a, b, out);
    }
  }
};
struct Subtract {
  static constexpr std::string_view verb = "subtraction";
  static constexpr std::string_view symbol = "-";
  template <class T>
  static bool apply(T a, T b, T* out) {
    if constexpr (std::is_floating_point_v<T>) {
      *out = a - b;
      return false;
    } else {
      return __builtin_sub_overflow(a, b, out);
    }
  }
};
struct Multiply {
  static constexpr std::string_view verb = "multiplication";
  static constexpr std::string_view symbol = "*";
  template <class T>
  static bool apply(T a, T b, T* out) {
    if constexpr (std::is_floating_point_v<T>) {
      *out = a * b;
      return false;
    } else {
      return __builtin_mul_overflow(a, b, out);
    }
  }
};

struct Divide {
  template <class T>
  static bool apply(T a, T b, T* out) {
    *out = a / b;
    return false;
  }
};
// `//` and `%`: the wide loop sees to zero, and to -1, by which the smallest number overflows.
struct Quotient {
  static constexpr bool null_by_zero = true;
  template <class T>
  static T of(T a, T b) {
    return a / b;
  }
  template <class T>
  static bool apply(T a, T b, T* out) {
    const bool special = b == 0 || b == static_cast<T>(-1);
    *out = of(a, special ? T{1} : b);
    return special;
  }
};
struct Remainder {
  static constexpr bool null_by_zero = false;
  template <class T>
  static T of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(a, b);
    } else {
      return a % b;
    }
  }
  template <class T>
  static bool apply(T a, T b, T* out) {
    const bool special = b == 0 || b == static_cast<T>(-1);
    *out = of(a, special ? T{1} : b);
    return special;
  }
};
// Of one argument, which comes as both.
struct Negate {
  template <class T>
  static bool apply(T a, T, T* out) {
    if constexpr (std::is_floating_point_v<T>) {
      *out = -a;
      return false;
    } else {
      return __builtin_sub_overflow(T{0}, a, out);
    }
  }
};

template <class Op, class T, class GetA, class GetB>
bool compute_rows(uint32_t count, T* out, GetA&& a, GetB&& b) {
  bool wrong = false;
  for (uint32_t i = 0; i < count; ++i) {
    const bool failed = Op::apply(a(i), b(i), &out[i]);
    wrong = wrong || failed;
  }
  return wrong;
}

// As above for any encoding and selection.
template <class Op, class T>
bool compute_selected(const Selection& rows, T* out, const ColumnView& a, const ColumnView& b) {
  bool wrong = false;
  for (uint32_t i = 0; i < rows.count; ++i) {
    const uint32_t row = rows[i];
    const bool failed = Op::apply(a.get<T>(row), b.get<T>(row), &out[row]);
    wrong = wrong || failed;
  }
  return wrong;
}

bool any_outside(const Selection& rows, const int64_t* values, const wide::Call& call) {
  const auto low = static_cast<int64_t>(call.low), high = static_cast<int64_t>(call.high);
  bool outside = false;
  kernels::for_each_row(
      rows, [&](uint32_t row) { outside = outside || values[row] < low || values[row] > high; });
  return outside;
}

bool is_flat(const ColumnView& view) {
  return !view.index && view.mask != 0;
}

template <class Op, class T>
Status typed_loop(KernelContext& context, void* work, Column& result) {
  const ColumnView &a = static_cast<const wide::Work*>(work)->a,
                   &b = static_cast<const wide::Work*>(work)->b;
  T* out = result.mutable_values<T>();
  const T* left = reinterpret_cast<const T*>(a.values);
  const T* right = reinterpret_cast<const T*>(b.values);
  const uint32_t count = context.rows.count;
  bool wrong;
  if (sizeof(T) == 2 || !context.rows.is_dense() || !is_flat(a) || b.index) {
    wrong = compute_selected<Op, T>(context.rows, out, a, b);
  } else if (is_flat(b)) {
    wrong = compute_rows<Op>(
        count, out, [=](uint32_t i) { return left[i]; }, [=](uint32_t i) { return right[i]; });
  } else {
    const T value = right[0];
    wrong = compute_rows<Op>(
        count, out, [=](uint32_t i) { return left[i]; }, [=](uint32_t) { return value; });
  }
  if constexpr (std::is_same_v<T, int64_t>) {
    const wide::Call& call = static_cast<const wide::Work*>(work)->call;
    wrong = wrong || (call.type.id() == TypeId::Decimal && any_outside(context.rows, out, call));
  }
  return wrong ? wide::loop(context, work, result) : Status();
}

template <class Op>
RowLoop loop_for(PhysicalType physical) {
  switch (physical) {
    case PhysicalType::Int16:
      return typed_loop<Op, int16_t>;
    case PhysicalType::Int32:
      return typed_loop<Op, int32_t>;
    case PhysicalType::Int64:
      return typed_loop<Op, int64_t>;
    case PhysicalType::Double:
      return typed_loop<Op, double>;
    default:
      return wide::loop;
  }
}

Result<Column> run(KernelContext& context, std::span<const Column> arguments, RowLoop loop,
                   wide::IntegerFunction integer, wide::RealFunction real) {
  wide::Work work(context, arguments, integer, real);
  return kernels::detail::run_rows(context, arguments, loop, &work);
}

std::string result_name(const Type& type) {
  if (type.id() == TypeId::Decimal) return "DECIMAL(" + std::to_string(type.decimal_width()) + ")";
  const wide::Call call(type);
  return (call.is_signed ? "INT" : "UINT") + std::to_string(call.bits);
}

std::unexpected<Error> overflow(const IntegerRow& row, std::string_view verb,
                                std::string_view symbol) {
  const Type& type = row.call.type;
  std::string text = "Overflow in ";
  text.append(verb).append(" of ").append(result_name(type)).append(" (");
  text.append(wide::text(row.call, row.a)).append(" ").append(symbol).append(" ");
  text.append(wide::text(row.call, row.b)).append(")");
  text.append(type.id() != TypeId::Decimal ? "!"
              : type.decimal_width() == 38 ? ";"
                                           : ". You might want to add an explicit cast to a bigger "
                                             "decimal.");
  return fail(ErrorCode::OutOfRange, std::move(text));
}

template <class Op>
Status checked_integer(IntegerRow& row) {
  bool wrong;
  if (row.call.unsigned_128()) {
    uint128_t value;
    wrong = Op::apply(static_cast<uint128_t>(row.a), static_cast<uint128_t>(row.b), &value);
    row.out = static_cast<int128_t>(value);
  } else {
    wrong = Op::apply(row.a, row.b, &row.out) || !row.call.holds(row.out);
  }
  if (wrong) [[unlikely]]
    return overflow(row, Op::verb, Op::symbol);
  return {};
}

template <class Op>
Status real_row(RealRow& row) {
  Op::apply(row.a, row.b, &row.out);
  return {};
}

// INTEGER and DECIMAL alike: the operands have the result's physical type.
template <class Op>
Result<Column> arithmetic_kernel(KernelContext& context, std::span<const Column> arguments) {
  return run(context, arguments, loop_for<Op>(context.call.type.physical()), checked_integer<Op>,
             real_row<Op>);
}

Result<Column> divide_kernel(KernelContext& context, std::span<const Column> arguments) {
  const bool is_double = context.call.type.id() == TypeId::Double;
  return run(context, arguments, is_double ? typed_loop<Divide, double> : wide::loop, nullptr,
             real_row<Divide>);
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

template <class Op>
Status division_row(IntegerRow& row) {
  const auto a = static_cast<int64_t>(row.a), b = static_cast<int64_t>(row.b);
  if (row.b == 0) {
    row.null = true;
  } else if (row.call.unsigned_128()) {
    row.out =
        static_cast<int128_t>(Op::of(static_cast<uint128_t>(row.a), static_cast<uint128_t>(row.b)));
  } else if (row.b == -1 && row.a == row.call.least) {
    return fail(ErrorCode::OutOfRange, "Overflow in division of " + wide::text(row.call, row.a) +
                                           " / " + wide::text(row.call, row.b));
  } else if (a == row.a && b == row.b && b != -1) {  // far faster
    row.out = Op::of(a, b);
  } else {
    row.out = Op::of(row.a, row.b);
  }
  return {};
}

// DuckDB lets a floating `%` by zero be NaN, a floating `//` NULL.
template <class Op>
Status real_division_row(RealRow& row) {
  row.null = row.b == 0 && Op::null_by_zero;
  if (!row.null) row.out = Op::of(row.a, row.b);
  return {};
}

template <class Op>
Result<Column> integer_division_kernel(KernelContext& context, std::span<const Column> arguments) {
  const PhysicalType physical = context.call.type.physical();
  const RowLoop loop = physical == PhysicalType::Int32   ? typed_loop<Op, int32_t>
                       : physical == PhysicalType::Int64 ? typed_loop<Op, int64_t>
                                                         : wide::loop;
  return run(context, arguments, loop, division_row<Op>, real_division_row<Op>);
}

Status negate_row(IntegerRow& row) {
  const bool wraps = __builtin_sub_overflow(int128_t{0}, row.a, &row.out);
  if (row.call.is_signed && (wraps || row.a == row.call.least)) {
    return fail(ErrorCode::OutOfRange, "Overflow in negation of numeric value!");
  }
  return {};
}

Result<Column> negate_kernel(KernelContext& context, std::span<const Column> arguments) {
  return run(context, arguments, loop_for<Negate>(context.call.type.physical()), negate_row,
             real_row<Negate>);
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
    DECIMAL_ROW("+", arithmetic_kernel<Add>, bind_decimal_sum),
    INTEGER_ROWS("-", arithmetic_kernel<Subtract>),
    DECIMAL_ROW("-", arithmetic_kernel<Subtract>, bind_decimal_sum),
    INTEGER_ROWS("*", arithmetic_kernel<Multiply>),
    DECIMAL_ROW("*", arithmetic_kernel<Multiply>, bind_decimal_product),
    {"/", TypeId::Float, divide_kernel, 2, {TypeId::Float, TypeId::Float}},
    {"/", TypeId::Double, divide_kernel, 2, {TypeId::Double, TypeId::Double}},
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
