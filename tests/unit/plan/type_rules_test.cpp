// The rules of types; the expectations are what DuckDB's typeof says.
#include "plan/type_rules.hpp"

#include <gtest/gtest.h>

#include "sql/parser.hpp"

namespace whittle {
namespace {

std::string common(const Operand& a, const Operand& b) {
  const auto type = common_type(a, b);
  return type ? type->to_string() : "none";
}

TEST(TypeRules, CommonTypes) {
  using enum TypeId;
  EXPECT_EQ(common(Type(UTinyInt), Type(TinyInt)), "SMALLINT");
  EXPECT_EQ(common(Type(UBigInt), Type(BigInt)), "HUGEINT");
  EXPECT_EQ(common(Type(Integer), Type::decimal(2, 1)), "DECIMAL(11,1)");
  EXPECT_EQ(common(Type(BigInt), Type::decimal(2, 1)), "DECIMAL(20,1)");
  EXPECT_EQ(common(Type(HugeInt), Type::decimal(9, 2)), "DECIMAL(38,2)");
  EXPECT_EQ(common(Type(Float), Type(BigInt)), "FLOAT");
  EXPECT_EQ(common(Type(Float), Type::decimal(9, 2)), "FLOAT");
  EXPECT_EQ(common(Type(Double), Type::decimal(9, 2)), "DOUBLE");
  EXPECT_EQ(common(Type(Boolean), Type(Integer)), "INTEGER");
  EXPECT_EQ(common(Type(Date), Type(Timestamp)), "TIMESTAMP");
  EXPECT_EQ(common(Type(Timestamp), Type(TimestampTz)), "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(common(Type(Time), Type(Date)), "none");
  EXPECT_EQ(common(Type(Integer), Type(Varchar)), "none");
  EXPECT_EQ(common(Type::list(Integer), Type::list(Type::decimal(2, 1))), "DECIMAL(11,1)[]");
  EXPECT_EQ(common(Type(Null), Type(Date)), "DATE");
}

TEST(TypeRules, LiteralsBend) {
  using enum TypeId;
  const Value one = Value::integer(Integer, 1), thousand = Value::integer(Integer, 1000);
  const Value word = Value::string(Varchar, "x");
  EXPECT_EQ(common(Type(UTinyInt), Operand(Integer, &one)), "UTINYINT");
  EXPECT_EQ(common(Type(UTinyInt), Operand(Integer, &thousand)), "INTEGER");
  EXPECT_EQ(common(Type(Date), Operand(Varchar, &word)), "DATE");
  EXPECT_EQ(common(Operand(Integer, &one), Operand(Varchar, &word)), "INTEGER");
  EXPECT_EQ(comparison_type(Type::decimal(9, 2), Operand(Integer, &one), false)->to_string(),
            "DECIMAL(9,2)");
  EXPECT_EQ(comparison_type(Type(Varchar), Operand(Integer, &one), false)->to_string(), "INTEGER");
  EXPECT_FALSE(comparison_type(Type(Integer), Type(Varchar), false));
  EXPECT_EQ(comparison_type(Type(Integer), Type(Varchar), true)->to_string(), "INTEGER");
  EXPECT_FALSE(comparison_type(Type(Date), Type(Varchar), false));
}

TEST(TypeRules, ImplicitCastsWidenOnly) {
  using enum TypeId;
  EXPECT_EQ(implicit_cast_cost(Type(Integer), Type(Integer)), 0);
  EXPECT_TRUE(implicit_cast_cost(Type(UTinyInt), Type(SmallInt)));
  EXPECT_FALSE(implicit_cast_cost(Type(TinyInt), Type(UBigInt)));
  EXPECT_FALSE(implicit_cast_cost(Type(Double), Type(Float)));
  EXPECT_FALSE(implicit_cast_cost(Type(Integer), Type(Varchar)));
  EXPECT_TRUE(implicit_cast_cost(Type(Date), Type(TimestampTz)));
  EXPECT_LT(*implicit_cast_cost(Type(Date), Type(Timestamp)),
            *implicit_cast_cost(Type(Date), Type(TimestampTz)));
}

std::string resolve(std::string_view sql) {
  auto expression = sql::parse_expression("CAST(NULL AS " + std::string(sql) + ")");
  if (!expression) return "syntax";
  const Result<Type> type = resolve_type(sql::as<sql::Cast>(**expression).type);
  return type ? type->to_string() : std::string(error_code_name(type.error().code()));
}

TEST(TypeRules, NamesOfTypes) {
  EXPECT_EQ(resolve("INT4"), "INTEGER");
  EXPECT_EQ(resolve("long"), "BIGINT");
  EXPECT_EQ(resolve("TEXT"), "VARCHAR");
  EXPECT_EQ(resolve("numeric(10, 2)"), "DECIMAL(10,2)");
  EXPECT_EQ(resolve("DECIMAL"), "DECIMAL(18,3)");
  EXPECT_EQ(resolve("TIMESTAMPTZ"), "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(resolve("STRUCT(a INT, b TEXT[])"), "STRUCT(a INTEGER, b VARCHAR[])");
  EXPECT_EQ(resolve("MAP(VARCHAR, INT)[3]"), "MAP(VARCHAR, INTEGER)[3]");
  EXPECT_EQ(resolve("DECIMAL(39, 2)"), "Binder");
  EXPECT_EQ(resolve("DECIMAL(5, 6)"), "Binder");
  EXPECT_EQ(resolve("nonsense"), "Binder");
}

}  // namespace
}  // namespace whittle
