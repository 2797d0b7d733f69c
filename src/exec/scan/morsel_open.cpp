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
      workers(context.workers()),
      gate(context.budget, context.executor),
      probing{context, statistics, {}, {}} {
  const PlanNode& node = plan.node();
  std::vector<bool> filtered(node.columns.size());
  for (const auto& filter : node.filters) {
    for_each_column(static_cast<const Expression&>(*filter),
                    [&](const Expression& column) { filtered[column.index] = true; });
  }
  if (threshold && node.top_n) filtered[node.top_n->column] = true;
  for (uint32_t i = 0; i < filtered.size(); ++i) {
    (filtered[i] ? probing.filter_columns : probing.payload_columns).push_back(i);
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
      key_pages_memory_(shared.context.budget, "the page index of a Parquet file"),
      decompressor_(std::make_unique<parquet::Decompressor>(shared.context.budget)) {}

bool MorselReader::beats_threshold() const {
  if (!shared_.threshold || !shared_.context.skipping || shared_.threshold->version() == 0) {
    return true;
  }
  const auto bounds = shared_.plan.top_n_bounds(morsel_);
  return !bounds || ScanPlan::can_beat(*shared_.threshold, *bounds);
}

Status MorselReader::open() {
  const GroupProbe& probe = *morsel_.probe;
  if (probe.excluded) return {};
  ranges_.append(morsel_.rows);
  ranges_ = intersect(ranges_, probe.rows);
  indexed_ = ranges_;
  leave_beaten_pages();
  planned_ = ranges_;
  if (shared_.statistics) {
    add(shared_.statistics->rows, morsel_.rows.count());
    add(shared_.statistics->by(shared_.plan.narrowed_by()).rows,
        morsel_.rows.count() - indexed_.count());
  }
  if (excluded()) return {};
  deferred_ = should_defer();
  TRY(open_columns(filter_outputs(), ranges_, filters_));
  if (!deferred_) TRY(open_columns(shared_.payload_columns, ranges_, payload_));
  // A local file answers at once: what no surviving row needs is then not even asked for.
  if (!file().is_local) read_ahead(&filters_, deferred_ ? nullptr : &payload_);
  return {};
}

// Bounds of pages may say more than those of the row group.
void MorselReader::seed_threshold() {
  if (!morsel_.all_rows_match()) return;
  TopNSeed seed(*shared_.threshold);
  for (const KeyPage& page : key_pages_) {
    const bool whole = page.rows.begin >= morsel_.rows.begin && page.rows.end <= morsel_.rows.end;
    if (whole) seed.add(page.bounds);
  }
  seed.offer_to(*shared_.threshold);
}

// Columns that only filters read which are true on all rows here need not be read.
std::vector<uint32_t> MorselReader::filter_outputs() const {
  const PlanNode& node = shared_.plan.node();
  std::vector<bool> read(node.columns.size());
  for (uint32_t i : shared_.filter_columns) read[i] = !shared_.unused[i];
  for (size_t i = 0; i < node.filters.size(); ++i) {
    if (morsel_.dropped.size() > i && morsel_.dropped[i]) continue;
    for_each_column(static_cast<const Expression&>(*node.filters[i]),
                    [&](const Expression& column) { read[column.index] = true; });
  }
  if (shared_.threshold && node.top_n) read[node.top_n->column] = true;
  std::vector<uint32_t> outputs;
  for (uint32_t i : shared_.filter_columns) {
    if (read[i]) outputs.push_back(i);
  }
  return outputs;
}

// Leaves out the pages whose keys cannot beat the top-N's present threshold. Asked before every
// batch; costs something only when the threshold has moved.
void MorselReader::leave_beaten_pages() {
  if (!shared_.threshold || !shared_.context.skipping) return;
  const uint64_t version = shared_.threshold->version();
  if (version == threshold_version_ && tried_key_pages_) return;
  tried_key_pages_ = true;
  threshold_version_ = version;
  const std::optional<uint32_t> leaf = file().top_n_leaf(shared_.plan.node());
  const parquet::ChunkPageIndex* index = leaf ? morsel_.probe->indexes.find(*leaf) : nullptr;
  if (!index || !index->bounds) return;
  if (key_pages_.empty()) {
    const uint64_t row_count = file().group(morsel_.row_group).row_count;
    const size_t pages = index->offsets.pages.size();
    if (!key_pages_memory_.try_resize(pages * sizeof(KeyPage))) return;
    for (size_t page = 0; page < pages; ++page) {
      const RowRange rows = index->rows_of(page, row_count);
      if (!ranges_.overlaps(rows)) continue;
      key_pages_.push_back(
          {rows, parquet::page_bounds(file().file(), *leaf, *index->bounds, page, rows.count())});
    }
    seed_threshold();
  }
  if (shared_.threshold->version() == 0) return;
  RowRanges promising;
  for (const KeyPage& page : key_pages_) {
    if (ScanPlan::can_beat(*shared_.threshold, page.bounds)) promising.append(page.rows);
  }
  const uint64_t before = ranges_.count();
  ranges_ = intersect(ranges_, promising);
  if (shared_.statistics) {
    add(shared_.statistics->by(SkippedBy::TopN).rows, before - ranges_.count());
  }
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
  // Without page indexes a survivor needs all of the row group's pages: only where none is left
  // anything is saved, and a top-N has rows left wherever its threshold lets it look.
  if (!morsel_.probe->has_indexes || morsel_.probe->indexes.chunks.empty()) {
    const auto seen = static_cast<double>(shared_.morsels_seen.load(std::memory_order_relaxed));
    const auto left = static_cast<double>(shared_.morsels_left.load(std::memory_order_relaxed));
    const double share = seen > 0 ? left / seen : shared_.threshold ? 1.0 : 0.5;
    const double saved = static_cast<double>(chunk_bytes(shared_.payload_columns)) * (1 - share);
    return saved > static_cast<double>(file().reader->gap());
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
    if (morsel_.probe->has_indexes) {
      parquet::for_each_leaf(*mapping.node, [&](uint32_t leaf, const parquet::SchemaNode&) {
        const parquet::ChunkPageIndex* index = morsel_.probe->indexes.find(leaf);
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
  }
  return {};
}

uint64_t MorselReader::bytes_ahead() const {
  uint64_t bytes = 0;
  for (const auto* columns : {&filters_, &payload_}) {
    for (const OpenColumn& column : *columns) {
      if (column.reader) bytes += column.reader->planned_bytes();
    }
  }
  return bytes;
}

uint64_t MorselReader::working_bytes() const {
  uint64_t bytes = 0;
  for (const auto* columns : {&filters_, &payload_}) {
    for (const OpenColumn& column : *columns) {
      if (column.reader) bytes += column.reader->working_bytes();
    }
  }
  return bytes;
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
