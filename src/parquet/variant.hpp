// VARIANT columns: binary values (and their shredded parts) shown as JSON text, as DuckDB does.
//
// Follows parquet-format's VariantEncoding.md and VariantShredding.md. Pure; the text goes to a
// string heap of the budget.
#pragma once

#include "columnar/column.hpp"
#include "parquet/schema.hpp"

namespace whittle::parquet {

bool contains_variant(const SchemaNode& node);
/// Replaces each VARIANT group inside `column`, assembled as a struct, by its JSON text.
Result<Column> render_variants(MemoryBudget& budget, const SchemaNode& node, const Column& column);

}  // namespace whittle::parquet
