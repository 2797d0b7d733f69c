#include "engine/cursor.hpp"

namespace whittle {

Task<Result<std::optional<Batch>>> Cursor::next() {
  Result<std::optional<Batch>> batch = co_await run_->next();
  if (!batch && batch.error().code() == ErrorCode::SourceChanged && rows_ == 0 && restart_) {
    const Restart restart = std::move(restart_);
    restart_ = nullptr;
    (void)co_await run_->stop();
    engine_.footers()->clear();
    run_ = CO_TRY(co_await restart());
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
