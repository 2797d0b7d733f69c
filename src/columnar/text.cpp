#include "columnar/text.hpp"

#include "columnar/binary_text.hpp"
#include "columnar/datetime.hpp"
#include "columnar/numbers.hpp"
#include "columnar/physical_dispatch.hpp"
#include "columnar/value.hpp"

namespace whittle {

namespace {

bool needs_quotes(std::string_view text) {
  if (text.empty() || is_space(text.front()) || is_space(text.back())) return true;
  if (equals_ignoring_case(text, "null")) return true;
  return text.find_first_of("\"'(),:=[]{}") != std::string_view::npos;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += '\'';
}

// A value inside a nested one: nested values and JSON in lists speak for themselves, all other text
// is quoted where it must be.
void append_element(const Column& column, uint32_t row, bool in_list, std::string& out) {
  const ColumnView view(column);
  if (!view.valid(row) || column.type().is_nested() ||
      (in_list && column.type().id() == TypeId::Json)) {
    return append_text(column, row, out);
  }
  const size_t start = out.size();
  append_text(column, row, out);
  if (!needs_quotes({out.data() + start, out.size() - start})) return;
  const std::string text = out.substr(start);
  out.resize(start);
  append_quoted(out, text);
}

void append_list(const ColumnView& view, uint32_t row, bool array, std::string& out) {
  const ListEntry entry = view.get<ListEntry>(row);
  out += '[';
  for (uint32_t i = 0; i < entry.length; ++i) {
    if (i > 0) out += ", ";
    if (array) {  // DuckDB quotes nothing in them
      append_text(view.stored->children()[0], entry.offset + i, out);
    } else {
      append_element(view.stored->children()[0], entry.offset + i, true, out);
    }
  }
  out += ']';
}

void append_map(const ColumnView& view, uint32_t row, std::string& out) {
  const ListEntry entry = view.get<ListEntry>(row);
  const Column& child = view.stored->children()[0];
  const ColumnView entries(child);
  out += '{';
  for (uint32_t i = 0; i < entry.length; ++i) {
    if (i > 0) out += ", ";
    const uint32_t position = entries.at(entry.offset + i);
    append_element(entries.stored->children()[0], position, false, out);
    out += '=';
    append_element(entries.stored->children()[1], position, false, out);
  }
  out += '}';
}

// Structs without names (rows) are shown as tuples.
void append_struct(const ColumnView& view, uint32_t row, std::string& out) {
  const auto& fields = view.stored->type().fields();
  const bool unnamed = !fields.empty() && fields[0].name.empty();
  out += unnamed ? '(' : '{';
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ", ";
    if (!unnamed) {
      append_quoted(out, fields[i].name);
      out += ": ";
    }
    append_element(view.stored->children()[i], view.at(row), false, out);
  }
  out += unnamed ? ')' : '}';
}

void append_number(const ColumnView& view, uint32_t row, const Type& type, std::string& out) {
  dispatch_numeric<int>(type.physical(), 0, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T value = view.get<T>(row);
    if constexpr (std::is_floating_point_v<T>) {
      append_real(out, value);
    } else if (type.id() == TypeId::Decimal) {
      append_decimal(out, static_cast<int128_t>(value), type.decimal_width(), type.decimal_scale());
    } else if constexpr (std::is_same_v<T, uint128_t>) {
      append_unsigned(out, value);
    } else {
      append_integer(out, static_cast<int128_t>(value));
    }
    return 0;
  });
}

}  // namespace

namespace {

void append_typed(const ColumnView& view, const Type& type, uint32_t row, std::string& out) {
  if (!view.valid(row) || type.physical() == PhysicalType::Null) {
    out += "NULL";
    return;
  }
  switch (type.id()) {
    case TypeId::Boolean:
      out += view.get<uint8_t>(row) ? "true" : "false";
      return;
    case TypeId::Varchar:
    case TypeId::Json:
      out += view.get<StringRef>(row).view();
      return;
    case TypeId::Blob:
      return append_blob(out, view.get<StringRef>(row).view());
    case TypeId::Bit:
      return append_bit(out, view.get<StringRef>(row).view());
    case TypeId::Uuid:
      return append_uuid(out, view.get<uint128_t>(row));
    case TypeId::Date:
      return append_date(out, view.get<int32_t>(row));
    case TypeId::Time:
      return append_time(out, view.get<int64_t>(row));
    case TypeId::TimeNs:
      return append_time_ns(out, view.get<int64_t>(row));
    case TypeId::TimeTz:
      return append_timetz(out, view.get<uint64_t>(row));
    case TypeId::TimestampS:
    case TypeId::TimestampMs:
    case TypeId::Timestamp:
    case TypeId::TimestampNs:
    case TypeId::TimestampTz:
      return append_timestamp(out, view.get<int64_t>(row), type.id());
    case TypeId::Interval:
      return append_interval(out, view.get<IntervalValue>(row));
    case TypeId::List:
    case TypeId::Array:
      return append_list(view, row, type.id() == TypeId::Array, out);
    case TypeId::Map:
      return append_map(view, row, out);
    case TypeId::Struct:
      return append_struct(view, row, out);
    default:
      return append_number(view, row, type, out);
  }
}

}  // namespace

void append_text(const ColumnView& view, uint32_t row, std::string& out) {
  append_typed(view, view.stored->type(), row, out);
}

void append_text(const Column& column, uint32_t row, std::string& out) {
  // A dictionary column may give its entries another type of the same layout.
  append_typed(ColumnView(column), column.type(), row, out);
}

std::string Value::to_string() const {
  MemoryBudget scratch(UINT64_MAX);
  const Result<Column> column = to_column(scratch);
  std::string text;
  if (column) append_text(*column, 0, text);
  return text;
}

}  // namespace whittle
