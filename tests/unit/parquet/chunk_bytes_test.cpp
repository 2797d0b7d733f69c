// ChunkBytes in windows: pages across their edges, and going on after the budget refused.
#include "parquet/chunk_bytes.hpp"

#include <gtest/gtest.h>

#include "unit/io/simulation.hpp"

namespace whittle::parquet {
namespace {

using testing::right_bytes;
using testing::SimulatedSource;
using testing::World;

constexpr uint64_t mib = 1 << 20;

struct ChunkBytesTest : ::testing::Test {
  World world;
  MemoryBudget budget{64 * mib};
  CancellationToken cancellation;
  IoSessionRef session = std::make_shared<IoSession>(world, world, budget, cancellation);
  std::shared_ptr<SimulatedSource> source = std::make_shared<SimulatedSource>(world, 100 * mib);
  RangeReader reader{source, session};

  void take(ChunkBytes& bytes, uint64_t size) {
    const uint64_t at = bytes.position();
    ASSERT_GE(bytes.available(), size);
    const auto slice = bytes.take(size);
    ASSERT_TRUE(slice) << slice.error().to_string();
    EXPECT_TRUE(right_bytes(*slice, {at, size})) << at;
  }
};

TEST_F(ChunkBytesTest, APageOfManyWindowsTakesItsOwnSize) {
  ChunkBytes bytes(reader, {{5 * mib, 40 * mib}}, mib);
  ASSERT_TRUE(world.wait(bytes.fetch(256)));
  take(bytes, 100);
  ASSERT_TRUE(world.wait(bytes.fetch(30 * mib)));
  take(bytes, 30 * mib);
  EXPECT_LT(budget.peak(), 35 * mib);
  // Goes on behind it, inside a window and over the next edge.
  ASSERT_TRUE(world.wait(bytes.fetch(1000)));
  take(bytes, 1000);
  ASSERT_TRUE(world.wait(bytes.fetch(2 * mib + 5)));
  take(bytes, 2 * mib + 5);
  ASSERT_TRUE(world.wait(bytes.fetch(bytes.left())));
  take(bytes, bytes.left());
  EXPECT_EQ(bytes.position(), 45 * mib);
}

TEST_F(ChunkBytesTest, GoesOnWhereTheBudgetRefused) {
  ChunkBytes bytes(reader, {{0, 20 * mib}}, mib);
  const auto refuse = [&](uint64_t room, uint64_t size, uint64_t lacking) {
    const uint64_t taken = budget.available() - room;
    ASSERT_TRUE(budget.try_reserve(taken));
    const auto refused = world.wait(bytes.fetch(size));
    budget.release(taken);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::BudgetExceeded);
    EXPECT_EQ(bytes.refused_bytes(), lacking);
  };
  refuse(mib / 2, 256, mib);  // a window
  ASSERT_TRUE(world.wait(bytes.fetch(256)));
  take(bytes, 200);
  refuse(8 * mib, 10 * mib, 10 * mib);  // the page
  EXPECT_EQ(bytes.available(), mib - 200);
  ASSERT_TRUE(world.wait(bytes.fetch(10 * mib)));
  EXPECT_EQ(bytes.refused_bytes(), 0u);
  take(bytes, 10 * mib);
}

TEST_F(ChunkBytesTest, SegmentsBegAnew) {
  ChunkBytes bytes(reader, {{0, 3 * mib}, {50 * mib, 3 * mib}}, mib);
  ASSERT_TRUE(world.wait(bytes.fetch(3 * mib)));
  take(bytes, 2 * mib);
  bytes.next_segment();
  ASSERT_TRUE(world.wait(bytes.fetch(3 * mib)));
  take(bytes, 3 * mib);
  bytes.next_segment();
  EXPECT_TRUE(bytes.at_end());
}

}  // namespace
}  // namespace whittle::parquet
