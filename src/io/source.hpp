// Source: one immutable file somewhere, read by ranges. Backends implement it; the range engine
// (range_engine.hpp) is the only caller of `read` and adds coalescing, retries, limits and
// statistics.
//
// A Source is shared (shared_ptr), knows its size and identity from the open, and holds no file
// content. All methods may be called from any thread. `name()` never contains credentials.
//
// When a reply shows that the file is no longer the one that was opened, the read fails with
// SourceChanged. The statement then restarts once: it opens the URL again (SourceRegistry::open
// gives a fresh Source with the new identity) and, when that fails the same way, reports the error.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/buffer.hpp"
#include "base/task.hpp"
#include "io/byte_range.hpp"
#include "io/session.hpp"

namespace whittle {

/// A part of a Buffer, which it keeps alive. Copies share the bytes.
struct BufferSlice {
  BufferRef buffer;
  const std::byte* data = nullptr;
  size_t size = 0;

  std::span<const std::byte> bytes() const { return {data, size}; }
  BufferSlice part(size_t offset, size_t length) const { return {buffer, data + offset, length}; }
};

/// What tells one version of a file from the next. Empty strings mean "the server does not say".
struct SourceIdentity {
  std::string etag;  // as sent, W/ included
  std::string last_modified;
  uint64_t size = 0;
  /// For caches: true when both surely name the same bytes (same size and the same strong ETag, or
  /// same date where there is no ETag).
  bool surely_same(const SourceIdentity& other) const;
};

/// Fixed properties of a backend, seeds of what the engine then measures.
struct SourceHints {
  bool is_local = false;          // reads cost microseconds: no read-ahead into memory, only advice
  bool measure_link = true;       // let measured TTFB × bandwidth replace the gap below
  uint32_t max_concurrency = 32;  // requests in flight
  uint64_t coalescing_gap = 64 << 10;  // until the link is measured
  uint64_t max_request = 8 << 20;      // larger ranges are split
  uint64_t max_block = 8 << 20;        // coalescing stops here
};

/// The measured link, shared by all statements that read the source. Bandwidth is a slowly decaying
/// maximum (a reply that shared the link with others saw less than there is), time to first byte
/// leans to the minimum (a reply that queued behind others waited longer than the distance
/// demands).
class LinkEstimate {
 public:
  /// `bytes` arrived on this link within `nanoseconds`; few bytes say nothing about bandwidth.
  void add_transfer(uint64_t bytes, uint64_t nanoseconds);
  void add_first_byte(uint64_t nanoseconds);
  uint64_t first_byte_nanoseconds() const { return first_byte_.load(std::memory_order_relaxed); }
  uint64_t bytes_per_second() const { return bandwidth_.load(std::memory_order_relaxed); }
  /// Bytes that cost as much as one more request: TTFB × bandwidth within 4 KiB … 8 MiB; `seed`
  /// until both are known.
  uint64_t gap(uint64_t seed) const;

 private:
  std::atomic<uint64_t> first_byte_ = 0, bandwidth_ = 0;
};

/// One raw request. `into` has exactly range.length bytes and lives until the read ended.
struct ReadRequest {
  ByteRange range;
  std::span<std::byte> into;
  const CancellationToken* statement = nullptr;
  const CancellationToken* own = nullptr;  // set when nobody wants this block any more
  uint64_t timeout_nanoseconds = 30'000'000'000;
  IoSession* session = nullptr;

  bool cancelled() const {
    return (statement && statement->cancelled()) || (own && own->cancelled());
  }
};

struct ReadReply {
  Status status;
  uint64_t received = 0;  // leading bytes of `into` that are valid, also after a failure
  bool retryable = false;
  uint64_t retry_after_nanoseconds = 0;
  uint64_t first_byte_nanoseconds = 0;  // since the request was sent; 0 if not measured
};

class Source {
 public:
  virtual ~Source() = default;

  const std::string& name() const { return name_; }
  uint64_t size() const { return identity_.size; }
  const SourceIdentity& identity() const { return identity_; }
  const SourceHints& hints() const { return hints_; }
  LinkEstimate& link() { return link_; }

  /// One request of the backend. Never fails by budget; never completes a wait from inside the
  /// call.
  virtual Task<ReadReply> read(ReadRequest request) = 0;
  /// The bytes without a copy, if the backend has them in memory; else an empty slice.
  virtual BufferSlice view(ByteRange) { return {}; }
  /// Reads at once if that needs no waiting (page cache); false otherwise.
  virtual bool read_now(ByteRange, std::span<std::byte>) { return false; }
  /// Tells a local backend that the range will be read soon.
  virtual void advise(ByteRange) {}

 protected:
  Source(std::string name, SourceIdentity identity, SourceHints hints)
      : name_(std::move(name)), identity_(std::move(identity)), hints_(hints) {}

 private:
  std::string name_;
  SourceIdentity identity_;
  SourceHints hints_;
  LinkEstimate link_;
};
using SourceRef = std::shared_ptr<Source>;

struct OpenOptions {
  uint64_t known_size = UINT64_MAX;  // from the caller or a listing; still verified by each reply
  std::vector<std::pair<std::string, std::string>>
      headers;               // sent to the first host only, never logged
  std::string bearer_token;  // likewise
  /// How much of the file's end to fetch with the open; UINT64_MAX: `default_tail_size`. 0: none
  /// wanted.
  uint64_t tail_size = UINT64_MAX;
};

/// clamp(size/256, 64 KiB … 512 KiB), the whole file when under 1 MiB, 128 KiB when the size is
/// unknown: a second round trip for a wide table's footer costs more than these bytes.
uint64_t default_tail_size(uint64_t size_or_max);

struct OpenedSource {
  SourceRef source;
  /// The last bytes of the file that came with the open; may be empty, may be the whole file. Give
  /// it to RangeReader::keep so that the footer costs no second request.
  BufferSlice tail;
};

/// One kind of place: local files, http(s), memory, later s3, gcs, azure and the JavaScript host.
class SourceOpener {
 public:
  virtual ~SourceOpener() = default;
  /// Whether `url` is of this kind.
  virtual bool accepts(std::string_view url) const = 0;
  /// `options` and `url` are copied before the first suspension where they are needed later.
  virtual Task<Result<OpenedSource>> open(std::string url, OpenOptions options,
                                          IoSessionRef session) = 0;
  /// Names that match a pattern without braces, sorted. Default: the pattern itself.
  virtual Task<Result<std::vector<std::string>>> list(std::string pattern, OpenOptions options,
                                                      IoSessionRef session);
};

/// Finds the opener for a URL; the first that accepts wins. Filled once at start-up, then
/// read-only.
class SourceRegistry {
 public:
  void add(std::unique_ptr<SourceOpener> opener) { openers_.push_back(std::move(opener)); }
  Task<Result<OpenedSource>> open(std::string url, OpenOptions options, IoSessionRef session);
  /// Expands `{a,b}` and `{000..123}` anywhere, then `*`, `**`, `?`, `[..]` where the place can
  /// list (local files). No match is NotFound.
  Task<Result<std::vector<std::string>>> expand(std::string pattern, OpenOptions options,
                                                IoSessionRef session);

 private:
  Result<SourceOpener*> find(std::string_view url) const;
  std::vector<std::unique_ptr<SourceOpener>> openers_;
};

/// The URL as it may be shown: userinfo replaced, values of query parameters that carry signatures
/// or tokens replaced by `…`.
std::string without_credentials(std::string_view url);

}  // namespace whittle
