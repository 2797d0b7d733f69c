// The life of a scan: ScanPlan opens the files and leaves the row groups that may match; workers
// take them in order and run a MorselReader over each. While a worker decodes one morsel it has the
// next one opened, so that its bytes arrive meanwhile (a local file needs no such head start, and a
// LIMIT must not read what it may never need).
#include "exec/scan/parquet_scan.hpp"

#include "exec/scan/morsel_reader.hpp"

namespace whittle {

namespace {

class ParquetScanSource : public BatchSource {
 public:
  ParquetScanSource(QueryContext& context, const PlanNode& node,
                    std::shared_ptr<TopNThreshold> threshold)
      : node_(node),
        threshold_(std::move(threshold)),
        statistics_(context.statistics ? &context.statistics->add_scan(&node) : nullptr) {}
  const Schema& schema() const override { return node_.output; }

  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override {
    ScanPlan plan(context, node_, statistics_);
    Status status = co_await plan.make(threshold_.get());
    if (status) {
      ScanShared shared(context, plan, threshold_.get(), statistics_);
      status = co_await run_workers(shared, plan, stage, ordered);
    }
    CO_TRY(co_await plan.close());
    co_return status;
  }

 private:
  struct Progress {
    std::atomic<size_t> next = 0;
    std::atomic<bool> done = false;
  };

  Task<Status> run_workers(ScanShared& shared, ScanPlan& plan, Stage& stage, bool ordered) {
    Progress progress;
    const size_t tasks =
        ordered ? 1 : std::min<size_t>(shared.context.workers(), plan.morsels().size());
    if (tasks <= 1) co_return co_await work(shared, plan, stage, progress, nullptr);
    TaskGroup group(shared.context.executor);
    for (size_t i = 0; i < tasks; ++i) group.spawn(work(shared, plan, stage, progress, &group));
    co_return co_await group.join();
  }

  // The next morsel that has something to read, opened; null at the end.
  Task<Result<std::unique_ptr<MorselReader>>> open_next(ScanShared& shared, ScanPlan& plan,
                                                        Stage& stage, Progress& progress) {
    while (!progress.done.load(std::memory_order_relaxed)) {
      CO_TRY(shared.context.cancellation.check());
      const size_t index = progress.next.fetch_add(1, std::memory_order_relaxed);
      if (index >= plan.morsels().size()) break;
      ScanMorsel& morsel = plan.morsels()[index];
      auto reader = std::make_unique<MorselReader>(shared, std::move(morsel));
      Status status = co_await reader->open();
      if (!status) co_return fail(explain(std::move(status).error(), *reader));
      if (!reader->excluded()) co_return reader;
      CO_TRY(stage.end_morsel(reader->morsel().id));
    }
    co_return std::unique_ptr<MorselReader>();
  }

  static Error explain(Error error, const MorselReader& reader) {
    return std::move(error).with_source(reader.morsel().file->file().name());
  }

  Task<Status> work(ScanShared& shared, ScanPlan& plan, Stage& stage, Progress& progress,
                    TaskGroup* group) {
    std::unique_ptr<MorselReader> current =
        CO_TRY(co_await open_next(shared, plan, stage, progress));
    while (current && !(group && group->failed())) {
      std::unique_ptr<MorselReader> next;
      const bool ahead = !current->morsel().file->is_local && !node_.scan_limit;
      if (ahead) next = CO_TRY(co_await open_next(shared, plan, stage, progress));
      Result<Flow> flow = co_await current->run(stage);
      if (!flow) co_return fail(explain(std::move(flow).error(), *current));
      CO_TRY(stage.end_morsel(current->morsel().id));
      if (*flow == Flow::Done) progress.done.store(true, std::memory_order_relaxed);
      if (progress.done.load(std::memory_order_relaxed)) break;
      current.reset();
      if (!ahead) next = CO_TRY(co_await open_next(shared, plan, stage, progress));
      current = std::move(next);
    }
    co_return Status{};
  }

  const PlanNode& node_;
  std::shared_ptr<TopNThreshold> threshold_;
  ScanStatistics* statistics_;
};

}  // namespace

Result<BatchSourcePtr> make_parquet_scan(QueryContext& context, const PlanNode& node,
                                         std::shared_ptr<TopNThreshold> threshold) {
  return BatchSourcePtr(std::make_unique<ParquetScanSource>(context, node, std::move(threshold)));
}

}  // namespace whittle
