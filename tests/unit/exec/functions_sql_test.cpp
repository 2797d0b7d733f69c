// Scalar functions held against DuckDB 1.5.6: each row of functions.inc is an expression with
// DuckDB's answer as text and type, or null where DuckDB refuses it. Every expression is evaluated
// for one row and for several.
#include <gtest/gtest.h>

#include "exec/evaluator.hpp"
#include "exec/functions/functions.hpp"
#include "plan/binder/binder.hpp"
#include "sql/parser.hpp"

namespace whittle {
namespace {

struct Case {
  const char *expression, *value, *type;
};

constexpr Case cases[] = {
#include "unit/exec/functions.inc"
};

class FunctionsSql : public testing::Test {
 protected:
  FunctionsSql() { register_functions(registry_); }

  Result<ExpressionPtr> bind(const char* text) {
    const sql::ExpressionPtr tree = TRY(sql::parse_expression(text));
    const Schema schema;
    return bind_expression(*tree, schema, context_);
  }

  MemoryBudget budget_{uint64_t{1} << 28};
  FunctionRegistry registry_;
  ResolvedTables tables_;
  Settings settings_;
  BindContext context_{registry_, tables_, settings_, evaluate_constant, budget_};
};

std::string text_of(const Value& value) {
  return value.is_null() ? "" : value.to_string();
}

TEST_F(FunctionsSql, AnswersAsDuckDB) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.expression);
    const Result<ExpressionPtr> bound = bind(c.expression);
    const Result<Value> value = bound ? evaluate_constant(**bound, budget_)
                                      : Result<Value>(std::unexpected(bound.error().clone()));
    if (!c.value) {
      EXPECT_FALSE(value) << text_of(*value);
      continue;
    }
    if (!value) {
      ADD_FAILURE() << value.error().message();
      continue;
    }
    EXPECT_EQ(text_of(*value), c.value);
    EXPECT_EQ((*bound)->type.to_string(), c.type);
    if (!(*bound)->is_deterministic()) continue;
    ExpressionEvaluator evaluator(budget_, nullptr);
    const auto rows = evaluator.evaluate(**bound, {}, 3, Selection::all(3));
    ASSERT_TRUE(rows) << rows.error().message();
    EXPECT_EQ(text_of(Value::from_column(*rows, 2)), c.value);
  }
}

// Over columns in every encoding, with NULLs and rows left out by the selection.
TEST_F(FunctionsSql, ReadsColumnsInAnyEncoding) {
  Schema schema;
  schema.push_back({"x", TypeId::Integer});
  Column numbers = Column::flat(budget_, TypeId::Integer, 4);
  for (int32_t i = 0; i < 4; ++i) numbers.mutable_values<int32_t>()[i] = i;
  numbers.set_null(budget_, 1);
  BufferRef codes = Buffer::charge(budget_, 16);
  for (uint32_t i = 0; i < 4; ++i) codes->as<uint32_t>()[i] = i;
  const Column dictionary = Column::dictionary(make_ref<Dictionary>(numbers), codes, 4);
  uint32_t chosen[] = {0, 1, 3};
  const Selection rows{chosen, 3, {}};
  struct Row {
    const char* expression;
    const char* answers[3];
  };
  for (const Row& row : {
           Row{"[x, 7]", {"[0, 7]", "[NULL, 7]", "[3, 7]"}},
           Row{"range(x)", {"[]", "", "[0, 1, 2]"}},
           Row{"list_transform(range(x), e -> e * x)", {"[]", "", "[0, 3, 6]"}},
           Row{"list_filter([1, 2, 5], e -> e > x)", {"[1, 2, 5]", "[]", "[5]"}},
           Row{"list_reduce([1, 2], (a, e) -> a + e, x)", {"3", "", "6"}},
           Row{"{'a': x}.a", {"0", "", "3"}},
           Row{"map([coalesce(x, 9)], ['v'])[3]", {"", "", "v"}},
           Row{"[10, 20, 30][x]", {"", "", "30"}},
           Row{"greatest(x, 2)", {"2", "2", "3"}},
           Row{"DATE '2020-01-31' + to_months(x)",
               {"2020-01-31 00:00:00", "", "2020-04-30 00:00:00"}},
           Row{"list_sum([x, 1])", {"1", "1", "4"}},
           Row{"to_json({'k': x})", {"{\"k\":0}", "{\"k\":null}", "{\"k\":3}"}},
       }) {
    SCOPED_TRACE(row.expression);
    const auto tree = sql::parse_expression(row.expression);
    ASSERT_TRUE(tree);
    const auto bound = bind_expression(**tree, schema, context_);
    ASSERT_TRUE(bound) << bound.error().message();
    for (const Column* column : {&std::as_const(numbers), &dictionary}) {
      ExpressionEvaluator evaluator(budget_, nullptr);
      const auto result = evaluator.evaluate(**bound, {column, 1}, 4, rows);
      ASSERT_TRUE(result) << result.error().message();
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(text_of(Value::from_column(*result, chosen[i])), row.answers[i]);
      }
    }
  }
}

}  // namespace
}  // namespace whittle
