// Numbers in wide form: functions over every numeric type, compiled once instead of once per type.
// Integers and DECIMALs are read into 128 bits, FLOAT and DOUBLE into a double, a block of rows at
// a time; the function sees one row of wide values, and what it leaves is written in the result's
// type.
//
// The price is a call through a pointer per row, 4 to 5 ns, where a loop of the type's own may take
// a tenth of that. The gain is size: loops per function, type and encoding were half a megabyte of
// code. So only + - * / // % on the types that queries are full of have such loops
// (arithmetic.cpp).
//
// UHUGEINT travels as the bits of an int128_t: functions for which that matters ask
// `unsigned_128()`. Pure functions; any thread.
#pragma once

#include <string>

#include "exec/kernels.hpp"

namespace whittle::wide {

/// What is the same for every row of a call.
struct Call {
  explicit Call(const Type& type);

  const Type& type;  // of the result
  PhysicalType physical;
  /// What the result may be, ends included; a DECIMAL of 18 or 38 digits ends before its physical
  /// type does. All of int128_t for UHUGEINT.
  int128_t low = 0, high = 0;
  int128_t least = 0;  // of the physical type
  int bits = 0;        // of an integer result
  bool is_signed = true;
  /// For rounding: the scale of a DECIMAL argument, and 10 to its power.
  int scale = 0;
  int128_t factor = 1;

  bool unsigned_128() const { return physical == PhysicalType::UInt128; }
  bool holds(int128_t value) const { return low <= value && value <= high; }
};

/// One row: `out`, which is 0, and perhaps `null` are to be set. `b` is 0 where there is one
/// argument.
template <class W>
struct Row {
  W a, b;
  W& out;
  bool null = false;
  const Call& call;
};
using IntegerRow = Row<int128_t>;
using RealRow = Row<double>;
using IntegerFunction = Status (*)(IntegerRow& row);
using RealFunction = Status (*)(RealRow& row);

/// The closure of `loop`. An argument of FLOAT or DOUBLE comes first; the second may be an integer
/// beside it.
struct Work {
  Work(KernelContext& context, std::span<const Column> arguments, IntegerFunction integer,
       RealFunction real);

  Call call;
  ColumnView a, b;
  bool two;  // arguments
  IntegerFunction integer;
  RealFunction real;
};
/// The loop over all selected valid rows, for kernels::detail::run_rows with a Work.
Status loop(KernelContext& context, void* work, Column& result);

/// A kernel of one or two arguments. Either function may be null where its types do not come.
Result<Column> run(KernelContext& context, std::span<const Column> arguments,
                   IntegerFunction integer, RealFunction real);

/// `value` of the arguments' type as text.
std::string text(const Call& call, int128_t value);

}  // namespace whittle::wide
