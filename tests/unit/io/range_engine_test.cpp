#include "io/range_engine.hpp"

#include <gtest/gtest.h>

#include "io/backends/memory.hpp"
#include "unit/io/simulation.hpp"

namespace whittle {
namespace {

using testing::right_bytes;
using testing::SimulatedSource;
using testing::World;

constexpr uint64_t kib = 1 << 10, mib = 1 << 20, ms = 1'000'000;

struct Fixture : ::testing::Test {
  World world;
  MemoryBudget budget{64 * mib};
  CancellationToken cancellation;
  IoSessionRef session = std::make_shared<IoSession>(world, world, budget, cancellation);
  std::shared_ptr<SimulatedSource> source = std::make_shared<SimulatedSource>(world, 1000 * mib);
};
using RangeEngine = Fixture;
using RangePlan = Fixture;

TEST_F(RangePlan, CoalescesNearRangesOnly) {
  std::vector<ByteRange> ranges = {{1000, 100}, {0, 100}, {150, 100}, {5000, 10}};
  auto blocks = plan_blocks(ranges, 64, 1 << 20);
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].range, (ByteRange{1000, 100}));
  EXPECT_EQ(blocks[1].range, (ByteRange{0, 250}));
  EXPECT_EQ(blocks[1].members, (std::vector<uint32_t>{1, 2}));
}

TEST_F(RangePlan, OverFetchesAtMostTwice) {
  std::vector<ByteRange> ranges = {{0, 10}, {1000, 10}, {2000, 10}};
  EXPECT_EQ(plan_blocks(ranges, 1 << 20, 8 << 20).size(), 3u);
  std::vector<ByteRange> dense = {{0, 1000}, {1900, 1000}, {3800, 1000}};
  EXPECT_EQ(plan_blocks(dense, 1 << 20, 8 << 20).size(), 1u);
}

TEST_F(RangePlan, RandomPlansCoverAndStayBounded) {
  uint64_t random = 7;
  auto next = [&](uint64_t limit) {
    random = random * 6364136223846793005u + 1;
    return (random >> 33) % limit;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<ByteRange> ranges;
    for (uint64_t i = next(20); i-- > 0;) ranges.push_back({next(100'000), next(5'000)});
    const uint64_t gap = next(3'000), max_block = 4'000 + next(20'000);
    std::vector<int> seen(ranges.size());
    for (const auto& block : plan_blocks(ranges, gap, max_block)) {
      std::vector<bool> needed(block.range.length);
      for (uint32_t member : block.members) {
        ++seen[member];
        ASSERT_TRUE(block.range.contains(ranges[member]));
        for (uint64_t i = 0; i < ranges[member].length; ++i) {
          needed[ranges[member].offset - block.range.offset + i] = true;
        }
      }
      const auto used = static_cast<uint64_t>(std::count(needed.begin(), needed.end(), true));
      ASSERT_LE(block.range.length, 2 * used + 1);
    }
    for (int count : seen) ASSERT_EQ(count, 1);
  }
}

TEST_F(RangePlan, SplitsEvenlyAndCompletely) {
  for (uint64_t length : {1ull, 8ull * mib, 8ull * mib + 1, 100ull * mib + 7}) {
    uint64_t offset = 5;
    for (ByteRange piece : split_block({5, length}, 8 * mib)) {
      EXPECT_EQ(piece.offset, offset);
      EXPECT_LE(piece.length, 8 * mib);
      EXPECT_GT(piece.length, 0u);
      offset = piece.end();
    }
    EXPECT_EQ(offset, 5 + length);
  }
}

TEST_F(RangeEngine, FetchesInOneRoundTripInOrder) {
  RangeReader reader(source, session);
  std::vector<ByteRange> ranges = {{500 * mib, 1000}, {0, 1000}, {100 * kib, 3}, {0, 0}, {40, 7}};
  auto slices = world.wait(reader.fetch(ranges));
  ASSERT_TRUE(slices);
  for (size_t i = 0; i < ranges.size(); ++i) EXPECT_TRUE(right_bytes((*slices)[i], ranges[i])) << i;
  EXPECT_EQ(source->asked.size(), 3u);
  EXPECT_EQ(session->statistics.round_trips, 1u);
  EXPECT_EQ(session->statistics.requests, 3u);
  EXPECT_EQ(session->statistics.bytes_needed, 2010u);
  EXPECT_EQ(session->statistics.bytes_fetched, 2003u);
  EXPECT_EQ(session->statistics.wait_nanoseconds / ms, 20u);
  EXPECT_EQ(session->statistics.traces().size(), 3u);
}

TEST_F(RangeEngine, BridgesGapsOnlyWhenSlotsAreScarce) {
  std::vector<ByteRange> ranges;
  for (uint64_t i = 0; i < 12; ++i) ranges.push_back({i * 80 * kib, 50 * kib});
  RangeReader wide(source, session);
  ASSERT_TRUE(world.wait(wide.fetch(ranges)));
  EXPECT_EQ(source->asked.size(), 12u);
  source->asked.clear();
  source = std::make_shared<SimulatedSource>(world, 1000 * mib);
  RangeReader narrow(source, session, {.max_concurrency = 6});
  ASSERT_TRUE(world.wait(narrow.fetch(ranges)));
  EXPECT_EQ(source->asked.size(), 1u);
}

TEST_F(RangeEngine, SplitsLargeRangesAndBoundsConcurrency) {
  RangeReader reader(source, session, {.max_concurrency = 4});
  const ByteRange range{3, 40 * mib};
  auto slice = world.wait(reader.fetch(range));
  ASSERT_TRUE(slice);
  EXPECT_TRUE(right_bytes(*slice, range));
  EXPECT_EQ(source->asked.size(), 10u);
  EXPECT_EQ(source->most_in_flight, 4);
  *slice = {};
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(RangeEngine, BeyondTheFileIsCorrupt) {
  RangeReader reader(source, session);
  for (ByteRange range :
       {ByteRange{1000 * mib, 1}, ByteRange{UINT64_MAX, 5}, ByteRange{1, UINT64_MAX}}) {
    auto slice = world.wait(reader.fetch(range));
    ASSERT_FALSE(slice);
    EXPECT_EQ(slice.error().code(), ErrorCode::Corrupt);
    EXPECT_EQ(slice.error().source(), "simulated");
  }
  EXPECT_TRUE(source->asked.empty());
}

TEST_F(RangeEngine, KeepsTheTail) {
  RangeReader reader(source, session);
  auto tail = world.wait(reader.fetch({999 * mib, mib}));
  reader.keep({999 * mib, mib}, *tail);
  auto again = world.wait(reader.fetch({999 * mib + 5, 100}));
  EXPECT_TRUE(right_bytes(*again, {999 * mib + 5, 100}));
  EXPECT_EQ(source->asked.size(), 1u);
}

TEST_F(RangeEngine, RetriesWithBackoffThenGivesUp) {
  source->behaviour = [](size_t, const ReadRequest&, ReadReply& reply) {
    reply = {};
    reply.status = fail(Error(ErrorCode::Http, "500").with_status(500));
    reply.retryable = true;
  };
  RangeReader reader(source, session);
  auto slice = world.wait(reader.fetch({0, 100}));
  ASSERT_FALSE(slice);
  EXPECT_EQ(slice.error().status(), 500);
  ASSERT_EQ(source->asked.size(), 4u);
  EXPECT_EQ(session->statistics.retries, 3u);
  for (size_t i = 1; i < 4; ++i) {
    const uint64_t pause = (source->asked[i].time - source->asked[i - 1].time - 20 * ms) / ms;
    const uint64_t base = 100ull << (i - 1);
    EXPECT_GE(pause, base);
    EXPECT_LE(pause, base + base / 2);
  }
}

TEST_F(RangeEngine, HonoursRetryAfterWithinReason) {
  uint64_t after = 2'000 * ms;
  source->behaviour = [&](size_t number, const ReadRequest&, ReadReply& reply) {
    if (number > 0) return;
    reply = {};
    reply.status = fail(Error(ErrorCode::Http, "429").with_status(429));
    reply.retryable = true;
    reply.retry_after_nanoseconds = after;
  };
  RangeReader reader(source, session);
  ASSERT_TRUE(world.wait(reader.fetch({0, 100})));
  EXPECT_EQ((source->asked[1].time - source->asked[0].time) / ms, 2'020u);
  source->asked.clear();
  after = 3'600'000 * ms;
  EXPECT_FALSE(world.wait(reader.fetch({0, 100})));
  EXPECT_EQ(source->asked.size(), 1u);
}

TEST_F(RangeEngine, GoesOnWhereABodyStopped) {
  source->behaviour = [](size_t number, const ReadRequest& request, ReadReply& reply) {
    if (number != 0) return;
    reply.received = request.range.length / 3;
    reply.status = fail(ErrorCode::Io, "cut");
    reply.retryable = true;
  };
  RangeReader reader(source, session);
  const ByteRange range{77, 3 * mib};
  auto slice = world.wait(reader.fetch(range));
  ASSERT_TRUE(slice);
  EXPECT_TRUE(right_bytes(*slice, range));
  ASSERT_EQ(source->asked.size(), 2u);
  EXPECT_EQ(source->asked[1].range, (ByteRange{77 + mib, 2 * mib}));
  EXPECT_EQ(session->statistics.bytes_fetched, 3 * mib);
}

TEST_F(RangeEngine, ShortRepliesAreContinuedButNotForEver) {
  uint64_t most = 100 * kib;
  source->behaviour = [&](size_t, const ReadRequest& request, ReadReply& reply) {
    reply.received = std::min(request.range.length, most);
  };
  RangeReader reader(source, session);
  auto slice = world.wait(reader.fetch({5, mib}));
  ASSERT_TRUE(slice);
  EXPECT_TRUE(right_bytes(*slice, {5, mib}));
  most = 1;
  EXPECT_FALSE(world.wait(reader.fetch({5, mib})));
  EXPECT_LT(source->asked.size(), 1000u);
}

TEST_F(RangeEngine, WhatIsNotRetryableFailsAtOnce) {
  source->behaviour = [](size_t, const ReadRequest&, ReadReply& reply) {
    reply = {};
    reply.status = fail(ErrorCode::SourceChanged, "changed");
  };
  RangeReader reader(source, session);
  auto slice = world.wait(reader.fetch({0, 100}));
  EXPECT_EQ(slice.error().code(), ErrorCode::SourceChanged);
  EXPECT_EQ(source->asked.size(), 1u);
}

TEST_F(RangeEngine, ReadAheadStaysBelowAThird) {
  budget.set_limit(30 * mib);
  uint64_t most = 0;
  source->behaviour = [&](size_t, const ReadRequest&, ReadReply&) {
    most = std::max(most, budget.used());
  };
  RangeReader reader(source, session);
  std::vector<ByteRange> ranges;
  for (uint64_t i = 0; i < 20; ++i) ranges.push_back({i * 10 * mib, 3 * mib});
  RangeSet set = reader.prefetch(ranges);
  world.run();
  EXPECT_EQ(source->asked.size(), 3u);
  EXPECT_LE(most, 10 * mib + 4 * kib);
  for (size_t i = 0; i < ranges.size(); ++i) {
    auto slice = world.wait(set.get(i));
    ASSERT_TRUE(slice) << slice.error().to_string();
    EXPECT_TRUE(right_bytes(*slice, ranges[i]));
    if (i == 5) break;
  }
  EXPECT_LE(session->statistics.read_ahead_bytes, 10 * mib);
  set = RangeSet();
  world.run();
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(session->statistics.read_ahead_bytes, 0u);
}

TEST_F(RangeEngine, NeededNowOvertakesAndEvictsReadAhead) {
  budget.set_limit(30 * mib);
  RangeReader reader(source, session);
  std::vector<ByteRange> ahead = {{0, 4 * mib}, {20 * mib, 4 * mib}};
  RangeSet set = reader.prefetch(ahead);
  world.run();
  EXPECT_EQ(session->statistics.read_ahead_bytes, 8 * mib);
  auto now = world.wait(reader.fetch({100 * mib, 28 * mib}));
  ASSERT_TRUE(now) << now.error().to_string();
  EXPECT_EQ(session->statistics.read_ahead_bytes, 0u);
  *now = {};
  auto slice = world.wait(set.get(1));
  ASSERT_TRUE(slice);
  EXPECT_TRUE(right_bytes(*slice, ahead[1]));
  auto too_much = world.wait(reader.fetch({100 * mib, 31 * mib}));
  ASSERT_FALSE(too_much);
  EXPECT_EQ(too_much.error().code(), ErrorCode::BudgetExceeded);
}

TEST_F(RangeEngine, WhatTheBudgetRefusedCanBeAskedForAgain) {
  RangeReader reader(source, session);
  const ByteRange range = {0, 8 * mib};
  ASSERT_TRUE(budget.try_reserve(60 * mib));
  RangeSet set = reader.prefetch({&range, 1});
  auto refused = world.wait(set.get(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::BudgetExceeded);
  EXPECT_EQ(set.missing_bytes(0), 8 * mib);
  budget.release(60 * mib);
  // Two who ask at once are answered by one request.
  int answered = 0;
  for (int i = 0; i < 2; ++i) {
    spawn_detached(world, set.get(0), [&](Result<BufferSlice> slice) {
      answered += slice && right_bytes(*slice, range);
    });
  }
  world.run();
  EXPECT_EQ(answered, 2);
  EXPECT_EQ(set.missing_bytes(0), 0u);
  uint64_t asked = 0;
  for (const auto& request : source->asked) asked += request.range.length;
  EXPECT_EQ(asked, 8 * mib);
}

TEST_F(RangeEngine, DeliversAsTheyCome) {
  RangeReader reader(source, session);
  source->nanoseconds_per_byte = 10;
  std::vector<ByteRange> ranges = {{0, 3 * mib}, {100 * mib, mib}, {200 * mib, 2 * mib}};
  RangeSet set = reader.prefetch(ranges);
  std::vector<size_t> order;
  for (;;) {
    auto arrival = world.wait(set.next());
    ASSERT_TRUE(arrival);
    if (!*arrival) break;
    order.push_back((*arrival)->index);
    EXPECT_TRUE(right_bytes((*arrival)->bytes, ranges[(*arrival)->index]));
    if (order.size() == 1) EXPECT_EQ(world.now > 0, true);
  }
  EXPECT_EQ(order.size(), 3u);
}

Task<Result<size_t>> first_arrival(RangeSet& set) {
  auto arrival = CO_TRY(co_await set.next());
  co_return arrival->index;
}

TEST_F(RangeEngine, TheFastestArrivesFirst) {
  RangeReader reader(source, session);
  source->nanoseconds_per_byte = 10;
  std::vector<ByteRange> ranges = {{0, 3 * mib}, {100 * mib, mib}};
  RangeSet set = reader.prefetch(ranges);
  EXPECT_EQ(*world.wait(first_arrival(set)), 1u);
}

TEST_F(RangeEngine, DroppedSetsCancelAndFree) {
  RangeReader reader(source, session, {.max_concurrency = 2});
  {
    std::vector<ByteRange> ranges;
    for (uint64_t i = 0; i < 6; ++i) ranges.push_back({i * 10 * mib, mib});
    RangeSet set = reader.prefetch(ranges);
    world.settle();
    EXPECT_EQ(source->in_flight, 2);
  }
  world.run();
  EXPECT_EQ(source->asked.size(), 2u);
  EXPECT_EQ(source->cancelled, 2);
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(session->statistics.read_ahead_bytes, 0u);
}

TEST_F(RangeEngine, CancellationEndsEverything) {
  budget.set_limit(500 * mib);
  source->behaviour = [&](size_t, const ReadRequest&, ReadReply&) { cancellation.cancel(); };
  RangeReader reader(source, session, {.max_concurrency = 2});
  std::vector<ByteRange> ranges;
  for (uint64_t i = 0; i < 6; ++i) ranges.push_back({i * 10 * mib, 20 * mib});
  auto slices = world.wait(reader.fetch(ranges));
  ASSERT_FALSE(slices);
  EXPECT_EQ(slices.error().code(), ErrorCode::Cancelled);
  EXPECT_EQ(source->asked.size(), 2u);
  EXPECT_TRUE(world.wait(reader.close()));
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(RangeEngine, CancellationEndsAPause) {
  source->behaviour = [&](size_t, const ReadRequest&, ReadReply& reply) {
    reply = {};
    reply.status = fail(ErrorCode::Http, "503");
    reply.retryable = true;
    reply.retry_after_nanoseconds = 50'000 * ms;
    cancellation.cancel();
  };
  RangeReader reader(source, session);
  EXPECT_EQ(world.wait(reader.fetch({0, 1})).error().code(), ErrorCode::Cancelled);
  EXPECT_LT(world.now, 200 * ms);
}

TEST_F(RangeEngine, LearnsTheLink) {
  source->nanoseconds_per_byte = 80;  // 12.5 MB/s
  RangeReader reader(source, session);
  EXPECT_EQ(reader.gap(), 64 * kib);
  ASSERT_TRUE(world.wait(reader.fetch({0, 4 * mib})));
  EXPECT_NEAR(static_cast<double>(reader.gap()), 250'000, 2'000);  // 20 ms × 12.5 MB/s
}

TEST_F(RangeEngine, FilesInMemoryAreNotCopied) {
  static const std::byte content[100] = {};
  SourceRef memory = make_memory_source("m", {}, {Buffer::wrap(content, 100), content, 100});
  RangeReader reader(memory, session);
  auto slice = world.wait(reader.fetch({10, 20}));
  ASSERT_TRUE(slice);
  EXPECT_EQ(slice->data, content + 10);
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace whittle
