#include "exec/row_codec.hpp"

#include "columnar/physical_dispatch.hpp"

namespace whittle {

namespace {

void append_bytes(RowBytes& bytes, const void* data, size_t size) {
  const auto* begin = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), begin, begin + size);
}

template <class T>
T take(const std::byte*& bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  bytes += sizeof(T);
  return value;
}

}  // namespace

void encode_value(const ColumnView& view, uint32_t row, RowBytes& bytes) {
  const PhysicalType physical = view.stored->type().physical();
  if (!view.valid(row) || physical == PhysicalType::Null) {
    bytes.push_back(std::byte{0});
    return;
  }
  if (const uint32_t size = view.stored->type().value_size();
      size > 0 && physical != PhysicalType::String && physical != PhysicalType::List) {
    const size_t end = bytes.size();
    bytes.resize(end + 1 + size);
    bytes[end] = std::byte{1};
    std::memcpy(bytes.data() + end + 1, view.values + size_t{size} * view.at(row), size);
    return;
  }
  bytes.push_back(std::byte{1});
  switch (physical) {
    case PhysicalType::String: {
      const StringRef& text = view.get<StringRef>(row);
      const uint32_t size = text.size();
      append_bytes(bytes, &size, 4);
      append_bytes(bytes, text.data(), size);
      return;
    }
    case PhysicalType::List: {
      const ListEntry entry = view.get<ListEntry>(row);
      append_bytes(bytes, &entry.length, 4);
      const ColumnView elements(view.stored->children()[0]);
      for (uint32_t i = 0; i < entry.length; ++i) encode_value(elements, entry.offset + i, bytes);
      return;
    }
    case PhysicalType::Struct:
      for (const auto& child : view.stored->children()) {
        encode_value(ColumnView(child), view.at(row), bytes);
      }
      return;
    default:
      return;  // fixed-width: above
  }
}

Status decode_value(const std::byte*& bytes, ColumnBuilder& builder) {
  if (*bytes++ == std::byte{0}) return builder.append_null();
  const PhysicalType physical = builder.type().physical();
  switch (physical) {
    case PhysicalType::String: {
      const auto size = take<uint32_t>(bytes);
      const auto* text = reinterpret_cast<const char*>(bytes);
      bytes += size;
      return builder.append_string({text, size});
    }
    case PhysicalType::List: {
      const auto length = take<uint32_t>(bytes);
      builder.begin_list();
      for (uint32_t i = 0; i < length; ++i) TRY(decode_value(bytes, builder.child(0)));
      return builder.end_list();
    }
    case PhysicalType::Struct:
      for (size_t i = 0; i < builder.type().fields().size(); ++i) {
        TRY(decode_value(bytes, builder.child(i)));
      }
      return builder.end_struct();
    case PhysicalType::Interval:
      return builder.append_value(take<IntervalValue>(bytes));
    default:
      return dispatch_numeric<Status>(
          physical, fail(ErrorCode::Internal, "a row of an unknown type"), [&](auto tag) {
            return builder.append_value(take<typename decltype(tag)::type>(bytes));
          });
  }
}

std::vector<ColumnView> make_views(std::span<const Column> columns) {
  std::vector<ColumnView> views;
  views.reserve(columns.size());
  for (const auto& column : columns) views.emplace_back(column);
  return views;
}

RowDecoder::RowDecoder(std::span<const Type> types, MemoryBudget& budget) {
  builders_.reserve(types.size());
  for (const auto& type : types) builders_.emplace_back(type, budget);
}

Result<const std::byte*> RowDecoder::append(const std::byte* bytes) {
  for (auto& builder : builders_) TRY(decode_value(bytes, builder));
  ++rows_;
  return bytes;
}

Result<std::vector<Column>> RowDecoder::finish() {
  std::vector<Column> columns;
  columns.reserve(builders_.size());
  for (auto& builder : builders_) columns.push_back(TRY(builder.finish()));
  rows_ = 0;
  return columns;
}

}  // namespace whittle
