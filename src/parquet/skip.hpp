// Skipping of row groups: what a predicate can be on the rows of one, by statistics, bloom filters
// and dictionaries. Pages follow in page_index.hpp.
//
// All of it takes predicates that are bound to the file (columns are leaves).
#pragma once

#include "parquet/bloom_filter.hpp"
#include "parquet/codec.hpp"
#include "parquet/footer.hpp"
#include "parquet/predicate.hpp"

namespace whittle::parquet {

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

/// Leaves whose small, complete dictionaries could exclude the row group: the predicate asks them
/// for equality, and a miss of all of them would leave no row. Costs nothing, ask before reading.
std::vector<uint32_t> useful_dictionaries(const ParquetFile& file, size_t row_group,
                                          const Predicate& predicate);
/// Where the chunk's dictionary page is; empty when the footer does not say.
ByteRange dictionary_range(const ColumnChunk& chunk);
/// Reads the dictionary pages of `leaves` at once and evaluates again. A dictionary that cannot be
/// read counts as none: what is wrong with it is told when its column is read.
Task<Result<Outcomes>> read_dictionary_outcomes(const ParquetFile& file, RangeReader& reader,
                                                size_t row_group, const Predicate& predicate,
                                                std::vector<uint32_t> leaves,
                                                Decompressor& decompressor);

}  // namespace whittle::parquet
