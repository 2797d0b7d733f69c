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
  while (available_ < std::min(size, left())) {
    if (windows_.empty() || windows_.front().segment != segment_) {
      co_return fail(ErrorCode::Internal, "a column chunk's windows do not cover it");
    }
    start();
    BufferSlice slice;
    if (windowed_) {
      slice = CO_TRY(co_await windows_.front().set.get(0));
    } else {
      slice = CO_TRY(co_await shared_.set->get(shared_.first + segment_));
    }
    if (slice.size != windows_.front().range.length) {
      co_return fail(ErrorCode::Internal, "a range of another length than asked for");
    }
    available_ += slice.size;
    pieces_.push_back(std::move(slice));
    windows_.pop_front();
    // What was read is held by its slice alone from here on, so that it can go page by page.
    if (windowed_) {
      start_windows();
    } else if (windows_.empty()) {
      shared_ = {};
    }
  }
  co_return Status();
}

Result<BufferSlice> ChunkBytes::copy(uint64_t size) const {
  BufferRef buffer = TRY(Buffer::reserve(budget_, size, "page"));
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
    BufferSlice joined = TRY(copy(size));
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
    slice = TRY(copy(size));
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
  available_ = 0;
  while (!windows_.empty() && windows_.front().segment == segment_) windows_.pop_front();
  ++segment_;
  if (!at_end()) position_ = segments_[segment_].offset;
}

}  // namespace whittle::parquet
