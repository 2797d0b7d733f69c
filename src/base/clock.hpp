// Time and logging as interfaces: the operating system gives them natively (host/), JavaScript in
// wasm.
#pragma once

#include <coroutine>
#include <cstdint>
#include <string_view>

namespace whittle {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Nanoseconds since an arbitrary start; never goes back.
  virtual uint64_t monotonic_nanoseconds() = 0;
  /// Microseconds since 1970-01-01 UTC.
  virtual int64_t wall_microseconds() = 0;
  /// Posts `handle` to its executor after the delay (retry backoff). Awaited through `sleep_for`.
  virtual void wake_after(uint64_t nanoseconds, std::coroutine_handle<> handle) = 0;
};

/// `co_await SleepFor{clock, 100'000'000}`
struct SleepFor {
  Clock& clock;
  uint64_t nanoseconds;
  bool await_ready() const noexcept { return nanoseconds == 0; }
  void await_suspend(std::coroutine_handle<> handle) { clock.wake_after(nanoseconds, handle); }
  void await_resume() const noexcept {}
};

enum class LogLevel : unsigned char { Debug, Info, Warning };

/// Receives lines that already had credentials removed. May be called from any thread.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view line) = 0;
};

}  // namespace whittle
