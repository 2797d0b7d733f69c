// Text of nested values and of numbers at the edges, as DuckDB prints them.
#include <gtest/gtest.h>

#include <cmath>

#include "columnar/numbers.hpp"
#include "columnar/parse.hpp"
#include "columnar/text.hpp"

namespace whittle {
namespace {

Value text_value(std::string text) {
  return Value::string(TypeId::Varchar, std::move(text));
}

TEST(NestedText, QuotesWhatWouldBeAmbiguous) {
  std::vector<Value> words;
  for (const char* word : {"a b", "NULL", "", "a,b", "'", "it's", "\"", "(x)", "a=b", " a", "Null",
                           "\xc3\xa9", "a\\b", "a;b", "a\nb", "a\n"}) {
    words.push_back(text_value(word));
  }
  EXPECT_EQ(Value::nested(Type::list(TypeId::Varchar), words).to_string(),
            "[a b, 'NULL', '', 'a,b', '\\'', 'it\\'s', '\"', '(x)', 'a=b', ' a', 'Null', \xc3\xa9, "
            "a\\b, a;b, a\nb, 'a\n']");
}

TEST(NestedText, RowsStructsAndMaps) {
  const Type row = Type::structure({{"", TypeId::Integer}, {"", TypeId::Varchar}});
  EXPECT_EQ(Value::nested(row, {Value::integer(TypeId::Integer, 1), text_value("a b")}).to_string(),
            "(1, a b)");
  const Type record = Type::structure({{"a:b", TypeId::Integer}, {"it's", TypeId::Varchar}});
  EXPECT_EQ(Value::nested(record, {Value::null(TypeId::Integer), text_value("x, y")}).to_string(),
            "{'a:b': NULL, 'it\\'s': 'x, y'}");
  const Type map = Type::map(TypeId::Timestamp, TypeId::Json);
  EXPECT_EQ(parse_value("{\"2020-01-01 00:00:00\"={\"a\": 1}}", map)->to_string(),
            "{'2020-01-01 00:00:00'='{\"a\": 1}'}");
  const Type documents = Type::list(TypeId::Json);
  EXPECT_EQ(Value::nested(documents, {Value::string(TypeId::Json, "{\"a\": 1}")}).to_string(),
            "[{\"a\": 1}]");
}

TEST(Numbers, RealsAsShortestText) {
  const auto text = [](auto value) {
    std::string out;
    append_real(out, value);
    return out;
  };
  EXPECT_EQ(text(1e20), "1e+20");
  EXPECT_EQ(text(1e15), "1000000000000000.0");
  EXPECT_EQ(text(1e16), "1e+16");
  EXPECT_EQ(text(123456789012345678.0), "1.2345678901234568e+17");
  EXPECT_EQ(text(1e-4), "0.0001");
  EXPECT_EQ(text(1e-5), "1e-05");
  EXPECT_EQ(text(-0.0), "-0.0");
  EXPECT_EQ(text(5e-324), "5e-324");
  EXPECT_EQ(text(123456.789f), "123456.79");
  EXPECT_EQ(text(3.4028235e38f), "3.4028235e+38");
  EXPECT_EQ(text(1e10f), "10000000000.0");
  EXPECT_EQ(text(-std::nan("")), "-nan");
  EXPECT_EQ(text(-INFINITY), "-inf");
}

TEST(Numbers, DoublesRoundTrip) {
  uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double value = std::bit_cast<double>(state);
    if (!std::isfinite(value)) continue;
    std::string text;
    append_real(text, value);
    ASSERT_EQ(parse_double(text).value(), value) << text;
  }
}

TEST(Numbers, HugeExponentsEndQuickly) {
  EXPECT_EQ(parse_integer<int32_t>("0e999999999").value(), 0);
  EXPECT_FALSE(parse_integer<int32_t>("1e999999999"));
  EXPECT_EQ(parse_integer<int32_t>("1e-999999999").value(), 0);
  EXPECT_EQ(
      parse_value("-99999999999999999999999999999999999999", Type::decimal(38, 0))->to_string(),
      "-99999999999999999999999999999999999999");
}

TEST(NestedText, HostileTextEnds) {
  const std::string deep(100'000, '[');
  EXPECT_FALSE(parse_value(deep, Type::list(TypeId::Varchar)));
  EXPECT_FALSE(parse_value("[\\", Type::list(TypeId::Varchar)));
  EXPECT_FALSE(parse_value("['\\", Type::list(TypeId::Varchar)));
  EXPECT_FALSE(parse_value("{a", Type::map(TypeId::Varchar, TypeId::Varchar)));
}

}  // namespace
}  // namespace whittle
