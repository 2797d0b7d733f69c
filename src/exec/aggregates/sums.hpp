// What sum and avg share: sums with the count of their values, for each kind of number.
#pragma once

#include "base/int128.hpp"
#include "base/result.hpp"
#include "columnar/type.hpp"

namespace whittle::aggregates {

/// What a sum takes its argument as: types that are seldom summed are cast to one with loops of its
/// own.
inline Type summed_as(const Type& type) {
  switch (type.id()) {
    case TypeId::Null:
    case TypeId::Float:
    case TypeId::UHugeInt:
      return TypeId::Double;
    case TypeId::Boolean:
    case TypeId::TinyInt:
    case TypeId::UTinyInt:
    case TypeId::USmallInt:
    case TypeId::UInteger:
      return TypeId::BigInt;
    case TypeId::UBigInt:  // the carry sum of signed words cannot take it
      return TypeId::HugeInt;
    default:
      return type;
  }
}

/// 64 bits and a carry for anything up to 64 bits wide, so that the hot loop adds one word.
struct CarrySum {
  uint64_t low;
  int64_t high;
  void add(int64_t value) {
    const uint64_t before = low;
    low += static_cast<uint64_t>(value);
    high += (value >> 63) + (low < before);
  }
  void add(const CarrySum& other) {
    low += other.low;
    high += other.high + (low < other.low);
  }
  int128_t value() const {
    return static_cast<int128_t>(static_cast<uint128_t>(static_cast<uint64_t>(high)) << 64 | low);
  }
};

/// Integers whose sum of 2^64 values fits 128 bits.
template <class T>
struct NarrowSum {
  using Accumulates = NarrowSum;
  using In = T;
  struct State {
    CarrySum sum;
    uint64_t count;
  };
  static void add(State& state, T value) {
    state.sum.add(static_cast<int64_t>(value));
    ++state.count;
  }
  static void add_many(State& state, const T* values, uint32_t count) {
    if constexpr (sizeof(T) < 8) {
      for (uint32_t first = 0; first < count; first += 1 << 20) {  // cannot overflow
        const uint32_t end = count - first < 1 << 20 ? count : first + (1 << 20);
        int64_t sum = 0;
        for (uint32_t i = first; i < end; ++i) sum += values[i];
        state.sum.add(sum);
      }
    } else {
      CarrySum sum = state.sum;
      for (uint32_t i = 0; i < count; ++i) sum.add(values[i]);
      state.sum = sum;
    }
    state.count += count;
  }
  static void merge(State& into, const State& from) {
    into.sum.add(from.sum);
    into.count += from.count;
  }
};

/// HUGEINT and DECIMALs above 18 digits.
template <class T>
struct WideSum {
  using Accumulates = WideSum;
  using In = T;
  struct State {
    int128_t sum;
    uint64_t count;
  };
  static Status add_sum(State& state, int128_t value) {
    if (!__builtin_add_overflow(state.sum, value, &state.sum)) return {};
    return fail(ErrorCode::OutOfRange, "Overflow in HUGEINT addition of a sum");
  }
  static Status add(State& state, const T& value) {
    ++state.count;
    return add_sum(state, static_cast<int128_t>(value));
  }
  static Status merge(State& into, const State& from) {
    into.count += from.count;
    return add_sum(into, from.sum);
  }
};

struct RealSum {
  using Accumulates = RealSum;
  using In = double;
  struct State {
    double sum;
    uint64_t count;
  };
  static void add(State& state, double value) {
    state.sum += value;
    ++state.count;
  }
  static void merge(State& into, const State& from) {
    into.sum += from.sum;
    into.count += from.count;
  }
};

/// Kahan's compensated summation.
struct CompensatedSum {
  using Accumulates = CompensatedSum;
  using In = double;
  struct State {
    double sum, error;
    uint64_t count;
  };
  static void add_value(State& state, double value) {
    const double difference = value - state.error;
    const double sum = state.sum + difference;
    state.error = (sum - state.sum) - difference;
    state.sum = sum;
  }
  static void add(State& state, double value) {
    add_value(state, value);
    ++state.count;
  }
  static void merge(State& into, const State& from) {
    if (!from.count) return;
    add_value(into, from.sum);
    add_value(into, -from.error);
    into.count += from.count;
  }
};

}  // namespace whittle::aggregates
