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
#include "exec/wide_values.hpp"

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

/// Borrowed: makes the error of row `row` of a strict cast.
struct Explain {
  template <class F>
  Explain(const F& f)  // NOLINT(google-explicit-constructor)
      : object(&f), call([](const void* object, uint32_t row) {
          return (*static_cast<const F*>(object))(row);
        }) {}
  Error operator()(uint32_t row) const { return call(object, row); }
  const void* object;
  Error (*call)(const void* object, uint32_t row);
};

/// Room for every row's value, no NULLs.
Result<Column> flat_result(const CastInput& input);

/// Borrowed: appends the bytes of a valid row; false when it becomes NULL.
struct AppendBytes {
  template <class F>
  AppendBytes(const F& f)  // NOLINT(google-explicit-constructor)
      : object(&f),
        call([](const void* object, const ColumnView& view, uint32_t row, std::string& out) {
          return (*static_cast<const F*>(object))(view, row, out);
        }) {}
  const void* object;
  Result<bool> (*call)(const void* object, const ColumnView& view, uint32_t row, std::string& out);
};
/// A column of what is kept as bytes: VARCHAR, BLOB, BIT.
Result<Column> to_bytes(const CastInput& input, const AppendBytes& append);

/// Borrowed: turns a widened value of the source into one of the target in place; false where it
/// has no counterpart.
struct WideStep {
  template <class F>
  WideStep(const F& f)  // NOLINT(google-explicit-constructor)
      : object(&f), call([](const void* object, WideValue& value) {
          return (*static_cast<const F*>(object))(value);
        }) {}
  bool operator()(WideValue& value) const { return call(object, value); }
  const void* object;
  bool (*call)(const void* object, WideValue& value);
};

/// From any number to any other through wide values; `step` leaves what fits the target.
Result<Column> convert_wide(const CastInput& input, const WideStep& step, const Explain& explain);

namespace detail {

/// The part of a cast that knows its types; the rest is compiled once (cast.cpp).
using CastLoop = Status (*)(const CastInput& input, void* convert, Column& result,
                            const Explain& explain);
Result<Column> run_cast(const CastInput& input, CastLoop loop, void* convert,
                        const Explain& explain);

template <class In, class Out, class F>
Status cast_loop(const CastInput& input, void* closure, Column& result, const Explain& explain) {
  F& f = *static_cast<F*>(closure);
  const ColumnView view(input.column);
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
  return {};
}

// Values that always convert; a plain loop where there are no NULLs.
template <class In, class Out, class F>
Status plain_loop(const CastInput& input, void* closure, Column& result, const Explain& explain) {
  F& f = *static_cast<F*>(closure);
  Out* out = result.mutable_values<Out>();
  if constexpr (kernels::kHot<In> || kernels::kHot<Out>) {
    if (input.column.encoding() == Encoding::Flat && !input.column.validity()) {
      const In* in = input.column.values<In>();
      kernels::for_each_row(input.rows,
                            [&](uint32_t row) { out[row] = static_cast<Out>(f(in[row])); });
      return {};
    }
  }
  const ColumnView view(input.column);
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    if (view.valid(row)) {
      out[row] = static_cast<Out>(f(view.get<In>(row)));
    } else {
      out[row] = Out{};
      result.set_null(input.budget, row);
    }
  }
  return {};
}

}  // namespace detail

/// Runs `f(in, &out)` for the selected valid rows; `explain(row)` makes the error of a strict cast.
template <class In, class Out, class F>
Result<Column> convert(const CastInput& input, F&& f, const Explain& explain) {
  using Plain = std::remove_cvref_t<F>;
  if constexpr (std::is_function_v<std::remove_pointer_t<Plain>>) {
    return convert<In, Out>(input, [f](const In& in, Out* out) { return f(in, out); }, explain);
  } else {
    return detail::run_cast(input, detail::cast_loop<In, Out, Plain>, const_cast<Plain*>(&f),
                            explain);
  }
}

/// As convert for values that always convert.
template <class In, class Out, class F>
Result<Column> convert_all(const CastInput& input, F&& f) {
  using Plain = std::remove_cvref_t<F>;
  const auto never = [](uint32_t) { return Error(ErrorCode::Internal, "cast"); };
  return detail::run_cast(input, detail::plain_loop<In, Out, Plain>, const_cast<Plain*>(&f), never);
}

}  // namespace whittle::casts
