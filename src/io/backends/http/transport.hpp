// HttpTransport: whoever carries HTTP requests: libcurl natively (curl_transport), the host's
// `fetch` in wasm. Everything above it (the open, redirects, the rules of RFC 9110) is the same for
// both.
//
// One `perform` is one request. It may be awaited from any worker; the sink is called between the
// call and its completion, never after, perhaps on the transport's own thread. A transport that can
// see redirects does NOT follow them: target.hpp does, because it must drop credentials.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/http_rules.hpp"

namespace whittle::http {

/// Receives a reply as it comes. The head is judged before any byte of the body is read.
class HttpSink {
 public:
  enum class Verdict : uint8_t {
    Accept,   // give me the body
    Discard,  // read a small body to its end to keep the connection, drop a large one
    Abort,    // end the transfer now
  };
  virtual ~HttpSink() = default;
  virtual Verdict begin(const HttpHead& head) = 0;
  /// False ends the transfer (the body is longer than it may be).
  virtual bool data(std::span<const std::byte> bytes) = 0;
};

struct HttpRequest {
  std::string url;
  bool head_only = false;
  std::string range;  // "bytes=…", or empty
  const std::vector<std::pair<std::string, std::string>>* headers = nullptr;
  const std::string* bearer_token = nullptr;
  uint64_t timeout_nanoseconds = 30'000'000'000;
  const CancellationToken* statement = nullptr;
  const CancellationToken* own = nullptr;

  bool cancelled() const {
    return (statement && statement->cancelled()) || (own && own->cancelled());
  }
};

enum class HttpFailure : uint8_t {
  None,
  Cancelled,
  Timeout,
  Connection,  // reset, short body, refused: worth another try
  Stopped,     // the sink ended it
  Refused,     // the host sends no more requests (maxRequests)
  Fatal,       // malformed URL, unknown host, TLS: no use to try again
};

struct HttpOutcome {
  HttpHead head;  // status 0 when no head came
  HttpFailure failure = HttpFailure::None;
  std::string message;  // of a failure; without credentials
  uint64_t first_byte_nanoseconds = 0;
};

/// How a transport differs from libcurl.
struct HttpTraits {
  /// `bytes=-n` may be sent. In a browser it costs a preflight request, `bytes=a-b` does not.
  bool suffix_ranges = true;
  /// A browser shows only the reply's fields that the server exposes to other origins.
  bool hidden_fields = false;
  SourceHints hints;
};

struct Redirect {
  std::string url;
  bool same_origin;  // as the URL that was named first
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  /// The URL as it is to be sent (spaces percent-encoded); InvalidArgument if it is none.
  virtual Result<std::string> normalize(const std::string& url) const = 0;
  /// Where `location` leads from `from`; never from https to http.
  virtual Result<Redirect> follow(const std::string& named, const std::string& from,
                                  const std::string& location) const = 0;
  virtual Task<HttpOutcome> perform(Executor& executor, HttpRequest request, HttpSink& sink) = 0;
  virtual HttpTraits traits() const { return {}; }
};

}  // namespace whittle::http
