// ThreadPool: the native Executor. N workers share one queue of suspended coroutines.
//
// Ownership: the pool owns its threads. Its destructor runs what is queued to the end and joins;
// whatever still waits for I/O must have been ended before (RangeReader::close, SourceRegistry's
// destruction). The outside world (the command, the C ABI) waits through `block_on` and must not
// call it on a worker.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/task.hpp"

namespace whittle::host {

class ThreadPool : public Executor {
 public:
  /// 0 workers: one per processor that this process may use.
  explicit ThreadPool(uint32_t workers = 0);
  ~ThreadPool() override;

  void post(std::coroutine_handle<> handle) override;
  uint32_t worker_count() const override { return static_cast<uint32_t>(threads_.size()); }

  /// Runs `task` on the workers and waits for its result.
  template <class T>
  T block_on(Task<T> task) {
    struct Shared {
      std::mutex mutex;
      std::condition_variable done;
      std::optional<T> value;
    } shared;
    spawn_detached(*this, std::move(task), [&shared](T value) {
      // Notified under the lock: the waiter destroys `shared` as soon as it can take it.
      std::scoped_lock lock(shared.mutex);
      shared.value.emplace(std::move(value));
      shared.done.notify_one();
    });
    std::unique_lock lock(shared.mutex);
    shared.done.wait(lock, [&] { return shared.value.has_value(); });
    return std::move(*shared.value);
  }

 private:
  void work(uint32_t index);

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::coroutine_handle<>> queue_;
  uint32_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace whittle::host
