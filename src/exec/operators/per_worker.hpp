// PerWorker<T>: one lazily made T per worker, found by current_worker() without a lock.
#pragma once

#include <memory>
#include <vector>

#include "base/executor.hpp"

namespace whittle {

template <class T>
class PerWorker {
 public:
  explicit PerWorker(uint32_t workers) : slots_(workers == 0 ? 1 : workers) {}

  /// The calling worker's T, made by `make()` (a unique_ptr) at first use.
  template <class F>
  T& get(F&& make) {
    std::unique_ptr<T>& slot = slots_[current_worker() % slots_.size()];
    if (!slot) slot = make();
    return *slot;
  }
  /// The calling worker's T, or null.
  T* find() const { return slots_[current_worker() % slots_.size()].get(); }
  /// All slots; null where a worker never came. Only when no worker is running.
  std::vector<std::unique_ptr<T>>& slots() { return slots_; }

 private:
  std::vector<std::unique_ptr<T>> slots_;
};

}  // namespace whittle
