// SystemClock: the machine's clocks, and a timer thread (started at the first wait) that posts
// sleeping coroutines to the executor. Destroy it before the executor; sleepers are then woken
// early.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/clock.hpp"
#include "base/executor.hpp"

namespace whittle::host {

class SystemClock : public Clock {
 public:
  explicit SystemClock(Executor& executor) : executor_(executor) {}
  ~SystemClock() override;

  uint64_t monotonic_nanoseconds() override;
  int64_t wall_microseconds() override;
  void wake_after(uint64_t nanoseconds, std::coroutine_handle<> handle) override;

 private:
  void run();

  Executor& executor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<uint64_t, std::coroutine_handle<>> sleepers_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace whittle::host
