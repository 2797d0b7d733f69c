#include "io/backends/http/http.hpp"

#include <algorithm>

#include "io/backends/http/sinks.hpp"
#include "io/backends/http/target.hpp"
#include "io/backends/memory.hpp"

namespace whittle {

namespace http {

namespace {

using TargetRef = std::shared_ptr<HttpTarget>;
constexpr uint64_t unknown_size = UINT64_MAX;

bool is_worth_retrying(const HttpOutcome& outcome) {
  return outcome.failure == HttpFailure::Connection || outcome.failure == HttpFailure::Timeout ||
         (outcome.failure == HttpFailure::None && is_retryable_status(outcome.head.status));
}

class HttpSource : public Source {
 public:
  HttpSource(TargetRef target, SourceIdentity identity)
      : Source(target->name(), std::move(identity), target->transport().traits().hints),
        target_(std::move(target)) {}

  Task<ReadReply> read(ReadRequest request) override {
    RangeSink sink(request.range, request.into, identity());
    HttpTarget::Ask ask;
    ask.range = request.range.header();
    ask.timeout_nanoseconds = request.timeout_nanoseconds;
    ask.statement = request.statement;
    ask.own = request.own;
    ask.session = request.session;
    ask.counted = true;
    HttpOutcome outcome = co_await target_->ask(std::move(ask), sink);
    ReadReply reply;
    reply.received = sink.received();
    reply.first_byte_nanoseconds = outcome.first_byte_nanoseconds;
    reply.retryable = is_worth_retrying(outcome);
    reply.retry_after_nanoseconds =
        retry_after_nanoseconds(outcome.head, request.session->clock.wall_microseconds());
    const bool ended_well = outcome.failure == HttpFailure::None;
    if (sink.error && outcome.failure != HttpFailure::Cancelled) {
      reply.status = fail(std::move(*sink.error));
    } else if (!ended_well) {
      reply.status = fail(outcome_error(outcome));
    } else if (!sink.complete()) {
      reply.status = fail(ErrorCode::Io, "the connection ended before the body did");
      reply.retryable = true;
    }
    if (!reply.status) {
      reply.status = fail(std::move(reply.status).error().with_source(name()));
    }
    co_return reply;
  }

 private:
  TargetRef target_;
};

// ---- the open

// The answer to one probe of the open, after retries.
struct Probe {
  HttpHead head;
  HttpBody body;
  BufferSlice bytes;
  std::optional<Error> error;
  uint64_t first_byte_nanoseconds = 0;

  bool is_whole_file() const { return !error && body.is_whole_file; }
};

class Opening {
 public:
  Opening(TargetRef target, const OpenOptions& options, IoSessionRef session)
      : target_(std::move(target)), options_(options), session_(std::move(session)) {}

  Task<Result<OpenedSource>> run() {
    uint64_t size = options_.known_size;
    const uint64_t wanted =
        options_.tail_size == UINT64_MAX ? default_tail_size(size) : options_.tail_size;
    if (size == unknown_size && wanted > 0 && target_->transport().traits().suffix_ranges) {
      Probe probe = CO_TRY(co_await ask(wanted, {}));
      if (probe.is_whole_file()) co_return whole_file(std::move(probe));
      if (!probe.error) co_return with_tail(std::move(probe));
      if (!suffix_was_refused(probe)) co_return fail(std::move(*probe.error));
    }
    if (size == unknown_size || wanted == 0 || size == 0) {
      Probe probe = CO_TRY(co_await ask(0, {0, 1}));
      if (probe.is_whole_file()) co_return whole_file(std::move(probe));
      if (is_empty_file(probe) && (size == unknown_size || size == 0)) co_return empty_file(probe);
      if (probe.error) co_return fail(std::move(*probe.error));
      if (size != unknown_size && probe.body.total && *probe.body.total != size) {
        co_return fail(wrong_size(size, *probe.body.total));
      }
      if (size == unknown_size) {
        size = probe.body.total ? *probe.body.total : CO_TRY(co_await size_by_head());
      }
      if (wanted == 0) co_return without_tail(std::move(probe), size);
    }
    const uint64_t length = std::min(wanted, size);
    Probe probe = CO_TRY(co_await ask(0, {size - length, length}));
    if (probe.is_whole_file()) co_return whole_file(std::move(probe));
    if (probe.error) co_return fail(std::move(*probe.error));
    if (probe.body.total && *probe.body.total != size) {
      co_return fail(wrong_size(size, *probe.body.total));
    }
    probe.body.total = size;
    co_return with_tail(std::move(probe));
  }

 private:
  // One GET with retries. Fails by itself only when the statement was cancelled; all else is in
  // `error`.
  Task<Result<Probe>> ask(uint64_t suffix, ByteRange range) {
    for (uint32_t failures = 0;; ++failures) {
      CO_TRY(session_->cancellation.check());
      OpenSink sink(session_->budget, suffix, range);
      HttpTarget::Ask ask = plain();
      ask.range = suffix ? suffix_range_header(suffix) : range.header();
      const uint64_t began = session_->clock.monotonic_nanoseconds();
      HttpOutcome outcome = co_await target_->ask(std::move(ask), sink);
      session_->statistics.bytes_fetched.fetch_add(sink.received, std::memory_order_relaxed);
      session_->statistics.wait_nanoseconds.fetch_add(
          session_->clock.monotonic_nanoseconds() - began, std::memory_order_relaxed);
      Probe probe = take(std::move(outcome), sink);
      if (!probe.error || !retryable_ || failures >= 3) co_return probe;
      if (suffix && suffix_was_refused(probe)) co_return probe;
      CO_TRY(co_await pause(probe.head, failures));
    }
  }

  HttpTarget::Ask plain() const {
    HttpTarget::Ask ask;
    ask.statement = &session_->cancellation;
    ask.session = session_.get();
    return ask;
  }

  Probe take(HttpOutcome outcome, OpenSink& sink) {
    Probe probe;
    retryable_ = is_worth_retrying(outcome);
    probe.first_byte_nanoseconds = outcome.first_byte_nanoseconds;
    if (sink.error && outcome.failure != HttpFailure::Cancelled) {
      probe.error = std::move(sink.error);
    } else if (outcome.failure != HttpFailure::None) {
      probe.error = outcome_error(outcome);
    } else if (!sink.complete()) {
      probe.error = Error(ErrorCode::Io, "the connection ended before the body did");
      retryable_ = true;
    } else {
      probe.body = sink.body;
      sink.buffer->truncate(sink.received);
      const std::byte* data = sink.buffer->data();
      probe.bytes = {std::move(sink.buffer), data, static_cast<size_t>(sink.received)};
    }
    probe.head = std::move(outcome.head);
    return probe;
  }

  Task<Status> pause(const HttpHead& head, uint32_t failures) {
    constexpr uint64_t millisecond = 1'000'000, longest = 60'000 * millisecond;
    const uint64_t base = (100 * millisecond) << failures;
    const uint64_t jitter = session_->clock.monotonic_nanoseconds() / 64 % (base / 2);
    const uint64_t asked = retry_after_nanoseconds(head, session_->clock.wall_microseconds());
    uint64_t left = std::max(base + jitter, std::min(asked, longest));
    session_->statistics.retries.fetch_add(1, std::memory_order_relaxed);
    while (left > 0) {
      const uint64_t step = std::min(left, 50 * millisecond);
      co_await SleepFor{session_->clock, step};
      left -= step;
      CO_TRY(session_->cancellation.check());
    }
    co_return Status{};
  }

  Task<Result<uint64_t>> size_by_head() {
    HeadSink sink;
    HttpTarget::Ask ask = plain();
    ask.head_only = true;
    const HttpOutcome outcome = co_await target_->ask(std::move(ask), sink);
    if (outcome.failure != HttpFailure::None) co_return fail(outcome_error(outcome));
    const HttpHead& head = outcome.head;
    if (head.status != 200 || !head.content_length || *head.content_length == 0) {
      co_return fail(Error(ErrorCode::Http, "the server does not say how long the file is")
                         .with_status(head.status)
                         .with_hint("give the length with the file if you know it"));
    }
    co_return *head.content_length;
  }

  // Servers without suffix ranges: 400, 405, 416, 500 and 501 have been seen, and a full 200.
  static bool suffix_was_refused(const Probe& probe) {
    const int status = probe.head.status;
    return probe.error->code() == ErrorCode::RangeNotSupported || status == 400 || status == 405 ||
           status == 416 || status == 500 || status == 501;
  }

  // 416 is how an empty file answers any range (RFC 9110 §15.5.17).
  static bool is_empty_file(const Probe& probe) {
    if (probe.head.status != 416 || !probe.head.content_range) return false;
    const auto parsed = parse_content_range(*probe.head.content_range);
    return parsed && parsed->total == uint64_t{0};
  }

  static Error wrong_size(uint64_t given, uint64_t found) {
    return Error(ErrorCode::SourceChanged, "the file has " + std::to_string(found) +
                                               " bytes, not the " + std::to_string(given) +
                                               " that were given");
  }

  SourceIdentity identity(const Probe& probe, uint64_t size) const {
    return {probe.head.etag, probe.head.last_modified, size};
  }

  Result<OpenedSource> whole_file(Probe probe) {
    if (options_.known_size != unknown_size && options_.known_size != probe.bytes.size) {
      return fail(wrong_size(options_.known_size, probe.bytes.size));
    }
    const SourceRef source =
        make_memory_source(target_->name(), identity(probe, probe.bytes.size), probe.bytes);
    note(*source, {0, probe.bytes.size});
    return OpenedSource{source, std::move(probe.bytes)};
  }

  OpenedSource empty_file(const Probe& probe) {
    return {make_memory_source(target_->name(), identity(probe, 0), {}), {}};
  }

  OpenedSource without_tail(Probe probe, uint64_t size) {
    auto source = std::make_shared<HttpSource>(target_, identity(probe, size));
    source->link().add_first_byte(probe.first_byte_nanoseconds);
    return {source, {}};
  }

  OpenedSource with_tail(Probe probe) {
    const uint64_t size = *probe.body.total;
    auto source = std::make_shared<HttpSource>(target_, identity(probe, size));
    source->link().add_first_byte(probe.first_byte_nanoseconds);
    note(*source, probe.body.range);
    // A server may send less than the whole tail; then it is of no use as one.
    if (probe.body.range.end() != size) return {source, {}};
    return {source, std::move(probe.bytes)};
  }

  void note(const Source& source, ByteRange range) {
    IoStatistics& statistics = session_->statistics;
    const uint64_t now = session_->clock.monotonic_nanoseconds();
    statistics.trace({statistics.add_source(source.name(), source.size()), range, now, now});
  }

  TargetRef target_;
  const OpenOptions& options_;
  IoSessionRef session_;
  bool retryable_ = false;
};

class HttpOpener : public SourceOpener {
 public:
  explicit HttpOpener(std::function<std::shared_ptr<HttpTransport>()> make_transport)
      : make_transport_(std::move(make_transport)) {}

  bool accepts(std::string_view url) const override {
    return url.starts_with("https://") || url.starts_with("http://");
  }

  Task<Result<OpenedSource>> open(std::string url, OpenOptions options,
                                  IoSessionRef session) override {
    std::shared_ptr<HttpTransport> transport;
    {
      MutexLock lock(mutex_);
      if (!transport_) transport_ = make_transport_();
      transport = transport_;
    }
    TargetRef target = CO_TRY(HttpTarget::make(std::move(transport), std::move(url), options));
    Opening opening(std::move(target), options, std::move(session));
    co_return co_await opening.run();
  }

 private:
  std::function<std::shared_ptr<HttpTransport>()> make_transport_;
  Mutex mutex_;
  std::shared_ptr<HttpTransport> transport_;
};

}  // namespace
}  // namespace http

std::unique_ptr<SourceOpener> make_http_opener(
    std::function<std::shared_ptr<http::HttpTransport>()> make_transport) {
  return std::make_unique<http::HttpOpener>(std::move(make_transport));
}

}  // namespace whittle
