#include "host/thread_pool.hpp"

#include "host/system_info.hpp"

namespace whittle::host {

ThreadPool::ThreadPool(uint32_t workers) {
  if (workers == 0) workers = processor_count();
  std::scoped_lock lock(mutex_);  // no worker looks at threads_ before all are there
  for (uint32_t i = 0; i < workers; ++i) threads_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
  {
    std::scoped_lock lock(mutex_);
    stopping_ = true;
    ready_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::post(std::coroutine_handle<> handle) {
  bool somebody_sleeps = false;
  {
    std::scoped_lock lock(mutex_);
    queue_.push_back(handle);
    somebody_sleeps = idle_ > 0;
  }
  if (somebody_sleeps) ready_.notify_one();
}

void ThreadPool::work(uint32_t index) {
  set_current_worker(index);
  std::unique_lock lock(mutex_);
  for (;;) {
    if (queue_.empty()) {
      if (stopping_) return;
      ++idle_;
      ready_.wait(lock);
      --idle_;
      continue;
    }
    const auto handle = queue_.front();
    queue_.pop_front();
    lock.unlock();
    drive(handle);
    lock.lock();
  }
}

}  // namespace whittle::host
