// & | xor ~ << >> on integers. Shifts follow DuckDB: a left shift that would lose a bit or move
// into the sign is an error; a right shift out of range gives 0.
#include "exec/functions/functions.hpp"
#include "exec/functions/wide_numbers.hpp"

namespace whittle {

namespace {

using wide::IntegerRow;

template <wide::IntegerFunction function>
Result<Column> kernel(KernelContext& context, std::span<const Column> arguments) {
  return wide::run(context, arguments, function, nullptr);
}

Status bits_and(IntegerRow& row) {
  row.out = row.a & row.b;
  return {};
}
Status bits_or(IntegerRow& row) {
  row.out = row.a | row.b;
  return {};
}
Status bits_xor(IntegerRow& row) {
  row.out = row.a ^ row.b;
  return {};
}
Status bits_not(IntegerRow& row) {
  row.out = ~row.a;
  return {};
}

Status shift_left(IntegerRow& row) {
  const auto failed = [&](std::string text) {
    return fail(ErrorCode::OutOfRange, std::move(text));
  };
  const auto value = [&] { return wide::text(row.call, row.a); };
  const auto shift = [&] { return wide::text(row.call, row.b); };
  const bool is_signed = row.call.is_signed;
  if (is_signed && row.a < 0) return failed("Cannot left-shift negative number " + value());
  if (is_signed && row.b < 0) return failed("Cannot left-shift by negative number " + shift());
  if (row.a == 0) return {};
  if (static_cast<uint128_t>(row.b) >= static_cast<uint128_t>(row.call.bits)) {
    return failed("Left-shift value " + shift() + " is out of range");
  }
  const int by = static_cast<int>(row.b);
  const int room = row.call.bits - by - (is_signed ? 1 : 0);
  if (by > 0 && room < 128 && static_cast<uint128_t>(row.a) >> room != 0) {
    return failed("Overflow in left shift (" + value() + " << " + shift() + ")");
  }
  row.out = static_cast<int128_t>(static_cast<uint128_t>(row.a) << by);
  return {};
}

Status shift_right(IntegerRow& row) {
  if (static_cast<uint128_t>(row.b) >= static_cast<uint128_t>(row.call.bits)) return {};
  const int by = static_cast<int>(row.b);
  row.out = row.call.unsigned_128() ? static_cast<int128_t>(static_cast<uint128_t>(row.a) >> by)
                                    : row.a >> by;
  return {};
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
    BIT_ROWS("&", kernel<bits_and>, 2, kNone),       BIT_ROWS("|", kernel<bits_or>, 2, kNone),
    BIT_ROWS("xor", kernel<bits_xor>, 2, kNone),     BIT_ROWS("~", kernel<bits_not>, 1, kNone),
    BIT_ROWS("<<", kernel<shift_left>, 2, kCanFail), BIT_ROWS(">>", kernel<shift_right>, 2, kNone),
};

}  // namespace

std::span<const ScalarFunction> bitwise_functions() {
  return rows;
}

}  // namespace whittle
