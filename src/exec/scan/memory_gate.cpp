#include "exec/scan/memory_gate.hpp"

namespace whittle {

void MemoryGate::go_on() {
  MutexLock lock(mutex_);
  ++running_;
}

void MemoryGate::leave(uint64_t bytes) {
  MutexLock lock(mutex_);
  --running_;
  expected_ -= bytes;
  wake_locked();
}

// The other half is for what the operators hold.
bool MemoryGate::admit(uint64_t bytes) {
  const uint64_t most = budget_.limit() / 2;
  if (running_ > 0 && (expected_ > most || bytes > most - expected_)) return false;
  ++running_;
  expected_ += bytes;
  return true;
}

bool MemoryGate::wait(const Entry& entry, std::coroutine_handle<> handle) {
  MutexLock lock(mutex_);
  if (candidates_.empty() && admit(entry.bytes)) return false;
  candidates_.push_back({entry.bytes, handle});
  return true;
}

// True when the caller goes on at once: with what it asked for; or without, when it is alone or
// asks for more than there will ever be (a page header may lie).
bool MemoryGate::pass(Room& room) {
  room.granted = budget_.try_reserve(room.bytes);
  return room.granted || running_ <= 1 || room.bytes > budget_.limit();
}

bool MemoryGate::wait(Room& room, std::coroutine_handle<> handle) {
  MutexLock lock(mutex_);
  if (pass(room)) return false;
  --running_;
  waiters_.push_back({&room, handle});
  waiting_.store(static_cast<uint32_t>(waiters_.size()), std::memory_order_relaxed);
  return true;
}

void MemoryGate::wake() {
  MutexLock lock(mutex_);
  wake_locked();
}

// The first that finds room, or the first of all when nobody else would go on; then who may begin.
void MemoryGate::wake_locked() {
  for (auto waiter = waiters_.begin(); waiter != waiters_.end(); ++waiter) {
    ++running_;
    if (pass(*waiter->room)) {
      executor_.post(waiter->handle);
      waiters_.erase(waiter);
      waiting_.store(static_cast<uint32_t>(waiters_.size()), std::memory_order_relaxed);
      break;
    }
    --running_;
  }
  while (!candidates_.empty() && admit(candidates_.front().bytes)) {
    executor_.post(candidates_.front().handle);
    candidates_.pop_front();
  }
}

}  // namespace whittle
