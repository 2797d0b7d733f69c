// Queries and statements: what DuckDB takes is taken and has the right shape.
#include <gtest/gtest.h>

#include "sql/clone.hpp"
#include "sql/parser.hpp"
#include "sql/to_sql.hpp"

namespace whittle::sql {
namespace {

StatementPtr parsed(std::string_view sql) {
  auto statement = parse_statement(sql);
  if (!statement) {
    ADD_FAILURE() << sql << ": " << statement.error().to_string();
    return parsed("SELECT 1");
  }
  return std::move(*statement);
}

QueryPtr query(std::string_view sql) {
  StatementPtr statement = parsed(sql);
  return std::move(as<SelectStatement>(*statement).query);
}

struct TextCase {
  const char* sql;
  const char* text;
};

// Canonical texts; each reads back to itself, and so does a copy.
TEST(Query, CanonicalText) {
  constexpr TextCase kCases[] = {
      {"from t", "SELECT * FROM t"},
      {"from t select a where a = 1", "SELECT a FROM t WHERE (a = 1)"},
      {"table s.t", "SELECT * FROM s.t"},
      {"select a b, c as \"d e\", x: y from t", "SELECT a AS b, c AS \"d e\", y AS x FROM t"},
      {"select a, from t,", "SELECT a FROM t"},
      {"select distinct on (a, b) * from t", "SELECT DISTINCT ON (a, b) * FROM t"},
      {"select a from 'x.parquet' as x(b)", "SELECT a FROM \"x.parquet\" AS x(b)"},
      {"select * from read_parquet(['a', 'b'], hive_partitioning = true, union_by_name := false)",
       "SELECT * FROM read_parquet(main.list_value('a', 'b'), hive_partitioning := CAST('t' AS "
       "BOOLEAN), "
       "union_by_name := CAST('f' AS BOOLEAN))"},
      {"select * from glob('*.parquet')", "SELECT * FROM \"glob\"('*.parquet')"},
      {"select * from range(3) with ordinality r(i)",
       "SELECT * FROM \"range\"(3) WITH ORDINALITY AS r(i)"},
      {"select * from a, b join c using (x, y) left join d on d.x = c.x",
       "SELECT * FROM a , ((b INNER JOIN c USING (x, y)) LEFT JOIN d ON ((d.x = c.x)))"},
      {"from a natural join b", "SELECT * FROM (a NATURAL INNER JOIN b)"},
      {"from a asof left join b on a.x >= b.x",
       "SELECT * FROM (a ASOF LEFT JOIN b ON ((a.x >= b.x)))"},
      {"from a positional join b", "SELECT * FROM (a POSITIONAL JOIN b)"},
      {"from a cross join b semi join c using (x)",
       "SELECT * FROM ((a CROSS JOIN b) SEMI JOIN c USING (x))"},
      {"from a join b join c on 1 on 2",
       "SELECT * FROM (a INNER JOIN (b INNER JOIN c ON (1)) ON (2))"},
      {"from a, lateral (select a.x) l", "SELECT * FROM a , LATERAL (SELECT a.x) AS l"},
      {"from (a join b using (x)) j", "SELECT * FROM (a INNER JOIN b USING (x)) AS j"},
      {"from x: t", "SELECT * FROM t AS x"},
      {"from ((select 1) union all (select 2)) u",
       "SELECT * FROM ((SELECT 1) UNION ALL (SELECT 2)) AS u"},
      {"from (values (1, 2), (3, 4)) v(a, b)", "SELECT * FROM (VALUES (1, 2), (3, 4)) AS v(a, b)"},
      {"from values (1) v", "SELECT * FROM (VALUES (1)) AS v"},
      {"select 1 union select 2 intersect select 3",
       "(SELECT 1) UNION ((SELECT 2) INTERSECT (SELECT 3))"},
      {"select 1 union all by name select 2 except select 3",
       "((SELECT 1) UNION ALL BY NAME (SELECT 2)) EXCEPT (SELECT 3)"},
      {"(select 1 limit 1) union (select 2) order by 1 limit 3",
       "(SELECT 1 LIMIT 1) UNION (SELECT 2) ORDER BY 1 LIMIT 3"},
      {"with recursive x(n) as (select 1 union all select n + 1 from x), y as not materialized "
       "(select 2) from x, y",
       "WITH RECURSIVE x (n) AS ((SELECT 1) UNION ALL (SELECT (n + 1) FROM x)), y AS NOT "
       "MATERIALIZED (SELECT "
       "2)SELECT * FROM x , y"},
      {"select a from t group by all order by all desc nulls last limit 10 offset 5",
       "SELECT a FROM t GROUP BY ALL ORDER BY ALL DESC NULLS LAST LIMIT 10 OFFSET 5"},
      {"select a from t limit 10%", "SELECT a FROM t LIMIT (10) %"},
      {"select a from t limit 10.5 percent", "SELECT a FROM t LIMIT (10.5) %"},
      {"select a from t limit 10 % 3", "SELECT a FROM t LIMIT (10 % 3)"},
      {"select a from t offset 2 rows fetch first 3 rows only", "SELECT a FROM t LIMIT 3 OFFSET 2"},
      {"select sum(a) from t group by rollup (a, (b, c))",
       "SELECT sum(a) FROM t GROUP BY GROUPING SETS ((a, b, c), (a), ())"},
      {"select 1 from t group by cube (a, b)",
       "SELECT 1 FROM t GROUP BY GROUPING SETS ((a, b), (b), (a), ())"},
      {"select 1 from t group by x, grouping sets ((a), (), rollup (b))",
       "SELECT 1 FROM t GROUP BY GROUPING SETS ((x, a), (x), (x, b), (x))"},
      {"select 1 from t group by (a, b), c", "SELECT 1 FROM t GROUP BY a, b, c"},
      {"select sum(x) over w, max(x) over (w rows 1 preceding) from t window w as (partition by a "
       "order by b)",
       "SELECT sum(x) OVER (PARTITION BY a ORDER BY b), max(x) OVER (PARTITION BY a ORDER BY b "
       "ROWS BETWEEN 1 "
       "PRECEDING AND CURRENT ROW) FROM t"},
      {"select a from t having a > 1 qualify row_number() over () = 1 using sample 10%",
       "SELECT a FROM t HAVING (a > 1) QUALIFY (row_number() OVER () = 1) USING SAMPLE (10%)"},
      {"from t tablesample reservoir(10 rows) repeatable (42)",
       "SELECT * FROM t TABLESAMPLE RESERVOIR(10 ROWS) REPEATABLE (42)"},
      {"from (describe t)", "SELECT * FROM (DESCRIBE SELECT * FROM t)"},
      {"from (show all tables)", "SELECT * FROM (SHOW ALL TABLES)"},
  };
  for (const TextCase& each : kCases) {
    QueryPtr tree = query(each.sql);
    EXPECT_EQ(to_sql(*tree), each.text) << each.sql;
    EXPECT_EQ(to_sql(*clone(*tree)), each.text) << each.sql;
    if (std::string_view(each.text).find("OVER (w") == std::string_view::npos)
      EXPECT_EQ(to_sql(*query(each.text)), each.text) << each.sql;
  }
}

TEST(Query, Shapes) {
  auto all = query("from t order by all desc");
  EXPECT_TRUE(all->order_by_all);
  EXPECT_EQ(all->order_by[0].direction, SortDirection::Descending);
  auto grouped = query("select 1 from t group by all");
  EXPECT_TRUE(as<Select>(*grouped).group_by.all);
  EXPECT_TRUE(query("from t limit all")->limit.all);
  EXPECT_TRUE(query("from t limit 5%")->limit.percent);
  auto file = query("from 'a b.parquet'");
  EXPECT_TRUE(as<TableName>(*as<Select>(*file).from[0]).is_file);
}

TEST(Statement, Kinds) {
  struct {
    const char* sql;
    StatementKind kind;
  } cases[] = {
      {"(select 1)", StatementKind::Select},
      {"values (1)", StatementKind::Select},
      {"explain select 1", StatementKind::Explain},
      {"describe", StatementKind::Show},
      {"desc t", StatementKind::Describe},
      {"describe select 1", StatementKind::Describe},
      {"describe 'x.parquet'", StatementKind::Describe},
      {"describe table t", StatementKind::Describe},
      {"summarize 'x.parquet'", StatementKind::Summarize},
      {"summarize from t", StatementKind::Summarize},
      {"show tables", StatementKind::Show},
      {"show databases", StatementKind::Show},
      {"set threads to 4", StatementKind::Set},
      {"set time zone 'UTC'", StatementKind::Set},
      {"reset memory_limit", StatementKind::Reset},
      {"pragma database_size", StatementKind::Pragma},
      {"copy t to 'x.csv' (header)", StatementKind::Copy},
      {"create table t as from x", StatementKind::CreateTable},
      {"create or replace temp view v as select 1", StatementKind::CreateView},
      {"create schema if not exists s", StatementKind::CreateSchema},
      {"create secret s (type s3, key_id 'a', secret 'b')", StatementKind::CreateSecret},
      {"create macro f(a, b := 1) as a + b", StatementKind::CreateMacro},
      {"create function f(a) as table select a", StatementKind::CreateMacro},
      {"insert into t by name select 1 as a returning *", StatementKind::Insert},
      {"update t set a = 1, b = b + 1 from u where t.a = u.a", StatementKind::Update},
      {"delete from t using u where t.a = u.a", StatementKind::Delete},
      {"truncate t", StatementKind::Delete},
      {"drop table if exists a, b cascade", StatementKind::Drop},
      {"alter table t add column if not exists c int default 3 not null", StatementKind::Alter},
      {"alter table t alter c type varchar using c || 'x'", StatementKind::Alter},
      {"attach 'x.db' as x (read_only)", StatementKind::Attach},
      {"detach database if exists x", StatementKind::Detach},
      {"use a.b", StatementKind::Use},
      {"prepare p as select ? + $x", StatementKind::Prepare},
      {"execute p(1, x := 2)", StatementKind::Execute},
      {"deallocate p", StatementKind::Deallocate},
      {"call f(1)", StatementKind::Call},
      {"begin transaction", StatementKind::Transaction},
      {"commit", StatementKind::Transaction},
      {"install httpfs", StatementKind::Install},
      {"load httpfs", StatementKind::Install},
      {"checkpoint", StatementKind::Checkpoint},
      {"vacuum", StatementKind::Vacuum},
  };
  for (const auto& each : cases) EXPECT_EQ(parsed(each.sql)->kind, each.kind) << each.sql;
}

TEST(Statement, Explain) {
  auto plain = parsed("explain analyze select 1");
  EXPECT_TRUE(as<ExplainStatement>(*plain).analyze);
  auto options = parsed("explain (analyze, format json) from t");
  EXPECT_TRUE(as<ExplainStatement>(*options).analyze);
  ASSERT_EQ(as<ExplainStatement>(*options).options.size(), 2u);
  EXPECT_EQ(to_sql(*as<ExplainStatement>(*options).options[1].values[0]), "'json'");
  EXPECT_FALSE(as<ExplainStatement>(*parsed("explain (select 1)")).analyze);
}

TEST(Statement, Settings) {
  auto set = parsed("set session memory_limit = '1GB'");
  EXPECT_EQ(as<SetStatement>(*set).name, "memory_limit");
  EXPECT_EQ(as<SetStatement>(*set).scope, SettingScope::Session);
  EXPECT_EQ(to_sql(*as<SetStatement>(*set).values[0]), "'1GB'");
  EXPECT_EQ(to_sql(*as<SetStatement>(*parsed("set s3_region = eu")).values[0]), "'eu'");
  EXPECT_EQ(as<SetStatement>(*parsed("set variable x = 1 + 2")).scope, SettingScope::Variable);
  EXPECT_EQ(as<SetStatement>(*parsed("set threads=default")).values[0]->kind,
            ExpressionKind::Default);
  EXPECT_TRUE(as<PragmaStatement>(*parsed("pragma threads=4")).assigned);
  EXPECT_EQ(as<PragmaStatement>(*parsed("pragma table_info(t)")).arguments.size(), 1u);
}

TEST(Statement, Copy) {
  auto statement = parsed(
      "copy (from t) to 'out' with (format parquet, partition_by (a, b), compression zstd, "
      "row_group_size 1000, header, "
      "kv_metadata {a: 'b'})");
  auto& copy = as<CopyStatement>(*statement);
  EXPECT_EQ(to_sql(*copy.query), "SELECT * FROM t");
  EXPECT_EQ(to_sql(*copy.file), "'out'");
  ASSERT_EQ(copy.options.size(), 6u);
  EXPECT_EQ(copy.options[0].name, "format");
  EXPECT_EQ(to_sql(*copy.options[0].values[0]), "'parquet'");
  EXPECT_EQ(copy.options[1].values[0]->kind, ExpressionKind::Row);
  EXPECT_TRUE(copy.options[4].values.empty());
  EXPECT_EQ(to_sql(*as<CopyStatement>(*parsed("copy t(a, b) to 'x'")).query), "SELECT a, b FROM t");
  auto old = parsed("copy t to 'x' csv header delimiter '|'");
  ASSERT_EQ(as<CopyStatement>(*old).options.size(), 3u);
  EXPECT_EQ(as<CopyStatement>(*old).options[0].name, "format");
  EXPECT_FALSE(as<CopyStatement>(*parsed("copy t from 'x'")).to);
}

TEST(Statement, CreateTable) {
  auto statement = parsed(
      "create table if not exists s.t (a int primary key, b decimal(4,1) not null default 1 + 2, c "
      "int check (c > 0), "
      "d int generated always as (a + 1) virtual, unique (a, b), foreign key (c) references u(x))");
  auto& table = as<CreateTableStatement>(*statement);
  EXPECT_EQ(table.on_conflict, OnConflict::Ignore);
  ASSERT_EQ(table.columns.size(), 4u);
  EXPECT_TRUE(table.columns[0].primary_key);
  EXPECT_TRUE(table.columns[1].not_null);
  EXPECT_EQ(to_sql(*table.columns[1].default_value), "(1 + 2)");
  EXPECT_TRUE(table.columns[3].generated);
  EXPECT_EQ(table.constraints.size(), 2u);
}

TEST(Statement, Several) {
  auto statements = parse(";; select 1; -- two\nselect 2;;\n/* three */ select 3");
  ASSERT_TRUE(statements);
  EXPECT_EQ(statements->size(), 3u);
  EXPECT_EQ((*statements)[2]->position.line, 3u);
  EXPECT_EQ(parse("  -- nothing\n;")->size(), 0u);
}

TEST(Statement, Splitting) {
  EXPECT_EQ(statement_end("select 1"), std::string_view::npos);
  EXPECT_EQ(statement_end("select 1; select 2"), 9u);
  EXPECT_EQ(statement_end("select ';' -- ; \n /* ; */ , $$;$$ , \";\", E'\\';' ;x"), 49u);
  EXPECT_EQ(statement_end("select 'a;"), std::string_view::npos);
  EXPECT_EQ(statement_end("select /* ;"), std::string_view::npos);
  EXPECT_EQ(statement_end("select $a$ ; $b$"), std::string_view::npos);
  EXPECT_EQ(statement_end("select \\ ; "), 10u);
  auto parts = split_statements(" select 1 ; ; select ';' -- end\n; select 'open ;");
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0], "select 1");
  EXPECT_EQ(parts[1], "select ';'");
  EXPECT_EQ(parts[2], "select 'open ;");
}

}  // namespace
}  // namespace whittle::sql
