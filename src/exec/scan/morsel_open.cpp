// MorselReader::open: what to read of a morsel, and the beginning of reading it.
#include <algorithm>

#include "exec/scan/morsel_reader.hpp"

namespace whittle {

using parquet::ColumnMapping;
using parquet::RowRange;
using parquet::RowRanges;

ScanShared::ScanShared(QueryContext& context, const ScanPlan& plan, TopNThreshold* threshold,
                       ScanStatistics* statistics)
    : context(context),
      plan(plan),
      threshold(threshold),
      statistics(statistics),
      workers(context.workers()) {
  const PlanNode& node = plan.node();
  std::vector<bool> filtered(node.columns.size());
  for (const auto& filter : node.filters) {
    visit(static_cast<const Expression&>(*filter), [&](const Expression& part) {
      if (part.kind == ExpressionKind::Column) filtered[part.index] = true;
    });
  }
  if (threshold && node.top_n) filtered[node.top_n->column] = true;
  for (uint32_t i = 0; i < filtered.size(); ++i) {
    (filtered[i] ? filter_columns : payload_columns).push_back(i);
  }
  unused.resize(node.columns.size());
  for (uint32_t i : node.filter_only) unused[i] = true;
}

Conjuncts& ScanShared::conjuncts() {
  return workers.get([&] {
    return std::make_unique<Conjuncts>(plan.node().filters, context.budget, &context.cancellation,
                                       &context.clock);
  });
}

MorselReader::MorselReader(ScanShared& shared, ScanMorsel morsel)
    : shared_(shared),
      morsel_(std::move(morsel)),
      decompressor_(std::make_unique<parquet::Decompressor>(shared.context.budget)) {}

bool MorselReader::beats_threshold() const {
  if (!shared_.threshold || !shared_.context.skipping || shared_.threshold->version() == 0) {
    return true;
  }
  const auto bounds = shared_.plan.top_n_bounds(morsel_);
  return !bounds || ScanPlan::can_beat(*shared_.threshold, *bounds);
}

Task<Status> MorselReader::open() {
  ScanStatistics* statistics = shared_.statistics;
  if (!beats_threshold()) {
    if (statistics) add(statistics->row_groups_top_n, 1);
    co_return Status{};
  }
  ranges_.append(morsel_.rows);
  CO_TRY(co_await prune_by_bloom_filters());
  if (excluded()) co_return Status{};
  CO_TRY(co_await read_page_indexes());
  if (excluded()) co_return Status{};
  if (statistics) add(statistics->rows, ranges_.count());
  deferred_ = should_defer();
  CO_TRY(open_columns(shared_.filter_columns, ranges_, filters_));
  if (!deferred_) CO_TRY(open_columns(shared_.payload_columns, ranges_, payload_));
  // A local file answers at once: what no surviving row needs is then not even asked for.
  if (!file().is_local) read_ahead(&filters_, deferred_ ? nullptr : &payload_);
  co_return Status{};
}

Task<Status> MorselReader::prune_by_bloom_filters() {
  if (!shared_.context.skipping || shared_.plan.node().filters.empty() || morsel_.part ||
      !parquet::has_useful_bloom_filter(file().file(), morsel_.row_group, file().predicate)) {
    co_return Status{};
  }
  const parquet::Outcomes outcomes = CO_TRY(co_await parquet::bloom_filter_outcomes(
      file().file(), *file().reader, morsel_.row_group, file().predicate));
  if (!outcomes.no_row_matches()) co_return Status{};
  ranges_ = {};
  if (shared_.statistics) add(shared_.statistics->row_groups_bloom, 1);
  co_return Status{};
}

// The page index is read where it can exclude pages, where only some rows are wanted, and where
// late materialization may want some pages only.
Task<Status> MorselReader::read_page_indexes() {
  const PlanNode& node = shared_.plan.node();
  const bool prunes =
      shared_.context.skipping && !node.filters.empty() &&
      parquet::has_useful_page_index(file().file(), morsel_.row_group, file().predicate);
  const bool selects = !file().is_local && shared_.context.late_materialization &&
                       !shared_.filter_columns.empty() && !shared_.payload_columns.empty();
  if (!prunes && !selects && !morsel_.part) co_return Status{};
  std::vector<uint32_t> leaves;
  for (size_t i = 0; i < node.columns.size(); ++i) file().append_leaves(i, leaves);
  std::vector<uint32_t> bounded;
  if (prunes) bounded = parquet::predicate_leaves(file().predicate);
  leaves.insert(leaves.end(), bounded.begin(), bounded.end());
  std::sort(leaves.begin(), leaves.end());
  leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
  indexes_ = CO_TRY(co_await parquet::read_page_indexes(
      file().file(), *file().reader, morsel_.row_group, std::move(leaves), std::move(bounded)));
  has_indexes_ = true;
  if (!prunes) co_return Status{};
  const uint64_t before = ranges_.count();
  ranges_ = intersect(
      ranges_, parquet::prune_pages(file().file(), morsel_.row_group, file().predicate, indexes_));
  if (shared_.statistics) add(shared_.statistics->rows_page_index, before - ranges_.count());
  co_return Status{};
}

uint64_t MorselReader::chunk_bytes(std::span<const uint32_t> outputs) const {
  std::vector<uint32_t> leaves;
  for (uint32_t output : outputs) file().append_leaves(output, leaves);
  uint64_t bytes = 0;
  for (uint32_t leaf : leaves) {
    bytes += file().group(morsel_.row_group).columns[leaf].total_compressed_size;
  }
  return bytes;
}

// Waiting for the filters costs one round trip more; it pays when the pages it saves are worth more
// bytes than that. Before anything is known, half of the bytes are expected to be saved.
bool MorselReader::should_defer() const {
  if (!shared_.context.late_materialization || file().is_local || shared_.payload_columns.empty() ||
      shared_.filter_columns.empty()) {
    return false;
  }
  const auto seen = static_cast<double>(shared_.rows_seen.load(std::memory_order_relaxed));
  const auto left = static_cast<double>(shared_.rows_left.load(std::memory_order_relaxed));
  // Survivors scatter: a page of some thousand rows is saved only when none of them is left.
  const double share = seen < 1 ? 0.5 : std::min(1.0, left / seen * 50);
  const double saved = static_cast<double>(chunk_bytes(shared_.payload_columns)) * (1 - share);
  return saved > static_cast<double>(file().reader->gap());
}

Status MorselReader::open_columns(std::span<const uint32_t> outputs, const RowRanges& rows,
                                  std::vector<OpenColumn>& columns) {
  const PlanNode& node = shared_.plan.node();
  MemoryBudget& budget = shared_.context.budget;
  // Two morsels per worker share a third of the budget; what does not fit is streamed in windows.
  const uint64_t share = budget.limit() / 6 / shared_.context.workers();
  const bool windows =
      chunk_bytes(shared_.filter_columns) + chunk_bytes(shared_.payload_columns) > share;
  uint64_t needed = 0;
  for (uint32_t output : outputs) {
    const ColumnMapping& mapping = file().mappings[output];
    OpenColumn& column = columns.emplace_back();
    column.output = output;
    if (mapping.kind == ColumnMapping::Kind::RowNumber) {
      column.row_number = true;
      continue;
    }
    if (mapping.kind == ColumnMapping::Kind::Constant) {
      column.constant = TRY(mapping.constant.to_column(budget));
      column.constant.set_type(node.output[output].type);
      continue;
    }
    parquet::ColumnReadOptions options;
    options.wanted = &rows;
    if (has_indexes_) {
      parquet::for_each_leaf(*mapping.node, [&](uint32_t leaf, const parquet::SchemaNode&) {
        const parquet::ChunkPageIndex* index = indexes_.find(leaf);
        options.offset_indexes.push_back(index ? &index->offsets : nullptr);
      });
    }
    if (windows) {
      options.memory_share = std::max<uint64_t>(share / node.columns.size(), uint64_t{1} << 20);
    }
    // A limit reads from the front and may stop at any moment: small bites.
    if (node.scan_limit) options.memory_share = std::min<uint64_t>(options.memory_share, 1 << 20);
    options.decompressor = decompressor_.get();
    column.reader.emplace(TRY(parquet::ColumnReader::make(
        *file().reader, file().file().metadata, morsel_.row_group, *mapping.node, options)));
    needed += column.reader->planned_bytes();
  }
  if (shared_.statistics) {
    add(shared_.statistics->bytes_needed, needed);
    const uint64_t all = chunk_bytes(outputs);
    if (all > needed) add(shared_.statistics->bytes_skipped, all - needed);
  }
  return {};
}

// One plan for all columns, so that neighbours in the file share requests.
void MorselReader::read_ahead(std::vector<OpenColumn>* first, std::vector<OpenColumn>* second) {
  std::vector<ByteRange> ranges;
  std::vector<std::pair<parquet::ColumnReader*, size_t>> readers;
  for (std::vector<OpenColumn>* columns : {first, second}) {
    if (!columns) continue;
    for (OpenColumn& column : *columns) {
      if (!column.reader) continue;
      readers.emplace_back(&*column.reader, ranges.size());
      column.reader->append_ranges(ranges);
    }
  }
  if (!ranges.empty()) {
    auto set = std::make_shared<RangeSet>(file().reader->prefetch(ranges));
    for (const auto& [reader, begin] : readers) reader->attach(set, begin);
  }
  for (const auto& [reader, begin] : readers) reader->start();
}

}  // namespace whittle
