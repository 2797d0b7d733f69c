// Several Parquet files as one table: which columns it has, and where each file keeps them.
//
// The table's schema is the first file's (the others are matched by name), or with union_by_name
// that of all files together; then file_row_number and filename where asked for, then the hive
// partitions. Behind the visible columns stand the virtual ones, which `*` does not expand:
// filename, file_row_number, file_index.
//
// A ParquetTable is immutable and shared. Files beyond the first few are opened by the scan that
// needs them
// (`open`), after hive partitions and filename had the chance to exclude them: a filter on a
// partition costs no request at all for the other files.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parquet/footer.hpp"
#include "parquet/hive.hpp"
#include "parquet/predicate.hpp"

namespace whittle::parquet {

struct OpenedParquet {
  OpenedSource opened;  // for RangeReader; its tail may be empty
  ParquetFileRef file;
};

/// Opens one file. The engine's caches footers by the identity of the source; RegistryOpener does
/// not.
class FileOpener {
 public:
  virtual ~FileOpener() = default;
  virtual Task<Result<OpenedParquet>> open(std::string path, SchemaOptions options,
                                           IoSessionRef session) = 0;
};

class RegistryOpener : public FileOpener {
 public:
  RegistryOpener(SourceRegistry& registry, OpenOptions options)
      : registry_(registry), options_(std::move(options)) {}
  Task<Result<OpenedParquet>> open(std::string path, SchemaOptions options,
                                   IoSessionRef session) override;

 private:
  SourceRegistry& registry_;
  OpenOptions options_;
};

struct TableOptions {
  bool union_by_name = false;
  std::optional<bool> hive_partitioning;  // nothing: when all files agree on the keys
  bool hive_types_autocast = true;
  std::vector<Type::Field> hive_types;  // as given by the user; names of partitions
  std::optional<std::string> filename_column;
  bool file_row_number = false;
  SchemaOptions schema;
  /// The type of a column that two files give different types (plan/type_rules.hpp's common_type,
  /// without literals); nothing: VARCHAR. STRUCTs are merged by field before this is asked.
  std::function<std::optional<Type>(const Type&, const Type&)> common_type;
};

enum class ColumnOrigin : uint8_t { File, FileName, RowNumber, FileIndex, Partition };

struct TableColumn {
  std::string name;
  Type type;
  ColumnOrigin origin = ColumnOrigin::File;
};

struct TableFile {
  std::string path;  // as listed, to open it
  std::string name;  // as `filename` shows it
  HivePartitions partitions;
  std::optional<OpenedParquet> opened;  // when the table opened it
};

/// Where one file has one column of the table.
struct ColumnMapping {
  enum class Kind : uint8_t {
    Column,    // read `node` of the file; cast to the table's type where `needs_cast`
    Constant,  // `constant` for all rows: partitions, filename, file_index, columns it lacks (NULL)
    RowNumber  // position in the file
  };
  Kind kind = Kind::Constant;
  const SchemaNode* node = nullptr;  // of the ParquetFile
  bool needs_cast = false;
  Value constant;
};

class ParquetTable {
 public:
  const std::vector<TableColumn>& columns() const { return columns_; }
  /// Columns that `*` expands to: the first ones.
  uint32_t visible_count() const { return visible_count_; }
  Schema schema() const;
  const std::vector<TableFile>& files() const { return files_; }
  const TableOptions& options() const { return options_; }
  /// Rows in all files, when all are open.
  std::optional<uint64_t> row_count() const;
  /// "'hits.parquet'", "3 files ('a.parquet', …)".
  std::string description() const;

  /// The file itself, opened now unless the table did. The table outlives the task.
  Task<Result<OpenedParquet>> open(size_t file, FileOpener& opener, IoSessionRef session) const;

  /// How file number `index` gives column `column`. Binder error when the file lacks a column and
  /// the table is not united by name.
  Result<ColumnMapping> map(size_t index, const ParquetFile& file, uint32_t column) const;

  /// What the predicate (on table columns) is on all rows of a file, by partitions and name alone.
  Outcomes file_outcomes(size_t index, const Predicate& predicate) const;
  /// The predicate on leaves of this file. Constants are folded, what has no leaf becomes Unknown.
  Predicate bind(size_t index, const ParquetFile& file, const Predicate& predicate) const;

 private:
  friend class TableBuilder;
  std::optional<Value> file_constant(size_t index, uint32_t column) const;
  Predicate bind_comparison(size_t index, const ParquetFile* file,
                            const Predicate& predicate) const;
  Predicate bind_tree(size_t index, const ParquetFile* file, const Predicate& predicate) const;

  std::vector<TableColumn> columns_;
  uint32_t visible_count_ = 0;
  std::vector<TableFile> files_;
  TableOptions options_;
};
using ParquetTableRef = std::shared_ptr<const ParquetTable>;

/// `paths` are expanded already (SourceRegistry::expand), at least one. Opens the first file, or
/// with union_by_name all, `parallel_opens` at a time.
Task<Result<ParquetTableRef>> open_parquet_table(std::vector<std::string> paths,
                                                 TableOptions options, FileOpener& opener,
                                                 IoSessionRef session);

}  // namespace whittle::parquet
