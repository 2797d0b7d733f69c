// FlatBufferBuilder: writes the FlatBuffers binary format, as much as Arrow's messages need.
//
// A flatbuffer is written back to front: children before their parents, so every reference points
// to something that stands already. Positions are distances from the end of the buffer; they stay
// right while the buffer grows at its front. Format: flatbuffers.dev/internals. A few hundred bytes
// per message, so nothing is charged.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace whittle {

class FlatBufferBuilder {
 public:
  /// Distance from the end; 0 means absent.
  using Position = uint32_t;

  Position string(std::string_view text);
  /// A vector of references to tables or strings.
  Position vector_of(std::span<const Position> items);
  /// A vector of structs of `struct_size` bytes, given as bytes; aligned to 8.
  Position vector_of_structs(const void* data, uint32_t count, uint32_t struct_size);

  /// A table is: start_table, its fields in any order, end_table.
  void start_table(uint32_t slots);
  template <class T>
  void add(uint32_t slot, T value) {
    align(sizeof(T), sizeof(T));
    push(&value, sizeof(T));
    fields_[slot] = size();
  }
  /// Nothing when `target` is 0.
  void add_reference(uint32_t slot, Position target);
  Position end_table();

  /// The finished buffer, a multiple of 8 bytes.
  std::string finish(Position root);

 private:
  uint32_t size() const { return static_cast<uint32_t>(bytes_.size()); }
  /// Pads so that after `upcoming` more bytes the size is a multiple of `alignment`.
  void align(uint32_t alignment, uint32_t upcoming);
  void push(const void* data, uint32_t count);
  void push_reference(Position target);

  std::string bytes_;  // the buffer from its end to its front
  std::vector<uint32_t> fields_;
  uint32_t table_end_ = 0;
};

}  // namespace whittle
