// Expressions that begin with a keyword of their own: CASE, CAST, INTERVAL, EXTRACT, TRIM, ARRAY,
// MAP, …
#include "sql/parser_state.hpp"

namespace whittle::sql {

// Sets `taken` to false where the keyword is an ordinary name here.
ExpressionPtr Parser::keyword_expression(bool& taken) {
  Token start = current();
  bool called = is(Symbol::LeftParen, 1);
  switch (start.keyword) {
    case Keyword::Null:
      return consume(), literal(LiteralKind::Null, {}, start);
    case Keyword::True:
      return consume(), literal(LiteralKind::Boolean, "true", start);
    case Keyword::False:
      return consume(), literal(LiteralKind::Boolean, "false", start);
    case Keyword::Default:
      return consume(), node<Default>(start);
    case Keyword::Case:
      return case_expression();
    case Keyword::Cast:
      return cast_expression(false);
    case Keyword::Array:
      return array_expression();
    case Keyword::Lambda:
      return lambda_expression();
    case Keyword::Interval:
      if (is(TokenKind::String, 1) || is(TokenKind::Integer, 1) || called)
        return interval_expression();
      break;
    case Keyword::Map:
      if (is(Symbol::LeftBrace, 1)) return map_expression();
      break;
    case Keyword::TryCast:
      if (called) return cast_expression(true);
      break;
    case Keyword::Exists:
      if (called) return exists_expression();
      break;
    case Keyword::Columns:
      if (called) return columns_expression(false);
      break;
    case Keyword::Extract:
      if (called) return extract_expression();
      break;
    case Keyword::Position:
      if (called) return position_expression();
      break;
    case Keyword::Substring:
      if (called) return substring_expression();
      break;
    case Keyword::Trim:
      if (called) return trim_expression();
      break;
    case Keyword::Overlay:
      if (called) return overlay_expression();
      break;
    case Keyword::Row:
      if (called) return row_expression();
      break;
    // Names of types with arguments or several words: TIMESTAMP WITH TIME ZONE '…', DECIMAL(4, 1)
    // '…'.
    case Keyword::Time:
    case Keyword::Timestamp:
      if (is(Keyword::With, 1) || is(Keyword::Without, 1)) return typed_literal();
      [[fallthrough]];
    case Keyword::Dec:
    case Keyword::Decimal:
    case Keyword::Numeric:
    case Keyword::Varchar:
    case Keyword::Char:
    case Keyword::Character:
    case Keyword::Bit:
    case Keyword::Float:
      if (called) return typed_literal();
      break;
    default:
      break;
  }
  taken = false;
  return nullptr;
}

ExpressionPtr Parser::typed_literal() {
  Token start = current();
  auto made = node<Cast>(start);
  if (!type_name(made->type)) return nullptr;
  Token text = current();
  std::string value;
  if (!string_literal(value)) return nullptr;
  made->operand = literal(LiteralKind::String, std::move(value), text);
  return finish(std::move(made), start);
}

ExpressionPtr Parser::case_expression() {
  Token start = consume();
  auto made = node<Case>(start);
  if (!is(Keyword::When) && !(made->operand = expression())) return nullptr;
  do {
    CaseBranch branch;
    if (!expect(Keyword::When) || !(branch.when = expression()) || !expect(Keyword::Then) ||
        !(branch.then = expression()))
      return nullptr;
    made->branches.push_back(std::move(branch));
  } while (is(Keyword::When));
  if (accept(Keyword::Else) && !(made->otherwise = expression())) return nullptr;
  if (!expect(Keyword::End)) return nullptr;
  return finish(std::move(made), start);
}

ExpressionPtr Parser::cast_expression(bool try_cast) {
  Token start = consume();
  auto made = node<Cast>(start);
  made->try_cast = try_cast;
  if (!expect(Symbol::LeftParen) || !(made->operand = expression()) || !expect(Keyword::As) ||
      !type_name(made->type) || !expect(Symbol::RightParen))
    return nullptr;
  return finish(std::move(made), start);
}

// INTERVAL '1 day', INTERVAL '1' DAY, INTERVAL 1 DAY, INTERVAL (x) DAY
ExpressionPtr Parser::interval_expression() {
  Token start = consume(), value = current();
  auto made = node<Interval>(start);
  bool is_string = value.kind == TokenKind::String;
  if (accept(Symbol::LeftParen)) {
    if (!(made->value = expression()) || !expect(Symbol::RightParen)) return nullptr;
  } else if (is_string) {
    std::string text;
    if (!string_literal(text)) return nullptr;
    made->value = literal(LiteralKind::String, std::move(text), value);
  } else {
    consume();
    made->value = literal(LiteralKind::Integer, lexer_.value(value), value);
  }
  bool found = false;
  if (!interval_unit(made->unit, found)) return nullptr;
  if (found) return finish(std::move(made), start);
  if (!is_string) return unexpected("a unit like DAY");
  auto cast = node<Cast>(start);
  cast->operand = std::move(made->value);
  cast->type.name = "INTERVAL";
  cast->type.position = start.position;
  return finish(std::move(cast), start);
}

bool Parser::interval_unit(IntervalUnit& unit, bool& found) {
  static constexpr struct {
    Keyword one, many;
    IntervalUnit unit;
  } kUnits[] = {
      {Keyword::Year, Keyword::Years, IntervalUnit::Year},
      {Keyword::Month, Keyword::Months, IntervalUnit::Month},
      {Keyword::Day, Keyword::Days, IntervalUnit::Day},
      {Keyword::Hour, Keyword::Hours, IntervalUnit::Hour},
      {Keyword::Minute, Keyword::Minutes, IntervalUnit::Minute},
      {Keyword::Second, Keyword::Seconds, IntervalUnit::Second},
      {Keyword::Millisecond, Keyword::Milliseconds, IntervalUnit::Millisecond},
      {Keyword::Microsecond, Keyword::Microseconds, IntervalUnit::Microsecond},
      {Keyword::Week, Keyword::Weeks, IntervalUnit::Week},
      {Keyword::Quarter, Keyword::Quarters, IntervalUnit::Quarter},
      {Keyword::Decade, Keyword::Decades, IntervalUnit::Decade},
      {Keyword::Century, Keyword::Centuries, IntervalUnit::Century},
      {Keyword::Millennium, Keyword::Millennia, IntervalUnit::Millennium},
  };
  found = false;
  for (const auto& row : kUnits) {
    if (!is(row.one) && !is(row.many)) continue;
    consume();
    if (is(Keyword::To)) {
      unsupported(current(), "an interval of several units (YEAR TO MONTH)");
      return false;
    }
    unit = row.unit;
    found = true;
    return true;
  }
  return true;
}

ExpressionPtr Parser::extract_expression() {
  Token start = consume();
  consume();  // (
  Token word = current();
  std::string part;
  if (!(is(TokenKind::String) ? string_literal(part) : any_name(part)) || !expect(Keyword::From))
    return nullptr;
  for (char& c : part)
    if (c >= 'A' && c <= 'Z') c += 32;
  ExpressionPtr from = expression();
  if (!from || !expect(Symbol::RightParen)) return nullptr;
  return call("main.date_part", start, literal(LiteralKind::String, std::move(part), word),
              std::move(from));
}

ExpressionPtr Parser::position_expression() {
  Token start = consume();
  consume();  // (
  // The needle stops before IN, which elsewhere is an operator.
  ExpressionPtr needle = expression(kPostfix);
  if (!needle || !expect(Keyword::In)) return nullptr;
  ExpressionPtr haystack = expression(kPostfix);
  if (!haystack || !expect(Symbol::RightParen)) return nullptr;
  return call("main.position", start, std::move(haystack), std::move(needle));
}

ExpressionPtr Parser::substring_expression() {
  Token start = consume();
  consume();  // (
  ExpressionPtr text = expression(), from, length;
  if (!text) return nullptr;
  if (accept(Symbol::Comma)) {
    if (!(from = expression())) return nullptr;
    if (accept(Symbol::Comma) && !(length = expression())) return nullptr;
  } else {
    bool open = true;
    while (open) {
      if (!from && accept(Keyword::From)) {
        if (!(from = expression())) return nullptr;
      } else if (!length && accept(Keyword::For)) {
        if (!(length = expression())) return nullptr;
      } else {
        open = false;
      }
    }
    if (!from && length) {
      from = literal(LiteralKind::Integer, "1", start);
      auto cast = node<Cast>(start);
      cast->operand = std::move(length);
      cast->type.name = "INTEGER";
      if (!(length = finish(std::move(cast), start))) return nullptr;
    }
  }
  if (!from) return unexpected("FROM");
  if (!expect(Symbol::RightParen)) return nullptr;
  return call("main.substring", start, std::move(text), std::move(from), std::move(length));
}

ExpressionPtr Parser::trim_expression() {
  Token start = consume();
  consume();  // (
  std::string name = "main.trim";
  if (accept(Keyword::Leading)) {
    name = "main.ltrim";
  } else if (accept(Keyword::Trailing)) {
    name = "main.rtrim";
  } else {
    accept(Keyword::Both);
  }
  ExpressionPtr text, characters;
  if (!accept(Keyword::From)) {
    if (!(text = expression())) return nullptr;
    if (accept(Symbol::Comma)) {
      if (!(characters = expression())) return nullptr;
    } else if (accept(Keyword::From)) {
      characters = std::move(text);
    }
  }
  if (!text && !(text = expression())) return nullptr;
  if (!expect(Symbol::RightParen)) return nullptr;
  return call(std::move(name), start, std::move(text), std::move(characters));
}

// OVERLAY(text PLACING other FROM start FOR length); DuckDB has no such function and neither has
// the binder.
ExpressionPtr Parser::overlay_expression() {
  return unsupported(current(), "OVERLAY");
}

ExpressionPtr Parser::exists_expression() {
  Token start = consume();
  consume();  // (
  auto made = node<Subquery>(start);
  made->subquery = SubqueryKind::Exists;
  if (!(made->query = query()) || !expect(Symbol::RightParen)) return nullptr;
  return finish(std::move(made), start);
}

ExpressionPtr Parser::array_expression() {
  Token start = consume();
  if (accept(Symbol::LeftParen)) {
    auto made = node<Subquery>(start);
    made->subquery = SubqueryKind::Array;
    if (!(made->query = query()) || !expect(Symbol::RightParen)) return nullptr;
    return finish(std::move(made), start);
  }
  if (!expect(Symbol::LeftBracket)) return nullptr;
  auto made = node<List>(start);
  made->array_keyword = true;
  if (!accept(Symbol::RightBracket) && !expression_list(made->items, Symbol::RightBracket))
    return nullptr;
  return finish(std::move(made), start);
}

ExpressionPtr Parser::map_expression() {
  Token start = consume();
  consume();  // {
  auto made = node<Map>(start);
  while (!is(Symbol::RightBrace)) {
    ExpressionPtr key = expression();
    if (!key || !expect(Symbol::Colon)) return nullptr;
    ExpressionPtr value = expression();
    if (!value) return nullptr;
    made->keys.push_back(std::move(key));
    made->values.push_back(std::move(value));
    if (!accept(Symbol::Comma)) break;
  }
  if (!expect(Symbol::RightBrace)) return nullptr;
  return finish(std::move(made), start);
}

ExpressionPtr Parser::row_expression() {
  Token start = consume();
  consume();  // (
  auto made = node<Row>(start);
  if (!accept(Symbol::RightParen) && !expression_list(made->items, Symbol::RightParen))
    return nullptr;
  return finish(std::move(made), start);
}

// lambda x, i: body
ExpressionPtr Parser::lambda_expression() {
  Token start = consume();
  auto made = node<Lambda>(start);
  made->arrow = false;
  auto row = node<Row>(start);
  bool named = comma_list([&] {
    auto column = node<ColumnReference>(current());
    if (!column_name(column->parts.emplace_back())) return false;
    row->items.push_back(std::move(column));
    return true;
  });
  if (!named || !expect(Symbol::Colon)) return nullptr;
  if (row->items.size() == 1) {
    made->left = std::move(row->items[0]);
  } else {
    made->left = measured(std::move(row));
  }
  if (!(made->body = expression())) return nullptr;
  return finish(std::move(made), start);
}

}  // namespace whittle::sql
