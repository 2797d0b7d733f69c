// Answers of the aggregate functions, as DuckDB 1.5 gives them.
#include "exec/operators/aggregate.hpp"
#include "unit/exec/operator_harness.hpp"

namespace whittle::test {
namespace {

class Functions : public OperatorTest {
 protected:
  // The aggregate over 1, 2, 4, 8 and NULL (column 0) beside 2, 1, 5, 0, 7 (column 1).
  Value over(AggregateCall call) {
    QueryContext query = context();
    PlanNode node(PlanKind::Aggregate);
    node.output = {{"a", call.type}};
    node.aggregates.push_back(std::move(call));
    static constexpr int64_t x[] = {1, 2, 4, 8}, y[] = {2, 1, 5, 0, 7};
    auto child = source(
        rows_, {{TypeId::BigInt,
                 [](uint64_t i) { return i < 4 ? big(x[i]) : Value::null(TypeId::BigInt); }},
                {TypeId::BigInt, [](uint64_t i) { return big(y[i]); }},
                {TypeId::Double,
                 [](uint64_t i) {
                   return i < 4 ? Value::real(TypeId::Double, static_cast<double>(x[i]))
                                : Value::null(TypeId::Double);
                 }},
                {TypeId::Double,
                 [](uint64_t i) { return Value::real(TypeId::Double, static_cast<double>(y[i])); }},
                {TypeId::Varchar, [](uint64_t i) {
                   return i < 4 ? text("text number " + std::to_string(x[i]))
                                : Value::null(TypeId::Varchar);
                 }}});
    auto source = make_aggregate_source(query, node, std::move(child), nullptr);
    auto result = rows(query, *source);
    EXPECT_TRUE(result) << (result ? "" : result.error().to_string());
    if (!result || result->size() != 1) return {};
    return (*result)[0][0];
  }
  ExpressionPtr constant(Value value) { return make_constant(std::move(value)); }
  static ExpressionPtr x() { return column(0); }
  static ExpressionPtr y() { return column(1); }
  static ExpressionPtr dx() { return column(2, TypeId::Double); }
  static ExpressionPtr dy() { return column(3, TypeId::Double); }
  static ExpressionPtr t() { return column(4, TypeId::Varchar); }
  double real(AggregateCall call) {
    const Value value = over(std::move(call));
    return value.is_null() ? -12345 : value.as_real();
  }
  uint64_t rows_ = 5;
};

TEST_F(Functions, Numbers) {
  EXPECT_EQ(over(call_of("count", x())), big(4));
  EXPECT_EQ(over(call_of("sum", x())).as_integer(), 15);
  EXPECT_EQ(over(call_of("sum", x())).type().id(), TypeId::HugeInt);
  EXPECT_DOUBLE_EQ(real(call_of("avg", x())), 3.75);
  EXPECT_EQ(over(call_of("min", x())), big(1));
  EXPECT_EQ(over(call_of("max", x())), big(8));
  EXPECT_DOUBLE_EQ(real(call_of("fsum", dx())), 15);
  EXPECT_DOUBLE_EQ(real(call_of("favg", dx())), 3.75);
  EXPECT_DOUBLE_EQ(real(call_of("product", dx())), 64);
  EXPECT_DOUBLE_EQ(real(call_of("stddev", dx())), 3.095695936834452);
  EXPECT_DOUBLE_EQ(real(call_of("var_samp", dx())), 9.583333333333334);
  EXPECT_DOUBLE_EQ(real(call_of("sem", dx())), 1.340475661845451);
  EXPECT_DOUBLE_EQ(real(call_of("skewness", dx())), 1.1376243669576889);
  EXPECT_DOUBLE_EQ(real(call_of("kurtosis", dx())), 0.7576559546313808);
  EXPECT_DOUBLE_EQ(real(call_of("kurtosis_pop", dx())), -1.0989792060491494);
  EXPECT_NEAR(real(call_of("entropy", x())), 2.0, 1e-12);
  EXPECT_EQ(over(call_of("bit_or", x())), big(15));
  EXPECT_EQ(over(call_of("bit_and", x())), big(0));
  EXPECT_EQ(over(call_of("bit_xor", x())), big(15));
}

TEST_F(Functions, Quantiles) {
  EXPECT_DOUBLE_EQ(real(call_of("median", x())), 3);
  EXPECT_DOUBLE_EQ(real(call_of("mad", x())), 1.5);
  EXPECT_EQ(over(call_of("quantile_disc", x(), constant(Value::real(TypeId::Double, 0.5)))),
            big(2));
  EXPECT_DOUBLE_EQ(real(call_of("quantile_cont", x(), constant(Value::real(TypeId::Double, 0.25)))),
                   1.75);
  EXPECT_EQ(over(call_of("quantile_disc", t(), constant(Value::real(TypeId::Double, 0.5)))),
            text("text number 2"));
  EXPECT_EQ(over(call_of("median", t())), text("text number 2"));
  const Value list = Value::nested(Type::list(TypeId::Double), {Value::real(TypeId::Double, 0.1),
                                                                Value::real(TypeId::Double, 0.9)});
  const Value both = over(call_of("quantile_disc", x(), constant(list)));
  EXPECT_EQ(both.children()[0], big(1));
  EXPECT_EQ(both.children()[1], big(8));
  EXPECT_NEAR(real(call_of("approx_quantile", dx(), constant(Value::real(TypeId::Double, 0.5)))), 3,
              1);
}

TEST_F(Functions, PositionsAndLists) {
  EXPECT_EQ(over(call_of("first", x())), big(1));
  EXPECT_TRUE(over(call_of("last", x())).is_null());
  EXPECT_EQ(over(call_of("any_value", t())), text("text number 1"));
  EXPECT_EQ(over(call_of("arg_min", x(), y())), big(8));
  EXPECT_EQ(over(call_of("arg_max", x(), y())), big(4));
  EXPECT_TRUE(over(call_of("arg_max_null", x(), y())).is_null());
  EXPECT_EQ(over(call_of("max", t())), text("text number 8"));
  EXPECT_EQ(over(call_of("min", t())), text("text number 1"));
  const Value two = over(call_of("arg_min", x(), y(), constant(big(2))));
  ASSERT_EQ(two.children().size(), 2u);
  EXPECT_EQ(two.children()[0], big(8));
  EXPECT_EQ(two.children()[1], big(2));
  EXPECT_EQ(over(call_of("max", x(), constant(big(2)))).children()[1], big(4));
  EXPECT_EQ(over(call_of("list", x())).children().size(), 5u);
  EXPECT_EQ(over(call_of("string_agg", t(), constant(text("; ")))),
            text("text number 1; text number 2; text number 4; text number 8"));
  EXPECT_EQ(over(call_of("mode", x())), big(1));
  const Value histogram = over(call_of("histogram", x()));
  ASSERT_EQ(histogram.children().size(), 4u);
  EXPECT_EQ(histogram.children()[3].children()[0], big(8));
  EXPECT_EQ(over(call_of("approx_count_distinct", x())), big(4));
  EXPECT_EQ(over(call_of("approx_top_k", y(), constant(big(2)))).children().size(), 2u);
}

TEST_F(Functions, Pairs) {
  EXPECT_NEAR(real(call_of("covar_pop", dy(), dx())), -1.5, 1e-12);
  EXPECT_NEAR(real(call_of("covar_samp", dy(), dx())), -2, 1e-12);
  EXPECT_NEAR(real(call_of("regr_slope", dy(), dx())), -1.5 / 7.1875, 1e-12);
  EXPECT_EQ(over(call_of("regr_count", dy(), dx())).as_integer(), 4);
}

TEST_F(Functions, NothingIn) {
  rows_ = 0;
  for (const char* name : {"sum", "avg", "min", "max", "median", "mad", "mode", "histogram", "list",
                           "first", "any_value"}) {
    EXPECT_TRUE(over(call_of(name, x())).is_null()) << name;
  }
  for (const char* name :
       {"stddev", "var_pop", "sem", "skewness", "kurtosis", "product", "fsum", "favg"}) {
    EXPECT_TRUE(over(call_of(name, dx())).is_null()) << name;
  }
  EXPECT_EQ(over(call_of("count", x())), big(0));
  EXPECT_EQ(over(call_of("approx_count_distinct", x())), big(0));
}

}  // namespace
}  // namespace whittle::test
