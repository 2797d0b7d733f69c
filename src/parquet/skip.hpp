// Skipping of row groups: what a predicate can be on the rows of one, by statistics, bloom filters
// and dictionaries. Pages follow in page_index.hpp.
//
// All of it takes predicates that are bound to the file (columns are leaves).
#pragma once

#include "parquet/bloom_filter.hpp"
#include "parquet/footer.hpp"
#include "parquet/predicate.hpp"

namespace whittle::parquet {

/// Each kind of skipping can be turned off, so that tests can show that answers stay the same.
struct SkipOptions {
  bool statistics = true;
  bool page_index = true;
  bool bloom_filters = true;
  bool dictionaries = true;
};

enum class SkippedBy : uint8_t { Nothing, Statistics, PageIndex, BloomFilter, Dictionary };
std::string_view skipped_by_name(SkippedBy by);  // "bloom filters"

/// Bounds of all leaves that the predicate compares. Repeated leaves give none: a row has many of
/// their values.
Evidence row_group_evidence(const ParquetFile& file, size_t row_group, const Predicate& predicate);

/// From the footer alone; no_row_matches() skips the row group, all_rows_match() drops the filter
/// there.
Outcomes row_group_outcomes(const ParquetFile& file, size_t row_group, const Predicate& predicate);

/// Whether any bloom filter of the row group could still exclude it: costs nothing, ask before
/// reading.
bool has_useful_bloom_filter(const ParquetFile& file, size_t row_group, const Predicate& predicate);

/// Reads what is needed of the row group's bloom filters and evaluates again.
Task<Result<Outcomes>> bloom_filter_outcomes(const ParquetFile& file, RangeReader& reader,
                                             size_t row_group, const Predicate& predicate);

/// True when every data page of the chunk is encoded with its dictionary, by the footer's word: the
/// dictionary's values are then all values of the chunk. Give them as ColumnEvidence::dictionary.
bool is_dictionary_complete(const ColumnChunk& chunk);

/// Evaluates with the dictionary of one leaf (decoded, of the leaf's type).
Outcomes dictionary_outcomes(const ParquetFile& file, size_t row_group, const Predicate& predicate,
                             uint32_t leaf, const Column& dictionary);

}  // namespace whittle::parquet
