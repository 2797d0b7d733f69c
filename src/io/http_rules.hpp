// What RFC 9110 demands of replies to range requests, without any network: the native HTTP backend
// and the JavaScript host judge replies by the same rules.
//
// Identity: the ETag (weak or strong, compared as sent), else Last-Modified, and the total length
// pinned at the open are compared with each reply. If-Range and If-Match are not sent: a mismatch
// would turn into a full 200 (If-Range) or depend on the server's care (If-Match), while the
// comparison here always works and costs nothing; the first reply's headers end the transfer before
// its body is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/source.hpp"

namespace whittle {

/// The parts of a reply's head that matter. Field values as sent, names already matched.
struct HttpHead {
  int status = 0;
  std::optional<std::string> content_range, content_encoding, content_type, retry_after, location;
  std::optional<uint64_t> content_length;
  std::string etag, last_modified;

  /// Takes one header line's field, names in any case. A second, differing Content-Length or
  /// Content-Range marks the head as contradictory.
  void add_field(std::string_view name, std::string_view value);
  bool contradictory = false;
  bool fields_hidden = false;  // a browser keeps back what the server does not expose
};

/// A 200 to a ranged request is read to its end only up to here.
inline constexpr uint64_t small_file = 1 << 20;

/// 408, 429, 5xx but 501 and 505: worth another try.
bool is_retryable_status(int status);
/// Redirects that keep the method: 301, 302, 303, 307, 308.
bool is_redirect_status(int status);
/// The typed error of a status that is no success.
Error http_status_error(int status);
/// Delta seconds or an HTTP date (RFC 9110 §10.2.3); 0 when absent or malformed.
uint64_t retry_after_nanoseconds(const HttpHead& head, int64_t wall_microseconds);

/// What the body of an accepted reply holds.
struct HttpBody {
  ByteRange range;
  std::optional<uint64_t> total;
  bool is_whole_file = false;  // a 200
};
/// Judges the head of a reply to `asked`. Accepts a 206 that begins where asked and is not longer,
/// and a 200 for small or wholly wanted files. `pinned` is null at the open.
Result<HttpBody> judge_range_reply(const HttpHead& head, ByteRange asked,
                                   const SourceIdentity* pinned);
/// The same for a suffix request `bytes=-n`.
Result<HttpBody> judge_suffix_reply(const HttpHead& head, uint64_t suffix);
/// Compares validators and length; SourceChanged when they differ.
Status check_identity(const HttpHead& head, std::optional<uint64_t> total,
                      const SourceIdentity& pinned);
Error range_not_supported();

}  // namespace whittle
