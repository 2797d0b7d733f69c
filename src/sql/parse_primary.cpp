// Expressions: literals, names, parentheses and brackets, and what may follow them (`.field`,
// `[1]`, `::type`).
#include "sql/parser_state.hpp"

namespace whittle::sql {

// A primary and its suffixes: they bind tighter than any operator.
ExpressionPtr Parser::postfix() {
  Token start = current();
  ExpressionPtr operand = primary();
  while (operand) {
    if (is(Symbol::LeftBracket)) {
      operand = subscript(std::move(operand), start);
    } else if (is(Symbol::Dot)) {
      operand = member(std::move(operand), start);
    } else if (is(Symbol::DoubleColon)) {
      auto cast = node<Cast>(start);
      consume();
      if (!type_name(cast->type)) return nullptr;
      cast->operand = std::move(operand);
      operand = finish(std::move(cast), start);
    } else {
      return operand;
    }
  }
  return nullptr;
}

ExpressionPtr Parser::subscript(ExpressionPtr operand, const Token& start) {
  consume();
  ExpressionPtr bounds[3];
  int colons = 0;
  for (;;) {
    if (is(Symbol::Colon)) {
      if (++colons > 2) return unexpected();
      consume();
    } else if (accept(Symbol::RightBracket)) {
      break;
    } else if (bounds[colons]) {
      return unexpected("]");
    } else if (is(Symbol::Minus) && colons == 1 && is(Symbol::Colon, 1)) {
      consume();  // a[1:-:2], an open end
    } else if (!(bounds[colons] = expression())) {
      return nullptr;
    }
  }
  if (colons == 0) {
    if (!bounds[0]) return unexpected("an index");
    auto made = node<Subscript>(start);
    made->operand = std::move(operand);
    made->index = std::move(bounds[0]);
    return finish(std::move(made), start);
  }
  auto made = node<Slice>(start);
  made->operand = std::move(operand);
  made->begin = std::move(bounds[0]);
  made->end = std::move(bounds[1]);
  made->step = std::move(bounds[2]);
  made->has_step = colons == 2;
  return finish(std::move(made), start);
}

// `.field` or `.function(…)` behind something that is no plain name.
ExpressionPtr Parser::member(ExpressionPtr operand, const Token& start) {
  consume();
  Token word = current();
  std::string name;
  if (!any_name(name)) return nullptr;
  if (is(Symbol::LeftParen)) {
    QualifiedName function{{std::move(name)}, word.position};
    return function_call(std::move(function), start, std::move(operand));
  }
  auto made = node<FieldAccess>(start);
  made->operand = std::move(operand);
  made->field = std::move(name);
  return finish(std::move(made), start);
}

ExpressionPtr Parser::primary() {
  Token start = current();
  switch (start.kind) {
    case TokenKind::Integer:
      return consume(), literal(LiteralKind::Integer, lexer_.value(start), start);
    case TokenKind::Decimal:
      return consume(), literal(LiteralKind::Decimal, lexer_.value(start), start);
    case TokenKind::Float:
      return consume(), literal(LiteralKind::Float, lexer_.value(start), start);
    case TokenKind::String: {
      std::string value;
      if (!string_literal(value)) return nullptr;
      return literal(LiteralKind::String, std::move(value), start);
    }
    case TokenKind::Parameter:
      return parameter();
    case TokenKind::Symbol:
      switch (start.symbol) {
        case Symbol::LeftParen:
          return parenthesized();
        case Symbol::LeftBracket:
          return list_literal();
        case Symbol::LeftBrace:
          return struct_literal();
        case Symbol::Hash:
          return positional();
        case Symbol::Star:
          consume();
          if (is(Keyword::Columns) && is(Symbol::LeftParen, 1)) return columns_expression(true);
          return star(start, {});
        default:
          return unexpected();
      }
    case TokenKind::Keyword: {
      bool taken = true;
      ExpressionPtr made = keyword_expression(taken);
      if (taken) return made;
      break;
    }
    case TokenKind::Identifier:
    case TokenKind::QuotedIdentifier:
      break;
    default:
      return unexpected();
  }
  return name_expression();
}

ExpressionPtr Parser::parameter() {
  Token start = consume();
  auto made = node<Parameter>(start);
  made->name = lexer_.value(start);
  bool numbered = made->name.empty() || (made->name[0] >= '0' && made->name[0] <= '9');
  if (!numbered) {
    bool known = false;
    for (const std::string& name : parameter_names_) known = known || same_name(name, made->name);
    if (!known) parameter_names_.push_back(made->name);
    return made;
  }
  uint64_t index = made->name.empty() ? ++question_marks_ : 0;
  for (char c : made->name) index = index < 100'000 ? index * 10 + (c - '0') : index;
  if (index == 0 || index > 65'535)
    return error(ErrorCode::Syntax, start.position, "parameters are numbered from 1 to 65535");
  made->index = static_cast<uint32_t>(index);
  made->name = std::to_string(index);
  highest_parameter_ = std::max(highest_parameter_, made->index);
  return made;
}

ExpressionPtr Parser::positional() {
  Token start = consume();
  auto made = node<Positional>(start);
  if (!is(TokenKind::Integer)) return unexpected("a column's number");
  std::string digits = lexer_.value(consume());
  if (digits.size() > 6)
    return error(ErrorCode::Syntax, start.position, "there is no column #" + digits);
  for (char c : digits) made->index = made->index * 10 + (c - '0');
  if (made->index == 0)
    return error(ErrorCode::Syntax, start.position, "columns are numbered from 1");
  return finish(std::move(made), start);
}

// Within parentheses, an expression; a lone subquery in front of UNION, ORDER BY or LIMIT goes on
// as a query.
ExpressionPtr Parser::expression_or_query() {
  Token start = current();
  ExpressionPtr inside = expression();
  if (!inside || !continues_query()) return inside;
  auto* subquery = if_is<Subquery>(*inside);
  if (!subquery || subquery->subquery != SubqueryKind::Scalar) return inside;
  if (!(subquery->query = query_rest(std::move(subquery->query)))) return nullptr;
  return finish(std::move(inside), start);
}

// (expression), (a, b), (SELECT …), ((SELECT …) UNION …). What begins with several parentheses is
// read as an expression first; a lone subquery in front of UNION, ORDER BY or LIMIT then goes on as
// a query. So nothing is ever read twice.
ExpressionPtr Parser::parenthesized() {
  Token start = consume();
  if (starts_query()) {
    auto made = node<Subquery>(start);
    if (!(made->query = query()) || !expect(Symbol::RightParen)) return nullptr;
    return finish(std::move(made), start);
  }
  ExpressionPtr inside = expression_or_query();
  if (!inside) return nullptr;
  if (accept(Symbol::RightParen)) return inside;
  if (!is(Symbol::Comma)) return unexpected(")");
  auto row = node<Row>(start);
  row->items.push_back(std::move(inside));
  while (accept(Symbol::Comma)) {
    if (!(inside = expression())) return nullptr;
    row->items.push_back(std::move(inside));
  }
  if (!expect(Symbol::RightParen)) return nullptr;
  return finish(std::move(row), start);
}

// A column, a call, a typed literal (`date '2020-01-01'`), or `t.*`.
ExpressionPtr Parser::name_expression() {
  Token start = current();
  if (start.kind == TokenKind::Keyword && !is_function_name(start)) return unexpected();
  bool only_function = start.kind == TokenKind::Keyword && !is_column_name(start);
  if (only_function && !is(Symbol::LeftParen, 1)) return unexpected();
  if (is(TokenKind::String, 1) && !only_function) return typed_literal();
  std::vector<std::string> parts(1);
  if (!token_value(consume(), parts[0])) return nullptr;
  while (is(Symbol::Dot)) {
    if (is(Symbol::Star, 1)) {
      consume();
      consume();
      std::string relation;
      for (const std::string& part : parts) relation += (relation.empty() ? "" : ".") + part;
      return star(start, std::move(relation));
    }
    consume();
    if (!any_name(parts.emplace_back())) return nullptr;
  }
  if (is(Symbol::LeftParen)) {
    QualifiedName name{std::move(parts), span(start)};
    return function_call(std::move(name), start);
  }
  auto column = node<ColumnReference>(start);
  column->parts = std::move(parts);
  return finish(std::move(column), start);
}

// Behind the sign: `* EXCLUDE (…) REPLACE (…) RENAME (…)`, `* LIKE '…'`.
ExpressionPtr Parser::star(const Token& start, std::string relation) {
  auto made = node<Star>(start);
  made->relation = std::move(relation);
  if (!star_modifiers(*made)) return nullptr;
  ExpressionPtr star = finish(std::move(made), start);
  return star ? star_filter(std::move(star), start) : nullptr;
}

bool Parser::star_modifiers(Star& star) {
  // One item, or several in parentheses.
  auto items = [&](auto item) {
    if (!accept(Symbol::LeftParen)) return item();
    return comma_list([&] { return is(Symbol::RightParen) || item(); }) &&
           expect(Symbol::RightParen);
  };
  if (accept(Keyword::Exclude) &&
      !items([&] { return qualified_name(star.exclude.emplace_back()); }))
    return false;
  if (accept(Keyword::Replace) && !items([&] {
        StarReplacement replacement;
        if (!(replacement.value = expression()) || !expect(Keyword::As) ||
            !any_name(replacement.name))
          return false;
        star.replace.push_back(std::move(replacement));
        return true;
      }))
    return false;
  return !accept(Keyword::Rename) || items([&] {
    StarRename rename;
    if (!qualified_name(rename.column) || !expect(Keyword::As) || !any_name(rename.name))
      return false;
    star.rename.push_back(std::move(rename));
    return true;
  });
}

// `* LIKE 'a%'` picks columns by name: COLUMNS(lambda c: c LIKE 'a%').
ExpressionPtr Parser::star_filter(ExpressionPtr star, const Token& start) {
  uint32_t at = is(Keyword::Not) ? 1 : 0;
  if (!is(Keyword::Like, at) && !is(Keyword::Ilike, at) && !is(Keyword::Similar, at) &&
      !is(Keyword::Glob, at))
    return star;
  auto name = [&] {
    auto column = node<ColumnReference>(start);
    column->parts = {"__lambda_col"};
    return column;
  };
  auto lambda = node<Lambda>(current());
  lambda->arrow = false;
  lambda->left = name();
  if (!(lambda->body = matching(name()))) return nullptr;
  as<Star>(*star).is_columns = true;
  if (!(as<Star>(*star).columns = measured(std::move(lambda)))) return nullptr;
  return finish(std::move(star), start);
}

ExpressionPtr Parser::columns_expression(bool unpack) {
  Token start = unpack ? previous_ : current();
  consume();  // COLUMNS
  consume();  // (
  ExpressionPtr inside = expression();
  if (!inside || !expect(Symbol::RightParen)) return nullptr;
  if (auto* star = if_is<Star>(*inside); star && !star->is_columns) {
    star->is_columns = true;
    star->unpack = unpack;
    return finish(std::move(inside), start);
  }
  auto made = node<Star>(start);
  made->is_columns = true;
  made->unpack = unpack;
  made->columns = std::move(inside);
  return finish(std::move(made), start);
}

ExpressionPtr Parser::list_literal() {
  Token start = consume();
  auto made = node<List>(start);
  if (accept(Symbol::RightBracket)) return finish(std::move(made), start);
  ExpressionPtr first = expression();
  if (!first) return nullptr;
  if (is(Keyword::For)) return comprehension(std::move(first), start);
  made->items.push_back(std::move(first));
  if (accept(Symbol::Comma) ? !expression_list(made->items, Symbol::RightBracket)
                            : !expect(Symbol::RightBracket))
    return nullptr;
  return finish(std::move(made), start);
}

// [f(x) for x in l if g(x)]: as DuckDB, list_apply over l; with a condition, over pairs of both
// that a list_filter thins out (so that an index parameter still counts the whole list).
ExpressionPtr Parser::comprehension(ExpressionPtr result, const Token& start) {
  consume();  // FOR
  auto lambda = [&](ExpressionPtr parameters, ExpressionPtr body) -> ExpressionPtr {
    auto made = node<Lambda>(start);
    made->arrow = false;
    made->left = std::move(parameters);
    made->body = std::move(body);
    return measured(std::move(made));
  };
  auto column = [&](std::string name) {
    auto made = node<ColumnReference>(start);
    made->parts.push_back(std::move(name));
    return made;
  };
  ExpressionPtr parameters;
  std::vector<std::string> names;
  if (!comma_list([&] { return column_name(names.emplace_back()); }) || !expect(Keyword::In))
    return nullptr;
  if (names.size() == 1) {
    parameters = column(names[0]);
  } else {
    auto row = node<Row>(start);
    for (std::string& name : names) row->items.push_back(column(name));
    parameters = measured(std::move(row));
  }
  ExpressionPtr source = expression(), condition;
  if (!source) return nullptr;
  if (accept(Keyword::If) && !(condition = expression())) return nullptr;
  if (!expect(Symbol::RightBracket)) return nullptr;
  if (condition) {
    auto pair = node<Struct>(start);
    pair->fields.push_back({"filter", std::move(condition)});
    pair->fields.push_back({"result", std::move(result)});
    ExpressionPtr body = measured(std::move(pair));
    if (!body || !(body = lambda(std::move(parameters), std::move(body)))) return nullptr;
    auto part = [&](const char* name) {
      ExpressionPtr field = call("main.struct_extract", start, column("elem"),
                                 literal(LiteralKind::String, name, start));
      return field ? lambda(column("elem"), std::move(field)) : nullptr;
    };
    source = call("main.list_apply", start, std::move(source), std::move(body));
    if (!source || !(source = call("main.list_filter", start, std::move(source), part("filter"))))
      return nullptr;
    return call("main.list_apply", start, std::move(source), part("result"));
  }
  if (!(result = lambda(std::move(parameters), std::move(result)))) return nullptr;
  return call("main.list_apply", start, std::move(source), std::move(result));
}

ExpressionPtr Parser::struct_literal() {
  Token start = consume();
  auto made = node<Struct>(start);
  do {
    if (!made->fields.empty() && is(Symbol::RightBrace)) break;
    StructField field;
    bool named = is(TokenKind::String) ? string_literal(field.name) : any_name(field.name);
    if (!named || !expect(Symbol::Colon) || !(field.value = expression())) return nullptr;
    made->fields.push_back(std::move(field));
  } while (accept(Symbol::Comma));
  if (!expect(Symbol::RightBrace)) return nullptr;
  return finish(std::move(made), start);
}

}  // namespace whittle::sql
