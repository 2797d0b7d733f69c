// Turns a PhysicalType at run time into a C++ type at compile time, so that a kernel is one
// template.
#pragma once

#include "base/int128.hpp"
#include "columnar/column.hpp"

namespace whittle {

template <class T>
struct TypeTag {
  using type = T;
};

/// Calls f(TypeTag<T>{}) for the numeric types, Bool (uint8_t) included; returns f's result, or
/// `otherwise`.
template <class R, class F>
R dispatch_numeric(PhysicalType physical, R otherwise, F&& f) {
  switch (physical) {
    case PhysicalType::Bool:
    case PhysicalType::UInt8:
      return f(TypeTag<uint8_t>{});
    case PhysicalType::Int8:
      return f(TypeTag<int8_t>{});
    case PhysicalType::Int16:
      return f(TypeTag<int16_t>{});
    case PhysicalType::Int32:
      return f(TypeTag<int32_t>{});
    case PhysicalType::Int64:
      return f(TypeTag<int64_t>{});
    case PhysicalType::Int128:
      return f(TypeTag<int128_t>{});
    case PhysicalType::UInt16:
      return f(TypeTag<uint16_t>{});
    case PhysicalType::UInt32:
      return f(TypeTag<uint32_t>{});
    case PhysicalType::UInt64:
      return f(TypeTag<uint64_t>{});
    case PhysicalType::UInt128:
      return f(TypeTag<uint128_t>{});
    case PhysicalType::Float:
      return f(TypeTag<float>{});
    case PhysicalType::Double:
      return f(TypeTag<double>{});
    default:
      return otherwise;
  }
}

/// As above for every type with values of its own: also Interval, StringRef and ListEntry.
template <class R, class F>
R dispatch_physical(PhysicalType physical, R otherwise, F&& f) {
  switch (physical) {
    case PhysicalType::Interval:
      return f(TypeTag<IntervalValue>{});
    case PhysicalType::String:
      return f(TypeTag<StringRef>{});
    case PhysicalType::List:
      return f(TypeTag<ListEntry>{});
    default:
      return dispatch_numeric<R>(physical, std::move(otherwise), std::forward<F>(f));
  }
}

}  // namespace whittle
