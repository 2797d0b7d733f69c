// RangeCache: bytes of remote files that an earlier statement fetched. Each entry is a block of the
// range engine as it came, found again under the file's name and identity; a changed file finds
// nothing.
//
// Shared by all statements of a database; any thread. The bytes stay charged to the budget that
// they were fetched on, so the cache holds at most its capacity, and gives back at once what
// somebody needs more (`evict`, the budget's reclaimer). Least recently used goes first.
#pragma once

#include <list>
#include <map>
#include <string>

#include "io/source.hpp"

namespace whittle {

class RangeCache {
 public:
  explicit RangeCache(uint64_t capacity) : capacity_(capacity) {}

  /// The bytes of the range, or an empty slice.
  BufferSlice find(const Source& source, ByteRange range);
  /// Keeps a fetched block; files that cannot be told from their next version are not kept.
  void add(const Source& source, ByteRange range, BufferSlice bytes);
  /// Drops entries until about so many bytes are free; how many were.
  uint64_t evict(uint64_t bytes);
  void clear() { evict(UINT64_MAX); }
  uint64_t size() const;

 private:
  struct Entry {
    std::string file;
    ByteRange range;
    BufferSlice bytes;
  };
  using Place = std::list<Entry>::iterator;
  struct File {
    SourceIdentity identity;
    std::map<uint64_t, Place> blocks;  // by offset; they may overlap
    uint64_t longest = 0;              // of any block ever kept: how far back to look
  };
  using Files = std::map<std::string, File, std::less<>>;

  void drop(Place entry);
  uint64_t evict_locked(uint64_t bytes);

  const uint64_t capacity_;
  mutable Mutex mutex_;
  uint64_t size_ = 0;
  std::list<Entry> entries_;  // most recently used first
  Files files_;
};

}  // namespace whittle
