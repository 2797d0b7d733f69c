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

Result<Column> detail::run_cast(const CastInput& input, CastLoop loop, void* convert,
                                const Explain& explain) {
  const uint32_t length = input.column.length();
  Column result = length <= batch_rows
                      ? Column::flat(input.budget, input.target, length)
                      : TRY(Column::reserve_flat(input.budget, input.target, length));
  TRY(loop(input, convert, result, explain));
  return result;
}

}  // namespace casts

namespace {

// Types that share their bits: the column only changes its label.
bool same_bits(const Type& from, const Type& to) {
  const auto is_text = [](const Type& type) { return type.is_string(); };
  return is_text(from) && to.id() == TypeId::Varchar;
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
