#include "exec/scan/scan_plan.hpp"

#include "plan/predicate_builder.hpp"

namespace whittle {

namespace {
constexpr size_t parallel_opens = 16;
constexpr uint64_t smallest_part = 16 * batch_rows;
}  // namespace

void ScanFile::append_leaves(size_t i, std::vector<uint32_t>& leaves) const {
  if (mappings[i].kind != parquet::ColumnMapping::Kind::Column) return;
  parquet::for_each_leaf(*mappings[i].node, [&](uint32_t leaf, const parquet::SchemaNode&) {
    leaves.push_back(leaf);
  });
}

uint64_t ScanFile::scanned_bytes(uint32_t row_group) const {
  std::vector<uint32_t> leaves;
  for (size_t i = 0; i < mappings.size(); ++i) append_leaves(i, leaves);
  uint64_t bytes = 0;
  for (uint32_t leaf : leaves) bytes += group(row_group).columns[leaf].total_compressed_size;
  return bytes;
}

void ScanFile::mark_skipped(SkippedBy reason, ByteRange range) const {
  reader->session().statistics.skip({source, static_cast<uint32_t>(reason), range});
}

uint64_t ScanFile::mark_skipped(SkippedBy reason, uint32_t row_group) const {
  std::vector<uint32_t> leaves;
  for (size_t i = 0; i < mappings.size(); ++i) append_leaves(i, leaves);
  std::sort(leaves.begin(), leaves.end());  // as they lie in the file, mostly
  uint64_t bytes = 0;
  for (uint32_t leaf : leaves) {
    const ByteRange range = group(row_group).columns[leaf].byte_range();
    mark_skipped(reason, range);
    bytes += range.length;
  }
  return bytes;
}

void ScanFile::count_skipped(ScanStatistics* statistics, SkippedBy reason, uint32_t row_group,
                             uint64_t rows) const {
  if (!statistics) return;
  ScanStatistics::Skipped& skipped = statistics->by(reason);
  add(skipped.row_groups, 1);
  add(skipped.rows, std::min(rows, group(row_group).row_count));
  add(skipped.bytes, mark_skipped(reason, row_group));
  add(statistics->row_groups_done, 1);
}

std::optional<uint32_t> ScanFile::top_n_leaf(const PlanNode& node) const {
  if (!node.top_n) return std::nullopt;
  const parquet::ColumnMapping& mapping = mappings[node.top_n->column];
  if (mapping.kind != parquet::ColumnMapping::Kind::Column || mapping.needs_cast ||
      !mapping.node->is_leaf() || mapping.node->repetition_level > 0 ||
      !(mapping.node->type == node.output[node.top_n->column].type)) {
    return std::nullopt;
  }
  return mapping.node->first_leaf;
}

ScanPlan::ScanPlan(QueryContext& context, const PlanNode& node, ScanStatistics* statistics)
    : context_(context),
      node_(node),
      table_(static_cast<const ParquetScanTable&>(*node.table)),
      statistics_(statistics) {
  for (const auto& filter : node.filters) {
    conjuncts_.push_back(context.skipping ? build_predicate({&filter, 1}, node.columns)
                                          : parquet::Predicate::unknown());
  }
  predicate_ = parquet::Predicate::all_of(conjuncts_);
}

Task<Status> ScanPlan::open_file(size_t index) {
  const parquet::ParquetTable& table = *table_.files;
  auto file = std::make_unique<ScanFile>();
  file->index = index;
  file->opened = CO_TRY(co_await table.open(index, *table_.opener, context_.io));
  file->is_local = file->opened.opened.source->hints().is_local;
  file->reader = std::make_unique<RangeReader>(file->opened.opened, context_.io);
  const Source& source = file->reader->source();
  file->source = context_.io->statistics.add_source(source.name(), source.size());
  for (uint32_t column : node_.columns) {
    file->mappings.push_back(CO_TRY(table.map(index, file->file(), column)));
  }
  for (uint32_t i = 0; i < node_.column_fields.size(); ++i) {
    parquet::ColumnMapping& mapping = file->mappings[i];
    if (node_.column_fields[i].empty() || mapping.needs_cast ||
        mapping.kind != parquet::ColumnMapping::Kind::Column) {
      continue;
    }
    parquet::SchemaNode node = prune(*mapping.node, node_.column_fields[i]);
    if (node.type == mapping.node->type) continue;
    mapping.node = &file->pruned.emplace(i, std::move(node)).first->second;
  }
  for (const auto& conjunct : conjuncts_) {
    file->conjuncts.push_back(table.bind(index, file->file(), conjunct));
  }
  file->predicate = table.bind(index, file->file(), predicate_);
  files_[index] = std::move(file);
  co_return Status{};
}

Status ScanPlan::add_row_groups(ScanFile& file) {
  const auto& groups = file.file().metadata.row_groups;
  for (uint32_t g = 0; g < groups.size(); ++g) {
    if (groups[g].row_count == 0) continue;
    if (statistics_) add(statistics_->row_groups, 1);
    ScanMorsel morsel;
    morsel.file = &file;
    morsel.row_group = g;
    morsel.rows = {0, groups[g].row_count};
    morsel.dropped.assign(node_.filters.size(), false);
    morsel.probe = std::make_shared<GroupProbe>();
    morsel.probe->rows = parquet::RowRanges::all(groups[g].row_count);
    if (context_.skipping && !node_.filters.empty()) {
      if (parquet::row_group_outcomes(file.file(), g, file.predicate).no_row_matches()) {
        file.count_skipped(statistics_, SkippedBy::Statistics, g);
        continue;
      }
      for (size_t i = 0; i < file.conjuncts.size(); ++i) {
        morsel.dropped[i] =
            parquet::row_group_outcomes(file.file(), g, file.conjuncts[i]).all_rows_match();
      }
    }
    morsels_.push_back(std::move(morsel));
  }
  return {};
}

void ScanPlan::count_unread(SkippedBy reason, const ScanMorsel& morsel) {
  if (!statistics_) return;
  if (morsel.rows.begin > 0) return add(statistics_->by(reason).rows, morsel.rows.count());
  // A row group counts once, with its first part.
  morsel.file->count_skipped(statistics_, reason, morsel.row_group, morsel.rows.count());
}

Task<Status> ScanPlan::make(TopNThreshold* threshold) {
  const parquet::ParquetTable& table = *table_.files;
  const size_t count = table.files().size();
  files_.resize(count);
  if (statistics_) add(statistics_->files, count);
  const bool limited = node_.scan_limit && node_.filters.empty();
  uint64_t rows = 0;
  for (size_t first = 0; first < count;) {
    // A limit without filters stops as soon as the footers show enough rows.
    if (limited && rows >= *node_.scan_limit) break;
    const size_t end = std::min(count, first + (limited ? 1 : parallel_opens));
    TaskGroup group(context_.executor);
    for (size_t i = first; i < end; ++i) {
      if (context_.skipping && table.file_outcomes(i, predicate_).no_row_matches()) {
        if (statistics_) add(statistics_->files_skipped, 1);
        continue;
      }
      group.spawn(open_file(i));
    }
    CO_TRY(co_await group.join());
    for (size_t i = first; i < end; ++i) {
      if (!files_[i]) continue;
      rows += files_[i]->file().row_count();
      CO_TRY(add_row_groups(*files_[i]));
    }
    first = end;
  }
  if (limited) {
    uint64_t left = *node_.scan_limit;
    size_t used = 0;
    for (; used < morsels_.size() && left > 0; ++used) {
      ScanMorsel& morsel = morsels_[used];
      morsel.part = morsel.rows.count() > left;
      morsel.rows.end = std::min(morsel.rows.end, left);
      left -= morsel.rows.count();
    }
    for (size_t i = used; i < morsels_.size(); ++i) {
      morsels_[i].file->count_skipped(statistics_, SkippedBy::Limit, morsels_[i].row_group);
    }
    morsels_.erase(morsels_.begin() + static_cast<std::ptrdiff_t>(used), morsels_.end());
  } else {
    cut();
  }
  for (uint64_t i = 0; i < morsels_.size(); ++i) morsels_[i].id = i;
  if (threshold && context_.skipping) {
    TopNSeed seed(*threshold);
    const GroupProbe* last = nullptr;
    for (const ScanMorsel& morsel : morsels_) {
      if (morsel.probe.get() == last || !morsel.all_rows_match()) continue;
      last = morsel.probe.get();
      if (const auto bounds = top_n_bounds(morsel)) seed.add(*bounds);
    }
    seed.offer_to(*threshold);
    order_by_bounds();
  }
  co_return Status{};
}

Task<Status> ScanPlan::make_rows(const std::vector<FileRow>& rows) {
  files_.resize(table_.files->files().size());
  TaskGroup group(context_.executor);
  uint64_t last = UINT64_MAX;
  for (const FileRow& row : rows) {
    if (row.file != last) group.spawn(open_file(row.file));
    last = row.file;
  }
  CO_TRY(co_await group.join());
  by_rows_ = true;
  std::span<const FileRow> left(rows);
  while (!left.empty()) {
    morsels_.push_back(CO_TRY(morsel_of(left)));
    morsels_.back().id = morsels_.size() - 1;
  }
  if (!statistics_) co_return Status{};
  add(statistics_->rows_fetched_late, rows.size());
  // Morsels lie in the order of the rows.
  size_t next = 0;
  for (const auto& file : files_) {
    for (uint32_t g = 0; file && g < file->file().metadata.row_groups.size(); ++g) {
      const bool is_read = next < morsels_.size() && morsels_[next].file == file.get() &&
                           morsels_[next].row_group == g;
      if (is_read) {
        ++next;
      } else {
        file->mark_skipped(SkippedBy::Late, g);
      }
    }
  }
  co_return Status{};
}

// The rows at the front of `rows` that share a row group, which are taken off.
Result<ScanMorsel> ScanPlan::morsel_of(std::span<const FileRow>& rows) const {
  // Rows nearer to each other than this are read in one go.
  constexpr uint64_t near = 64;
  ScanMorsel morsel;
  morsel.file = files_[rows[0].file].get();
  const auto& groups = morsel.file->file().metadata.row_groups;
  const auto behind = std::upper_bound(
      groups.begin(), groups.end(), rows[0].row,
      [](uint64_t row, const parquet::RowGroup& group) { return row < group.first_row; });
  if (behind == groups.begin()) return fail(ErrorCode::Internal, "a row before the first");
  const parquet::RowGroup& group = *std::prev(behind);
  morsel.row_group = static_cast<uint32_t>(std::prev(behind) - groups.begin());
  morsel.rows = {0, group.row_count};
  morsel.part = true;  // so that its pages are looked up
  morsel.probe = std::make_shared<GroupProbe>();
  parquet::RowRange run{};
  size_t count = 0;
  for (; count < rows.size() && rows[count].file == rows[0].file; ++count) {
    const uint64_t row = rows[count].row - group.first_row;
    if (row >= group.row_count) break;
    if (count > 0 && row < run.end + near) {
      run.end = row + 1;
      continue;
    }
    morsel.probe->rows.append(run);
    run = {row, row + 1};
  }
  morsel.probe->rows.append(run);
  rows = rows.subspan(count);
  if (count == 0) return fail(ErrorCode::Internal, "a row behind the last");
  return morsel;
}

// Nothing tells how large the pages of a chunk are that is large against the budget: parts of its
// row group would each hold the same pages.
bool ScanPlan::may_have_huge_pages(const ScanMorsel& morsel) const {
  std::vector<uint32_t> leaves;
  for (size_t i = 0; i < node_.columns.size(); ++i) morsel.file->append_leaves(i, leaves);
  const auto& chunks = morsel.file->group(morsel.row_group).columns;
  return std::any_of(leaves.begin(), leaves.end(), [&](uint32_t leaf) {
    const parquet::ColumnChunk& chunk = chunks[leaf];
    return !chunk.has_offset_index() && chunk.data_page_count == 0 &&
           chunk.total_uncompressed_size > context_.budget.limit() / 4;
  });
}

// Cuts row groups until there are two morsels per worker. Reading a part costs nothing extra where
// the offset index tells pages apart, or where the bytes are at hand anyway.
void ScanPlan::cut() {
  const uint64_t wanted = uint64_t{2} * context_.workers();
  if (context_.workers() == 1 || morsels_.empty() || morsels_.size() >= wanted) return;
  const uint64_t parts = (wanted + morsels_.size() - 1) / morsels_.size();
  std::vector<ScanMorsel> cut;
  for (const ScanMorsel& morsel : morsels_) {
    const auto& chunks = morsel.file->group(morsel.row_group).columns;
    const bool indexed = std::all_of(chunks.begin(), chunks.end(),
                                     [](const auto& chunk) { return chunk.has_offset_index(); });
    const uint64_t rows = morsel.rows.count();
    const uint64_t step = std::max(smallest_part, (rows / parts / batch_rows + 1) * batch_rows);
    if ((!indexed && !morsel.file->is_local) || step >= rows || may_have_huge_pages(morsel)) {
      cut.push_back(morsel);
      continue;
    }
    for (uint64_t begin = 0; begin < rows; begin += step) {
      ScanMorsel part = morsel;
      part.rows = {begin, std::min(rows, begin + step)};
      part.part = true;
      cut.push_back(std::move(part));
    }
  }
  morsels_ = std::move(cut);
}

std::optional<parquet::ColumnBounds> ScanPlan::top_n_bounds(const ScanMorsel& morsel) const {
  const std::optional<uint32_t> leaf = morsel.file->top_n_leaf(node_);
  if (!leaf) return std::nullopt;
  return parquet::chunk_bounds(morsel.file->file(), morsel.row_group, *leaf);
}

bool ScanPlan::can_beat(const TopNThreshold& threshold, const parquet::ColumnBounds& bounds) {
  const std::optional<Value> bound = threshold.bound();
  if (!bound || (threshold.nulls_first() && bounds.may_be_null())) return true;
  if (bounds.all_null()) return false;
  if (threshold.descending()) {
    if (bounds.may_have_nan || !bounds.max) return true;
    return compare(*bounds.max, *bound) >= 0;
  }
  return !bounds.min || compare(*bounds.min, *bound) <= 0;
}

void TopNSeed::add(const parquet::ColumnBounds& bounds) {
  const bool descending = threshold_.descending();
  // NaN stands above every number.
  if (bounds.all_null() || (!descending && bounds.may_have_nan)) return;
  const std::optional<Value>& worst = descending ? bounds.min : bounds.max;
  if (!worst) return;
  if (threshold_.nulls_first()) {
    runs_.push_back({*worst, bounds.value_count});
  } else if (bounds.null_count && *bounds.null_count < bounds.value_count) {
    runs_.push_back({*worst, bounds.value_count - *bounds.null_count});
  }
}

void TopNSeed::offer_to(TopNThreshold& threshold) {
  const bool descending = threshold.descending();
  std::sort(runs_.begin(), runs_.end(), [&](const Run& a, const Run& b) {
    const int order = compare(a.worst, b.worst);
    return descending ? order > 0 : order < 0;
  });
  uint64_t rows = 0;
  for (const Run& run : runs_) {
    rows += run.rows;
    if (rows >= threshold.count()) return threshold.offer(run.worst);
  }
}

// The row groups that promise most first: the threshold gets tight soon and excludes the others.
void ScanPlan::order_by_bounds() {
  if (!node_.top_n) return;
  const bool descending = node_.top_n->descending;
  std::vector<std::pair<std::optional<Value>, size_t>> order(morsels_.size());
  for (size_t i = 0; i < morsels_.size(); ++i) {
    const auto bounds = top_n_bounds(morsels_[i]);
    order[i] = {bounds ? (descending ? bounds->max : bounds->min) : std::nullopt, i};
  }
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    if (!a.first || !b.first) return !a.first && b.first;  // unknown ones may hold anything
    const int difference = compare(*a.first, *b.first);
    return descending ? difference > 0 : difference < 0;
  });
  std::vector<ScanMorsel> sorted;
  for (const auto& [value, i] : order) sorted.push_back(std::move(morsels_[i]));
  morsels_ = std::move(sorted);
}

Task<Status> ScanPlan::close() {
  for (const auto& file : files_) {
    if (file && file->reader) (void)co_await file->reader->close();
  }
  co_return Status{};
}

}  // namespace whittle
