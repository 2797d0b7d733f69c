// Integers, floats and BOOLEAN among themselves. Floats round half to even, as DuckDB does; what
// does not fit is out of range.
#include <cmath>

#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

bool is_plain_number(const Type& type) {
  return type.is_integer() || type.is_floating() || type.id() == TypeId::Boolean;
}

template <class In, class Out>
Result<Column> widen(const CastInput& input) {
  return convert_all<In, Out>(input, [](In in) { return static_cast<Out>(in); });
}

// Pairs that real queries are full of have loops of their own.
Result<std::optional<Column>> cast_hot(const CastInput& input, const Explain& explain) {
  using enum PhysicalType;
  const PhysicalType from = input.column.type().physical(), to = input.target.physical();
  if (from == Bool && to == Int32) return widen<uint8_t, int32_t>(input);  // sum((a > b)::INT)
  if (from == Int16 && to == Int32) return widen<int16_t, int32_t>(input);
  if (from == Int16 && to == Int64) return widen<int16_t, int64_t>(input);
  if (from == Int32 && to == Int64) return widen<int32_t, int64_t>(input);
  if (from == Int16 && to == Double) return widen<int16_t, double>(input);
  if (from == Int32 && to == Double) return widen<int32_t, double>(input);
  if (from == Int64 && to == Double) return widen<int64_t, double>(input);
  if (from == Int64 && to == Int32) {
    const auto narrow = [](int64_t in, int32_t* out) {
      *out = static_cast<int32_t>(in);
      return *out == in;
    };
    return convert<int64_t, int32_t>(input, narrow, explain);
  }
  return std::nullopt;
}

Result<Column> cast_whole(const CastInput& input, const Explain& explain) {
  const PhysicalType from = input.column.type().physical(), to = input.target.physical();
  WholeRange range = whole_range(to);
  // From 2^127 on a UHUGEINT looks negative and fits no other integer.
  const bool huge = from == PhysicalType::UInt128;
  if (huge) range.low = 0;
  const auto real = [huge](auto zero, int128_t value) -> double {
    using Real = decltype(zero);
    return huge ? static_cast<Real>(static_cast<uint128_t>(value)) : static_cast<Real>(value);
  };
  if (to == PhysicalType::Double) {
    return convert_wide(
        input, [&](WideValue& value) { return value.real = real(0.0, value.whole), true; },
        explain);
  }
  if (to == PhysicalType::Float) {  // rounded once, not by way of a double
    return convert_wide(
        input, [&](WideValue& value) { return value.real = real(0.0F, value.whole), true; },
        explain);
  }
  return convert_wide(input, [&](WideValue& value) { return range.holds(value.whole); }, explain);
}

Result<Column> cast_real(const CastInput& input, const Explain& explain) {
  const PhysicalType to = input.target.physical();
  if (to == PhysicalType::Double) {
    return convert_wide(input, [](WideValue&) { return true; }, explain);
  }
  if (to == PhysicalType::Float) {
    const auto finite = [](WideValue& value) {
      return std::isfinite(static_cast<float>(value.real)) || !std::isfinite(value.real);
    };
    return convert_wide(input, finite, explain);
  }
  // Bounds as doubles: the first value that is too large for the type is a power of two.
  const WholeRange range = whole_range(to);
  const double low = static_cast<double>(range.low);
  const double bound =
      to == PhysicalType::UInt128 ? std::ldexp(1.0, 128) : static_cast<double>(range.high) + 1;
  const auto round = [=](WideValue& value) {
    const double rounded = std::nearbyint(value.real);
    if (!(rounded >= low && rounded < bound)) return false;
    value.whole = rounded < 0 ? static_cast<int128_t>(rounded)
                              : static_cast<int128_t>(static_cast<uint128_t>(rounded));
    return true;
  };
  return convert_wide(input, round, explain);
}

}  // namespace

CastResult cast_number(const CastInput& input) {
  const Type& from = input.column.type();
  if (!is_plain_number(from) || !is_plain_number(input.target)) return std::nullopt;
  const auto explain = [&](uint32_t row) { return out_of_range(input.column, row, input.target); };
  const bool real = is_real(from.physical());
  if (input.target.id() == TypeId::Boolean) {
    const auto truth = [real](WideValue& value) {
      value.whole = real ? value.real != 0 : value.whole != 0;
      return true;
    };
    return convert_wide(input, truth, explain);
  }
  if (std::optional<Column> hot = TRY(cast_hot(input, explain))) return hot;
  return real ? cast_real(input, explain) : cast_whole(input, explain);
}

}  // namespace whittle::casts
