// What binding refuses, as the user sees it: message, place and hint.
#include <gtest/gtest.h>

#include "unit/plan/fake_catalog.hpp"

namespace whittle {
namespace {

struct Case {
  std::string_view sql, expected;
};

constexpr Case cases[] = {
    {R"~(SELECT zz FROM t)~", R"~(Binder error: Referenced column "zz" not found in FROM clause!

LINE 1: SELECT zz FROM t
               ^)~"},
    {R"~(SELECT a FROM tt)~", R"~(Binder error: Table with name tt does not exist!

LINE 1: SELECT a FROM tt
                      ^
Hint: Did you mean "t"?)~"},
    {R"~(SELECT lowerr(c) FROM t)~",
     R"~(Binder error: Scalar Function with name lowerr does not exist!

LINE 1: SELECT lowerr(c) FROM t
               ^
Hint: Did you mean "lower"?)~"},
    {R"~(SELECT lower(a) FROM t)~",
     R"~(Binder error: No function matches the given name and argument types 'lower(INTEGER)'. You might need to add explicit type casts.

LINE 1: SELECT lower(a) FROM t
               ^
Hint: Candidate functions: lower(VARCHAR))~"},
    {R"~(SELECT a, sum(b) FROM t)~",
     R"~(Binder error: column "a" must appear in the GROUP BY clause or must be part of an aggregate function.

LINE 1: SELECT a, sum(b) FROM t
               ^
Hint: Either add it to the GROUP BY list, or use "ANY_VALUE(a)" if the exact value of "a" is not important.)~"},
    {R"~(SELECT a FROM t WHERE sum(a) > 1)~",
     R"~(Binder error: WHERE clause cannot contain aggregates!

LINE 1: SELECT a FROM t WHERE sum(a) > 1
                              ^)~"},
    {R"~(SELECT sum(sum(a)) FROM t)~", R"~(Binder error: aggregate function calls cannot be nested

LINE 1: SELECT sum(sum(a)) FROM t
                   ^)~"},
    {R"~(SELECT a FROM t GROUP BY 5)~",
     R"~(Binder error: GROUP BY term out of range - should be between 1 and 1

LINE 1: SELECT a FROM t GROUP BY 5
                                 ^)~"},
    {R"~(SELECT a FROM t ORDER BY 5)~",
     R"~(Binder error: ORDER term out of range - should be between 1 and 1

LINE 1: SELECT a FROM t ORDER BY 5
                                 ^)~"},
    {R"~(SELECT (SELECT 1) FROM t)~",
     R"~(Unsupported error: subqueries in expressions are not supported in this version

LINE 1: SELECT (SELECT 1) FROM t
               ^)~"},
    {R"~(SELECT a FROM t JOIN t ON true)~",
     R"~(Unsupported error: joins are not supported in this version

LINE 1: SELECT a FROM t JOIN t ON true
                        ^)~"},
    {R"~(SELECT row_number() OVER () FROM t)~",
     R"~(Unsupported error: window functions are not supported in this version

LINE 1: SELECT row_number() OVER () FROM t
               ^)~"},
    {R"~(SELECT 1 UNION SELECT 2)~",
     R"~(Unsupported error: UNION, INTERSECT and EXCEPT are not supported in this version

LINE 1: SELECT 1 UNION SELECT 2
                 ^)~"},
    {R"~(SELECT d > c FROM t)~",
     R"~(Binder error: Cannot compare values of type DATE and type VARCHAR - an explicit cast is required

LINE 1: SELECT d > c FROM t
                 ^)~"},
    {R"~(SELECT d > 'abc' FROM t)~", R"~(Conversion error: Could not convert 'abc'

LINE 1: SELECT d > 'abc' FROM t
                   ^)~"},
    {R"~(SELECT coalesce(a, c) FROM t)~",
     R"~(Binder error: Cannot mix values of type INTEGER and VARCHAR in COALESCE operator - an explicit cast is required

LINE 1: SELECT coalesce(a, c) FROM t
                           ^)~"},
    {R"~(SELECT * EXCLUDE (zz) FROM t)~",
     R"~(Binder error: Column "zz" in EXCLUDE list not found in FROM clause

LINE 1: SELECT * EXCLUDE (zz) FROM t
                          ^)~"},
};

TEST(Binder, Errors) {
  fake::World world;
  for (const Case& test : cases) EXPECT_EQ(world.plan(test.sql), test.expected) << test.sql;
}

}  // namespace
}  // namespace whittle
