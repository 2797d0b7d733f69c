#include "exec/scan/late_top_n.hpp"

#include <algorithm>

#include "columnar/gather.hpp"
#include "exec/operators/result_queue.hpp"
#include "exec/operators/top_n.hpp"
#include "exec/scan/parquet_scan.hpp"
#include "plan/parquet_scan_table.hpp"

namespace whittle {

namespace {

// More winners than this would pin many pages for little.
constexpr uint64_t most_rows = 8192;
constexpr uint32_t no_column = ~0u;

using parquet::ColumnOrigin;

// A scan of some columns of `scan`, and of where each row is: file, then row number.
struct PartialScan {
  PlanNode node{PlanKind::Scan};
  std::vector<uint32_t> map;  // by column of `scan`
  uint32_t file = 0, row = 0;
};

uint32_t find_origin(const ParquetScanTable& table, ColumnOrigin origin) {
  const auto& columns = table.files->columns();
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (columns[i].origin == origin) return i;
  }
  return no_column;
}

uint32_t add_column(PlanNode& node, const ParquetScanTable& table, uint32_t column) {
  node.columns.push_back(column);
  const parquet::TableColumn& definition = table.files->columns()[column];
  node.output.push_back({definition.name, definition.type});
  return static_cast<uint32_t>(node.columns.size() - 1);
}

PartialScan make_partial(const PlanNode& scan, const std::vector<bool>& wanted) {
  const auto& table = static_cast<const ParquetScanTable&>(*scan.table);
  PartialScan partial;
  partial.node.table = scan.table;
  partial.map.assign(wanted.size(), no_column);
  for (uint32_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    partial.map[i] = static_cast<uint32_t>(partial.node.columns.size());
    partial.node.columns.push_back(scan.columns[i]);
    partial.node.output.push_back(scan.output[i]);
    if (!scan.column_fields.empty()) partial.node.column_fields.push_back(scan.column_fields[i]);
  }
  partial.file = add_column(partial.node, table, find_origin(table, ColumnOrigin::FileIndex));
  partial.row = add_column(partial.node, table, find_origin(table, ColumnOrigin::RowNumber));
  return partial;
}

ExpressionPtr remapped(const Expression& expression, const std::vector<uint32_t>& map) {
  ExpressionPtr copy = expression.clone();
  for_each_column(copy, [&](ExpressionPtr& column) { column->index = map[column->index]; });
  return copy;
}

// Bytes of the table's columns in the files that are open, and how many rows these have.
struct Size {
  uint64_t wanted = 0, others = 0, rows = 0, gap = 0;
  size_t row_groups = 0;
  bool has_pages = true;  // the others' pages can be told apart
};
std::optional<Size> measure(const PlanNode& scan, const std::vector<bool>& wanted) {
  const auto& table = static_cast<const ParquetScanTable&>(*scan.table);
  Size size;
  for (size_t i = 0; i < table.files->files().size(); ++i) {
    const auto& opened = table.files->files()[i].opened;
    if (!opened) continue;
    const SourceHints& hints = opened->opened.source->hints();
    if (hints.is_local) return std::nullopt;
    size.gap = std::max(size.gap, opened->opened.source->link().gap(hints.coalescing_gap));
    size.rows += opened->file->row_count();
    size.row_groups += opened->file->metadata.row_groups.size();
    for (uint32_t column = 0; column < wanted.size(); ++column) {
      const auto mapping = table.files->map(i, *opened->file, scan.columns[column]);
      if (!mapping || mapping->kind != parquet::ColumnMapping::Kind::Column) continue;
      parquet::for_each_leaf(*mapping->node, [&](uint32_t leaf, const parquet::SchemaNode&) {
        for (const parquet::RowGroup& group : opened->file->metadata.row_groups) {
          const parquet::ColumnChunk& chunk = group.columns[leaf];
          (wanted[column] ? size.wanted : size.others) += chunk.total_compressed_size;
          size.has_pages = size.has_pages && (wanted[column] || chunk.has_offset_index());
        }
      });
    }
  }
  return size;
}

// Keeps, of the batches that come, the rows asked for.
class PickStage : public Stage {
 public:
  struct Picked {
    std::vector<uint32_t> slots;  // where each row belongs
    std::vector<Column> columns;
  };
  PickStage(QueryContext& context, const std::vector<FileRow>& rows,
            const std::vector<uint32_t>& slots, const PartialScan& scan)
      : context_(context), rows_(rows), slots_(slots), scan_(scan) {}

  Result<Flow> consume(Batch& batch) override {
    const ColumnView files(batch.columns[scan_.file]), numbers(batch.columns[scan_.row]);
    std::vector<uint32_t> places;
    Picked picked;
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      const uint32_t row = batch.selection[i];
      const FileRow wanted{files.get<uint64_t>(row),
                           static_cast<uint64_t>(numbers.get<int64_t>(row))};
      const auto found = std::lower_bound(rows_.begin(), rows_.end(), wanted);
      if (found == rows_.end() || !(*found == wanted)) continue;
      places.push_back(row);
      picked.slots.push_back(slots_[static_cast<size_t>(found - rows_.begin())]);
    }
    if (places.empty()) return Flow::More;
    const auto count = static_cast<uint32_t>(places.size());
    for (uint32_t i = 0; i < scan_.file; ++i) {
      const Column rows = TRY(gather(batch.columns[i], places.data(), count, context_.budget));
      picked.columns.push_back(TRY(compact(rows, context_.budget)));
    }
    MutexLock lock(mutex_);
    picked_.push_back(std::move(picked));
    return Flow::More;
  }

  /// Column `index` of all rows, by slot.
  Result<Column> column(uint32_t index) {
    std::vector<Column> parts;
    std::vector<uint32_t> order(rows_.size(), no_column);
    uint32_t at = 0;
    for (Picked& picked : picked_) {
      parts.push_back(picked.columns[index]);
      for (uint32_t slot : picked.slots) order[slot] = at++;
    }
    if (at != rows_.size())
      return fail(ErrorCode::Internal, "a row of a top-N was not found again");
    const Column all = TRY(concatenate(parts, context_.budget));
    return gather(all, order.data(), at, context_.budget);
  }

 private:
  QueryContext& context_;
  const std::vector<FileRow>& rows_;    // sorted
  const std::vector<uint32_t>& slots_;  // of each of them
  const PartialScan& scan_;
  Mutex mutex_;
  std::vector<Picked> picked_;
};

// The scan below a TopN, and the column of it that each column of the TopN is: a Project of plain
// columns may stand between them.
struct Below {
  const PlanNode* scan = nullptr;
  std::vector<uint32_t> columns;
};
std::optional<Below> look_below(const PlanNode& top_n) {
  const PlanNode& child = *top_n.children[0];
  Below below{&child, {}};
  for (uint32_t i = 0; i < child.output.size(); ++i) below.columns.push_back(i);
  if (child.kind == PlanKind::Project) {
    for (uint32_t i = 0; i < child.expressions.size(); ++i) {
      if (child.expressions[i]->kind != ExpressionKind::Column) return std::nullopt;
      below.columns[i] = child.expressions[i]->index;
    }
    below.scan = child.children[0].get();
  }
  const bool parquet =
      below.scan->kind == PlanKind::Scan && below.scan->table->kind() == TableKind::Parquet;
  if (!parquet) return std::nullopt;
  return below;
}

class LateTopNSource : public BatchSource {
 public:
  LateTopNSource(QueryContext& context, const PlanNode& node, Below below,
                 const std::vector<bool>& keys, OperatorStatistics* statistics)
      : scan_(*below.scan),
        schema_(node.output),
        columns_(std::move(below.columns)),
        keys_(make_partial(scan_, keys)) {
    std::vector<bool> others = keys;
    others.flip();
    others_ = make_partial(scan_, others);
    for (const ExpressionPtr& filter : scan_.filters) {
      keys_.node.filters.push_back(remapped(*filter, keys_.map));
    }
    keys_.node.filter_only = scan_.filter_only;
    for (uint32_t& column : keys_.node.filter_only) column = keys_.map[column];
    keys_.node.top_n = scan_.top_n;
    if (keys_.node.top_n) keys_.node.top_n->column = keys_.map[scan_.top_n->column];
    std::vector<uint32_t> map;
    for (uint32_t column : columns_) map.push_back(keys_.map[column]);
    for (const SortKey& key : node.sort_keys) {
      sort_keys_.push_back({remapped(*key.expression, map), key.descending, key.nulls_first});
    }
    auto threshold = std::make_shared<TopNThreshold>(
        sort_keys_[0].descending, sort_keys_[0].nulls_first, *node.limit + node.offset);
    BatchSourcePtr scan =
        make_parquet_scan(context, keys_.node, keys_.node.top_n ? threshold : nullptr);
    winners_ = make_top_n_source(context, sort_keys_, std::move(scan), *node.limit, node.offset,
                                 threshold, statistics);
  }
  const Schema& schema() const override { return schema_; }

  Task<Status> run(QueryContext& context, Stage& stage, bool) override {
    std::vector<Batch> batches = CO_TRY(co_await collect(context, *winners_));
    std::vector<Column> found = CO_TRY(join(context, batches));
    const uint32_t count = found.empty() ? 0 : found[0].length();
    if (count == 0) co_return stage.end_morsel(0);
    sort_rows(found);
    PickStage pick(context, rows_, slots_, others_);
    BatchSourcePtr fetch = make_parquet_row_scan(context, others_.node, rows_);
    CO_TRY(co_await fetch->run(context, pick, false));
    std::vector<Column> columns;
    for (uint32_t column : columns_) {
      if (keys_.map[column] != no_column) {
        columns.push_back(found[keys_.map[column]]);
      } else {
        columns.push_back(CO_TRY(pick.column(others_.map[column])));
      }
    }
    for (uint32_t first = 0; first < count; first += batch_rows) {
      co_await RoomFor{stage, 0};
      Batch batch;
      batch.length = std::min(batch_rows, count - first);
      batch.selection = Selection::all(batch.length);
      batch.sequence = first / batch_rows;
      for (const Column& column : columns) {
        batch.columns.push_back(CO_TRY(slice(column, first, batch.length, context.budget)));
      }
      if (CO_TRY(stage.consume(batch)) == Flow::Done) break;
    }
    co_return stage.end_morsel(0);
  }

 private:
  // The winners as one column each.
  static Result<std::vector<Column>> join(QueryContext& context, std::vector<Batch>& batches) {
    std::vector<Column> columns;
    const size_t width = batches.empty() ? 0 : batches[0].columns.size();
    for (size_t i = 0; i < width; ++i) {
      std::vector<Column> parts;
      for (Batch& batch : batches) {
        parts.push_back(TRY(gather(batch.columns[i], batch.selection, context.budget)));
      }
      columns.push_back(TRY(concatenate(parts, context.budget)));
    }
    return columns;
  }

  void sort_rows(const std::vector<Column>& found) {
    const ColumnView files(found[keys_.file]), numbers(found[keys_.row]);
    const uint32_t count = found[0].length();
    std::vector<FileRow> rows(count);
    slots_.resize(count);
    for (uint32_t i = 0; i < count; ++i) {
      rows[i] = {files.get<uint64_t>(i), static_cast<uint64_t>(numbers.get<int64_t>(i))};
      slots_[i] = i;
    }
    std::sort(slots_.begin(), slots_.end(),
              [&](uint32_t a, uint32_t b) { return rows[a] < rows[b]; });
    rows_.clear();
    for (uint32_t slot : slots_) rows_.push_back(rows[slot]);
  }

  const PlanNode& scan_;
  Schema schema_;
  std::vector<uint32_t> columns_;  // of the scan, by column of the result
  PartialScan keys_, others_;
  std::vector<SortKey> sort_keys_;
  BatchSourcePtr winners_;
  std::vector<FileRow> rows_;    // of the winners, sorted
  std::vector<uint32_t> slots_;  // the place of each in the result
};

// What is read first, where two steps pay.
struct Choice {
  Below below;
  std::vector<bool> keys;  // by column of the scan
};
std::optional<Choice> choose(const PlanNode& node) {
  if (node.sort_keys.empty() || !node.limit || *node.limit == 0) return std::nullopt;
  const uint64_t rows = *node.limit + node.offset;
  std::optional<Below> below = look_below(node);
  if (rows > most_rows || !below) return std::nullopt;
  const PlanNode& scan = *below->scan;
  const auto& table = static_cast<const ParquetScanTable&>(*scan.table);
  if (find_origin(table, ColumnOrigin::FileIndex) == no_column ||
      find_origin(table, ColumnOrigin::RowNumber) == no_column) {
    return std::nullopt;
  }
  std::vector<bool> keys(scan.columns.size());
  for (const ExpressionPtr& filter : scan.filters) {
    for_each_column(static_cast<const Expression&>(*filter),
                    [&](const Expression& column) { keys[column.index] = true; });
  }
  for (const SortKey& key : node.sort_keys) {
    for_each_column(static_cast<const Expression&>(*key.expression),
                    [&](const Expression& column) { keys[below->columns[column.index]] = true; });
  }
  const std::optional<Size> size = measure(scan, keys);
  if (!size || size->others < size->gap || size->others < size->wanted / 4 ||
      rows > size->rows / 16) {
    return std::nullopt;
  }
  // Whole chunks of a few row groups: the scan reads no more of them than the rows would need.
  if (!size->has_pages && size->row_groups < rows * 4) return std::nullopt;
  return Choice{std::move(*below), std::move(keys)};
}

}  // namespace

BatchSourcePtr make_late_top_n_source(QueryContext& context, const PlanNode& node,
                                      OperatorStatistics* statistics) {
  if (!context.late_materialization) return nullptr;
  std::optional<Choice> choice = choose(node);
  if (!choice) return nullptr;
  return std::make_unique<LateTopNSource>(context, node, std::move(choice->below), choice->keys,
                                          statistics);
}

void mark_late_top_n(PlanNode& plan) {
  for (const PlanPtr& child : plan.children) mark_late_top_n(*child);
  const std::optional<Choice> choice = plan.kind == PlanKind::TopN ? choose(plan) : std::nullopt;
  for (uint32_t i = 0; choice && i < plan.output.size(); ++i) {
    if (!choice->keys[choice->below.columns[i]]) plan.late_columns.push_back(i);
  }
}

}  // namespace whittle
