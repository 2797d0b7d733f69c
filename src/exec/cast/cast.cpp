#include "exec/cast/cast.hpp"

#include "columnar/gather.hpp"
#include "exec/evaluator.hpp"

namespace whittle {

namespace casts {

std::string message_type_name(const Type& type) {
  switch (type.id()) {
    case TypeId::TinyInt:
      return "INT8";
    case TypeId::SmallInt:
      return "INT16";
    case TypeId::Integer:
      return "INT32";
    case TypeId::BigInt:
      return "INT64";
    case TypeId::HugeInt:
      return "INT128";
    case TypeId::UTinyInt:
      return "UINT8";
    case TypeId::USmallInt:
      return "UINT16";
    case TypeId::UInteger:
      return "UINT32";
    case TypeId::UBigInt:
      return "UINT64";
    case TypeId::UHugeInt:
      return "UINT128";
    case TypeId::Boolean:
      return "BOOL";
    default:
      return type.to_string();
  }
}

Error out_of_range(const Column& column, uint32_t row, const Type& target) {
  return Error(ErrorCode::Conversion,
               "Type " + message_type_name(column.type()) + " with value " +
                   Value::from_column(column, row).to_string() +
                   " can't be cast because the value is out of range for the destination type " +
                   message_type_name(target));
}

Result<Column> flat_result(const CastInput& input) {
  const uint32_t length = input.column.length();
  if (length <= batch_rows) return Column::flat(input.budget, input.target, length);
  return Column::reserve_flat(input.budget, input.target, length);
}

Result<Column> to_bytes(const CastInput& input, const AppendBytes& append) {
  const ColumnView view(input.column);
  Column result = TRY(flat_result(input));
  auto heap = make_ref<StringHeap>(input.budget);
  auto* out = result.mutable_values<StringRef>();
  std::string bytes;
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    bytes.clear();
    if (view.valid(row) && TRY(append.call(append.object, view, row, bytes))) {
      out[row] = TRY(heap->add(bytes));
    } else {
      out[row] = StringRef();
      result.set_null(input.budget, row);
    }
  }
  result.set_heap(std::move(heap));
  return result;
}

Result<Column> convert_wide(const CastInput& input, const WideStep& step, const Explain& explain) {
  Column result = TRY(flat_result(input));
  const ColumnView view(input.column);
  const PhysicalType from = input.column.type().physical(), to = input.target.physical();
  WideValue values[wide_rows];
  uint32_t rows[wide_rows], at[wide_rows];
  for (uint32_t first = 0; first < input.rows.count; first += wide_rows) {
    const uint32_t count = std::min(wide_rows, input.rows.count - first);
    for (uint32_t i = 0; i < count; ++i) {
      rows[i] = input.rows[first + i];
      at[i] = view.at(rows[i]);
    }
    read_wide(view.values, from, {at, count}, values);
    for (uint32_t i = 0; i < count; ++i) {
      if (!view.validity || bit_is_set(view.validity, at[i])) {
        if (step(values[i])) [[likely]]
          continue;
        if (input.strict) return fail(explain(rows[i]));
      }
      values[i] = WideValue{};
      result.set_null(input.budget, rows[i]);
    }
    write_wide(result.mutable_values<std::byte>(), to, {rows, count}, values);
  }
  return result;
}

Result<Column> detail::run_cast(const CastInput& input, CastLoop loop, void* convert,
                                const Explain& explain) {
  Column result = TRY(flat_result(input));
  TRY(loop(input, convert, result, explain));
  return result;
}

}  // namespace casts

namespace {

// Types that share their bits: the column only changes its label.
bool same_bits(const Type& from, const Type& to) {
  if (from.id() == TypeId::Decimal && to.id() == TypeId::Decimal) {
    return from.decimal_scale() == to.decimal_scale() && from.physical() == to.physical() &&
           from.decimal_width() <= to.decimal_width();
  }
  return from.is_string() && to.id() == TypeId::Varchar;
}

Result<Column> cast_flat(const casts::CastInput& input) {
  static constexpr decltype(&casts::cast_number) families[] = {
      casts::cast_number,  casts::cast_decimal,   casts::cast_temporal,
      casts::cast_to_text, casts::cast_from_text, casts::cast_from_json,
      casts::cast_nested,  casts::cast_uuid,      casts::cast_bit};
  for (const auto family : families) {
    std::optional<Column> result = TRY(family(input));
    if (result) return std::move(*result);
  }
  // NULLs cast into everything, and TRY_CAST makes them of what cannot be cast.
  const ColumnView view(input.column);
  bool nothing = true;
  for (uint32_t i = 0; i < input.rows.count && nothing; ++i) nothing = !view.valid(input.rows[i]);
  if (nothing || !input.strict) {
    return flatten(Column::constant_null(input.budget, input.target, input.column.length()),
                   input.budget);
  }
  return fail(ErrorCode::Conversion, "Unimplemented type for cast (" +
                                         input.column.type().to_string() + " -> " +
                                         input.target.to_string() + ")");
}

}  // namespace

Result<Column> cast_column(const Column& column, const Type& target, const Selection& rows,
                           bool strict, MemoryBudget& budget) {
  if (column.type() == target) return column;
  if (column.type().id() == TypeId::Null)
    return Column::constant_null(budget, target, column.length());
  if (same_bits(column.type(), target)) {
    Column relabelled = column;
    if (column.encoding() == Encoding::Dictionary) {
      Column values = column.dictionary()->values;
      values.set_type(target);
      relabelled.set_dictionary(make_ref<Dictionary>(std::move(values)));
    } else {
      relabelled.set_type(target);
    }
    return relabelled;
  }
  if (column.encoding() == Encoding::Constant) {
    if (column.is_null(0)) return Column::constant_null(budget, target, column.length());
    Column one = column;
    one.set_length(1);
    const Selection first = Selection::all(1);
    return Column::constant(TRY(cast_flat({one, target, first, strict, budget})), column.length());
  }
  return cast_flat({column, target, rows, strict, budget});
}

}  // namespace whittle
