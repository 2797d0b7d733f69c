// Files in memory: bytes that the program registered under a name, and whole small files that a
// server sent at the open. Reads are slices, nothing is copied.
//
// The opener is shared by all connections of a Database; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/source.hpp"

namespace whittle {

/// A source whose bytes are all there. `bytes` keeps them alive.
SourceRef make_memory_source(std::string name, SourceIdentity identity, BufferSlice bytes);

/// The registered files; `accepts` says yes for exactly their names. Share one between the registry
/// (through make_memory_opener) and whoever registers.
class MemoryFiles {
 public:
  /// Replaces a file of the same name; statements that opened the old one keep it.
  void add(std::string name, BufferSlice bytes);
  bool remove(std::string_view name);
  bool contains(std::string_view name) const;
  SourceRef open(std::string_view name) const;

 private:
  mutable Mutex mutex_;
  std::vector<SourceRef> files_;
  uint64_t version_ = 0;
};

std::unique_ptr<SourceOpener> make_memory_opener(std::shared_ptr<MemoryFiles> files);

}  // namespace whittle
