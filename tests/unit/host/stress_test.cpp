// Many workers, many sets, dropped and cancelled at any moment: for the thread and address
// sanitizers.
#include <gtest/gtest.h>

#include <thread>

#include "unit/host/fault_server.hpp"
#include "unit/host/native_fixture.hpp"

namespace whittle {
namespace {

using testing::right_bytes;
constexpr uint64_t size = 4'000'000;

struct Stress : testing::NativeFixture {
  testing::Folder folder;
  std::string path = folder.file("a.bin", size);
};

struct Random {
  uint64_t state;
  uint64_t below(uint64_t limit) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % limit;
  }
};

std::vector<ByteRange> some_ranges(Random& random) {
  std::vector<ByteRange> ranges(random.below(12));
  for (ByteRange& range : ranges) {
    range.offset = random.below(size);
    range.length = random.below(std::min<uint64_t>(size - range.offset, 200'000));
  }
  return ranges;
}

Task<Status> one_get(RangeSet& set, size_t index, ByteRange range) {
  auto slice = CO_TRY(co_await set.get(index));
  if (!right_bytes(slice, range)) co_return fail(ErrorCode::Internal, "wrong bytes");
  co_return Status{};
}

// Several tasks await ranges of one set at once; some sets are dropped without being asked.
Task<Status> reader_task(Executor& executor, RangeReader& reader, uint64_t seed, int rounds) {
  Random random{seed};
  for (int round = 0; round < rounds; ++round) {
    const auto ranges = some_ranges(random);
    RangeSet set = reader.prefetch(ranges), ignored = reader.prefetch(some_ranges(random));
    if (random.below(4) == 0) continue;
    TaskGroup group(executor);
    for (size_t i = 0; i < ranges.size(); ++i) {
      group.spawn(one_get(set, i, ranges[i]));
      if (random.below(2)) group.spawn(one_get(set, i, ranges[i]));
    }
    CO_TRY(co_await group.join());
    if (random.below(3) == 0) {
      while (auto arrival = CO_TRY(co_await set.next())) {
        if (!right_bytes(arrival->bytes, ranges[arrival->index])) {
          co_return fail(ErrorCode::Internal, "wrong bytes");
        }
      }
    }
  }
  co_return Status{};
}

Task<Status> all_tasks(Executor& executor, RangeReader& reader, int rounds) {
  TaskGroup group(executor);
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    group.spawn(reader_task(executor, reader, seed, rounds));
  }
  Status status = co_await group.join();
  CO_TRY(co_await reader.close());
  co_return status;
}

TEST_F(Stress, LocalFile) {
  auto opened = open(path);
  ASSERT_TRUE(opened);
  {
    RangeReader reader(opened->source, session);
    Status status = host.pool.block_on(all_tasks(host.pool, reader, 100));
    EXPECT_TRUE(status) << status.error().to_string();
  }
  opened->tail = {};
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(session->statistics.read_ahead_bytes, 0u);
}

TEST_F(Stress, HttpWithFailures) {
  testing::FaultServer server(folder.path);
  if (!server.running()) GTEST_SKIP() << "node is not installed";
  for (const char* query : {"", "?max-body=50000", "?truncate=140000&first=40"}) {
    auto opened = open(server.url(std::string("/a.bin") + query));
    ASSERT_TRUE(opened) << opened.error().to_string();
    {
      RangeReader reader(opened->source, session, {.max_concurrency = 8, .retries = 50});
      Status status = host.pool.block_on(all_tasks(host.pool, reader, 10));
      EXPECT_TRUE(status) << query << status.error().to_string();
    }
    opened->tail = {};
    EXPECT_EQ(budget.used(), 0u);
    EXPECT_EQ(session->statistics.read_ahead_bytes, 0u);
  }
}

TEST_F(Stress, CancelledAtAnyMoment) {
  testing::FaultServer server(folder.path, {"--latency", "3"});
  if (!server.running()) GTEST_SKIP() << "node is not installed";
  for (int delay = 0; delay < 30; delay += 3) {
    cancellation.reset();
    renew();
    std::thread canceller([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(delay));
      cancellation.cancel();
    });
    if (auto opened = open(server.url("/a.bin"))) {
      RangeReader reader(opened->source, session);
      Status status = host.pool.block_on(all_tasks(host.pool, reader, 1000));
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code(), ErrorCode::Cancelled) << status.error().to_string();
    }
    canceller.join();
    EXPECT_EQ(budget.used(), 0u);
  }
}

}  // namespace
}  // namespace whittle
