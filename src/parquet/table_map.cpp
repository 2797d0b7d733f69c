// One file seen from the table: where its columns are, what a predicate means for it.
#include <algorithm>

#include "parquet/table.hpp"

namespace whittle::parquet {

namespace {

// "Candidate names: a, b, d", as DuckDB lists them.
std::string candidates(const ParquetFile& file) {
  std::string text;
  for (const SchemaNode& node : file.schema.columns) {
    if (text.size() > 200) return text + ", …";
    if (!text.empty()) text += ", ";
    text += node.name;
  }
  return text;
}

// The same number as another integer type, when that has it.
std::optional<Value> as_integer_of(const Value& value, const Type& type) {
  if (value.type() == type || value.is_null()) return value;
  if (!value.type().is_integer() || !type.is_integer()) return std::nullopt;
  if (value.type().id() == TypeId::UHugeInt || type.id() == TypeId::UHugeInt) return std::nullopt;
  const int128_t number = value.as_integer();
  const int bits = static_cast<int>(type.value_size()) * 8;
  if (bits == 128) return Value::integer(type, number);
  const int128_t low = type.is_unsigned_integer() ? 0 : -(int128_t{1} << (bits - 1));
  const int128_t high = (int128_t{1} << (type.is_unsigned_integer() ? bits : bits - 1)) - 1;
  if (number < low || number > high) return std::nullopt;
  return Value::integer(type, number);
}

// The leaf at the end of a path of struct fields; null when there is no such single value per row.
const SchemaNode* find_leaf(const SchemaNode* node, const std::vector<std::string>& path) {
  for (const std::string& field : path) {
    if (node->kind != NodeKind::Struct) return nullptr;
    const auto child =
        std::find_if(node->children.begin(), node->children.end(),
                     [&](const SchemaNode& c) { return names_equal(c.name, field); });
    if (child == node->children.end()) return nullptr;
    node = &*child;
  }
  return node->is_leaf() ? node : nullptr;
}

Predicate folded(Outcomes outcomes) {
  if (outcomes == Outcomes::always(true)) return Predicate::constant(Value::boolean(true));
  if (outcomes == Outcomes::always(false)) return Predicate::constant(Value::boolean(false));
  if (outcomes == Outcomes::always_null()) return Predicate::constant(Value::null(TypeId::Boolean));
  return Predicate::unknown();
}

Predicate on_constant(const Predicate& predicate, const Value& constant, const Type& type) {
  ColumnEvidence evidence;
  evidence.bounds.type = type;
  evidence.bounds.value_count = 1;
  evidence.bounds.null_count = constant.is_null() ? 1 : 0;
  if (!constant.is_null()) evidence.bounds.min = evidence.bounds.max = constant;
  return folded(evaluate(predicate, evidence));
}

}  // namespace

Schema ParquetTable::schema() const {
  Schema schema;
  for (uint32_t i = 0; i < visible_count_; ++i)
    schema.push_back({columns_[i].name, columns_[i].type});
  return schema;
}

std::optional<uint64_t> ParquetTable::row_count() const {
  uint64_t rows = 0;
  for (const TableFile& file : files_) {
    if (!file.opened) return std::nullopt;
    rows += file.opened->file->row_count();
  }
  return rows;
}

std::string ParquetTable::description() const {
  if (files_.size() == 1) return "'" + files_[0].name + "'";
  return std::to_string(files_.size()) + " files ('" + files_[0].name + "', …)";
}

Task<Result<OpenedParquet>> ParquetTable::open(size_t file, FileOpener& opener,
                                               IoSessionRef session) const {
  const TableFile& wanted = files_[file];
  if (wanted.opened) co_return *wanted.opened;
  co_return co_await opener.open(wanted.path, options_.schema, std::move(session));
}

std::optional<Value> ParquetTable::file_constant(size_t index, uint32_t column) const {
  const TableFile& file = files_[index];
  const TableColumn& wanted = columns_[column];
  switch (wanted.origin) {
    case ColumnOrigin::FileName:
      return Value::string(TypeId::Varchar, file.name);
    case ColumnOrigin::FileIndex:
      return Value::unsigned_integer(TypeId::UBigInt, index);
    case ColumnOrigin::Partition: {
      // Checked when the table was built.
      Result<Value> value = hive_value(file.partitions.at(wanted.name), wanted.type);
      return value ? std::move(*value) : Value::null(wanted.type);
    }
    default:
      return std::nullopt;
  }
}

Result<ColumnMapping> ParquetTable::map(size_t index, const ParquetFile& file,
                                        uint32_t column) const {
  const TableColumn& wanted = columns_[column];
  ColumnMapping mapping;
  if (wanted.origin == ColumnOrigin::RowNumber) {
    mapping.kind = ColumnMapping::Kind::RowNumber;
    return mapping;
  }
  if (std::optional<Value> constant = file_constant(index, column)) {
    mapping.constant = std::move(*constant);
    return mapping;
  }
  if (std::optional<uint32_t> found = file.schema.find(wanted.name)) {
    mapping.kind = ColumnMapping::Kind::Column;
    mapping.node = &file.schema.columns[*found];
    mapping.needs_cast = !(mapping.node->type == wanted.type);
    return mapping;
  }
  if (options_.union_by_name) {
    mapping.constant = Value::null(wanted.type);
    return mapping;
  }
  return fail(Error(ErrorCode::Binder,
                    "schema mismatch: column \"" + wanted.name + "\" was read from the file \"" +
                        files_[0].name + "\", but could not be found in file \"" +
                        files_[index].name + "\". Candidate names: " + candidates(file))
                  .with_hint("to read files with different schemas, set union_by_name = true"));
}

Predicate ParquetTable::bind_comparison(size_t index, const ParquetFile* file,
                                        const Predicate& predicate) const {
  if (predicate.column >= columns_.size()) return Predicate::unknown();
  if (std::optional<Value> constant = file_constant(index, predicate.column)) {
    if (!predicate.path.empty()) return Predicate::unknown();
    return on_constant(predicate, *constant, columns_[predicate.column].type);
  }
  if (!file) return Predicate::unknown();
  if (columns_[predicate.column].origin == ColumnOrigin::RowNumber) {
    Predicate bound = predicate;
    bound.column = row_number_leaf;
    return bound;
  }
  if (columns_[predicate.column].origin != ColumnOrigin::File) return Predicate::unknown();
  Result<ColumnMapping> mapping = map(index, *file, predicate.column);
  if (!mapping) return Predicate::unknown();
  if (mapping->kind == ColumnMapping::Kind::Constant) {
    if (!predicate.path.empty()) return Predicate::unknown();
    return on_constant(predicate, mapping->constant, columns_[predicate.column].type);
  }
  const SchemaNode* leaf = find_leaf(mapping->node, predicate.path);
  if (!leaf || leaf->repetition_level > 0) return Predicate::unknown();
  Predicate bound = predicate;
  bound.column = leaf->first_leaf;
  bound.path.clear();
  // A test for NULL holds whatever the type: no cast makes NULL of a value.
  for (Value& value : bound.values) {
    std::optional<Value> converted = as_integer_of(value, leaf->type);
    if (!converted) return Predicate::unknown();
    value = std::move(*converted);
  }
  return bound;
}

Predicate ParquetTable::bind_tree(size_t index, const ParquetFile* file,
                                  const Predicate& predicate) const {
  if (predicate.is_comparison()) return bind_comparison(index, file, predicate);
  Predicate bound = predicate;
  for (Predicate& child : bound.children) child = bind_tree(index, file, child);
  return bound;
}

Predicate ParquetTable::bind(size_t index, const ParquetFile& file,
                             const Predicate& predicate) const {
  return bind_tree(index, &file, predicate);
}

Outcomes ParquetTable::file_outcomes(size_t index, const Predicate& predicate) const {
  return evaluate(bind_tree(index, nullptr, predicate), Evidence{});
}

}  // namespace whittle::parquet
