#include "exec/operators/result_queue.hpp"

#include "columnar/gather.hpp"

namespace whittle {

namespace {

// A column of a few rows still costs its buffers' headers and padding, and strings a chunk of their
// heap.
constexpr uint64_t column_overhead = sizeof(Column) + 512, string_overhead = 4096;

uint64_t batch_bytes(const Batch& batch) {
  uint64_t bytes = sizeof(Batch);
  for (const auto& column : batch.columns) {
    bytes += column_overhead + byte_size(column);
    if (column.type().physical() == PhysicalType::String) bytes += string_overhead;
  }
  return bytes;
}

// Gathers the selected rows. Where few are left, strings and lists are copied too, so that the
// pages they came from can go.
Status make_dense(Batch& batch, MemoryBudget& budget) {
  const bool sparse = batch.row_count() < batch.length / 8;
  if (!batch.selection.is_dense() || batch.selection.count != batch.length) {
    TRY(compact_selection(batch, budget));
  }
  if (sparse) {
    for (auto& column : batch.columns) {
      if (column.encoding() != Encoding::Constant) column = TRY(compact(column, budget));
    }
  }
  return {};
}

}  // namespace

ResultQueue::ResultQueue(QueryContext& context, uint64_t capacity)
    : context_(context), capacity_(capacity) {}

Result<Flow> ResultQueue::consume(Batch& batch) {
  if (batch.row_count() > 0) TRY(make_dense(batch, context_.budget));
  const uint64_t bytes = batch_bytes(batch);
  MutexLock lock(mutex_);
  if (abandoned_) return Flow::Done;
  if (batch.row_count() == 0) return Flow::More;
  held_bytes_ += bytes;
  if (batch.morsel == first_open_) {
    ready_bytes_ += bytes;
    ready_.push_back(std::move(batch));
    wake_reader();
  } else {
    pending_[batch.morsel].batches.push_back(std::move(batch));
  }
  return Flow::More;
}

Status ResultQueue::end_morsel(uint64_t morsel) {
  MutexLock lock(mutex_);
  if (morsel != first_open_) {
    pending_[morsel].ended = true;
    return {};
  }
  ++first_open_;
  advance();
  wake_sources();
  wake_reader();
  return {};
}

// Moves what waited for the morsel that is now the first to the reader, and on over ended ones.
void ResultQueue::advance() {
  for (auto it = pending_.find(first_open_); it != pending_.end();
       it = pending_.find(first_open_)) {
    for (auto& batch : it->second.batches) {
      ready_bytes_ += batch_bytes(batch);
      ready_.push_back(std::move(batch));
    }
    const bool ended = it->second.ended;
    pending_.erase(it);
    if (!ended) break;
    ++first_open_;
  }
}

bool ResultQueue::full(uint64_t morsel) const {
  if (abandoned_ || closed_ || gave_up_) return false;
  return morsel == first_open_ ? ready_bytes_ >= capacity_ : held_bytes_ >= capacity_;
}

bool ResultQueue::has_room(uint64_t morsel) {
  MutexLock lock(mutex_);
  return !full(morsel);
}

bool ResultQueue::wait_for_room(uint64_t morsel, std::coroutine_handle<> waiter) {
  MutexLock lock(mutex_);
  if (!full(morsel)) return false;
  waiters_.push_back({waiter, morsel});
  return true;
}

// Only those that now have room: each brings a batch when it wakes, whether there is room or not.
void ResultQueue::wake_sources() {
  std::erase_if(waiters_, [&](const Waiter& waiter) {
    if (full(waiter.morsel)) return false;
    context_.executor.post(waiter.handle);
    return true;
  });
}

void ResultQueue::wake_reader() {
  if (!reader_ || (ready_.empty() && !closed_)) return;
  context_.executor.post(std::exchange(reader_, nullptr));
}

void ResultQueue::close(Status status) {
  MutexLock lock(mutex_);
  closed_ = true;
  if (!status) error_ = std::move(status).error();
  for (auto& [morsel, waiting] : pending_) {
    for (auto& batch : waiting.batches) ready_.push_back(std::move(batch));
  }
  pending_.clear();
  if (error_) ready_.clear();
  wake_sources();
  wake_reader();
}

void ResultQueue::give_up() {
  MutexLock lock(mutex_);
  gave_up_ = true;
  wake_sources();
}

void ResultQueue::abandon() {
  MutexLock lock(mutex_);
  abandoned_ = true;
  ready_.clear();
  pending_.clear();
  held_bytes_ = ready_bytes_ = 0;
  wake_sources();
}

bool ResultQueue::wait_for_batch(std::coroutine_handle<> reader) {
  MutexLock lock(mutex_);
  if (!ready_.empty() || closed_) return false;
  reader_ = reader;
  return true;
}

Task<Result<std::optional<Batch>>> ResultQueue::next() {
  co_await Ready{*this};
  MutexLock lock(mutex_);
  if (error_) co_return std::unexpected<Error>(error_->clone());
  if (ready_.empty()) co_return std::optional<Batch>();
  Batch batch = std::move(ready_.front());
  ready_.pop_front();
  const uint64_t bytes = batch_bytes(batch);
  held_bytes_ -= std::min(bytes, held_bytes_);
  ready_bytes_ -= std::min(bytes, ready_bytes_);
  wake_sources();
  co_return std::optional<Batch>(std::move(batch));
}

Task<Result<std::vector<Batch>>> collect(QueryContext& context, BatchSource& source) {
  ResultQueue queue(context, UINT64_MAX);
  Status status = co_await source.run(context, queue, false);
  if (status) status = queue.finish();
  queue.close(std::move(status));
  std::vector<Batch> batches;
  while (true) {
    std::optional<Batch> batch = CO_TRY(co_await queue.next());
    if (!batch) break;
    batches.push_back(std::move(*batch));
  }
  co_return batches;
}

}  // namespace whittle
