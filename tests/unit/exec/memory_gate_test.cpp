// MemoryGate: who waits, who passes with what, and that somebody always goes on.
#include "exec/scan/memory_gate.hpp"

#include <gtest/gtest.h>

#include "base/task.hpp"
#include "unit/io/simulation.hpp"

namespace whittle::test {
namespace {

using whittle::testing::World;

struct Gate : ::testing::Test {
  World world;
  MemoryBudget budget{100};
  MemoryGate gate{budget, world};

  /// A morsel that enters and says so.
  struct Morsel {
    bool inside = false;
    std::optional<uint64_t> room;
  };
  Task<Status> come(Morsel& morsel, uint64_t bytes) {
    co_await gate.entry(bytes);
    morsel.inside = true;
    co_return Status();
  }
  Task<Status> ask(Morsel& morsel, uint64_t bytes) {
    morsel.room = co_await gate.room(bytes);
    co_return Status();
  }
  void enter(Morsel& morsel, uint64_t bytes) {
    spawn_detached(world, come(morsel, bytes), [](Status) {});
    world.run();
  }
  void ask_for(Morsel& morsel, uint64_t bytes) {
    spawn_detached(world, ask(morsel, bytes), [](Status) {});
    world.run();
  }
  void leave(uint64_t bytes) {
    gate.leave(bytes);
    world.run();
  }
};

TEST_F(Gate, HalfOfTheBudgetIsForMorselsUnderWay) {
  Morsel a, b, c, d;
  enter(a, 20);
  enter(b, 30);
  enter(c, 10);
  EXPECT_TRUE(a.inside && b.inside);
  EXPECT_FALSE(c.inside);
  enter(d, 0);  // would fit, but others came first
  EXPECT_FALSE(d.inside);
  leave(20);
  EXPECT_TRUE(c.inside && d.inside);
}

TEST_F(Gate, OneAlwaysBegins) {
  Morsel a, b, c;
  enter(a, 1000);
  EXPECT_TRUE(a.inside);
  enter(b, 1000);
  enter(c, 1000);
  EXPECT_FALSE(b.inside);
  // Its place in the result may be behind b's: while it waits, b runs.
  gate.pause();
  world.run();
  EXPECT_TRUE(b.inside);
  EXPECT_FALSE(c.inside);
  gate.go_on();
  leave(1000);
  leave(1000);
  EXPECT_TRUE(c.inside);
}

TEST_F(Gate, RoomIsReservedForWhoGetsIt) {
  Morsel a;
  enter(a, 0);
  ask_for(a, 60);
  EXPECT_EQ(a.room, 60u);
  EXPECT_EQ(budget.used(), 60u);
  budget.release(60);
}

TEST_F(Gate, WaitsWhileAnotherRuns) {
  Morsel a, b;
  enter(a, 0);
  enter(b, 0);
  ASSERT_TRUE(budget.try_reserve(80));
  ask_for(a, 60);
  EXPECT_FALSE(a.room);
  gate.look_again();
  world.run();
  EXPECT_FALSE(a.room);
  budget.release(80);
  gate.look_again();
  world.run();
  EXPECT_EQ(a.room, 60u);
  budget.release(60);
}

TEST_F(Gate, TheLastOneGoesOnWithoutRoom) {
  Morsel a, b, c;
  for (Morsel* morsel : {&a, &b, &c}) enter(*morsel, 0);
  ASSERT_TRUE(budget.try_reserve(80));
  ask_for(a, 60);
  ask_for(b, 50);
  EXPECT_FALSE(a.room || b.room);
  leave(0);  // c
  EXPECT_EQ(a.room, 0u);
  EXPECT_FALSE(b.room);
  leave(0);  // a
  EXPECT_EQ(b.room, 0u);
  budget.release(80);
}

TEST_F(Gate, WhatCanNeverFitDoesNotWait) {
  Morsel a, b;
  enter(a, 0);
  enter(b, 0);
  ask_for(a, 101);
  EXPECT_EQ(a.room, 0u);
}

TEST_F(Gate, WhoWaitsForRoomComesBeforeWhoWouldBegin) {
  Morsel a, b, c;
  enter(a, 25);
  enter(b, 25);
  enter(c, 25);
  ASSERT_TRUE(budget.try_reserve(100));
  ask_for(a, 10);
  EXPECT_FALSE(a.room || c.inside);
  leave(25);  // b: a is alone then, and c fits beside it
  EXPECT_EQ(a.room, 0u);
  EXPECT_TRUE(c.inside);
  budget.release(100);
}

}  // namespace
}  // namespace whittle::test
