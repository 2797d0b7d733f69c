// Arena: many small pieces of memory that die together, charged to a budget chunk by chunk.
//
// Owned by one hash table, run or heap; not thread-safe. Pieces are never moved. Chunks double from
// 4 KiB to 256 KiB, so that an arena of a few rows stays small.
#pragma once

#include <algorithm>
#include <vector>

#include "base/buffer.hpp"

namespace whittle {

class Arena {
 public:
  /// `what` names the consumer in errors; a literal.
  Arena(MemoryBudget& budget, std::string_view what) : budget_(&budget), what_(what) {}
  Arena(Arena&& other) noexcept { *this = std::move(other); }
  Arena& operator=(Arena&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(what_, other.what_);
    std::swap(chunks_, other.chunks_);
    std::swap(free_, other.free_);
    std::swap(free_bytes_, other.free_bytes_);
    std::swap(next_chunk_, other.next_chunk_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  /// 16-byte aligned, uninitialised.
  Result<std::byte*> allocate(size_t size) {
    size = (size + 15) & ~size_t{15};
    if (size > free_bytes_) TRY(add_chunk(size));
    std::byte* place = free_;
    free_ += size;
    free_bytes_ -= size;
    return place;
  }
  /// As above without alignment: for the bytes of strings.
  Result<char*> allocate_bytes(size_t size) {
    if (size > free_bytes_) TRY(add_chunk(size));
    // Cut from the end, so that aligned pieces cut from the front stay aligned.
    free_bytes_ -= size;
    char* place = reinterpret_cast<char*>(free_) + free_bytes_;
    return place;
  }
  /// The chunks, for whoever must keep pieces alive beyond the arena.
  const std::vector<BufferRef>& chunks() const { return chunks_; }
  /// Bytes drawn from the budget.
  uint64_t bytes() const { return bytes_; }
  void clear() {
    chunks_.clear();
    free_ = nullptr;
    free_bytes_ = 0;
    next_chunk_ = first_chunk;
    bytes_ = 0;
  }

 private:
  static constexpr size_t first_chunk = 4096, largest_chunk = 256 * 1024;

  Status add_chunk(size_t size) {
    const size_t chunk = std::max((size + 15) & ~size_t{15}, next_chunk_);
    BufferRef buffer = TRY(Buffer::reserve(*budget_, chunk, what_));
    next_chunk_ = std::min(next_chunk_ * 2, largest_chunk);
    free_ = buffer->data();
    free_bytes_ = chunk;
    bytes_ += chunk;
    chunks_.push_back(std::move(buffer));
    return {};
  }

  MemoryBudget* budget_ = nullptr;
  std::string_view what_;
  std::vector<BufferRef> chunks_;
  std::byte* free_ = nullptr;
  size_t free_bytes_ = 0;
  size_t next_chunk_ = first_chunk;
  uint64_t bytes_ = 0;
};

}  // namespace whittle
