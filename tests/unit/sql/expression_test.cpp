// Expressions: precedence and canonical text against DuckDB's own, round trips, and the shape of
// special nodes.
#include <gtest/gtest.h>

#include "sql/clone.hpp"
#include "sql/parser.hpp"
#include "sql/to_sql.hpp"

namespace whittle::sql {
namespace {

struct NameCase {
  const char* expression;
  const char* name;
};
constexpr NameCase kNames[] = {
#define WHITTLE_NAME(expression, name) {expression, name},
#include "unit/sql/column_names.def"
#undef WHITTLE_NAME
};

TEST(Expression, NamesOfColumnsAreDuckDBs) {
  for (const NameCase& each : kNames) {
    auto statement = parse_statement(std::string("SELECT ") + each.expression);
    ASSERT_TRUE(statement) << each.expression << ": " << statement.error().to_string();
    auto& query = *as<SelectStatement>(**statement).query;
    ASSERT_EQ(query.kind, QueryKind::Select) << each.expression;
    auto& item = as<Select>(query).items.at(0);
    EXPECT_EQ(item.alias.empty() ? column_name(*item.value) : item.alias, each.name)
        << each.expression;
  }
}

// The canonical text reads back to the same text, also from a copy of the tree.
TEST(Expression, TextReadsBack) {
  for (const NameCase& each : kNames) {
    auto statement = parse_statement(std::string("SELECT ") + each.expression);
    ASSERT_TRUE(statement) << each.expression;
    auto& item = as<Select>(*as<SelectStatement>(**statement).query).items.at(0);
    std::string text = to_sql(*item.value);
    EXPECT_EQ(to_sql(*clone(*item.value)), text) << each.expression;
    auto again = parse_expression(text);
    ASSERT_TRUE(again) << text << ": " << again.error().to_string();
    // INTERVAL prints a cast to bare DOUBLE and IS TRUE a bare true, as DuckDB does; read back they
    // are what they look like.
    if (text.find("AS DOUBLE)") == text.npos && text.find("AS BIT)") == text.npos &&
        text.find("true)") == text.npos && text.find("false)") == text.npos)
      EXPECT_EQ(to_sql(**again), text) << each.expression;
  }
}

ExpressionPtr parsed(std::string_view text) {
  auto expression = parse_expression(text);
  if (!expression) {
    ADD_FAILURE() << text << ": " << expression.error().to_string();
    return parsed("NULL");
  }
  return std::move(*expression);
}

TEST(Expression, Literals) {
  struct {
    const char* sql;
    LiteralKind kind;
    const char* text;
  } cases[] = {
      {"NULL", LiteralKind::Null, ""},
      {"TRUE", LiteralKind::Boolean, "true"},
      {"12", LiteralKind::Integer, "12"},
      {"0012", LiteralKind::Integer, "12"},
      {"1_000_000", LiteralKind::Integer, "1000000"},
      {"-9223372036854775808", LiteralKind::Integer, "-9223372036854775808"},
      {"- -7", LiteralKind::Integer, "7"},
      {"170141183460469231731687303715884105727", LiteralKind::Integer,
       "170141183460469231731687303715884105727"},
      {"1.", LiteralKind::Decimal, "1"},
      {".5", LiteralKind::Decimal, ".5"},
      {"00.50", LiteralKind::Decimal, "0.50"},
      {"1e5", LiteralKind::Float, "1e5"},
      {"1.5E-3", LiteralKind::Float, "1.5E-3"},
      {"'it''s'", LiteralKind::String, "it's"},
      {"''", LiteralKind::String, ""},
      {"'a\\b'", LiteralKind::String, "a\\b"},
      {"E'a\\nb\\t\\x41\\u00e9\\101\\''", LiteralKind::String,
       "a\nb\tA\xC3\xA9"
       "A'"},
      {"e'\\U0001F600'", LiteralKind::String, "\xF0\x9F\x98\x80"},
      {"$$it's$$", LiteralKind::String, "it's"},
      {"$q$a $$ b$q$", LiteralKind::String, "a $$ b"},
  };
  for (const auto& each : cases) {
    ExpressionPtr expression = parsed(each.sql);
    auto* literal = if_is<Literal>(*expression);
    ASSERT_TRUE(literal) << each.sql;
    EXPECT_EQ(literal->literal, each.kind) << each.sql;
    EXPECT_EQ(literal->text, each.text) << each.sql;
  }
}

TEST(Expression, CallsCarryEverything) {
  auto expression = parsed(
      "arg_max(DISTINCT a, b ORDER BY c DESC NULLS FIRST, d IGNORE NULLS) FILTER (WHERE e > 1) "
      "OVER (PARTITION BY f "
      "ORDER BY g ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES)");
  auto& call = as<FunctionCall>(*expression);
  EXPECT_EQ(call.name.name(), "arg_max");
  EXPECT_TRUE(call.distinct);
  EXPECT_EQ(call.arguments.size(), 2u);
  ASSERT_EQ(call.order_by.size(), 2u);
  EXPECT_EQ(call.order_by[0].direction, SortDirection::Descending);
  EXPECT_EQ(call.order_by[0].nulls, NullOrder::First);
  EXPECT_EQ(call.nulls, NullTreatment::Ignore);
  EXPECT_TRUE(call.filter);
  ASSERT_TRUE(call.window);
  EXPECT_EQ(call.window->unit, FrameUnit::Rows);
  EXPECT_EQ(call.window->start.kind, FrameBoundKind::Preceding);
  EXPECT_EQ(call.window->end.kind, FrameBoundKind::UnboundedFollowing);
  EXPECT_EQ(call.window->exclusion, FrameExclusion::Ties);
}

TEST(Expression, StarForms) {
  auto expression = parsed("* EXCLUDE (a, t.b) REPLACE (c + 1 AS c) RENAME (d AS e)");
  auto& star = as<Star>(*expression);
  EXPECT_EQ(star.exclude.size(), 2u);
  EXPECT_EQ(star.exclude[1].parts, (std::vector<std::string>{"t", "b"}));
  EXPECT_EQ(star.replace.size(), 1u);
  EXPECT_EQ(star.rename.size(), 1u);
  EXPECT_EQ(as<Star>(*parsed("t.*")).relation, "t");
  auto filtered = parsed("t.* EXCLUDE (a) NOT LIKE 'x%'");
  EXPECT_TRUE(as<Star>(*filtered).is_columns);
  EXPECT_EQ(to_sql(*as<Star>(*filtered).columns), "(lambda __lambda_col: (__lambda_col !~~ 'x%'))");
  EXPECT_EQ(to_sql(*parsed("COLUMNS('a.*')")), "COLUMNS('a.*')");
  EXPECT_TRUE(as<Star>(*parsed("COLUMNS(* EXCLUDE (a))")).is_columns);
  auto unpacked = parsed("coalesce(*COLUMNS(c -> c LIKE 'a%'))");
  EXPECT_TRUE(as<Star>(*as<FunctionCall>(*unpacked).arguments[0]).unpack);
}

TEST(Expression, Lambdas) {
  auto call = parsed("f(l, (x, i) -> x + i)");
  auto& lambda = as<Lambda>(*as<FunctionCall>(*call).arguments[1]);
  EXPECT_TRUE(lambda.arrow);
  EXPECT_EQ(lambda_parameters(lambda), (std::vector<std::string>{"x", "i"}));
  EXPECT_TRUE(lambda_parameters(as<Lambda>(*parsed("data -> '$.a'"))).size() == 1);
  EXPECT_TRUE(lambda_parameters(as<Lambda>(*parsed("f(x) -> '$.a'"))).empty());
}

TEST(Expression, Types) {
  struct {
    const char* sql;
    const char* text;
  } cases[] = {
      {"INT", "INTEGER"},
      {"int8[][3]", "BIGINT[][3]"},
      {"DECIMAL(18,3)", "DECIMAL(18, 3)"},
      {"Character Varying(3)", "VARCHAR(3)"},
      {"double precision", "\"DOUBLE\""},
      {"timestamp without time zone", "TIMESTAMP"},
      {"timestamp(3) with time zone", "\"TIMESTAMP WITH TIME ZONE\"(3)"},
      {"struct(a int, \"b c\" map(text, uuid)[])",
       "STRUCT(a INTEGER, \"b c\" MAP(VARCHAR, \"UUID\")[])"},
      {"union(n int, s text)", "UNION(n INTEGER, s VARCHAR)"},
      {"enum('a', 'it''s')", "\"ENUM\"('a', 'it''s')"},
      {"mood", "mood"},
      {"int array[2]", "INTEGER[2]"},
  };
  for (const auto& each : cases) {
    auto expression = parsed(std::string("x::") + each.sql);
    ASSERT_EQ(expression->kind, ExpressionKind::Cast) << each.sql;
    EXPECT_EQ(to_sql(as<Cast>(*expression).type), each.text) << each.sql;
  }
  EXPECT_FALSE(parse_expression("x::map(int)"));
  EXPECT_FALSE(parse_expression("x::decimal(a)"));
  EXPECT_FALSE(parse_expression("x::"));
}

TEST(Expression, Parameters) {
  auto statement = parse_statement("SELECT ?, $3, $name, ?, $NAME, $other");
  ASSERT_TRUE(statement);
  EXPECT_EQ((*statement)->parameter_count, 3u);
  EXPECT_EQ((*statement)->parameter_names, (std::vector<std::string>{"name", "other"}));
  auto& items = as<Select>(*as<SelectStatement>(**statement).query).items;
  EXPECT_EQ(as<Parameter>(*items[3].value).index, 2u);
  EXPECT_FALSE(parse_expression("$0"));
  EXPECT_FALSE(parse_expression("$99999999999999999999"));
}

TEST(Expression, PositionsPointIntoTheText) {
  std::string sql = "SELECT a,\n  \"é\" + f(b, 2)\nFROM t";
  auto statement = parse_statement(sql);
  ASSERT_TRUE(statement);
  auto& sum = as<Binary>(*as<Select>(*as<SelectStatement>(**statement).query).items[1].value);
  EXPECT_EQ(sum.position.line, 2u);
  EXPECT_EQ(sum.position.column, 7u);
  EXPECT_EQ(sql.substr(sum.position.offset, sum.position.length), "+");
  EXPECT_EQ(sql.substr(sum.right->position.offset, sum.right->position.length), "f(b, 2)");
  EXPECT_EQ(sum.right->position.column, 9u);
  EXPECT_EQ(sql.substr((*statement)->position.offset, (*statement)->position.length), sql);
}

}  // namespace
}  // namespace whittle::sql
