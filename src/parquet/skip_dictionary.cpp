// Excluding row groups by their dictionaries.
#include <list>

#include "parquet/page_queue.hpp"
#include "parquet/skip.hpp"
#include "parquet/value_builder.hpp"

namespace whittle::parquet {

namespace {

// A dictionary larger than this, or not small against its chunk, costs more than it promises.
constexpr uint64_t largest_page = 1 << 20;
constexpr uint64_t largest_inflated = 4 << 20;
constexpr uint64_t smallest_gain = 4;

// The values of a dictionary page as they lie in the file; nothing when it is no such page.
Result<Ref<Dictionary>> decode_page(const ParquetFile& file, const ColumnChunk& chunk,
                                    uint32_t leaf, const BufferSlice& bytes, MemoryBudget& budget,
                                    Decompressor& decompressor) {
  const std::optional<PageHeader> header = TRY(decode_page_header(bytes.bytes()));
  if (!header || header->kind != PageKind::Dictionary ||
      header->uncompressed_size > largest_inflated ||
      uint64_t{header->header_size} + header->compressed_size > bytes.size) {
    return Ref<Dictionary>();
  }
  QueuedPage page;
  page.header = *header;
  page.body = bytes.part(header->header_size, header->compressed_size);
  const Conversion conversion =
      TRY(choose_conversion(file.element(leaf), file.schema.leaves[leaf].type));
  const BufferSlice inflated = TRY(inflate_page(page, chunk.codec, false, decompressor, budget));
  return decode_dictionary(budget, conversion, inflated, header->value_count);
}

}  // namespace

ByteRange dictionary_range(const ColumnChunk& chunk) {
  const uint64_t begin = chunk.dictionary_page_offset, end = chunk.data_page_offset;
  if (begin == 0 || begin >= end || end - begin >= chunk.total_compressed_size) return {};
  return {begin, end - begin};
}

std::vector<uint32_t> useful_dictionaries(const ParquetFile& file, size_t row_group,
                                          const Predicate& predicate) {
  Evidence evidence = row_group_evidence(file, row_group, predicate);
  const Column none;
  std::vector<uint32_t> leaves;
  for (ColumnEvidence& column : evidence) {
    if (column.leaf == row_number_leaf) continue;
    const ColumnChunk& chunk = file.metadata.row_groups[row_group].columns[column.leaf];
    const ByteRange range = dictionary_range(chunk);
    // What a bloom filter let pass is most likely there.
    if (chunk.bloom_filter_offset != 0 || range.empty() || range.length > largest_page ||
        range.length * smallest_gain > chunk.total_compressed_size ||
        bloom_candidates(predicate, column.leaf).empty() || !is_dictionary_complete(chunk)) {
      continue;
    }
    column.dictionary = &none;
    leaves.push_back(column.leaf);
  }
  // Not even if none of the dictionaries had any of the values?
  if (!leaves.empty() && !evaluate(predicate, evidence).no_row_matches()) leaves.clear();
  return leaves;
}

Task<Result<Outcomes>> read_dictionary_outcomes(const ParquetFile& file, RangeReader& reader,
                                                size_t row_group, const Predicate& predicate,
                                                std::vector<uint32_t> leaves,
                                                Decompressor& decompressor) {
  const RowGroup& group = file.metadata.row_groups[row_group];
  std::vector<ByteRange> ranges;
  for (uint32_t leaf : leaves) ranges.push_back(dictionary_range(group.columns[leaf]));
  const std::vector<BufferSlice> pages = CO_TRY(co_await reader.fetch(std::move(ranges)));
  Evidence evidence = row_group_evidence(file, row_group, predicate);
  std::list<Ref<Dictionary>> dictionaries;  // evidence points into it
  for (size_t i = 0; i < leaves.size(); ++i) {
    Result<Ref<Dictionary>> dictionary = decode_page(
        file, group.columns[leaves[i]], leaves[i], pages[i], reader.session().budget, decompressor);
    if (!dictionary || !*dictionary) continue;
    dictionaries.push_back(std::move(*dictionary));
    for (ColumnEvidence& column : evidence) {
      if (column.leaf == leaves[i]) column.dictionary = &dictionaries.back()->values;
    }
  }
  co_return evaluate(predicate, evidence);
}

}  // namespace whittle::parquet
