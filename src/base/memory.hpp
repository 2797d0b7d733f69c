// MemoryBudget: the one account of everything that grows with data.
//
// Two ways to draw on it. `reserve` may refuse: for hash tables, sort runs, fetched ranges, string
// heaps, anything that can spill, shrink or fail with BudgetExceeded. `charge` never refuses: for
// the fixed working set of a running pipeline (a handful of 2,048-row vectors per worker), which is
// bounded by the plan, not by the data. Both are counted, so `used` is the truth.
//
// Thread-safe; one budget per Database. Costs one atomic add per call.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace whittle {

class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t limit) : limit_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;

  /// Draws `bytes`, or fails with BudgetExceeded and draws nothing. `what` names the consumer in
  /// the error.
  Status reserve(uint64_t bytes, std::string_view what);
  /// As reserve, but answers false instead of building an error: for callers that can do with less.
  [[nodiscard]] bool try_reserve(uint64_t bytes);
  /// Draws `bytes` without asking: the bounded working set only.
  void charge(uint64_t bytes);
  void release(uint64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  uint64_t peak() const { return peak_.load(std::memory_order_relaxed); }
  uint64_t limit() const { return limit_.load(std::memory_order_relaxed); }
  uint64_t available() const;
  void set_limit(uint64_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }
  /// Starts a new peak at the present use (each statement reports its own).
  void reset_peak() { peak_.store(used(), std::memory_order_relaxed); }

  /// Who can give memory back when a reservation would fail (a cache): called with the bytes that
  /// lack, from any thread that reserves. Set before the budget is used.
  using Reclaimer = void (*)(void* owner, uint64_t bytes);
  void set_reclaimer(Reclaimer reclaim, void* owner) { reclaim_ = reclaim, owner_ = owner; }

  /// "85 MB / 256 MB (33.2%)"
  std::string to_string() const;

 private:
  void note_peak(uint64_t used);
  bool take(uint64_t bytes);
  Reclaimer reclaim_ = nullptr;
  void* owner_ = nullptr;
  std::atomic<uint64_t> used_ = 0, peak_ = 0, limit_;
};

/// "1.5 MB", decimal units, as the command prints sizes.
std::string format_bytes(uint64_t bytes);

/// RAII share of a budget that grows and shrinks. Move-only; not thread-safe by itself.
class Reservation {
 public:
  Reservation() = default;
  Reservation(MemoryBudget& budget, std::string_view what) : budget_(&budget), what_(what) {}
  Reservation(Reservation&& other) noexcept { swap(other); }
  Reservation& operator=(Reservation&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Reservation() { clear(); }

  /// Makes the share exactly `bytes`; on refusal it stays as it was.
  Status resize(uint64_t bytes);
  [[nodiscard]] bool try_resize(uint64_t bytes);
  Status grow(uint64_t bytes) { return resize(bytes_ + bytes); }
  void clear();
  uint64_t bytes() const { return bytes_; }

 private:
  void swap(Reservation& other);
  MemoryBudget* budget_ = nullptr;
  std::string_view what_;  // a literal
  uint64_t bytes_ = 0;
};

}  // namespace whittle
