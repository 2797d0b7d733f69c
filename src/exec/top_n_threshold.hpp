// TopNThreshold: what a top-N tells the scan while it runs: a bound of its first sort key that rows
// must beat or equal to have a chance. It only gets tighter.
//
// Set by the top-N from any worker, read by the scan before each row group, page and batch. The
// version tells readers whether anything changed without taking the lock.
#pragma once

#include <atomic>
#include <optional>

#include "base/sync.hpp"
#include "columnar/value.hpp"

namespace whittle {

class TopNThreshold {
 public:
  /// `count`: how many rows the top-N keeps.
  TopNThreshold(bool descending, bool nulls_first, uint64_t count)
      : descending_(descending), nulls_first_(nulls_first), count_(count) {}
  uint64_t count() const { return count_; }

  bool descending() const { return descending_; }
  /// NULLs come first: they always have a chance.
  bool nulls_first() const { return nulls_first_; }

  /// The value of the N-th best row seen. A NULL says nothing.
  void offer(const Value& bound) {
    if (bound.is_null()) return;
    MutexLock lock(mutex_);
    if (bound_) {
      const int order = compare(bound, *bound_);
      if (descending_ ? order <= 0 : order >= 0) return;
    }
    bound_ = bound;
    version_.fetch_add(1, std::memory_order_release);
  }
  /// 0: nothing is known yet.
  uint64_t version() const { return version_.load(std::memory_order_acquire); }
  std::optional<Value> bound() const {
    MutexLock lock(mutex_);
    return bound_;
  }

 private:
  const bool descending_, nulls_first_;
  const uint64_t count_;
  std::atomic<uint64_t> version_ = 0;
  mutable Mutex mutex_;
  std::optional<Value> bound_;
};

}  // namespace whittle
