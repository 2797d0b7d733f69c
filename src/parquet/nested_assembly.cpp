#include "parquet/nested_assembly.hpp"

#include <cstring>

namespace whittle::parquet {

namespace {

Status leaves_disagree() {
  return fail(ErrorCode::Corrupt, "the leaves of a nested column disagree about its structure");
}

}  // namespace

Result<Column> NestedAssembler::build(const SchemaNode& root, uint32_t rows) {
  next_leaf_ = 0;
  Column column = TRY(node(root, 0));
  if (column.length() != rows) TRY(leaves_disagree());
  return column;
}

Result<Column> NestedAssembler::node(const SchemaNode& node, uint16_t slot_level) {
  switch (node.kind) {
    case NodeKind::Leaf:
      return std::move(leaves_[next_leaf_++].values);
    case NodeKind::List:
    case NodeKind::Map:
      return list(node, slot_level);
    default:
      return structure(node, slot_level);
  }
}

Result<Column> NestedAssembler::structure(const SchemaNode& group, uint16_t slot_level) {
  const LevelList& levels = *leaves_[next_leaf_].levels;
  std::vector<Column> children;
  for (const SchemaNode& child : group.children) children.push_back(TRY(node(child, slot_level)));
  if (children.empty()) return fail(ErrorCode::Unsupported, "a group without fields");
  const uint32_t length = children[0].length();
  for (const Column& child : children) {
    if (child.length() != length) TRY(leaves_disagree());
  }
  Column column;
  column.set_type(group.type);
  column.set_length(length);
  column.mutable_children() = std::move(children);
  if (group.definition_level <= slot_level) return column;  // required

  BufferRef validity = TRY(Buffer::reserve(budget_, bitmap_words(length) * 8, "validity"));
  auto* bits = validity->as<uint64_t>();
  if (length > 0) std::memset(bits, 0, bitmap_words(length) * 8);
  const uint8_t* repetition = levels.repetition();
  const uint8_t* definition = levels.definition();
  uint32_t slot = 0, valid = 0;
  for (uint32_t i = 0; i < levels.size(); ++i) {
    if (repetition[i] > group.repetition_level || definition[i] < slot_level) continue;
    if (slot == length) TRY(leaves_disagree());
    const bool present = definition[i] >= group.definition_level;
    bits[slot >> 6] |= uint64_t{present} << (slot & 63);
    valid += present;
    ++slot;
  }
  if (slot != length) TRY(leaves_disagree());
  if (valid != length) column.set_validity(std::move(validity), bits);
  return column;
}

Result<Column> NestedAssembler::list(const SchemaNode& node, uint16_t slot_level) {
  const LevelList& levels = *leaves_[next_leaf_].levels;
  const uint8_t* repetition = levels.repetition();
  const uint8_t* definition = levels.definition();
  Column child = TRY(this->node(node.children[0], node.element_level));

  uint32_t slots = 0;
  for (uint32_t i = 0; i < levels.size(); ++i) {
    slots += repetition[i] <= node.repetition_level && definition[i] >= slot_level;
  }
  Column column = TRY(Column::reserve_flat(budget_, node.type, slots));
  auto* entries = column.mutable_values<ListEntry>();
  BufferRef validity = TRY(Buffer::reserve(budget_, bitmap_words(slots) * 8, "validity"));
  auto* bits = validity->as<uint64_t>();
  if (slots > 0) std::memset(bits, 0, bitmap_words(slots) * 8);

  const unsigned element_repetition = node.repetition_level + 1u;
  uint32_t slot = 0, elements = 0, valid = 0;
  for (uint32_t i = 0; i < levels.size(); ++i) {
    if (repetition[i] <= node.repetition_level && definition[i] >= slot_level) {
      const bool present = definition[i] >= node.definition_level;
      bits[slot >> 6] |= uint64_t{present} << (slot & 63);
      valid += present;
      entries[slot++] = {elements, 0};
    }
    if (repetition[i] <= element_repetition && definition[i] >= node.element_level) {
      if (slot == 0) TRY(leaves_disagree());
      ++entries[slot - 1].length;
      ++elements;
    }
  }
  if (elements != child.length()) TRY(leaves_disagree());
  if (valid != slots) column.set_validity(std::move(validity), bits);
  column.mutable_children().push_back(std::move(child));
  return column;
}

}  // namespace whittle::parquet
