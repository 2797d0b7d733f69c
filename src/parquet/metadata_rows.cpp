#include "parquet/metadata_rows.hpp"

#include <iterator>

#include "parquet/statistics.hpp"

namespace whittle::parquet {

namespace {

struct FieldRow {
  std::string_view name;
  TypeId type;
};

constexpr FieldRow chunk_fields[] = {
    {"file_name", TypeId::Varchar},
    {"row_group_id", TypeId::BigInt},
    {"row_group_num_rows", TypeId::BigInt},
    {"row_group_num_columns", TypeId::BigInt},
    {"row_group_bytes", TypeId::BigInt},
    {"column_id", TypeId::BigInt},
    {"file_offset", TypeId::BigInt},
    {"num_values", TypeId::BigInt},
    {"path_in_schema", TypeId::Varchar},
    {"type", TypeId::Varchar},
    {"stats_min", TypeId::Varchar},
    {"stats_max", TypeId::Varchar},
    {"stats_null_count", TypeId::BigInt},
    {"stats_distinct_count", TypeId::BigInt},
    {"stats_min_value", TypeId::Varchar},
    {"stats_max_value", TypeId::Varchar},
    {"compression", TypeId::Varchar},
    {"encodings", TypeId::Varchar},
    {"index_page_offset", TypeId::BigInt},
    {"dictionary_page_offset", TypeId::BigInt},
    {"data_page_offset", TypeId::BigInt},
    {"total_compressed_size", TypeId::BigInt},
    {"total_uncompressed_size", TypeId::BigInt},
    {"key_value_metadata", TypeId::Map},
    {"bloom_filter_offset", TypeId::BigInt},
    {"bloom_filter_length", TypeId::BigInt},
    {"min_is_exact", TypeId::Boolean},
    {"max_is_exact", TypeId::Boolean},
    {"row_group_compressed_bytes", TypeId::BigInt},
    {"geo_bbox", TypeId::Struct},
    {"geo_types", TypeId::List},
};
constexpr FieldRow schema_fields[] = {
    {"file_name", TypeId::Varchar},
    {"name", TypeId::Varchar},
    {"type", TypeId::Varchar},
    {"type_length", TypeId::Varchar},
    {"repetition_type", TypeId::Varchar},
    {"num_children", TypeId::BigInt},
    {"converted_type", TypeId::Varchar},
    {"scale", TypeId::BigInt},
    {"precision", TypeId::BigInt},
    {"field_id", TypeId::BigInt},
    {"logical_type", TypeId::Varchar},
    {"duckdb_type", TypeId::Varchar},
    {"column_id", TypeId::BigInt},
};
constexpr FieldRow file_fields[] = {
    {"file_name", TypeId::Varchar},
    {"created_by", TypeId::Varchar},
    {"num_rows", TypeId::BigInt},
    {"num_row_groups", TypeId::BigInt},
    {"format_version", TypeId::BigInt},
    {"encryption_algorithm", TypeId::Varchar},
    {"footer_signing_key_metadata", TypeId::Varchar},
    {"file_size_bytes", TypeId::UBigInt},
    {"footer_size", TypeId::UBigInt},
    {"column_orders", TypeId::List},
};
constexpr FieldRow key_value_fields[] = {
    {"file_name", TypeId::Varchar}, {"key", TypeId::Blob}, {"value", TypeId::Blob}};

Type box_type() {
  std::vector<Type::Field> fields;
  for (const char* name : {"xmin", "xmax", "ymin", "ymax", "zmin", "zmax", "mmin", "mmax"})
    fields.push_back({name, TypeId::Double});
  return Type::structure(std::move(fields));
}

Type full_type(TypeId id) {
  switch (id) {
    case TypeId::Map:
      return Type::map(TypeId::Blob, TypeId::Blob);
    case TypeId::List:
      return Type::list(TypeId::Varchar);
    case TypeId::Struct:
      return box_type();
    default:
      return id;
  }
}

Value text(std::string_view value) {
  return Value::string(TypeId::Varchar, std::string(value));
}
Value text_or_null(std::string_view value) {
  return value.empty() ? Value::null(TypeId::Varchar) : text(value);
}
Value blob_or_null(std::string_view value) {
  if (!value.data()) return Value::null(TypeId::Blob);
  return Value::string(TypeId::Blob, std::string(value));
}
Value number(uint64_t value) {
  return Value::integer(TypeId::BigInt, static_cast<int64_t>(value));
}
Value number_if(bool present, int64_t value) {
  return present ? Value::integer(TypeId::BigInt, value) : Value::null(TypeId::BigInt);
}
Value flag(int8_t value) {
  return value < 0 ? Value::null(TypeId::Boolean) : Value::boolean(value != 0);
}

Value bound(const ParquetFile& file, uint32_t leaf, std::string_view stored) {
  if (!stored.data()) return Value::null(TypeId::Varchar);
  std::optional<Value> value =
      decode_bound(file.element(leaf), file.schema.leaves[leaf].type, stored);
  return value ? text(value->to_string()) : Value::null(TypeId::Varchar);
}

std::string encodings_text(const EncodingList& encodings) {
  std::string out;
  for (uint32_t i = 0; i < encodings.size(); ++i)
    out.append(i ? ", " : "").append(encoding_name(encodings[i]));
  return out;
}

Value key_values(const ColumnExtras* extras) {
  const Type type = Type::map(TypeId::Blob, TypeId::Blob);
  std::vector<Value> entries;
  if (extras) {
    for (const KeyValue& entry : extras->key_values)
      entries.push_back(
          Value::nested(type.element(), {blob_or_null(entry.key), blob_or_null(entry.value)}));
  }
  return Value::nested(type, std::move(entries));
}

Value bounding_box(const ColumnExtras* extras) {
  if (!extras || !extras->geospatial || !extras->geospatial->box) return Value::null(box_type());
  const BoundingBox& box = *extras->geospatial->box;
  auto real = [](double value) { return Value::real(TypeId::Double, value); };
  auto maybe = [&](const std::optional<double>& value) {
    return value ? real(*value) : Value::null(TypeId::Double);
  };
  return Value::nested(box_type(),
                       {real(box.x_min), real(box.x_max), real(box.y_min), real(box.y_max),
                        maybe(box.z_min), maybe(box.z_max), maybe(box.m_min), maybe(box.m_max)});
}

// ISO WKB: the thousands say which further dimensions a shape has.
std::string geometry_name(int32_t code) {
  static constexpr std::string_view shapes[] = {
      "unknown",    "point",           "linestring",   "polygon",
      "multipoint", "multilinestring", "multipolygon", "geometrycollection"};
  static constexpr std::string_view dimensions[] = {"", "_z", "_m", "_zm"};
  const int32_t shape = code % 1000, dimension = code / 1000;
  if (shape < 1 || shape > 7 || dimension < 0 || dimension > 3) return "unknown";
  return std::string(shapes[shape]) + std::string(dimensions[dimension]);
}

Value geometry_types(const ColumnExtras* extras) {
  const Type type = Type::list(TypeId::Varchar);
  if (!extras || !extras->geospatial) return Value::null(type);
  std::vector<Value> names;
  for (int32_t code : extras->geospatial->types) names.push_back(text(geometry_name(code)));
  return Value::nested(type, std::move(names));
}

// "a, list, element": the names on the way to each leaf.
std::vector<std::string> leaf_paths(const ParquetFile& file) {
  std::vector<std::string> paths;
  std::vector<std::pair<int32_t, std::string>> open;  // children to come, path so far
  for (size_t i = 0; i < file.metadata.schema.size(); ++i) {
    const SchemaElement& element = file.metadata.schema[i];
    while (!open.empty() && open.back().first == 0) open.pop_back();
    std::string path;
    if (!open.empty()) {
      --open.back().first;
      path = open.back().second;
      if (!path.empty()) path += ", ";
      path += element.name;
    }
    if (element.child_count > 0) {
      open.emplace_back(element.child_count, std::move(path));
    } else {
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

std::vector<Value> chunk_row(const ParquetFile& file, std::string_view file_name, size_t group_id,
                             uint32_t leaf, const std::string& path) {
  const RowGroup& group = file.metadata.row_groups[group_id];
  const ColumnChunk& chunk = group.columns[leaf];
  const Statistics& statistics = chunk.statistics;
  const ColumnExtras* extras = chunk.extras.get();
  return {
      text(file_name),
      number(group_id),
      number(group.row_count),
      number(group.columns.size()),
      number(group.total_byte_size),
      number(leaf),
      number_if(group.file_offset.has_value(), static_cast<int64_t>(chunk.file_offset)),
      number(chunk.value_count),
      text(path),
      text(storage_type_name(chunk.type)),
      bound(file, leaf, statistics.min),
      bound(file, leaf, statistics.max),
      number_if(statistics.null_count >= 0, statistics.null_count),
      number_if(statistics.distinct_count >= 0, statistics.distinct_count),
      bound(file, leaf, statistics.min_value),
      bound(file, leaf, statistics.max_value),
      text(codec_name(chunk.codec)),
      text(encodings_text(chunk.encodings)),
      number_if(chunk.index_page_offset > 0, static_cast<int64_t>(chunk.index_page_offset)),
      number_if(chunk.dictionary_page_offset > 0,
                static_cast<int64_t>(chunk.dictionary_page_offset)),
      number(chunk.data_page_offset),
      number(chunk.total_compressed_size),
      number(chunk.total_uncompressed_size),
      key_values(extras),
      number_if(chunk.bloom_filter_offset > 0, static_cast<int64_t>(chunk.bloom_filter_offset)),
      number_if(chunk.bloom_filter_length > 0, chunk.bloom_filter_length),
      flag(statistics.min_is_exact),
      flag(statistics.max_is_exact),
      number_if(group.total_compressed_size.has_value(),
                static_cast<int64_t>(group.total_compressed_size.value_or(0))),
      bounding_box(extras),
      geometry_types(extras),
  };
}

Status chunk_rows(const ParquetFile& file, std::string_view file_name, const RowConsumer& consume) {
  const std::vector<std::string> paths = leaf_paths(file);
  for (size_t group = 0; group < file.metadata.row_groups.size(); ++group) {
    for (uint32_t leaf = 0; leaf < file.metadata.leaf_count; ++leaf)
      TRY(consume(chunk_row(file, file_name, group, leaf, paths[leaf])));
  }
  return {};
}

Status schema_rows(const ParquetFile& file, std::string_view file_name,
                   const RowConsumer& consume) {
  uint32_t leaf = 0;
  for (size_t i = 0; i < file.metadata.schema.size(); ++i) {
    const SchemaElement& e = file.metadata.schema[i];
    const bool is_leaf = e.child_count <= 0;
    std::string type = is_leaf ? file.schema.leaves[leaf++].type.to_string() : "";
    TRY(consume({text(file_name), text(e.name),
                 is_leaf ? text(storage_type_name(*e.type)) : Value::null(TypeId::Varchar),
                 text_or_null(e.type_length >= 0 ? std::to_string(e.type_length) : ""),
                 text_or_null(e.has_repetition ? repetition_name(e.repetition) : ""),
                 number_if(e.child_count >= 0, e.child_count),
                 text_or_null(converted_type_name(e.converted)), number_if(e.scale >= 0, e.scale),
                 number_if(e.precision >= 0, e.precision),
                 number_if(e.field_id.has_value(), e.field_id.value_or(0)),
                 text_or_null(logical_type_text(e.logical)), text_or_null(type), number(i)}));
  }
  return {};
}

Status file_row(const ParquetFile& file, std::string_view file_name, const RowConsumer& consume) {
  const FileMetadata& metadata = file.metadata;
  const Type list = Type::list(TypeId::Varchar);
  Value orders = Value::null(list);
  if (!metadata.column_orders.empty()) {
    std::vector<Value> names;
    for (ColumnOrder order : metadata.column_orders) {
      names.push_back(text(order == ColumnOrder::TypeDefined
                               ? "ColumnOrder(TYPE_ORDER=TypeDefinedOrder())"
                               : "ColumnOrder(TYPE_ORDER=<null>)"));
    }
    orders = Value::nested(list, std::move(names));
  }
  return consume({text(file_name), text_or_null(metadata.created_by),
                  number(metadata.declared_row_count), number(metadata.row_groups.size()),
                  number(static_cast<uint64_t>(metadata.version)), Value::null(TypeId::Varchar),
                  Value::null(TypeId::Varchar),
                  Value::unsigned_integer(TypeId::UBigInt, metadata.file_size),
                  Value::unsigned_integer(TypeId::UBigInt, file.footer_size), std::move(orders)});
}

Status key_value_rows(const ParquetFile& file, std::string_view file_name,
                      const RowConsumer& consume) {
  for (const KeyValue& entry : file.metadata.key_values)
    TRY(consume({text(file_name), blob_or_null(entry.key), blob_or_null(entry.value)}));
  return {};
}

std::string unit_text(TimeUnit unit) {
  auto field = [&](TimeUnit wanted, const char* name) {
    return unit == wanted ? std::string(name) + "()" : std::string("<null>");
  };
  return "TimeUnit(MILLIS=" + field(TimeUnit::Millis, "MilliSeconds") +
         ", MICROS=" + field(TimeUnit::Micros, "MicroSeconds") +
         ", NANOS=" + field(TimeUnit::Nanos, "NanoSeconds") + ")";
}

std::string crs_text(std::string_view crs) {
  return crs.data() ? std::string(crs) : "<null>";
}

}  // namespace

std::string logical_type_text(const LogicalType& logical) {
  static constexpr std::string_view algorithms[] = {"SPHERICAL", "VINCENTY", "THOMAS", "ANDOYER",
                                                    "KARNEY"};
  switch (logical.kind) {
    case LogicalKind::String:
      return "StringType()";
    case LogicalKind::Map:
      return "MapType()";
    case LogicalKind::List:
      return "ListType()";
    case LogicalKind::Enum:
      return "EnumType()";
    case LogicalKind::Decimal:
      return "DecimalType(scale=" + std::to_string(logical.scale) +
             ", precision=" + std::to_string(logical.precision) + ")";
    case LogicalKind::Date:
      return "DateType()";
    case LogicalKind::Time:
    case LogicalKind::Timestamp:
      return std::string(logical.kind == LogicalKind::Time ? "TimeType" : "TimestampType") +
             "(isAdjustedToUTC=" + (logical.adjusted_to_utc ? "1" : "0") +
             ", unit=" + unit_text(logical.unit) + ")";
    case LogicalKind::Integer:
      return "IntType(bitWidth=" + std::to_string(logical.bit_width) +
             ", isSigned=" + (logical.is_signed ? "1" : "0") + ")";
    case LogicalKind::Null:
      return "NullType()";
    case LogicalKind::Json:
      return "JsonType()";
    case LogicalKind::Bson:
      return "BsonType()";
    case LogicalKind::Uuid:
      return "UUIDType()";
    case LogicalKind::Float16:
      return "Float16Type()";
    case LogicalKind::Variant:
      return "VariantType()";
    case LogicalKind::Geometry:
      return "GeometryType(crs=" + crs_text(logical.crs) + ")";
    case LogicalKind::Geography:
      return "GeographyType(crs=" + crs_text(logical.crs) + ", algorithm=" +
             std::string(
                 algorithms[logical.algorithm < std::size(algorithms) ? logical.algorithm : 0]) +
             ")";
    default:
      return "";
  }
}

std::optional<MetadataTable> metadata_table(std::string_view function) {
  if (function == "parquet_metadata") return MetadataTable::Chunks;
  if (function == "parquet_schema") return MetadataTable::Schema;
  if (function == "parquet_file_metadata") return MetadataTable::File;
  if (function == "parquet_kv_metadata") return MetadataTable::KeyValues;
  return std::nullopt;
}

Schema metadata_table_schema(MetadataTable table) {
  std::span<const FieldRow> rows = chunk_fields;
  if (table == MetadataTable::Schema) rows = schema_fields;
  if (table == MetadataTable::File) rows = file_fields;
  if (table == MetadataTable::KeyValues) rows = key_value_fields;
  Schema schema;
  for (const FieldRow& row : rows) schema.push_back({std::string(row.name), full_type(row.type)});
  return schema;
}

Status metadata_rows(MetadataTable table, const ParquetFile& file, std::string_view file_name,
                     const RowConsumer& consume) {
  switch (table) {
    case MetadataTable::Chunks:
      return chunk_rows(file, file_name, consume);
    case MetadataTable::Schema:
      return schema_rows(file, file_name, consume);
    case MetadataTable::File:
      return file_row(file, file_name, consume);
    case MetadataTable::KeyValues:
      return key_value_rows(file, file_name, consume);
  }
  return {};
}

}  // namespace whittle::parquet
