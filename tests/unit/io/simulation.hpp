// A world in one thread for the range engine's tests: a queue of coroutines, a clock that jumps to
// the next event, and a source whose latency, bandwidth and failures the test chooses.
#pragma once

#include <coroutine>
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "io/range_engine.hpp"

namespace whittle::testing {

class World : public Executor, public Clock {
 public:
  void post(std::coroutine_handle<> handle) override { queue_.push_back(handle); }
  uint32_t worker_count() const override { return 1; }
  uint64_t monotonic_nanoseconds() override { return now; }
  int64_t wall_microseconds() override { return static_cast<int64_t>(now / 1000); }
  void wake_after(uint64_t nanoseconds, std::coroutine_handle<> handle) override {
    timers_.emplace(now + nanoseconds, handle);
  }
  /// Runs what can run now, without letting time pass.
  void settle() {
    while (!queue_.empty()) {
      auto handle = queue_.front();
      queue_.pop_front();
      drive(handle);
    }
  }
  /// Runs to the end of everything.
  void run() {
    settle();
    while (!timers_.empty()) {
      auto first = timers_.begin();
      now = first->first;
      auto handle = first->second;
      timers_.erase(first);
      drive(handle);
      settle();
    }
  }
  template <class T>
  T wait(Task<T> task) {
    std::optional<T> answer;
    spawn_detached(*this, std::move(task), [&](T value) { answer.emplace(std::move(value)); });
    run();
    return std::move(*answer);
  }

  uint64_t now = 1'000'000;

 private:
  std::deque<std::coroutine_handle<>> queue_;
  std::multimap<uint64_t, std::coroutine_handle<>> timers_;
};

inline std::byte byte_at(uint64_t offset) {
  return static_cast<std::byte>((offset * 2654435761u) >> 13);
}

struct Asked {
  ByteRange range;
  uint64_t time;
};

/// Byte i of the file is byte_at(i). `behaviour` may change any reply.
class SimulatedSource : public Source {
 public:
  SimulatedSource(World& world, uint64_t size, SourceHints hints = {})
      : Source("simulated", {.etag = "\"1\"", .last_modified = "", .size = size}, hints),
        world_(world) {}

  Task<ReadReply> read(ReadRequest request) override {
    asked.push_back({request.range, world_.now});
    const size_t number = asked.size() - 1;
    ++in_flight;
    most_in_flight = std::max(most_in_flight, in_flight);
    co_await SleepFor{world_, latency};
    ReadReply reply;
    reply.first_byte_nanoseconds = latency;
    reply.received = request.range.length;
    if (behaviour) behaviour(number, request, reply);
    for (uint64_t i = 0; i < reply.received; ++i) {
      request.into[i] = byte_at(request.range.offset + i);
    }
    if (request.cancelled()) {
      reply.status = fail(ErrorCode::Cancelled, "cancelled");
      reply.retryable = false;
      ++cancelled;
    }
    co_await SleepFor{world_, reply.received * nanoseconds_per_byte};
    --in_flight;
    co_return reply;
  }

  uint64_t latency = 20'000'000, nanoseconds_per_byte = 0;
  int in_flight = 0, most_in_flight = 0, cancelled = 0;
  std::vector<Asked> asked;
  std::function<void(size_t number, const ReadRequest&, ReadReply&)> behaviour;

 private:
  World& world_;
};

inline bool right_bytes(const BufferSlice& slice, ByteRange range) {
  if (slice.size != range.length) return false;
  for (uint64_t i = 0; i < range.length; ++i) {
    if (slice.data[i] != byte_at(range.offset + i)) return false;
  }
  return true;
}

}  // namespace whittle::testing
