// Task<T>: a lazy coroutine. Only code that waits for bytes is a Task; everything downstream is
// plain calls.
//
// Control passes between tasks through a trampoline (`drive`) instead of symmetric transfer: the
// awaiting side stores the next handle and returns to the loop, so that a loop of a million awaits
// needs no tail calls and no stack. That holds on wasm engines without the tail-call proposal too.
//
// Ownership: a Task owns its frame and destroys it. A detached task (`spawn`) owns itself and is
// freed when it ends. Never destroy a Task that is suspended inside an I/O request: cancel the
// request and let it end.
#pragma once

#include <atomic>
#include <coroutine>
#include <optional>
#include <utility>

#include "base/executor.hpp"
#include "base/result.hpp"
#include "base/sync.hpp"

namespace whittle {

namespace detail {

// The handle to go on with when the running coroutine gives up control; one slot per thread.
std::coroutine_handle<>& next_handle();

template <class T>
struct PromiseValue {
  std::optional<T> value;
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() { return std::move(*value); }
};

template <>
struct PromiseValue<void> {
  void return_void() {}
  void take() {}
};

}  // namespace detail

/// Resumes `handle` and all that it hands over to, until control would leave to an I/O request.
void drive(std::coroutine_handle<> handle);

template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type : detail::PromiseValue<T> {
    std::coroutine_handle<> continuation;

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct FinalAwaiter {
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> handle) noexcept {
        detail::next_handle() = handle.promise().continuation;
      }
      void await_resume() noexcept {}
    };
    FinalAwaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() { __builtin_trap(); }
  };

  Task() = default;
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().continuation = awaiting;
    detail::next_handle() = handle_;
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

/// A one-shot result that I/O fulfils and one coroutine awaits. The completing side may be another
/// thread; the waiter goes on through its executor. Complete it exactly once, never from inside the
/// call that issued the request.
template <class T>
class Completion {
 public:
  explicit Completion(Executor& executor) : executor_(executor) {}
  Completion(const Completion&) = delete;

  void complete(T value) {
    value_.emplace(std::move(value));
    void* waiter = state_.exchange(done_mark(), std::memory_order_acq_rel);
    if (waiter) executor_.post(std::coroutine_handle<>::from_address(waiter));
  }

  bool await_ready() const noexcept {
    return state_.load(std::memory_order_acquire) == done_mark_const();
  }
  bool await_suspend(std::coroutine_handle<> handle) noexcept {
    void* expected = nullptr;
    return state_.compare_exchange_strong(expected, handle.address(), std::memory_order_acq_rel);
  }
  T await_resume() { return std::move(*value_); }

 private:
  void* done_mark() { return this; }
  void* done_mark_const() const { return const_cast<Completion*>(this); }
  Executor& executor_;
  std::optional<T> value_;
  std::atomic<void*> state_ =
      nullptr;  // null: nobody waits; this: done; else: the waiter's address
};

/// Gives other coroutines of the same executor a turn.
struct Yield {
  Executor& executor;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) { executor.post(handle); }
  void await_resume() const noexcept {}
};

/// The same, but only when the executor's time slice is used up: `co_await Turn{executor}` in loops
/// that compute much between reads.
struct Turn {
  Executor& executor;
  bool await_ready() const { return !executor.turn_is_over(); }
  void await_suspend(std::coroutine_handle<> handle) { executor.post(handle); }
  void await_resume() const noexcept {}
};

/// Runs tasks side by side and waits for all of them. `join()` returns the first error; the others
/// still run to their end (they see the cancellation token themselves). Await `join()` exactly once
/// before destruction, also on the way of an error.
class TaskGroup {
 public:
  explicit TaskGroup(Executor& executor) : executor_(executor) {}
  TaskGroup(const TaskGroup&) = delete;

  /// Starts `task` on the executor. Callable from tasks of this group as well.
  void spawn(Task<Status> task);
  /// True after some task failed: siblings use it to stop early.
  bool failed() const { return failed_.load(std::memory_order_relaxed); }

  struct Join {
    TaskGroup& group;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) noexcept;
    Status await_resume();
  };
  Join join() { return Join{*this}; }

 private:
  void finished(Status status);

  Executor& executor_;
  // Running tasks plus one for the join itself: whoever brings it to zero resumes the waiter.
  std::atomic<uint32_t> pending_ = 1;
  std::atomic<bool> failed_ = false;
  std::coroutine_handle<> waiter_;
  Mutex mutex_;
  std::optional<Error> first_error_;
};

/// Starts a task whose result is delivered to `done` (a callable), on the executor. Nothing waits
/// for it.
template <class T, class F>
void spawn_detached(Executor& executor, Task<T> task, F done);

// ---- implementation
// ------------------------------------------------------------------------------------

namespace detail {
struct DetachedFrame {
  struct promise_type {
    DetachedFrame get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { __builtin_trap(); }
  };
  std::coroutine_handle<promise_type> handle;
};

template <class T, class F>
DetachedFrame run_detached(Task<T> task, F done) {
  done(co_await task);
}
}  // namespace detail

template <class T, class F>
void spawn_detached(Executor& executor, Task<T> task, F done) {
  executor.post(detail::run_detached<T, F>(std::move(task), std::move(done)).handle);
}

}  // namespace whittle
