#include "plan/parquet_scan_table.hpp"

#include "parquet/statistics.hpp"

namespace whittle {

namespace {

// The file's leaf that is the column itself: not nested, not cast, not a constant.
std::optional<uint32_t> plain_leaf(const parquet::ColumnMapping& mapping) {
  if (mapping.kind != parquet::ColumnMapping::Kind::Column || mapping.needs_cast)
    return std::nullopt;
  const parquet::SchemaNode& node = *mapping.node;
  if (node.type.is_nested() || node.repetition_level > 0 || node.leaf_count != 1)
    return std::nullopt;
  return node.first_leaf;
}

}  // namespace

Schema ParquetScanTable::virtual_columns() const {
  Schema fields;
  const auto& columns = files->columns();
  for (size_t i = files->visible_count(); i < columns.size(); ++i) {
    fields.push_back({columns[i].name, columns[i].type});
  }
  return fields;
}

std::optional<Value> ParquetScanTable::extreme(uint32_t column, bool greatest) const {
  std::optional<Value> best;
  for (size_t i = 0; i < files->files().size(); ++i) {
    const auto& opened = files->files()[i].opened;
    if (!opened) return std::nullopt;
    const auto mapping = files->map(i, *opened->file, column);
    const auto leaf = mapping ? plain_leaf(*mapping) : std::nullopt;
    if (!leaf) return std::nullopt;
    auto value = parquet::file_extreme(*opened->file, *leaf, greatest);
    if (!value) return std::nullopt;
    if (!best || best->is_null()) {
      best = std::move(value);
    } else if (!value->is_null() &&
               (greatest ? compare(*value, *best) > 0 : compare(*value, *best) < 0)) {
      best = std::move(value);
    }
  }
  return best;
}

std::optional<uint64_t> ParquetScanTable::value_count(uint32_t column) const {
  uint64_t count = 0;
  for (size_t i = 0; i < files->files().size(); ++i) {
    const auto& opened = files->files()[i].opened;
    if (!opened) return std::nullopt;
    const auto mapping = files->map(i, *opened->file, column);
    const auto leaf = mapping ? plain_leaf(*mapping) : std::nullopt;
    if (!leaf) return std::nullopt;
    const auto nulls = parquet::file_null_count(*opened->file, *leaf);
    if (!nulls || *nulls > opened->file->row_count()) return std::nullopt;
    count += opened->file->row_count() - *nulls;
  }
  return count;
}

}  // namespace whittle
