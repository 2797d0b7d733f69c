#include "exec/operators/sort.hpp"

#include <algorithm>

#include "base/arena.hpp"
#include "base/sync.hpp"
#include "exec/operators/per_worker.hpp"
#include "exec/operators/sort_rows.hpp"
#include "exec/spill.hpp"

namespace whittle {

namespace {

constexpr uint64_t write_block = 256 << 10;
// Blocks in which spilled runs are read back, each run having one at a time.
constexpr uint64_t read_block = 64 << 10, smallest_read_block = 4 << 10;

// Rows in memory, sorted at the end of a run.
struct Run {
  explicit Run(MemoryBudget& budget)
      : bytes(budget, "ORDER BY"), entries_memory(budget, "ORDER BY") {}
  Arena bytes;
  std::vector<SortRow> rows;
  Reservation entries_memory;

  bool is_full() const { return rows.size() == rows.capacity(); }
  size_t grown_capacity() const { return std::max<size_t>(rows.capacity() * 2, 256); }
  /// What the next row draws beside its bytes. While the entries move, both copies are there.
  uint64_t growth() const { return is_full() ? grown_capacity() * sizeof(SortRow) : 0; }

  Status add(std::span<const std::byte> row) {
    if (is_full()) {
      const size_t capacity = grown_capacity();
      TRY(entries_memory.grow(growth()));
      rows.reserve(capacity);
      TRY(entries_memory.resize(capacity * sizeof(SortRow)));
    }
    char* place = TRY(bytes.allocate_bytes(row.size()));
    std::memcpy(place, row.data(), row.size());
    rows.push_back(SortRow::at(reinterpret_cast<std::byte*>(place)));
    return {};
  }
  void clear() {
    rows = {};
    entries_memory.clear();
    bytes.clear();
  }
};

struct SpilledRun {
  uint64_t begin, end;  // in the worker's file
};

struct SortWorker {
  SortWorker(QueryContext& context, std::span<const SortKey> keys)
      : encoder(keys, context.budget, &context.cancellation), run(context.budget) {}
  SortRowEncoder encoder;
  Run run;
  std::unique_ptr<SpillFile> file;
  std::vector<SpilledRun> spilled;
  Mutex busy;  // held by its worker during a batch, and by whoever spills its run
};

class SortStage : public Stage {
 public:
  SortStage(QueryContext& context, std::span<const SortKey> keys, OperatorStatistics* statistics)
      : context_(context), keys_(keys), statistics_(statistics), workers_(context.workers()) {}

  Result<Flow> consume(Batch& batch) override {
    SortWorker& worker = workers_.get([&] { return make_worker(); });
    MutexLock lock(worker.busy);
    ScopeTimer timer(context_.clock, statistics_);
    if (statistics_) add(statistics_->rows_in, batch.row_count());
    TRY(context_.cancellation.check());
    TRY(worker.encoder.begin(batch));
    const bool may_spill = context_.temporary_storage != nullptr;
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      const auto row = TRY(worker.encoder.encode(batch.selection[i]));
      // With a place to spill to, a quarter of the budget is left for merging and for the scan.
      const bool short_of_memory =
          may_spill && (i % 256 == 0 || worker.run.is_full()) &&
          worker.run.bytes.bytes() > write_block &&
          context_.budget.available() < context_.budget.limit() / 4 + worker.run.growth();
      if (short_of_memory) TRY(spill(worker));
      Status added = worker.run.add(row);
      if (added) continue;
      if (!may_spill || worker.run.rows.empty())
        return std::unexpected<Error>(std::move(added).error());
      TRY(spill(worker));
      TRY(worker.run.add(row));
    }
    worker.encoder.end();
    return Flow::More;
  }

  // The others' runs too: one may have a run of the whole budget and nothing to do.
  Status relieve() override {
    if (!context_.temporary_storage) return {};
    MutexLock lock(mutex_);
    for (SortWorker* worker : made_) {
      if (!worker->busy.try_lock()) continue;
      Status status;
      if (worker->run.bytes.bytes() > write_block) status = spill(*worker);
      worker->busy.unlock();
      TRY(std::move(status));
    }
    return {};
  }

  std::vector<std::unique_ptr<SortWorker>>& workers() { return workers_.slots(); }

  Status spill(SortWorker& worker) {
    std::sort(worker.run.rows.begin(), worker.run.rows.end());
    if (!worker.file) worker.file = TRY(context_.temporary_storage->create());
    SpilledRun run{worker.file->size(), 0};
    RowBytes block;
    block.reserve(write_block);
    for (const SortRow& row : worker.run.rows) {
      block.insert(block.end(), row.bytes, row.bytes + row.size());
      if (block.size() < write_block) continue;
      TRY(worker.file->append(block));
      block.clear();
    }
    if (!block.empty()) TRY(worker.file->append(block));
    run.end = worker.file->size();
    if (statistics_) add(statistics_->spilled_bytes, run.end - run.begin);
    worker.spilled.push_back(run);
    worker.run.clear();
    return {};
  }

 private:
  std::unique_ptr<SortWorker> make_worker() {
    auto worker = std::make_unique<SortWorker>(context_, keys_);
    MutexLock lock(mutex_);
    made_.push_back(worker.get());
    return worker;
  }

  QueryContext& context_;
  std::span<const SortKey> keys_;
  OperatorStatistics* statistics_;
  PerWorker<SortWorker> workers_;
  Mutex mutex_;
  std::vector<SortWorker*> made_;  // what workers_ owns
};

// Walks one run in order, from memory or from the file.
class RunCursor {
 public:
  explicit RunCursor(const Run& run) : rows_(run.rows) {}
  RunCursor(SpillFile& file, SpilledRun run, uint64_t block_size)
      : file_(&file), run_(run), block_size_(block_size) {}

  const SortRow& row() const { return current_; }
  /// False at the end.
  Result<bool> next(MemoryBudget& budget) {
    if (!file_) {
      if (next_ == rows_.size()) return false;
      if (next_ + 8 < rows_.size()) __builtin_prefetch(rows_[next_ + 8].bytes);
      current_ = rows_[next_++];
      return true;
    }
    if (position_ == filled_ || !whole_row()) {
      if (!TRY(fill(budget))) return false;
    }
    current_ = SortRow::at(block_->data() + position_);
    position_ += current_.size();
    return true;
  }

 private:
  bool whole_row() const {
    if (filled_ - position_ < 4) return false;
    uint32_t size;
    std::memcpy(&size, block_->data() + position_, 4);
    return size <= filled_ - position_;
  }
  // Keeps the unread tail and reads on, into a larger block where one row needs it.
  Result<bool> fill(MemoryBudget& budget) {
    const uint64_t tail = filled_ - position_;
    if (run_.begin == run_.end && tail == 0) return false;
    uint64_t need = block_size_;
    if (tail >= 4) {
      uint32_t size;
      std::memcpy(&size, block_->data() + position_, 4);
      need = std::max<uint64_t>(need, size);
    }
    if (!block_ || block_->size() < need || tail > block_->size() / 2) {
      BufferRef block =
          TRY(Buffer::reserve(budget, std::max(need, tail * 2), "merging sorted runs"));
      if (tail) std::memcpy(block->data(), block_->data() + position_, tail);
      block_ = std::move(block);
    } else if (tail) {
      std::memmove(block_->data(), block_->data() + position_, tail);
    }
    const size_t count = std::min<uint64_t>(block_->size() - tail, run_.end - run_.begin);
    TRY(file_->read(run_.begin, {block_->data() + tail, count}));
    run_.begin += count;
    position_ = 0;
    filled_ = tail + count;
    return true;
  }

  std::span<const SortRow> rows_;
  size_t next_ = 0;
  SpillFile* file_ = nullptr;
  SpilledRun run_{0, 0};
  uint64_t block_size_ = 0;
  BufferRef block_;
  uint64_t position_ = 0, filled_ = 0;
  SortRow current_{};
};

class SortSource : public BatchSource {
 public:
  SortSource(QueryContext& context, std::span<const SortKey> keys, BatchSourcePtr child,
             std::optional<uint64_t> limit, uint64_t offset, OperatorStatistics* statistics)
      : keys_(keys),
        child_(std::move(child)),
        schema_(child_->schema()),
        limit_(limit.value_or(UINT64_MAX)),
        offset_(offset),
        statistics_(statistics) {
    (void)context;
  }
  const Schema& schema() const override { return schema_; }

  Task<Status> run(QueryContext& context, Stage& stage, bool) override {
    SortStage input(context, keys_, statistics_);
    CO_TRY(co_await child_->run(context, input, false));
    child_.reset();
    CO_TRY(make_room_to_merge(context, input));
    CO_TRY(co_await sort_runs(context, input));
    CO_TRY(co_await merge(context, stage, cursors(context.budget, input)));
    co_return stage.end_morsel(0);
  }

 private:
  static uint64_t spilled_runs(SortStage& input) {
    uint64_t runs = 0;
    for (const auto& worker : input.workers()) runs += worker ? worker->spilled.size() : 0;
    return runs;
  }

  // What is still in memory is spilled too where the blocks of the others would not fit beside it.
  Status make_room_to_merge(QueryContext& context, SortStage& input) {
    for (const auto& worker : input.workers()) {
      const uint64_t blocks = spilled_runs(input) * read_block;
      if (blocks == 0 || context.budget.available() > blocks + context.budget.limit() / 4) break;
      if (worker && !worker->run.rows.empty()) TRY(input.spill(*worker));
    }
    return {};
  }

  std::vector<RunCursor> cursors(MemoryBudget& budget, SortStage& input) {
    const uint64_t block =
        std::clamp(budget.available() / 2 / std::max<uint64_t>(spilled_runs(input), 1),
                   smallest_read_block, read_block);
    std::vector<RunCursor> cursors;
    for (const auto& worker : input.workers()) {
      if (!worker) continue;
      if (!worker->run.rows.empty()) cursors.emplace_back(worker->run);
      for (const SpilledRun& run : worker->spilled) {
        cursors.emplace_back(*worker->file, run, block);
      }
    }
    return cursors;
  }

  // Each worker's run on its own task.
  Task<Status> sort_runs(QueryContext& context, SortStage& input) {
    TaskGroup group(context.executor);
    for (const auto& worker : input.workers()) {
      if (worker && worker->run.rows.size() > 1) group.spawn(sort_run(context, worker->run));
    }
    co_return co_await group.join();
  }
  Task<Status> sort_run(QueryContext& context, Run& run) {
    ScopeTimer timer(context.clock, statistics_);
    std::sort(run.rows.begin(), run.rows.end());
    co_return Status{};
  }

  Task<Status> merge(QueryContext& context, Stage& stage, std::vector<RunCursor> cursors) {
    std::vector<Type> types;
    for (const auto& field : schema_) types.push_back(field.type);
    SortedOutput output(context, std::move(types), offset_, limit_, statistics_);
    ScopeTimer timer(context.clock, statistics_);
    std::vector<RunCursor*> heap;
    const auto later = [](const RunCursor* a, const RunCursor* b) { return b->row() < a->row(); };
    for (auto& cursor : cursors) {
      if (CO_TRY(cursor.next(context.budget))) heap.push_back(&cursor);
    }
    std::make_heap(heap.begin(), heap.end(), later);
    while (!heap.empty() && output.wants_more()) {
      std::pop_heap(heap.begin(), heap.end(), later);
      RunCursor* first = heap.back();
      // Rows of one run often come in a row: as long as it stays first, the heap can wait.
      bool more = true;
      do {
        if (CO_TRY(output.add(first->row()))) {
          CO_TRY(context.cancellation.check());
          timer.stop();
          co_await Turn{context.executor};
          co_await RoomFor{stage, 0};
          timer.resume();
          Batch batch = CO_TRY(output.take());
          timer.stop();
          if (CO_TRY(stage.consume(batch)) == Flow::Done) co_return Status{};
          timer.resume();
        }
        more = CO_TRY(first->next(context.budget));
      } while (more && output.wants_more() && (heap.size() == 1 || first->row() < heap[0]->row()));
      if (more) {
        std::push_heap(heap.begin(), heap.end(), later);
      } else {
        heap.pop_back();
      }
    }
    if (output.rows() == 0) co_return Status{};
    Batch batch = CO_TRY(output.take());
    timer.stop();
    CO_TRY(stage.consume(batch));
    co_return Status{};
  }

  std::span<const SortKey> keys_;
  BatchSourcePtr child_;
  Schema schema_;
  uint64_t limit_, offset_;
  OperatorStatistics* statistics_;
};

}  // namespace

BatchSourcePtr make_sort_source(QueryContext& context, std::span<const SortKey> keys,
                                BatchSourcePtr child, std::optional<uint64_t> limit,
                                uint64_t offset, OperatorStatistics* statistics) {
  return std::make_unique<SortSource>(context, keys, std::move(child), limit, offset, statistics);
}

}  // namespace whittle
