// What becomes of a reply's body: copied into the range that was asked for, or collected at the
// open. Called on the transport's thread; read by the coroutine after the transfer ended.
#pragma once

#include <optional>

#include "io/backends/http/transport.hpp"

namespace whittle::http {

/// A range of an opened file, straight into the block's memory.
class RangeSink : public HttpSink {
 public:
  RangeSink(ByteRange asked, std::span<std::byte> into, const SourceIdentity& pinned)
      : asked_(asked), into_(into), pinned_(pinned) {}

  Verdict begin(const HttpHead& head) override;
  bool data(std::span<const std::byte> bytes) override;

  /// Why the reply was refused, if it was.
  std::optional<Error> error;
  /// Leading bytes of the asked range that came.
  uint64_t received() const;
  /// Everything that the head promised came.
  bool complete() const { return judged_ && position_ >= body_.range.end(); }

 private:
  ByteRange asked_;
  std::span<std::byte> into_;
  const SourceIdentity& pinned_;
  HttpBody body_;
  bool judged_ = false;
  uint64_t position_ = 0;  // in the file, of the next byte to come
};

/// The first reply of an open: a tail, a probe, or a small file as a whole.
class OpenSink : public HttpSink {
 public:
  /// `suffix` > 0: the last so many bytes; else `range`.
  OpenSink(MemoryBudget& budget, uint64_t suffix, ByteRange range)
      : budget_(budget), suffix_(suffix), range_(range) {}

  Verdict begin(const HttpHead& head) override;
  bool data(std::span<const std::byte> bytes) override;

  std::optional<Error> error;
  HttpBody body;
  BufferRef buffer;
  uint64_t received = 0;
  bool complete() const {
    if (!buffer) return false;
    return (body.is_whole_file && !body.total) || received == body.range.length;
  }

 private:
  MemoryBudget& budget_;
  uint64_t suffix_;
  ByteRange range_;
};

/// Reads only the head.
class HeadSink : public HttpSink {
 public:
  Verdict begin(const HttpHead&) override { return Verdict::Discard; }
  bool data(std::span<const std::byte>) override { return true; }
};

}  // namespace whittle::http
