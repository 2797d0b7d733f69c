// Reads Parquet files of the tests completely, through the same readers the scan uses, in one
// thread.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "columnar/value.hpp"
#include "io/backends/memory.hpp"
#include "parquet/column_reader.hpp"
#include "parquet/footer.hpp"
#include "unit/io/simulation.hpp"

namespace whittle::parquet::testing {

inline bool read_whole_file(const std::string& path, std::string& content) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return false;
  char chunk[65536];
  for (size_t n; (n = std::fread(chunk, 1, sizeof(chunk), file)) > 0;) content.append(chunk, n);
  std::fclose(file);
  return true;
}

/// A file in memory, opened.
struct OpenFile {
  explicit OpenFile(uint64_t limit = uint64_t{4} << 30) : budget(limit) {
    session = std::make_shared<IoSession>(world, world, budget, cancellation);
  }
  OpenFile(const OpenFile&) = delete;

  Status open(std::string_view content) {
    BufferRef buffer = TRY(Buffer::reserve(budget, content.size(), "test file"));
    std::memcpy(buffer->data(), content.data(), content.size());
    BufferSlice bytes{buffer, buffer->data(), content.size()};
    opened.source = make_memory_source(
        "test", {.etag = "", .last_modified = "", .size = content.size()}, bytes);
    file = TRY(world.wait(open_parquet(&opened, session)));
    reader = std::make_unique<RangeReader>(opened.source, session);
    return {};
  }

  whittle::testing::World world;
  MemoryBudget budget;
  CancellationToken cancellation;
  IoSessionRef session;
  OpenedSource opened;
  ParquetFileRef file;
  std::unique_ptr<RangeReader> reader;
};

/// Calls f(column, row group, batch) for all batches of one column.
template <class F>
Status read_column(OpenFile& open, uint32_t column, const ColumnReadOptions& options,
                   uint32_t batch, F&& f) {
  const FileMetadata& metadata = open.file->metadata;
  for (uint32_t g = 0; g < metadata.row_groups.size(); ++g) {
    ColumnReader reader = TRY(
        ColumnReader::make(*open.reader, metadata, g, open.file->schema.columns[column], options));
    reader.start();
    for (uint64_t left = reader.row_count(); left > 0;) {
      const auto rows = static_cast<uint32_t>(std::min<uint64_t>(left, batch));
      TRY(open.world.wait(reader.prepare(rows)));
      f(TRY(reader.read(rows)));
      left -= rows;
    }
  }
  return {};
}

/// All values of a column as DuckDB's VARCHAR cast would print them.
inline Result<std::vector<std::string>> column_text(OpenFile& open, uint32_t column,
                                                    const ColumnReadOptions& options = {},
                                                    uint32_t batch = batch_rows) {
  std::vector<std::string> text;
  TRY(read_column(open, column, options, batch, [&](const Column& values) {
    for (uint32_t i = 0; i < values.length(); ++i) {
      text.push_back(Value::from_column(values, i).to_string());
    }
  }));
  return text;
}

}  // namespace whittle::parquet::testing
