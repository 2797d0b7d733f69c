#include "host/system_clock.hpp"

#include <chrono>

namespace whittle::host {

SystemClock::~SystemClock() {
  {
    std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

uint64_t SystemClock::monotonic_nanoseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::nanoseconds(now).count());
}

int64_t SystemClock::wall_microseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

void SystemClock::wake_after(uint64_t nanoseconds, std::coroutine_handle<> handle) {
  std::scoped_lock lock(mutex_);
  if (stopping_) {
    executor_.post(handle);
    return;
  }
  sleepers_.emplace(monotonic_nanoseconds() + nanoseconds, handle);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_one();
}

void SystemClock::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const uint64_t now = monotonic_nanoseconds();
    while (!sleepers_.empty() && (stopping_ || sleepers_.begin()->first <= now)) {
      executor_.post(sleepers_.begin()->second);
      sleepers_.erase(sleepers_.begin());
    }
    if (stopping_) return;
    if (sleepers_.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_for(lock, std::chrono::nanoseconds(sleepers_.begin()->first - now));
    }
  }
}

}  // namespace whittle::host
