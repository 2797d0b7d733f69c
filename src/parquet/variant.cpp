#include "parquet/variant.hpp"

namespace whittle::parquet {

bool contains_variant(const SchemaNode& node) {
  if (node.kind == NodeKind::Variant) return true;
  for (const SchemaNode& child : node.children) {
    if (contains_variant(child)) return true;
  }
  return false;
}

Result<Column> render_variants(MemoryBudget& budget, const SchemaNode& node, const Column& column) {
  return fail(ErrorCode::Unsupported, "VARIANT");
}

}  // namespace whittle::parquet
