// ArrowIpcWriter: batches as an Arrow IPC stream or file
// (arrow.apache.org/docs/format/Columnar.html, "Serialization and Interprocess Communication"). For
// `--format arrow` and for JavaScript, where Flechette reads the stream.
//
// No compression and no dictionaries: the reader may use the buffers in place. Holds one batch in
// Arrow's layout at a time, charged to the budget; file blocks are 24 bytes a batch. One thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "columnar/arrow_layout.hpp"

namespace whittle {

enum class IpcFormat : uint8_t { Stream, File };

class ArrowIpcWriter {
 public:
  /// Takes the bytes in order; they are valid during the call only.
  using Sink = std::function<Status(std::span<const std::byte>)>;

  ArrowIpcWriter(Schema schema, IpcFormat format, ArrowOptions options, MemoryBudget& budget,
                 Sink sink);

  /// The schema; call first.
  Status begin();
  /// The selected rows of the batch, whose columns have the schema's types.
  Status write(const Batch& batch);
  /// End mark and, for files, the footer.
  Status finish();

 private:
  struct Block {
    int64_t offset;
    int32_t metadata_length;
    int32_t padding;
    int64_t body_length;
  };
  Status put(const void* data, size_t size);
  Status put_padding(size_t size);
  Status put_message(const std::string& message);
  Status put_footer();

  Schema schema_;
  IpcFormat format_;
  ArrowOptions options_;
  MemoryBudget& budget_;
  Sink sink_;
  uint64_t offset_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace whittle
