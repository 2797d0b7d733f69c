// HttpTarget: where a file is asked for. Follows redirects (remembering where they led, so that the
// next request goes there at once) and keeps credentials with the host they were meant for.
#pragma once

#include "io/backends/http/transport.hpp"

namespace whittle::http {

class HttpTarget {
 public:
  /// Normalises the URL (spaces are percent-encoded) and checks the headers: no line breaks, none
  /// that would change what a range means.
  static Result<std::shared_ptr<HttpTarget>> make(std::shared_ptr<HttpTransport> transport,
                                                  std::string url, const OpenOptions& options);

  struct Ask {
    bool head_only = false;
    std::string range;
    uint64_t timeout_nanoseconds = 30'000'000'000;
    const CancellationToken* statement = nullptr;
    const CancellationToken* own = nullptr;
    IoSession* session = nullptr;
    bool counted = false;  // the caller put the first request into the statistics itself
  };
  /// One request and the redirects it leads to. The sink sees the last reply; where a remembered
  /// redirect has expired it sees that refusal first and then `begin` again.
  Task<HttpOutcome> ask(Ask ask, HttpSink& sink);

  const std::string& name() const { return name_; }
  const HttpTransport& transport() const { return *transport_; }

 private:
  struct Place {
    std::string url;
    bool trusted = true;  // same origin as the URL that was named
  };
  Place current() const;
  void remember(Place place);

  std::shared_ptr<HttpTransport> transport_;
  std::string name_;
  Place original_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string bearer_token_;
  mutable Mutex mutex_;
  Place place_;  // where redirects led
};

/// The error of an outcome that failed without the sink's doing, for messages.
Error outcome_error(const HttpOutcome& outcome);

}  // namespace whittle::http
