// SQL to optimized plans and the names and types of their results: one row per rule.
#include <gtest/gtest.h>

#include "unit/plan/fake_catalog.hpp"

namespace whittle {
namespace {

struct Case {
  std::string_view sql, expected, columns;
};

constexpr Case cases[] = {
    {R"~(SELECT a, b + 1 AS k, k * 2 FROM t WHERE k > 5 AND d > '2013-07-01' ORDER BY k DESC LIMIT 10)~",
     R"~(TopN 10 by k DESC
  Project a, (b + 1) AS k, ((b + 1) * 2) AS (k * 2)
    Scan t.parquet [a, b, d] where ((b + 1) > 5), (d > '2013-07-01') filter only [d]
)~",
     R"~(a INTEGER, k BIGINT, (k * 2) BIGINT)~"},
    {R"~(SELECT c, sum(a), count(*) FROM t GROUP BY c HAVING count(*) > 1 AND c <> 'x' ORDER BY 2 DESC, c)~",
     R"~(Sort sum(a) DESC, c ASC
  Filter (count_star() > 1)
    Aggregate by c: sum(a), count_star()
      Scan t.parquet [a, c] where (c != 'x')
)~",
     R"~(c VARCHAR, sum(a) HUGEINT, count_star() BIGINT)~"},
    {R"~(SELECT count(*), min(a), max(a), count(a) FROM t)~",
     R"~(Values 1 rows [count_star(), min(a), max(a), count(a)] (1000, -5, 99, 990)
)~",
     R"~(count_star() BIGINT, min(a) INTEGER, max(a) INTEGER, count(a) BIGINT)~"},
    {R"~(SELECT count(*) FROM t WHERE a > 5)~", R"~(Aggregate: count_star()
  Scan t.parquet [a] where (a > 5) filter only [a]
)~",
     R"~(count_star() BIGINT)~"},
    {R"~(SELECT * EXCLUDE (l, s, ts, f, p) REPLACE (a + 1 AS a) FROM 'dir/t.parquet')~",
     R"~(Project (a + 1) AS a, b, c, d, u, w
  Scan t.parquet [a, b, c, d, u, w]
)~",
     R"~(a INTEGER, b BIGINT, c VARCHAR, d DATE, u UTINYINT, w SMALLINT)~"},
    {R"~(SELECT u + 1, u + 300, w + 1, p + 1, a / 2, -a FROM t)~",
     R"~(Project (u + 1), (CAST(u AS INTEGER) + 300) AS (u + 300), (w + 1), (CAST(p AS DECIMAL(18,2)) + 1.00) AS (p + 1), (CAST(a AS DOUBLE) / 2.0) AS (a / 2), -(a)
  Scan t.parquet [a, u, w, p]
)~",
     R"~((u + 1) UTINYINT, (u + 300) INTEGER, (w + 1) SMALLINT, (p + 1) DECIMAL(18,2), (a / 2) DOUBLE, -(a) INTEGER)~"},
    {R"~(SELECT 1, c, count(*) FROM t GROUP BY 1, c)~", R"~(Project 1, c, count_star()
  Aggregate by c: count_star()
    Scan t.parquet [c]
)~",
     R"~(1 INTEGER, c VARCHAR, count_star() BIGINT)~"},
    {R"~(SELECT sum(w), sum(w + 1), sum(w + 2), sum(w + 3) FROM t)~",
     R"~(Project sum(w), (sum(w) + (CAST(count(w) AS HUGEINT) * 1)) AS sum((w + 1)), (sum(w) + (CAST(count(w) AS HUGEINT) * 2)) AS sum((w + 2)), (sum(w) + (CAST(count(w) AS HUGEINT) * 3)) AS sum((w + 3))
  Aggregate: sum(w), count(w)
    Scan t.parquet [w]
)~",
     R"~(sum(w) HUGEINT, sum((w + 1)) HUGEINT, sum((w + 2)) HUGEINT, sum((w + 3)) HUGEINT)~"},
    {R"~(SELECT DISTINCT a, c FROM t ORDER BY c)~", R"~(Sort c ASC
  Aggregate by a, c
    Project a, c
      Scan t.parquet [a, c]
)~",
     R"~(a INTEGER, c VARCHAR)~"},
    {R"~(SELECT DISTINCT a FROM t ORDER BY b)~", R"~(Project a
  Sort #1 ASC
    Distinct on a
      Project a, b AS #1
        Scan t.parquet [a, b]
)~",
     R"~(a INTEGER)~"},
    {R"~(SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b)~", R"~(Sort a ASC, b ASC
  Distinct on a order by a ASC, b ASC
    Project a, b
      Scan t.parquet [a, b]
)~",
     R"~(a INTEGER, b BIGINT)~"},
    {R"~(SELECT s.x, s.y, l[1] FROM t)~",
     R"~(Project struct_extract(s, 'x') AS x, struct_extract(s, 'Y') AS y, array_extract(l, 1) AS l[1]
  Scan t.parquet [l, s]
)~",
     R"~(x INTEGER, y VARCHAR, l[1] INTEGER)~"},
    {R"~(SELECT list_transform(l, x -> x + a) FROM t)~",
     R"~(Project list_transform(l, lambda: (#0 + #1)) AS list_transform(l, (x -> (x + a)))
  Scan t.parquet [a, l]
)~",
     R"~(list_transform(l, (x -> (x + a))) INTEGER[])~"},
    {R"~(SELECT x FROM (SELECT a AS x, b FROM t) WHERE x = 5)~", R"~(Project a AS x
  Scan t.parquet [a] where (a = 5)
)~",
     R"~(x INTEGER)~"},
    {R"~(WITH q(z) AS (SELECT a FROM t) SELECT z FROM q WHERE z IS NOT NULL LIMIT 5)~", R"~(Limit 5
  Project a AS z
    Scan t.parquet [a] where (a IS NOT NULL) limit 5
)~",
     R"~(z INTEGER)~"},
    {R"~(VALUES (1, 'a'), (2.5, NULL) ORDER BY 1 LIMIT 1)~", R"~(TopN 1 by col0 ASC
  Values 2 rows [col0, col1]
)~",
     R"~(col0 DECIMAL(11,1), col1 VARCHAR)~"},
    {R"~(SELECT 1 + 2 AS x, 'a')~", R"~(Values 1 rows [x, 'a'] (3, 'a')
)~",
     R"~(x INTEGER, 'a' VARCHAR)~"},
    {R"~(SELECT CASE WHEN a = 1 THEN 'x' ELSE c END, coalesce(a, 5), nullif(a, 1) FROM t)~",
     R"~(Project CASE WHEN (a = 1) THEN 'x' ELSE c END AS CASE  WHEN ((a = 1)) THEN ('x') ELSE c END, COALESCE(a, 5), CASE WHEN (a = 1) THEN NULL ELSE a END AS "nullif"(a, 1)
  Scan t.parquet [a, c]
)~",
     R"~(CASE  WHEN ((a = 1)) THEN ('x') ELSE c END VARCHAR, COALESCE(a, 5) INTEGER, "nullif"(a, 1) INTEGER)~"},
    {R"~(SELECT a FROM t WHERE a IN (1, 2, 3) AND c LIKE 'x%' AND NOT (a < 3 OR b = 4))~",
     R"~(Project a
  Scan t.parquet [a, b, c] where (a IN (1, 2, 3)), (c ~~ 'x%'), (a >= 3), (b != 4) filter only [b, c]
)~",
     R"~(a INTEGER)~"},
    {R"~(SELECT a BETWEEN 1 AND '5' FROM t)~",
     R"~(Project ((a >= 1) AND (a <= 5)) AS (a BETWEEN 1 AND '5')
  Scan t.parquet [a]
)~",
     R"~((a BETWEEN 1 AND '5') BOOLEAN)~"},
    {R"~(SELECT COLUMNS(['a', 'b']) + 1 FROM t)~", R"~(Project (a + 1) AS a, (b + 1) AS b
  Scan t.parquet [a, b]
)~",
     R"~(a INTEGER, b BIGINT)~"},
    {R"~(SELECT COLUMNS('c') FROM t)~", R"~(Project c
  Scan t.parquet [c]
)~",
     R"~(c VARCHAR)~"},
    {R"~(SELECT filename, a FROM t LIMIT 3)~", R"~(Limit 3
  Project filename, a
    Scan t.parquet [a, filename] limit 3
)~",
     R"~(filename VARCHAR, a INTEGER)~"},
    {R"~(FROM t SELECT a ORDER BY ALL)~", R"~(Sort a ASC
  Project a
    Scan t.parquet [a]
)~",
     R"~(a INTEGER)~"},
    {R"~(SELECT sum(a) FILTER (WHERE b > 1), first(a ORDER BY b DESC), count(DISTINCT c) FROM t)~",
     R"~(Aggregate: sum(a) FILTER (WHERE (b > 1)), first(a ORDER BY b DESC), count(DISTINCT c)
  Scan t.parquet [a, b, c]
)~",
     R"~(sum(a) FILTER (WHERE (b > 1)) HUGEINT, "first"(a ORDER BY b DESC) INTEGER, count(DISTINCT c) BIGINT)~"},
    {R"~(SELECT c, a + 1 FROM t GROUP BY ALL)~", R"~(Aggregate by c, (a + 1)
  Scan t.parquet [a, c]
)~",
     R"~(c VARCHAR, (a + 1) INTEGER)~"},
    {R"~(SELECT max(a) FROM t ORDER BY min(b))~", R"~(Project max(a)
  Sort #1 ASC
    Aggregate: max(a), min(b)
      Scan t.parquet [a, b]
)~",
     R"~(max(a) INTEGER)~"},
    {R"~(SELECT a FROM t ORDER BY a LIMIT 10 OFFSET 5)~", R"~(TopN 10 offset 5 by a ASC
  Project a
    Scan t.parquet [a] top-n by a ASC
)~",
     R"~(a INTEGER)~"},
    {R"~(SELECT a FROM t LIMIT 10%)~", R"~(Limit 10%
  Project a
    Scan t.parquet [a]
)~",
     R"~(a INTEGER)~"},
    {R"~(DESCRIBE SELECT a, l FROM t)~",
     R"~(Values 2 rows [column_name, column_type, null, key, default, extra]
)~",
     R"~(column_name VARCHAR, column_type VARCHAR, null VARCHAR, key VARCHAR, default VARCHAR, extra VARCHAR)~"},
    {R"~(SUMMARIZE SELECT a, c FROM t)~",
     R"~(Unpivot [column_name, column_type, min, max, approx_unique, avg, std, q25, q50, q75, count, null_percentage]
  Project 'a' AS column_name, 'INTEGER' AS column_type, CAST(min(a) AS VARCHAR) AS min, CAST(max(a) AS VARCHAR) AS max, approx_count_distinct(a) AS approx_unique, CAST(avg(CAST(a AS DOUBLE)) AS VARCHAR) AS avg, CAST(stddev(CAST(a AS DOUBLE)) AS VARCHAR) AS std, CAST(quantile_cont(CAST(a AS DOUBLE), 0.25) AS VARCHAR) AS q25, CAST(quantile_cont(CAST(a AS DOUBLE), 0.5) AS VARCHAR) AS q50, CAST(quantile_cont(CAST(a AS DOUBLE), 0.75) AS VARCHAR) AS q75, count_star() AS count, CAST((((CAST(count_star() AS DOUBLE) - CAST(count(a) AS DOUBLE)) / CAST(count_star() AS DOUBLE)) * 100.0) AS DECIMAL(9,2)) AS null_percentage, 'c' AS column_name, 'VARCHAR' AS column_type, min(c) AS min, max(c) AS max, approx_count_distinct(c) AS approx_unique, NULL AS avg, NULL AS std, NULL AS q25, NULL AS q50, NULL AS q75, count_star() AS count, CAST((((CAST(count_star() AS DOUBLE) - CAST(count(c) AS DOUBLE)) / CAST(count_star() AS DOUBLE)) * 100.0) AS DECIMAL(9,2)) AS null_percentage
    Aggregate: count_star(), min(a), max(a), approx_count_distinct(a), avg(CAST(a AS DOUBLE)), stddev(CAST(a AS DOUBLE)), quantile_cont(CAST(a AS DOUBLE), 0.25), quantile_cont(CAST(a AS DOUBLE), 0.5), quantile_cont(CAST(a AS DOUBLE), 0.75), count(a), min(c), max(c), approx_count_distinct(c), count(c)
      Scan t.parquet [a, c]
)~",
     R"~(column_name VARCHAR, column_type VARCHAR, min VARCHAR, max VARCHAR, approx_unique BIGINT, avg VARCHAR, std VARCHAR, q25 VARCHAR, q50 VARCHAR, q75 VARCHAR, count BIGINT, null_percentage DECIMAL(9,2))~"},
    {R"~(SELECT * FROM range(3) r(x) WHERE x > 1)~", R"~(Filter (x > 1)
  Scan range(0, 3, 1) [x]
)~",
     R"~(x BIGINT)~"},
    {R"~(SELECT a + random() AS r FROM t WHERE r > 1)~",
     R"~(Project (CAST(a AS DOUBLE) + random()) AS r
  Filter ((CAST(a AS DOUBLE) + random()) > 1.0)
    Scan t.parquet [a]
)~",
     R"~(r DOUBLE)~"},
    {R"~(SELECT a FROM t WHERE CAST(w AS BIGINT) > 5 AND 1 = 1 AND b > 5 LIMIT 2)~", R"~(Limit 2
  Project a
    Scan t.parquet [a, b, w] where (w > 5), (b > 5) filter only [b, w] limit 2
)~",
     R"~(a INTEGER)~"},
    {R"~(SELECT a FROM t WHERE 1 = 2)~", R"~(Project a
  Values 0 rows [a]
)~",
     R"~(a INTEGER)~"},
    {R"~(SELECT c, sum(a) FROM t GROUP BY ROLLUP (c))~", R"~(Aggregate by c (2 sets): sum(a)
  Scan t.parquet [a, c]
)~",
     R"~(c VARCHAR, sum(a) HUGEINT)~"},
    {R"~(SELECT t FROM t LIMIT 1)~", R"~(Limit 1
  Project struct_pack(a, b, c, d, u, w, f, p, l, s, ts) AS t
    Scan t.parquet [a, b, c, d, u, w, f, p, l, s, ts] limit 1
)~",
     R"~(t STRUCT(a INTEGER, b BIGINT, c VARCHAR, d DATE, u UTINYINT, w SMALLINT, f DOUBLE, p DECIMAL(9,2), l INTEGER[], s STRUCT(x INTEGER, Y VARCHAR), ts TIMESTAMP))~"},
    {R"~(SELECT c.lower() FROM t)~", R"~(Project lower(c) AS c.lower()
  Scan t.parquet [c]
)~",
     R"~(c.lower() VARCHAR)~"},
    {R"~(SELECT d + INTERVAL 3 MONTH, INTERVAL '1.5' SECOND FROM t)~",
     R"~(Project (d + '3 months') AS (d + to_months(CAST(trunc(CAST(3 AS DOUBLE)) AS INTEGER))), '00:00:01.5' AS to_seconds(CAST('1.5' AS DOUBLE))
  Scan t.parquet [d]
)~",
     R"~((d + to_months(CAST(trunc(CAST(3 AS DOUBLE)) AS INTEGER))) TIMESTAMP, to_seconds(CAST('1.5' AS DOUBLE)) INTERVAL)~"},
    {R"~(SELECT current_date, typeof(a) FROM t)~",
     R"~(Project '2023-11-14' AS current_date, 'INTEGER' AS typeof(a)
  Scan t.parquet []
)~",
     R"~(current_date DATE, typeof(a) VARCHAR)~"},
    {R"~(SELECT a AS x, count(*) FROM t GROUP BY x ORDER BY count(*) DESC LIMIT 3)~",
     R"~(TopN 3 by count_star() DESC
  Aggregate by a: count_star()
    Scan t.parquet [a]
)~",
     R"~(x INTEGER, count_star() BIGINT)~"},
    {R"~(SELECT a FROM (SELECT a, b, c FROM t ORDER BY b LIMIT 5) WHERE a > 1)~", R"~(Project a
  Filter (a > 1)
    TopN 5 by b ASC
      Project a, b
        Scan t.parquet [a, b] top-n by b ASC
)~",
     R"~(a INTEGER)~"},
};

TEST(Binder, Plans) {
  fake::World world;
  for (const Case& test : cases) {
    EXPECT_EQ(world.plan(test.sql), test.expected) << test.sql;
    EXPECT_EQ(world.columns(test.sql), test.columns) << test.sql;
  }
}

}  // namespace
}  // namespace whittle
