// LeafReader's other ways to read: chosen rows of a flat column, and whole records of a nested one.
//
// A record (a row of the top-level column) begins where the repetition level is 0 and goes on until
// the next such level, in v1 files possibly in the next page. Levels are decoded a window at a
// time, values only for the levels that were taken.
#include <algorithm>
#include <cstring>
#include <string>

#include "parquet/leaf_reader.hpp"

namespace whittle::parquet {

Result<Column> LeafReader::read_flat_rows(uint64_t row, std::span<const uint32_t> rows) {
  // Stretches of rows whose gaps are shorter than this are decoded as a whole: skipping costs about
  // as much as decoding.
  constexpr uint32_t worth_skipping = 64;
  const auto count = static_cast<uint32_t>(rows.size());
  uint32_t total = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const bool joined = i > 0 && rows[i] - rows[i - 1] <= worth_skipping;
    total += joined ? rows[i] - rows[i - 1] : 1;
  }
  builder_.begin(total);
  BufferRef bits;
  BufferRef places = Buffer::charge(budget_, size_t{count} * 4);
  auto* place = places->as<uint32_t>();
  uint32_t done = 0, ones = 0;
  for (uint32_t i = 0; i < count;) {
    uint32_t last = i;
    while (last + 1 < count && rows[last + 1] - rows[last] <= worth_skipping) ++last;
    for (uint32_t k = i; k <= last; ++k) place[k] = done + (rows[k] - rows[i]);
    uint64_t at = row + rows[i];
    for (uint32_t left = rows[last] - rows[i] + 1; left > 0;) {
      TRY(seek_flat(at));
      const auto part = static_cast<uint32_t>(std::min<uint64_t>(left, end_row_ - next_row_));
      const uint32_t valid = TRY(read_validity(part, done, bits, total));
      TRY(builder_.append(values_, part, valid, bits ? bits->as<uint64_t>() : nullptr, done));
      next_row_ += part;
      at += part;
      left -= part;
      done += part;
      ones += valid;
      if (next_row_ == end_row_) close_page();
    }
    i = last + 1;
  }
  Column decoded = TRY(builder_.finish(ones == total ? BufferRef() : std::move(bits)));
  if (total == count) return decoded;

  return pick_rows(budget_, decoded, {place, count});
}

// ---- Nested columns

Status LevelList::append(const uint8_t* repetition, const uint8_t* definition, uint32_t count) {
  if (count > capacity_ - size_) {
    const uint64_t capacity =
        std::max<uint64_t>({uint64_t{size_} + count, uint64_t{capacity_} * 2, 4096});
    if (capacity > UINT32_MAX / 2) {
      return fail(ErrorCode::BudgetExceeded, "a batch of nested values has too many levels");
    }
    BufferRef larger = TRY(Buffer::reserve(budget_, capacity * 2, "levels"));
    if (size_ > 0) {
      std::memcpy(larger->data(), this->repetition(), size_);
      std::memcpy(larger->data() + capacity, this->definition(), size_);
    }
    buffer_ = std::move(larger);
    capacity_ = static_cast<uint32_t>(capacity);
  }
  std::memcpy(buffer_->data() + size_, repetition, count);
  std::memcpy(buffer_->data() + capacity_ + size_, definition, count);
  size_ += count;
  return {};
}

namespace {
Status not_planned(uint64_t row) {
  return fail(ErrorCode::Internal,
              "row " + std::to_string(row) + " was not planned or not waited for");
}
}  // namespace

// Makes at least one level visible; the page goes when its levels are used up. No page left is no
// error: the window stays empty.
Status LeafReader::fill_window() {
  while (window_at_ == window_end_) {
    if (open_ && levels_left_ == 0) close_page();
    if (!open_) {
      if (queue_.empty()) return {};
      TRY(open_page());
    }
    const auto part = static_cast<uint32_t>(std::min<uint64_t>(levels_left_, window_size));
    TRY(levels_.repetition.decode(repetition_, part));
    TRY(levels_.definition.decode(definition_, part));
    for (uint32_t i = 0; i < part; ++i) {
      if (repetition_[i] > setup_.max_repetition || definition_[i] > setup_.max_definition) {
        return fail(ErrorCode::Corrupt, "a level above its maximum");
      }
    }
    window_at_ = 0;
    window_end_ = part;
    levels_left_ -= part;
  }
  return {};
}

// Walks `rows` records; take(begin, end) gets each stretch of the window that belongs to them, or
// to the record before them.
template <class F>
Status LeafReader::walk_records(uint64_t rows, F&& take) {
  for (uint64_t begun = 0;;) {
    TRY(fill_window());
    if (window_at_ == window_end_) return begun == rows ? Status() : not_planned(record_row_);
    const uint64_t last = record_row_ + (rows - begun);
    uint32_t i = window_at_;
    for (; i < window_end_; ++i) {
      if (repetition_[i] != 0) continue;
      if (record_row_ == last) break;
      ++record_row_;
    }
    begun = rows - (last - record_row_);
    const bool stopped = i < window_end_;
    if (i > window_at_) TRY(take(window_at_, i));
    window_at_ = i;
    if (stopped) return {};
  }
}

Status LeafReader::seek_record(uint64_t row) {
  release_before(row);
  TRY(fill_window());  // knows record_row_ from the page
  if (window_at_ == window_end_ || record_row_ > row) return not_planned(row);
  return walk_records(row - record_row_, [&](uint32_t begin, uint32_t end) -> Status {
    uint64_t ones = 0;
    for (uint32_t i = begin; i < end; ++i) ones += definition_[i] == setup_.max_definition;
    return values_.skip(ones);
  });
}

// Values and validity of the window's levels [begin, end).
Status LeafReader::append_slots(uint32_t begin, uint32_t end, BufferRef& validity,
                                uint32_t& capacity, bool& has_nulls) {
  const uint32_t before = builder_.length();
  const uint64_t most = uint64_t{before} + (end - begin);
  if (!validity || most > capacity) {
    const auto larger = static_cast<uint32_t>(std::max<uint64_t>(most, uint64_t{capacity} * 2));
    BufferRef grown = TRY(Buffer::reserve(budget_, bitmap_words(larger) * 8, "validity"));
    if (validity) std::memcpy(grown->data(), validity->data(), bitmap_words(before) * 8);
    validity = std::move(grown);
    capacity = larger;
  }
  auto* bits = validity->as<uint64_t>();
  uint32_t slots = before, ones = 0;
  for (uint32_t i = begin; i < end; ++i) {
    if (definition_[i] < setup_.slot_level) continue;
    const bool valid = definition_[i] == setup_.max_definition;
    if ((slots & 63) == 0) bits[slots >> 6] = 0;
    bits[slots >> 6] |= uint64_t{valid} << (slots & 63);
    ones += valid;
    ++slots;
  }
  const uint32_t rows = slots - before;
  has_nulls |= ones != rows;
  return builder_.append(values_, rows, ones, bits, before);
}

Result<Column> LeafReader::read_nested(uint64_t row, uint32_t rows, LevelList& levels) {
  builder_.begin(rows);
  BufferRef validity;
  uint32_t capacity = rows;
  bool has_nulls = false;
  levels.clear();
  TRY(seek_record(row));
  TRY(walk_records(rows, [&](uint32_t begin, uint32_t end) -> Status {
    TRY(levels.append(repetition_ + begin, definition_ + begin, end - begin));
    return append_slots(begin, end, validity, capacity, has_nulls);
  }));
  return builder_.finish(has_nulls ? std::move(validity) : BufferRef());
}

}  // namespace whittle::parquet
