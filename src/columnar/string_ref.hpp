// StringRef: 16 bytes that are a whole short string (up to 12 bytes) or the prefix and address of a
// long one.
//
// It owns nothing: the bytes of long strings live in buffers that the Column's StringHeap keeps
// alive, usually the decoded Parquet page itself. Equality needs the pointer only when length and
// prefix agree. Layout after Neumann and Freitag, "Umbra: A Disk-Based System with In-Memory
// Performance" (CIDR 2020).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace whittle {

class alignas(8) StringRef {
 public:
  static constexpr uint32_t inline_capacity = 12;

  StringRef() : length_(0), inlined_{} {}
  /// `data` must outlive this object when longer than inline_capacity.
  StringRef(const char* data, uint32_t length) : length_(length), inlined_{} {
    if (length <= inline_capacity) {
      if (length) std::memcpy(inlined_, data, length);
    } else {
      std::memcpy(inlined_, data, 4);
      std::memcpy(inlined_ + 4, &data, sizeof(data));
    }
  }
  explicit StringRef(std::string_view text)
      : StringRef(text.data(), static_cast<uint32_t>(text.size())) {}

  uint32_t size() const { return length_; }
  bool is_inlined() const { return length_ <= inline_capacity; }
  /// Valid as long as this object (inlined) or the heap (long) lives.
  const char* data() const {
    if (is_inlined()) return inlined_;
    const char* pointer;
    std::memcpy(&pointer, inlined_ + 4, sizeof(pointer));
    return pointer;
  }
  std::string_view view() const { return {data(), length_}; }
  /// Length and first four bytes as one word: unequal words mean unequal strings.
  uint64_t head() const {
    uint64_t word;
    std::memcpy(&word, this, 8);
    return word;
  }

  friend bool operator==(const StringRef& a, const StringRef& b) {
    if (a.head() != b.head()) return false;
    if (a.is_inlined()) return std::memcmp(a.inlined_ + 4, b.inlined_ + 4, 8) == 0;
    return std::memcmp(a.data(), b.data(), a.length_) == 0;
  }
  /// Bytewise, as DuckDB's binary collation.
  friend int compare(const StringRef& a, const StringRef& b) {
    const uint32_t common = a.length_ < b.length_ ? a.length_ : b.length_;
    const int order = std::memcmp(a.data(), b.data(), common);
    if (order != 0) return order;
    return a.length_ < b.length_ ? -1 : a.length_ > b.length_;
  }
  friend bool operator<(const StringRef& a, const StringRef& b) { return compare(a, b) < 0; }

 private:
  uint32_t length_;
  char inlined_[12];  // the string, or 4 bytes of prefix and the address
};
static_assert(sizeof(StringRef) == 16);

}  // namespace whittle
