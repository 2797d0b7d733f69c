#include "base/task.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/buffer.hpp"

namespace whittle {
namespace {

// One queue, drained by hand: what the wasm host does.
class QueueExecutor : public Executor {
 public:
  void post(std::coroutine_handle<> handle) override { queue_.push_back(handle); }
  uint32_t worker_count() const override { return 1; }
  void drain() {
    while (!queue_.empty()) {
      auto handle = queue_.front();
      queue_.pop_front();
      drive(handle);
    }
  }

 private:
  std::deque<std::coroutine_handle<>> queue_;
};

Task<int> bit(int i) {
  co_return i & 1;
}

Task<Result<int64_t>> sum(int n) {
  int64_t total = 0;
  for (int i = 0; i < n; ++i) total += co_await bit(i);
  co_return total;
}

TEST(Task, MillionAwaitsNeedNoStack) {
  QueueExecutor executor;
  int64_t answer = 0;
  spawn_detached(executor, sum(1'000'000), [&](Result<int64_t> result) { answer = *result; });
  executor.drain();
  EXPECT_EQ(answer, 500'000);
}

Task<Status> wait_for(Completion<int>& completion, int& seen) {
  seen = co_await completion;
  if (seen < 0) co_return fail(ErrorCode::Io, "negative");
  co_return Status{};
}

Task<Status> two(Executor& executor, Completion<int>& a, Completion<int>& b, int& x, int& y) {
  TaskGroup group(executor);
  group.spawn(wait_for(a, x));
  group.spawn(wait_for(b, y));
  co_return co_await group.join();
}

TEST(Task, GroupWaitsForAllAndReportsFirstError) {
  QueueExecutor executor;
  Completion<int> a(executor), b(executor);
  int x = 0, y = 0;
  bool done = false;
  spawn_detached(executor, two(executor, a, b, x, y), [&](Status status) {
    done = true;
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message(), "negative");
  });
  executor.drain();
  EXPECT_FALSE(done);
  b.complete(-1);
  executor.drain();
  EXPECT_FALSE(done);
  a.complete(7);
  executor.drain();
  EXPECT_TRUE(done);
  EXPECT_EQ(x, 7);
  EXPECT_EQ(y, -1);
}

TEST(Memory, ReservationRollsBackOnRefusal) {
  MemoryBudget budget(1000);
  Reservation share(budget, "test");
  ASSERT_TRUE(share.resize(600));
  Status refused = share.resize(1200);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::BudgetExceeded);
  EXPECT_EQ(budget.used(), 600u);
  share.clear();
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(budget.peak(), 600u);
  EXPECT_EQ(budget.to_string(), "0 B / 1 kB (0.0%)");
}

TEST(Memory, BufferIsChargedWhileItLives) {
  MemoryBudget budget(1 << 20);
  {
    BufferRef buffer = Buffer::charge(budget, 100);
    EXPECT_GE(budget.used(), 164u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->data()) % buffer_alignment, 0u);
    BufferRef other = buffer;
    EXPECT_FALSE(Buffer::reserve(budget, 2 << 20, "too much"));
  }
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace whittle
