#include "columnar/arrow_c.hpp"
#include "columnar/text.hpp"
#include "library/implementation.hpp"

namespace whittle {

namespace {

// An exported array must not outlive the budget it is charged to, so each holds the database: also
// the children, which a consumer may move out and keep when the parent is gone.
struct KeptArray {
  ArrowArray array;
  DatabaseRef database;
};

void release_kept(ArrowArray* array) {
  std::unique_ptr<KeptArray> kept(static_cast<KeptArray*>(array->private_data));
  array->release = nullptr;
  kept->array.release(&kept->array);
}

void keep_database(ArrowArray* array, const DatabaseRef& database) {
  for (int64_t i = 0; i < array->n_children; ++i) keep_database(array->children[i], database);
  if (array->dictionary) keep_database(array->dictionary, database);
  array->private_data = new KeptArray{*array, database};
  array->release = release_kept;
}

// A stream whose arrays hold the database. The inner one comes first to its end.
struct KeptStream {
  DatabaseRef database;
  ArrowArrayStream inner;
};

KeptStream& kept(ArrowArrayStream* stream) {
  return *static_cast<KeptStream*>(stream->private_data);
}

int kept_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  return kept(stream).inner.get_schema(&kept(stream).inner, out);
}

int kept_next(ArrowArrayStream* stream, ArrowArray* out) {
  const int status = kept(stream).inner.get_next(&kept(stream).inner, out);
  if (status == 0 && out->release) keep_database(out, kept(stream).database);
  return status;
}

const char* kept_error(ArrowArrayStream* stream) {
  return kept(stream).inner.get_last_error(&kept(stream).inner);
}

void release_stream(ArrowArrayStream* stream) {
  std::unique_ptr<KeptStream> owner(&kept(stream));
  stream->release = nullptr;
  owner->inner.release(&owner->inner);
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
  auto owner = std::make_unique<KeptStream>(implementation_->database);
  export_stream(std::make_unique<StreamSource>(std::move(implementation_)), {}, &owner->inner);
  *stream = {kept_schema, kept_next, kept_error, release_stream, owner.release()};
}

StatementStatistics ResultStream::statistics() const {
  return implementation_->source->statistics();
}
Progress ResultStream::progress() const {
  return implementation_->source->progress();
}

}  // namespace whittle
