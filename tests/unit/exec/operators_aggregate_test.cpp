#include <map>
#include <set>

#include "exec/operators/aggregate.hpp"
#include "unit/exec/operator_harness.hpp"

namespace whittle::test {
namespace {

class Aggregate : public OperatorTest {
 protected:
  explicit Aggregate(uint64_t limit = uint64_t{1} << 30) : OperatorTest(limit) {}
  PlanNode node{PlanKind::Aggregate};

  BatchSourcePtr aggregate(QueryContext& context, BatchSourcePtr child) {
    node.output.clear();
    for (const auto& group : node.groups) node.output.push_back({"g", group->type});
    for (const auto& aggregate : node.aggregates) node.output.push_back({"a", aggregate.type});
    return make_aggregate_source(context, node, std::move(child), nullptr);
  }
};

TEST_F(Aggregate, WithoutGroups) {
  QueryContext query = context();
  node.aggregates.push_back(call("count_star", {}));
  node.aggregates.push_back(call_of("sum", column(0)));
  node.aggregates.push_back(call_of("min", column(0)));
  node.aggregates.push_back(call_of("max", column(1, TypeId::Varchar)));
  node.aggregates.push_back(call_of("avg", column(0)));
  auto all = aggregate(
      query,
      source(300'000, {{TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i)); }},
                       {TypeId::Varchar, [](uint64_t i) {
                          return text("a long enough text " + std::to_string(i % 10));
                        }}}));
  const auto result = sorted_rows(query, *all);
  ASSERT_EQ(result.size(), 1u);
  EXPECT_EQ(result[0][0], big(300'000));
  EXPECT_EQ(result[0][1].as_integer(), int128_t{299'999} * 150'000);
  EXPECT_EQ(result[0][2], big(0));
  EXPECT_EQ(result[0][3], text("a long enough text 9"));
  EXPECT_DOUBLE_EQ(result[0][4].as_real(), 149'999.5);
}

TEST_F(Aggregate, NoRowsGiveOneGroupOnlyWithoutKeys) {
  QueryContext query = context();
  node.aggregates.push_back(call_of("sum", column(0)));
  auto none = [&] { return source(0, {{TypeId::BigInt, [](uint64_t) { return big(0); }}}); };
  auto result = sorted_rows(query, *aggregate(query, none()));
  ASSERT_EQ(result.size(), 1u);
  EXPECT_TRUE(result[0][0].is_null());
  node.groups.push_back(column(0));
  EXPECT_TRUE(sorted_rows(query, *aggregate(query, none())).empty());
}

// Keys of every shape against a map; few and many groups.
struct Shape {
  const char* name;
  std::vector<Type> types;
  uint64_t groups;
};

class AggregateShapes : public Aggregate, public ::testing::WithParamInterface<Shape> {};

Value shaped(const Type& type, uint64_t i) {
  if (i % 97 == 13) return Value::null(type);
  switch (type.id()) {
    case TypeId::Varchar:
      return Value::string(
          type, i % 3 ? "key " + std::to_string(i) : "a key of some length " + std::to_string(i));
    case TypeId::Double:
      return Value::real(type, static_cast<double>(i) / 4);
    case TypeId::List:
      return Value::nested(type, {Value::integer(TypeId::BigInt, static_cast<int64_t>(i % 5)),
                                  Value::integer(TypeId::BigInt, static_cast<int64_t>(i))});
    case TypeId::Boolean:
      return Value::boolean(i % 2);
    default:
      return Value::integer(type, static_cast<int64_t>(i));
  }
}

TEST_P(AggregateShapes, MatchAMap) {
  const Shape& shape = GetParam();
  QueryContext query = context();
  std::vector<std::pair<Type, Cell>> columns;
  for (const Type& type : shape.types) {
    node.groups.push_back(column(static_cast<uint32_t>(columns.size()), type));
    const uint64_t modulus = shape.groups + columns.size() * 7;
    columns.push_back({type, [=](uint64_t i) { return shaped(type, i * 7919 % modulus); }});
  }
  const auto value_index = static_cast<uint32_t>(columns.size());
  columns.push_back({TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i)); }});
  node.aggregates.push_back(call("count_star", {}));
  node.aggregates.push_back(call_of("sum", column(value_index)));
  constexpr uint64_t rows = 60'000;
  std::map<std::string, std::pair<int64_t, int64_t>> expected;
  for (uint64_t i = 0; i < rows; ++i) {
    std::string key;
    for (size_t k = 0; k < shape.types.size(); ++k) {
      key += Value(columns[k].second(i)).is_null() ? "NULL|" : [&] {
        const Value value = columns[k].second(i);
        if (value.type().id() == TypeId::Varchar) return value.as_string() + "|";
        if (value.type().id() == TypeId::Double) return std::to_string(value.as_real()) + "|";
        if (value.type().id() == TypeId::List)
          return std::to_string(static_cast<int64_t>(value.children()[1].as_integer())) + "|";
        return std::to_string(static_cast<int64_t>(value.as_integer())) + "|";
      }();
    }
    auto& entry = expected[key];
    ++entry.first;
    entry.second += static_cast<int64_t>(i);
  }
  auto result = sorted_rows(query, *aggregate(query, source(rows, columns)));
  EXPECT_EQ(result.size(), expected.size());
  std::set<std::string> seen;
  for (const auto& row : result) {
    std::string key;
    for (size_t k = 0; k < shape.types.size(); ++k) {
      const Value& value = row[k];
      if (value.is_null())
        key += "NULL|";
      else if (value.type().id() == TypeId::Varchar)
        key += value.as_string() + "|";
      else if (value.type().id() == TypeId::Double)
        key += std::to_string(value.as_real()) + "|";
      else if (value.type().id() == TypeId::List)
        key += std::to_string(static_cast<int64_t>(value.children()[1].as_integer())) + "|";
      else
        key += std::to_string(static_cast<int64_t>(value.as_integer())) + "|";
    }
    EXPECT_TRUE(seen.insert(key).second) << key;
    const auto found = expected.find(key);
    ASSERT_NE(found, expected.end()) << key;
    EXPECT_EQ(static_cast<int64_t>(row[value_index].as_integer()), found->second.first) << key;
    EXPECT_EQ(static_cast<int64_t>(row[value_index + 1].as_integer()), found->second.second) << key;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Keys, AggregateShapes,
    ::testing::Values(Shape{"bigint_few", {TypeId::BigInt}, 100},
                      Shape{"bigint_many", {TypeId::BigInt}, 50'000},
                      Shape{"smallint", {TypeId::SmallInt}, 1000},
                      Shape{"double", {TypeId::Double}, 5000},
                      Shape{"text", {TypeId::Varchar}, 30'000},
                      Shape{"two", {TypeId::Integer, TypeId::SmallInt}, 3000},
                      Shape{"wide", {TypeId::BigInt, TypeId::Integer}, 20'000},
                      Shape{"wider", {TypeId::BigInt, TypeId::BigInt, TypeId::Date}, 20'000},
                      Shape{"mixed", {TypeId::BigInt, TypeId::Varchar}, 20'000},
                      Shape{"texts", {TypeId::Varchar, TypeId::Varchar, TypeId::Boolean}, 9'000},
                      Shape{"lists", {Type::list(TypeId::BigInt)}, 500}),
    [](const auto& info) { return info.param.name; });

TEST_F(Aggregate, DistinctIsTwoLevel) {
  QueryContext query = context();
  node.groups.push_back(column(0));
  node.aggregates.push_back(call("count_star", {}));
  node.aggregates.push_back(call_of("count", column(1)));
  node.aggregates.back().distinct = true;
  node.aggregates.push_back(call_of("sum", column(1)));
  node.aggregates.back().distinct = true;
  auto result = sorted_rows(
      query,
      *aggregate(query,
                 source(200'000, {{TypeId::BigInt,
                                   [](uint64_t i) { return big(static_cast<int64_t>(i % 10)); }},
                                  {TypeId::BigInt, [](uint64_t i) {
                                     return i % 1000 == 0 ? Value::null(TypeId::BigInt)
                                                          : big(static_cast<int64_t>(i % 1000));
                                   }}})));
  ASSERT_EQ(result.size(), 10u);
  EXPECT_EQ(result[0][1], big(20'000));
  EXPECT_EQ(result[0][2], big(99));  // 0 is NULL
  EXPECT_EQ(result[1][2], big(100));
  EXPECT_EQ(result[1][3].as_integer(), (1 + 991) * 100 / 2);
}

TEST_F(Aggregate, OrderInsideAndFirst) {
  QueryContext query = context();
  node.groups.push_back(column(0));
  node.aggregates.push_back(call_of("list", column(1)));
  node.aggregates.back().order_by.push_back({column(1), true, false});
  node.aggregates.push_back(call_of("first", column(1)));
  auto result = sorted_rows(
      query,
      *aggregate(
          query,
          source(9, {{TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i % 3)); }},
                     {TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i)); }}})));
  ASSERT_EQ(result.size(), 3u);
  EXPECT_EQ(result[1][1].children()[0], big(7));
  EXPECT_EQ(result[1][1].children()[2], big(1));
  EXPECT_EQ(result[1][2], big(1));
}

class AggregateSpill : public Aggregate {
 protected:
  AggregateSpill() : Aggregate(12 << 20) {}
};

TEST_F(AggregateSpill, MoreGroupsThanMemory) {
  QueryContext query = context();
  constexpr uint64_t groups = 400'000;
  node.groups.push_back(column(0, TypeId::Varchar));
  node.aggregates.push_back(call("count_star", {}));
  node.aggregates.push_back(call_of("sum", column(1)));
  auto make = [&] {
    return source(
        groups * 2,
        {{TypeId::Varchar,
          [](uint64_t i) {
            return text("a text that is long enough " + std::to_string(i % groups));
          }},
         {TypeId::BigInt, [](uint64_t i) { return big(static_cast<int64_t>(i % groups)); }}});
  };
  OperatorStatistics counted;
  node.output = {{"g", TypeId::Varchar}, {"a", TypeId::BigInt}, {"b", TypeId::HugeInt}};
  // The counts are summed up again: collecting every row would not fit the budget either.
  PlanNode outer(PlanKind::Aggregate);
  outer.aggregates.push_back(call("count_star", {}));
  outer.aggregates.push_back(call_of("sum", column(1)));
  outer.aggregates.push_back(call_of("sum", column(2, TypeId::HugeInt)));
  outer.aggregates.push_back(call_of("max", column(1)));
  outer.output.assign(4, {"x", TypeId::BigInt});
  auto inner = make_aggregate_source(query, node, make(), &counted);
  auto result = sorted_rows(query, *make_aggregate_source(query, outer, std::move(inner), nullptr));
  ASSERT_EQ(result.size(), 1u);
  EXPECT_EQ(result[0][0], big(groups));
  EXPECT_EQ(result[0][1].as_integer(), groups * 2);
  EXPECT_EQ(result[0][2].as_integer(), int128_t{groups} * (groups - 1));
  EXPECT_EQ(result[0][3], big(2));
  EXPECT_GT(counted.spilled_bytes.load(), 0u);
  EXPECT_LE(budget.peak(), budget.limit() + (8u << 20));
  EXPECT_EQ(files.bytes_used(), 0u);

  spill = false;
  QueryContext without = context();
  auto refused = rows(without, *make_aggregate_source(without, node, make(), nullptr));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::BudgetExceeded);
}

}  // namespace
}  // namespace whittle::test
