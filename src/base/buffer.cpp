#include "base/buffer.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace whittle {

namespace {
constexpr size_t header_size =
    (sizeof(Buffer) + buffer_alignment - 1) / buffer_alignment * buffer_alignment;

size_t allocation_size(size_t size) {
  return (header_size + size + buffer_padding + buffer_alignment - 1) / buffer_alignment *
         buffer_alignment;
}
}  // namespace

// One malloc holds the header, the bytes and the padding.
BufferRef Buffer::allocate(MemoryBudget& budget, size_t size) {
  const size_t total = allocation_size(size);
  void* memory = std::aligned_alloc(buffer_alignment, total);
  if (!memory) {
    budget.release(total);
    return {};
  }
  auto* buffer = new (memory) Buffer();
  buffer->data_ = static_cast<std::byte*>(memory) + header_size;
  buffer->size_ = size;
  buffer->charged_ = total;
  buffer->budget_ = &budget;
  std::memset(buffer->data_ + size, 0, buffer_padding);
  return BufferRef::adopt(buffer);
}

Result<BufferRef> Buffer::reserve(MemoryBudget& budget, size_t size, std::string_view what) {
  if (size > SIZE_MAX / 2) {
    return fail(ErrorCode::BudgetExceeded, std::string(what) + " is larger than memory can be");
  }
  TRY(budget.reserve(allocation_size(size), what));
  BufferRef buffer = allocate(budget, size);
  if (!buffer) {
    return fail(ErrorCode::BudgetExceeded,
                std::string(what) + ": the system has no " + format_bytes(size) + " left");
  }
  return buffer;
}

BufferRef Buffer::charge(MemoryBudget& budget, size_t size) {
  budget.charge(allocation_size(size));
  BufferRef buffer = allocate(budget, size);
  if (!buffer) std::abort();  // the fixed working set itself does not fit: nothing can run
  return buffer;
}

BufferRef Buffer::wrap(const std::byte* data, size_t size, void (*release)(void*), void* owner) {
  auto* buffer = new (std::aligned_alloc(buffer_alignment, header_size)) Buffer();
  buffer->data_ = const_cast<std::byte*>(data);
  buffer->size_ = size;
  buffer->release_ = release;
  buffer->owner_ = owner;
  return BufferRef::adopt(buffer);
}

void Buffer::destroy() {
  if (budget_) budget_->release(charged_);
  if (release_) release_(owner_);
  this->~Buffer();
  std::free(this);
}

}  // namespace whittle
