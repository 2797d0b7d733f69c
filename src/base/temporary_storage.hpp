// Temporary storage as an interface: where sorts and aggregations put what the budget cannot hold.
//
// Native: files in a directory of this process (host/temporary_files). wasm: absent, so operators
// fail with BudgetExceeded instead. Synchronous: spilled bytes are written and read by the worker
// itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/result.hpp"

namespace whittle {

/// One growing file; it vanishes with the object. One writer at a time; after the last append any
/// number of threads may read.
class SpillFile {
 public:
  virtual ~SpillFile() = default;
  /// Writes at the end; the offset where the bytes begin.
  virtual Result<uint64_t> append(std::span<const std::byte> bytes) = 0;
  /// Fills `into` completely or fails.
  virtual Status read(uint64_t offset, std::span<std::byte> into) = 0;
  virtual uint64_t size() const = 0;
};

class TemporaryStorage {
 public:
  virtual ~TemporaryStorage() = default;
  /// Any thread.
  virtual Result<std::unique_ptr<SpillFile>> create() = 0;
  /// Bytes in living spill files, for statistics.
  virtual uint64_t bytes_used() const = 0;
};

}  // namespace whittle
