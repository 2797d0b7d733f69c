#include <string>
#include <vector>

#include "parquet/metadata_fields.hpp"

namespace whittle::parquet {

namespace {

// Deeper schemas would make recursive walks dangerous; real ones stay below 20.
constexpr size_t max_schema_depth = 100;
constexpr uint64_t max_rows = uint64_t{1} << 48;
// "PAR1" in front; length and "PAR1" behind.
constexpr uint64_t header_size = 4, trailer_size = 8;

bool is_leaf(const SchemaElement& element) {
  return element.child_count <= 0 && element.type.has_value();
}

std::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorCode::Corrupt, "the footer: " + std::move(message));
}

Status check_element(const SchemaElement& element) {
  const std::string where = "schema element '" + std::string(element.name) + "' ";
  if (element.repetition > Repetition::Repeated) return corrupt(where + "has no valid repetition");
  if (!is_leaf(element)) {
    if (element.child_count <= 0) return corrupt(where + "has neither a type nor children");
    return {};
  }
  if (*element.type > StorageType::FixedLenByteArray)
    return corrupt(where + "has an unknown physical type");
  // The upper limit keeps a hostile width from multiplying into huge buffers.
  if (element.type == StorageType::FixedLenByteArray &&
      (element.type_length < 0 || element.type_length > (1 << 24)))
    return corrupt(where + "has the invalid length " + std::to_string(element.type_length));
  return {};
}

// The depth-first list must be exactly one tree.
Status check_schema(FileMetadata& metadata) {
  if (metadata.schema.empty()) return corrupt("it has no schema");
  if (metadata.schema[0].child_count <= 0 || metadata.schema.size() == 1)
    return corrupt("its schema has no columns");
  std::vector<int32_t> open;  // children still to come, per level
  uint32_t leaves = 0;
  for (size_t i = 0; i < metadata.schema.size(); ++i) {
    const SchemaElement& element = metadata.schema[i];
    if (i > 0) {
      while (!open.empty() && open.back() == 0) open.pop_back();
      if (open.empty()) return corrupt("its schema has more elements than its tree");
      --open.back();
      TRY(check_element(element));
    }
    if (i > 0 && is_leaf(element)) {
      ++leaves;
    } else {
      open.push_back(element.child_count);
      if (open.size() > max_schema_depth)
        return corrupt("its schema is nested more than " + std::to_string(max_schema_depth) +
                       " levels deep");
    }
  }
  for (int32_t missing : open) {
    if (missing > 0) return corrupt("its schema has fewer elements than its tree");
  }
  metadata.leaf_count = leaves;
  return {};
}

struct Leaf {
  StorageType type;
  bool repeated;  // or inside something repeated
};

std::vector<Leaf> leaves_of(const std::vector<SchemaElement>& schema) {
  std::vector<Leaf> leaves;
  std::vector<std::pair<int32_t, bool>> open;  // children to come, repeated
  for (size_t i = 0; i < schema.size(); ++i) {
    while (!open.empty() && open.back().first == 0) open.pop_back();
    bool repeated = false;
    if (!open.empty()) {
      --open.back().first;
      repeated = open.back().second || schema[i].repetition == Repetition::Repeated;
    }
    if (i > 0 && is_leaf(schema[i])) {
      leaves.push_back({*schema[i].type, repeated});
    } else {
      open.emplace_back(schema[i].child_count, repeated);
    }
  }
  return leaves;
}

void drop_bad_indexes(ColumnChunk& chunk, uint64_t end) {
  auto bad = [end](uint64_t offset, uint64_t length) {
    return offset < header_size || length > INT32_MAX || !ByteRange{offset, length}.fits(end);
  };
  if (bad(chunk.offset_index_offset, chunk.offset_index_length)) chunk.offset_index_length = 0;
  if (bad(chunk.column_index_offset, chunk.column_index_length)) chunk.column_index_length = 0;
  if (bad(chunk.bloom_filter_offset, chunk.bloom_filter_length)) {
    chunk.bloom_filter_offset = 0;
    chunk.bloom_filter_length = 0;
  }
}

// `end`: where the trailer begins. The message of a failure, or null.
const char* check_chunk(ColumnChunk& chunk, const RowGroup& group, Leaf leaf, uint64_t end) {
  if (chunk.type != leaf.type) return "has another physical type than the schema says";
  if (!leaf.repeated && chunk.value_count != group.row_count)
    return "has another number of values than the row group has rows";
  if (leaf.repeated && chunk.value_count < group.row_count)
    return "has fewer values than the row group has rows";
  if (chunk.value_count > max_rows) return "has too many values";
  if (chunk.index_page_offset >= end) chunk.index_page_offset = 0;
  drop_bad_indexes(chunk, end);
  if (chunk.value_count == 0 && chunk.total_compressed_size == 0) return nullptr;
  if (chunk.data_page_offset < header_size) return "begins inside the file's header";
  if (chunk.dictionary_page_offset >= end)
    return "has a dictionary page beyond the end of the file";
  if (chunk.dictionary_page_offset < header_size) chunk.dictionary_page_offset = 0;
  const ByteRange range = chunk.byte_range();
  if (!range.fits(end)) return "does not lie within the file";
  if (chunk.data_page_offset - range.offset > range.length)
    return "has data pages beyond its own end";
  return nullptr;
}

Status check_row_group(FileMetadata& metadata, size_t index, std::span<const Leaf> leaves) {
  RowGroup& group = metadata.row_groups[index];
  const std::string where = "row group " + std::to_string(index);
  if (group.columns.size() != leaves.size()) {
    return corrupt(where + " has " + std::to_string(group.columns.size()) +
                   " column chunks, the schema has " + std::to_string(leaves.size()) + " columns");
  }
  if (group.row_count > max_rows) return corrupt(where + " has too many rows");
  const uint64_t end = metadata.file_size - trailer_size;
  for (uint32_t i = 0; i < leaves.size(); ++i) {
    const char* problem = check_chunk(group.columns[i], group, leaves[i], end);
    if (problem) {
      return corrupt(where + ", column '" + leaf_path(metadata.schema, i) + "': the chunk " +
                     problem);
    }
  }
  // A wrong list of sorting columns says nothing.
  for (const SortingColumn& sorting : group.sorting) {
    if (sorting.column >= leaves.size()) {
      group.sorting.clear();
      break;
    }
  }
  return {};
}

}  // namespace

std::string leaf_path(const std::vector<SchemaElement>& schema, uint32_t leaf) {
  std::vector<std::pair<int32_t, std::string_view>> open;
  uint32_t seen = 0;
  for (size_t i = 0; i < schema.size(); ++i) {
    while (!open.empty() && open.back().first == 0) open.pop_back();
    if (!open.empty()) --open.back().first;
    if (i == 0 || !is_leaf(schema[i])) {
      open.emplace_back(schema[i].child_count, i ? schema[i].name : std::string_view());
    } else if (seen++ == leaf) {
      std::string path;
      for (size_t level = 1; level < open.size(); ++level)
        path.append(open[level].second).append(".");
      return path.append(schema[i].name);
    }
  }
  return "#" + std::to_string(leaf);
}

Status validate(FileMetadata& metadata) {
  if (metadata.has_encryption_algorithm) {
    return fail(Error(ErrorCode::Encrypted, "columns of the file are encrypted")
                    .with_hint("whittle has no keys: Parquet modular encryption is not supported"));
  }
  if (metadata.file_size < header_size + trailer_size) return corrupt("the file is too short");
  TRY(check_schema(metadata));
  const std::vector<Leaf> leaves = leaves_of(metadata.schema);
  uint64_t rows = 0;
  for (size_t i = 0; i < metadata.row_groups.size(); ++i) {
    TRY(check_row_group(metadata, i, leaves));
    metadata.row_groups[i].first_row = rows;
    rows += metadata.row_groups[i].row_count;
    if (rows > max_rows) return corrupt("its row groups have too many rows");
  }
  metadata.row_count = rows;
  if (metadata.column_orders.size() != leaves.size()) metadata.column_orders.clear();
  return {};
}

}  // namespace whittle::parquet
