// MemoryGate: where the morsels of a scan wait for memory, before they begin and before they
// inflate their next pages.
//
// Every worker reads pages of its own, and together they may need more than the operators above
// leave them. Morsels begin side by side as long as what they are expected to hold stays below half
// of the budget: what they hold they keep while they wait. A morsel under way that would be refused
// waits while another one runs: that one ends its pages, or what is above spills. A morsel that is
// the only one left running passes in any case, and is refused by the budget if there really is no
// room. Who waits for room in the result queue does not count as running, since it may wait for one
// that waits here.
//
// What a morsel passes with is reserved in its name; it releases it when it takes the memory, page
// by page. Any thread. Costs a lock per batch that needs new pages, nothing for the others.
#pragma once

#include <atomic>
#include <coroutine>
#include <deque>
#include <vector>

#include "base/executor.hpp"
#include "base/memory.hpp"
#include "base/sync.hpp"

namespace whittle {

class MemoryGate {
 public:
  MemoryGate(MemoryBudget& budget, Executor& executor) : budget_(budget), executor_(executor) {}

  struct Entry {
    MemoryGate& gate;
    uint64_t bytes;
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> handle) { return gate.wait(*this, handle); }
    void await_resume() const {}
  };
  /// `co_await entry(bytes)`: a morsel begins, which is expected to hold so much while it runs.
  /// Look at the cancellation after it.
  Entry entry(uint64_t bytes) { return {*this, bytes}; }
  /// It ends; `bytes` as at its entry.
  void leave(uint64_t bytes);
  /// It is about to wait for something else, and goes on after that.
  void pause() { leave(0); }
  void go_on();
  /// Something may have been freed.
  void look_again() {
    if (waiting_.load(std::memory_order_relaxed) > 0) wake();
  }

  struct Room {
    MemoryGate& gate;
    uint64_t bytes;
    bool granted = false;
    bool await_ready() const { return bytes == 0; }
    bool await_suspend(std::coroutine_handle<> handle) { return gate.wait(*this, handle); }
    uint64_t await_resume() const { return granted ? bytes : 0; }
  };
  /// `uint64_t reserved = co_await gate.room(bytes)`, by a morsel that has entered: `bytes`, drawn
  /// from the budget for the caller to release, or 0. Look at the cancellation after it.
  Room room(uint64_t bytes) { return {*this, bytes}; }

 private:
  struct Waiter {
    Room* room;  // in the frame of its coroutine
    std::coroutine_handle<> handle;
  };
  struct Candidate {
    uint64_t bytes;
    std::coroutine_handle<> handle;
  };
  bool admit(uint64_t bytes);
  bool pass(Room& room);
  bool wait(const Entry& entry, std::coroutine_handle<> handle);
  bool wait(Room& room, std::coroutine_handle<> handle);
  void wake();
  void wake_locked();

  MemoryBudget& budget_;
  Executor& executor_;
  Mutex mutex_;
  uint32_t running_ = 0;
  uint64_t expected_ = 0;             // bytes, of all that have entered
  std::deque<Candidate> candidates_;  // wait at the entry
  std::vector<Waiter> waiters_;
  std::atomic<uint32_t> waiting_ = 0;  // waiters_.size(), to be read without the lock
};

}  // namespace whittle
