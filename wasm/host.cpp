#include "host.hpp"

#include <algorithm>

#include "base/task.hpp"
#include "imports.hpp"

namespace whittle::wasm {

bool QueueExecutor::turn_is_over() {
  return !queue_.empty() && host_now() >= turn_ends_;
}

bool QueueExecutor::drain(double milliseconds) {
  turn_ends_ = host_now() + milliseconds;
  while (!queue_.empty()) {
    const std::coroutine_handle<> handle = queue_.front();
    queue_.pop_front();
    drive(handle);
    if (host_now() >= turn_ends_) break;
  }
  return !queue_.empty();
}

uint64_t HostClock::monotonic_nanoseconds() {
  return static_cast<uint64_t>(host_now() * 1e6);
}

int64_t HostClock::wall_microseconds() {
  return static_cast<int64_t>(host_wall() * 1e3);
}

void HostClock::wake_after(uint64_t nanoseconds, std::coroutine_handle<> handle) {
  const auto free = std::find(sleepers_.begin(), sleepers_.end(), nullptr);
  const auto id = static_cast<uint32_t>(free - sleepers_.begin());
  if (free == sleepers_.end()) {
    sleepers_.push_back(handle);
  } else {
    *free = handle;
  }
  host_sleep(static_cast<double>(nanoseconds) / 1e6, id);
}

void HostClock::wake(uint32_t id) {
  if (id >= sleepers_.size() || !sleepers_[id]) return;
  executor_.post(std::exchange(sleepers_[id], nullptr));
}

void HostLog::write(LogLevel level, std::string_view line) {
  host_log(static_cast<uint32_t>(level), line.data(), line.size());
}

uint32_t next_request_id() {
  static uint32_t id = 0;
  return ++id;
}

}  // namespace whittle::wasm
