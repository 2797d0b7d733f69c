// Executor: where suspended coroutines go on. Implemented by host/thread_pool (native, N workers)
// and by wasm/ (one queue, drained by each call from JavaScript). The core never creates a thread
// itself.
#pragma once

#include <coroutine>
#include <cstdint>

namespace whittle {

class Executor {
 public:
  virtual ~Executor() = default;
  /// Queues a suspended coroutine. Callable from any thread, also from I/O callbacks. Never resumes
  /// inline.
  virtual void post(std::coroutine_handle<> handle) = 0;
  /// Number of workers that may resume coroutines at the same time; at least 1.
  virtual uint32_t worker_count() const = 0;
  /// Whether a coroutine should let others run (`Turn`): only where one thread has other duties.
  virtual bool turn_is_over() { return false; }
};

/// Index of the worker that runs the calling code, 0 … worker_count()-1. Between two awaits it does
/// not change, so per-worker state (a sink's partial hash table) needs no lock.
uint32_t current_worker();
void set_current_worker(uint32_t index);

}  // namespace whittle
