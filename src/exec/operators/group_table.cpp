#include "exec/operators/group_table.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace whittle {

namespace {

constexpr uint64_t first_capacity = 1024;
constexpr uint64_t partition_threshold = 8192;  // groups; below, one collection in order of arrival
constexpr uint64_t cache_capacity = 1 << 19;    // entries: 4 MiB, what a worker has of the caches
constexpr size_t first_block = 4096, largest_block = 128 * 1024;
constexpr uint32_t small_keys = 1 << 16;  // integer keys below this find their row by index

// Up to this many entries per slot of the table.
bool too_full(uint64_t groups, uint64_t capacity) {
  return groups * 5 > capacity * 3;
}

}  // namespace

GroupTable::GroupTable(const KeyLayout& layout, uint32_t row_width, MemoryBudget& budget,
                       uint64_t headroom)
    : layout_(layout),
      row_width_(row_width),
      budget_(budget),
      headroom_(headroom),
      shared_strings_(budget, "grouping keys"),
      survivors_memory_(budget, "groups") {
  collections_.emplace_back(budget);
}

uint64_t GroupTable::capacity_for(uint64_t groups) const {
  uint64_t capacity = std::max(first_capacity, entries_ ? mask_ + 1 : 0);
  while (too_full(groups, capacity)) capacity *= 2;
  return capacity;
}

bool GroupTable::reserve_entries(uint64_t groups) {
  const uint64_t capacity = capacity_for(groups);
  if (entries_ && capacity == mask_ + 1) return true;
  if (entries_ && budget_.available() < headroom_) return false;
  return grow_entries(capacity).has_value();
}

Status GroupTable::grow_entries(uint64_t capacity) {
  if (entries_ && capacity == mask_ + 1) return {};
  BufferRef buffer = TRY(Buffer::reserve(budget_, capacity * 8, "hash table"));
  auto* entries = buffer->as<uint64_t>();
  std::memset(entries, 0, capacity * 8);
  for (uint64_t i = 0; entries_ && i <= mask_; ++i) {
    if (entries_[i] == 0) continue;
    uint64_t slot = layout_.hash(detail::entry_row(entries_[i])) & (capacity - 1);
    while (entries[slot] != 0) slot = (slot + 1) & (capacity - 1);
    entries[slot] = entries_[i];
  }
  entries_buffer_ = std::move(buffer);
  entries_ = entries;
  mask_ = capacity - 1;
  return {};
}

bool GroupTable::add_block(RowCollection& collection) {
  const size_t size =
      std::min(largest_block, first_block << std::min<size_t>(collection.blocks.size(), 5));
  const auto rows = static_cast<uint32_t>(std::max<size_t>(size / row_width_, 1));
  if (!collection.blocks.empty() && budget_.available() < headroom_) return false;
  auto buffer = Buffer::reserve(budget_, size_t{rows} * row_width_, "groups");
  if (!buffer) return false;
  collection.cursor = (*buffer)->data();
  collection.room = rows;
  collection.blocks.push_back({std::move(*buffer)});
  return true;
}

std::byte* GroupTable::new_row(RowCollection& collection) {
  if (collection.room == 0 && !add_block(collection)) return nullptr;
  std::byte* row = collection.cursor;
  collection.cursor += row_width_;
  --collection.room;
  ++collection.blocks.back().rows;
  ++collection.rows;
  ++rows_made_;
  return row;
}

// Copies the key; null when the budget refuses.
std::byte* GroupTable::insert(const std::byte* key, uint64_t hash) {
  RowCollection& collection = partitioned() ? collections_[partition_of(hash, 0)] : collections_[0];
  // Strings first: a row without its strings must not be seen.
  StringRef strings[8];
  std::vector<StringRef> more;
  StringRef* copies = strings;
  if (layout_.string_count > 8) more.resize(layout_.string_count), copies = more.data();
  for (uint32_t s = 0; s < layout_.string_count; ++s) {
    const auto& text =
        *reinterpret_cast<const StringRef*>(key + layout_.fixed_bytes + s * sizeof(StringRef));
    copies[s] = text;
    if (text.is_inlined()) continue;
    auto place = collection.strings.allocate_bytes(text.size());
    if (!place) return nullptr;
    std::memcpy(*place, text.data(), text.size());
    copies[s] = StringRef(*place, text.size());
  }
  std::byte* row = new_row(collection);
  if (!row) return nullptr;
  std::memcpy(row, key, layout_.fixed_bytes);
  std::memcpy(row + layout_.fixed_bytes, copies, layout_.string_count * sizeof(StringRef));
  if (layout_.stores_hash) std::memcpy(row + layout_.key_bytes, &hash, 8);
  std::memset(row + layout_.end(), 0, row_width_ - layout_.end());
  return row;
}

std::byte* GroupTable::find_null_row() {
  if (null_row_) return null_row_;
  null_buffer_ = Buffer::charge(budget_, row_width_);  // one row: never refused
  null_row_ = null_buffer_->data();
  std::memset(null_row_, 0, row_width_);
  return null_row_;
}

template <class Probe>
void GroupTable::find_with(const KeyBatch& keys, const uint32_t* positions, uint32_t count,
                           std::byte** rows, Probe&& equal) {
  const uint64_t* hashes = keys.hashes();
  const auto at = [&](uint32_t i) { return positions ? positions[i] : i; };
  const bool roomy = reserve_entries(groups_ + count);
  const bool prefetch = mask_ >= (1 << 14);
  for (uint32_t i = 0; i < count; ++i) {
    if (prefetch && i + 16 < count) {
      __builtin_prefetch(entries_ + (hashes[at(i + 16)] & mask_));
      const uint64_t soon = entries_[hashes[at(i + 8)] & mask_];
      if (soon) __builtin_prefetch(detail::entry_row(soon));
    }
    const uint32_t position = at(i);
    const uint64_t hash = hashes[position];
    uint64_t slot = hash & mask_;
    while (true) {
      const uint64_t entry = entries_[slot];
      if (entry == 0) {
        std::byte* row = nullptr;
        if (!refused_ && (roomy || groups_ < mask_ - mask_ / 8)) {
          row = insert(keys.key(position), hash);
        }
        rows[position] = row;
        if (!row) {
          refused_ = true;
          break;
        }
        entries_[slot] = detail::make_entry(row, hash);
        ++groups_;
        break;
      }
      std::byte* row = detail::entry_row(entry);
      if (detail::salt_matches(entry, hash) && equal(position, row)) {
        rows[position] = row;
        break;
      }
      slot = (slot + 1) & mask_;
    }
  }
}

void GroupTable::probe(const KeyBatch& keys, const uint32_t* positions, uint32_t count,
                       std::byte** rows) {
  // Strings and blocks that have room left grow without asking anybody: ask here, once a batch.
  if (rows_made_ > 0 && budget_.available() < headroom_) refused_ = true;
  if (!entries_ && !reserve_entries(1)) {
    refused_ = true;
    for (uint32_t i = 0; i < count; ++i) rows[positions ? positions[i] : i] = nullptr;
    return;
  }
  const auto same_word = [](const std::byte* a, uint64_t word) {
    uint64_t other;
    std::memcpy(&other, a, 8);
    return other == word;
  };
  const uint64_t* words = keys.words();
  if (layout_.key_bytes == 8) {
    find_with(keys, positions, count, rows,
              [&](uint32_t i, const std::byte* row) { return same_word(row, words[i]); });
  } else if (layout_.key_bytes == 16 && layout_.fixed_bytes == 16) {
    find_with(keys, positions, count, rows, [&](uint32_t i, const std::byte* row) {
      return same_word(row, words[2 * i]) && same_word(row + 8, words[2 * i + 1]);
    });
  } else if (layout_.fixed_bytes == 0 && layout_.string_count == 1) {
    find_with(keys, positions, count, rows, [&](uint32_t i, const std::byte* row) {
      return *reinterpret_cast<const StringRef*>(row) ==
             *reinterpret_cast<const StringRef*>(keys.key(i));
    });
  } else {
    find_with(keys, positions, count, rows,
              [&](uint32_t i, const std::byte* row) { return layout_.equal(keys.key(i), row); });
  }
}

// Integer keys below 65,536 (region ids, widths, hours) find their row by index; what is new or
// larger goes through the hash table.
bool GroupTable::probe_small(const KeyBatch& keys, std::byte** rows) {
  if (layout_.key_bytes != 8 || small_misses_ > 16 || refused_) return false;
  if (!small_rows_) {
    auto buffer = Buffer::reserve(budget_, small_keys * sizeof(std::byte*), "small groups");
    if (!buffer) {
      small_misses_ = UINT32_MAX;
      return false;
    }
    small_rows_ = std::move(*buffer);
    std::memset(small_rows_->data(), 0, small_rows_->size());
  }
  auto** known = small_rows_->as<std::byte*>();
  const uint64_t* words = keys.words();
  const uint32_t count = keys.count();
  uint32_t unknown[batch_rows], unknown_count = 0;
  for (uint32_t i = 0; i < count; ++i) {
    rows[i] = words[i] < small_keys ? known[words[i]] : nullptr;
    unknown[unknown_count] = i;
    unknown_count += rows[i] == nullptr;
  }
  if (unknown_count == 0) return true;
  if (unknown_count > count / 2) ++small_misses_;
  probe(keys, unknown, unknown_count, rows);
  for (uint32_t i = 0; i < unknown_count; ++i) {
    if (words[unknown[i]] < small_keys) known[words[unknown[i]]] = rows[unknown[i]];
  }
  return true;
}

void GroupTable::find(const KeyBatch& keys, std::byte** rows) {
  const std::span<const uint32_t> nulls = keys.null_positions();
  if (nulls.empty()) {
    if (!probe_small(keys, rows)) probe(keys, nullptr, keys.count(), rows);
    return;
  }
  uint32_t valid[batch_rows], valid_count = 0;
  for (uint32_t i = 0, n = 0; i < keys.count(); ++i) {
    if (n < nulls.size() && nulls[n] == i) {
      rows[i] = find_null_row();
      ++n;
    } else {
      valid[valid_count++] = i;
    }
  }
  probe(keys, valid, valid_count, rows);
}

void GroupTable::forget_codes() {
  codes_of_ = nullptr;
  if (small_rows_) std::memset(small_rows_->data(), 0, small_rows_->size());
}

// The rows of a dictionary's entries are remembered; entries met for the first time go through
// `find` as a batch of their own. A dictionary whose entries hardly repeat is not worth the detour.
bool GroupTable::find_by_code(const Column& column, const Selection& rows_in, KeyBatch& keys,
                              std::byte** rows) {
  if (column.encoding() != Encoding::Dictionary || !layout_.single() || refused_) return false;
  const Ref<Dictionary>& dictionary = column.dictionary();
  const uint32_t length = dictionary->values.length();
  if (!(codes_of_ == dictionary)) {
    if (length / 64 > rows_in.count) return false;
    auto buffer =
        Buffer::reserve(budget_, size_t{length} * sizeof(std::byte*), "dictionary groups");
    if (!buffer) return false;
    code_rows_ = std::move(*buffer);
    std::memset(code_rows_->data(), 0, code_rows_->size());
    codes_of_ = dictionary;
    code_lookups_ = code_misses_ = 0;
  }
  if (code_lookups_ > 4 * batch_rows && code_misses_ > code_lookups_ / 2) return false;
  auto** known = code_rows_->as<std::byte*>();
  std::byte* const asked = reinterpret_cast<std::byte*>(this);  // a mark that is no row
  const uint32_t* codes = column.codes();
  uint32_t unknown[batch_rows], unknown_count = 0;
  for (uint32_t i = 0; i < rows_in.count; ++i) {
    const uint32_t code = codes[rows_in[i]];
    rows[i] = known[code];
    if (rows[i]) continue;
    known[code] = asked;
    unknown[unknown_count++] = code;
  }
  code_lookups_ += rows_in.count;
  code_misses_ += unknown_count;
  if (unknown_count == 0) return true;
  const Column* values = &dictionary->values;
  std::byte* found[batch_rows];
  const Status loaded = keys.load({&values, 1}, Selection{unknown, unknown_count, {}});
  if (loaded) find(keys, found);
  for (uint32_t i = 0; i < unknown_count; ++i) known[unknown[i]] = loaded ? found[i] : nullptr;
  if (!loaded) return false;
  for (uint32_t i = 0; i < rows_in.count; ++i) rows[i] = known[codes[rows_in[i]]];
  return true;
}

void GroupTable::keep_strings(size_t i, StringHeap& heap) const {
  for (const auto& chunk : collections_[i].strings.chunks()) heap.keep(chunk);
  for (const auto& chunk : shared_strings_.chunks()) heap.keep(chunk);
}

void GroupTable::flush() {
  std::memset(entries_, 0, (mask_ + 1) * 8);
  groups_ = 0;
  flushed_ = true;
  forget_codes();
}

void GroupTable::drop_entries() {
  forget_codes();
  entries_ = nullptr;
  mask_ = groups_ = 0;
  entries_buffer_ = code_rows_ = small_rows_ = {};
}

void GroupTable::maintain(uint64_t rows_seen) {
  if (!partitioned() && groups_ >= partition_threshold) {
    if (!partition()) refused_ = true;
  }
  if (!entries_ || mask_ + 1 < cache_capacity || refused_) return;
  if (!too_full(groups_ + batch_rows, mask_ + 1)) return;
  // Full at the size of the cache: growing pays when rows repeat often enough, and always where
  // nothing can be spilled, for a group's second row takes memory that may decide the answer.
  const bool repeat = rows_seen - rows_at_flush_ >= groups_ * 3;
  if ((repeat || headroom_ == 0) && reserve_entries(groups_ * 2)) return;
  flush();
  rows_at_flush_ = rows_seen;
}

Status GroupTable::partition() {
  if (partitioned()) return {};
  std::vector<RowCollection> parts;
  parts.reserve(partition_count);
  for (uint32_t i = 0; i < partition_count; ++i) parts.emplace_back(budget_);
  std::vector<RowCollection> before = std::move(collections_);
  collections_ = std::move(parts);
  // Room first: nothing may fail once rows have begun to move.
  const uint64_t made = rows_made_;
  Status room;
  std::vector<uint64_t> counts(partition_count);
  before[0].for_each(row_width_,
                     [&](std::byte* row) { ++counts[partition_of(layout_.hash(row), 0)]; });
  for (uint32_t i = 0; i < partition_count && room; ++i) {
    if (counts[i] == 0) continue;
    auto buffer = Buffer::reserve(budget_, counts[i] * row_width_, "groups");
    if (!buffer) {
      room = std::unexpected<Error>(std::move(buffer).error());
      break;
    }
    collections_[i].cursor = (*buffer)->data();
    collections_[i].room = static_cast<uint32_t>(counts[i]);
    collections_[i].blocks.push_back({std::move(*buffer)});
  }
  if (!room) {
    collections_ = std::move(before);
    return room;
  }
  if (entries_) std::memset(entries_, 0, (mask_ + 1) * 8);
  before[0].for_each(row_width_, [&](std::byte* row) {
    const uint64_t hash = layout_.hash(row);
    std::byte* moved = new_row(collections_[partition_of(hash, 0)]);
    std::memcpy(moved, row, row_width_);
    if (!entries_) return;
    uint64_t slot = hash & mask_;
    while (entries_[slot] != 0) slot = (slot + 1) & mask_;
    entries_[slot] = detail::make_entry(moved, hash);
  });
  rows_made_ = made;
  // Keys' strings stay where they are; the first partition's arena adopts them for all.
  shared_strings_ = std::move(before[0].strings);
  forget_codes();
  return {};
}

}  // namespace whittle
