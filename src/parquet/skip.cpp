#include "parquet/skip.hpp"

#include <algorithm>
#include <list>

#include "parquet/page_index.hpp"

namespace whittle::parquet {

Evidence row_group_evidence(const ParquetFile& file, size_t row_group, const Predicate& predicate) {
  Evidence evidence;
  for (uint32_t leaf : predicate_leaves(predicate)) {
    if (file.schema.leaves[leaf].max_repetition_level > 0) continue;
    evidence.push_back({leaf, chunk_bounds(file, row_group, leaf)});
  }
  const RowGroup& group = file.metadata.row_groups[row_group];
  if (compares_row_number(predicate) && group.row_count > 0) {
    evidence.push_back({row_number_leaf, row_number_bounds(group, {0, group.row_count})});
  }
  return evidence;
}

Outcomes row_group_outcomes(const ParquetFile& file, size_t row_group, const Predicate& predicate) {
  return evaluate(predicate, row_group_evidence(file, row_group, predicate));
}

bool has_useful_bloom_filter(const ParquetFile& file, size_t row_group,
                             const Predicate& predicate) {
  for (uint32_t leaf : predicate_leaves(predicate)) {
    const ColumnChunk& chunk = file.metadata.row_groups[row_group].columns[leaf];
    if (chunk.bloom_filter_offset == 0 || file.schema.leaves[leaf].max_repetition_level > 0)
      continue;
    for (const Value& value : bloom_candidates(predicate, leaf)) {
      if (bloom_hash(file.element(leaf), file.schema.leaves[leaf].type, value)) return true;
    }
  }
  return false;
}

Task<Result<Outcomes>> bloom_filter_outcomes(const ParquetFile& file, RangeReader& reader,
                                             size_t row_group, const Predicate& predicate) {
  Evidence evidence = row_group_evidence(file, row_group, predicate);
  std::list<BloomFilter> filters;  // evidence points into it
  for (ColumnEvidence& column : evidence) {
    if (column.leaf == row_number_leaf) continue;
    std::vector<Value> values = bloom_candidates(predicate, column.leaf);
    std::optional<BloomFilter> filter =
        CO_TRY(co_await read_bloom_filter(file, reader, row_group, column.leaf, std::move(values)));
    if (!filter) continue;
    filters.push_back(std::move(*filter));
    column.bloom_filter = &filters.back();
  }
  co_return evaluate(predicate, evidence);
}

bool is_dictionary_complete(const ColumnChunk& chunk) {
  if (chunk.dictionary_use != DictionaryUse::Unknown)
    return chunk.dictionary_use == DictionaryUse::AllPages;
  // Writers of format 1 list PLAIN_DICTIONARY for data and dictionary alike, and PLAIN as soon as
  // one page fell back to it. RLE_DICTIONARY comes with a dictionary listed as PLAIN, so it proves
  // nothing.
  if (chunk.encodings.has_unknown()) return false;
  bool dictionary = false;
  for (uint32_t i = 0; i < chunk.encodings.size(); ++i) {
    const PageEncoding encoding = chunk.encodings[i];
    dictionary |= encoding == PageEncoding::PlainDictionary;
    if (encoding != PageEncoding::PlainDictionary && encoding != PageEncoding::Rle &&
        encoding != PageEncoding::BitPacked)
      return false;
  }
  return dictionary;
}

Outcomes dictionary_outcomes(const ParquetFile& file, size_t row_group, const Predicate& predicate,
                             uint32_t leaf, const Column& dictionary) {
  Evidence evidence = row_group_evidence(file, row_group, predicate);
  for (ColumnEvidence& column : evidence) {
    if (column.leaf == leaf) column.dictionary = &dictionary;
  }
  return evaluate(predicate, evidence);
}

}  // namespace whittle::parquet
