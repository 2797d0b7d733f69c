// CAST over columns, held against DuckDB's answers: text to every scalar and nested type and back.
#include <gtest/gtest.h>

#include "columnar/builder.hpp"
#include "exec/evaluator.hpp"
#include "exec/functions/functions.hpp"
#include "plan/binder/binder.hpp"
#include "plan/type_rules.hpp"
#include "sql/parser.hpp"

namespace whittle {
namespace {

struct Cast {
  const char *type, *text, *result;
};

constexpr Cast casts[] = {
#include "unit/columnar/casts.inc"
};

// The type a cast in SQL names.
Result<Type> type_named(const char* name) {
  const sql::ExpressionPtr tree =
      TRY(sql::parse_expression("CAST(NULL AS " + std::string(name) + ")"));
  return resolve_type(sql::as<sql::Cast>(*tree).type);
}

TEST(ColumnCasts, AnswerAsDuckDB) {
  MemoryBudget budget(uint64_t{1} << 28);
  const Selection both = Selection::all(2);
  for (const Cast& c : casts) {
    SCOPED_TRACE(std::string(c.type) + " of '" + c.text + "'");
    const Result<Type> type = type_named(c.type);
    ASSERT_TRUE(type) << type.error().message();
    ColumnBuilder builder(TypeId::Varchar, budget);
    ASSERT_TRUE(builder.append_string(c.text));
    ASSERT_TRUE(builder.append_null());
    const Column text = *builder.finish();
    const Result<Column> value = cast_column(text, *type, both, true, budget);
    const Result<Column> tried = cast_column(text, *type, both, false, budget);
    ASSERT_TRUE(tried) << tried.error().message();
    EXPECT_TRUE(tried->is_null(1));
    if (!c.result) {
      EXPECT_FALSE(value) << Value::from_column(*value, 0).to_string();
      // Of a nested value TRY_CAST loses the bad parts only.
      if (!type->is_nested()) EXPECT_TRUE(tried->is_null(0));
      continue;
    }
    if (!value) {
      ADD_FAILURE() << value.error().message();
      continue;
    }
    const Result<Column> back = cast_column(*value, TypeId::Varchar, both, true, budget);
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(Value::from_column(*back, 0).to_string(), c.result);
    EXPECT_TRUE(back->is_null(1));
  }
}

// DuckDB 1.5.6: TRY_CAST('[1, x]' AS INT[]) is [1, NULL], CAST names the part.
TEST(ColumnCasts, KeepTheGoodPartsOfNestedText) {
  MemoryBudget budget(uint64_t{1} << 28);
  const Selection one = Selection::all(1);
  struct Row {
    const char *type, *text, *tried, *message;
  };
  for (const Row& row : {
           Row{"int[]", "[1, x]", "[1, NULL]", "Could not convert string 'x' to INT32"},
           Row{"int[]", "[1 2]", "[NULL]", "Could not convert string '1 2' to INT32"},
           Row{"int[]", "[1", "NULL",
               "Type VARCHAR with value '[1' can't be cast to the destination type INTEGER[]"},
           Row{"int[][]", "[[1], [x]]", "[[1], [NULL]]", "Could not convert string 'x' to INT32"},
           Row{"map(varchar, int)", "{a=x}", "{a=NULL}", "Could not convert string 'x' to INT32"},
       }) {
    SCOPED_TRACE(row.text);
    const Type type = *type_named(row.type);
    ColumnBuilder builder(TypeId::Varchar, budget);
    ASSERT_TRUE(builder.append_string(row.text));
    const Column text = *builder.finish();
    const Result<Column> tried = cast_column(text, type, one, false, budget);
    ASSERT_TRUE(tried) << tried.error().message();
    EXPECT_EQ(Value::from_column(*tried, 0).to_string(), row.tried);
    const Result<Column> value = cast_column(text, type, one, true, budget);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().message(), row.message);
  }
}

}  // namespace
}  // namespace whittle
