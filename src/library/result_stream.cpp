#include "columnar/arrow_c.hpp"
#include "columnar/text.hpp"
#include "library/implementation.hpp"

namespace whittle {

namespace {

// An exported array must not outlive the budget it is charged to: it holds the database.
struct KeptArray {
  ArrowArray array;
  DatabaseRef database;
};

void release_kept(ArrowArray* array) {
  auto* kept = static_cast<KeptArray*>(array->private_data);
  kept->array.release(&kept->array);
  array->release = nullptr;
  delete kept;
}

void keep_database(ArrowArray* array, DatabaseRef database) {
  auto* kept = new KeptArray{*array, std::move(database)};
  array->release = release_kept;
  array->private_data = kept;
}

// The rest of a stream behind the Arrow C stream interface.
class StreamSource : public ArrowBatchSource {
 public:
  explicit StreamSource(std::unique_ptr<ResultStream::Implementation> stream)
      : stream_(std::move(stream)) {}
  const Schema& schema() const override { return *stream_->schema; }
  Result<bool> next(Batch& batch) override {
    std::optional<Batch> next = TRY(stream_->database->wait(stream_->source->next()));
    if (!next) return false;
    batch = std::move(*next);
    return true;
  }
  MemoryBudget& budget() override { return stream_->database->engine.budget(); }

 private:
  std::unique_ptr<ResultStream::Implementation> stream_;
};

}  // namespace

// ---- RowBatch
// ------------------------------------------------------------------------------------------

RowBatch::RowBatch(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
RowBatch::RowBatch(RowBatch&&) noexcept = default;
RowBatch& RowBatch::operator=(RowBatch&&) noexcept = default;
RowBatch::~RowBatch() = default;

uint32_t RowBatch::row_count() const {
  return implementation_->batch.row_count();
}

bool RowBatch::is_null(uint32_t row, uint32_t column) const {
  const Batch& batch = implementation_->batch;
  return batch.columns[column].is_null(batch.selection[row]);
}

std::string RowBatch::text(uint32_t row, uint32_t column) const {
  const Batch& batch = implementation_->batch;
  std::string out;
  if (!is_null(row, column)) append_text(batch.columns[column], batch.selection[row], out);
  return out;
}

Result<void> RowBatch::export_arrow(ArrowArray* array) {
  TRY(export_batch(implementation_->batch, {}, implementation_->database->engine.budget(), array));
  keep_database(array, implementation_->database);
  return {};
}

// ---- ResultStream
// --------------------------------------------------------------------------------------

std::vector<ColumnInfo> column_infos(const Schema& schema) {
  std::vector<ColumnInfo> columns;
  for (const Field& field : schema) columns.push_back({field.name, field.type.to_string()});
  return columns;
}

ResultStream::Implementation::Implementation(DatabaseRef database, std::shared_ptr<void> owner,
                                             std::unique_ptr<RowSource> source)
    : database(std::move(database)),
      owner(std::move(owner)),
      source(std::move(source)),
      schema(std::make_shared<const Schema>(this->source->schema())),
      columns(column_infos(*schema)) {}

ResultStream::Implementation::~Implementation() {
  (void)database->wait(source->close());
}

ResultStream::ResultStream(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
ResultStream::ResultStream(ResultStream&&) noexcept = default;
ResultStream& ResultStream::operator=(ResultStream&&) noexcept = default;
ResultStream::~ResultStream() = default;

const std::vector<ColumnInfo>& ResultStream::columns() const {
  return implementation_->columns;
}

Result<std::optional<RowBatch>> ResultStream::next() {
  std::optional<Batch> batch =
      TRY(implementation_->database->wait(implementation_->source->next()));
  if (!batch) return std::nullopt;
  return RowBatch(std::make_unique<RowBatch::Implementation>(
      implementation_->database, implementation_->schema, std::move(*batch)));
}

void ResultStream::export_arrow(ArrowArrayStream* stream) && {
  export_stream(std::make_unique<StreamSource>(std::move(implementation_)), {}, stream);
}

StatementStatistics ResultStream::statistics() const {
  return implementation_->source->statistics();
}
Progress ResultStream::progress() const {
  return implementation_->source->progress();
}

}  // namespace whittle
