// Which filters become which predicates for Parquet's metadata.
#include "plan/predicate_builder.hpp"

#include <gtest/gtest.h>

#include "unit/plan/fake_catalog.hpp"

namespace whittle {
namespace {

std::string predicate(std::string_view condition) {
  fake::World world;
  auto plan = world.bind("SELECT a FROM t WHERE " + std::string(condition));
  if (plan) plan = optimize(std::move(*plan), world.context());
  if (!plan) return plan.error().to_string();
  const PlanNode* node = plan->get();
  while (!node->children.empty()) node = node->children[0].get();
  return build_predicate(node->filters, node->columns).to_string();
}

struct Case {
  std::string_view condition, expected;
};
constexpr Case cases[] = {
    {"a > 5", "#0 > 5"},
    {"5 > a", "#0 < 5"},
    {"a = 5 AND b <> 3", "(#0 = 5 AND #1 <> 3)"},
    {"a IN (1, 2)", "#0 IN 1, 2"},
    {"NOT a IN (1, 2)", "NOT #0 IN 1, 2"},
    {"c LIKE 'ab%'", "#2 LIKE prefix ab"},
    {"c LIKE 'ab%x'", "(#2 LIKE prefix ab AND ?)"},
    {"c LIKE '%x'", "?"},
    {"c LIKE 'ab'", "#2 = ab"},
    {"c IS NULL OR a < 3", "(#2 IS NULL OR #0 < 3)"},
    {"CAST(w AS BIGINT) > 5", "#5 > 5"},
    {"CAST(w AS DOUBLE) > 5.5e0", "#5 > 5"},
    {"CAST(w AS DOUBLE) < 5.5e0", "#5 <= 5"},
    {"CAST(w AS DOUBLE) = 5.5e0", "?"},
    {"a < b", "?"},
    {"s.x = 3", "#9.x = 3"},
    {"a + 1 = 2", "?"},
    {"NOT (a + 1 = 2)", "?"},
    {"a IS NOT NULL", "#0 IS NOT NULL"},
    {"CAST(w AS BIGINT) > 100000", "?"},
};

TEST(PredicateBuilder, Filters) {
  for (const Case& test : cases)
    EXPECT_EQ(predicate(test.condition), test.expected) << test.condition;
}

}  // namespace
}  // namespace whittle
