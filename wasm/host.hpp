// The module's host: what NativeHost is natively, made of imports. One thread; coroutines wait in
// one queue that `drain` empties, in slices, so that a tab's event loop keeps turning.
//
// Ownership: one Host and one Engine per module instance, alive as long as the instance.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/executor.hpp"
#include "io/backends/http/transport.hpp"
#include "io/source.hpp"

namespace whittle::wasm {

class QueueExecutor : public Executor {
 public:
  void post(std::coroutine_handle<> handle) override { queue_.push_back(handle); }
  uint32_t worker_count() const override { return 1; }
  bool turn_is_over() override;
  /// Runs what is queued for about `milliseconds`; true if something is left.
  bool drain(double milliseconds);

 private:
  std::deque<std::coroutine_handle<>> queue_;
  double turn_ends_ = 0;
};

class HostClock : public Clock {
 public:
  explicit HostClock(QueueExecutor& executor) : executor_(executor) {}
  uint64_t monotonic_nanoseconds() override;
  int64_t wall_microseconds() override;
  void wake_after(uint64_t nanoseconds, std::coroutine_handle<> handle) override;
  /// Export `wake`.
  void wake(uint32_t id);

 private:
  QueueExecutor& executor_;
  std::vector<std::coroutine_handle<>> sleepers_;  // by id; null: free
};

class HostLog : public Log {
 public:
  void write(LogLevel level, std::string_view line) override;
};

/// HTTP through the host's `fetch`. Redirects are followed by the host.
class FetchTransport : public http::HttpTransport {
 public:
  FetchTransport(Clock& clock, http::HttpTraits traits) : clock_(clock), traits_(traits) {}

  Result<std::string> normalize(const std::string& url) const override { return url; }
  Result<http::Redirect> follow(const std::string&, const std::string&,
                                const std::string&) const override;
  http::HttpTraits traits() const override { return traits_; }
  Task<http::HttpOutcome> perform(Executor& executor, http::HttpRequest request,
                                  http::HttpSink& sink) override;

  /// Exports: the reply of request `id`. False when the rest of it is not wanted.
  bool head(uint32_t id, int status, std::string_view headers);
  bool data(uint32_t id, std::span<const std::byte> bytes);
  void end(uint32_t id, http::HttpFailure failure, std::string_view message);
  /// Asks the host to end what nobody waits for any more. After each drain.
  void abort_cancelled();

 private:
  struct Exchange;
  Exchange* find(uint32_t id);
  Clock& clock_;
  http::HttpTraits traits_;
  std::vector<Exchange*> active_;  // in the frames of `perform`
};

/// Every name that is no web address: files that JavaScript registered, and the paths of the
/// machine where there are any (Node). JavaScript says what a name is; bytes go straight into the
/// block that the range engine asked for.
class HostFiles : public SourceOpener {
 public:
  /// `sources` opens names that stand for an address.
  explicit HostFiles(SourceRegistry& sources) : sources_(sources) {}
  bool accepts(std::string_view name) const override;
  Task<Result<OpenedSource>> open(std::string name, OpenOptions options,
                                  IoSessionRef session) override;
  Task<Result<std::vector<std::string>>> list(std::string pattern, OpenOptions options,
                                              IoSessionRef session) override;

  /// What a name is: a file by JavaScript's number (`text`: its version), an address (`text`: the
  /// URL, then header names and values, each ended by NUL), or nothing (`text`: why).
  enum class Kind : uint8_t { File, Address, Missing };
  struct Opened {
    Kind kind = Kind::Missing;
    uint32_t file = 0;
    double size = -1;  // below zero: unknown
    std::string text;
  };
  /// Exports: the answers to `host_open`, `host_list` and `host_read`.
  void opened(uint32_t id, Opened answer);
  void listed(uint32_t id, std::string_view names);
  /// Where the bytes of read `id` go; null when it is gone.
  std::byte* space(uint32_t id);
  void read_ended(uint32_t id, uint64_t received, std::string_view message);
  void abort_cancelled();

  struct Read;
  template <class T>
  struct Question;

 private:
  friend class HostFile;
  SourceRegistry& sources_;
  // In the frames of the coroutines that wait for the answer.
  std::vector<Question<Opened>*> opens_;
  std::vector<Question<std::vector<std::string>>*> lists_;
  std::vector<Read*> reads_;
};

/// Pieces of a text that end in a NUL each.
std::vector<std::string> nul_ended(std::string_view text);
/// Names and values in turn.
std::vector<std::pair<std::string, std::string>> nul_ended_pairs(std::string_view text);

/// Fresh for each fetch and read of the instance.
uint32_t next_request_id();

}  // namespace whittle::wasm
