// The range cache: what it finds, what it forgets, and that it gives way.
#include "io/range_cache.hpp"

#include <gtest/gtest.h>

#include "io/backends/memory.hpp"

namespace whittle {
namespace {

struct RangeCacheTest : testing::Test {
  SourceRef file(std::string etag) {
    BufferSlice bytes{Buffer::charge(budget, 1000), nullptr, 1000};
    bytes.data = bytes.buffer->data();
    return make_memory_source("https://host/file", {std::move(etag), "", 1000}, bytes);
  }
  BufferSlice block(uint64_t length) {
    auto buffer = std::move(*Buffer::reserve(budget, length, "test"));
    const std::byte* data = buffer->data();
    return {std::move(buffer), data, length};
  }
  MemoryBudget budget{1 << 20};
  RangeCache cache{1000};
};

TEST_F(RangeCacheTest, FindsPartsOfABlock) {
  const SourceRef source = file("\"1\"");
  const BufferSlice bytes = block(100);
  cache.add(*source, {200, 100}, bytes);
  EXPECT_EQ(cache.find(*source, {200, 100}).data, bytes.data);
  EXPECT_EQ(cache.find(*source, {250, 50}).data, bytes.data + 50);
  EXPECT_FALSE(cache.find(*source, {199, 2}).buffer);
  EXPECT_FALSE(cache.find(*source, {290, 20}).buffer);
}

TEST_F(RangeCacheTest, LooksPastShorterBlocks) {
  const SourceRef source = file("\"1\"");
  cache.add(*source, {0, 300}, block(300));
  cache.add(*source, {100, 10}, block(10));
  cache.add(*source, {150, 10}, block(10));
  EXPECT_TRUE(cache.find(*source, {160, 100}).buffer);
}

TEST_F(RangeCacheTest, AChangedFileFindsNothing) {
  cache.add(*file("\"1\""), {0, 100}, block(100));
  EXPECT_FALSE(cache.find(*file("\"2\""), {0, 100}).buffer);
  cache.add(*file("\"2\""), {0, 50}, block(50));
  EXPECT_EQ(cache.size(), 50u);
  EXPECT_FALSE(cache.find(*file("\"1\""), {0, 50}).buffer);
}

TEST_F(RangeCacheTest, AFileWithoutIdentityIsNotKept) {
  cache.add(*file(""), {0, 100}, block(100));
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(RangeCacheTest, TheLeastRecentlyUsedGoesFirst) {
  const SourceRef source = file("\"1\"");
  cache.add(*source, {0, 400}, block(400));
  cache.add(*source, {400, 400}, block(400));
  EXPECT_TRUE(cache.find(*source, {0, 400}).buffer);
  cache.add(*source, {800, 200}, block(200));
  cache.add(*source, {900, 100}, block(100));
  EXPECT_TRUE(cache.find(*source, {0, 400}).buffer);
  EXPECT_FALSE(cache.find(*source, {400, 400}).buffer);
  EXPECT_LE(cache.size(), 1000u);
}

TEST_F(RangeCacheTest, GivesWayToReservations) {
  const SourceRef source = file("\"1\"");
  budget.set_reclaimer(
      [](void* owner, uint64_t bytes) { static_cast<RangeCache*>(owner)->evict(bytes); }, &cache);
  cache.add(*source, {0, 900}, block(900));
  const uint64_t free = budget.available();
  ASSERT_TRUE(budget.try_reserve(free + 100));
  EXPECT_EQ(cache.size(), 0u);
  budget.release(free + 100);
}

}  // namespace
}  // namespace whittle
