// The schema tree of a file: Parquet's groups and leaves turned into SQL columns, as DuckDB maps
// them.
//
// Each node knows the levels at which it is NULL, empty or present (Dremel's definition and
// repetition levels: Melnik et al., "Dremel: Interactive Analysis of Web-Scale Datasets", VLDB
// 2010), so readers assemble values without looking at the file's own elements. List and map
// wrappers of all ages vanish here: three-level lists, two-level ones, bare repeated fields, MAP
// and MAP_KEY_VALUE, maps without values (which read as lists of keys).
//
// Immutable plain values; any thread. Built once per file, a few hundred bytes per element.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "columnar/schema.hpp"
#include "columnar/type.hpp"
#include "parquet/metadata.hpp"

namespace whittle::parquet {

enum class NodeKind : uint8_t {
  Leaf,
  Struct,
  List,     // one child: the element
  Map,      // one child: a Struct of key and value
  Variant,  // type JSON; children are the group's own: metadata, value, typed_value
};

struct SchemaNode {
  std::string name;
  Type type;
  NodeKind kind = NodeKind::Leaf;
  /// The value is NULL (or an ancestor is) where the definition level is below this.
  uint16_t definition_level = 0;
  /// Repeated ancestors: a new value of this node begins where the repetition level is at most
  /// this. The elements of a List or Map have one more.
  uint16_t repetition_level = 0;
  /// List and Map: an element exists from this definition level on; below it (and from
  /// definition_level on) the list is empty.
  uint16_t element_level = 0;
  uint32_t element_index = 0;  // in FileMetadata::schema: the leaf's or group's element
  uint32_t first_leaf = 0;     // the leaves below are first_leaf … +leaf_count-1 (before pruning)
  uint32_t leaf_count = 1;
  std::vector<SchemaNode> children;

  bool is_leaf() const { return kind == NodeKind::Leaf; }
};

struct LeafColumn {
  std::string path;  // "a.list.element", as the file has it
  Type type;         // of the values, not of the lists around them
  uint32_t element_index = 0;
  uint32_t root_column = 0;  // the top-level column it belongs to
  uint16_t max_definition_level = 0;
  uint16_t max_repetition_level = 0;
};

struct SchemaOptions {
  bool binary_as_string = false;  // un-annotated BYTE_ARRAY is VARCHAR instead of BLOB
  bool operator==(const SchemaOptions&) const = default;
};

struct ParquetSchema {
  std::vector<SchemaNode> columns;  // top level; names are unique without regard to case
  std::vector<LeafColumn> leaves;   // in the order of RowGroup::columns

  /// Names and types of the columns.
  Schema to_schema() const;
  /// Case-insensitive; nothing when there is none.
  std::optional<uint32_t> find(std::string_view name) const;
};

/// `metadata` was validated (decode_file_metadata does). Corrupt for impossible decimals only: an
/// annotation that does not fit its storage type is ignored.
Result<ParquetSchema> build_schema(const FileMetadata& metadata, SchemaOptions options = {});

/// A column with only the leaves that the paths need: struct field names below `node`, e.g. {{"a"},
/// {"b","c"}}. Paths step through STRUCTs only; an empty or unknown path keeps everything from
/// there. The result's type holds the kept fields in their old order. Lists and maps are kept
/// whole.
SchemaNode prune(const SchemaNode& node, std::span<const std::vector<std::string>> paths);

/// Calls f(leaf index, node) for each leaf below `node`, in order.
template <class F>
void for_each_leaf(const SchemaNode& node, F&& f) {
  if (node.is_leaf()) f(node.first_leaf, node);
  for (const SchemaNode& child : node.children) for_each_leaf(child, f);
}

/// SQL type of one leaf's values.
Result<Type> leaf_type(const SchemaElement& element, SchemaOptions options = {});

/// ASCII letters without regard to case: how column names match.
bool names_equal(std::string_view a, std::string_view b);

/// DuckDB's rule for repeated names: "a", "A_1", "a_2"; empty names become "C<index>".
void make_names_unique(std::vector<std::string>& names);

}  // namespace whittle::parquet
