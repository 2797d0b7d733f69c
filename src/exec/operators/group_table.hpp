// GroupTable: the hash table of one worker's groups (or of one partition when they are merged).
//
// Open addressing with linear probing over 8-byte entries: the address of the group's row in the
// low 48 bits, 16 bits of its hash above, so that most mismatches never touch the row. Rows are
// [key][hash?][states] in blocks and do not move while they are in the table.
//
// Rows are kept in partitions by hash as soon as there are more than `partition_threshold` of them,
// so that the workers' tables are merged partition by partition, in parallel and in cache. When a
// table outgrows the cache without finding many repetitions, `flush` forgets the entries but keeps
// the rows: later rows of the same group make a second row, and the merge unites them. (Leis et
// al., "Morsel-Driven Parallelism", SIGMOD 2014; Kuiper et al., "Robust External Hash Aggregation",
// ICDE 2024.)
//
// Memory: all from the budget. When it refuses, new groups are not made: `find` leaves their row
// null and the caller spills the input. One thread at a time.
#pragma once

#include "exec/operators/group_keys.hpp"

namespace whittle {

inline constexpr uint32_t partition_bits = 6;
inline constexpr uint32_t partition_count = 1 << partition_bits;

/// Which partition a hash belongs to; each level of spilling looks at other bits.
inline uint32_t partition_of(uint64_t hash, uint32_t level) {
  return static_cast<uint32_t>(hash >> (42 - level * partition_bits)) & (partition_count - 1);
}
inline constexpr uint32_t max_spill_levels = 4;

/// Rows of one size in blocks, with the strings of their keys.
struct RowCollection {
  explicit RowCollection(MemoryBudget& budget) : strings(budget, "grouping keys") {}
  struct Block {
    BufferRef buffer;
    uint32_t rows = 0;
  };
  std::vector<Block> blocks;
  std::byte* cursor = nullptr;
  uint32_t room = 0;  // rows that still fit behind the cursor
  uint64_t rows = 0;
  Arena strings;

  template <class F>
  void for_each(uint32_t row_width, F&& f) const {
    for (const auto& block : blocks) {
      std::byte* row = block.buffer->data();
      for (uint32_t i = 0; i < block.rows; ++i, row += row_width) f(row);
    }
  }
};

class GroupTable {
 public:
  /// Rows are `row_width` bytes: a multiple of 8, the states zeroed when a row is made.
  /// `headroom`: bytes of the budget to leave to others before new groups are refused; 0: nothing
  /// can be spilled.
  GroupTable(const KeyLayout& layout, uint32_t row_width, MemoryBudget& budget, uint64_t headroom);

  /// rows[i] becomes the row of position i; null where a new group was not allowed or not possible
  /// (then `refused()` is true from now on).
  void find(const KeyBatch& keys, std::byte** rows);
  /// For one dictionary column as the only key: groups are looked up once per entry. False: take
  /// the other way.
  bool find_by_code(const Column& column, const Selection& rows_in, KeyBatch& keys,
                    std::byte** rows);
  /// Takes over rows whose group may be in the table already: those are given to
  /// `duplicates(source, target)`.
  template <class F>
  Status merge(const RowCollection& from, F&& duplicates);

  bool refused() const { return refused_; }
  uint64_t groups() const { return groups_; }
  /// Groups made since the start, flushed ones included.
  uint64_t rows_made() const { return rows_made_; }
  /// To be called between batches: grows, or flushes when growing would not pay.
  void maintain(uint64_t rows_seen);
  /// Rows are distinct: the table was never flushed.
  bool is_unique() const { return !flushed_; }

  bool partitioned() const { return collections_.size() > 1; }
  /// Moves the rows into partitions.
  Status partition();
  /// Gives the entries' memory back: nothing is looked up here any more.
  void drop_entries();
  RowCollection& collection(size_t i) { return collections_[i]; }
  /// Keeps the strings of that collection's keys alive in `heap`.
  void keep_strings(size_t i, StringHeap& heap) const;
  size_t collections() const { return collections_.size(); }
  /// The row of a single key's NULL, if it came.
  std::byte* null_row() const { return null_row_; }
  /// Rows in the order of their insertion into the entries, after merge().
  std::vector<std::byte*>& survivors() { return survivors_; }
  /// Calls f(row) for every row that was made here.
  template <class F>
  void for_each_row(F&& f) const {
    for (const auto& collection : collections_) collection.for_each(row_width_, f);
    if (null_row_) f(null_row_);
  }
  const KeyLayout& layout() const { return layout_; }
  uint32_t row_width() const { return row_width_; }

 private:
  template <class Probe>
  void find_with(const KeyBatch& keys, const uint32_t* positions, uint32_t count, std::byte** rows,
                 Probe&& equal);
  /// The given positions (null: all), none of which is a single key's NULL.
  void probe(const KeyBatch& keys, const uint32_t* positions, uint32_t count, std::byte** rows);
  /// Entries that hold `groups` in all.
  uint64_t capacity_for(uint64_t groups) const;
  /// Makes room for `groups` in all if the headroom allows it, ...
  bool reserve_entries(uint64_t groups);
  /// ... or whatever it takes from the headroom.
  Status grow_entries(uint64_t capacity);
  bool probe_small(const KeyBatch& keys, std::byte** rows);
  std::byte* insert(const std::byte* key, uint64_t hash);
  std::byte* find_null_row();
  std::byte* new_row(RowCollection& collection);
  bool add_block(RowCollection& collection);
  void flush();
  void forget_codes();

  const KeyLayout& layout_;
  const uint32_t row_width_;
  MemoryBudget& budget_;
  const uint64_t headroom_;
  BufferRef entries_buffer_;
  uint64_t* entries_ = nullptr;
  uint64_t mask_ = 0;
  uint64_t groups_ = 0, rows_made_ = 0;
  uint64_t rows_at_flush_ = 0;
  bool refused_ = false, flushed_ = false;
  std::vector<RowCollection> collections_;
  Arena shared_strings_;  // of keys made before there were partitions
  std::byte* null_row_ = nullptr;
  BufferRef null_buffer_;
  std::vector<std::byte*> survivors_;
  Reservation survivors_memory_;
  // find_by_code: the rows of a dictionary's entries, and small integer keys' rows.
  Ref<Dictionary> codes_of_;
  BufferRef code_rows_;
  uint64_t code_lookups_ = 0, code_misses_ = 0;
  BufferRef small_rows_;
  uint32_t small_misses_ = 0;
};

// ---- implementation

namespace detail {
inline constexpr uint64_t address_bits = (uint64_t{1} << 48) - 1;
inline std::byte* entry_row(uint64_t entry) {
  return reinterpret_cast<std::byte*>(static_cast<uintptr_t>(entry & address_bits));
}
inline uint64_t make_entry(const std::byte* row, uint64_t hash) {
  return (hash & ~address_bits) | reinterpret_cast<uintptr_t>(row);
}
inline bool salt_matches(uint64_t entry, uint64_t hash) {
  return ((entry ^ hash) & ~address_bits) == 0;
}
}  // namespace detail

template <class F>
Status GroupTable::merge(const RowCollection& from, F&& duplicates) {
  TRY(grow_entries(capacity_for(groups_ + from.rows)));
  TRY(survivors_memory_.resize((survivors_.size() + from.rows) * sizeof(std::byte*)));
  survivors_.reserve(survivors_.size() + from.rows);
  from.for_each(row_width_, [&](std::byte* row) {
    const uint64_t hash = layout_.hash(row);
    uint64_t slot = hash & mask_;
    while (true) {
      const uint64_t entry = entries_[slot];
      if (entry == 0) {
        entries_[slot] = detail::make_entry(row, hash);
        ++groups_;
        survivors_.push_back(row);
        return;
      }
      std::byte* other = detail::entry_row(entry);
      if (detail::salt_matches(entry, hash) && layout_.equal(row, other)) {
        duplicates(row, other);
        return;
      }
      slot = (slot + 1) & mask_;
    }
  });
  return {};
}

}  // namespace whittle
