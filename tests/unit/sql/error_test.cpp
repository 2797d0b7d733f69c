// Errors: where they point, what they say, how they look; and that no text breaks the parser.
#include <gtest/gtest.h>

#include <random>

#include "sql/diagnostics.hpp"
#include "sql/parser.hpp"
#include "sql/to_sql.hpp"

namespace whittle::sql {
namespace {

TEST(Errors, PositionAndMessage) {
  struct {
    const char* sql;
    uint32_t line, column;
    const char* message;
  } cases[] = {
      {"SELECT", 1, 7, "syntax error at end of input"},
      {"SELECT a FROM", 1, 14, "syntax error at end of input, expected a name"},
      {"SELECT a\nFROM t WHERE", 2, 13, "syntax error at end of input"},
      {"SELECT a FORM t", 1, 15, "syntax error at or near \"t\""},
      {"SELEC 1", 1, 1, "syntax error at or near \"SELEC\""},
      {"SELECT (1", 1, 10, "syntax error at end of input, expected )"},
      {"SELECT 'abc", 1, 8, "unterminated quoted string at or near \"'abc\""},
      {"SELECT \"abc", 1, 8, "unterminated quoted identifier at or near \"\"abc\""},
      {"SELECT 1 /* x", 1, 10, "unterminated /* comment at or near \"/* x\""},
      {"SELECT $$x", 1, 8, "unterminated dollar-quoted string at or near \"$$x\""},
      {"SELECT \"\"", 1, 8, "zero-length quoted identifier at or near \"\"\"\""},
      {"SELECT a \\ b", 1, 10, "unexpected character at or near \"\\\""},
      {"SELECT 1 = 2 = 3", 1, 14, "syntax error at or near \"=\""},
      {"SELECT é, ü ü ü", 1, 15, "syntax error at or near \"ü\""},
      {"VALUES (1), (2, 3)", 1, 13, "VALUES lists must all be the same length"},
      {"SELECT sum(a) OVER w FROM t", 1, 20, "window \"w\" does not exist"},
      {"SELECT a FROM t PIVOT (sum(a) FOR b IN (1))", 1, 17, "PIVOT is not supported"},
      {"SELECT 1; SELECT 2 3", 1, 20, "syntax error at or near \"3\""},
      {"(SELECT 1 LIMIT 1) LIMIT 2", 1, 20, "syntax error at or near \"LIMIT\""},
      {"SELECT a FROM t LIMIT 1 UNION SELECT 2", 1, 25, "syntax error at or near \"UNION\""},
      {"SELECT CASE END", 1, 13, "syntax error at or near \"END\""},
      {"SELECT INTERVAL 1", 1, 18, "syntax error at end of input, expected a unit like DAY"},
      {"CREATE TABLE t (a)", 1, 17, "column \"a\" needs a type"},
  };
  for (const auto& each : cases) {
    auto statements = parse(each.sql);
    ASSERT_FALSE(statements) << each.sql;
    EXPECT_EQ(statements.error().message(), each.message) << each.sql;
    EXPECT_EQ(statements.error().position().line, each.line) << each.sql;
    EXPECT_EQ(statements.error().position().column, each.column) << each.sql;
  }
}

TEST(Errors, Refused) {
  for (const char* sql : {"SELECT a.",
                          "SELECT f(a,)",
                          "SELECT {'a'}",
                          "SELECT [1",
                          "SELECT a[",
                          "SELECT a[1:2:3:4]",
                          "SELECT MAP {1}",
                          "SELECT CAST(a)",
                          "SELECT a::",
                          "SELECT #0",
                          "SELECT #a",
                          "SELECT EXISTS (1)",
                          "SELECT EXTRACT(year d)",
                          "FROM t JOIN u",
                          "FROM t CROSS u",
                          "SELECT a FROM t ORDER",
                          "SELECT * FROM t GROUP a",
                          "SELECT 1 2",
                          "SET a",
                          "PRAGMA",
                          "COPY t",
                          "COPY (SELECT 1) FROM 'x'",
                          "EXPLAIN",
                          "EXPLAIN EXPLAIN SELECT 1",
                          "CREATE",
                          "DROP t",
                          "INSERT t VALUES (1)",
                          "SELECT a AS FROM t",
                          "SELECT a year FROM t",
                          "SELECT a LIKE 'x' LIKE 'y'",
                          "WITH x AS FROM t FROM x",
                          "SELECT x IN ()",
                          "SELECT IN",
                          "SELECT sum(a) OVER (ROWS BETWEEN CURRENT ROW AND 1 "
                          "PRECEDING)",
                          "SELECT \xff",
                          "SELECT E'\\xff'"})
    EXPECT_FALSE(parse(sql)) << sql;
}

TEST(Errors, Hints) {
  auto hint = [](const char* sql) { return std::string(parse(sql).error().hint()); };
  EXPECT_EQ(hint("SELECT a FORM t"), "Did you mean \"FROM\"?");
  EXPECT_EQ(hint("SELCT 1"), "Did you mean \"SELECT\"?");
  EXPECT_EQ(hint("SELECT a FROM t WHRE a = 1"), "Did you mean \"WHERE\"?");
  EXPECT_EQ(hint("SELECT 1 2"), "");
}

TEST(Errors, Rendered) {
  std::string sql = "SELECT a,\n\tbé FORM t";
  auto statements = parse(sql);
  ASSERT_FALSE(statements);
  EXPECT_EQ(render_error(statements.error(), sql),
            "Syntax error at or near \"t\"\n\nLINE 2:  bé FORM t\n                 ^\nHint: Did "
            "you mean \"FROM\"?");
  Error binder = Error(ErrorCode::Binder, "there is no column \"x\"").with_position({7, 1, 1, 8});
  EXPECT_EQ(render_error(binder, "SELECT x"),
            "Binder error: there is no column \"x\"\n\nLINE 1: SELECT x\n               ^");
  EXPECT_EQ(render_error(Error(ErrorCode::Io, "no disk"), "SELECT x"), "Io error: no disk");
}

TEST(Errors, LongLinesAreCutAroundTheCaret) {
  std::string sql = "SELECT ";
  for (int i = 0; i < 300; ++i) sql += "\xC3\xA9, ";
  sql += ") ";
  sql += std::string(500, 'x');
  auto statements = parse(sql);
  ASSERT_FALSE(statements);
  std::string text = render_error(statements.error(), sql);
  EXPECT_LT(text.size(), 500u);
  size_t line = text.find("LINE 1: ...");
  ASSERT_NE(line, text.npos);
  EXPECT_NE(text.find("...\n"), text.npos);
}

TEST(Suggest, NearestFirst) {
  std::vector<std::string> names = {"price", "prize", "Region", "quantity", "order_date", "id"};
  EXPECT_EQ(suggest("prise", names), (std::vector<std::string>{"price", "prize"}));
  EXPECT_EQ(suggest("REGOIN", names), (std::vector<std::string>{"Region"}));
  EXPECT_TRUE(suggest("zzz", names).empty());
  EXPECT_TRUE(suggest("", names).empty());
  EXPECT_EQ(did_you_mean("prise", names), "Did you mean \"price\" or \"prize\"?");
  EXPECT_EQ(did_you_mean("nothing_like_it", names), "");
}

// ---- robustness
// -------------------------------------------------------------------------------------------

std::string repeated(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Robustness, DeepNestingIsAnErrorNotACrash) {
  for (size_t depth : {150, 100'000}) {
    std::vector<std::string> texts = {
        "SELECT " + repeated("(", depth) + "1" + repeated(")", depth),
        "SELECT " + repeated("[", depth) + "1" + repeated("]", depth),
        "SELECT " + repeated("f(", depth) + "1" + repeated(")", depth),
        "SELECT " + repeated("NOT ", depth) + "a",
        "SELECT " + repeated("- ", depth) + "a",
        "SELECT " + repeated("CASE WHEN a THEN ", depth) + "1" + repeated(" END", depth),
        "SELECT " + repeated("{'a': ", depth) + "1" + repeated("}", depth),
        "SELECT " + repeated("(SELECT ", depth) + "1" + repeated(")", depth),
        "SELECT " + repeated("x -> ", depth) + "1",
        "SELECT " + repeated("CAST(", depth) + "1" + repeated(" AS INT)", depth),
        "SELECT * FROM " + repeated("(SELECT * FROM ", depth) + "t" + repeated(")", depth),
        "SELECT * FROM " + repeated("(", depth) + "t" + repeated(")", depth),
        "SELECT a::" + repeated("STRUCT(a ", depth) + "INT" + repeated(")", depth),
        repeated("(", depth) + "SELECT 1" + repeated(")", depth),
        repeated("WITH x AS (", depth) + "SELECT 1" + repeated(") SELECT 1", depth),
        repeated("EXPLAIN ", depth) + "SELECT 1",
        repeated("PREPARE p AS ", depth) + "SELECT 1",
        "SELECT 1 GROUP BY " + repeated("GROUPING SETS (", depth) + "a" + repeated(")", depth),
        "SELECT * FROM a" + repeated(" JOIN b", depth),
    };
    for (const std::string& text : texts) {
      auto statements = parse(text);
      if (depth > 1000) EXPECT_FALSE(statements) << text.substr(0, 40);
    }
  }
}

TEST(Robustness, LongChainsAreBounded) {
  for (const char* link :
       {" + 1", " || 'a'", "::INT", "[1]", ".f()", " COLLATE nocase", " ->> 'a'", " IS NULL"}) {
    EXPECT_TRUE(parse("SELECT (a)" + repeated(link, 500))) << link;
    EXPECT_FALSE(parse("SELECT (a)" + repeated(link, 5000))) << link;
  }
  EXPECT_FALSE(parse("SELECT 1" + repeated(" UNION ALL SELECT 1", 5000)));
  EXPECT_TRUE(parse("SELECT 1" + repeated(" UNION ALL SELECT 1", 500)));
  EXPECT_FALSE(parse("FROM a" + repeated(" CROSS JOIN a", 5000)));
  EXPECT_TRUE(parse("SELECT 1" + repeated(" AND a = 1", 50'000)));
  EXPECT_TRUE(parse("SELECT a IN (1" + repeated(", 1", 50'000) + ")"));
  EXPECT_TRUE(parse("SELECT 1" + repeated(", 1", 50'000)));
  EXPECT_FALSE(parse("SELECT a::INT" + repeated("[]", 5000)));
}

TEST(Robustness, NothingGrowsWithoutBound) {
  EXPECT_FALSE(parse("SELECT 1 GROUP BY " + repeated("CUBE (a, b, c, d, e, f, g), ", 10) + "x"));
  EXPECT_FALSE(parse("SELECT 1 GROUP BY CUBE (a" + repeated(", b", 40) + ")"));
  std::string window = "a" + repeated(", a", 5000);
  EXPECT_FALSE(parse("SELECT 1" + repeated(", sum(a) OVER w", 5000) +
                     " FROM t WINDOW w AS (PARTITION BY " + window + ")"));
  EXPECT_FALSE(parse(std::string(kMaxStatementLength + 1, ' ')));
}

// Random soup of tokens: parses or fails, and what parses can be written and read again.
TEST(Robustness, TokenSoup) {
  const char* words[] = {
      "SELECT",   "FROM",  "WHERE",  "a",      "b",       "t",      "1",        "'x'",  "(",
      ")",        ",",     ".",      "*",      "+",       "-",      "=",        "<",    "->",
      "->>",      "[",     "]",      "{",      "}",       ":",      "::",       "INT",  "AND",
      "OR",       "NOT",   "IN",     "LIKE",   "IS",      "NULL",   "CASE",     "WHEN", "THEN",
      "END",      "UNION", "ALL",    "BY",     "GROUP",   "ORDER",  "LIMIT",    "%",    "OVER",
      "JOIN",     "ON",    "USING",  "VALUES", "WITH",    "AS",     "MAP",      "ANY",  "COLUMNS",
      "EXCLUDE",  "?",     "$1",     "#1",     "BETWEEN", "EXISTS", "INTERVAL", "DAY",  "CAST",
      "FOR",      "IF",    "lambda", ":=",     "!",       "~",      "@",        "ROWS", "DISTINCT",
      "DESCRIBE", "SET",   "COPY",   "TO",     ";",       "\"",     "'",        "$$",   "/*",
      "--\n",     "1.5e3", "COLLATE"};
  std::mt19937 random(42);
  size_t good = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string sql = round % 3 ? "SELECT " : "";
    for (size_t i = 1 + random() % 12; i-- > 0;) {
      sql += words[random() % std::size(words)];
      sql += ' ';
    }
    auto statements = parse(sql);
    if (!statements) {
      EXPECT_LE(statements.error().position().offset, sql.size());
      render_error(statements.error(), sql);
      continue;
    }
    ++good;
    for (const StatementPtr& statement : *statements)
      if (statement->kind == StatementKind::Select) {
        std::string text = to_sql(*as<SelectStatement>(*statement).query);
        EXPECT_TRUE(parse(text)) << sql << "\n" << text;
      }
  }
  EXPECT_GT(good, 500u);
}

}  // namespace
}  // namespace whittle::sql
