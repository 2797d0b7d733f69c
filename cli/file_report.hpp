// FileReport: what `inspect` says about a Parquet file, gathered from its footer (and, when asked,
// its page index), before it becomes text or JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "library/implementation.hpp"
#include "parquet/page_index.hpp"

namespace whittle::cli {

/// One leaf over all row groups.
struct ColumnReport {
  std::string path, sql_type;
  std::string codec;      // "ZSTD", or "SNAPPY, ZSTD" where row groups differ
  std::string encodings;  // likewise
  uint64_t compressed = 0, uncompressed = 0, values = 0;
  std::optional<uint64_t> nulls;          // nothing unless every row group says
  std::optional<Value> minimum, maximum;  // likewise; strings may be shortened bounds
  uint32_t offsets = 0, indexed = 0,
           filtered = 0;  // row groups with page offsets, with their bounds, with a bloom filter
};

struct PageReport {
  uint32_t row_group, leaf;
  size_t page;
  uint64_t first_row, rows, bytes;
  parquet::ColumnBounds bounds;
  bool has_bounds = false;
};

struct FileReport {
  parquet::ParquetFileRef file;
  std::string name;
  std::vector<ColumnReport> columns;
  std::vector<PageReport> pages;
  uint64_t bytes_fetched = 0, requests = 0;
  double seconds = 0;

  const parquet::FileMetadata& metadata() const { return file->metadata; }
};

/// Opens the file: one request as a rule, more for --pages or a very long footer.
Task<Result<FileReport>> report_file(Engine& engine, std::shared_ptr<StatementIo> io,
                                     std::string url, bool with_pages);

uint64_t compressed_size(const parquet::RowGroup& group);

/// For people. `width` 0: unlimited.
std::string report_as_text(const FileReport& report, uint32_t width, bool color);
std::string report_as_json(const FileReport& report);

}  // namespace whittle::cli
