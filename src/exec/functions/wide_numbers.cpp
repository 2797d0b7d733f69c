#include "exec/functions/wide_numbers.hpp"

#include <cstring>

#include "columnar/numbers.hpp"
#include "exec/wide_values.hpp"

namespace whittle::wide {

namespace {

template <class W>
W as(const WideValue& value, bool real) {
  if constexpr (std::is_same_v<W, double>) {
    return real ? value.real : static_cast<double>(value.whole);  // the digits of round()
  } else {
    return value.whole;
  }
}

void read(const ColumnView& view, std::span<const uint32_t> rows, WideValue* out) {
  uint32_t at[wide_rows];
  for (size_t i = 0; i < rows.size(); ++i) at[i] = view.at(rows[i]);
  read_wide(view.values, view.stored->type().physical(), {at, rows.size()}, out);
}

template <class W>
Status loop_over(KernelContext& context, const Work& work, Status (*function)(Row<W>&),
                 Column& result) {
  const PhysicalType physical = result.type().physical();
  const bool a_real = is_real(work.a.stored->type().physical());
  const bool b_real = is_real(work.b.stored->type().physical());
  uint32_t rows[wide_rows];
  WideValue a[wide_rows], b[wide_rows], out[wide_rows];
  for (uint32_t next = 0; next < context.rows.count;) {
    uint32_t count = 0;
    for (; next < context.rows.count && count < wide_rows; ++next) {
      rows[count] = context.rows[next];
      count += kernels::row_valid(result, rows[count]);
    }
    read(work.a, {rows, count}, a);
    if (work.two) read(work.b, {rows, count}, b);
    for (uint32_t i = 0; i < count; ++i) {
      W value{};
      Row<W> row{as<W>(a[i], a_real), work.two ? as<W>(b[i], b_real) : W{}, value, false,
                 work.call};
      TRY(function(row));
      if (row.null) [[unlikely]]
        result.set_null(context.budget, rows[i]);
      // Real numbers give real ones, or signs and truth values.
      if (is_real(physical)) {
        out[i].real = static_cast<double>(value);
      } else {
        out[i].whole = static_cast<int128_t>(value);
      }
    }
    write_wide(result.mutable_values<std::byte>(), physical, {rows, count}, out);
  }
  return {};
}

}  // namespace

Call::Call(const Type& type) : type(type), physical(type.physical()) {
  bits = static_cast<int>(type.value_size()) * 8;
  const WholeRange range = whole_range(physical);
  low = unsigned_128() ? std::numeric_limits<int128_t>::min() : range.low;
  high = range.high;
  is_signed = range.low < 0;
  least = low;
  if (type.id() != TypeId::Decimal) return;
  const int width = type.decimal_width();
  if (width == 18 || width == 38) {
    high = static_cast<int128_t>(power_of_ten(width)) - 1;
    low = -high;
  }
}

Work::Work(KernelContext& context, std::span<const Column> arguments, IntegerFunction integer,
           RealFunction real)
    : call(context.call.type),
      a(arguments[0]),
      b(arguments.back()),
      two(arguments.size() > 1),
      integer(integer),
      real(real) {
  const Type& type = arguments[0].type();
  if (type.id() != TypeId::Decimal) return;
  call.scale = type.decimal_scale();
  call.factor = static_cast<int128_t>(power_of_ten(call.scale));
}

Status loop(KernelContext& context, void* closure, Column& result) {
  const Work& work = *static_cast<const Work*>(closure);
  // Rows without a value would else be whatever the memory held.
  if (result.validity()) {
    std::memset(result.mutable_values<std::byte>(), 0,
                size_t{context.length} * result.type().value_size());
  }
  const PhysicalType from = work.a.stored->type().physical();
  if (is_real(from) && work.real) return loop_over<double>(context, work, work.real, result);
  if (!is_real(from) && work.integer)
    return loop_over<int128_t>(context, work, work.integer, result);
  return fail(ErrorCode::Internal, "a function of other numbers");
}

Result<Column> run(KernelContext& context, std::span<const Column> arguments,
                   IntegerFunction integer, RealFunction real) {
  Work work(context, arguments, integer, real);
  return kernels::detail::run_rows(context, arguments, loop, &work);
}

std::string text(const Call& call, int128_t value) {
  std::string out;
  if (call.unsigned_128()) {
    append_unsigned(out, static_cast<uint128_t>(value));
  } else {
    append_integer(out, value);
  }
  return out;
}

}  // namespace whittle::wide
