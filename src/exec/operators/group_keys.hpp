// Grouping keys as rows: every key row is `key_bytes` long, all fixed-width values packed together
// (with one bit per key for NULL) and the strings as StringRefs behind them. So one comparison of a
// word or two serves any combination of small keys, and only strings need more.
//
//   [fixed values, then NULL bits, padded to 8 bytes][StringRef …][hash, unless cheap to make
//   again]
//
// A single key keeps NULL out of the row (`null_positions`), so that one BIGINT is one word. Nested
// values are encoded to bytes (row_codec.hpp) and grouped as strings.
#pragma once

#include "base/arena.hpp"
#include "columnar/hash.hpp"
#include "exec/row_codec.hpp"

namespace whittle {

struct KeyLayout {
  struct Key {
    Type type;
    PhysicalType physical;
    uint32_t width = 0;   // of the value in the fixed part; 0: a string
    uint32_t offset = 0;  // in the row
    bool encoded = false;
  };
  std::vector<Key> keys;
  uint32_t null_offset = 0;  // of the NULL bits; unused for a single key
  uint32_t fixed_bytes = 0;  // multiple of 8
  uint32_t string_count = 0;
  uint32_t key_bytes = 0;
  bool stores_hash = false;

  explicit KeyLayout(std::span<const Type> types);
  bool single() const { return keys.size() == 1; }
  /// What follows the key (and its hash) in a table's row begins here.
  uint32_t end() const { return key_bytes + (stores_hash ? 8 : 0); }

  uint64_t hash(const std::byte* row) const;
  bool equal(const std::byte* a, const std::byte* b) const;
  bool is_null(const std::byte* row, size_t key) const {
    return !single() && (static_cast<uint8_t>(row[null_offset + key / 8]) >> (key % 8) & 1);
  }
  /// Column of key `key` for `count` rows; strings point to where the rows' strings are, which
  /// `heap` must keep alive. `all_null`: the one row of a single key's NULL.
  Result<Column> gather(size_t key, std::byte* const* rows, uint32_t count,
                        const Ref<StringHeap>& heap, bool all_null, MemoryBudget& budget) const;
};

/// The keys of the selected rows of a batch, by position in the selection. One per worker; reused.
class KeyBatch {
 public:
  KeyBatch(const KeyLayout& layout, MemoryBudget& budget);

  /// At most batch_rows rows. `columns[i]` is key i.
  Status load(std::span<const Column* const> columns, const Selection& rows);
  uint32_t count() const { return count_; }
  const std::byte* key(uint32_t position) const {
    return keys_->data() + size_t{layout_.key_bytes} * position;
  }
  const uint64_t* words() const { return keys_->as<uint64_t>(); }
  const uint64_t* hashes() const { return hashes_->as<uint64_t>(); }
  /// Positions whose single key is NULL; their key row holds zeroes.
  std::span<const uint32_t> null_positions() const { return null_positions_; }

 private:
  Status load_string(size_t key, const Column& column, const Selection& rows);
  Status load_encoded(size_t key, const Column& column, const Selection& rows);
  void load_nulls(size_t key, const Column& column, const Selection& rows);
  void make_hashes(std::span<const Column* const> columns, const Selection& rows);

  const KeyLayout& layout_;
  MemoryBudget& budget_;
  BufferRef keys_, hashes_, row_hashes_;
  uint32_t count_ = 0;
  std::vector<uint32_t> null_positions_;
  std::vector<DictionaryHashCache> caches_;
  std::vector<RowBytes> encoded_;
};

}  // namespace whittle
