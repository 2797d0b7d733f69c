// ByteRange: a run of bytes of a source, checked once when it is made so that no later sum
// overflows.
//
// Also the text of ranges in HTTP (RFC 9110 §14): `bytes=a-b` with an inclusive end, and
// Content-Range. Plain values; any thread; no memory of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace whittle {

/// No source is longer: offsets stay exact in int64_t and in every file API.
inline constexpr uint64_t max_source_size = uint64_t{1} << 62;

struct ByteRange {
  uint64_t offset = 0;
  uint64_t length = 0;

  /// Refuses a range that ends beyond `limit` (by default: beyond any file).
  static Result<ByteRange> make(uint64_t offset, uint64_t length, uint64_t limit = max_source_size);
  /// True when offset + length neither overflows nor passes `limit`.
  bool fits(uint64_t limit) const { return length <= limit && offset <= limit - length; }

  uint64_t end() const { return offset + length; }
  bool empty() const { return length == 0; }
  bool contains(ByteRange inner) const { return inner.offset >= offset && inner.end() <= end(); }
  bool operator==(const ByteRange&) const = default;

  /// "bytes=a-b"; the range must not be empty (HTTP cannot say an empty range).
  std::string header() const;
  /// "[a, b)" for messages.
  std::string to_string() const;
};

/// "bytes=-n": the last n bytes.
std::string suffix_range_header(uint64_t length);

/// What a 206 or 416 says it holds: `bytes a-b/total`, `bytes a-b/*`, `bytes */total`.
struct ContentRange {
  std::optional<ByteRange> range;
  std::optional<uint64_t> total;
};
/// Strict: wrong units, signs, a > b, b >= total and overflow are Http errors.
Result<ContentRange> parse_content_range(std::string_view text);

/// A request header's single range against a file of `size` bytes (for `serve` and tests):
/// `bytes=a-b`, `bytes=a-`, `bytes=-n`. Nothing when it does not parse or has several ranges (then
/// the header is to be ignored, RFC 9110 §14.2); an empty ByteRange when it cannot be satisfied
/// (416).
std::optional<ByteRange> parse_range_header(std::string_view text, uint64_t size);

}  // namespace whittle
