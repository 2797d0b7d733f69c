#include "engine/parquet_rows.hpp"
#include "library/implementation.hpp"

namespace whittle {

namespace {

class RowsSource : public RowSource {
 public:
  RowsSource(Engine& engine, std::unique_ptr<ParquetRows> rows)
      : engine_(engine),
        rows_(std::move(rows)),
        begin_(engine.services().clock.monotonic_nanoseconds()) {}

  const Schema& schema() const override { return rows_->schema(); }
  Task<Result<std::optional<Batch>>> next() override {
    Result<std::optional<Batch>> batch = co_await rows_->next();
    if (batch && *batch) count_ += (*batch)->row_count();
    co_return batch;
  }
  Task<Status> close() override { return rows_->close(); }
  StatementStatistics statistics() const override {
    StatementStatistics out;
    out.seconds =
        static_cast<double>(engine_.services().clock.monotonic_nanoseconds() - begin_) / 1e9;
    out.rows = count_;
    fill_statistics(out, rows_->io(), engine_.budget());
    return out;
  }

 private:
  Engine& engine_;
  std::unique_ptr<ParquetRows> rows_;
  uint64_t begin_, count_ = 0;
};

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

Task<Result<parquet::OpenedParquet>> open_task(Engine& engine, std::string url) {
  auto io = std::make_shared<StatementIo>(engine);
  co_return co_await engine.footers()->open(std::move(url), {}, StatementIo::session_of(io));
}

}  // namespace

struct ParquetFile::Implementation {
  DatabaseRef database;
  std::string url;
  parquet::OpenedParquet opened;
  std::vector<ColumnInfo> columns;
  std::vector<RowGroup> row_groups;

  const parquet::ParquetFile& file() const { return *opened.file; }

  /// Positions of the named columns; all for an empty list.
  Result<std::vector<uint32_t>> find(std::span<const std::string> names) const {
    std::vector<uint32_t> positions;
    for (const std::string& name : names) {
      const std::optional<uint32_t> column = file().schema.find(name);
      if (!column) {
        return fail(Error(ErrorCode::Binder, "there is no column \"" + name + "\"")
                        .with_source(file().name()));
      }
      positions.push_back(*column);
    }
    for (uint32_t i = 0; names.empty() && i < columns.size(); ++i) positions.push_back(i);
    return positions;
  }

  Result<ResultStream> stream(std::vector<uint32_t> positions,
                              std::vector<parquet::RowRanges> rows) const {
    auto source = std::make_unique<RowsSource>(
        database->engine, std::make_unique<ParquetRows>(
                              database->engine, std::make_shared<StatementIo>(database->engine),
                              opened, std::move(positions), std::move(rows)));
    return ResultStream(
        std::make_unique<ResultStream::Implementation>(database, nullptr, std::move(source)));
  }
};

Result<ParquetFile> Database::open_parquet(std::string_view url) {
  auto file = std::make_unique<ParquetFile::Implementation>();
  file->database = implementation_;
  file->url = url;
  file->opened = TRY(implementation_->wait(open_task(implementation_->engine, std::string(url))));
  file->columns = column_infos(file->file().schema.to_schema());
  for (const parquet::RowGroup& group : file->file().metadata.row_groups) {
    uint64_t compressed = 0;
    for (const auto& chunk : group.columns)
      compressed += static_cast<uint64_t>(chunk.total_compressed_size);
    file->row_groups.push_back({group.row_count, compressed, group.total_byte_size});
  }
  return ParquetFile(std::move(file));
}

ParquetFile::ParquetFile(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
ParquetFile::ParquetFile(ParquetFile&&) noexcept = default;
ParquetFile& ParquetFile::operator=(ParquetFile&&) noexcept = default;
ParquetFile::~ParquetFile() = default;

const std::vector<ColumnInfo>& ParquetFile::columns() const {
  return implementation_->columns;
}
const std::vector<ParquetFile::RowGroup>& ParquetFile::row_groups() const {
  return implementation_->row_groups;
}
uint64_t ParquetFile::row_count() const {
  return implementation_->file().row_count();
}
std::string ParquetFile::created_by() const {
  return std::string(implementation_->file().metadata.created_by);
}

std::vector<std::pair<std::string, std::string>> ParquetFile::key_values() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& entry : implementation_->file().metadata.key_values) {
    out.emplace_back(entry.key, entry.value);
  }
  return out;
}

Result<ResultStream> ParquetFile::read_row_group(uint32_t index,
                                                 std::span<const std::string> columns) {
  const auto& groups = implementation_->file().metadata.row_groups;
  if (index >= groups.size()) {
    return fail(Error(ErrorCode::OutOfRange, "row group " + std::to_string(index) + " of " +
                                                 std::to_string(groups.size()) + " does not exist")
                    .with_source(implementation_->file().name()));
  }
  std::vector<parquet::RowRanges> rows(groups.size());
  rows[index] = parquet::RowRanges::all(groups[index].row_count);
  return implementation_->stream(TRY(implementation_->find(columns)), std::move(rows));
}

Result<ResultStream> ParquetFile::read_column(std::string_view column) {
  std::vector<parquet::RowRanges> rows;
  for (const auto& group : implementation_->file().metadata.row_groups) {
    rows.push_back(parquet::RowRanges::all(group.row_count));
  }
  const std::string name(column);
  return implementation_->stream(TRY(implementation_->find({&name, 1})), std::move(rows));
}

// SQL does the work, skipping included: the row numbers of a filtered scan.
Result<std::vector<uint64_t>> ParquetFile::filter_indices(std::string_view column,
                                                          std::string_view predicate) {
  const std::string name(column);
  TRY(implementation_->find({&name, 1}));
  Connection connection(std::make_shared<Connection::Implementation>(implementation_->database));
  const std::string sql = "SELECT file_row_number FROM read_parquet(" +
                          quoted(implementation_->url, '\'') + ", file_row_number = true) WHERE " +
                          quoted(column, '"') + " " + std::string(predicate);
  ResultStream stream = TRY(connection.query(sql));
  std::vector<uint64_t> indices;
  for (;;) {
    std::optional<RowBatch> rows = TRY(stream.next());
    if (!rows) return indices;
    const Batch& batch = rows->implementation().batch;
    const ColumnView view(batch.columns[0]);
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      indices.push_back(static_cast<uint64_t>(view.get<int64_t>(batch.selection[i])));
    }
  }
}

Result<ResultStream> ParquetFile::select_by_indices(std::span<const std::string> columns,
                                                    std::span<const uint64_t> rows) {
  return implementation_->stream(TRY(implementation_->find(columns)),
                                 TRY(row_group_ranges(implementation_->file(), rows)));
}

}  // namespace whittle
