#include "parquet/chunk_bytes.hpp"

#include <algorithm>
#include <cstring>

namespace whittle::parquet {

namespace {
constexpr size_t windows_ahead = 2;
}

ChunkBytes::ChunkBytes(RangeReader& reader, std::vector<ByteRange> segments, uint64_t window)
    : reader_(reader),
      budget_(reader.session().budget),
      segments_(std::move(segments)),
      windowed_(window != 0) {
  for (size_t s = 0; s < segments_.size(); ++s) {
    const ByteRange& range = segments_[s];
    const uint64_t step = windowed_ ? window : range.length;
    for (uint64_t at = range.offset; at < range.end(); at += step) {
      windows_.push_back({{at, std::min(step, range.end() - at)}, s, {}, false});
    }
  }
  if (!segments_.empty()) position_ = segments_[0].offset;
}

void ChunkBytes::start() {
  if (windowed_) {
    start_windows();
  } else if (!shared_.set && !segments_.empty()) {
    shared_ = {std::make_shared<RangeSet>(reader_.prefetch(segments_)), 0};
  }
}

void ChunkBytes::start_windows() {
  for (size_t i = 0; i < std::min(windows_ahead, windows_.size()); ++i) {
    Window& window = windows_[i];
    if (window.started) continue;
    window.set = reader_.prefetch({&window.range, 1});
    window.started = true;
  }
}

Task<Status> ChunkBytes::fetch(uint64_t size) {
  size = std::min(size, left());
  refused_ = 0;
  while (available_ < size) {
    if (windows_.empty() || windows_.front().segment != segment_) {
      co_return fail(ErrorCode::Internal, "a column chunk's windows do not cover it");
    }
    start();
    if (must_join(size)) CO_TRY(join(size));
    append(CO_TRY(co_await next_window()));
  }
  co_return Status();
}

Task<Result<BufferSlice>> ChunkBytes::next_window() {
  RangeSet& set = windowed_ ? windows_.front().set : *shared_.set;
  const size_t index = windowed_ ? 0 : shared_.first + segment_;
  Result<BufferSlice> slice = co_await set.get(index);
  if (!slice) {
    if (slice.error().code() == ErrorCode::BudgetExceeded) refused_ = set.missing_bytes(index);
    co_return slice;
  }
  if (slice->size != windows_.front().range.length) {
    co_return fail(ErrorCode::Internal, "a range of another length than asked for");
  }
  windows_.pop_front();
  // What was read is held by its slice alone from here on, so that it can go page by page.
  if (windowed_) {
    start_windows();
  } else if (windows_.empty()) {
    shared_ = {};
  }
  co_return slice;
}

// Whether the first `size` bytes come in several windows.
bool ChunkBytes::must_join(uint64_t size) const {
  if (!windowed_ || (joined_ && joined_->size() >= size)) return false;
  return available_ > 0 || size > windows_.front().range.length;
}

// Moves what is there into one buffer that holds all of it and what will come.
Status ChunkBytes::join(uint64_t size) {
  BufferSlice piece = TRY(copy(available_, size));
  joined_ = piece.buffer;
  pieces_.clear();
  pieces_.push_back(std::move(piece));
  return {};
}

void ChunkBytes::append(BufferSlice slice) {
  available_ += slice.size;
  if (joined_) {
    BufferSlice& last = pieces_.back();
    const size_t part = std::min(slice.size, joined_->size() - last.size);
    std::memcpy(joined_->data() + last.size, slice.data, part);
    last.size += part;
    if (last.size == joined_->size()) joined_ = {};
    slice = slice.part(part, slice.size - part);
  }
  if (slice.size > 0) pieces_.push_back(std::move(slice));
}

// The first `size` bytes in a buffer of their own.
Result<BufferSlice> ChunkBytes::copy(uint64_t size, uint64_t capacity) {
  refused_ = capacity;
  BufferRef buffer = TRY(Buffer::reserve(budget_, capacity, "page"));
  refused_ = 0;
  uint64_t done = 0;
  for (const BufferSlice& piece : pieces_) {
    if (done == size) break;
    const uint64_t part = std::min<uint64_t>(piece.size, size - done);
    std::memcpy(buffer->data() + done, piece.data, part);
    done += part;
  }
  const std::byte* data = buffer->data();
  return BufferSlice{std::move(buffer), data, static_cast<size_t>(size)};
}

Result<std::span<const std::byte>> ChunkBytes::peek(uint64_t size) {
  size = std::min(size, available_);
  if (size == 0) return std::span<const std::byte>();
  if (pieces_.front().size < size) {
    // Across a window's edge: the header (and perhaps all of the small piece before it) is joined
    // once and stays joined.
    BufferSlice joined = TRY(copy(size, size));
    const uint64_t position = position_;
    const uint64_t available = available_;
    drop(size);
    pieces_.push_front(std::move(joined));
    position_ = position;
    available_ = available;
  }
  return pieces_.front().bytes();
}

Result<BufferSlice> ChunkBytes::take(uint64_t size) {
  if (size > available_) return fail(ErrorCode::Internal, "bytes taken that are not there");
  if (size == 0) return BufferSlice{};
  BufferSlice slice;
  const BufferSlice& front = pieces_.front();
  const std::byte* buffer_end =
      front.buffer ? front.buffer->data() + front.buffer->size() : nullptr;
  const bool padded =
      front.buffer && (front.buffer->has_padding() ||
                       buffer_end - (front.data + size) >= ptrdiff_t{buffer_padding});
  if (front.size >= size && padded) {
    slice = front.part(0, size);
  } else {
    slice = TRY(copy(size, size));
  }
  drop(size);
  return slice;
}

void ChunkBytes::drop(uint64_t size) {
  available_ -= size;
  position_ += size;
  while (size > 0) {
    BufferSlice& front = pieces_.front();
    const uint64_t part = std::min<uint64_t>(size, front.size);
    size -= part;
    if (part == front.size) {
      pieces_.pop_front();
    } else {
      front = front.part(part, front.size - part);
    }
  }
}

void ChunkBytes::next_segment() {
  pieces_.clear();
  joined_ = {};
  available_ = 0;
  while (!windows_.empty() && windows_.front().segment == segment_) windows_.pop_front();
  ++segment_;
  if (!at_end()) position_ = segments_[segment_].offset;
}

}  // namespace whittle::parquet
