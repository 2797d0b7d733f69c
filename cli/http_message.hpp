// HTTP/1.1 messages as `serve` needs them (RFC 9112): the head of a request, text helpers, dates.
// Plain values, no sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace whittle::cli {

inline constexpr size_t kMaxRequestHead = 32 << 10;

struct HttpRequest {
  std::string method;
  std::string path;  // percent-decoded, without the query; begins with '/'
  bool keep_alive = true;
  bool has_body = false;  // announced; nothing that is served here wants one
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case

  /// The value of the first header of that name; empty when there is none.
  std::string_view header(std::string_view name) const;
};

/// The head, up to its empty line. Nothing when it is malformed (400).
std::optional<HttpRequest> parse_request(std::string_view head);

/// The head's length with its empty line, npos when it has not come whole yet.
size_t request_head_length(std::string_view received);

std::string http_date(int64_t seconds);  // "Sun, 06 Nov 1994 08:49:37 GMT"
/// Whether a list of entity tags names `etag` (strong comparison); `*` names any.
bool lists_etag(std::string_view list, std::string_view etag);

std::string percent_encode(std::string_view segment);
std::string escape_html(std::string_view text);
std::string_view content_type(std::string_view name);  // by the ending
std::string_view reason_phrase(int status);

}  // namespace whittle::cli
