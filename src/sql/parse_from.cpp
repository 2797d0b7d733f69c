// FROM: tables, files, table functions, subqueries, joins, samples.
#include <cstdlib>

#include "sql/parser_state.hpp"
#include "sql/statement.hpp"

namespace whittle::sql {

bool Parser::from_list(std::vector<TableReferencePtr>& tables) {
  do {
    if (!tables.empty() && !is_column_name(current()) && !is(TokenKind::String) &&
        !is(Symbol::LeftParen) && !is(Keyword::Lateral))
      return true;  // a trailing comma
    TableReferencePtr table = table_reference();
    if (!table) return false;
    tables.push_back(std::move(table));
  } while (accept(Symbol::Comma));
  return true;
}

TableReferencePtr Parser::table_reference() {
  Nesting nesting(*this);
  if (nesting.too_deep()) return nullptr;
  TableReferencePtr left = table_primary();
  return left ? joins(std::move(left)) : nullptr;
}

TableReferencePtr Parser::joins(TableReferencePtr left) {
  for (;;) {
    Token start = current();
    auto join = std::make_unique<Join>();
    bool is_join = false;
    if (!join_type(*join, is_join)) return nullptr;
    if (!is_join) return left;
    join->position = span(start);
    TableReferencePtr right = table_primary();
    if (!right) return nullptr;
    bool conditional =
        !join->natural && join->join != JoinKind::Cross && join->join != JoinKind::Positional;
    // a JOIN b JOIN c ON … ON …: the inner join is the right side of the outer one.
    if (conditional && !is(Keyword::On) && !is(Keyword::Using)) {
      Nesting nesting(*this);
      if (nesting.too_deep()) return nullptr;
      if (!(right = joins(std::move(right)))) return nullptr;
    }
    join->left = std::move(left);
    join->right = std::move(right);
    if (conditional) {
      if (accept(Keyword::Using)) {
        if (!name_list(join->using_columns)) return nullptr;
      } else if (!expect(Keyword::On) || !(join->on = expression())) {
        return nullptr;
      }
    }
    if (!measure(*join)) return nullptr;
    left = std::move(join);
  }
}

bool Parser::join_type(Join& join, bool& is_join) {
  static constexpr struct {
    Keyword word;
    JoinKind kind;
  } kKinds[] = {
      {Keyword::Inner, JoinKind::Inner}, {Keyword::Left, JoinKind::Left},
      {Keyword::Right, JoinKind::Right}, {Keyword::Full, JoinKind::Full},
      {Keyword::Semi, JoinKind::Semi},   {Keyword::Anti, JoinKind::Anti},
  };
  switch (current().keyword) {
    case Keyword::Join:
    case Keyword::Cross:
    case Keyword::Natural:
    case Keyword::Asof:
    case Keyword::Positional:
    case Keyword::Inner:
    case Keyword::Left:
    case Keyword::Right:
    case Keyword::Full:
    case Keyword::Semi:
    case Keyword::Anti:
      break;
    default:
      return true;
  }
  is_join = true;
  if (accept(Keyword::Cross)) {
    join.join = JoinKind::Cross;
  } else if (accept(Keyword::Positional)) {
    join.join = JoinKind::Positional;
  } else {
    join.natural = accept(Keyword::Natural);
    join.asof = !join.natural && accept(Keyword::Asof);
    for (const auto& row : kKinds)
      if (accept(row.word)) {
        join.join = row.kind;
        if (row.kind != JoinKind::Inner) accept(Keyword::Outer);
        break;
      }
  }
  return expect(Keyword::Join);
}

TableReferencePtr Parser::table_primary() {
  Token start = current();
  // alias: table
  std::string prefix_alias;
  bool prefixed = (is_column_name(start) || is(TokenKind::String)) && is(Symbol::Colon, 1);
  if (prefixed) {
    if (!name_or_string(prefix_alias)) return nullptr;
    consume();
  }
  bool lateral = accept(Keyword::Lateral);
  TableReferencePtr table;
  if (is(Symbol::LeftParen)) {
    table = table_parenthesized();
  } else if (is(Keyword::Values) && is(Symbol::LeftParen, 1)) {
    Token values_start = current();
    QueryPtr list = values();
    table = list ? derived(std::move(list), values_start) : nullptr;
  } else {
    table = table_named();
  }
  if (!table) return nullptr;
  if (table->kind == TableReferenceKind::Subquery) as<DerivedTable>(*table).lateral |= lateral;
  if (table->kind == TableReferenceKind::Function) as<TableFunction>(*table).lateral |= lateral;
  if (is(Keyword::At) && is(Symbol::LeftParen, 1))
    return unsupported(current(), "time travel (AT)"), nullptr;
  if (prefixed) {
    table->alias = std::move(prefix_alias);
    if (is(Symbol::LeftParen) && !name_list(table->column_aliases)) return nullptr;
  } else if (!table_alias(*table)) {
    return nullptr;
  }
  if (accept(Keyword::Tablesample)) {
    table->sample = std::make_unique<SampleClause>();
    if (!sample_clause(*table->sample, true)) return nullptr;
  }
  if ((is(Keyword::Pivot) || is(Keyword::Unpivot)) && is(Symbol::LeftParen, 1))
    return unsupported(current(), is(Keyword::Pivot) ? "PIVOT" : "UNPIVOT"), nullptr;
  if (!measure(*table)) return nullptr;
  return table;
}

// (SELECT …), ((SELECT …) UNION …), (a JOIN b …), (DESCRIBE t). Nothing is read twice: see
// parenthesized().
TableReferencePtr Parser::table_parenthesized() {
  Token start = consume();
  if (starts_query()) {
    QueryPtr inside = query();
    if (!inside || !expect(Symbol::RightParen)) return nullptr;
    return derived(std::move(inside), start);
  }
  bool describes =
      is(Keyword::Describe) || is(Keyword::Desc) || is(Keyword::Summarize) || is(Keyword::Show);
  if (describes) {
    auto made = std::make_unique<DescribedTable>();
    made->statement = is(Keyword::Show)        ? show_statement()
                      : is(Keyword::Summarize) ? summarize_statement()
                                               : describe_statement();
    if (!made->statement || !expect(Symbol::RightParen)) return nullptr;
    made->position = span(start);
    return made;
  }
  TableReferencePtr inside = table_reference();
  if (!inside) return nullptr;
  if (inside->kind == TableReferenceKind::Subquery && inside->alias.empty() && continues_query()) {
    QueryPtr whole = query_rest(std::move(as<DerivedTable>(*inside).query));
    if (!whole || !expect(Symbol::RightParen)) return nullptr;
    return derived(std::move(whole), start);
  }
  if (!expect(Symbol::RightParen)) return nullptr;
  return inside;
}

TableReferencePtr Parser::derived(QueryPtr query, const Token& start) {
  auto made = std::make_unique<DerivedTable>();
  made->query = std::move(query);
  made->position = span(start);
  return made;
}

// A name, a file in quotes, or a function.
TableReferencePtr Parser::table_named() {
  Token start = current();
  if (is(TokenKind::String)) {
    auto made = std::make_unique<TableName>();
    made->is_file = true;
    if (!string_literal(made->name.parts.emplace_back())) return nullptr;
    made->name.position = made->position = span(start);
    return made;
  }
  QualifiedName name;
  // A function may have a name that no table may: glob('*.parquet').
  if (is_function_name(start) && is(Symbol::LeftParen, 1)) {
    if (!any_name(name.parts.emplace_back())) return nullptr;
    name.position = span(start);
  } else if (!qualified_name(name)) {
    return nullptr;
  }
  if (!is(Symbol::LeftParen)) {
    auto made = std::make_unique<TableName>();
    made->position = name.position;
    made->name = std::move(name);
    return made;
  }
  auto made = std::make_unique<TableFunction>();
  made->call = node<FunctionCall>(start);
  made->call->name = std::move(name);
  if (!call_arguments(*made->call, true)) return nullptr;
  made->call->position = made->position = span(start);
  if (is(Keyword::With) && is(Keyword::Ordinality, 1)) {
    consume();
    consume();
    made->with_ordinality = true;
  }
  return made;
}

bool Parser::table_alias(TableReference& table) {
  bool as = accept(Keyword::As);
  bool joined = table.kind == TableReferenceKind::Join;
  if (as && is(TokenKind::String)) {
    if (!string_literal(table.alias)) return false;
  } else if (as || is_column_name(current())) {
    // SAMPLE and WINDOW are clauses; a join in parentheses may have an alias as well.
    if (!column_name(table.alias)) return false;
  }
  if (table.alias.empty() || !is(Symbol::LeftParen)) return true;
  if (joined) return unexpected(), false;
  return name_list(table.column_aliases);
}

// TABLESAMPLE 10%, TABLESAMPLE reservoir(10 ROWS) REPEATABLE (42), USING SAMPLE 10% (bernoulli, 42)
bool Parser::sample_clause(SampleClause& sample, bool table_sample) {
  Token start = current();
  auto method = [&] {
    static constexpr struct {
      std::string_view word;
      SampleMethod method;
    } kMethods[] = {{"system", SampleMethod::System},
                    {"bernoulli", SampleMethod::Bernoulli},
                    {"reservoir", SampleMethod::Reservoir}};
    for (const auto& row : kMethods)
      if (accept_word(row.word)) return sample.method = row.method, true;
    return unexpected("SYSTEM, BERNOULLI or RESERVOIR") != nullptr;
  };
  auto size = [&] {
    if (!is(TokenKind::Integer) && !is(TokenKind::Decimal) && !is(TokenKind::Float))
      return unexpected("a number") != nullptr;
    sample.size = std::strtod(lexer_.value(consume()).c_str(), nullptr);
    sample.percent = accept(Symbol::Percent) || accept(Keyword::Percent);
    if (!sample.percent) {
      bool rows = accept(Keyword::Rows);
      // A bare number counts rows, but percent for the methods that go row by row.
      sample.percent = !rows && (sample.method == SampleMethod::System ||
                                 sample.method == SampleMethod::Bernoulli);
    }
    return true;
  };
  auto seed = [&] {
    if (!is(TokenKind::Integer)) return unexpected("a number") != nullptr;
    sample.seed = std::strtoll(lexer_.value(consume()).c_str(), nullptr, 10);
    return sample.has_seed = true;
  };
  if (is_any_word(current()) && !method()) return false;
  if (accept(Symbol::LeftParen)) {
    if (!size() || !expect(Symbol::RightParen)) return false;
  } else if (!size()) {
    return false;
  }
  if (sample.method == SampleMethod::Unstated && accept(Symbol::LeftParen)) {
    if (!method() || (accept(Symbol::Comma) && !seed()) || !expect(Symbol::RightParen))
      return false;
  }
  if (accept(Keyword::Repeatable)) {
    if (!expect(Symbol::LeftParen) || !seed() || !expect(Symbol::RightParen)) return false;
  }
  sample.position = span(start);
  if (sample.percent && sample.size > 100)
    return error(ErrorCode::Syntax, sample.position, "a sample has at most 100 percent"), false;
  return true;
}

}  // namespace whittle::sql
