#include "io/backends/http/target.hpp"

#include "base/ascii.hpp"

namespace whittle::http {

namespace {

constexpr int max_redirects = 10;

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool is_reserved(std::string_view name) {
  const std::string folded = lower_case(name);
  return folded == "range" || folded == "if-range" || folded == "accept-encoding" ||
         folded == "content-length" || folded == "transfer-encoding" || folded == "connection";
}

// Passes the final reply on; keeps redirects from the real sink.
class RedirectFilter : public HttpSink {
 public:
  explicit RedirectFilter(HttpSink& sink) : sink_(sink) {}
  Verdict begin(const HttpHead& head) override {
    if (is_redirect_status(head.status) && head.location) return Verdict::Discard;
    return sink_.begin(head);
  }
  bool data(std::span<const std::byte> bytes) override { return sink_.data(bytes); }

 private:
  HttpSink& sink_;
};

// Counts one request of an open or a redirect; the range engine counts the reads it sends.
struct Counted {
  explicit Counted(IoSession* session) : session(session) {
    if (!session) return;
    IoStatistics& statistics = session->statistics;
    statistics.requests.fetch_add(1, std::memory_order_relaxed);
    if (statistics.in_flight.fetch_add(1, std::memory_order_relaxed) == 0) {
      statistics.round_trips.fetch_add(1, std::memory_order_relaxed);
    }
  }
  ~Counted() {
    if (session) session->statistics.in_flight.fetch_sub(1, std::memory_order_relaxed);
  }
  IoSession* session;
};

}  // namespace

Result<std::shared_ptr<HttpTarget>> HttpTarget::make(std::shared_ptr<HttpTransport> transport,
                                                     std::string url, const OpenOptions& options) {
  std::string normal = TRY(transport->normalize(url));
  for (const auto& [name, value] : options.headers) {
    if (name.empty() || has_line_break(name) || has_line_break(value) ||
        name.find_first_of(": \t") != std::string::npos) {
      return fail(ErrorCode::InvalidArgument, "a request header has a malformed name or value");
    }
    if (is_reserved(name)) {
      return fail(ErrorCode::InvalidArgument, "the request header '" + name + "' cannot be set");
    }
  }
  if (has_line_break(options.bearer_token)) {
    return fail(ErrorCode::InvalidArgument, "the bearer token has a line break");
  }
  auto target = std::make_shared<HttpTarget>();
  target->transport_ = std::move(transport);
  target->name_ = without_credentials(url);
  target->original_ = {std::move(normal), true};
  target->place_ = target->original_;
  target->headers_ = options.headers;
  target->bearer_token_ = options.bearer_token;
  return target;
}

HttpTarget::Place HttpTarget::current() const {
  MutexLock lock(mutex_);
  return place_;
}

void HttpTarget::remember(Place place) {
  MutexLock lock(mutex_);
  place_ = std::move(place);
}

Task<HttpOutcome> HttpTarget::ask(Ask ask, HttpSink& sink) {
  RedirectFilter filter(sink);
  Place place = current();
  const bool remembered = place.url != original_.url;
  bool started_over = false, redirected = false;
  for (int hop = 0; hop <= max_redirects; ++hop) {
    HttpRequest request;
    request.url = place.url;
    request.head_only = ask.head_only;
    request.range = ask.range;
    request.timeout_nanoseconds = ask.timeout_nanoseconds;
    request.statement = ask.statement;
    request.own = ask.own;
    if (place.trusted) {
      request.headers = &headers_;
      request.bearer_token = &bearer_token_;
    }
    HttpOutcome outcome;
    {
      Counted counted(hop == 0 && ask.counted ? nullptr : ask.session);
      outcome = co_await transport_->perform(ask.session->executor, std::move(request), filter);
    }
    const int status = outcome.head.status;
    const bool went =
        is_redirect_status(status) && outcome.head.location && outcome.failure == HttpFailure::None;
    // A redirect that was remembered may have expired (signed URLs do): ask the named URL again.
    const bool expired =
        remembered && !started_over && !redirected &&
        (status == 400 || status == 401 || status == 403 || status == 404 || status == 410);
    if (expired) {
      started_over = true;
      place = original_;
      remember(place);
      continue;
    }
    if (!went) {
      if (redirected && status >= 200 && status < 300) remember(place);
      co_return outcome;
    }
    auto next = transport_->follow(original_.url, place.url, *outcome.head.location);
    if (!next) {
      outcome.failure = HttpFailure::Fatal;
      outcome.message = next.error().message();
      co_return outcome;
    }
    place = {std::move(next->url), next->same_origin};
    redirected = true;
  }
  HttpOutcome outcome;
  outcome.failure = HttpFailure::Fatal;
  outcome.message = "more than 10 redirects";
  co_return outcome;
}

Error outcome_error(const HttpOutcome& outcome) {
  switch (outcome.failure) {
    case HttpFailure::Cancelled:
      return Error(ErrorCode::Cancelled, "the query was cancelled");
    case HttpFailure::Timeout:
      return Error(ErrorCode::Timeout, "the server took too long: " + outcome.message);
    case HttpFailure::Refused:
      return Error(ErrorCode::TooManyRequests, outcome.message)
          .with_hint("raise maxRequests, or ask for fewer columns and row groups");
    default:
      return Error(ErrorCode::Io,
                   outcome.message.empty() ? "the connection failed" : outcome.message);
  }
}

}  // namespace whittle::http
