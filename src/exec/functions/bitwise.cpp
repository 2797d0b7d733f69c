// & | xor ~ << >> on integers. Shifts follow DuckDB: a left shift that would lose a bit or move
// into the sign is an error; a right shift out of range gives 0.
#include "columnar/numbers.hpp"
#include "columnar/physical_dispatch.hpp"
#include "exec/functions/functions.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using kernels::binary;
using kernels::unary;

template <class F>
Result<Column> on_integers(KernelContext& context, F&& f) {
  return dispatch_numeric<Result<Column>>(context.call.type.physical(),
                                          fail(ErrorCode::Internal, "bits of a non-integer"),
                                          [&]<class T>(TypeTag<T>) -> Result<Column> {
                                            if constexpr (std::is_floating_point_v<T>) {
                                              return fail(ErrorCode::Internal, "bits of a float");
                                            } else {
                                              return f.template operator()<T>();
                                            }
                                          });
}

struct And {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a & b);
  }
};
struct Or {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a | b);
  }
};
struct Xor {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};

template <class Op>
Result<Column> bits_kernel(KernelContext& context, std::span<const Column> arguments) {
  return on_integers(context, [&]<class T>() {
    return binary<T, T, T>(context, arguments[0], arguments[1],
                           [](T a, T b) { return Op::template apply<T>(a, b); });
  });
}

Result<Column> not_kernel(KernelContext& context, std::span<const Column> arguments) {
  return on_integers(context, [&]<class T>() {
    return unary<T, T>(context, arguments[0], [](T a) { return static_cast<T>(~a); });
  });
}

template <class T>
std::string text(T value) {
  std::string out;
  append_integer(out, static_cast<int128_t>(value));
  return out;
}

template <class T>
Result<T> shift_left(T value, T shift) {
  constexpr T width = sizeof(T) * 8;
  constexpr bool is_signed = static_cast<T>(-1) < T{0};
  if (is_signed && value < T{0}) {
    return fail(ErrorCode::OutOfRange, "Cannot left-shift negative number " + text(value));
  }
  if (is_signed && shift < T{0}) {
    return fail(ErrorCode::OutOfRange, "Cannot left-shift by negative number " + text(shift));
  }
  if (value == 0) return T{0};
  if (shift >= width) {
    return fail(ErrorCode::OutOfRange, "Left-shift value " + text(shift) + " is out of range");
  }
  if (shift == 0) return value;
  const T bound = static_cast<T>(T{1} << (width - shift - (is_signed ? 1 : 0)));
  if (bound != 0 && value >= bound) {
    return fail(ErrorCode::OutOfRange,
                "Overflow in left shift (" + text(value) + " << " + text(shift) + ")");
  }
  return static_cast<T>(value << shift);
}

Result<Column> shift_left_kernel(KernelContext& context, std::span<const Column> arguments) {
  return on_integers(context, [&]<class T>() {
    return binary<T, T, T>(context, arguments[0], arguments[1], shift_left<T>);
  });
}

Result<Column> shift_right_kernel(KernelContext& context, std::span<const Column> arguments) {
  return on_integers(context, [&]<class T>() {
    return binary<T, T, T>(context, arguments[0], arguments[1], [](T value, T shift) {
      return shift < T{0} || shift >= static_cast<T>(sizeof(T) * 8)
                 ? T{0}
                 : static_cast<T>(value >> shift);
    });
  });
}

#define BIT_ROWS(name, kernel, count, flags)                                                   \
  {name, TypeId::TinyInt, kernel, count, {TypeId::TinyInt, TypeId::TinyInt}, flags},           \
      {name, TypeId::SmallInt, kernel, count, {TypeId::SmallInt, TypeId::SmallInt}, flags},    \
      {name, TypeId::Integer, kernel, count, {TypeId::Integer, TypeId::Integer}, flags},       \
      {name, TypeId::BigInt, kernel, count, {TypeId::BigInt, TypeId::BigInt}, flags},          \
      {name, TypeId::HugeInt, kernel, count, {TypeId::HugeInt, TypeId::HugeInt}, flags},       \
      {name, TypeId::UTinyInt, kernel, count, {TypeId::UTinyInt, TypeId::UTinyInt}, flags},    \
      {name, TypeId::USmallInt, kernel, count, {TypeId::USmallInt, TypeId::USmallInt}, flags}, \
      {name, TypeId::UInteger, kernel, count, {TypeId::UInteger, TypeId::UInteger}, flags},    \
      {name, TypeId::UBigInt, kernel, count, {TypeId::UBigInt, TypeId::UBigInt}, flags}, {     \
    name, TypeId::UHugeInt, kernel, count, {TypeId::UHugeInt, TypeId::UHugeInt}, flags         \
  }

constexpr ScalarFunction rows[] = {
    BIT_ROWS("&", bits_kernel<And>, 2, kNone),      BIT_ROWS("|", bits_kernel<Or>, 2, kNone),
    BIT_ROWS("xor", bits_kernel<Xor>, 2, kNone),    BIT_ROWS("~", not_kernel, 1, kNone),
    BIT_ROWS("<<", shift_left_kernel, 2, kCanFail), BIT_ROWS(">>", shift_right_kernel, 2, kNone),
};

}  // namespace

std::span<const ScalarFunction> bitwise_functions() {
  return rows;
}

}  // namespace whittle
