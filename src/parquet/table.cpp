// Building the table: opening files, agreeing on a schema.
#include "parquet/table.hpp"

#include <algorithm>

#include "columnar/compare.hpp"

namespace whittle::parquet {

namespace {

// Files opened up front, all at once: then count(*) and row estimates cost no further wait.
constexpr size_t eager_files = 32;

using CommonType = std::function<std::optional<Type>(const Type&, const Type&)>;

// Fields by name, the first one's order first (DuckDB's union of structs).
Type merge(const Type& a, const Type& b, const CommonType& common);

Type merge_structs(const Type& a, const Type& b, const CommonType& common) {
  std::vector<Type::Field> fields = a.fields();
  for (const Type::Field& field : b.fields()) {
    auto same = std::find_if(fields.begin(), fields.end(),
                             [&](const Type::Field& f) { return names_equal(f.name, field.name); });
    if (same == fields.end()) {
      fields.push_back(field);
    } else {
      same->type = merge(same->type, field.type, common);
    }
  }
  return Type::structure(std::move(fields));
}

Type merge(const Type& a, const Type& b, const CommonType& common) {
  if (a == b) return a;
  if (a.id() == TypeId::Struct && b.id() == TypeId::Struct) return merge_structs(a, b, common);
  if (a.id() == TypeId::List && b.id() == TypeId::List)
    return Type::list(merge(a.element(), b.element(), common));
  if (a.id() == TypeId::Map && b.id() == TypeId::Map) {
    return Type::map(merge(a.map_key(), b.map_key(), common),
                     merge(a.map_value(), b.map_value(), common));
  }
  std::optional<Type> type = common ? common(a, b) : std::nullopt;
  return type ? *type : Type(TypeId::Varchar);
}

Task<Status> open_into(FileOpener& opener, TableFile& file, SchemaOptions options,
                       IoSessionRef session) {
  file.opened = CO_TRY(co_await opener.open(file.path, options, std::move(session)));
  co_return Status{};
}

}  // namespace

Task<Result<OpenedParquet>> RegistryOpener::open(std::string path, SchemaOptions options,
                                                 IoSessionRef session) {
  OpenedParquet out;
  out.opened = CO_TRY(co_await registry_.open(path, options_, session));
  out.file = CO_TRY(co_await open_parquet(&out.opened, session, options));
  co_return out;
}

class TableBuilder {
 public:
  TableBuilder(std::vector<std::string> paths, TableOptions options)
      : table_(std::make_shared<ParquetTable>()) {
    table_->options_ = std::move(options);
    for (std::string& path : paths) {
      HivePartitions partitions = hive_partitions(path);
      std::string name = without_credentials(path);
      table_->files_.push_back({std::move(path), std::move(name), std::move(partitions), {}});
    }
  }

  Task<Status> open_files(FileOpener& opener, IoSessionRef session);
  Result<ParquetTableRef> finish() &&;

 private:
  void add(std::string name, Type type, ColumnOrigin origin) {
    table_->columns_.push_back({std::move(name), std::move(type), origin});
  }
  TableColumn* find(std::string_view name) {
    for (TableColumn& column : table_->columns_) {
      if (names_equal(column.name, name)) return &column;
    }
    return nullptr;
  }
  void unite();
  Result<bool> has_partitions() const;
  Status add_partitions();
  void add_virtual(std::string name, Type type, ColumnOrigin origin) {
    if (!find(name)) add(std::move(name), std::move(type), origin);
  }

  std::shared_ptr<ParquetTable> table_;
};

Task<Status> TableBuilder::open_files(FileOpener& opener, IoSessionRef session) {
  std::vector<TableFile>& files = table_->files_;
  const SchemaOptions options = table_->options_.schema;
  const bool all = table_->options_.union_by_name || files.size() <= eager_files;
  const size_t wanted = all ? files.size() : 1;
  for (size_t begin = 0; begin < wanted; begin += eager_files) {
    TaskGroup group(session->executor);
    for (size_t i = begin; i < std::min(wanted, begin + eager_files); ++i)
      group.spawn(open_into(opener, files[i], options, session));
    CO_TRY(co_await group.join());
  }
  co_return Status{};
}

void TableBuilder::unite() {
  const TableOptions& options = table_->options_;
  for (const TableFile& file : table_->files_) {
    if (!file.opened) continue;
    for (const SchemaNode& node : file.opened->file->schema.columns) {
      TableColumn* column = find(node.name);
      if (!column) {
        add(node.name, node.type, ColumnOrigin::File);
      } else {
        column->type = merge(column->type, node.type, options.common_type);
      }
    }
    if (!options.union_by_name) break;
  }
}

// Whether partitions are columns: asked for, or (by default) the same keys in every path.
Result<bool> TableBuilder::has_partitions() const {
  const std::vector<TableFile>& files = table_->files_;
  const std::optional<bool> wanted = table_->options_.hive_partitioning;
  if (wanted && !*wanted) return false;
  for (const TableFile& file : files) {
    bool same = file.partitions.size() == files[0].partitions.size();
    std::string_view missing;
    for (const auto& [key, value] : files[0].partitions) {
      if (file.partitions.contains(key)) continue;
      same = false;
      missing = key;
    }
    if (same) continue;
    if (!wanted) return false;
    return fail(ErrorCode::Binder, "Hive partition mismatch between file \"" + files[0].name +
                                       "\" and \"" + file.name + "\": key \"" +
                                       std::string(missing) + "\" not found");
  }
  return !files[0].partitions.empty();
}

Status TableBuilder::add_partitions() {
  if (!TRY(has_partitions())) {
    for (TableFile& file : table_->files_) file.partitions.clear();
    return {};
  }
  const TableOptions& options = table_->options_;
  for (const Type::Field& given : options.hive_types) {
    bool known = false;
    for (const auto& [key, value] : table_->files_[0].partitions)
      known = known || names_equal(key, given.name);
    if (known) continue;
    return fail(ErrorCode::Binder,
                "Unknown hive_type: \"" + given.name + "\" does not appear to be a partition");
  }
  for (const auto& [key, first] : table_->files_[0].partitions) {
    std::vector<std::string_view> values;
    for (const TableFile& file : table_->files_) values.push_back(file.partitions.at(key));
    Type type = hive_type(values, options.hive_types_autocast);
    for (const Type::Field& given : options.hive_types) {
      if (names_equal(given.name, key)) type = given.type;
    }
    for (std::string_view value : values) TRY(hive_value(value, type));
    // A column of the same name in the files gives way, in its place.
    if (TableColumn* column = find(key)) {
      *column = {key, type, ColumnOrigin::Partition};
    } else {
      add(key, type, ColumnOrigin::Partition);
    }
  }
  return {};
}

Result<ParquetTableRef> TableBuilder::finish() && {
  const TableOptions& options = table_->options_;
  unite();
  if (options.file_row_number) {
    if (find("file_row_number")) {
      return fail(ErrorCode::Binder,
                  "Using file_row_number option on file with column named file_row_number is not "
                  "supported");
    }
    add("file_row_number", TypeId::BigInt, ColumnOrigin::RowNumber);
  }
  if (options.filename_column) {
    if (find(*options.filename_column)) {
      return fail(ErrorCode::Binder, "Option filename adds column \"" + *options.filename_column +
                                         "\", but a column with this name is already in the file");
    }
    add(*options.filename_column, TypeId::Varchar, ColumnOrigin::FileName);
  }
  TRY(add_partitions());
  table_->visible_count_ = static_cast<uint32_t>(table_->columns_.size());
  add_virtual("filename", TypeId::Varchar, ColumnOrigin::FileName);
  add_virtual("file_row_number", TypeId::BigInt, ColumnOrigin::RowNumber);
  add_virtual("file_index", TypeId::UBigInt, ColumnOrigin::FileIndex);
  return ParquetTableRef(std::move(table_));
}

Task<Result<ParquetTableRef>> open_parquet_table(std::vector<std::string> paths,
                                                 TableOptions options, FileOpener& opener,
                                                 IoSessionRef session) {
  if (paths.empty()) co_return fail(ErrorCode::InvalidArgument, "no files to read");
  TableBuilder builder(std::move(paths), std::move(options));
  CO_TRY(co_await builder.open_files(opener, std::move(session)));
  co_return std::move(builder).finish();
}

}  // namespace whittle::parquet
