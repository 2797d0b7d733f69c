#include "file_report.hpp"

#include <algorithm>

#include "parquet/statistics.hpp"

namespace whittle::cli {

namespace {

using parquet::ColumnChunk;

void add_name(std::string& list, std::string_view name) {
  if (list.empty()) {
    list = name;
  } else if ((", " + list + ", ").find(", " + std::string(name) + ", ") == std::string::npos) {
    list += ", " + std::string(name);
  }
}

// Widens `bound` by another row group's; one group without a bound leaves the column without.
void merge(std::optional<Value>& bound, const std::optional<Value>& other, bool maximum) {
  if (!bound || !other) {
    bound.reset();
  } else if (maximum ? compare(*other, *bound) > 0 : compare(*other, *bound) < 0) {
    bound = other;
  }
}

ColumnReport report_column(const parquet::ParquetFile& file, uint32_t leaf) {
  ColumnReport report;
  report.path = file.schema.leaves[leaf].path;
  report.sql_type = file.schema.leaves[leaf].type.to_string();
  report.nulls = 0;
  bool first = true;
  for (size_t g = 0; g < file.metadata.row_groups.size(); ++g) {
    const ColumnChunk& chunk = file.metadata.row_groups[g].columns[leaf];
    add_name(report.codec, parquet::codec_name(chunk.codec));
    for (uint32_t i = 0; i < chunk.encodings.size(); ++i) {
      add_name(report.encodings, parquet::encoding_name(chunk.encodings[i]));
    }
    report.compressed += chunk.total_compressed_size;
    report.uncompressed += chunk.total_uncompressed_size;
    report.values += chunk.value_count;
    report.offsets += chunk.has_offset_index() ? 1 : 0;
    report.indexed += chunk.has_offset_index() && chunk.has_column_index() ? 1 : 0;
    report.filtered += chunk.bloom_filter_offset > 0 ? 1 : 0;
    if (chunk.statistics.null_count < 0) {
      report.nulls.reset();
    } else if (report.nulls) {
      *report.nulls += static_cast<uint64_t>(chunk.statistics.null_count);
    }
    const parquet::ColumnBounds bounds = parquet::chunk_bounds(file, g, leaf);
    if (bounds.all_null()) continue;
    if (first) {
      report.minimum = bounds.min;
      report.maximum = bounds.max;
      first = false;
    } else {
      merge(report.minimum, bounds.min, false);
      merge(report.maximum, bounds.max, true);
    }
  }
  return report;
}

Task<Status> add_pages(RangeReader& reader, FileReport& report) {
  const parquet::ParquetFile& file = *report.file;
  std::vector<uint32_t> leaves(file.metadata.leaf_count);
  for (uint32_t i = 0; i < leaves.size(); ++i) leaves[i] = i;
  for (uint32_t g = 0; g < file.metadata.row_groups.size(); ++g) {
    const parquet::PageIndexes indexes =
        CO_TRY(co_await parquet::read_page_indexes(file, reader, g, leaves, leaves));
    const uint64_t row_count = file.metadata.row_groups[g].row_count;
    for (const parquet::ChunkPageIndex& chunk : indexes.chunks) {
      for (size_t p = 0; p < chunk.offsets.pages.size(); ++p) {
        const parquet::RowRange rows = chunk.rows_of(p, row_count);
        PageReport page{g,
                        chunk.leaf,
                        p,
                        rows.begin,
                        rows.end - rows.begin,
                        chunk.offsets.pages[p].compressed_size,
                        {}};
        if (chunk.bounds) {
          page.bounds = parquet::page_bounds(file, chunk.leaf, *chunk.bounds, p, page.rows);
          page.has_bounds = true;
        }
        report.pages.push_back(std::move(page));
      }
    }
  }
  co_return Status{};
}

}  // namespace

uint64_t compressed_size(const parquet::RowGroup& group) {
  uint64_t sum = 0;
  for (const ColumnChunk& chunk : group.columns) sum += chunk.total_compressed_size;
  return sum;
}

Task<Result<FileReport>> report_file(Engine& engine, std::shared_ptr<StatementIo> io,
                                     std::string url, bool with_pages) {
  const uint64_t begin = engine.services().clock.monotonic_nanoseconds();
  IoSessionRef session = StatementIo::session_of(io);
  parquet::OpenedParquet opened = CO_TRY(co_await engine.footers()->open(url, {}, session));
  FileReport report;
  report.file = opened.file;
  report.name = opened.file->name();
  for (uint32_t leaf = 0; leaf < opened.file->metadata.leaf_count; ++leaf) {
    report.columns.push_back(report_column(*opened.file, leaf));
  }
  if (with_pages) {
    RangeReader reader(std::move(opened.opened), session);
    Status status = co_await add_pages(reader, report);
    (void)co_await reader.close();
    if (!status) co_return fail(std::move(status.error()));
  }
  const IoStatistics& statistics = io->session.statistics;
  report.bytes_fetched = statistics.bytes_fetched;
  report.requests = statistics.requests;
  report.seconds =
      static_cast<double>(engine.services().clock.monotonic_nanoseconds() - begin) / 1e9;
  co_return report;
}

}  // namespace whittle::cli
