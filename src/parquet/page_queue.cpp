#include "parquet/page_queue.hpp"

#include <algorithm>
#include <string>

#include "parquet/levels.hpp"

namespace whittle::parquet {

namespace {

// Enough for a header without long statistics.
constexpr uint64_t usual_header = 256;

std::vector<ByteRange> ranges_of(const LeafPlan& plan) {
  std::vector<ByteRange> ranges;
  for (const PlannedSegment& segment : plan.segments) ranges.push_back(segment.range);
  return ranges;
}

Error at_offset(Error error, uint64_t offset) {
  return std::move(error).in("page at byte " + std::to_string(offset));
}

}  // namespace

PageQueue::PageQueue(RangeReader& reader, LeafPlan plan, PageQueueOptions options,
                     Decompressor& decompressor)
    : plan_(std::move(plan)),
      options_(options),
      budget_(reader.session().budget),
      decompressor_(decompressor),
      bytes_(reader, ranges_of(plan_), options.window) {
  if (!plan_.segments.empty()) next_row_ = plan_.segments[0].rows.begin;
}

bool PageQueue::is_prepared(uint64_t end_row) const {
  if (bytes_.at_end()) return true;
  if (options_.max_repetition == 0) return next_row_ >= end_row;
  // A record ends where the next begins; pages of an index hold whole records.
  return next_row_ > end_row || plan_.segments[bytes_.segment()].rows.begin >= end_row;
}

Task<Status> PageQueue::prepare(uint64_t end_row) {
  while (!is_prepared(end_row)) {
    const uint64_t offset = bytes_.position();
    Result<Step> done = step();
    if (!done) co_return fail(at_offset(std::move(done).error(), offset));
    if (*done == Step::NeedBytes) CO_TRY(co_await bytes_.fetch(needed_));
  }
  co_return Status();
}

void PageQueue::finish_segment() {
  bytes_.next_segment();
  if (!bytes_.at_end()) next_row_ = plan_.segments[bytes_.segment()].rows.begin;
}

Result<PageQueue::Step> PageQueue::step() {
  const PlannedSegment& segment = plan_.segments[bytes_.segment()];
  const bool all_seen = !plan_.by_pages && values_seen_ >= options_.value_count;
  if (all_seen || bytes_.left() == 0) {
    if (next_row_ < segment.rows.end) {
      return fail(ErrorCode::Corrupt, "the column chunk holds fewer rows than its row group");
    }
    finish_segment();
    return Step::End;
  }
  // A header that ends where the bytes at hand end is asked for again with more of them.
  uint64_t wanted = std::min(std::max(usual_header, bytes_.available()), bytes_.left());
  if (bytes_.available() < std::min(usual_header, bytes_.left())) {
    needed_ = wanted;
    return Step::NeedBytes;
  }
  std::span<const std::byte> view = TRY(bytes_.peek(usual_header));
  std::optional<PageHeader> header = TRY(decode_page_header(view));
  if (!header && bytes_.available() > view.size()) {
    view = TRY(bytes_.peek(bytes_.available()));
    header = TRY(decode_page_header(view));
  }
  if (!header) {
    if (bytes_.available() == bytes_.left() || bytes_.available() > max_page_header_size) {
      return fail(ErrorCode::Corrupt, "a page header is cut short");
    }
    needed_ = bytes_.available() * 2;
    return Step::NeedBytes;
  }
  const uint64_t size = uint64_t{header->header_size} + header->compressed_size;
  if (size > bytes_.left()) return fail(ErrorCode::Corrupt, "a page ends beyond its column chunk");
  if (size > bytes_.available()) {
    needed_ = size;
    return Step::NeedBytes;
  }
  header->statistics = {};  // views into bytes that are about to go
  const uint64_t offset = bytes_.position();
  // Both at once: when there is no memory to join a page's pieces, nothing was taken and the page
  // can be asked for again.
  const BufferSlice page = TRY(bytes_.take(size));
  BufferSlice body = page.part(header->header_size, header->compressed_size);
  switch (header->kind) {
    case PageKind::Dictionary:
      if (dictionary_) return fail(ErrorCode::Corrupt, "a second dictionary page");
      dictionary_ = QueuedPage{*header, std::move(body), {}, 0, 0, offset};
      break;
    case PageKind::Index:
      break;
    case PageKind::Data:
    case PageKind::DataV2:
      TRY(add_data_page(*header, std::move(body), offset));
      break;
  }
  return Step::Page;
}

Status PageQueue::add_data_page(PageHeader header, BufferSlice body, uint64_t offset) {
  const RowRange rows = plan_.segments[bytes_.segment()].rows;
  ++seen_;
  QueuedPage page{header, std::move(body), {}, next_row_, 0, offset};
  if (header.kind == PageKind::DataV2 &&
      uint64_t{header.repetition_length} + header.definition_length > page.body.size) {
    return fail(ErrorCode::Corrupt, "a page's levels are longer than the page");
  }
  if (options_.max_repetition == 0) {
    page.row_count = header.value_count;
  } else {
    page.row_count = TRY(count_rows(page));
  }
  values_seen_ += header.value_count;
  if (page.row_count > rows.end - next_row_) {
    return fail(ErrorCode::Corrupt, "the column chunk holds more rows than its row group");
  }
  next_row_ += page.row_count;
  // Pages without values exist; they would only stand in the way.
  if (header.value_count > 0) pages_.push_back(std::move(page));
  return {};
}

// How many records begin in the page. The header of v2 says it too, but levels cannot lie.
Result<uint64_t> PageQueue::count_rows(QueuedPage& page) {
  const PageHeader& header = page.header;
  PageLevels levels;
  if (header.kind == PageKind::DataV2) {
    levels = TRY(open_levels_v2(page.v2_levels(), {}, header, options_.max_repetition,
                                options_.max_definition));
  } else {
    TRY(inflate(page));
    levels = TRY(open_levels_v1(page.inflated.bytes(), header, options_.max_repetition,
                                options_.max_definition, budget_));
  }
  uint64_t rows = 0;
  uint8_t buffer[256];
  for (uint64_t left = header.value_count; left > 0;) {
    if (!levels.repetition.load_run()) TRY(values_missing());
    const bool constant = levels.repetition.run_is_constant();
    const uint64_t part =
        std::min<uint64_t>({left, levels.repetition.run_left(), constant ? UINT64_MAX : 256});
    if (constant) {
      rows += levels.repetition.run_value() == 0 ? part : 0;
      levels.repetition.consume(part);
    } else {
      TRY(levels.repetition.decode(buffer, part));
      rows += static_cast<uint64_t>(std::count(buffer, buffer + part, 0));
    }
    left -= part;
  }
  return rows;
}

void PageQueue::drop_before(uint64_t row) {
  // A page in which no row begins belongs to the row before it.
  while (!pages_.empty() && pages_.front().end_row() <= row && pages_.front().row_count > 0) {
    // The end of this page's last record may lie in pages that begin with it; they go as well.
    pages_.pop_front();
    while (!pages_.empty() && pages_.front().row_count == 0) pages_.pop_front();
  }
}

uint64_t PageQueue::bytes_to_inflate(uint64_t end_row) const {
  if (options_.codec == Codec::Uncompressed) return 0;
  uint64_t bytes = 0;
  const auto add = [&](const QueuedPage& page) {
    if (!page.inflated.buffer && page.body.size > 0) bytes += page.header.uncompressed_size;
  };
  if (dictionary_) add(*dictionary_);
  for (const QueuedPage& page : pages_) {
    if (page.first_row >= end_row) break;
    add(page);
  }
  return bytes;
}

uint64_t PageQueue::end_of_large_page(uint64_t row, uint64_t size) const {
  for (const QueuedPage& page : pages_) {
    if (page.end_row() <= row) continue;
    return page.inflated.buffer && page.inflated.size >= size ? page.end_row() : UINT64_MAX;
  }
  return UINT64_MAX;
}

Status PageQueue::inflate(QueuedPage& page) {
  if (page.inflated.buffer) return {};
  Result<BufferSlice> inflated =
      inflate_page(page, options_.codec, options_.verify_crc, decompressor_, budget_);
  if (!inflated) return fail(at_offset(std::move(inflated).error(), page.offset));
  page.inflated = std::move(*inflated);
  if (page.header.kind != PageKind::Dictionary) ++inflated_;
  // v2 pages keep their levels in the body; nothing else needs it any more.
  if (page.header.kind != PageKind::DataV2) page.body = {};
  return {};
}

Result<BufferSlice> inflate_page(const QueuedPage& page, Codec codec, bool verify_crc,
                                 Decompressor& decompressor, MemoryBudget& budget) {
  const PageHeader& header = page.header;
  if (verify_crc && header.crc && crc32(page.body.bytes()) != *header.crc) {
    return fail(ErrorCode::Corrupt, "the page's checksum is wrong");
  }
  // Levels of v2 pages stand before the compressed part, and count in both sizes.
  const size_t levels = header.kind == PageKind::DataV2
                            ? size_t{header.repetition_length} + header.definition_length
                            : 0;
  if (levels > page.body.size || levels > header.uncompressed_size) {
    return fail(ErrorCode::Corrupt, "a page's levels are longer than the page");
  }
  const size_t size = header.uncompressed_size - levels;
  const bool stored =
      codec == Codec::Uncompressed || (header.kind == PageKind::DataV2 && !header.is_compressed);
  const auto from = page.body.bytes().subspan(levels);
  if (stored) {
    if (from.size() != size) {
      return fail(ErrorCode::Corrupt, "an uncompressed page is not as long as it says");
    }
    if (from.empty()) {
      return BufferSlice{Buffer::charge(budget, 0), nullptr, 0};
    }
    return page.body.part(levels, size);
  }
  // A page of NULLs alone may have nothing to compress.
  if (size == 0) return BufferSlice{Buffer::charge(budget, 0), nullptr, 0};
  TRY(check_inflation(codec, from.size(), size));
  BufferRef buffer = TRY(Buffer::reserve(budget, size, "page"));
  TRY(decompressor.decompress(codec, from, {buffer->data(), size}));
  const std::byte* data = buffer->data();
  return BufferSlice{std::move(buffer), data, size};
}

}  // namespace whittle::parquet
