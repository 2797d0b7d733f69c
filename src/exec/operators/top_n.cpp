#include "exec/operators/top_n.hpp"

#include <algorithm>

#include "base/arena.hpp"
#include "exec/operators/per_worker.hpp"
#include "exec/operators/sort_rows.hpp"

namespace whittle {

namespace {

// Collects candidates up to twice the limit, then keeps the best: cheaper than a heap, and dropped
// rows' bytes are given back each time.
struct TopNWorker {
  TopNWorker(QueryContext& context, std::span<const SortKey> keys)
      : encoder(keys, context.budget, &context.cancellation),
        bytes(context.budget, "ORDER BY LIMIT"),
        entries_memory(context.budget, "ORDER BY LIMIT") {}
  SortRowEncoder encoder;
  Arena bytes;
  std::vector<SortRow> rows;
  std::vector<Value> first_keys;  // beside rows, for the threshold
  Reservation entries_memory;
  uint64_t bound = UINT64_MAX;   // prefix of the N-th best row
  SortRow worst{0, 0, nullptr};  // that row, as of the last pruning
};

class TopNStage : public Stage {
 public:
  TopNStage(QueryContext& context, std::span<const SortKey> keys, uint64_t count,
            TopNThreshold* threshold, OperatorStatistics* statistics)
      : context_(context),
        keys_(keys),
        count_(count),
        threshold_(threshold),
        statistics_(statistics),
        workers_(context.workers()) {}

  Result<Flow> consume(Batch& batch) override {
    TopNWorker& worker =
        workers_.get([&] { return std::make_unique<TopNWorker>(context_, keys_); });
    ScopeTimer timer(context_.clock, statistics_);
    if (statistics_) add(statistics_->rows_in, batch.row_count());
    TRY(context_.cancellation.check());
    if (count_ == 0) return Flow::Done;
    TRY(worker.encoder.begin(batch));
    for (uint32_t first = 0; first < batch.row_count(); first += batch_rows) {
      TRY(consume_chunk(worker, batch, first));
    }
    worker.encoder.end();
    return Flow::More;
  }

  std::vector<std::unique_ptr<TopNWorker>>& workers() { return workers_.slots(); }

 private:
  Status consume_chunk(TopNWorker& worker, const Batch& batch, uint32_t first) {
    uint32_t rows[batch_rows];
    const uint32_t count = std::min(batch_rows, batch.row_count() - first);
    for (uint32_t i = 0; i < count; ++i) rows[i] = batch.selection[first + i];
    const Column& key = worker.encoder.key(0);
    encode_prefixes(key, Selection{rows, count, {}}, {keys_[0].descending, keys_[0].nulls_first},
                    worker_prefixes_.get([] { return std::make_unique<KeyPrefixes>(); }));
    const KeyPrefixes& prefixes =
        worker_prefixes_.get([] { return std::make_unique<KeyPrefixes>(); });
    for (uint32_t i = 0; i < count; ++i) {
      if (prefixes.values[i] > worker.bound) continue;
      const SortRow candidate = worker.encoder.encode_key(rows[i]);
      if (worker.worst.bytes && worker.worst < candidate) continue;
      const auto row = TRY(worker.encoder.finish_row());
      TRY(add_row(worker, row, threshold_ ? Value::from_column(key, rows[i]) : Value()));
    }
    return {};
  }

  Status add_row(TopNWorker& worker, std::span<const std::byte> row, Value first_key) {
    if (worker.rows.size() == worker.rows.capacity()) {
      const size_t capacity = std::max<size_t>(worker.rows.capacity() * 2, 64);
      TRY(worker.entries_memory.resize(capacity * (sizeof(SortRow) + sizeof(Value))));
      worker.rows.reserve(capacity);
    }
    char* place = TRY(worker.bytes.allocate_bytes(row.size()));
    std::memcpy(place, row.data(), row.size());
    worker.rows.push_back(SortRow::at(reinterpret_cast<std::byte*>(place)));
    if (threshold_) worker.first_keys.push_back(std::move(first_key));
    // The first full set gives a bound at once; later ones come when the room doubled.
    const bool first_full = worker.bound == UINT64_MAX && worker.rows.size() == count_;
    if (worker.rows.size() >= std::max<uint64_t>(count_ * 2, 64) || first_full)
      return prune(worker);
    return {};
  }

  Status prune(TopNWorker& worker) {
    std::vector<uint32_t> order(worker.rows.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto nth = order.begin() + static_cast<std::ptrdiff_t>(count_ - 1);
    std::nth_element(order.begin(), nth, order.end(),
                     [&](uint32_t a, uint32_t b) { return worker.rows[a] < worker.rows[b]; });
    worker.bound = worker.rows[*nth].prefix;
    worker.worst = worker.rows[*nth];
    if (threshold_) threshold_->offer(worker.first_keys[*nth]);
    if (order.size() == count_) return {};
    order.resize(count_);
    Arena kept(context_.budget, "ORDER BY LIMIT");
    std::vector<SortRow> rows;
    std::vector<Value> first_keys;
    rows.reserve(worker.rows.capacity());
    for (uint32_t i : order) {
      const SortRow& row = worker.rows[i];
      char* place = TRY(kept.allocate_bytes(row.size()));
      std::memcpy(place, row.bytes, row.size());
      rows.push_back({row.prefix, row.second, reinterpret_cast<std::byte*>(place)});
      if (threshold_) first_keys.push_back(std::move(worker.first_keys[i]));
    }
    worker.worst = rows.back();  // the N-th came last into `order`
    worker.rows = std::move(rows);
    worker.first_keys = std::move(first_keys);
    worker.bytes = std::move(kept);
    return {};
  }

  QueryContext& context_;
  std::span<const SortKey> keys_;
  const uint64_t count_;
  TopNThreshold* threshold_;
  OperatorStatistics* statistics_;
  PerWorker<TopNWorker> workers_;
  PerWorker<KeyPrefixes> worker_prefixes_{context_.workers()};
};

class TopNSource : public BatchSource {
 public:
  TopNSource(std::span<const SortKey> keys, BatchSourcePtr child, uint64_t limit, uint64_t offset,
             std::shared_ptr<TopNThreshold> threshold, OperatorStatistics* statistics)
      : keys_(keys),
        child_(std::move(child)),
        schema_(child_->schema()),
        limit_(limit),
        offset_(offset),
        threshold_(std::move(threshold)),
        statistics_(statistics) {}
  const Schema& schema() const override { return schema_; }

  Task<Status> run(QueryContext& context, Stage& stage, bool) override {
    TopNStage input(context, keys_, limit_ == 0 ? 0 : limit_ + offset_, threshold_.get(),
                    statistics_);
    if (limit_ > 0) CO_TRY(co_await child_->run(context, input, false));
    ScopeTimer timer(context.clock, statistics_);
    std::vector<SortRow> rows;
    for (const auto& worker : input.workers()) {
      if (worker) rows.insert(rows.end(), worker->rows.begin(), worker->rows.end());
    }
    std::sort(rows.begin(), rows.end());
    std::vector<Type> types;
    for (const auto& field : schema_) types.push_back(field.type);
    SortedOutput output(context, std::move(types), offset_, limit_, statistics_);
    for (size_t i = 0; i < rows.size() && output.wants_more(); ++i) {
      if (!CO_TRY(output.add(rows[i]))) continue;
      timer.stop();
      co_await Turn{context.executor};
      co_await RoomFor{stage, 0};
      timer.resume();
      Batch batch = CO_TRY(output.take());
      timer.stop();
      if (CO_TRY(stage.consume(batch)) == Flow::Done) co_return stage.end_morsel(0);
      timer.resume();
    }
    if (output.rows() > 0) {
      Batch batch = CO_TRY(output.take());
      timer.stop();
      CO_TRY(stage.consume(batch));
    }
    co_return stage.end_morsel(0);
  }

 private:
  std::span<const SortKey> keys_;
  BatchSourcePtr child_;
  Schema schema_;
  uint64_t limit_, offset_;
  std::shared_ptr<TopNThreshold> threshold_;
  OperatorStatistics* statistics_;
};

}  // namespace

BatchSourcePtr make_top_n_source(QueryContext& context, std::span<const SortKey> keys,
                                 BatchSourcePtr child, uint64_t limit, uint64_t offset,
                                 std::shared_ptr<TopNThreshold> threshold,
                                 OperatorStatistics* statistics) {
  (void)context;
  return std::make_unique<TopNSource>(keys, std::move(child), limit, offset, std::move(threshold),
                                      statistics);
}

}  // namespace whittle
