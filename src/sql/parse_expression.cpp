// Expressions: operators by precedence climbing. The table of precedences is DuckDB's grammar;
// tests hold it against DuckDB's own reading.
#include "sql/parser_state.hpp"

namespace whittle::sql {
namespace {

struct OperatorRow {
  Symbol symbol;
  Precedence precedence;
  BinaryOperator op;
};

// Those that make a plain Binary node.
constexpr OperatorRow kBinaryOperators[] = {
    {Symbol::Equal, kComparison, BinaryOperator::Equal},
    {Symbol::DoubleEqual, kComparison, BinaryOperator::Equal},
    {Symbol::LessGreater, kComparison, BinaryOperator::NotEqual},
    {Symbol::NotEqual, kComparison, BinaryOperator::NotEqual},
    {Symbol::Less, kComparison, BinaryOperator::Less},
    {Symbol::LessEqual, kComparison, BinaryOperator::LessEqual},
    {Symbol::Greater, kComparison, BinaryOperator::Greater},
    {Symbol::GreaterEqual, kComparison, BinaryOperator::GreaterEqual},
    {Symbol::Plus, kAdditive, BinaryOperator::Add},
    {Symbol::Minus, kAdditive, BinaryOperator::Subtract},
    {Symbol::Star, kMultiplicative, BinaryOperator::Multiply},
    {Symbol::Slash, kMultiplicative, BinaryOperator::Divide},
    {Symbol::DoubleSlash, kMultiplicative, BinaryOperator::IntegerDivide},
    {Symbol::Percent, kMultiplicative, BinaryOperator::Modulo},
    {Symbol::Caret, kPower, BinaryOperator::Power},
    {Symbol::DoubleStar, kPower, BinaryOperator::Power},
    {Symbol::Concat, kOperator, BinaryOperator::Concat},
    {Symbol::Ampersand, kOperator, BinaryOperator::BitAnd},
    {Symbol::Bar, kOperator, BinaryOperator::BitOr},
    {Symbol::ShiftLeft, kOperator, BinaryOperator::ShiftLeft},
    {Symbol::ShiftRight, kOperator, BinaryOperator::ShiftRight},
    {Symbol::StartsWith, kOperator, BinaryOperator::StartsWith},
    {Symbol::Contains, kOperator, BinaryOperator::Contains},
    {Symbol::ContainedBy, kOperator, BinaryOperator::ContainedBy},
    {Symbol::Overlaps, kOperator, BinaryOperator::Overlaps},
    {Symbol::Distance, kOperator, BinaryOperator::ListDistance},
    {Symbol::CosineDistance, kOperator, BinaryOperator::CosineDistance},
    // `->>` gives way to everything on its left and takes operands like `||` on its right.
    {Symbol::LongArrow, kArrow, BinaryOperator::JsonExtractText},
};

const OperatorRow* find_operator(Symbol symbol) {
  for (const auto& row : kBinaryOperators)
    if (row.symbol == symbol) return &row;
  return nullptr;
}

Precedence above(Precedence precedence) {
  return static_cast<Precedence>(precedence + 1);
}

// a = b → a <> b and so on: what NOT before a comparison means.
BinaryOperator inverse(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::Equal:
      return BinaryOperator::NotEqual;
    case BinaryOperator::NotEqual:
      return BinaryOperator::Equal;
    case BinaryOperator::Less:
      return BinaryOperator::GreaterEqual;
    case BinaryOperator::LessEqual:
      return BinaryOperator::Greater;
    case BinaryOperator::Greater:
      return BinaryOperator::LessEqual;
    case BinaryOperator::GreaterEqual:
      return BinaryOperator::Less;
    case BinaryOperator::DistinctFrom:
      return BinaryOperator::NotDistinctFrom;
    case BinaryOperator::NotDistinctFrom:
      return BinaryOperator::DistinctFrom;
    default:
      return op;
  }
}

}  // namespace

ExpressionPtr Parser::expression(Precedence least) {
  Nesting nesting(*this);
  if (nesting.too_deep()) return nullptr;
  ExpressionPtr left = prefix();
  Precedence last = kUnary;  // of a comparison just read, which must not be followed by another
  while (left) {
    bool associative = true;
    Precedence precedence = infix_precedence(associative);
    if (precedence == kLowest || precedence < least) return left;
    if (!associative && precedence == last) return unexpected();
    last = associative ? kUnary : precedence;
    left = infix(std::move(left), precedence);
  }
  return nullptr;
}

// The precedence of the operator at the current token, or kLowest where there is none.
Precedence Parser::infix_precedence(bool& associative) {
  const Token& token = current();
  if (token.kind == TokenKind::Symbol) {
    if (const OperatorRow* row = find_operator(token.symbol)) {
      associative = row->precedence != kComparison;
      if (token.symbol == Symbol::Percent && percent_ends_ && !starts_expression(1)) return kLowest;
      return row->precedence;
    }
    switch (token.symbol) {
      case Symbol::Arrow:
        return kArrow;
      case Symbol::Like:
      case Symbol::NotLike:
      case Symbol::ILike:
      case Symbol::NotILike:
      case Symbol::Glob:
      case Symbol::Tilde:
      case Symbol::NotMatch:
        return kOperator;
      case Symbol::Exclamation:
        return starts_expression(1) ? kLowest : kPostfix;
      default:
        return kLowest;
    }
  }
  switch (token.keyword) {
    case Keyword::Or:
      return kOr;
    case Keyword::And:
      return kAnd;
    case Keyword::Is:
      associative = !is(Keyword::Distinct, 1) && !is(Keyword::Distinct, 2);
      return kIs;
    case Keyword::Isnull:
    case Keyword::Notnull:
      return kIs;
    case Keyword::Not:
      if (is(Keyword::Null, 1)) return kIs;
      associative = is(Keyword::In, 1);
      return is(Keyword::In, 1) || is(Keyword::Like, 1) || is(Keyword::Ilike, 1) ||
                     is(Keyword::Between, 1) || is(Keyword::Similar, 1)
                 ? kMatch
                 : kLowest;
    case Keyword::In:
      return kMatch;
    case Keyword::Between:
    case Keyword::Like:
    case Keyword::Ilike:
    case Keyword::Glob:
    case Keyword::Similar:
      associative = false;
      return kMatch;
    case Keyword::At:
      return is(Keyword::Time, 1) ? kAtTimeZone : kLowest;
    case Keyword::Collate:
      return kCollate;
    default:
      return kLowest;
  }
}

// Whether a token can begin an expression: what tells `a % b` from LIMIT 10% and `a ! b` from `5
// !`.
bool Parser::starts_expression(uint32_t ahead) {
  const Token& token = peek(ahead);
  switch (token.kind) {
    case TokenKind::End:
    case TokenKind::Error:
      return false;
    case TokenKind::Symbol:
      return token.symbol == Symbol::LeftParen || token.symbol == Symbol::LeftBracket ||
             token.symbol == Symbol::LeftBrace || token.symbol == Symbol::Plus ||
             token.symbol == Symbol::Minus || token.symbol == Symbol::Tilde ||
             token.symbol == Symbol::At || token.symbol == Symbol::Hash;
    case TokenKind::Keyword:
      return keyword_category(token.keyword) != KeywordCategory::Reserved ||
             is(Keyword::Case, ahead) || is(Keyword::Cast, ahead) || is(Keyword::Array, ahead) ||
             is(Keyword::Null, ahead) || is(Keyword::True, ahead) || is(Keyword::False, ahead);
    default:
      return true;
  }
}

ExpressionPtr Parser::prefix() {
  Token start = current();
  if (accept(Keyword::Not)) {
    ExpressionPtr operand = expression(kNot);
    return operand ? negated(std::move(operand), start) : nullptr;
  }
  UnaryOperator op;
  if (start.symbol == Symbol::Minus) {
    op = UnaryOperator::Negate;
  } else if (start.symbol == Symbol::Plus) {
    op = UnaryOperator::Plus;
  } else if (start.symbol == Symbol::Tilde) {
    op = UnaryOperator::BitNot;
  } else if (start.symbol == Symbol::At) {
    op = UnaryOperator::Absolute;
  } else {
    return postfix();
  }
  consume();
  bool sign = op == UnaryOperator::Negate || op == UnaryOperator::Plus;
  ExpressionPtr operand = expression(sign ? kUnary : above(kOperator));
  if (!operand) return nullptr;
  if (op == UnaryOperator::Negate) return minus(std::move(operand), start);
  auto made = node<Unary>(start);
  made->op = op;
  made->operand = std::move(operand);
  return measured(std::move(made));
}

// A minus before a number belongs to the number: -9223372036854775808 is a BIGINT.
ExpressionPtr Parser::minus(ExpressionPtr operand, const Token& start) {
  if (auto* number = if_is<Literal>(*operand); number && (number->literal == LiteralKind::Integer ||
                                                          number->literal == LiteralKind::Decimal ||
                                                          number->literal == LiteralKind::Float)) {
    if (number->text.starts_with('-')) {
      number->text.erase(0, 1);
    } else {
      number->text.insert(0, 1, '-');
    }
    number->position = span(start);
    return operand;
  }
  auto made = node<Unary>(start);
  made->operand = std::move(operand);
  return measured(std::move(made));
}

// NOT goes into comparisons and IN lists, as in DuckDB (the meaning is the same, NULLs too).
ExpressionPtr Parser::negated(ExpressionPtr operand, const Token& start) {
  if (auto* binary = if_is<Binary>(*operand); binary && is_comparison(binary->op)) {
    binary->op = inverse(binary->op);
    return operand;
  }
  if (auto* in = if_is<In>(*operand); in && !in->list.empty()) {
    in->negated = !in->negated;
    return operand;
  }
  if (auto* test = if_is<IsBoolean>(*operand)) {
    test->negated = !test->negated;
    return operand;
  }
  auto made = node<Unary>(start);
  made->op = UnaryOperator::Not;
  made->operand = std::move(operand);
  return measured(std::move(made));
}

ExpressionPtr Parser::infix(ExpressionPtr left, Precedence precedence) {
  return is(TokenKind::Symbol) ? infix_symbol(std::move(left), precedence)
                               : infix_keyword(std::move(left));
}

ExpressionPtr Parser::infix_symbol(ExpressionPtr left, Precedence precedence) {
  Token sign = consume();
  switch (sign.symbol) {
    case Symbol::Arrow: {
      auto made = node<Lambda>(sign);
      made->left = std::move(left);
      if (!(made->body = expression(above(kArrow)))) return nullptr;
      return measured(std::move(made));
    }
    case Symbol::Exclamation: {
      auto made = node<Unary>(sign);
      made->op = UnaryOperator::Factorial;
      made->operand = std::move(left);
      return measured(std::move(made));
    }
    case Symbol::Like:
      return like(std::move(left), sign, LikeKind::Like, false);
    case Symbol::NotLike:
      return like(std::move(left), sign, LikeKind::Like, true);
    case Symbol::ILike:
      return like(std::move(left), sign, LikeKind::ILike, false);
    case Symbol::NotILike:
      return like(std::move(left), sign, LikeKind::ILike, true);
    case Symbol::Glob:
      return like(std::move(left), sign, LikeKind::Glob, false);
    case Symbol::Tilde:
    case Symbol::NotMatch: {
      ExpressionPtr pattern = expression(above(kOperator));
      if (!pattern) return nullptr;
      ExpressionPtr match = call("regexp_full_match", sign, std::move(left), std::move(pattern));
      return match && sign.symbol == Symbol::NotMatch ? negated(std::move(match), sign)
                                                      : std::move(match);
    }
    default:
      break;
  }
  const OperatorRow* row = find_operator(sign.symbol);
  if (precedence == kComparison && (is(Keyword::Any) || is(Keyword::Some) || is(Keyword::All)) &&
      is(Symbol::LeftParen, 1))
    return quantified(std::move(left), row->op, sign);
  auto made = node<Binary>(sign);
  made->op = row->op;
  made->double_star = sign.symbol == Symbol::DoubleStar;
  made->left = std::move(left);
  made->right = expression(above(sign.symbol == Symbol::LongArrow ? kOperator : precedence));
  if (!made->right) return nullptr;
  return measured(std::move(made));
}

ExpressionPtr Parser::infix_keyword(ExpressionPtr left) {
  switch (current().keyword) {
    case Keyword::And:
      return conjunction(std::move(left), true);
    case Keyword::Or:
      return conjunction(std::move(left), false);
    case Keyword::Is:
    case Keyword::Isnull:
    case Keyword::Notnull:
      return is_test(std::move(left));
    case Keyword::Not:
      if (is(Keyword::Null, 1)) return is_test(std::move(left));
      return matching(std::move(left));
    case Keyword::At: {
      Token start = consume();
      consume();  // TIME
      if (!expect(Keyword::Zone)) return nullptr;
      ExpressionPtr zone = expression(above(kAtTimeZone));
      if (!zone) return nullptr;
      return call("main.timezone", start, std::move(zone), std::move(left));
    }
    case Keyword::Collate: {
      auto made = node<Collate>(consume());
      QualifiedName name;
      if (!qualified_name(name)) return nullptr;
      for (const std::string& part : name.parts)
        made->collation += (made->collation.empty() ? "" : ".") + part;
      made->operand = std::move(left);
      return measured(std::move(made));
    }
    default:
      return matching(std::move(left));
  }
}

// a AND b AND c is one node, however it was put into parentheses.
ExpressionPtr Parser::conjunction(ExpressionPtr left, bool is_and) {
  Token start = current();
  auto made = node<Conjunction>(start);
  made->is_and = is_and;
  auto add = [&](ExpressionPtr operand) {
    auto* inner = if_is<Conjunction>(*operand);
    if (!inner || inner->is_and != is_and) {
      made->operands.push_back(std::move(operand));
    } else if (made->operands.empty()) {
      made->operands = std::move(inner->operands);
    } else {
      for (ExpressionPtr& each : inner->operands) made->operands.push_back(std::move(each));
    }
  };
  add(std::move(left));
  while (accept(is_and ? Keyword::And : Keyword::Or)) {
    ExpressionPtr right = expression(above(is_and ? kAnd : kOr));
    if (!right) return nullptr;
    add(std::move(right));
  }
  return measured(std::move(made));
}

ExpressionPtr Parser::is_test(ExpressionPtr left) {
  Token start = consume();
  bool negate = start.keyword == Keyword::Not || start.keyword == Keyword::Notnull;
  if (start.keyword == Keyword::Not) consume();  // NULL
  if (start.keyword == Keyword::Is) {
    negate = accept(Keyword::Not);
    if (accept(Keyword::Distinct)) {
      if (!expect(Keyword::From)) return nullptr;
      auto made = node<Binary>(start);
      made->op = negate ? BinaryOperator::NotDistinctFrom : BinaryOperator::DistinctFrom;
      made->left = std::move(left);
      if (!(made->right = expression(above(kIs)))) return nullptr;
      return measured(std::move(made));
    }
    bool is_true = is(Keyword::True), is_false = is(Keyword::False);
    if (is_true || is_false) {
      consume();
      auto made = node<IsBoolean>(start);
      made->test = is_true ? BooleanTest::True : BooleanTest::False;
      made->negated = negate;
      made->operand = std::move(left);
      return measured(std::move(made));
    }
    if (!accept(Keyword::Null) && !accept(Keyword::Unknown))
      return unexpected("NULL, TRUE, FALSE or DISTINCT FROM");
  }
  auto made = node<IsNull>(start);
  made->negated = negate;
  made->operand = std::move(left);
  return measured(std::move(made));
}

ExpressionPtr Parser::matching(ExpressionPtr left) {
  Token start = current();
  bool negate = accept(Keyword::Not);
  Token word = consume();
  switch (word.keyword) {
    case Keyword::In:
      return in(std::move(left), start, negate);
    case Keyword::Between:
      return between(std::move(left), start, negate);
    case Keyword::Like:
      return like(std::move(left), start, LikeKind::Like, negate);
    case Keyword::Ilike:
      return like(std::move(left), start, LikeKind::ILike, negate);
    case Keyword::Glob:
      return like(std::move(left), start, LikeKind::Glob, negate);
    default:
      break;
  }
  if (!expect(Keyword::To)) return nullptr;  // SIMILAR TO
  ExpressionPtr pattern = expression(above(kMatch));
  if (!pattern) return nullptr;
  if (is(Keyword::Escape)) return unsupported(current(), "SIMILAR TO with ESCAPE");
  ExpressionPtr match = call("regexp_full_match", start, std::move(left), std::move(pattern));
  return match && negate ? negated(std::move(match), start) : std::move(match);
}

ExpressionPtr Parser::like(ExpressionPtr left, const Token& start, LikeKind kind, bool negate) {
  bool by_word = previous_.kind == TokenKind::Keyword;
  ExpressionPtr pattern = expression(above(by_word ? kMatch : kOperator));
  if (!pattern) return nullptr;
  if (by_word && kind != LikeKind::Glob && accept(Keyword::Escape)) {
    ExpressionPtr escape = expression(above(kMatch));
    if (!escape) return nullptr;
    std::string name = std::string("main.") + (negate ? "not_" : "") +
                       (kind == LikeKind::Like ? "" : "i") + "like_escape";
    return call(std::move(name), start, std::move(left), std::move(pattern), std::move(escape));
  }
  auto made = node<Like>(start);
  made->like = kind;
  made->negated = negate;
  made->value = std::move(left);
  made->pattern = std::move(pattern);
  return measured(std::move(made));
}

ExpressionPtr Parser::between(ExpressionPtr left, const Token& start, bool negate) {
  auto made = node<Between>(start);
  if (is(Keyword::Symmetric)) return unsupported(current(), "BETWEEN SYMMETRIC");
  accept(Keyword::Asymmetric);
  made->value = std::move(left);
  if (!(made->low = expression(above(kMatch))) || !expect(Keyword::And) ||
      !(made->high = expression(above(kMatch))))
    return nullptr;
  ExpressionPtr between = measured(std::move(made));
  return between && negate ? negated(std::move(between), start) : std::move(between);
}

ExpressionPtr Parser::in(ExpressionPtr left, const Token& start, bool negate) {
  auto made = node<In>(start);
  made->value = std::move(left);
  if (!is(Symbol::LeftParen)) {  // x IN list_column
    if (!(made->container = expression(above(kMatch)))) return nullptr;
  } else {
    consume();
    if (starts_query()) {
      if (!(made->subquery = query()) || !expect(Symbol::RightParen)) return nullptr;
    } else if (!expression_list(made->list, Symbol::RightParen)) {
      return nullptr;
    }
    // ((SELECT …)) is a subquery, too.
    if (made->list.size() == 1)
      if (auto* only = if_is<Subquery>(*made->list[0]);
          only && only->subquery == SubqueryKind::Scalar) {
        made->subquery = std::move(only->query);
        made->list.clear();
      }
  }
  bool listed = !made->list.empty();
  if (listed) made->negated = negate;
  ExpressionPtr in = measured(std::move(made));
  return in && negate && !listed ? negated(std::move(in), start) : std::move(in);
}

// left op ANY (…); ALL is lowered: x > ALL (q) is NOT (x <= ANY (q)).
ExpressionPtr Parser::quantified(ExpressionPtr left, BinaryOperator op, const Token& start) {
  bool all = consume().keyword == Keyword::All;
  auto made = node<Subquery>(start);
  made->subquery = SubqueryKind::Any;
  made->op = all ? inverse(op) : op;
  made->left = std::move(left);
  consume();  // (
  if (starts_query()) {
    made->query = query();
  } else {
    made->container = expression_or_query();
    if (auto* only = made->container ? if_is<Subquery>(*made->container) : nullptr;
        only && only->subquery == SubqueryKind::Scalar) {
      made->query = std::move(only->query);
      made->container.reset();
    }
  }
  if ((!made->query && !made->container) || !expect(Symbol::RightParen)) return nullptr;
  ExpressionPtr any = measured(std::move(made));
  return any && all ? negated(std::move(any), start) : std::move(any);
}

/// Expressions between commas and the closing sign; a trailing comma is fine, an empty list is not.
bool Parser::expression_list(ExpressionList& list, Symbol close) {
  do {
    if (!list.empty() && is(close)) break;
    ExpressionPtr item = expression_or_query();
    if (!item) return false;
    list.push_back(std::move(item));
  } while (accept(Symbol::Comma));
  return expect(close);
}

}  // namespace whittle::sql
