#include "io/backends/http/curl_transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

namespace whittle::http {

namespace {

constexpr uint64_t discard_limit = 64 << 10;
constexpr size_t head_limit = 256 << 10;
constexpr int poll_milliseconds = 20;  // how late a cancellation may be seen
constexpr size_t idle_handles = 32;

void initialise_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

HttpFailure classify(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpFailure::None;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFailure::Timeout;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR:
      return HttpFailure::Connection;
    default:
      return HttpFailure::Fatal;
  }
}

// One request under way: what curl's callbacks see, and the completion that wakes the coroutine.
struct Exchange {
  Exchange(Executor& executor, HttpRequest request, HttpSink& sink)
      : request(std::move(request)), sink(sink), done(executor) {}

  HttpRequest request;
  HttpSink& sink;
  Completion<HttpOutcome> done;
  HttpOutcome outcome;
  CURL* easy = nullptr;
  curl_slist* fields = nullptr;
  char message[CURL_ERROR_SIZE] = {};
  size_t head_bytes = 0;
  uint64_t discarded = 0;
  bool judged = false, stopped = false;
  HttpSink::Verdict verdict = HttpSink::Verdict::Discard;

  bool on_header_line(std::string_view line) {
    head_bytes += line.size();
    if (head_bytes > head_limit) return false;
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // also after 1xx and after a proxy's CONNECT: start anew
      outcome.head = {};
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      outcome.head.status = static_cast<int>(status);
      return true;
    }
    if (line.empty()) {
      const int status = outcome.head.status;
      const bool final_head = status >= 200 && !judged;
      return !final_head || judge();
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || judged) return true;  // a trailer says nothing
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) {
      value.remove_prefix(1);
    }
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    outcome.head.add_field(line.substr(0, colon), value);
    return true;
  }

  bool judge() {
    long connect_status = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (connect_status != 0 && status == 0) return true;  // the proxy's answer, not the server's
    judged = true;
    verdict = sink.begin(outcome.head);
    stopped = verdict == HttpSink::Verdict::Abort;
    return !stopped;
  }

  bool on_body(std::span<const std::byte> bytes) {
    if (!judged && !judge())
      return false;  // HTTP/0.9 and the like never get here: curl refuses them
    if (verdict == HttpSink::Verdict::Accept) {
      stopped = !sink.data(bytes);
    } else {
      discarded += bytes.size();
      stopped = discarded > discard_limit;
    }
    return !stopped;
  }
};

size_t header_callback(char* data, size_t, size_t size, void* context) {
  return static_cast<Exchange*>(context)->on_header_line({data, size}) ? size : 0;
}

size_t body_callback(char* data, size_t, size_t size, void* context) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  return static_cast<Exchange*>(context)->on_body({bytes, size}) ? size : CURL_WRITEFUNC_ERROR;
}

void add_field(Exchange& exchange, const std::string& line) {
  exchange.fields = curl_slist_append(exchange.fields, line.c_str());
}

// Everything that does not change from request to request.
CURL* new_handle() {
  CURL* easy = curl_easy_init();
  if (!easy) return nullptr;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L << 10);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "whittle/0.1");
  curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_callback);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_callback);
  // The variable that curl's command and much else honours for private authorities.
  if (const char* bundle = std::getenv("CURL_CA_BUNDLE"); bundle && *bundle) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
  }
  return easy;
}

void prepare(Exchange& exchange) {
  const HttpRequest& request = exchange.request;
  CURL* easy = exchange.easy;
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  // Only TLS can turn out to be HTTP/2, which is worth waiting for.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, request.url.starts_with("https") ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(easy, CURLOPT_NOBODY, request.head_only ? 1L : 0L);
  curl_easy_setopt(
      easy, CURLOPT_TIMEOUT_MS,
      static_cast<long>(std::max<uint64_t>(request.timeout_nanoseconds / 1'000'000, 1)));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.message);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &exchange);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  add_field(exchange, "Accept-Encoding: identity");
  if (!request.range.empty()) add_field(exchange, "Range: " + request.range);
  if (request.bearer_token && !request.bearer_token->empty()) {
    add_field(exchange, "Authorization: Bearer " + *request.bearer_token);
  }
  if (request.headers) {
    for (const auto& [name, value] : *request.headers) {
      // "Name;" is curl's way to send a field without a value.
      add_field(exchange, value.empty() ? name + ";" : name + ": " + value);
    }
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange.fields);
}

class Loop {
 public:
  Loop() {
    initialise_curl();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, long{CURLPIPE_MULTIPLEX});
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, 32L);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 64L);
    thread_ = std::thread([this] { run(); });
  }

  ~Loop() {
    stopping_.store(true);
    curl_multi_wakeup(multi_);
    thread_.join();
    for (CURL* easy : free_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
  }

  void submit(Exchange* exchange) {
    {
      std::scoped_lock lock(mutex_);
      new_.push_back(exchange);
    }
    curl_multi_wakeup(multi_);
  }

 private:
  void run() {
    for (;;) {
      start_new();
      int running = 0;
      curl_multi_perform(multi_, &running);
      collect();
      const bool stopping = stopping_.load();
      end_cancelled(stopping);
      if (stopping && active_.empty()) {
        std::scoped_lock lock(mutex_);
        if (new_.empty()) return;
        continue;
      }
      curl_multi_poll(multi_, nullptr, 0, active_.empty() ? 60'000 : poll_milliseconds, nullptr);
    }
  }

  void start_new() {
    std::deque<Exchange*> batch;
    {
      std::scoped_lock lock(mutex_);
      batch.swap(new_);
    }
    for (Exchange* exchange : batch) {
      exchange->easy = take_handle();
      if (!exchange->easy) {
        exchange->outcome.message = "libcurl has no memory left";
        complete(exchange, HttpFailure::Fatal);
        continue;
      }
      prepare(*exchange);
      active_.push_back(exchange);
      curl_multi_add_handle(multi_, exchange->easy);
    }
  }

  void collect() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      char* context = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
      auto* exchange = reinterpret_cast<Exchange*>(context);
      HttpFailure failure = exchange->stopped ? HttpFailure::Stopped : classify(code);
      if (failure != HttpFailure::None && failure != HttpFailure::Stopped) {
        exchange->outcome.message =
            exchange->message[0] ? exchange->message : curl_easy_strerror(code);
      }
      retire(exchange, failure);
    }
  }

  void end_cancelled(bool all) {
    // Backwards: retire() moves the last one into the gap.
    for (size_t i = active_.size(); i-- > 0;) {
      if (all || active_[i]->request.cancelled()) retire(active_[i], HttpFailure::Cancelled);
    }
  }

  void retire(Exchange* exchange, HttpFailure failure) {
    curl_off_t sent = 0, first = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_PRETRANSFER_TIME_T, &sent);
    curl_easy_getinfo(exchange->easy, CURLINFO_STARTTRANSFER_TIME_T, &first);
    if (first > sent) {
      exchange->outcome.first_byte_nanoseconds = static_cast<uint64_t>(first - sent) * 1000;
    }
    curl_multi_remove_handle(multi_, exchange->easy);
    give_back(std::exchange(exchange->easy, nullptr));
    curl_slist_free_all(std::exchange(exchange->fields, nullptr));
    const auto found = std::find(active_.begin(), active_.end(), exchange);
    *found = active_.back();
    active_.pop_back();
    complete(exchange, failure);
  }

  void complete(Exchange* exchange, HttpFailure failure) {
    exchange->outcome.failure = failure;
    // The exchange may be gone as soon as this is done.
    exchange->done.complete(std::move(exchange->outcome));
  }

  CURL* take_handle() {
    if (free_.empty()) return new_handle();
    CURL* easy = free_.back();
    free_.pop_back();
    return easy;
  }

  void give_back(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
    if (free_.size() < idle_handles) {
      free_.push_back(easy);
    } else {
      curl_easy_cleanup(easy);
    }
  }

  CURLM* multi_ = nullptr;
  std::vector<Exchange*> active_;
  std::vector<CURL*> free_;
  std::mutex mutex_;
  std::deque<Exchange*> new_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

struct Url {
  CURLU* handle = curl_url();
  Url() = default;
  Url(const Url&) = delete;
  ~Url() { curl_url_cleanup(handle); }
  bool set(const std::string& text) {
    return curl_url_set(handle, CURLUPART_URL, text.c_str(), CURLU_URLENCODE) == CURLUE_OK;
  }
  std::string get(CURLUPart part) const {
    char* text = nullptr;
    if (curl_url_get(handle, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    std::string copy = text;
    curl_free(text);
    return copy;
  }
  std::string origin() const {
    return get(CURLUPART_SCHEME) + "://" + get(CURLUPART_HOST) + ":" + get(CURLUPART_PORT);
  }
  std::string full() const {
    char* text = nullptr;
    if (curl_url_get(handle, CURLUPART_URL, &text, 0) != CURLUE_OK) return {};
    std::string copy = text;
    curl_free(text);
    return copy;
  }
};

class CurlTransport : public HttpTransport {
 public:
  Result<std::string> normalize(const std::string& url) const override {
    Url parsed;
    if (!parsed.set(url)) return fail(ErrorCode::InvalidArgument, "this is not a URL");
    return parsed.full();
  }

  Result<Redirect> follow(const std::string& named, const std::string& from,
                          const std::string& location) const override {
    Url first, before, next;
    const bool parsed =
        first.set(named) && before.set(from) && next.set(from) && next.set(location);
    const std::string scheme = parsed ? next.get(CURLUPART_SCHEME) : std::string();
    if (scheme != "http" && scheme != "https") {
      return fail(ErrorCode::Http, "the server redirects to something that is no web address");
    }
    if (before.get(CURLUPART_SCHEME) == "https" && scheme == "http") {
      return fail(ErrorCode::Http, "the server redirects from https to http, which is not safe");
    }
    return Redirect{next.full(), next.origin() == first.origin()};
  }

  Task<HttpOutcome> perform(Executor& executor, HttpRequest request, HttpSink& sink) override {
    Exchange exchange(executor, std::move(request), sink);
    loop_.submit(&exchange);
    co_return co_await exchange.done;
  }

 private:
  Loop loop_;
};

}  // namespace

std::shared_ptr<HttpTransport> make_curl_transport() {
  return std::make_shared<CurlTransport>();
}

}  // namespace whittle::http
