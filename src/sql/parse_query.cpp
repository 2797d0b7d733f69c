// Queries: WITH, SELECT and its clauses, VALUES, set operations, ORDER BY and LIMIT.
#include "sql/parser_state.hpp"

namespace whittle::sql {

bool Parser::starts_query(uint32_t ahead) {
  switch (peek(ahead).keyword) {
    case Keyword::Select:
    case Keyword::With:
    case Keyword::From:
    case Keyword::Table:
      return true;
    case Keyword::Values:
      return is(Symbol::LeftParen, ahead + 1);
    case Keyword::Pivot:
    case Keyword::Unpivot:
      return true;
    default:
      return false;
  }
}

bool Parser::continues_query() {
  switch (current().keyword) {
    case Keyword::Union:
    case Keyword::Intersect:
    case Keyword::Except:
    case Keyword::Order:
    case Keyword::Limit:
    case Keyword::Offset:
    case Keyword::Fetch:
      return true;
    default:
      return false;
  }
}

QueryPtr Parser::query() {
  Nesting nesting(*this);
  if (nesting.too_deep()) return nullptr;
  if (!is(Keyword::With)) {
    QueryPtr left = query_primary();
    return left ? query_rest(std::move(left)) : nullptr;
  }
  Token start = current();
  WithClause with;
  if (!with_clause(with)) return nullptr;
  QueryPtr body = query_primary();
  if (!body || !(body = query_rest(std::move(body)))) return nullptr;
  if (!body->with.tables.empty()) {  // WITH … (WITH … SELECT …): the outer ones come first
    with.recursive |= body->with.recursive;
    for (CommonTable& table : body->with.tables) with.tables.push_back(std::move(table));
  }
  body->with = std::move(with);
  body->position = span(start);
  if (!measure(*body)) return nullptr;
  return body;
}

// Set operations, ORDER BY and LIMIT behind a first query.
QueryPtr Parser::query_rest(QueryPtr left) {
  left = set_operations(std::move(left), false);
  if (!left || !order_and_limit(*left) || !measure(*left)) return nullptr;
  return left;
}

// INTERSECT binds tighter than UNION and EXCEPT.
QueryPtr Parser::set_operations(QueryPtr left, bool intersect_only) {
  while (left && (is(Keyword::Intersect) ||
                  (!intersect_only && (is(Keyword::Union) || is(Keyword::Except))))) {
    auto made = std::make_unique<SetOperation>();
    Token word = consume();
    made->position = word.position;
    made->operation = word.keyword == Keyword::Union       ? SetOperationKind::Union
                      : word.keyword == Keyword::Intersect ? SetOperationKind::Intersect
                                                           : SetOperationKind::Except;
    made->all = accept(Keyword::All);
    if (!made->all) accept(Keyword::Distinct);
    if (is(Keyword::By) && is(Keyword::Name, 1)) {
      if (made->operation != SetOperationKind::Union)
        return unsupported(current(), "BY NAME without UNION");
      consume();
      consume();
      made->by_name = true;
    }
    made->left = std::move(left);
    QueryPtr right = query_primary();
    if (right && made->operation != SetOperationKind::Intersect)
      right = set_operations(std::move(right), true);
    if (!right) return nullptr;
    made->right = std::move(right);
    if (!measure(*made)) return nullptr;
    left = std::move(made);
  }
  return left;
}

QueryPtr Parser::query_primary() {
  Token start = current();
  if (accept(Symbol::LeftParen)) {
    QueryPtr inside = query();
    if (!inside || !expect(Symbol::RightParen)) return nullptr;
    return inside;
  }
  switch (start.keyword) {
    case Keyword::Select:
    case Keyword::From:
      return select_core();
    case Keyword::Values:
      return values();
    case Keyword::Table: {
      consume();
      QualifiedName name;
      if (!qualified_name(name)) return nullptr;
      return from_table(std::move(name), false, start);
    }
    case Keyword::Pivot:
    case Keyword::Unpivot:
      unsupported(start, start.keyword == Keyword::Pivot ? "PIVOT" : "UNPIVOT");
      return nullptr;
    default:
      unexpected("a query");
      return nullptr;
  }
}

// SELECT * FROM name
QueryPtr Parser::from_table(QualifiedName name, bool is_file, const Token& start) {
  auto select = std::make_unique<Select>();
  select->position = span(start);
  select->items.emplace_back().value = node<Star>(start);
  auto table = std::make_unique<TableName>();
  table->position = name.position;
  table->name = std::move(name);
  table->is_file = is_file;
  select->from.push_back(std::move(table));
  if (!measure(*select)) return nullptr;
  return select;
}

QueryPtr Parser::values() {
  Token start = consume();
  auto made = std::make_unique<Values>();
  do {
    if (!made->rows.empty() && !is(Symbol::LeftParen)) break;
    Token row = current();
    if (!expect(Symbol::LeftParen) ||
        !expression_list(made->rows.emplace_back(), Symbol::RightParen))
      return nullptr;
    if (made->rows.back().size() != made->rows.front().size()) {
      error(ErrorCode::Syntax, span(row), "VALUES lists must all be the same length");
      return nullptr;
    }
  } while (accept(Symbol::Comma));
  made->position = span(start);
  if (!measure(*made)) return nullptr;
  return made;
}

// ---- WITH
// -----------------------------------------------------------------------------------------------

bool Parser::with_clause(WithClause& with) {
  consume();  // WITH
  with.recursive = accept(Keyword::Recursive);
  return comma_list([&] {
    if (!common_table(with.tables.emplace_back())) return false;
    const CommonTable& made = with.tables.back();
    for (size_t i = 0; i + 1 < with.tables.size(); ++i) {
      if (!same_name(with.tables[i].name, made.name)) continue;
      error(ErrorCode::Syntax, made.position, "Duplicate CTE name \"" + made.name + "\"");
      return false;
    }
    return true;
  });
}

bool Parser::common_table(CommonTable& table) {
  Token start = current();
  if (!column_name(table.name)) return false;
  if (is(Symbol::LeftParen) && !name_list(table.columns)) return false;
  if (accept(Keyword::Using)) {
    if (!expect(Keyword::Key) || !name_list(table.using_key)) return false;
  }
  if (!expect(Keyword::As)) return false;
  bool never = is(Keyword::Not) && is(Keyword::Materialized, 1);
  if (never) consume();
  if (accept(Keyword::Materialized))
    table.materialization = never ? Materialization::Never : Materialization::Always;
  if (!expect(Symbol::LeftParen)) return false;
  if (is(Keyword::Insert) || is(Keyword::Update) || is(Keyword::Delete))
    return unsupported(current(), "a WITH that writes"), false;
  if (!(table.query = query()) || !expect(Symbol::RightParen)) return false;
  table.position = span(start);
  return true;
}

// ---- SELECT
// ---------------------------------------------------------------------------------------------

// SELECT … FROM …, or FROM … [SELECT …].
QueryPtr Parser::select_core() {
  Token start = current();
  auto outer_windows = std::exchange(open_windows_, {});
  auto made = std::make_unique<Select>();
  bool from_first = accept(Keyword::From);
  if (from_first && !from_list(made->from)) return nullptr;
  if (accept(Keyword::Select)) {
    if (accept(Keyword::Distinct)) {
      made->distinct = DistinctKind::Distinct;
      if (accept(Keyword::On)) {
        made->distinct = DistinctKind::On;
        if (!expect(Symbol::LeftParen) || !expression_list(made->distinct_on, Symbol::RightParen))
          return nullptr;
      }
    } else {
      accept(Keyword::All);
    }
    if (!select_items(made->items)) return nullptr;
  } else {
    made->items.emplace_back().value = node<Star>(start);
  }
  if (is(Keyword::Into)) return unsupported(current(), "SELECT INTO"), nullptr;
  if (!from_first && accept(Keyword::From) && !from_list(made->from)) return nullptr;
  if (!select_clauses(*made) || !resolve_windows(made->windows)) return nullptr;
  open_windows_ = std::move(outer_windows);
  made->position = span(start);
  if (!measure(*made)) return nullptr;
  return made;
}

bool Parser::select_clauses(Select& select) {
  if (accept(Keyword::Where) && !(select.where = expression())) return false;
  if (accept(Keyword::Group)) {
    if (!expect(Keyword::By) || !group_by(select.group_by)) return false;
  }
  if (accept(Keyword::Having) && !(select.having = expression())) return false;
  if (accept(Keyword::Window)) {
    if (!comma_list([&] {
          NamedWindow& window = select.windows.emplace_back();
          return column_name(window.name) && expect(Keyword::As) &&
                 window_specification(window.specification);
        }))
      return false;
  }
  if (accept(Keyword::Qualify) && !(select.qualify = expression())) return false;
  if (!is(Keyword::Using) || !is(Keyword::Sample, 1)) return true;
  consume();
  consume();
  select.sample = std::make_unique<SampleClause>();
  return sample_clause(*select.sample, false);
}

bool Parser::select_items(std::vector<SelectItem>& items) {
  do {
    if (!items.empty() && !starts_expression(0) && !is(Symbol::Star) && !is(Keyword::Not) &&
        !is(Keyword::Lambda))
      return true;  // a trailing comma
    if (!select_item(items.emplace_back())) return false;
  } while (accept(Symbol::Comma));
  return true;
}

// `expression AS alias`, `expression alias`, `alias: expression`. Without AS, no keyword can be an
// alias.
bool Parser::select_item(SelectItem& item) {
  bool named = (is_column_name(current()) || is(TokenKind::String)) && is(Symbol::Colon, 1);
  if (named) {
    if (!name_or_string(item.alias)) return false;
    consume();
  }
  if (!(item.value = expression())) return false;
  if (named) return true;
  if (accept(Keyword::As))
    return is(TokenKind::String) ? string_literal(item.alias) : any_name(item.alias);
  if (is(TokenKind::Identifier) || is(TokenKind::QuotedIdentifier)) return any_name(item.alias);
  return true;
}

// ---- ORDER BY, LIMIT
// ------------------------------------------------------------------------------------

bool Parser::order_and_limit(Query& query) {
  bool had_order = !query.order_by.empty() || query.limit.limit || query.limit.offset;
  if (had_order && continues_query()) return unexpected(), false;
  auto outer_windows = std::exchange(open_windows_, {});
  if (is(Keyword::Order)) {
    if (!order_list(query.order_by)) return false;
    query.order_by_all = query.order_by.size() == 1 && !query.order_by[0].value;
  }
  std::vector<NamedWindow> none;
  if (!resolve_windows(query.kind == QueryKind::Select ? as<Select>(query).windows : none))
    return false;
  open_windows_ = std::move(outer_windows);
  if (!limit_clause(query.limit)) return false;
  if (query.kind == QueryKind::Select && is(Keyword::Using) && is(Keyword::Sample, 1)) {
    consume();
    consume();
    as<Select>(query).sample = std::make_unique<SampleClause>();
    return sample_clause(*as<Select>(query).sample, false);
  }
  return true;
}

// LIMIT n OFFSET m in either order; FETCH FIRST n ROWS ONLY.
bool Parser::limit_clause(LimitClause& limit) {
  for (;;) {
    if (!limit.limit && !limit.all && accept(Keyword::Limit)) {
      if (accept(Keyword::All)) {
        limit.all = true;
      } else if (!(limit.limit = limit_value(limit.percent))) {
        return false;
      }
    } else if (!limit.offset && accept(Keyword::Offset)) {
      bool percent = false;
      if (!(limit.offset = limit_value(percent))) return false;
      if (percent) return unexpected(), false;
      if (!accept(Keyword::Row)) accept(Keyword::Rows);
    } else if (!limit.limit && accept(Keyword::Fetch)) {
      Token start = current();
      if (!accept(Keyword::First) && !expect(Keyword::Next)) return false;
      if (is(Keyword::Row) || is(Keyword::Rows)) {
        limit.limit = literal(LiteralKind::Integer, "1", start);
      } else if (!(limit.limit = expression(kPostfix))) {
        return false;
      }
      if (!accept(Keyword::Row) && !expect(Keyword::Rows)) return false;
      if (!expect(Keyword::Only)) return false;
    } else {
      return true;
    }
  }
}

ExpressionPtr Parser::limit_value(bool& percent) {
  bool before = std::exchange(percent_ends_, true);
  ExpressionPtr value = expression();
  percent_ends_ = before;
  if (value && (accept(Symbol::Percent) || accept(Keyword::Percent))) percent = true;
  return value;
}

// ---- GROUP BY
// -------------------------------------------------------------------------------------------

bool Parser::group_by(GroupBy& group_by) {
  if (accept(Keyword::All) || accept(Symbol::Star)) {
    group_by.all = true;
    return true;
  }
  std::vector<GroupingSet> sets = {{}};
  bool plain = true;
  do {
    if (!plain || !group_by.expressions.empty())
      if (!starts_expression(0) && !is(Keyword::Not)) break;  // a trailing comma
    if (!grouping_element(group_by, sets, plain)) return false;
  } while (accept(Symbol::Comma));
  if (!plain) group_by.sets = std::move(sets);
  return true;
}

// An element of GROUP BY multiplies the sets so far by its own.
bool Parser::grouping_element(GroupBy& group_by, std::vector<GroupingSet>& sets, bool& plain) {
  Nesting nesting(*this);
  if (nesting.too_deep()) return false;
  std::vector<GroupingSet> element;
  Token start = current();
  bool is_rollup = is(Keyword::Rollup) && is(Symbol::LeftParen, 1);
  bool is_cube = is(Keyword::Cube) && is(Symbol::LeftParen, 1);
  if (is(Keyword::Grouping) && is(Keyword::Sets, 1)) {
    consume();
    consume();
    plain = false;
    if (!expect(Symbol::LeftParen)) return false;
    do {
      std::vector<GroupingSet> inner = {{}};
      if (!grouping_element(group_by, inner, plain)) return false;
      for (GroupingSet& set : inner) element.push_back(std::move(set));
    } while (accept(Symbol::Comma));
    if (!expect(Symbol::RightParen)) return false;
  } else if (is_rollup || is_cube) {
    consume();
    plain = false;
    std::vector<GroupingSet> parts;
    if (!grouping_list(group_by, parts)) return false;
    if (is_rollup) {
      for (size_t count = parts.size() + 1; count-- > 0;) {
        GroupingSet& set = element.emplace_back();
        for (size_t i = 0; i < count; ++i) set.insert(set.end(), parts[i].begin(), parts[i].end());
      }
    } else {
      if (parts.size() > 12)
        return error(ErrorCode::Syntax, span(start), "CUBE of more than 12 columns"), false;
      for (size_t mask = size_t{1} << parts.size(); mask-- > 0;) {
        GroupingSet& set = element.emplace_back();
        for (size_t i = 0; i < parts.size(); ++i)
          if (mask >> i & 1) set.insert(set.end(), parts[i].begin(), parts[i].end());
      }
    }
  } else if (is(Symbol::LeftParen) && is(Symbol::RightParen, 1)) {
    consume();
    consume();
    plain = false;
    element.emplace_back();
  } else {
    ExpressionPtr value = expression();
    if (!value) return false;
    GroupingSet& set = element.emplace_back();
    // In parentheses, several: GROUP BY (a, b) and GROUPING SETS ((a, b)).
    if (auto* row = if_is<Row>(*value); row && start.symbol == Symbol::LeftParen) {
      for (ExpressionPtr& item : row->items)
        set.push_back(grouping_expression(group_by, std::move(item)));
    } else {
      set.push_back(grouping_expression(group_by, std::move(value)));
    }
  }
  if (sets.size() * element.size() > 4096)
    return error(ErrorCode::Syntax, span(start), "more than 4096 grouping sets"), false;
  std::vector<GroupingSet> product;
  for (const GroupingSet& left : sets)
    for (const GroupingSet& right : element) {
      GroupingSet& set = product.emplace_back(left);
      for (uint32_t index : right)
        if (std::find(set.begin(), set.end(), index) == set.end()) set.push_back(index);
    }
  sets = std::move(product);
  return true;
}

// (a, (b, c)): each a set of its own, for ROLLUP and CUBE.
bool Parser::grouping_list(GroupBy& group_by, std::vector<GroupingSet>& sets) {
  if (!expect(Symbol::LeftParen)) return false;
  bool plain = true;
  return comma_list([&] {
           std::vector<GroupingSet> inner = {{}};
           if (!grouping_element(group_by, inner, plain)) return false;
           if (!plain || inner.size() != 1) return unexpected() != nullptr;
           sets.push_back(std::move(inner[0]));
           return true;
         }) &&
         expect(Symbol::RightParen);
}

// The index of an expression among those grouped by; an equal one is not added twice.
uint32_t Parser::grouping_expression(GroupBy& group_by, ExpressionPtr expression) {
  if (auto* column = if_is<ColumnReference>(*expression))
    for (size_t i = 0; i < group_by.expressions.size(); ++i)
      if (auto* other = if_is<ColumnReference>(*group_by.expressions[i]);
          other && other->parts == column->parts)
        return static_cast<uint32_t>(i);
  group_by.expressions.push_back(std::move(expression));
  return static_cast<uint32_t>(group_by.expressions.size() - 1);
}

}  // namespace whittle::sql
