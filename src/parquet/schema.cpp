#include "parquet/schema.hpp"

#include <map>

#include "base/ascii.hpp"

namespace whittle::parquet {

namespace {

bool annotated(const SchemaElement& element, LogicalKind logical, ConvertedType converted) {
  return element.logical.kind == logical || element.converted == converted;
}

class SchemaBuilder {
 public:
  SchemaBuilder(const FileMetadata& metadata, SchemaOptions options, ParquetSchema& out)
      : elements_(metadata.schema), options_(options), out_(out) {}

  Status build() {
    next_ = 1;
    for (int32_t i = 0; i < elements_[0].child_count; ++i) {
      root_column_ = static_cast<uint32_t>(i);
      out_.columns.push_back(TRY(node({}, false)));
    }
    unique_names(out_.columns);
    return {};
  }

 private:
  struct Levels {
    uint16_t definition = 0, repetition = 0;
    std::string path;
  };

  // Reads the element at next_ and all below it. Recursion is bounded by the checked schema depth.
  Result<SchemaNode> node(Levels levels, bool parent_is_map) {
    const uint32_t index = next_++;
    const SchemaElement& element = elements_[index];
    const bool repeated = element.repetition == Repetition::Repeated;
    SchemaNode list;
    list.definition_level = levels.definition;
    list.repetition_level = levels.repetition;
    if (element.repetition != Repetition::Required) ++levels.definition;
    if (repeated) ++levels.repetition;
    if (!levels.path.empty()) levels.path += '.';
    levels.path += element.name;

    const uint32_t first_leaf = static_cast<uint32_t>(out_.leaves.size());
    SchemaNode result = element.type && element.child_count <= 0 ? TRY(leaf(index, levels))
                            : TRY(group(index, levels, parent_is_map));
                            result.name = element.name;
                            if (!repeated) return result;

                            list.element_level = levels.definition;
                            list.element_index = index;
                            list.first_leaf = first_leaf;
                            list.leaf_count =
                                static_cast<uint32_t>(out_.leaves.size()) - first_leaf;
                            list.name = element.name;
                            const bool is_map =
                                result.kind == NodeKind::Struct && result.children.size() == 2 &&
                                (parent_is_map || element.converted == ConvertedType::MapKeyValue);
                            list.kind = is_map ? NodeKind::Map : NodeKind::List;
                            list.type =
                                is_map ? Type::map(result.children[0].type, result.children[1].type)
                                       : Type::list(result.type);
                            if (is_map) {
                              result.children[0].name = "key";
                              result.children[1].name = "value";
                              result.type = list.type.element();
                            }
                            list.children.push_back(std::move(result));
                            return list;
  }

  Result<SchemaNode> leaf(uint32_t index, const Levels& levels) {
    SchemaNode result;
    result.type = TRY(leaf_type(elements_[index], options_));
    result.definition_level = levels.definition;
    result.repetition_level = levels.repetition;
    result.element_index = index;
    result.first_leaf = static_cast<uint32_t>(out_.leaves.size());
    out_.leaves.push_back(
        {levels.path, result.type, index, root_column_, levels.definition, levels.repetition});
    return result;
  }

  Result<SchemaNode> group(uint32_t index, const Levels& levels, bool parent_is_map) {
    const SchemaElement& element = elements_[index];
    const bool is_list = annotated(element, LogicalKind::List, ConvertedType::List);
    // Outside of a MAP, MAP_KEY_VALUE on the outer group means MAP (LogicalTypes.md).
    const bool is_map = annotated(element, LogicalKind::Map, ConvertedType::Map) ||
                        (element.converted == ConvertedType::MapKeyValue &&
                         element.repetition != Repetition::Repeated);
    SchemaNode result;
    result.kind = NodeKind::Struct;
    result.definition_level = levels.definition;
    result.repetition_level = levels.repetition;
    result.element_index = index;
    result.first_leaf = static_cast<uint32_t>(out_.leaves.size());
    for (int32_t i = 0; i < element.child_count; ++i)
      result.children.push_back(TRY(node(levels, is_map && element.child_count == 1)));
    result.leaf_count = static_cast<uint32_t>(out_.leaves.size()) - result.first_leaf;
    if (element.logical.kind == LogicalKind::Variant && is_variant(result)) {
      result.kind = NodeKind::Variant;
      result.type = TypeId::Json;
      return result;
    }
    // A wrapper around one thing is that thing; its own level is part of the child's already.
    const bool repeated = element.repetition == Repetition::Repeated;
    if (result.children.size() == 1 && (is_list || is_map || repeated)) {
      SchemaNode only = std::move(result.children[0]);
      return only;
    }
    unique_names(result.children);
    result.type = struct_type(result.children);
    return result;
  }

  static bool is_variant(const SchemaNode& node) {
    bool metadata = false, value = false;
    for (const SchemaNode& child : node.children) {
      metadata |= child.name == "metadata" && child.is_leaf();
      value |= child.name == "value" || child.name == "typed_value";
    }
    return metadata && value;
  }

  static void unique_names(std::vector<SchemaNode>& nodes) {
    std::vector<std::string> names;
    for (const SchemaNode& node : nodes) names.push_back(node.name);
    make_names_unique(names);
    for (size_t i = 0; i < nodes.size(); ++i) nodes[i].name = std::move(names[i]);
  }

 public:
  static Type struct_type(const std::vector<SchemaNode>& children) {
    std::vector<Type::Field> fields;
    for (const SchemaNode& child : children) fields.push_back({child.name, child.type});
    return Type::structure(std::move(fields));
  }

 private:
  const std::vector<SchemaElement>& elements_;
  SchemaOptions options_;
  ParquetSchema& out_;
  uint32_t next_ = 0;
  uint32_t root_column_ = 0;
};

uint32_t count_leaves(const SchemaNode& node) {
  uint32_t count = 0;
  for_each_leaf(node, [&](uint32_t, const SchemaNode&) { ++count; });
  return count;
}

}  // namespace

Result<ParquetSchema> build_schema(const FileMetadata& metadata, SchemaOptions options) {
  ParquetSchema schema;
  SchemaBuilder builder(metadata, options, schema);
  TRY(builder.build());
  return schema;
}

Schema ParquetSchema::to_schema() const {
  Schema schema;
  for (const SchemaNode& node : columns) schema.push_back({node.name, node.type});
  return schema;
}

std::optional<uint32_t> ParquetSchema::find(std::string_view name) const {
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (names_equal(columns[i].name, name)) return i;
  }
  return std::nullopt;
}

SchemaNode prune(const SchemaNode& node, std::span<const std::vector<std::string>> paths) {
  if (node.kind != NodeKind::Struct || paths.empty()) return node;
  for (const auto& path : paths) {
    if (path.empty()) return node;
  }
  SchemaNode pruned = node;
  pruned.children.clear();
  for (const SchemaNode& child : node.children) {
    std::vector<std::vector<std::string>> below;
    for (const auto& path : paths) {
      if (names_equal(path[0], child.name)) below.emplace_back(path.begin() + 1, path.end());
    }
    if (!below.empty()) pruned.children.push_back(prune(child, below));
  }
  if (pruned.children.empty()) return node;  // unknown names only
  pruned.type = SchemaBuilder::struct_type(pruned.children);
  pruned.leaf_count = count_leaves(pruned);
  return pruned;
}

bool names_equal(std::string_view a, std::string_view b) {
  return equals_ignoring_case(a, b);
}

void make_names_unique(std::vector<std::string>& names) {
  std::map<std::string, uint32_t> seen;  // lower case, next number
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) names[i] = "C" + std::to_string(i);
    std::string key = lower_case(names[i]);
    while (true) {
      auto [entry, fresh] = seen.emplace(key, 1);
      if (fresh) break;
      names[i] += "_" + std::to_string(entry->second++);
      key = lower_case(names[i]);
    }
  }
}

}  // namespace whittle::parquet
