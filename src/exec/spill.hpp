// Spilling rows: partitions of encoded rows (row_codec.hpp) in one temporary file.
//
// Each partition collects rows in a small buffer and appends it to the file as a chunk when full;
// chunks of a partition are read back one by one. One writer at a time; readers after `flush` from
// any thread. Memory: the buffers, drawn from the working set (bounded by the number of
// partitions and by a small share of the limit).
#pragma once

#include <memory>

#include "exec/pipeline.hpp"
#include "exec/row_codec.hpp"

namespace whittle {

class SpillPartitions {
 public:
  SpillPartitions(QueryContext& context, uint32_t partitions);
  ~SpillPartitions() { context_.budget.release(buffered_); }
  SpillPartitions(const SpillPartitions&) = delete;

  /// A kind of row: rows of different kinds never share a chunk.
  struct Chunk {
    uint64_t offset;
    uint32_t size, rows, kind;
  };

  Status add(uint32_t partition, uint32_t kind, std::span<const ColumnView> row_of, uint32_t row);
  Status flush();
  const std::vector<Chunk>& chunks(uint32_t partition) const { return parts_[partition].chunks; }
  bool empty() const { return bytes_ == 0; }
  /// In the file, of one partition.
  uint64_t bytes(uint32_t partition) const;
  uint64_t bytes() const { return bytes_; }
  Result<BufferRef> read(const Chunk& chunk) const;

 private:
  struct Part {
    RowBytes buffer;
    uint32_t rows = 0, kind = 0;
    std::vector<Chunk> chunks;
  };
  Status write(Part& part);

  QueryContext& context_;
  const size_t chunk_bytes_;
  std::unique_ptr<SpillFile> file_;
  std::vector<Part> parts_;
  uint64_t bytes_ = 0;
  uint64_t buffered_ = 0;  // capacity of all buffers, charged: each is a chunk and a row at most
};

/// The error of an operator that cannot go on in memory and has nowhere to spill to.
Error budget_exceeded(QueryContext& context, std::string_view what);

}  // namespace whittle
