#include "parquet/value_builder.hpp"

#include <algorithm>
#include <cstring>

#include "base/int128.hpp"
#include "io/source.hpp"
#include "parquet/utf8.hpp"

namespace whittle::parquet {

namespace {

// A value of 16 bytes that is only moved.
struct Sixteen {
  uint64_t low, high;
};

// Calls f with a zero of an integer (or Sixteen) of `element` bytes.
template <class F>
void by_size(uint32_t element, F&& f) {
  switch (element) {
    case 1:
      return f(uint8_t{});
    case 2:
      return f(uint16_t{});
    case 4:
      return f(uint32_t{});
    case 8:
      return f(uint64_t{});
    default:
      return f(Sixteen{});
  }
}

// The `ones` values at the front of `out` move to the rows whose bit is set; the others get `null`.
// From the back, so that nothing is overwritten before it moved; without branches on the bits.
template <class T>
void spread(T* out, uint32_t rows, uint32_t ones, const uint64_t* bits, uint64_t at, T null) {
  uint32_t row = rows;
  uint32_t left = ones;
  while (left > 0 && left < row) {
    --row;
    const bool valid = bit_is_set(bits, at + row);
    const T value = out[left - 1];
    out[row] = valid ? value : null;
    left -= valid;
  }
  // What remains is either in place already or all NULL.
  if (left == 0) std::fill(out, out + row, null);
}

uint32_t largest(const uint32_t* codes, uint32_t count) {
  uint32_t result = 0;
  for (uint32_t i = 0; i < count; ++i) result = std::max(result, codes[i]);
  return result;
}

}  // namespace

void gather(const std::byte* entries, uint32_t element, const uint32_t* codes, uint32_t count,
            std::byte* out) {
  by_size(element, [&]<class T>(T) {
    const auto* from = reinterpret_cast<const T*>(entries);
    auto* to = reinterpret_cast<T*>(out);
    for (uint32_t i = 0; i < count; ++i) to[i] = from[codes[i]];
  });
}

Column pick_rows(MemoryBudget& budget, const Column& column, std::span<const uint32_t> places) {
  const auto count = static_cast<uint32_t>(places.size());
  const bool codes = column.encoding() == Encoding::Dictionary;
  const uint32_t element = codes ? 4 : column.type().value_size();
  BufferRef kept = Buffer::charge(budget, size_t{count} * element);
  if (element > 0) {
    gather(column.values<std::byte>(), element, places.data(), count, kept->data());
  }
  if (codes) return Column::dictionary(column.dictionary(), std::move(kept), count);
  Column picked = column;
  picked.set_length(count);
  const std::byte* values = kept->data();
  if (element > 0) picked.set_values(std::move(kept), values);
  if (column.validity()) {
    BufferRef validity = Buffer::charge(budget, bitmap_words(count) * 8);
    auto* bits = validity->as<uint64_t>();
    std::memset(bits, 0, validity->size());
    for (uint32_t i = 0; i < count; ++i) {
      bits[i >> 6] |= uint64_t{bit_is_set(column.validity(), places[i])} << (i & 63);
    }
    picked.set_validity(std::move(validity), bits);
  }
  if (column.type().id() == TypeId::Struct) {
    for (Column& child : picked.mutable_children()) child = pick_rows(budget, child, places);
  }
  return picked;
}

Status PageValues::skip(uint64_t count) {
  if (count == 0) return {};
  if (is_dictionary) return codes.skip(count);
  for (; count > UINT32_MAX; count -= UINT32_MAX) TRY(values->skip(UINT32_MAX));
  return values->skip(static_cast<uint32_t>(count));
}

void ValueBuilder::begin(uint32_t expected_rows) {
  length_ = 0;
  capacity_ = 0;
  buffer_ = {};
  heap_ = {};
  kept_page_ = {};
  as_codes_ = false;
  element_ = 0;
  // Allocated with the first page, which decides between codes and values.
  capacity_ = expected_rows;
}

Status ValueBuilder::grow(uint32_t rows) {
  const uint64_t needed = uint64_t{length_} + rows;
  if (needed > UINT32_MAX / 2) {
    return fail(ErrorCode::BudgetExceeded, "a batch of nested values has too many elements");
  }
  if (buffer_ && needed <= capacity_) return {};
  const auto capacity = static_cast<uint32_t>(
      std::max<uint64_t>({needed, capacity_, buffer_ ? uint64_t{capacity_} * 2 : 0}));
  const uint64_t bytes = uint64_t{capacity} * element_;
  // A batch's worth is the working set; more is data.
  BufferRef larger;
  if (capacity <= 2 * batch_rows) {
    larger = Buffer::charge(budget_, static_cast<size_t>(bytes));
  } else {
    larger = TRY(Buffer::reserve(budget_, static_cast<size_t>(bytes), "column"));
  }
  if (length_ > 0) std::memcpy(larger->data(), buffer_->data(), uint64_t{length_} * element_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
  return {};
}

Status ValueBuilder::append(PageValues& page, uint32_t rows, uint32_t ones, const uint64_t* bits,
                            uint64_t at) {
  if (length_ == 0 && !buffer_) {
    as_codes_ = page.is_dictionary && allow_dictionary_;
    element_ = as_codes_ ? 4 : conversion_.value_size;
  }
  if (as_codes_ && !page.is_dictionary) TRY(become_flat());
  TRY(grow(rows));
  if (as_codes_) {
    TRY(append_codes(page, rows, ones, bits, at));
  } else if (page.is_dictionary) {
    TRY(append_looked_up(page, rows, ones, bits, at));
  } else {
    TRY(append_values(page, rows, ones, bits, at));
  }
  length_ += rows;
  return {};
}

Status ValueBuilder::decode_codes(PageValues& page, uint32_t count, uint32_t* out) {
  if (count == 0) return {};
  TRY(page.codes.decode(out, count));
  if (largest(out, count) >= entries_) {
    return fail(ErrorCode::Corrupt, "a code points beyond its dictionary");
  }
  return {};
}

Status ValueBuilder::append_codes(PageValues& page, uint32_t rows, uint32_t ones,
                                  const uint64_t* bits, uint64_t at) {
  uint32_t* out = buffer_->as<uint32_t>() + length_;
  TRY(decode_codes(page, ones, out));
  spread(out, rows, ones, bits, at, entries_);
  return {};
}

Status ValueBuilder::append_looked_up(PageValues& page, uint32_t rows, uint32_t ones,
                                      const uint64_t* bits, uint64_t at) {
  auto* codes = reinterpret_cast<uint32_t*>(TRY(scratch(uint64_t{ones} * 4)));
  TRY(decode_codes(page, ones, codes));
  std::byte* out = buffer_->data() + size_t{length_} * element_;
  const Column& entries = dictionary_->values;
  gather(entries.values<std::byte>(), element_, codes, ones, out);
  if (entries.heap()) heap().keep(entries.heap());
  by_size(element_,
          [&]<class T>(T zero) { spread(reinterpret_cast<T*>(out), rows, ones, bits, at, zero); });
  return {};
}

Status ValueBuilder::append_values(PageValues& page, uint32_t rows, uint32_t ones,
                                   const uint64_t* bits, uint64_t at) {
  std::byte* out = buffer_->data() + size_t{length_} * element_;
  const uint64_t raw_bytes = uint64_t{ones} * conversion_.raw.width;
  const bool is_string = conversion_.keeps_raw;
  std::byte* space = out;  // identity: decoded right where it belongs
  if (conversion_.function && page.values->needs_scratch()) {
    // Strings of fixed length that were decoded anew need memory that stays.
    if (is_string) scratch_ = {};
    space = TRY(scratch(raw_bytes));
    if (is_string) heap().keep(scratch_);
  }
  if (ones > 0) {
    StringHeap* strings = conversion_.raw.kind == RawKind::ByteArray ? &heap() : nullptr;
    const std::byte* raw = TRY(page.values->decode(ones, space, strings));
    if (conversion_.function) {
      TRY(conversion_.function(conversion_, raw, ones, out));
    } else if (raw != out) {
      std::memcpy(out, raw, raw_bytes);
    }
    if (is_string && !(kept_page_ == page.page)) {
      heap().keep(page.page);
      kept_page_ = page.page;
    }
    if (conversion_.must_be_utf8) TRY(check_utf8(reinterpret_cast<const StringRef*>(out), ones));
  }
  by_size(element_,
          [&]<class T>(T zero) { spread(reinterpret_cast<T*>(out), rows, ones, bits, at, zero); });
  return {};
}

// A page that is not dictionary-encoded follows: the codes so far become values.
Status ValueBuilder::become_flat() {
  const BufferRef codes = std::move(buffer_);
  const uint32_t rows = length_;
  as_codes_ = false;
  element_ = conversion_.value_size;
  length_ = 0;
  buffer_ = {};
  TRY(grow(rows));
  const Column& entries = dictionary_->values;
  gather(entries.values<std::byte>(), element_, codes->as<uint32_t>(), rows, buffer_->data());
  if (entries.heap()) heap().keep(entries.heap());
  length_ = rows;
  return {};
}

StringHeap& ValueBuilder::heap() {
  if (!heap_) heap_ = make_ref<StringHeap>(budget_);
  return *heap_;
}

Result<std::byte*> ValueBuilder::scratch(uint64_t bytes) {
  if (!scratch_ || bytes > scratch_size_) {
    if (bytes > SIZE_MAX / 2) {
      return fail(ErrorCode::BudgetExceeded, "a page's values do not fit in memory");
    }
    scratch_ = {};
    scratch_ = TRY(Buffer::reserve(budget_, static_cast<size_t>(bytes), "page values"));
    scratch_size_ = bytes;
  }
  return scratch_->data();
}

Result<Column> ValueBuilder::finish(BufferRef validity) {
  if (!buffer_) {
    element_ = conversion_.value_size;
    TRY(grow(0));
  }
  if (as_codes_) return Column::dictionary(dictionary_, std::move(buffer_), length_);
  Column column;
  column.set_type(conversion_.type);
  column.set_length(length_);
  const std::byte* values = buffer_->data();
  column.set_values(std::move(buffer_), values);
  if (validity) {
    const auto* bits = validity->as<uint64_t>();
    column.set_validity(std::move(validity), bits);
  }
  if (heap_) column.set_heap(std::move(heap_));
  return column;
}

Result<Ref<Dictionary>> decode_dictionary(MemoryBudget& budget, const Conversion& conversion,
                                          const BufferSlice& page, uint32_t entries) {
  if (entries >= UINT32_MAX / 2) return fail(ErrorCode::Corrupt, "an impossible dictionary size");
  PageValues values;
  values.values = TRY(open_values(ValueEncoding::Plain, conversion.raw, page.bytes()));
  values.page = page.buffer;
  // The NULL entry is one more row without a value.
  BufferRef validity =
      TRY(Buffer::reserve(budget, bitmap_words(uint64_t{entries} + 1) * 8, "dictionary"));
  fill_bits(validity->as<uint64_t>(), 0, entries, true);
  clear_bit(validity->as<uint64_t>(), entries);
  ValueBuilder builder(budget, conversion, false);
  builder.begin(entries + 1);
  TRY(builder.append(values, entries + 1, entries, validity->as<uint64_t>(), 0));
  return make_ref<Dictionary>(TRY(builder.finish(std::move(validity))));
}

}  // namespace whittle::parquet
