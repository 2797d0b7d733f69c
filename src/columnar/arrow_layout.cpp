#include "columnar/arrow_layout.hpp"

#include <bit>
#include <cstring>

#include "columnar/gather.hpp"
#include "columnar/physical_dispatch.hpp"
#include "columnar/text.hpp"

namespace whittle {

// ---- types
// --------------------------------------------------------------------------------------

namespace {

struct ArrowTypeRow {
  TypeId type;
  const char* format;
  bool says_type;  // the format alone tells the SQL type
};

constexpr ArrowTypeRow arrow_types[] = {
    {TypeId::Null, "n", true},
    {TypeId::Boolean, "b", true},
    {TypeId::TinyInt, "c", true},
    {TypeId::SmallInt, "s", true},
    {TypeId::Integer, "i", true},
    {TypeId::BigInt, "l", true},
    {TypeId::HugeInt, "d:38,0", false},
    {TypeId::UTinyInt, "C", true},
    {TypeId::USmallInt, "S", true},
    {TypeId::UInteger, "I", true},
    {TypeId::UBigInt, "L", true},
    {TypeId::UHugeInt, "w:16", false},
    {TypeId::Float, "f", true},
    {TypeId::Double, "g", true},
    {TypeId::Varchar, "u", true},
    {TypeId::Blob, "z", true},
    {TypeId::Json, "u", false},
    {TypeId::Uuid, "u", false},
    {TypeId::Date, "tdD", true},
    {TypeId::Time, "ttu", true},
    {TypeId::TimeNs, "ttn", true},
    {TypeId::TimeTz, "u", false},
    {TypeId::TimestampS, "tss:", true},
    {TypeId::TimestampMs, "tsm:", true},
    {TypeId::Timestamp, "tsu:", true},
    {TypeId::TimestampNs, "tsn:", true},
    {TypeId::TimestampTz, "tsu:UTC", true},
    {TypeId::Interval, "tin", true},
    {TypeId::Bit, "u", false},
    {TypeId::List, "+l", true},
    {TypeId::Struct, "+s", true},
    {TypeId::Map, "+m", true},
    {TypeId::Lambda, "n", false},
};

}  // namespace

ArrowField arrow_field(const Field& field, const ArrowOptions& options) {
  const Type& type = field.type;
  ArrowField result;
  result.name = field.name;
  bool says_type = true;
  if (type.id() == TypeId::Decimal && options.decimals_as_text) {
    result.format = "u";
    says_type = false;
  } else if (type.id() == TypeId::Decimal) {
    result.format =
        "d:" + std::to_string(type.decimal_width()) + "," + std::to_string(type.decimal_scale());
  } else if (type.id() == TypeId::Array) {
    result.format = "+w:" + std::to_string(type.array_size());
  } else {
    for (const auto& row : arrow_types) {
      if (row.type != type.id()) continue;
      result.format = row.format;
      says_type = row.says_type;
    }
  }
  if (options.large_strings && result.format == "u") result.format = "U";
  if (options.large_strings && result.format == "z") result.format = "Z";
  if (!says_type) result.metadata.emplace_back("whittle:type", type.to_string());
  for (const auto& child : type.fields()) result.children.push_back(arrow_field(child, options));
  if (type.id() == TypeId::List || type.id() == TypeId::Array) result.children[0].name = "item";
  if (type.id() == TypeId::Map) {
    result.children[0].nullable = false;
    result.children[0].children[0].nullable = false;
  }
  return result;
}

// ---- values
// -------------------------------------------------------------------------------------

namespace {

Result<ArrowBuffer> new_buffer(size_t size, MemoryBudget& budget) {
  ArrowBuffer buffer;
  buffer.owner = TRY(Buffer::reserve(budget, size, "Arrow buffers"));
  buffer.data = buffer.owner->data();
  buffer.size = size;
  return buffer;
}

// Shares the column's bytes when something owns them, else copies.
Result<ArrowBuffer> shared_buffer(const void* data, size_t size, const BufferRef& owner,
                                  MemoryBudget& budget) {
  if (owner) return ArrowBuffer{static_cast<const std::byte*>(data), size, owner};
  ArrowBuffer buffer = TRY(new_buffer(size, budget));
  if (size > 0 && data) std::memcpy(buffer.owner->data(), data, size);
  return buffer;
}

Status add_validity(const Column& flat, ArrowColumn& result, MemoryBudget& budget) {
  const uint64_t* bits = flat.validity();
  result.length = flat.length();
  if (!bits) {
    result.buffers.emplace_back();
    return {};
  }
  int64_t valid = 0;
  const uint32_t words = flat.length() / 64, rest = flat.length() % 64;
  for (uint32_t i = 0; i < words; ++i) valid += std::popcount(bits[i]);
  if (rest > 0) valid += std::popcount(bits[words] & ((uint64_t{1} << rest) - 1));
  result.null_count = result.length - valid;
  result.buffers.push_back(
      TRY(shared_buffer(bits, (size_t{flat.length()} + 7) / 8, flat.validity_owner(), budget)));
  return {};
}

Result<ArrowBuffer> boolean_bits(const Column& flat, MemoryBudget& budget) {
  const size_t words = bitmap_words(flat.length());
  ArrowBuffer buffer = TRY(new_buffer(words * 8, budget));
  auto* bits = buffer.owner->as<uint64_t>();
  std::memset(bits, 0, words * 8);
  const auto* values = flat.values<uint8_t>();
  for (uint32_t i = 0; i < flat.length(); ++i) {
    bits[i >> 6] |= uint64_t{values[i] != 0} << (i & 63);
  }
  buffer.size = (size_t{flat.length()} + 7) / 8;
  return buffer;
}

Result<ArrowBuffer> decimal_values(const Column& flat, MemoryBudget& budget) {
  ArrowBuffer buffer = TRY(new_buffer(size_t{flat.length()} * 16, budget));
  auto* result = buffer.owner->as<int128_t>();
  dispatch_numeric<int>(flat.type().physical(), 0, [&](auto tag) {
    const auto* values = flat.values<typename decltype(tag)::type>();
    for (uint32_t i = 0; i < flat.length(); ++i) result[i] = static_cast<int128_t>(values[i]);
    return 0;
  });
  return buffer;
}

struct MonthDayNano {
  int32_t months, days;
  int64_t nanoseconds;
};

Result<ArrowBuffer> interval_values(const Column& flat, MemoryBudget& budget) {
  ArrowBuffer buffer = TRY(new_buffer(size_t{flat.length()} * sizeof(MonthDayNano), budget));
  auto* result = buffer.owner->as<MonthDayNano>();
  const auto* values = flat.values<IntervalValue>();
  for (uint32_t i = 0; i < flat.length(); ++i) {
    result[i] = {values[i].months, values[i].days, 0};
    if (__builtin_mul_overflow(values[i].microseconds, int64_t{1000}, &result[i].nanoseconds) &&
        !flat.is_null(i)) {
      return fail(ErrorCode::OutOfRange,
                  "an interval above 292 years of hours does not fit Arrow's nanoseconds");
    }
  }
  return buffer;
}

// Offsets and bytes of strings whose view is view_of(row).
template <class Offset, class F>
Status add_strings(const Column& flat, F&& view_of, ArrowColumn& result, MemoryBudget& budget) {
  ArrowBuffer offsets = TRY(new_buffer((size_t{flat.length()} + 1) * sizeof(Offset), budget));
  auto* offset = offsets.owner->as<Offset>();
  uint64_t total = 0;
  for (uint32_t i = 0; i < flat.length(); ++i) {
    offset[i] = static_cast<Offset>(total);
    total += view_of(i).size();
    if (sizeof(Offset) == 4 && total > INT32_MAX) {
      return fail(Error(ErrorCode::OutOfRange, "more than 2 GB of strings in one Arrow batch")
                      .with_hint("export with large strings or fewer rows"));
    }
  }
  offset[flat.length()] = static_cast<Offset>(total);
  ArrowBuffer bytes = TRY(new_buffer(total, budget));
  auto* next = reinterpret_cast<char*>(bytes.owner->data());
  for (uint32_t i = 0; i < flat.length(); ++i) {
    const std::string_view text = view_of(i);
    if (!text.empty()) std::memcpy(next, text.data(), text.size());
    next += text.size();
  }
  result.buffers.push_back(std::move(offsets));
  result.buffers.push_back(std::move(bytes));
  return {};
}

template <class F>
Status add_strings(const Column& flat, const ArrowOptions& options, F&& view_of,
                   ArrowColumn& result, MemoryBudget& budget) {
  if (options.large_strings) return add_strings<int64_t>(flat, view_of, result, budget);
  return add_strings<int32_t>(flat, view_of, result, budget);
}

Status add_string_values(const Column& flat, const ArrowOptions& options, ArrowColumn& result,
                         MemoryBudget& budget) {
  const auto* values = flat.values<StringRef>();
  const uint64_t* validity = flat.validity();
  return add_strings(
      flat, options,
      [&](uint32_t i) {
        return validity && !bit_is_set(validity, i) ? std::string_view() : values[i].view();
      },
      result, budget);
}

// Types that travel as their text.
Status add_texts(const Column& flat, const ArrowOptions& options, ArrowColumn& result,
                 MemoryBudget& budget) {
  std::string text;
  return add_strings(
      flat, options,
      [&](uint32_t i) {
        text.clear();
        if (!flat.is_null(i)) append_text(flat, i, text);
        return std::string_view(text);
      },
      result, budget);
}

Status add_list(const Column& flat, const ArrowOptions& options, ArrowColumn& result,
                MemoryBudget& budget) {
  BufferRef scratch =
      TRY(Buffer::reserve(budget, size_t{flat.length()} * sizeof(ListEntry), "Arrow buffers"));
  auto* entries = scratch->as<ListEntry>();
  const Column elements = TRY(list_elements(flat, 0, entries, budget));
  if (elements.length() > INT32_MAX) {
    return fail(ErrorCode::OutOfRange, "more than 2 billion list elements in one Arrow batch");
  }
  ArrowBuffer offsets = TRY(new_buffer((size_t{flat.length()} + 1) * 4, budget));
  auto* offset = offsets.owner->as<int32_t>();
  for (uint32_t i = 0; i < flat.length(); ++i) offset[i] = static_cast<int32_t>(entries[i].offset);
  offset[flat.length()] = static_cast<int32_t>(elements.length());
  result.buffers.push_back(std::move(offsets));
  result.children.push_back(TRY(arrow_column(elements, options, budget)));
  return {};
}

// Every array has its full size in Arrow's child, NULL ones as well.
Status add_array(const Column& flat, const ArrowOptions& options, ArrowColumn& result,
                 MemoryBudget& budget) {
  const uint32_t size = flat.type().array_size();
  const uint64_t total = uint64_t{size} * flat.length();
  if (total > INT32_MAX) {
    return fail(ErrorCode::OutOfRange, "more than 2 billion array elements in one Arrow batch");
  }
  const Column& child = flat.children()[0];
  const auto* entries = flat.values<ListEntry>();
  Column elements;
  if (child.length() == 0) {
    elements = Column::constant_null(budget, child.type(), static_cast<uint32_t>(total));
  } else {
    BufferRef rows = TRY(Buffer::reserve(budget, total * 4, "Arrow buffers"));
    auto* next = rows->as<uint32_t>();
    for (uint32_t i = 0; i < flat.length(); ++i) {
      const bool whole = !flat.is_null(i) && entries[i].length == size;
      for (uint32_t k = 0; k < size; ++k) *next++ = whole ? entries[i].offset + k : 0;
    }
    elements = TRY(gather(child, rows->as<uint32_t>(), static_cast<uint32_t>(total), budget));
  }
  result.children.push_back(TRY(arrow_column(elements, options, budget)));
  return {};
}

}  // namespace

Result<ArrowColumn> arrow_column(const Column& column, const ArrowOptions& options,
                                 MemoryBudget& budget) {
  const Column flat = TRY(flatten(column, budget));
  ArrowColumn result;
  if (flat.type().physical() == PhysicalType::Null) {
    result.length = result.null_count = flat.length();
    return result;
  }
  TRY(add_validity(flat, result, budget));
  switch (flat.type().id()) {
    case TypeId::Boolean:
      result.buffers.push_back(TRY(boolean_bits(flat, budget)));
      break;
    case TypeId::Decimal:
      if (options.decimals_as_text) {
        TRY(add_texts(flat, options, result, budget));
      } else if (flat.type().physical() == PhysicalType::Int128) {
        result.buffers.push_back(TRY(shared_buffer(
            flat.values<std::byte>(), size_t{flat.length()} * 16, flat.values_owner(), budget)));
      } else {
        result.buffers.push_back(TRY(decimal_values(flat, budget)));
      }
      break;
    case TypeId::Interval:
      result.buffers.push_back(TRY(interval_values(flat, budget)));
      break;
    case TypeId::Varchar:
    case TypeId::Json:
    case TypeId::Blob:
      TRY(add_string_values(flat, options, result, budget));
      break;
    case TypeId::Uuid:
    case TypeId::Bit:
    case TypeId::TimeTz:
      TRY(add_texts(flat, options, result, budget));
      break;
    case TypeId::List:
    case TypeId::Map:
      TRY(add_list(flat, options, result, budget));
      break;
    case TypeId::Array:
      TRY(add_array(flat, options, result, budget));
      break;
    case TypeId::Struct:
      for (const auto& child : flat.children()) {
        const Column rows = TRY(slice(child, 0, flat.length(), budget));
        result.children.push_back(TRY(arrow_column(rows, options, budget)));
      }
      break;
    default:
      result.buffers.push_back(TRY(shared_buffer(flat.values<std::byte>(),
                                                 size_t{flat.type().value_size()} * flat.length(),
                                                 flat.values_owner(), budget)));
  }
  return result;
}

Result<std::vector<ArrowColumn>> arrow_columns(const Batch& batch, const ArrowOptions& options,
                                               MemoryBudget& budget) {
  std::vector<ArrowColumn> columns;
  columns.reserve(batch.columns.size());
  for (const auto& column : batch.columns) {
    const Column rows = TRY(gather(column, batch.selection, budget));
    columns.push_back(TRY(arrow_column(rows, options, budget)));
  }
  return columns;
}

}  // namespace whittle
