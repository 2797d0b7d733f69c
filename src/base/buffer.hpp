// Buffer: a reference-counted, 64-byte aligned run of bytes that is charged to a MemoryBudget for
// as long as it lives. 64 bytes of zeroed padding follow the end, so SIMD loops and bit readers may
// read past it.
//
// BufferRef is the shared handle (an intrusive pointer, atomic count: columns cross threads).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/memory.hpp"

namespace whittle {

inline constexpr size_t buffer_alignment = 64;
inline constexpr size_t buffer_padding = 64;

/// Intrusive shared pointer: T has `void retain()` and `void release_reference()`.
template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  /// Takes over one reference that the caller already holds.
  static Ref adopt(T* object) {
    Ref ref;
    ref.object_ = object;
    return ref;
  }
  Ref(const Ref& other) : object_(other.object_) {
    if (object_) object_->retain();
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_) object_->release_reference();
  }
  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  bool operator==(const Ref& other) const { return object_ == other.object_; }

 private:
  T* object_ = nullptr;
};

/// Base of objects held by Ref<T>: the count starts at one (use `make_ref`).
template <class T>
class RefCounted {
 public:
  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

 private:
  // Once per object, but named on every path that ends a reference.
  [[gnu::noinline]] void destroy() { delete static_cast<T*>(this); }
  std::atomic<uint32_t> references_ = 1;
};

template <class T, class... Arguments>
Ref<T> make_ref(Arguments&&... arguments) {
  return Ref<T>::adopt(new T(std::forward<Arguments>(arguments)...));
}

class Buffer;
using BufferRef = Ref<Buffer>;

class Buffer {
 public:
  /// May refuse with BudgetExceeded. Content is uninitialised. `what` is a literal.
  static Result<BufferRef> reserve(MemoryBudget& budget, size_t size, std::string_view what);
  /// Never refuses: the bounded working set only (see memory.hpp).
  static BufferRef charge(MemoryBudget& budget, size_t size);
  /// Wraps memory that somebody else owns and outlives the buffer, or frees in `release`.
  static BufferRef wrap(const std::byte* data, size_t size, void (*release)(void*) = nullptr,
                        void* owner = nullptr);

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  size_t size() const { return size_; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(data_);
  }
  /// False for wrapped memory: nothing is known of what lies behind its end.
  bool has_padding() const { return budget_ != nullptr; }
  /// True when the caller's reference is the only one, so that the bytes may be written again.
  bool is_unique() const { return references_.load(std::memory_order_acquire) == 1; }
  /// Shrinks the visible size; capacity and charge stay.
  void truncate(size_t size) { size_ = size; }

  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

 private:
  Buffer() = default;
  ~Buffer() = default;
  static BufferRef allocate(MemoryBudget& budget, size_t size);
  void destroy();

  std::byte* data_ = nullptr;
  size_t size_ = 0;
  size_t charged_ = 0;
  MemoryBudget* budget_ = nullptr;
  void (*release_)(void*) = nullptr;
  void* owner_ = nullptr;
  std::atomic<uint32_t> references_ = 1;
};

}  // namespace whittle
