// The scan over files of other writers: filters and skipping give what reading everything gives.
#include <filesystem>

#include "exec/physical_plan.hpp"
#include "unit/exec/scan_harness.hpp"

namespace whittle::test {
namespace {

const std::string data = "../shared/data/parquet-testing/data/";

class Scan : public OperatorTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(data)) GTEST_SKIP() << "no " << data;
  }

  std::unique_ptr<PlanNode> scan(TableRef table, std::vector<uint32_t> columns = {}) {
    auto node = std::make_unique<PlanNode>(PlanKind::Scan);
    if (columns.empty()) {
      for (uint32_t i = 0; i < table->schema().size(); ++i) columns.push_back(i);
    }
    for (uint32_t i : columns) node->output.push_back(table->schema()[i]);
    node->columns = std::move(columns);
    node->table = std::move(table);
    return node;
  }
  std::vector<std::vector<Value>> read(const PlanNode& node, bool skipping = true) {
    QueryContext query = context();
    query.io = world.session;
    query.skipping = skipping;
    auto source = build_physical_plan(node, query);
    EXPECT_TRUE(source) << (source ? "" : source.error().to_string());
    if (!source) return {};
    auto result = rows(query, **source);
    EXPECT_TRUE(result) << (result ? "" : result.error().to_string());
    return result ? std::move(*result) : std::vector<std::vector<Value>>();
  }

  ScanWorld world{pool, clock, budget, cancellation};
};

TEST_F(Scan, EveryRowInOrder) {
  auto table =
      world.open({data + "alltypes_plain.parquet", data + "alltypes_plain.snappy.parquet"});
  ASSERT_TRUE(table) << table.error().to_string();
  const auto result = read(*scan(*table, {0}));
  ASSERT_EQ(result.size(), 10u);
  const int64_t ids[] = {4, 5, 6, 7, 2, 3, 0, 1, 6, 7};
  for (size_t i = 0; i < 10; ++i)
    EXPECT_EQ(static_cast<int64_t>(result[i][0].as_integer()), ids[i]);
}

TEST_F(Scan, FiltersAgreeWithAndWithoutSkipping) {
  auto table = world.open({data + "data_index_bloom_encoding_stats.parquet"});
  ASSERT_TRUE(table) << table.error().to_string();
  const auto all = read(*scan(*table));
  ASSERT_FALSE(all.empty());
  const Type type = (*table)->schema()[0].type;
  for (const auto& row : all) {
    for (const auto op :
         {ComparisonOperator::Equal, ComparisonOperator::Less, ComparisonOperator::GreaterEqual}) {
      auto node = scan(*table);
      node->filters.push_back(make_comparison(op, make_column(0, type), make_constant(row[0])));
      const auto with = read(*node), without = read(*node, false);
      ASSERT_EQ(with.size(), without.size());
      size_t expected = 0;
      for (const auto& other : all) {
        const int order = compare(other[0], row[0]);
        expected += op == ComparisonOperator::Equal  ? order == 0
                    : op == ComparisonOperator::Less ? order < 0
                                                     : order >= 0;
      }
      EXPECT_EQ(with.size(), expected);
    }
  }
  auto node = scan(*table);
  node->filters.push_back(make_comparison(ComparisonOperator::Equal, make_column(0, type),
                                          make_constant(text("surely not there"))));
  EXPECT_TRUE(read(*node).empty());
  EXPECT_GT(statistics.scans.back().row_groups.load(), 0u);
}

TEST_F(Scan, TopNAndLimit) {
  auto table = world.open({data + "alltypes_plain.parquet"});
  ASSERT_TRUE(table);
  PlanNode top(PlanKind::TopN);
  auto child = scan(*table);
  top.output = child->output;
  top.sort_keys.push_back({make_column(0, child->output[0].type), true, false});
  top.limit = 3;
  child->top_n = PlanNode::TopNHint{0, true, false};
  top.children.push_back(std::move(child));
  auto result = read(top);
  ASSERT_EQ(result.size(), 3u);
  EXPECT_EQ(static_cast<int64_t>(result[0][0].as_integer()), 7);
  EXPECT_EQ(static_cast<int64_t>(result[2][0].as_integer()), 5);

  PlanNode limit(PlanKind::Limit);
  child = scan(*table, {0});
  child->scan_limit = 3;
  limit.output = child->output;
  limit.limit = 2;
  limit.offset = 1;
  limit.children.push_back(std::move(child));
  result = read(limit);
  ASSERT_EQ(result.size(), 2u);
  EXPECT_EQ(static_cast<int64_t>(result[0][0].as_integer()), 5);
}

}  // namespace
}  // namespace whittle::test
