// Opening a Parquet file: from a Source to checked metadata and schema, in one request nearly
// always.
//
// The end of the file comes with the open (io's default_tail_size: 64 KiB … 512 KiB, whole files
// under 1 MiB); only a footer longer than that costs a second, exact read. A ParquetFile is
// immutable and may be shared by statements and threads for as long as the source's identity holds.
// It keeps a copy of the footer's bytes, not the tail; its memory is charged to the budget of the
// session that opened it, which therefore must outlive it (the Database's does).
#pragma once

#include <memory>

#include "io/source.hpp"
#include "parquet/metadata.hpp"
#include "parquet/schema.hpp"

namespace whittle::parquet {

struct ParquetFile {
  SourceRef source;
  FileMetadata metadata;
  ParquetSchema schema;
  uint32_t footer_size = 0;  // Thrift bytes, without length and magic

  const std::string& name() const { return source->name(); }
  uint64_t row_count() const { return metadata.row_count; }
  const SchemaElement& element(uint32_t leaf) const {
    return metadata.schema[schema.leaves[leaf].element_index];
  }
  /// "row group 3, column 'a.b'": what an error about a chunk is `in`.
  std::string where(size_t row_group, uint32_t leaf) const;
};
using ParquetFileRef = std::shared_ptr<const ParquetFile>;

/// `opened->tail` is used and, when the open gave none, filled: hand `*opened` to a RangeReader
/// afterwards so that small files and page indexes are not read twice. `opened` stays valid until
/// the task ends. Errors name the file: Corrupt (empty, not Parquet, truncated, contradictory),
/// Encrypted, Unsupported, BudgetExceeded, and what reading gives.
Task<Result<ParquetFileRef>> open_parquet(OpenedSource* opened, IoSessionRef session,
                                          SchemaOptions options = {});

}  // namespace whittle::parquet
