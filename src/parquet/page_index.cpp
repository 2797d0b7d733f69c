#include "parquet/page_index.hpp"

#include <algorithm>

namespace whittle::parquet {

namespace {

// As Outcomes, for each row: rows where the predicate can be TRUE, FALSE, NULL. Every row is in at
// least one of the sets.
struct OutcomeRows {
  RowRanges can_be_true, can_be_false, can_be_null;
};

OutcomeRows negate(OutcomeRows rows) {
  std::swap(rows.can_be_true, rows.can_be_false);
  return rows;
}

OutcomeRows both(const OutcomeRows& a, const OutcomeRows& b) {
  OutcomeRows out;
  out.can_be_true = intersect(a.can_be_true, b.can_be_true);
  out.can_be_false = unite(a.can_be_false, b.can_be_false);
  out.can_be_null = unite(intersect(a.can_be_null, unite(b.can_be_null, b.can_be_true)),
                          intersect(a.can_be_true, b.can_be_null));
  return out;
}

OutcomeRows everywhere(Outcomes outcomes, uint64_t row_count) {
  const RowRanges all = RowRanges::all(row_count);
  OutcomeRows rows;
  if (outcomes.can_be_true) rows.can_be_true = all;
  if (outcomes.can_be_false) rows.can_be_false = all;
  if (outcomes.can_be_null) rows.can_be_null = all;
  return rows;
}

class PagePruner {
 public:
  PagePruner(const ParquetFile& file, size_t row_group, const PageIndexes& indexes)
      : file_(file),
        row_group_(row_group),
        indexes_(indexes),
        row_count_(file.metadata.row_groups[row_group].row_count) {}

  OutcomeRows rows(const Predicate& predicate) const {
    switch (predicate.kind) {
      case PredicateKind::Not:
        return negate(rows(predicate.children[0]));
      case PredicateKind::And:
      case PredicateKind::Or: {
        const bool is_or = predicate.kind == PredicateKind::Or;
        OutcomeRows all = everywhere(Outcomes::always(true), row_count_);
        for (const Predicate& child : predicate.children)
          all = both(all, is_or ? negate(rows(child)) : rows(child));
        return is_or ? negate(std::move(all)) : all;
      }
      case PredicateKind::Unknown:
      case PredicateKind::Constant:
        return everywhere(evaluate(predicate, Evidence{}), row_count_);
      default:
        return comparison(predicate);
    }
  }

 private:
  // The constants cut the row group into runs of rows that have the same outcome.
  OutcomeRows row_numbers(const Predicate& predicate) const {
    const RowGroup& group = file_.metadata.row_groups[row_group_];
    std::vector<uint64_t> cuts{0, row_count_};
    for (const Value& value : predicate.values) {
      if (value.is_null() || !value.type().is_integer()) continue;
      const int128_t row = value.as_integer() - static_cast<int128_t>(group.first_row);
      for (int128_t cut : {row, row + 1}) {
        if (cut > 0 && cut < static_cast<int128_t>(row_count_))
          cuts.push_back(static_cast<uint64_t>(cut));
      }
    }
    std::sort(cuts.begin(), cuts.end());
    OutcomeRows out;
    for (size_t i = 0; i + 1 < cuts.size(); ++i) {
      const RowRange range{cuts[i], cuts[i + 1]};
      if (range.count() == 0) continue;
      add(out, range,
          evaluate(predicate, ColumnEvidence{row_number_leaf, row_number_bounds(group, range)}));
    }
    return out;
  }

  static void add(OutcomeRows& out, RowRange range, Outcomes outcomes) {
    if (outcomes.can_be_true) out.can_be_true.append(range);
    if (outcomes.can_be_false) out.can_be_false.append(range);
    if (outcomes.can_be_null) out.can_be_null.append(range);
  }

  OutcomeRows comparison(const Predicate& predicate) const {
    const uint32_t leaf = predicate.column;
    if (leaf == row_number_leaf) return row_numbers(predicate);
    if (file_.schema.leaves[leaf].max_repetition_level > 0)
      return everywhere(Outcomes{}, row_count_);
    const ChunkPageIndex* index = indexes_.find(leaf);
    if (!index || !index->bounds) {
      const Evidence chunk{{leaf, chunk_bounds(file_, row_group_, leaf)}};
      return everywhere(evaluate(predicate, chunk), row_count_);
    }
    OutcomeRows out;
    for (size_t page = 0; page < index->offsets.pages.size(); ++page) {
      const RowRange range = index->rows_of(page, row_count_);
      if (range.count() == 0) continue;
      const Outcomes outcomes = evaluate(
          predicate,
          ColumnEvidence{leaf, page_bounds(file_, leaf, *index->bounds, page, range.count())});
      add(out, range, outcomes);
    }
    return out;
  }

  const ParquetFile& file_;
  size_t row_group_;
  const PageIndexes& indexes_;
  uint64_t row_count_;
};

// An offset index that does not agree with its chunk is not used.
std::optional<OffsetIndex> checked_offsets(BufferSlice bytes, const ColumnChunk& chunk,
                                           uint64_t row_count, uint64_t file_size) {
  Result<OffsetIndex> index = decode_offset_index(bytes.bytes(), row_count, file_size);
  if (!index || index->pages.empty()) return std::nullopt;
  const ByteRange whole = chunk.byte_range();
  for (const PageLocation& page : index->pages) {
    if (!whole.contains(page.range()) || page.compressed_size == 0) return std::nullopt;
  }
  return std::move(*index);
}

// What decoded indexes take beside their bytes.
uint64_t memory_of(const ChunkPageIndex& index) {
  uint64_t bytes = sizeof(index) + index.offsets.pages.size() * sizeof(PageLocation);
  if (index.bounds)
    bytes += index.bounds->page_count() * (2 * sizeof(std::string_view) + sizeof(int64_t) + 1);
  return bytes;
}

bool contains(const std::vector<uint32_t>& leaves, uint32_t leaf) {
  return std::find(leaves.begin(), leaves.end(), leaf) != leaves.end();
}

}  // namespace

const ChunkPageIndex* PageIndexes::find(uint32_t leaf) const {
  for (const ChunkPageIndex& chunk : chunks) {
    if (chunk.leaf == leaf) return &chunk;
  }
  return nullptr;
}

Task<Result<PageIndexes>> read_page_indexes(const ParquetFile& file, RangeReader& reader,
                                            size_t row_group, std::vector<uint32_t> leaves,
                                            std::vector<uint32_t> bounded) {
  const RowGroup& group = file.metadata.row_groups[row_group];
  PageIndexes out;
  out.memory = Reservation(reader.session().budget, "the page index of a Parquet file");
  std::vector<ByteRange> ranges;
  for (uint32_t leaf : leaves) {
    const ColumnChunk& chunk = group.columns[leaf];
    if (!chunk.has_offset_index()) continue;
    ranges.push_back(chunk.offset_index_range());
    if (chunk.has_column_index() && contains(bounded, leaf))
      ranges.push_back(chunk.column_index_range());
  }
  if (ranges.empty()) co_return out;
  std::vector<BufferSlice> slices = CO_TRY(co_await reader.fetch(std::move(ranges)));
  size_t next = 0;
  for (uint32_t leaf : leaves) {
    const ColumnChunk& chunk = group.columns[leaf];
    if (!chunk.has_offset_index()) continue;
    const BufferSlice offset_bytes = slices[next++];
    BufferSlice bound_bytes;
    const bool wants_bounds = chunk.has_column_index() && contains(bounded, leaf);
    if (wants_bounds) bound_bytes = slices[next++];
    std::optional<OffsetIndex> offsets =
        checked_offsets(offset_bytes, chunk, group.row_count, file.metadata.file_size);
    if (!offsets) continue;
    ChunkPageIndex index{.leaf = leaf, .offsets = std::move(*offsets)};
    if (wants_bounds) {
      Result<ColumnIndex> bounds = decode_column_index(bound_bytes);
      if (bounds && bounds->page_count() == index.offsets.pages.size())
        index.bounds = std::move(*bounds);
    }
    if (!out.memory.try_resize(out.memory.bytes() + memory_of(index))) break;
    out.chunks.push_back(std::move(index));
  }
  co_return out;
}

bool has_useful_page_index(const ParquetFile& file, size_t row_group, const Predicate& predicate) {
  const RowGroup& group = file.metadata.row_groups[row_group];
  for (uint32_t leaf : predicate_leaves(predicate)) {
    const ColumnChunk& chunk = group.columns[leaf];
    if (chunk.has_offset_index() && chunk.has_column_index() &&
        file.schema.leaves[leaf].max_repetition_level == 0)
      return true;
  }
  return false;
}

ColumnBounds row_number_bounds(const RowGroup& group, RowRange rows) {
  ColumnBounds bounds;
  bounds.type = TypeId::BigInt;
  bounds.min = Value::integer(TypeId::BigInt, static_cast<int128_t>(group.first_row + rows.begin));
  bounds.max =
      Value::integer(TypeId::BigInt, static_cast<int128_t>(group.first_row + rows.end) - 1);
  bounds.null_count = 0;
  bounds.value_count = rows.count();
  return bounds;
}

RowRanges prune_pages(const ParquetFile& file, size_t row_group, const Predicate& predicate,
                      const PageIndexes& indexes) {
  return PagePruner(file, row_group, indexes).rows(predicate).can_be_true;
}

}  // namespace whittle::parquet
