// FetchTransport: an exchange lives in the frame of its `perform`; the list of active ones finds it
// by id.
#include <algorithm>

#include "base/task.hpp"
#include "host.hpp"
#include "imports.hpp"

namespace whittle::wasm {

using http::HttpFailure;
using http::HttpOutcome;
using http::HttpSink;

struct FetchTransport::Exchange {
  Exchange(Executor& executor, http::HttpRequest request, HttpSink& sink)
      : request(std::move(request)), sink(sink), done(executor) {}

  uint32_t id = next_request_id();
  http::HttpRequest request;
  HttpSink& sink;
  Completion<HttpOutcome> done;
  HttpOutcome outcome;
  uint64_t sent_at = 0;
  bool stopped = false, aborted = false;
};

namespace {

std::string header_lines(const http::HttpRequest& request) {
  std::string lines;
  const auto add = [&](std::string_view name, std::string_view value) {
    lines.append(name).append(": ").append(value).append("\n");
  };
  if (!request.range.empty()) add("Range", request.range);
  if (request.bearer_token && !request.bearer_token->empty()) {
    add("Authorization", "Bearer " + *request.bearer_token);
  }
  if (request.headers) {
    for (const auto& [name, value] : *request.headers) add(name, value);
  }
  return lines;
}

}  // namespace

Result<http::Redirect> FetchTransport::follow(const std::string&, const std::string&,
                                              const std::string&) const {
  return fail(ErrorCode::Http, "the server redirects, but not to anywhere");
}

Task<HttpOutcome> FetchTransport::perform(Executor& executor, http::HttpRequest request,
                                          HttpSink& sink) {
  Exchange exchange(executor, std::move(request), sink);
  exchange.sent_at = clock_.monotonic_nanoseconds();
  active_.push_back(&exchange);
  const http::HttpRequest& sent = exchange.request;
  const std::string headers = header_lines(sent);
  host_fetch(exchange.id, sent.url.data(), sent.url.size(), headers.data(), headers.size(),
             sent.head_only ? 1 : 0, static_cast<double>(sent.timeout_nanoseconds) / 1e6);
  co_return co_await exchange.done;
}

FetchTransport::Exchange* FetchTransport::find(uint32_t id) {
  for (Exchange* exchange : active_) {
    if (exchange->id == id) return exchange;
  }
  return nullptr;
}

bool FetchTransport::head(uint32_t id, int status, std::string_view headers) {
  Exchange* exchange = find(id);
  if (!exchange) return false;
  HttpOutcome& outcome = exchange->outcome;
  outcome.first_byte_nanoseconds = clock_.monotonic_nanoseconds() - exchange->sent_at;
  outcome.head.status = status;
  outcome.head.fields_hidden = traits_.hidden_fields;
  while (!headers.empty()) {
    const size_t end = std::min(headers.find('\n'), headers.size() - 1);
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(end + 1);
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    outcome.head.add_field(line.substr(0, colon), line.substr(colon + 2));
  }
  const HttpSink::Verdict verdict = exchange->sink.begin(outcome.head);
  // An error page that nobody reads costs nothing to leave: the host ends the transfer. Its end is
  // no failure of ours.
  exchange->stopped = verdict == HttpSink::Verdict::Abort;
  return verdict == HttpSink::Verdict::Accept;
}

bool FetchTransport::data(uint32_t id, std::span<const std::byte> bytes) {
  Exchange* exchange = find(id);
  if (!exchange || exchange->stopped) return false;
  exchange->stopped = !exchange->sink.data(bytes);
  return !exchange->stopped;
}

void FetchTransport::end(uint32_t id, HttpFailure failure, std::string_view message) {
  Exchange* exchange = find(id);
  if (!exchange) return;
  std::erase(active_, exchange);
  if (exchange->stopped) failure = HttpFailure::Stopped;
  if (exchange->aborted) failure = HttpFailure::Cancelled;
  exchange->outcome.failure = failure;
  exchange->outcome.message = message;
  exchange->done.complete(std::move(exchange->outcome));
}

void FetchTransport::abort_cancelled() {
  for (Exchange* exchange : active_) {
    if (exchange->aborted || !exchange->request.cancelled()) continue;
    exchange->aborted = true;
    host_abort(exchange->id);
  }
}

}  // namespace whittle::wasm
