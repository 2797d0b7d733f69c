#include "exec/operators/distinct_on.hpp"
#include "exec/operators/pipeline_source.hpp"
#include "exec/operators/sort.hpp"
#include "exec/operators/streaming.hpp"
#include "exec/operators/top_n.hpp"
#include "unit/exec/operator_harness.hpp"
#include "unit/io/simulation.hpp"

namespace whittle::test {
namespace {

class Sort : public OperatorTest {
 protected:
  explicit Sort(uint64_t limit = uint64_t{1} << 30) : OperatorTest(limit) {}
  std::vector<SortKey> keys;

  // A permutation of 0 … count-1 for prime-ish counts, with NULLs.
  BatchSourcePtr shuffled(uint64_t count) {
    return source(count, {{TypeId::BigInt,
                           [=](uint64_t i) {
                             return i % 100 == 99
                                        ? Value::null(TypeId::BigInt)
                                        : big(static_cast<int64_t>(i * 7919 % count) - 50);
                           }},
                          {TypeId::Varchar, [=](uint64_t i) {
                             return text("payload of row " + std::to_string(i));
                           }}});
  }
};

void expect_ascending(const std::vector<std::vector<Value>>& rows, bool descending,
                      bool nulls_first) {
  for (size_t i = 1; i < rows.size(); ++i) {
    const Value &a = rows[i - 1][0], &b = rows[i][0];
    if (a.is_null() || b.is_null()) {
      EXPECT_TRUE(nulls_first ? a.is_null() : b.is_null()) << i;
    } else {
      EXPECT_LE(descending ? compare(b, a) : compare(a, b), 0) << i;
    }
  }
}

TEST_F(Sort, EveryDirection) {
  QueryContext query = context();
  for (bool descending : {false, true}) {
    for (bool nulls_first : {false, true}) {
      keys.clear();
      keys.push_back({column(0), descending, nulls_first});
      auto sorted = make_sort_source(query, keys, shuffled(50'000), std::nullopt, 0, nullptr);
      auto result = rows(query, *sorted);
      ASSERT_TRUE(result);
      ASSERT_EQ(result->size(), 50'000u);
      expect_ascending(*result, descending, nulls_first);
    }
  }
}

TEST_F(Sort, EqualKeysKeepTheirOrder) {
  QueryContext query = context();
  keys.push_back({column(0)});
  auto child = source(
      400'000, {{TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i % 3)); }},
                {TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i)); }}});
  auto result = rows(query, *make_sort_source(query, keys, std::move(child), 10, 5, nullptr));
  ASSERT_TRUE(result);
  ASSERT_EQ(result->size(), 10u);
  for (int64_t i = 0; i < 10; ++i)
    EXPECT_EQ((*result)[static_cast<size_t>(i)][1], big((i + 5) * 3));
}

TEST_F(Sort, TopNIsTheHeadOfTheSort) {
  QueryContext query = context();
  for (bool descending : {false, true}) {
    for (bool nulls_first : {false, true}) {
      keys.clear();
      keys.push_back({column(0), descending, nulls_first});
      keys.push_back({column(1, TypeId::Varchar), !descending, false});
      auto threshold = std::make_shared<TopNThreshold>(descending, nulls_first, 10);
      auto top = rows(
          query, *make_top_n_source(query, keys, shuffled(70'000), 1000, 37, threshold, nullptr));
      auto all = rows(query, *make_sort_source(query, keys, shuffled(70'000), 1000, 37, nullptr));
      ASSERT_TRUE(top && all);
      ASSERT_EQ(top->size(), 1000u);
      for (size_t i = 0; i < 1000; ++i) {
        EXPECT_EQ((*top)[i][0], (*all)[i][0]);
        EXPECT_EQ((*top)[i][1], (*all)[i][1]);
      }
      // The threshold excludes nothing that belongs to the answer.
      const auto bound = threshold->bound();
      if (bound) {
        for (const auto& row : *top) {
          if (row[0].is_null()) continue;
          EXPECT_GE(descending ? compare(row[0], *bound) : compare(*bound, row[0]), 0);
        }
      }
    }
  }
}

TEST_F(Sort, StringsWithZeroBytesAndNaN) {
  QueryContext query = context();
  keys.push_back({column(0, TypeId::Varchar)});
  const std::vector<std::string> texts = {
      std::string("a\0b", 3), "a", std::string("a\0", 2), "b", "", "ab", std::string("a\0\xff", 3)};
  auto child =
      source(texts.size(), {{TypeId::Varchar, [&](uint64_t i) { return text(texts[i]); }}});
  auto result =
      rows(query, *make_sort_source(query, keys, std::move(child), std::nullopt, 0, nullptr));
  ASSERT_TRUE(result);
  expect_ascending(*result, false, false);
  keys.clear();
  keys.push_back({column(0, TypeId::Double)});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> numbers = {1, nan,   -1,     -0.0,
                                       0, 1e300, -1e300, std::numeric_limits<double>::infinity()};
  child = source(
      numbers.size(),
      {{TypeId::Double, [&](uint64_t i) { return Value::real(TypeId::Double, numbers[i]); }}});
  result = rows(query, *make_sort_source(query, keys, std::move(child), std::nullopt, 0, nullptr));
  ASSERT_TRUE(result);
  expect_ascending(*result, false, false);
}

TEST_F(Sort, DistinctOnAndLimit) {
  QueryContext query = context();
  PlanNode node(PlanKind::Distinct);
  node.output = {{"a", TypeId::BigInt}, {"b", TypeId::BigInt}};
  node.expressions.push_back(column(0));
  node.sort_keys.push_back({column(1), true, false});
  auto child =
      source(1000, {{TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i % 10)); }},
                    {TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i)); }}});
  keys.push_back({column(0)});
  auto pipeline = std::make_unique<PipelineSource>(
      make_sort_source(query, keys, make_distinct_on_source(query, node, std::move(child), nullptr),
                       std::nullopt, 0, nullptr),
      true);
  pipeline->append(
      [&](QueryContext& context, Stage& next) -> std::unique_ptr<Stage> {
        return std::make_unique<LimitOperator>(next, context, 3, 4, nullptr);
      },
      node.output);
  auto result = rows(query, *pipeline);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->size(), 3u);
  EXPECT_EQ((*result)[0][0], big(4));
  EXPECT_EQ((*result)[0][1], big(994));
}

TEST_F(Sort, ResultsComeInOrderThroughASlowReader) {
  QueryContext query = context();
  auto child = source(2'000'000,
                      {{TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i)); }}});
  ResultQueue queue(query, 256 * 1024);
  spawn_detached(pool, child->run(query, queue, false),
                 [&](Status status) { queue.close(std::move(status)); });
  int64_t next = 0;
  while (true) {
    auto batch = pool.block_on(queue.next());
    ASSERT_TRUE(batch);
    if (!*batch) break;
    EXPECT_EQ((*batch)->columns[0].values<int64_t>()[0], next);
    next += (*batch)->row_count();
  }
  EXPECT_EQ(next, 2'000'000);
  EXPECT_LT(budget.peak(), 8u << 20);
}

struct Woken {
  int count = 0;
  Task<Status> wait(ResultQueue& queue, uint64_t morsel) {
    co_await RoomFor{queue, morsel};
    ++count;
    co_return Status();
  }
};

TEST(ResultQueueRoom, WakesOnlyAsManyAsThereIsRoomFor) {
  whittle::testing::World world;
  MemoryBudget budget(64 << 20);
  CancellationToken cancellation;
  QueryContext query{world, budget, world, cancellation};
  ResultQueue queue(query, 20'000);
  const auto bring = [&](uint64_t morsel) {
    Batch batch;
    batch.length = 1024;
    batch.columns.push_back(Column::flat(budget, TypeId::BigInt, batch.length));
    batch.selection = Selection::all(batch.length);
    batch.morsel = morsel;
    ASSERT_TRUE(queue.consume(batch));
  };
  for (const uint64_t morsel : {0, 0, 0, 1, 1, 1}) bring(morsel);  // 9 kB each
  Woken first, second;
  spawn_detached(world, first.wait(queue, 0), [](Status) {});
  for (int i = 0; i < 3; ++i) spawn_detached(world, second.wait(queue, 1), [](Status) {});
  world.run();
  EXPECT_EQ(first.count, 0);
  // Whoever works on the morsel that is read next waits for the reader alone.
  const auto take = [&] { ASSERT_TRUE(*world.wait(queue.next())); };
  take();
  EXPECT_EQ(first.count, 1);
  EXPECT_EQ(second.count, 0);
  take();
  take();
  EXPECT_EQ(second.count, 0);  // three are held for morsel 1
  ASSERT_TRUE(queue.end_morsel(0));
  world.run();
  EXPECT_EQ(second.count, 0);
  take();
  EXPECT_EQ(second.count, 3);
}

class SortSpill : public Sort {
 protected:
  SortSpill() : Sort(16 << 20) {}
};

TEST_F(SortSpill, MoreRowsThanMemory) {
  QueryContext query = context();
  keys.push_back({column(0)});
  OperatorStatistics counted;
  auto sorted = make_sort_source(query, keys, shuffled(600'000), std::nullopt, 0, &counted);
  ResultQueue queue(query, 1 << 20);
  spawn_detached(pool, sorted->run(query, queue, false),
                 [&](Status status) { queue.close(std::move(status)); });
  std::optional<int64_t> last;
  uint64_t count = 0;
  while (true) {
    auto batch = pool.block_on(queue.next());
    ASSERT_TRUE(batch) << batch.error().to_string();
    if (!*batch) break;
    const ColumnView view((*batch)->columns[0]);
    for (uint32_t i = 0; i < (*batch)->row_count(); ++i, ++count) {
      if (!view.valid(i)) continue;
      const int64_t value = view.get<int64_t>(i);
      ASSERT_TRUE(!last || *last <= value);
      last = value;
    }
  }
  EXPECT_EQ(count, 600'000u);
  EXPECT_GT(counted.spilled_bytes.load(), 20u << 20);
  EXPECT_LE(budget.peak(), budget.limit() + (4u << 20));

  spill = false;
  QueryContext without = context();
  auto refused =
      rows(without, *make_sort_source(without, keys, shuffled(600'000), std::nullopt, 0, nullptr));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::BudgetExceeded);
}

}  // namespace
}  // namespace whittle::test
