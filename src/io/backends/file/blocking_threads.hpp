// A few threads that may sleep in the kernel, so that workers need not. Started at the first job;
// the destructor runs what is queued and joins.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace whittle {

class BlockingThreads {
 public:
  struct Job {
    void (*run)(void* context);
    void* context;
  };
  explicit BlockingThreads(uint32_t most) : most_(most) {}
  ~BlockingThreads();
  void submit(Job job);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> jobs_;
  std::vector<std::thread> threads_;
  uint32_t most_, idle_ = 0;
  bool stopping_ = false;
};

}  // namespace whittle
