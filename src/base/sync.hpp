// Mutual exclusion that vanishes where there are no threads (wasm32 without shared memory).
#pragma once

#ifdef __wasm__
namespace whittle {
struct Mutex {
  void lock() {}
  bool try_lock() { return true; }
  void unlock() {}
};
struct MutexLock {
  explicit MutexLock(Mutex&) {}
};
}  // namespace whittle
#else
#include <mutex>
namespace whittle {
using Mutex = std::mutex;
using MutexLock = std::scoped_lock<std::mutex>;
}  // namespace whittle
#endif
