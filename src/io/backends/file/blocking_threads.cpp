#include "io/backends/file/blocking_threads.hpp"

namespace whittle {

BlockingThreads::~BlockingThreads() {
  {
    std::scoped_lock lock(mutex_);
    stopping_ = true;
    ready_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

void BlockingThreads::submit(Job job) {
  std::scoped_lock lock(mutex_);
  jobs_.push_back(job);
  if (idle_ < jobs_.size() && threads_.size() < most_) {
    threads_.emplace_back([this] { work(); });
  }
  ready_.notify_one();
}

void BlockingThreads::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (jobs_.empty()) {
      if (stopping_) return;
      ++idle_;
      ready_.wait(lock);
      --idle_;
      continue;
    }
    const Job job = jobs_.front();
    jobs_.pop_front();
    lock.unlock();
    job.run(job.context);
    lock.lock();
  }
}

}  // namespace whittle
