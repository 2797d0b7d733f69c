#include "base/task.hpp"

namespace whittle {

namespace {
thread_local std::coroutine_handle<> next;
thread_local uint32_t worker_index = 0;
}  // namespace

std::coroutine_handle<>& detail::next_handle() {
  return next;
}

uint32_t current_worker() {
  return worker_index;
}
void set_current_worker(uint32_t index) {
  worker_index = index;
}

void drive(std::coroutine_handle<> handle) {
  while (handle) {
    next = nullptr;
    handle.resume();
    handle = next;
  }
  next = nullptr;
}

void TaskGroup::spawn(Task<Status> task) {
  pending_.fetch_add(1, std::memory_order_relaxed);
  spawn_detached(executor_, std::move(task),
                 [this](Status status) { finished(std::move(status)); });
}

void TaskGroup::finished(Status status) {
  if (!status) {
    MutexLock lock(mutex_);
    if (!first_error_) first_error_.emplace(std::move(status).error());
    failed_.store(true, std::memory_order_relaxed);
  }
  if (pending_.fetch_sub(1, std::memory_order_acq_rel) == 1) executor_.post(waiter_);
}

bool TaskGroup::Join::await_suspend(std::coroutine_handle<> handle) noexcept {
  group.waiter_ = handle;
  return group.pending_.fetch_sub(1, std::memory_order_acq_rel) != 1;
}

Status TaskGroup::Join::await_resume() {
  if (group.first_error_) return std::unexpected<Error>(std::move(*group.first_error_));
  return {};
}

}  // namespace whittle
