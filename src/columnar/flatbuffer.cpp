#include "columnar/flatbuffer.hpp"

#include <algorithm>

namespace whittle {

void FlatBufferBuilder::align(uint32_t alignment, uint32_t upcoming) {
  while ((bytes_.size() + upcoming) % alignment != 0) bytes_ += '\0';
}

void FlatBufferBuilder::push(const void* data, uint32_t count) {
  const auto* bytes = static_cast<const char*>(data);
  for (uint32_t i = count; i > 0; --i) bytes_ += bytes[i - 1];
}

// References count forward from where they stand.
void FlatBufferBuilder::push_reference(Position target) {
  align(4, 4);
  const uint32_t distance = size() + 4 - target;
  push(&distance, 4);
}

FlatBufferBuilder::Position FlatBufferBuilder::string(std::string_view text) {
  const auto length = static_cast<uint32_t>(text.size());
  align(4, length + 1);
  bytes_ += '\0';
  push(text.data(), length);
  push(&length, 4);
  return size();
}

FlatBufferBuilder::Position FlatBufferBuilder::vector_of(std::span<const Position> items) {
  const auto count = static_cast<uint32_t>(items.size());
  align(4, 0);
  for (uint32_t i = count; i > 0; --i) push_reference(items[i - 1]);
  push(&count, 4);
  return size();
}

FlatBufferBuilder::Position FlatBufferBuilder::vector_of_structs(const void* data, uint32_t count,
                                                                 uint32_t struct_size) {
  align(8, count * struct_size);
  push(data, count * struct_size);
  align(4, 4);
  push(&count, 4);
  return size();
}

void FlatBufferBuilder::start_table(uint32_t slots) {
  fields_.assign(slots, 0);
  table_end_ = size();
}

void FlatBufferBuilder::add_reference(uint32_t slot, Position target) {
  if (target == 0) return;
  push_reference(target);
  fields_[slot] = size();
}

FlatBufferBuilder::Position FlatBufferBuilder::end_table() {
  const uint32_t to_vtable = static_cast<uint32_t>(fields_.size() + 2) * 2;
  align(4, 4);
  push(&to_vtable, 4);  // the vtable goes right in front of the table
  const Position table = size();
  for (size_t i = fields_.size(); i > 0; --i) {
    const uint32_t field = fields_[i - 1];
    const auto offset = static_cast<uint16_t>(field ? table - field : 0);
    push(&offset, 2);
  }
  const auto table_size = static_cast<uint16_t>(table - table_end_);
  const auto vtable_size = static_cast<uint16_t>(to_vtable);
  push(&table_size, 2);
  push(&vtable_size, 2);
  return table;
}

std::string FlatBufferBuilder::finish(Position root) {
  align(8, 4);
  push_reference(root);
  std::string buffer(bytes_.rbegin(), bytes_.rend());
  bytes_.clear();
  return buffer;
}

}  // namespace whittle
