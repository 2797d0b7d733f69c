// CancellationToken: one flag per running statement, set by Ctrl-C, an AbortSignal or a failed
// sibling. Loops look at it once per batch; the range engine drops requests in flight when it is
// set.
#pragma once

#include <atomic>

#include "base/result.hpp"

namespace whittle {

class CancellationToken {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  void reset() { cancelled_.store(false, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  Status check() const {
    if (cancelled()) return fail(ErrorCode::Cancelled, "the query was cancelled");
    return {};
  }

 private:
  std::atomic<bool> cancelled_ = false;
};

}  // namespace whittle
