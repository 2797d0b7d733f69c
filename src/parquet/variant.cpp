#include "parquet/variant.hpp"

#include <algorithm>
#include <optional>

#include "parquet/variant_value.hpp"

namespace whittle::parquet {

namespace {

std::string_view bytes_of(const Column& column, uint32_t row) {
  return column.values<StringRef>()[row].view();
}

// A group of `value` and `typed_value` (VariantShredding.md): at the top of the column, in each
// field of a shredded object and in each element of a shredded array.
struct ShreddedGroup {
  const SchemaNode* typed_node = nullptr;
  const Column* typed = nullptr;
  const Column* value = nullptr;
  const Column* metadata = nullptr;

  static Result<ShreddedGroup> open(const SchemaNode& node, const Column& column) {
    ShreddedGroup group;
    for (size_t i = 0; i < node.children.size(); ++i) {
      const SchemaNode& child = node.children[i];
      const Column& values = column.children()[i];
      const bool is_bytes = child.is_leaf() && child.type.physical() == PhysicalType::String;
      if (child.name == "typed_value") {
        // VariantShredding.md lists the types; unsigned integers are not among them.
        if (child.is_leaf() && child.type.is_unsigned_integer()) {
          return fail(ErrorCode::Unsupported, "a VARIANT shredded as " + child.type.to_string());
        }
        group.typed_node = &child;
        group.typed = &values;
      } else if (child.name == "value" && is_bytes) {
        group.value = &values;
      } else if (child.name == "metadata" && is_bytes) {
        group.metadata = &values;
      }
    }
    return group;
  }
  bool has_typed(uint32_t row) const { return typed && !typed->is_null(row); }
  bool has_value(uint32_t row) const { return value && !value->is_null(row); }
  bool is_missing(uint32_t row) const { return !has_typed(row) && !has_value(row); }
};

class Renderer {
 public:
  explicit Renderer(MemoryBudget& budget) : writer_(budget) {}

  Result<std::string_view> render(const ShreddedGroup& group, uint32_t row) {
    writer_.text().clear();
    if (!group.metadata || group.metadata->is_null(row)) {
      return fail(ErrorCode::Corrupt, "a VARIANT without metadata");
    }
    names_ = TRY(VariantNames::open(bytes_of(*group.metadata, row)));
    TRY(write(group, row));
    return std::string_view(writer_.text());
  }

 private:
  Status write(const ShreddedGroup& group, uint32_t row) {
    if (!group.has_typed(row)) {
      // Nothing at all is invalid outside of objects; to be read as null.
      if (group.has_value(row)) return writer_.value(names_, bytes_of(*group.value, row));
      return writer_.sql_value(Value());
    }
    switch (group.typed_node->kind) {
      case NodeKind::Leaf:
        return writer_.sql_value(Value::from_column(*group.typed, row));
      case NodeKind::List:
        return write_array(group, row);
      case NodeKind::Struct:
        return write_object(group, row);
      default:
        return fail(ErrorCode::Unsupported, "a VARIANT shredded into maps");
    }
  }

  Status write_array(const ShreddedGroup& group, uint32_t row) {
    const SchemaNode& node = group.typed_node->children[0];
    const Column& elements = group.typed->children()[0];
    const ListEntry entry = group.typed->values<ListEntry>()[row];
    if (node.kind != NodeKind::Struct) {
      return fail(ErrorCode::Corrupt, "a shredded array without groups of values");
    }
    const ShreddedGroup element = TRY(ShreddedGroup::open(node, elements));
    writer_.text() += '[';
    for (uint32_t i = 0; i < entry.length; ++i) {
      if (i > 0) writer_.text() += ',';
      TRY(write(element, entry.offset + i));
    }
    writer_.text() += ']';
    return writer_.account();
  }

  // Shredded fields and those left over in `value`, together in the order of their names.
  Status write_object(const ShreddedGroup& group, uint32_t row) {
    struct Field {
      std::string_view name;
      std::optional<ShreddedGroup> shredded;
      std::string_view bytes;
    };
    std::vector<Field> fields;
    for (size_t i = 0; i < group.typed_node->children.size(); ++i) {
      const SchemaNode& child = group.typed_node->children[i];
      if (child.kind != NodeKind::Struct) {
        return fail(ErrorCode::Corrupt, "a shredded field that is no group");
      }
      const ShreddedGroup field = TRY(ShreddedGroup::open(child, group.typed->children()[i]));
      if (!field.is_missing(row)) fields.push_back({child.name, field, {}});
    }
    if (group.has_value(row)) {
      const size_t shredded = fields.size();
      for (const auto& [name, bytes] :
           TRY(VariantWriter::object_fields(names_, bytes_of(*group.value, row)))) {
        // The shredded field wins where a writer broke the rule and wrote both.
        const bool known =
            std::any_of(fields.begin(), fields.begin() + static_cast<ptrdiff_t>(shredded),
                        [&](const Field& f) { return f.name == name; });
        if (!known) fields.push_back({name, std::nullopt, bytes});
      }
    }
    std::stable_sort(fields.begin(), fields.end(),
                     [](const Field& a, const Field& b) { return a.name < b.name; });
    writer_.text() += '{';
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) writer_.text() += ',';
      TRY(writer_.string(fields[i].name));
      writer_.text() += ':';
      TRY(fields[i].shredded ? write(*fields[i].shredded, row)
                             : writer_.value(names_, fields[i].bytes));
    }
    writer_.text() += '}';
    return writer_.account();
  }

  VariantWriter writer_;
  VariantNames names_;
};

Result<Column> render_column(MemoryBudget& budget, const SchemaNode& node, const Column& column) {
  const ShreddedGroup group = TRY(ShreddedGroup::open(node, column));
  Column text = TRY(Column::reserve_flat(budget, TypeId::Json, column.length()));
  auto heap = make_ref<StringHeap>(budget);
  Renderer renderer(budget);
  for (uint32_t row = 0; row < column.length(); ++row) {
    StringRef& out = text.mutable_values<StringRef>()[row];
    out = StringRef();
    if (column.is_null(row)) {
      text.set_null(budget, row);
      continue;
    }
    const std::string_view json = TRY(renderer.render(group, row));
    // A whole value that is VARIANT's null is SQL's NULL.
    if (json == "null") {
      text.set_null(budget, row);
    } else {
      out = TRY(heap->add(json));
    }
  }
  text.set_heap(std::move(heap));
  return text;
}

}  // namespace

bool contains_variant(const SchemaNode& node) {
  if (node.kind == NodeKind::Variant) return true;
  return std::any_of(node.children.begin(), node.children.end(), contains_variant);
}

Result<Column> render_variants(MemoryBudget& budget, const SchemaNode& node, const Column& column) {
  if (node.kind == NodeKind::Variant) return render_column(budget, node, column);
  Column result = column;
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (!contains_variant(node.children[i])) continue;
    result.mutable_children()[i] =
        TRY(render_variants(budget, node.children[i], column.children()[i]));
  }
  return result;
}

}  // namespace whittle::parquet
