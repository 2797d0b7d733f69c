#include "exec/scan/group_probe.hpp"

#include <algorithm>

#include "exec/scan/scan_plan.hpp"

namespace whittle {

namespace {

// Row groups asked side by side: enough to hide the round trips, few against a table's thousands.
constexpr size_t window_size = 32;

// One row group's probe. Its bytes are small; whoever awaits them holds nothing else.
class Prober {
 public:
  Prober(ProbePlan& plan, const ScanMorsel& morsel, const PlanNode& node)
      : plan_(plan),
        node_(node),
        file_(*morsel.file),
        row_group_(morsel.row_group),
        in_parts_(morsel.part),
        out_(*morsel.probe) {}

  Task<Status> run() {
    CO_TRY(co_await ask_bloom_filters());
    if (!out_.excluded) CO_TRY(co_await ask_dictionaries());
    if (!out_.excluded) CO_TRY(co_await ask_page_indexes());
    co_return Status{};
  }

 private:
  bool skips() const { return plan_.context.skipping && !node_.filters.empty(); }
  void exclude(SkippedBy reason) {
    out_.excluded = true;
    out_.rows = {};
    file_.count_skipped(plan_.statistics, reason, row_group_);
  }

  Task<Status> ask_bloom_filters() {
    if (!skips() || !parquet::has_useful_bloom_filter(file_.file(), row_group_, file_.predicate)) {
      co_return Status{};
    }
    const parquet::Outcomes outcomes = CO_TRY(co_await parquet::bloom_filter_outcomes(
        file_.file(), *file_.reader, row_group_, file_.predicate));
    if (outcomes.no_row_matches()) exclude(SkippedBy::BloomFilter);
    co_return Status{};
  }

  // Where the first few dictionaries had what was looked for, the others are likely to have it too.
  bool dictionaries_pay() const {
    const uint64_t reads = plan_.dictionary_reads.load(std::memory_order_relaxed);
    const uint64_t hits = plan_.dictionary_hits.load(std::memory_order_relaxed);
    return reads < 4 || hits * 4 >= reads;
  }

  Task<Status> ask_dictionaries() {
    if (!skips() || !dictionaries_pay()) co_return Status{};
    const std::vector<uint32_t> leaves =
        parquet::useful_dictionaries(file_.file(), row_group_, file_.predicate);
    if (leaves.empty()) co_return Status{};
    // A far file answers a small request as late as a large one: the rest must be worth that.
    if (!file_.is_local && file_.scanned_bytes(row_group_) < file_.reader->gap() / 4) {
      co_return Status{};
    }
    add(plan_.dictionary_reads, 1);
    parquet::Decompressor decompressor(plan_.context.budget);
    const parquet::Outcomes outcomes = CO_TRY(co_await parquet::read_dictionary_outcomes(
        file_.file(), *file_.reader, row_group_, file_.predicate, leaves, decompressor));
    if (!outcomes.no_row_matches()) co_return Status{};
    add(plan_.dictionary_hits, 1);
    exclude(SkippedBy::Dictionary);
    co_return Status{};
  }

  // The page index is read where it can exclude pages, where only some rows are wanted, and where
  // late materialization may want some pages only.
  Task<Status> ask_page_indexes() {
    const bool by_number = skips() && parquet::compares_row_number(file_.predicate);
    const bool prunes = by_number || (skips() && parquet::has_useful_page_index(
                                                     file_.file(), row_group_, file_.predicate));
    const std::optional<uint32_t> key =
        plan_.context.skipping ? file_.top_n_leaf(node_) : std::nullopt;
    const bool has_bounds = key && file_.group(row_group_).columns[*key].has_column_index();
    const bool selects = !file_.is_local && plan_.context.late_materialization &&
                         !plan_.filter_columns.empty() && !plan_.payload_columns.empty();
    if (!prunes && !has_bounds && !selects && !in_parts_) co_return Status{};
    std::vector<uint32_t> leaves;
    for (size_t i = 0; i < node_.columns.size(); ++i) file_.append_leaves(i, leaves);
    std::vector<uint32_t> bounded;
    if (prunes) bounded = parquet::predicate_leaves(file_.predicate);
    if (has_bounds) bounded.push_back(*key);
    leaves.insert(leaves.end(), bounded.begin(), bounded.end());
    std::sort(leaves.begin(), leaves.end());
    leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
    out_.indexes = CO_TRY(co_await parquet::read_page_indexes(
        file_.file(), *file_.reader, row_group_, std::move(leaves), std::move(bounded)));
    out_.has_indexes = true;
    if (!prunes) co_return Status{};
    out_.rows = intersect(
        out_.rows, parquet::prune_pages(file_.file(), row_group_, file_.predicate, out_.indexes));
    if (out_.rows.empty()) exclude(SkippedBy::PageIndex);
    co_return Status{};
  }

  ProbePlan& plan_;
  const PlanNode& node_;
  ScanFile& file_;
  uint32_t row_group_;
  bool in_parts_;
  GroupProbe& out_;
};

Task<Status> probe_one(ProbePlan& plan, const ScanMorsel& morsel, const PlanNode& node) {
  Prober prober(plan, morsel, node);
  Status status = co_await prober.run();
  if (!status) co_return fail(std::move(status).error().with_source(morsel.file->file().name()));
  co_return Status{};
}

}  // namespace

// True: this coroutine probes the window. False: it was done, or is done now.
struct GroupProbes::Turn {
  GroupProbes& probes;
  Window& window;
  bool mine = false;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    MutexLock lock(probes.mutex_);
    if (window.state == State::Running) {
      window.waiters.push_back(handle);
      return true;
    }
    mine = window.state == State::Idle;
    if (mine) window.state = State::Running;
    return false;
  }
  bool await_resume() const noexcept { return mine; }
};

GroupProbes::GroupProbes(ProbePlan& plan, std::vector<ScanMorsel>& morsels, const ScanPlan& scan)
    : plan_(plan), morsels_(morsels), scan_(scan) {
  const PlanNode& node = scan.node();
  // What a limit or a threshold may make needless is not asked far ahead.
  const bool short_sighted = node.scan_limit || node.top_n;
  const size_t far = short_sighted ? window_size / 2 : window_size;
  window_of_.resize(morsels.size());
  for (size_t begin = 0; begin < morsels.size();) {
    const size_t groups = morsels[begin].file->is_local ? 1 : far;
    size_t end = begin, seen = 0;
    const GroupProbe* last = nullptr;
    for (; end < morsels.size(); ++end) {
      const GroupProbe* probe = morsels[end].probe.get();
      if (probe != last && seen++ == groups) break;
      last = probe;
      window_of_[end] = static_cast<uint32_t>(windows_.size());
    }
    windows_.push_back({.begin = begin, .end = end});
    begin = end;
  }
}

Task<Status> GroupProbes::ready(size_t index) {
  Window& window = windows_[window_of_[index]];
  for (;;) {
    if (!co_await Turn{*this, window}) {
      MutexLock lock(mutex_);
      if (window.state == State::Done) co_return Status{};
      continue;  // whoever had it failed
    }
    Status status = co_await probe(window);
    std::vector<std::coroutine_handle<>> waiters;
    {
      MutexLock lock(mutex_);
      window.state = status ? State::Done : State::Idle;
      waiters = std::move(window.waiters);
    }
    for (std::coroutine_handle<> waiter : waiters) plan_.context.executor.post(waiter);
    co_return status;
  }
}

Task<Status> GroupProbes::probe(const Window& window) {
  TaskGroup group(plan_.context.executor);
  const ScanMorsel* last = nullptr;
  Status status;
  for (size_t i = window.begin; i < window.end && status; ++i) {
    const ScanMorsel& morsel = morsels_[i];
    if (last && last->probe == morsel.probe) continue;
    last = &morsel;
    if (morsel.file->is_local) {
      status = co_await probe_one(plan_, morsel, scan_.node());
    } else {
      group.spawn(probe_one(plan_, morsel, scan_.node()));
    }
  }
  Status joined = co_await group.join();
  if (status) status = std::move(joined);
  co_return status;
}

}  // namespace whittle
