#include "parquet/column_reader.hpp"

#include <algorithm>
#include <string>

#include "parquet/nested_assembly.hpp"
#include "parquet/variant.hpp"

namespace whittle::parquet {

namespace {

// Windows small enough that four of them (two under way, one being read, one page joined across an
// edge) stay inside the share, large enough to be worth a request.
constexpr uint64_t smallest_window = 256 << 10;

uint64_t window_size(uint64_t share) {
  return std::max(share / 4, smallest_window);
}

struct LeafOf {
  const SchemaNode* node;
  uint16_t slot_level;
};

void collect_leaves(const SchemaNode& node, uint16_t slot_level, std::vector<LeafOf>& leaves) {
  if (node.is_leaf()) leaves.push_back({&node, slot_level});
  const bool repeated = node.kind == NodeKind::List || node.kind == NodeKind::Map;
  for (const SchemaNode& child : node.children) {
    collect_leaves(child, repeated ? node.element_level : slot_level, leaves);
  }
}

}  // namespace

struct ColumnReader::Implementation {
  RangeReader& reader;
  SchemaNode node;
  uint64_t row_count = 0;
  uint64_t row = 0;
  bool flat = false;
  std::string context;  // of error messages
  std::unique_ptr<Decompressor> own_decompressor;
  std::vector<std::unique_ptr<LeafReader>> leaves;
  std::vector<LevelList> levels;
  std::vector<bool> windowed;
  uint64_t planned_bytes = 0, working_bytes = 0;

  template <class T>
  Result<T> explain(Result<T> result) const {
    if (!result) return fail(std::move(result).error().in(context));
    return result;
  }
  Result<Column> read_nested(uint32_t rows);
};

ColumnReader::ColumnReader(std::unique_ptr<Implementation> implementation)
    : self_(std::move(implementation)) {}
ColumnReader::ColumnReader(ColumnReader&&) noexcept = default;
ColumnReader& ColumnReader::operator=(ColumnReader&&) noexcept = default;
ColumnReader::~ColumnReader() = default;

Result<ColumnReader> ColumnReader::make(RangeReader& reader, const FileMetadata& metadata,
                                        uint32_t row_group, const SchemaNode& node,
                                        const ColumnReadOptions& options) {
  const RowGroup& group = metadata.row_groups[row_group];
  auto self = std::unique_ptr<Implementation>(new Implementation{.reader = reader, .node = node});
  self->row_count = group.row_count;
  self->flat = node.is_leaf() && node.repetition_level == 0 && node.definition_level <= 1;
  self->context = "column '" + node.name + "', row group " + std::to_string(row_group);
  Decompressor* decompressor = options.decompressor;
  if (!decompressor) {
    self->own_decompressor = std::make_unique<Decompressor>(reader.session().budget);
    decompressor = self->own_decompressor.get();
  }
  const RowRanges all = RowRanges::all(group.row_count);
  const RowRanges& wanted = options.wanted ? *options.wanted : all;
  const bool short_sizes = chunk_sizes_are_short(metadata.created_by);

  std::vector<LeafOf> leaves;
  collect_leaves(self->node, 0, leaves);
  if (leaves.empty())
    return self->explain<ColumnReader>(fail(ErrorCode::Unsupported, "it has no values"));
  const uint64_t share = options.memory_share / leaves.size();
  for (size_t i = 0; i < leaves.size(); ++i) {
    const SchemaNode& leaf = *leaves[i].node;
    const ColumnChunk& chunk = group.columns[leaf.first_leaf];
    LeafSetup setup;
    setup.leaf = leaf.first_leaf;
    setup.conversion =
        TRY(self->explain(choose_conversion(metadata.schema[leaf.element_index], leaf.type)));
    setup.max_repetition = leaf.repetition_level;
    setup.max_definition = leaf.definition_level;
    setup.slot_level = leaves[i].slot_level;
    setup.allow_dictionary = self->flat && options.allow_dictionary;
    if (setup.max_definition > 255 || setup.max_repetition > 255) {
      return self->explain<ColumnReader>(fail(ErrorCode::Unsupported, "it is nested too deeply"));
    }
    const OffsetIndex* index =
        i < options.offset_indexes.size() ? options.offset_indexes[i] : nullptr;
    LeafPlan plan = TRY(self->explain(plan_leaf(chunk, group.row_count, index, wanted, reader.gap(),
                                                metadata.file_size, short_sizes)));
    PageQueueOptions pages;
    pages.codec = chunk.codec;
    pages.max_repetition = setup.max_repetition;
    pages.max_definition = setup.max_definition;
    pages.row_count = group.row_count;
    pages.value_count = chunk.value_count;
    pages.window = plan.bytes > share ? window_size(share) : 0;
    pages.verify_crc = options.verify_crc;
    self->planned_bytes += plan.bytes;
    self->working_bytes += pages.window ? std::min(plan.bytes, share) : plan.bytes;
    if (chunk.codec != Codec::Uncompressed) {
      self->working_bytes +=
          std::min(chunk.total_uncompressed_size, usual_page_size(metadata.created_by));
    }
    self->windowed.push_back(pages.window != 0);
    self->leaves.push_back(std::make_unique<LeafReader>(reader, std::move(setup), std::move(plan),
                                                        pages, *decompressor));
    self->levels.emplace_back(reader.session().budget);
  }
  return ColumnReader(std::move(self));
}

const Type& ColumnReader::type() const {
  return self_->node.type;
}
uint64_t ColumnReader::row() const {
  return self_->row;
}
uint64_t ColumnReader::row_count() const {
  return self_->row_count;
}
uint64_t ColumnReader::planned_bytes() const {
  return self_->planned_bytes;
}

uint64_t ColumnReader::working_bytes() const {
  return self_->working_bytes;
}

uint64_t ColumnReader::pages_seen() const {
  uint64_t pages = 0;
  for (const auto& leaf : self_->leaves) pages += leaf->pages().pages_seen();
  return pages;
}
uint64_t ColumnReader::pages_inflated() const {
  uint64_t pages = 0;
  for (const auto& leaf : self_->leaves) pages += leaf->pages().pages_inflated();
  return pages;
}

void ColumnReader::append_ranges(std::vector<ByteRange>& ranges) const {
  for (size_t i = 0; i < self_->leaves.size(); ++i) {
    if (self_->windowed[i]) continue;
    for (const PlannedSegment& segment : self_->leaves[i]->pages().plan().segments) {
      ranges.push_back(segment.range);
    }
  }
}

void ColumnReader::attach(const std::shared_ptr<RangeSet>& set, size_t first) {
  for (size_t i = 0; i < self_->leaves.size(); ++i) {
    if (self_->windowed[i]) continue;
    PageQueue& pages = self_->leaves[i]->pages();
    pages.bytes().attach({set, first});
    first += pages.plan().segments.size();
  }
}

void ColumnReader::start() {
  for (auto& leaf : self_->leaves) leaf->pages().bytes().start();
}

bool ColumnReader::ready(uint64_t rows) const {
  const uint64_t end = std::min(self_->row_count, self_->row + rows);
  return std::all_of(self_->leaves.begin(), self_->leaves.end(),
                     [&](const auto& leaf) { return leaf->pages().is_prepared(end); });
}

uint64_t ColumnReader::refused_bytes() const {
  uint64_t bytes = 0;
  for (const auto& leaf : self_->leaves) bytes = std::max(bytes, leaf->pages().refused_bytes());
  return bytes;
}

uint64_t ColumnReader::bytes_to_inflate(uint64_t rows) const {
  const uint64_t end = std::min(self_->row_count, self_->row + rows);
  uint64_t bytes = 0;
  for (const auto& leaf : self_->leaves) bytes += leaf->pages().bytes_to_inflate(end);
  return bytes;
}

uint64_t ColumnReader::end_of_large_page(uint64_t row, uint64_t size) const {
  uint64_t end = UINT64_MAX;
  for (const auto& leaf : self_->leaves) {
    end = std::min(end, leaf->pages().end_of_large_page(row, size));
  }
  return end;
}

Task<Status> ColumnReader::prepare(uint64_t rows) {
  const uint64_t end = std::min(self_->row_count, self_->row + std::min(rows, self_->row_count));
  for (auto& leaf : self_->leaves) {
    leaf->release_before(self_->row);
    Status status = co_await leaf->pages().prepare(end);
    if (!status) co_return fail(std::move(status).error().in(self_->context));
  }
  co_return Status();
}

Result<Column> ColumnReader::Implementation::read_nested(uint32_t rows) {
  std::vector<NestedLeaf> parts;
  for (size_t i = 0; i < leaves.size(); ++i) {
    Column values = TRY(leaves[i]->read_nested(row, rows, levels[i]));
    parts.push_back({std::move(values), &levels[i]});
  }
  Column column = TRY(NestedAssembler(reader.session().budget, parts).build(node, rows));
  if (contains_variant(node)) return render_variants(reader.session().budget, node, column);
  return column;
}

Result<Column> ColumnReader::read(uint32_t rows) {
  if (rows > self_->row_count - self_->row) {
    return self_->explain<Column>(fail(ErrorCode::Internal, "read beyond the row group's end"));
  }
  Result<Column> column =
      self_->flat ? self_->leaves[0]->read_flat(self_->row, rows) : self_->read_nested(rows);
  if (column) self_->row += rows;
  return self_->explain(std::move(column));
}

Result<Column> ColumnReader::read_selected(uint32_t span, std::span<const uint32_t> rows) {
  if (rows.empty() || rows.size() == span) {
    if (!rows.empty()) return read(span);
    TRY(skip(span));
    return Column::flat(self_->reader.session().budget, type(), 0);
  }
  if (span > self_->row_count - self_->row || rows.back() >= span) {
    return self_->explain<Column>(fail(ErrorCode::Internal, "selected beyond the span"));
  }
  if (self_->flat) {
    Result<Column> column = self_->leaves[0]->read_flat_rows(self_->row, rows);
    if (column) self_->row += span;
    return self_->explain(std::move(column));
  }
  // Nested: from the first to the last row that is wanted.
  const uint32_t first = rows.front();
  const uint64_t end = self_->row + span;
  self_->row += first;
  Column all = TRY(read(rows.back() - first + 1));
  self_->row = end;
  BufferRef places = Buffer::charge(self_->reader.session().budget, rows.size() * 4);
  for (size_t i = 0; i < rows.size(); ++i) places->as<uint32_t>()[i] = rows[i] - first;
  return pick_rows(self_->reader.session().budget, all, {places->as<uint32_t>(), rows.size()});
}

Status ColumnReader::skip(uint64_t rows) {
  if (rows > self_->row_count - self_->row) {
    return fail(ErrorCode::Internal, "skipped beyond the row group's end");
  }
  self_->row += rows;
  return {};
}

}  // namespace whittle::parquet
