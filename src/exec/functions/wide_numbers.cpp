#include "exec/functions/wide_numbers.hpp"

#include "columnar/numbers.hpp"
#include "columnar/physical_dispatch.hpp"

namespace whittle::wide {

namespace {

constexpr uint32_t block_rows = 64;

template <class T, class W>
void read_as(const ColumnView& view, const uint32_t* rows, uint32_t count, W* out) {
  for (uint32_t i = 0; i < count; ++i) out[i] = static_cast<W>(view.get<T>(rows[i]));
}

// The selected values of any numeric column.
template <class W>
void read(const ColumnView& view, const uint32_t* rows, uint32_t count, W* out) {
  switch (view.stored->type().physical()) {
    case PhysicalType::Int32:
      return read_as<int32_t>(view, rows, count, out);
    case PhysicalType::Float:
      if constexpr (std::is_same_v<W, double>) read_as<float>(view, rows, count, out);
      return;
    case PhysicalType::Double:
      if constexpr (std::is_same_v<W, double>) read_as<double>(view, rows, count, out);
      return;
    default:
      if constexpr (std::is_same_v<W, int128_t>) {
        dispatch_numeric<bool>(view.stored->type().physical(), false, [&]<class T>(TypeTag<T>) {
          if constexpr (!std::is_floating_point_v<T>) read_as<T>(view, rows, count, out);
          return true;
        });
      }
  }
}

template <class T, class W>
void write_as(Column& result, const uint32_t* rows, uint32_t count, const W* values) {
  T* out = result.mutable_values<T>();
  for (uint32_t i = 0; i < count; ++i) out[rows[i]] = static_cast<T>(values[i]);
}

// Signed and unsigned types of one size take the same bits. Real numbers give real ones, signs and
// truth values.
template <class W>
void write(Column& result, const uint32_t* rows, uint32_t count, const W* values) {
  const PhysicalType physical = result.type().physical();
  if constexpr (std::is_same_v<W, double>) {
    if (physical == PhysicalType::Double) return write_as<double>(result, rows, count, values);
    if (physical == PhysicalType::Float) return write_as<float>(result, rows, count, values);
    return write_as<int8_t>(result, rows, count, values);
  } else {
    switch (result.type().value_size()) {
      case 1:
        return write_as<int8_t>(result, rows, count, values);
      case 2:
        return write_as<int16_t>(result, rows, count, values);
      case 4:
        return write_as<int32_t>(result, rows, count, values);
      case 8:
        return write_as<int64_t>(result, rows, count, values);
      default:
        return write_as<int128_t>(result, rows, count, values);
    }
  }
}

template <class W>
Status loop_over(KernelContext& context, const Work& work, Status (*function)(Row<W>&),
                 Column& result) {
  uint32_t rows[block_rows];
  W a[block_rows], b[block_rows], out[block_rows];
  std::fill(b, b + block_rows, W{});
  for (uint32_t next = 0; next < context.rows.count;) {
    uint32_t count = 0;
    for (; next < context.rows.count && count < block_rows; ++next) {
      rows[count] = context.rows[next];
      count += kernels::row_valid(result, rows[count]);
    }
    read(work.a, rows, count, a);
    if (work.two) read(work.b, rows, count, b);
    for (uint32_t i = 0; i < count; ++i) {
      out[i] = W{};
      Row<W> row{a[i], b[i], out[i], false, work.call};
      TRY(function(row));
      if (row.null) [[unlikely]]
        result.set_null(context.budget, rows[i]);
    }
    write(result, rows, count, out);
  }
  return {};
}

}  // namespace

Call::Call(const Type& type) : type(type), physical(type.physical()) {
  bits = static_cast<int>(type.value_size()) * 8;
  dispatch_numeric<bool>(physical, false, [&]<class T>(TypeTag<T>) {
    is_signed = static_cast<T>(-1) < T{0};
    return true;
  });
  if (physical == PhysicalType::UInt128) {
    low = std::numeric_limits<int128_t>::min();
    high = std::numeric_limits<int128_t>::max();
  } else if (is_signed) {
    high = static_cast<int128_t>(~uint128_t{0} >> (129 - bits));
    low = -high - 1;
  } else {
    high = static_cast<int128_t>(~uint128_t{0} >> (128 - bits));
  }
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
  const bool is_real = from == PhysicalType::Float || from == PhysicalType::Double;
  if (is_real && work.real) return loop_over<double>(context, work, work.real, result);
  if (!is_real && work.integer) return loop_over<int128_t>(context, work, work.integer, result);
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
