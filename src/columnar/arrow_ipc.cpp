#include "columnar/arrow_ipc.hpp"

#include <charconv>

#include "columnar/flatbuffer.hpp"

namespace whittle {

namespace {

using Position = FlatBufferBuilder::Position;

// Constants of Schema.fbs and Message.fbs.
constexpr int16_t metadata_version_5 = 4;
enum MessageHeader : uint8_t { header_schema = 1, header_record_batch = 3 };
enum FieldType : uint8_t {
  type_null = 1,
  type_int,
  type_floating_point,
  type_binary,
  type_utf8,
  type_bool,
  type_decimal,
  type_date,
  type_time,
  type_timestamp,
  type_interval,
  type_list,
  type_struct,
  type_fixed_size_binary = 15,
  type_fixed_size_list,
  type_map,
  type_large_binary = 19,
  type_large_utf8,
};
enum TimeUnit : int16_t { unit_second, unit_millisecond, unit_microsecond, unit_nanosecond };

struct TypePosition {
  uint8_t id;
  Position table;
};

int parse_number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

int16_t unit_of(char letter) {
  return letter == 's'   ? unit_second
         : letter == 'm' ? unit_millisecond
         : letter == 'u' ? unit_microsecond
                         : unit_nanosecond;
}

Position integer_type(FlatBufferBuilder& builder, int bits, bool is_signed) {
  builder.start_table(2);
  builder.add<int32_t>(0, bits);
  builder.add<uint8_t>(1, is_signed);
  return builder.end_table();
}

template <class T>
Position one_field(FlatBufferBuilder& builder, T value) {
  builder.start_table(1);
  builder.add<T>(0, value);
  return builder.end_table();
}

Position empty_table(FlatBufferBuilder& builder) {
  builder.start_table(0);
  return builder.end_table();
}

// "tdD", "ttu", "tsu:UTC", "tin"
TypePosition temporal_type(FlatBufferBuilder& builder, std::string_view format) {
  switch (format[1]) {
    case 'd':
      return {type_date, one_field<int16_t>(builder, 0)};  // days
    case 't': {
      builder.start_table(2);
      builder.add<int16_t>(0, unit_of(format[2]));
      builder.add<int32_t>(1, 64);
      return {type_time, builder.end_table()};
    }
    case 'i':
      return {type_interval, one_field<int16_t>(builder, 2)};  // months, days, nanoseconds
    default: {
      const std::string_view zone = format.substr(4);
      const Position name = zone.empty() ? 0 : builder.string(zone);
      builder.start_table(2);
      builder.add<int16_t>(0, unit_of(format[2]));
      builder.add_reference(1, name);
      return {type_timestamp, builder.end_table()};
    }
  }
}

TypePosition nested_type(FlatBufferBuilder& builder, std::string_view format) {
  switch (format[1]) {
    case 'l':
      return {type_list, empty_table(builder)};
    case 'w':
      return {type_fixed_size_list, one_field<int32_t>(builder, parse_number(format.substr(3)))};
    case 'm':
      return {type_map, one_field<uint8_t>(builder, 0)};
    default:
      return {type_struct, empty_table(builder)};
  }
}

TypePosition decimal_type(FlatBufferBuilder& builder, std::string_view format) {
  const size_t comma = format.find(',');
  builder.start_table(3);
  builder.add<int32_t>(0, parse_number(format.substr(2, comma - 2)));
  builder.add<int32_t>(1, parse_number(format.substr(comma + 1)));
  builder.add<int32_t>(2, 128);
  return {type_decimal, builder.end_table()};
}

TypePosition write_type(FlatBufferBuilder& builder, std::string_view format) {
  static constexpr std::string_view integers = "cCsSiIlL";
  if (const size_t at = integers.find(format[0]); at != std::string_view::npos) {
    return {type_int, integer_type(builder, 8 << (at / 2), at % 2 == 0)};
  }
  switch (format[0]) {
    case 'b':
      return {type_bool, empty_table(builder)};
    case 'f':
      return {type_floating_point, one_field<int16_t>(builder, 1)};
    case 'g':
      return {type_floating_point, one_field<int16_t>(builder, 2)};
    case 'u':
      return {type_utf8, empty_table(builder)};
    case 'U':
      return {type_large_utf8, empty_table(builder)};
    case 'z':
      return {type_binary, empty_table(builder)};
    case 'Z':
      return {type_large_binary, empty_table(builder)};
    case 'd':
      return decimal_type(builder, format);
    case 'w':
      return {type_fixed_size_binary, one_field<int32_t>(builder, parse_number(format.substr(2)))};
    case 't':
      return temporal_type(builder, format);
    case '+':
      return nested_type(builder, format);
    default:
      return {type_null, empty_table(builder)};
  }
}

Position write_metadata(FlatBufferBuilder& builder, const ArrowField& field) {
  if (field.metadata.empty()) return 0;
  std::vector<Position> pairs;
  for (const auto& [key, value] : field.metadata) {
    const Position key_text = builder.string(key), value_text = builder.string(value);
    builder.start_table(2);
    builder.add_reference(0, key_text);
    builder.add_reference(1, value_text);
    pairs.push_back(builder.end_table());
  }
  return builder.vector_of(pairs);
}

Position write_field(FlatBufferBuilder& builder, const ArrowField& field) {
  std::vector<Position> children;
  for (const auto& child : field.children) children.push_back(write_field(builder, child));
  const Position child_vector = builder.vector_of(children);
  const Position name = builder.string(field.name);
  const Position metadata = write_metadata(builder, field);
  const TypePosition type = write_type(builder, field.format);
  builder.start_table(7);
  builder.add_reference(0, name);
  builder.add_reference(3, type.table);
  builder.add_reference(5, child_vector);
  builder.add_reference(6, metadata);
  builder.add<uint8_t>(1, field.nullable);
  builder.add<uint8_t>(2, type.id);
  return builder.end_table();
}

Position write_schema(FlatBufferBuilder& builder, const Schema& schema,
                      const ArrowOptions& options) {
  std::vector<Position> fields;
  for (const auto& field : schema) {
    fields.push_back(write_field(builder, arrow_field(field, options)));
  }
  const Position field_vector = builder.vector_of(fields);
  builder.start_table(4);
  builder.add<int16_t>(0, 0);  // little-endian
  builder.add_reference(1, field_vector);
  return builder.end_table();
}

std::string write_message(FlatBufferBuilder& builder, MessageHeader type, Position header,
                          int64_t body_length) {
  builder.start_table(5);
  builder.add<int64_t>(3, body_length);
  builder.add_reference(2, header);
  builder.add<int16_t>(0, metadata_version_5);
  builder.add<uint8_t>(1, type);
  return builder.finish(builder.end_table());
}

struct FieldNode {
  int64_t length, null_count;
};
struct BufferSpan {
  int64_t offset, length;
};

int64_t padded(size_t size) {
  return static_cast<int64_t>((size + 7) / 8 * 8);
}

// Depth first, as the format lists them.
struct BodyPlan {
  std::vector<FieldNode> nodes;
  std::vector<BufferSpan> spans;
  std::vector<const ArrowBuffer*> buffers;
  int64_t length = 0;

  void add(const ArrowColumn& column) {
    nodes.push_back({column.length, column.null_count});
    for (const auto& buffer : column.buffers) {
      spans.push_back({length, static_cast<int64_t>(buffer.size)});
      buffers.push_back(&buffer);
      length += padded(buffer.size);
    }
    for (const auto& child : column.children) add(child);
  }
};

}  // namespace

ArrowIpcWriter::ArrowIpcWriter(Schema schema, IpcFormat format, ArrowOptions options,
                               MemoryBudget& budget, Sink sink)
    : schema_(std::move(schema)),
      format_(format),
      options_(options),
      budget_(budget),
      sink_(std::move(sink)) {}

Status ArrowIpcWriter::put(const void* data, size_t size) {
  offset_ += size;
  if (size == 0) return {};
  return sink_({static_cast<const std::byte*>(data), size});
}

Status ArrowIpcWriter::put_padding(size_t size) {
  static constexpr char zeros[8] = {};
  return put(zeros, static_cast<size_t>(padded(size)) - size);
}

// Continuation mark, length, flatbuffer (a multiple of 8 bytes already).
Status ArrowIpcWriter::put_message(const std::string& message) {
  const uint32_t head[2] = {0xffffffff, static_cast<uint32_t>(message.size())};
  TRY(put(head, sizeof(head)));
  return put(message.data(), message.size());
}

Status ArrowIpcWriter::begin() {
  if (format_ == IpcFormat::File) TRY(put("ARROW1\0\0", 8));
  FlatBufferBuilder builder;
  const Position schema = write_schema(builder, schema_, options_);
  return put_message(write_message(builder, header_schema, schema, 0));
}

Status ArrowIpcWriter::write(const Batch& batch) {
  const std::vector<ArrowColumn> columns = TRY(arrow_columns(batch, options_, budget_));
  BodyPlan plan;
  for (const auto& column : columns) plan.add(column);

  FlatBufferBuilder builder;
  const auto node_count = static_cast<uint32_t>(plan.nodes.size());
  const auto span_count = static_cast<uint32_t>(plan.spans.size());
  const Position nodes = builder.vector_of_structs(plan.nodes.data(), node_count, 16);
  const Position spans = builder.vector_of_structs(plan.spans.data(), span_count, 16);
  builder.start_table(5);
  builder.add<int64_t>(0, batch.row_count());
  builder.add_reference(1, nodes);
  builder.add_reference(2, spans);
  const std::string message =
      write_message(builder, header_record_batch, builder.end_table(), plan.length);

  blocks_.push_back(
      {static_cast<int64_t>(offset_), static_cast<int32_t>(message.size() + 8), 0, plan.length});
  TRY(put_message(message));
  for (const ArrowBuffer* buffer : plan.buffers) {
    TRY(put(buffer->data, buffer->size));
    TRY(put_padding(buffer->size));
  }
  return {};
}

Status ArrowIpcWriter::put_footer() {
  FlatBufferBuilder builder;
  const Position schema = write_schema(builder, schema_, options_);
  static_assert(sizeof(Block) == 24);
  const Position dictionaries = builder.vector_of_structs(nullptr, 0, sizeof(Block));
  const Position blocks = builder.vector_of_structs(
      blocks_.data(), static_cast<uint32_t>(blocks_.size()), sizeof(Block));
  builder.start_table(5);
  builder.add_reference(1, schema);
  builder.add_reference(2, dictionaries);
  builder.add_reference(3, blocks);
  builder.add<int16_t>(0, metadata_version_5);
  const std::string footer = builder.finish(builder.end_table());
  TRY(put(footer.data(), footer.size()));
  const auto length = static_cast<uint32_t>(footer.size());
  TRY(put(&length, 4));
  return put("ARROW1", 6);
}

Status ArrowIpcWriter::finish() {
  static constexpr uint32_t end_of_stream[2] = {0xffffffff, 0};
  TRY(put(end_of_stream, sizeof(end_of_stream)));
  return format_ == IpcFormat::File ? put_footer() : Status{};
}

}  // namespace whittle
