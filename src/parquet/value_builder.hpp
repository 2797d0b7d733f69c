// ValueBuilder: collects the values of one leaf, from one or several pages, into a Column.
//
// As long as all pages are dictionary-encoded the column is made of codes into the chunk's one
// dictionary, whose last entry stands for NULL; with the first other page it turns flat. NULLs are
// left out in pages, so values are decoded densely and then spread by the validity bitmap, in place
// from the back. One batch at a time; buffers belong to the column that `finish` gives away.
#pragma once

#include "columnar/column.hpp"
#include "parquet/convert.hpp"
#include "parquet/encodings/rle.hpp"

namespace whittle::parquet {

/// Where the values of an open page come from: codes, or values of their own.
struct PageValues {
  bool is_dictionary = false;
  RleDecoder codes;
  std::unique_ptr<ValueDecoder> values;
  BufferRef page;  // kept alive by strings that point into it
  Status skip(uint64_t count);
};

class ValueBuilder {
 public:
  /// `allow_dictionary`: whether `finish` may give codes.
  ValueBuilder(MemoryBudget& budget, const Conversion& conversion, bool allow_dictionary)
      : budget_(budget), conversion_(conversion), allow_dictionary_(allow_dictionary) {}

  void set_dictionary(Ref<Dictionary> dictionary, uint32_t entries) {
    dictionary_ = std::move(dictionary);
    entries_ = entries;
  }

  /// Room for this many rows at once saves growing.
  void begin(uint32_t expected_rows);
  /// Takes `ones` values for the next `rows` rows; bit `at` + i of `bits` says whether row i has
  /// one (not looked at when ones == rows).
  Status append(PageValues& page, uint32_t rows, uint32_t ones, const uint64_t* bits, uint64_t at);
  uint32_t length() const { return length_; }
  /// `validity` may be null; it is ignored for a column of codes.
  Result<Column> finish(BufferRef validity);

 private:
  Status grow(uint32_t rows);
  Status append_codes(PageValues& page, uint32_t rows, uint32_t ones, const uint64_t* bits,
                      uint64_t at);
  Status append_looked_up(PageValues& page, uint32_t rows, uint32_t ones, const uint64_t* bits,
                          uint64_t at);
  Status append_values(PageValues& page, uint32_t rows, uint32_t ones, const uint64_t* bits,
                       uint64_t at);
  Status decode_codes(PageValues& page, uint32_t count, uint32_t* out);
  Status become_flat();
  StringHeap& heap();
  Result<std::byte*> scratch(uint64_t bytes);

  MemoryBudget& budget_;
  const Conversion& conversion_;
  bool allow_dictionary_;
  Ref<Dictionary> dictionary_;
  uint32_t entries_ = 0;  // without the NULL entry

  bool as_codes_ = false;
  uint32_t length_ = 0, capacity_ = 0;
  uint32_t element_ = 0;  // bytes per row in buffer_
  BufferRef buffer_;
  Ref<StringHeap> heap_;
  BufferRef kept_page_;  // the last one given to the heap
  BufferRef scratch_;
  uint64_t scratch_size_ = 0;
};

/// A dictionary page's values as a Dictionary: its entries, and behind them one NULL entry.
Result<Ref<Dictionary>> decode_dictionary(MemoryBudget& budget, const Conversion& conversion,
                                          const BufferSlice& page, uint32_t entries);

/// The rows at `places` of a column of codes or a flat one. Children of lists are shared, not
/// copied.
Column pick_rows(MemoryBudget& budget, const Column& column, std::span<const uint32_t> places);

/// values[i] = entries[codes[i]], for elements of 1, 2, 4, 8 or 16 bytes.
void gather(const std::byte* entries, uint32_t element, const uint32_t* codes, uint32_t count,
            std::byte* out);

}  // namespace whittle::parquet
