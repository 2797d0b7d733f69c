// Casts, one file per family. A family's function either casts a whole column or says that the pair
// of types is not its business (nullopt), and cast.cpp asks one after the other.
//
// All share `convert`: `f(value, Out*)` returns false where the value has no counterpart, which is
// an error for CAST and NULL for TRY_CAST.
#pragma once

#include <optional>
#include <string>

#include "columnar/column.hpp"
#include "columnar/value.hpp"
#include "exec/kernels.hpp"

namespace whittle::casts {

struct CastInput {
  const Column& column;
  const Type& target;
  const Selection& rows;
  bool strict;  // CAST; else TRY_CAST
  MemoryBudget& budget;
};

/// nullopt: not this family's pair of types.
using CastResult = Result<std::optional<Column>>;
CastResult cast_number(const CastInput& input);    // integers, floats, BOOLEAN among themselves
CastResult cast_decimal(const CastInput& input);   // DECIMAL from and to numbers
CastResult cast_temporal(const CastInput& input);  // dates and times among themselves
CastResult cast_to_text(const CastInput& input);
CastResult cast_from_text(const CastInput& input);
CastResult cast_from_json(const CastInput& input);
CastResult cast_nested(const CastInput& input);
CastResult cast_bit(const CastInput& input);
CastResult cast_uuid(const CastInput& input);

/// "INT32", "DOUBLE", "DECIMAL(4,2)": how messages name a number's type.
std::string message_type_name(const Type& type);
/// "Type INT32 with value 300 can't be cast because the value is out of range for the destination
/// type INT8"
Error out_of_range(const Column& column, uint32_t row, const Type& target);

/// Runs `f(in, &out)` for the selected valid rows; `explain(row)` makes the error of a strict cast.
template <class In, class Out, class F, class Explain>
Result<Column> convert(const CastInput& input, F&& f, Explain&& explain) {
  const ColumnView view(input.column);
  const uint32_t length = input.column.length();
  Column result = length <= batch_rows
                      ? Column::flat(input.budget, input.target, length)
                      : TRY(Column::reserve_flat(input.budget, input.target, length));
  Out* out = result.mutable_values<Out>();
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    if (view.valid(row)) {
      if (f(view.get<In>(row), &out[row])) [[likely]]
        continue;
      if (input.strict) return fail(explain(row));
    }
    out[row] = Out{};
    result.set_null(input.budget, row);
  }
  return result;
}

/// As convert for values that always convert; a plain loop where there are no NULLs.
template <class In, class Out, class F>
Result<Column> convert_all(const CastInput& input, F&& f) {
  if constexpr (kernels::kHot<In> || kernels::kHot<Out>) {
    const ColumnView view(input.column);
    if (!view.has_nulls() && input.column.encoding() == Encoding::Flat &&
        input.column.length() <= batch_rows) {
      Column result = Column::flat(input.budget, input.target, input.column.length());
      const In* in = input.column.values<In>();
      Out* out = result.mutable_values<Out>();
      kernels::for_each_row(input.rows,
                            [&](uint32_t row) { out[row] = static_cast<Out>(f(in[row])); });
      return result;
    }
  }
  return convert<In, Out>(
      input,
      [&](const In& in, Out* out) {
        *out = static_cast<Out>(f(in));
        return true;
      },
      [](uint32_t) { return Error(ErrorCode::Internal, "cast"); });
}

}  // namespace whittle::casts
