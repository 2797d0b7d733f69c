// Column: the values of one type for the rows of a batch, in one of three encodings.
//
//   Flat        `length` values
//   Constant    one value that stands for every row
//   Dictionary  `length` uint32 codes into a shared dictionary column
//
// NULLs: `validity` is a bitmap (bit set = valid; null pointer = no NULLs) over the *stored
// values*: rows for Flat, bit 0 for Constant. A Dictionary column has no bitmap of its own: a NULL
// row points at a NULL entry of the dictionary (Parquet readers add one as the last entry). So one
// lookup rule serves all three, see ColumnView.
//
// A Column is a cheap handle: copying it shares buffers. Its buffers are immutable once it left the
// function that made it. Strings longer than 12 bytes live in `heap`.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "base/int128.hpp"
#include "columnar/string_ref.hpp"
#include "columnar/type.hpp"

namespace whittle {

inline constexpr uint32_t batch_rows = 2048;

/// Keeps string bytes alive: page buffers, other heaps, and an arena of its own for computed
/// strings. Not thread-safe while it grows; immutable afterwards.
class StringHeap : public RefCounted<StringHeap> {
 public:
  explicit StringHeap(MemoryBudget& budget) : budget_(budget) {}
  /// Copies `text` unless it fits inline. BudgetExceeded when the budget refuses.
  Result<StringRef> add(std::string_view text);
  /// Room for `size` bytes to be written by the caller; valid until the heap dies.
  Result<char*> allocate(uint32_t size);
  void keep(BufferRef buffer) { buffers_.push_back(std::move(buffer)); }
  void keep(Ref<StringHeap> heap);
  uint64_t bytes() const;

 private:
  MemoryBudget& budget_;
  std::vector<BufferRef> buffers_;
  std::vector<Ref<StringHeap>> heaps_;
  char* free_ = nullptr;
  size_t free_bytes_ = 0;
  size_t next_chunk_ = 4096;
};

enum class Encoding : uint8_t { Flat, Constant, Dictionary };

struct Dictionary;

inline bool bit_is_set(const uint64_t* bits, size_t i) {
  return bits[i >> 6] >> (i & 63) & 1;
}
inline void set_bit(uint64_t* bits, size_t i) {
  bits[i >> 6] |= uint64_t{1} << (i & 63);
}
inline void clear_bit(uint64_t* bits, size_t i) {
  bits[i >> 6] &= ~(uint64_t{1} << (i & 63));
}
inline size_t bitmap_words(size_t bits) {
  return (bits + 63) / 64;
}

class Column {
 public:
  // Out of line: a column has a type, four owners and children, and every function that handles one
  // copies, moves and destroys it on many paths.
  Column();
  Column(const Column& other);
  Column(Column&& other) noexcept;
  Column& operator=(const Column& other);
  Column& operator=(Column&& other) noexcept;
  ~Column();
  /// A flat column with uninitialised values and no NULLs, from the working set (see memory.hpp).
  /// For more than a few thousand rows use `reserve_flat`.
  static Column flat(MemoryBudget& budget, Type type, uint32_t length);
  static Result<Column> reserve_flat(MemoryBudget& budget, Type type, uint32_t length);
  /// `value` is a Flat column whose row 0 stands for all rows.
  static Column constant(const Column& value, uint32_t length);
  static Column constant_null(MemoryBudget& budget, Type type, uint32_t length);
  /// `codes` are below dictionary length; not checked here.
  static Column dictionary(Ref<Dictionary> dictionary, BufferRef codes, uint32_t length);

  const Type& type() const { return type_; }
  /// Gives the same bits another SQL type of the same physical type.
  void set_type(Type type) { type_ = std::move(type); }
  Encoding encoding() const { return encoding_; }
  uint32_t length() const { return length_; }
  /// For Constant, and to shorten the others.
  void set_length(uint32_t length) { length_ = length; }

  // -- Flat and Constant
  // ----------------------------------------------------------------------------------
  template <class T>
  const T* values() const {
    return reinterpret_cast<const T*>(values_);
  }
  /// Only by the function that made the column.
  template <class T>
  T* mutable_values() {
    return reinterpret_cast<T*>(const_cast<std::byte*>(values_));
  }
  /// Null pointer: no NULLs.
  const uint64_t* validity() const { return validity_; }
  /// Creates the bitmap, all valid, when there is none.
  uint64_t* mutable_validity(MemoryBudget& budget);
  void set_null(MemoryBudget& budget, uint32_t i) { clear_bit(mutable_validity(budget), i); }
  void set_validity(BufferRef owner, const uint64_t* bits);
  void set_values(BufferRef owner, const std::byte* values);
  /// What keeps the values (or codes) and the bitmap alive; for slices of this column.
  const BufferRef& values_owner() const { return values_owner_; }
  const BufferRef& validity_owner() const { return validity_owner_; }

  // -- Dictionary
  // -----------------------------------------------------------------------------------------
  const uint32_t* codes() const { return reinterpret_cast<const uint32_t*>(values_); }
  const Ref<Dictionary>& dictionary() const { return dictionary_; }
  /// Keeps the codes and exchanges what they stand for (same number of entries).
  void set_dictionary(Ref<Dictionary> dictionary);

  // -- Strings
  // --------------------------------------------------------------------------------------------
  const Ref<StringHeap>& heap() const { return heap_; }
  void set_heap(Ref<StringHeap> heap) { heap_ = std::move(heap); }

  // -- Nested: LIST, ARRAY, MAP have one child, STRUCT one per field (flat children are as long as
  // it) ----
  const std::vector<Column>& children() const { return children_; }
  std::vector<Column>& mutable_children() { return children_; }

  /// Any encoding; slow way for one row.
  bool is_null(uint32_t row) const;

 private:
  Type type_;
  Encoding encoding_ = Encoding::Flat;
  uint32_t length_ = 0;
  const std::byte* values_ = nullptr;
  const uint64_t* validity_ = nullptr;
  BufferRef values_owner_, validity_owner_;
  Ref<StringHeap> heap_;
  Ref<Dictionary> dictionary_;
  std::vector<Column> children_;
};

/// The values a Dictionary column points into; always Flat. Its address identifies it: operators
/// cache what they computed per entry as long as they hold a reference.
struct Dictionary : RefCounted<Dictionary> {
  explicit Dictionary(Column column) : values(std::move(column)) {}
  Column values;
};

/// One rule to read any encoding: the value of row i is values[at(i)], and it is NULL when valid(i)
/// is false. For STRUCT, children are read at `at(i)` through views of their own.
struct ColumnView {
  explicit ColumnView(const Column& column);

  const uint32_t* index = nullptr;  // dictionary codes, or null
  uint32_t mask = ~0u;              // 0 for constants
  const std::byte* values = nullptr;
  const uint64_t* validity = nullptr;
  const Column* stored = nullptr;  // the flat or constant column behind

  uint32_t at(uint32_t row) const { return index ? index[row] : row & mask; }
  bool has_nulls() const { return validity != nullptr; }
  bool valid(uint32_t row) const { return !validity || bit_is_set(validity, at(row)); }
  template <class T>
  const T& get(uint32_t row) const {
    return reinterpret_cast<const T*>(values)[at(row)];
  }
};

/// Which rows of a batch are alive, ascending. `rows == nullptr` means 0 … count-1.
struct Selection {
  const uint32_t* rows = nullptr;
  uint32_t count = 0;
  BufferRef owner;

  static Selection all(uint32_t count) { return {nullptr, count, {}}; }
  uint32_t operator[](uint32_t i) const { return rows ? rows[i] : i; }
  bool is_dense() const { return rows == nullptr; }
};

/// Columns of equal length with the rows of them that are alive. Kernels compute only selected
/// rows, at the same row position as their input, so a filter never moves data; operators compact
/// when few rows are left.
struct Batch {
  std::vector<Column> columns;
  uint32_t length = 0;  // of every column
  Selection selection;  // selection.count rows are alive
  /// Position in the source: batches of an ordered result are delivered by (morsel, sequence).
  uint64_t morsel = 0;
  uint32_t sequence = 0;

  uint32_t row_count() const { return selection.count; }
};

}  // namespace whittle
