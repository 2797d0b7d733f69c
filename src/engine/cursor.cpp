#include "engine/cursor.hpp"

#include <algorithm>
#include <utility>

namespace whittle {

namespace {

// The first rows may be on their way to a reader who was told these names and types.
bool same_columns(const Schema& a, const Schema& b) {
  return std::ranges::equal(a, b, [](const Field& one, const Field& other) {
    return one.name == other.name && one.type == other.type;
  });
}

}  // namespace

Task<Status> Cursor::start_over() {
  const Restart restart = std::exchange(restart_, nullptr);
  (void)co_await run_->stop();
  engine_.footers()->clear();
  std::shared_ptr<QueryRun> again = CO_TRY(co_await restart());
  if (!same_columns(schema_, again->schema())) {
    co_return fail(Error(ErrorCode::SourceChanged,
                         "the file changed while it was read, and the result has other columns now")
                       .with_hint("ask again"));
  }
  MutexLock lock(mutex_);
  run_ = std::move(again);
  co_return Status{};
}

Task<Result<std::optional<Batch>>> Cursor::next() {
  Result<std::optional<Batch>> batch = co_await run_->next();
  if (!batch && batch.error().code() == ErrorCode::SourceChanged && rows_ == 0 && restart_) {
    CO_TRY(co_await start_over());
    batch = co_await run_->next();
  }
  if (batch && *batch) {
    rows_ += (*batch)->row_count();
  } else {
    ended_at_ = engine_.services().clock.monotonic_nanoseconds();
  }
  co_return batch;
}

uint64_t Cursor::elapsed_nanoseconds() const {
  const uint64_t end = ended_at_ ? ended_at_ : engine_.services().clock.monotonic_nanoseconds();
  return end - started_at_;
}

}  // namespace whittle
