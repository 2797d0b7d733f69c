#include "parquet/leaf_reader.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace whittle::parquet {

namespace {

Status not_planned(uint64_t row) {
  return fail(ErrorCode::Internal,
              "row " + std::to_string(row) + " was not planned or not waited for");
}

Result<ValueEncoding> value_encoding(PageEncoding encoding) {
  switch (encoding) {
    case PageEncoding::Plain:
      return ValueEncoding::Plain;
    case PageEncoding::Rle:
      return ValueEncoding::Rle;
    case PageEncoding::DeltaBinaryPacked:
      return ValueEncoding::DeltaBinaryPacked;
    case PageEncoding::DeltaLengthByteArray:
      return ValueEncoding::DeltaLengthByteArray;
    case PageEncoding::DeltaByteArray:
      return ValueEncoding::DeltaByteArray;
    case PageEncoding::ByteStreamSplit:
      return ValueEncoding::ByteStreamSplit;
    default:
      return fail(ErrorCode::Corrupt,
                  "data pages cannot have the encoding " + std::string(encoding_name(encoding)));
  }
}

}  // namespace

LeafReader::LeafReader(RangeReader& reader, LeafSetup setup, LeafPlan plan,
                       PageQueueOptions options, Decompressor& decompressor)
    : setup_(std::move(setup)),
      budget_(reader.session().budget),
      queue_(reader, std::move(plan), options, decompressor),
      builder_(budget_, setup_.conversion, setup_.allow_dictionary) {}

Status LeafReader::load_dictionary() {
  if (dictionary_) return {};
  std::optional<QueuedPage>& page = queue_.dictionary();
  if (!page) return fail(ErrorCode::Corrupt, "a dictionary-encoded page without a dictionary");
  if (page->header.encoding != PageEncoding::Plain &&
      page->header.encoding != PageEncoding::PlainDictionary) {
    return fail(ErrorCode::Corrupt, "a dictionary page that is not in the PLAIN encoding");
  }
  TRY(queue_.inflate(*page));
  const uint32_t entries = page->header.value_count;
  dictionary_ = TRY(decode_dictionary(budget_, setup_.conversion, page->inflated, entries));
  builder_.set_dictionary(dictionary_, entries);
  page->inflated = {};
  page->body = {};
  return {};
}

// Opens the first page of the queue for reading from its start.
Status LeafReader::open_page() {
  QueuedPage& page = queue_.front();
  TRY(queue_.inflate(page));
  const PageHeader& header = page.header;
  if (header.kind == PageKind::DataV2) {
    levels_ = TRY(open_levels_v2(page.v2_levels(), page.inflated.bytes(), header,
                                 setup_.max_repetition, setup_.max_definition));
  } else {
    levels_ = TRY(open_levels_v1(page.inflated.bytes(), header, setup_.max_repetition,
                                 setup_.max_definition, budget_));
  }
  const auto bytes = levels_.values;
  values_ = {};
  values_.page = page.inflated.buffer;
  if (header.encoding == PageEncoding::PlainDictionary ||
      header.encoding == PageEncoding::RleDictionary) {
    TRY(load_dictionary());
    values_.is_dictionary = true;
    // One byte says how wide the codes are. A page of NULLs alone may have nothing here.
    const unsigned width = bytes.empty() ? 0 : static_cast<unsigned>(bytes[0]);
    if (width > 32) return fail(ErrorCode::Corrupt, "dictionary codes wider than 32 bits");
    values_.codes = RleDecoder(bytes.empty() ? bytes : bytes.subspan(1), width);
  } else if (bytes.empty() && setup_.max_definition > 0) {
    // NULLs alone: some encodings' headers are missing then.
    values_.values = TRY(open_values(ValueEncoding::Plain, setup_.conversion.raw, bytes));
  } else {
    values_.values =
        TRY(open_values(TRY(value_encoding(header.encoding)), setup_.conversion.raw, bytes));
  }
  next_row_ = page.first_row;
  record_row_ = page.first_row;
  end_row_ = page.end_row();
  levels_left_ = header.value_count;
  window_at_ = window_end_ = 0;
  open_ = true;
  return {};
}

void LeafReader::close_page() {
  if (!open_) return;
  open_ = false;
  values_ = {};
  levels_ = {};
  queue_.pop();
}

void LeafReader::release_before(uint64_t row) {
  if (open_) {
    // A nested page may still hold the end of the record before `row`, and levels already decoded.
    if (row < end_row_ || row == record_row_) return;
    close_page();
    window_at_ = window_end_ = 0;
  }
  queue_.drop_before(row);
}

// ---- Flat columns

Status LeafReader::seek_flat(uint64_t row) {
  if (open_ && row >= end_row_) close_page();
  if (!open_) {
    queue_.drop_before(row);
    if (queue_.empty() || queue_.front().first_row > row) return not_planned(row);
    TRY(open_page());
  }
  const uint64_t gap = row - next_row_;
  if (gap > 0) {
    uint64_t ones = gap;
    if (setup_.max_definition > 0) ones = TRY(count_ones(levels_.definition, gap));
    TRY(values_.skip(ones));
    next_row_ = row;
  }
  return {};
}

// The validity of the next `rows` rows of the page at bit `at` of the batch's bitmap, which comes
// into being with the first NULL. Returns how many are valid.
Result<uint32_t> LeafReader::read_validity(uint32_t rows, uint64_t at, BufferRef& bits,
                                           uint32_t capacity) {
  RleDecoder& definition = levels_.definition;
  if (setup_.max_definition == 0) {
    if (bits) fill_bits(bits->as<uint64_t>(), at, rows, true);
    return rows;
  }
  // One run of ones is the usual case; it needs no bitmap.
  if (definition.load_run() && definition.run_is_constant() && definition.run_value() == 1 &&
      definition.run_left() >= rows) {
    definition.consume(rows);
    if (bits) fill_bits(bits->as<uint64_t>(), at, rows, true);
    return rows;
  }
  if (!bits) {
    bits = Buffer::charge(budget_, bitmap_words(capacity) * 8);
    std::memset(bits->data(), 0, bits->size());
    fill_bits(bits->as<uint64_t>(), 0, at, true);
  }
  return static_cast<uint32_t>(TRY(decode_bits(definition, bits->as<uint64_t>(), at, rows)));
}

Result<Column> LeafReader::read_flat(uint64_t row, uint32_t rows) {
  builder_.begin(rows);
  BufferRef bits;
  uint32_t ones = 0;
  for (uint32_t done = 0; done < rows;) {
    TRY(seek_flat(row + done));
    const auto part = static_cast<uint32_t>(std::min<uint64_t>(rows - done, end_row_ - next_row_));
    const uint32_t valid = TRY(read_validity(part, done, bits, rows));
    TRY(builder_.append(values_, part, valid, bits ? bits->as<uint64_t>() : nullptr, done));
    next_row_ += part;
    done += part;
    ones += valid;
    if (next_row_ == end_row_) close_page();
  }
  return builder_.finish(ones == rows ? BufferRef() : std::move(bits));
}

}  // namespace whittle::parquet
