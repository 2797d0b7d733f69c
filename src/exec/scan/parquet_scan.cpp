// The life of a scan: ScanPlan opens the files and leaves the row groups that may match; workers
// take them in order and run a MorselReader over each. While a worker decodes one morsel it has the
// next one opened, so that its bytes arrive meanwhile (a local file needs no such head start, and a
// LIMIT must not read what it may never need).
#include "exec/scan/parquet_scan.hpp"

#include <deque>

#include "exec/scan/morsel_reader.hpp"

namespace whittle {

namespace {

class ParquetScanSource : public BatchSource {
 public:
  ParquetScanSource(QueryContext& context, const PlanNode& node,
                    std::shared_ptr<TopNThreshold> threshold, const std::vector<FileRow>* rows)
      : node_(node),
        threshold_(std::move(threshold)),
        rows_(rows),
        statistics_(context.statistics ? &context.statistics->add_scan(&node) : nullptr) {}
  const Schema& schema() const override { return node_.output; }

  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override {
    ScanPlan plan(context, node_, statistics_);
    Status status = rows_ ? co_await plan.make_rows(*rows_) : co_await plan.make(threshold_.get());
    if (status) {
      ScanShared shared(context, plan, threshold_.get(), statistics_);
      GroupProbes probes(shared.probing, plan.morsels(), plan);
      status = co_await run_workers(shared, plan, probes, stage, ordered);
    }
    CO_TRY(co_await plan.close());
    co_return status;
  }

 private:
  struct Progress {
    GroupProbes& probes;
    std::atomic<size_t> next = 0;
    std::atomic<bool> done = false;
  };

  Task<Status> run_workers(ScanShared& shared, ScanPlan& plan, GroupProbes& probes, Stage& stage,
                           bool ordered) {
    Progress progress{probes};
    const size_t tasks =
        ordered ? 1 : std::min<size_t>(shared.context.workers(), plan.morsels().size());
    Status status;
    if (tasks <= 1) {
      status = co_await work(shared, plan, stage, progress, nullptr);
    } else {
      TaskGroup group(shared.context.executor);
      for (size_t i = 0; i < tasks; ++i) {
        group.spawn(work_or_give_up(shared, plan, stage, progress, group));
      }
      status = co_await group.join();
    }
    for (size_t i = progress.next; progress.done && i < plan.morsels().size(); ++i) {
      const ScanMorsel& morsel = plan.morsels()[i];
      if (!morsel.probe->excluded) plan.count_unread(SkippedBy::Limit, morsel);
    }
    co_return status;
  }

  Task<Status> work_or_give_up(ScanShared& shared, ScanPlan& plan, Stage& stage, Progress& progress,
                               TaskGroup& group) {
    Status status = co_await work(shared, plan, stage, progress, &group);
    if (!status) co_return shared.context.failed(std::move(status).error());
    co_return Status{};
  }

  using ReaderPtr = std::unique_ptr<MorselReader>;

  // The next morsel that has something to read, opened; null at the end.
  Task<Result<ReaderPtr>> open_next(ScanShared& shared, ScanPlan& plan, Stage& stage,
                                    Progress& progress) {
    while (!progress.done.load(std::memory_order_relaxed)) {
      CO_TRY(shared.context.cancellation.check());
      const size_t index = progress.next.fetch_add(1, std::memory_order_relaxed);
      if (index >= plan.morsels().size()) break;
      auto reader = std::make_unique<MorselReader>(shared, plan.morsels()[index]);
      if (reader->is_beaten()) {
        plan.count_unread(SkippedBy::TopN, reader->morsel());
      } else {
        CO_TRY(co_await progress.probes.ready(index));
        Status status = reader->open();
        if (!status) co_return fail(explain(std::move(status).error(), *reader));
        plan.morsels()[index].probe.reset();
        if (!reader->excluded()) co_return reader;
        if (!reader->morsel().probe->excluded) reader->account();
      }
      CO_TRY(stage.end_morsel(reader->morsel().id));
    }
    co_return ReaderPtr();
  }

  static Error explain(Error error, const MorselReader& reader) {
    return std::move(error).with_source(reader.morsel().file->file().name());
  }

  // Whether the next morsel should be opened beside those that wait: one always, and more of them
  // as long as what they bring is less than a round trip's worth.
  bool wants_more_ahead(const ScanShared& shared, const std::deque<ReaderPtr>& opened) const {
    constexpr size_t most = 16;
    const MorselReader& current = *opened.front();
    if (current.morsel().file->is_local || node_.scan_limit) return false;
    // Before a top-N knows anything, the best row group may make the next one needless.
    if (threshold_ && node_.top_n && threshold_->version() == 0) return false;
    if (opened.size() < 2) return true;
    uint64_t bytes = 0;
    for (const ReaderPtr& reader : opened) bytes += reader->bytes_ahead();
    const uint64_t share = shared.context.budget.limit() / 16 / shared.context.workers();
    return opened.size() < most &&
           bytes < std::min(2 * current.morsel().file->reader->gap(), share);
  }

  Task<Status> work(ScanShared& shared, ScanPlan& plan, Stage& stage, Progress& progress,
                    TaskGroup* group) {
    std::deque<ReaderPtr> opened;  // the first is read, the others' bytes are on their way
    bool exhausted = false;
    while (!(group && group->failed())) {
      while (!exhausted && (opened.empty() || wants_more_ahead(shared, opened))) {
        ReaderPtr next = CO_TRY(co_await open_next(shared, plan, stage, progress));
        exhausted = !next;
        if (next) opened.push_back(std::move(next));
      }
      if (opened.empty()) break;
      MorselReader& current = *opened.front();
      Result<Flow> flow = co_await current.run(stage);
      current.account();
      if (!flow) co_return fail(explain(std::move(flow).error(), current));
      CO_TRY(stage.end_morsel(current.morsel().id));
      opened.pop_front();
      if (*flow == Flow::Done) progress.done.store(true, std::memory_order_relaxed);
      if (progress.done.load(std::memory_order_relaxed)) break;
    }
    // A LIMIT is full: what was opened ahead has ended too, or the result would wait for it.
    for (const ReaderPtr& reader : opened) CO_TRY(stage.end_morsel(reader->morsel().id));
    co_return Status{};
  }

  const PlanNode& node_;
  std::shared_ptr<TopNThreshold> threshold_;
  const std::vector<FileRow>* rows_;  // null: all
  ScanStatistics* statistics_;
};

}  // namespace

BatchSourcePtr make_parquet_scan(QueryContext& context, const PlanNode& node,
                                 std::shared_ptr<TopNThreshold> threshold) {
  return std::make_unique<ParquetScanSource>(context, node, std::move(threshold), nullptr);
}

BatchSourcePtr make_parquet_row_scan(QueryContext& context, const PlanNode& node,
                                     const std::vector<FileRow>& rows) {
  return std::make_unique<ParquetScanSource>(context, node, nullptr, &rows);
}

}  // namespace whittle
