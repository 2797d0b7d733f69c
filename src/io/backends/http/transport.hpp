// HttpTransport: libcurl's multi interface on one thread; every HTTP(S) request of a Database
// passes here. Connections are kept alive and shared (HTTP/2 multiplexes), proxies come from the
// environment, TLS is verified. Redirects are NOT followed here: http.cpp does, because it must
// drop credentials.
//
// One HttpExchange is one request. `perform` may be awaited from any worker; the sink is called on
// the transport's thread, between the call and its completion, never after. The destructor ends
// what is in flight as cancelled and joins.
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
};

enum class HttpFailure : uint8_t {
  None,
  Cancelled,
  Timeout,
  Connection,  // reset, short body, refused: worth another try
  Stopped,     // the sink ended it
  Fatal,       // malformed URL, unknown host, TLS: no use to try again
};

struct HttpOutcome {
  HttpHead head;  // status 0 when no head came
  HttpFailure failure = HttpFailure::None;
  std::string message;  // of a failure; without credentials
  uint64_t first_byte_nanoseconds = 0;
};

class HttpTransport {
 public:
  HttpTransport();
  ~HttpTransport();
  Task<HttpOutcome> perform(Executor& executor, HttpRequest request, HttpSink& sink);

  struct Exchange;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace whittle::http
