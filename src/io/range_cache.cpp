#include "io/range_cache.hpp"

namespace whittle {

BufferSlice RangeCache::find(const Source& source, ByteRange range) {
  MutexLock lock(mutex_);
  const auto file = files_.find(source.name());
  if (file == files_.end() || !file->second.identity.surely_same(source.identity())) return {};
  const auto& blocks = file->second.blocks;
  for (auto block = blocks.upper_bound(range.offset); block != blocks.begin();) {
    --block;
    const Place entry = block->second;
    if (entry->range.contains(range)) {
      entries_.splice(entries_.begin(), entries_, entry);
      return entry->bytes.part(range.offset - entry->range.offset, range.length);
    }
    if (range.offset - block->first > file->second.longest) break;
  }
  return {};
}

void RangeCache::add(const Source& source, ByteRange range, BufferSlice bytes) {
  if (range.length > capacity_ || bytes.size < range.length) return;
  if (!source.identity().surely_same(source.identity())) return;
  MutexLock lock(mutex_);
  File& file = files_[source.name()];
  if (!file.identity.surely_same(source.identity())) {
    while (!file.blocks.empty()) drop(file.blocks.begin()->second);
    file.identity = source.identity();
    file.longest = 0;
  }
  if (const auto same = file.blocks.find(range.offset); same != file.blocks.end()) {
    if (same->second->range.length >= range.length) return;
    drop(same->second);
  }
  if (size_ + range.length > capacity_) evict_locked(size_ + range.length - capacity_);
  entries_.push_front({source.name(), range, std::move(bytes)});
  file.blocks[range.offset] = entries_.begin();
  file.longest = std::max(file.longest, range.length);
  size_ += range.length;
}

uint64_t RangeCache::evict(uint64_t bytes) {
  MutexLock lock(mutex_);
  return evict_locked(bytes);
}

uint64_t RangeCache::evict_locked(uint64_t bytes) {
  uint64_t freed = 0;
  while (freed < bytes && !entries_.empty()) {
    const Place last = std::prev(entries_.end());
    freed += last->range.length;
    drop(last);
  }
  return freed;
}

void RangeCache::drop(Place entry) {
  files_.find(entry->file)->second.blocks.erase(entry->range.offset);
  size_ -= entry->range.length;
  entries_.erase(entry);
}

uint64_t RangeCache::size() const {
  MutexLock lock(mutex_);
  return size_;
}

}  // namespace whittle
