#include "sql/parser_state.hpp"

#include "sql/diagnostics.hpp"
#include "sql/literal.hpp"
#include "sql/measure.hpp"

namespace whittle::sql {

const Token& Parser::peek(uint32_t ahead) {
  while (token_count_ <= ahead) {
    // Nothing is read behind an error: it is the one to report.
    const Token& last = tokens_[(token_begin_ + token_count_ + 3) % 4];
    bool stuck = token_count_ > 0 && last.kind == TokenKind::Error;
    Token token = stuck ? last : lexer_.next();
    tokens_[(token_begin_ + token_count_++) % 4] = token;
  }
  return tokens_[(token_begin_ + ahead) % 4];
}

Token Parser::consume() {
  previous_ = peek();
  token_begin_ = (token_begin_ + 1) % 4;
  --token_count_;
  return previous_;
}

bool Parser::is_word(std::string_view word, uint32_t ahead) {
  const Token& token = peek(ahead);
  return is_any_word(token) && token.kind != TokenKind::QuotedIdentifier &&
         same_name(text(token), word);
}

bool Parser::accept_word(std::string_view word) {
  if (!is_word(word)) return false;
  consume();
  return true;
}

bool Parser::expect(Symbol symbol) {
  if (accept(symbol)) return true;
  unexpected(symbol_text(symbol));
  return false;
}

bool Parser::expect(Keyword keyword) {
  if (accept(keyword)) return true;
  std::string upper(keyword_text(keyword));
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c -= 32;
  unexpected(upper);
  return false;
}

// ---- names
// ----------------------------------------------------------------------------------------------

bool Parser::is_any_word(const Token& token) const {
  return token.kind == TokenKind::Identifier || token.kind == TokenKind::QuotedIdentifier ||
         token.kind == TokenKind::Keyword;
}

bool Parser::is_column_name(const Token& token) const {
  if (token.kind != TokenKind::Keyword) return is_any_word(token);
  auto category = keyword_category(token.keyword);
  return category == KeywordCategory::Unreserved || category == KeywordCategory::ColumnName;
}

bool Parser::is_function_name(const Token& token) const {
  return is_any_word(token) && (token.kind != TokenKind::Keyword ||
                                keyword_category(token.keyword) != KeywordCategory::Reserved);
}

bool Parser::token_value(const Token& token, std::string& value) {
  value = lexer_.value(token);
  if (is_valid_utf8(value) && value.find('\0') == value.npos) return true;
  error(ErrorCode::Syntax, token.position, "the text is not valid UTF-8");
  return false;
}

bool Parser::any_name(std::string& name) {
  if (is_any_word(current())) return token_value(consume(), name);
  unexpected("a name");
  return false;
}

bool Parser::column_name(std::string& name) {
  if (is_column_name(current())) return token_value(consume(), name);
  unexpected("a name");
  return false;
}

bool Parser::name_or_string(std::string& name) {
  if (is(TokenKind::String)) return token_value(consume(), name);
  return column_name(name);
}

bool Parser::qualified_name(QualifiedName& name) {
  Token start = current();
  std::string part;
  if (!column_name(part)) return false;
  name.parts.push_back(std::move(part));
  while (accept(Symbol::Dot)) {
    if (!any_name(part)) return false;
    name.parts.push_back(std::move(part));
  }
  name.position = span(start);
  return true;
}

bool Parser::name_list(std::vector<std::string>& names) {
  if (!expect(Symbol::LeftParen)) return false;
  return comma_list([&] {
           std::string name;
           if (!name_or_string(name)) return false;
           names.push_back(std::move(name));
           return true;
         }) &&
         expect(Symbol::RightParen);
}

bool Parser::string_literal(std::string& value) {
  if (is(TokenKind::String)) return token_value(consume(), value);
  unexpected("a string");
  return false;
}

// ---- errors
// ---------------------------------------------------------------------------------------------

std::nullptr_t Parser::error(ErrorCode code, const SourcePosition& position, std::string message,
                             std::string hint) {
  if (!error_)
    error_ = Error(code, std::move(message)).with_position(position).with_hint(std::move(hint));
  return nullptr;
}

std::nullptr_t Parser::unsupported(const Token& token, std::string_view what) {
  return error(ErrorCode::Unsupported, token.position, std::string(what) + " is not supported");
}

// The words a statement's clauses begin with: what a mistyped word was most likely meant to be.
static const std::vector<std::string>& clause_words() {
  static const std::vector<std::string> words = {
      "SELECT",  "FROM",  "WHERE",  "GROUP",   "ORDER",    "HAVING",   "LIMIT",   "OFFSET",
      "JOIN",    "UNION", "VALUES", "WITH",    "DISTINCT", "DESCRIBE", "PRAGMA",  "COPY",
      "EXPLAIN", "SHOW",  "SET",    "BETWEEN", "INSERT",   "CREATE",   "QUALIFY", "SUMMARIZE",
      "WINDOW",  "RESET", "EXCEPT", "USING",   "INTERSECT"};
  return words;
}

std::nullptr_t Parser::unexpected(std::string_view expected) {
  if (error_) return nullptr;
  Token token = current();
  std::string shown(text(token).substr(0, 60));
  while (!is_valid_utf8(shown)) shown.pop_back();
  if (token.kind == TokenKind::Error)
    return error(ErrorCode::Syntax, token.position,
                 std::string(lexer_.error()) + " at or near \"" + shown + "\"");
  std::string message = token.kind == TokenKind::End ? "syntax error at end of input"
                                                     : "syntax error at or near \"" + shown + "\"";
  if (!expected.empty()) message += ", expected " + std::string(expected);
  // A mistyped clause word stands where the error is, or was taken for an alias just before it.
  std::string hint;
  for (const Token& word : {token, previous_})
    if (hint.empty() && word.kind == TokenKind::Identifier)
      hint = did_you_mean(text(word), clause_words());
  return error(ErrorCode::Syntax, token.position, std::move(message), std::move(hint));
}

// ---- nodes
// ----------------------------------------------------------------------------------------------

SourcePosition Parser::span(const Token& start) const {
  SourcePosition position = start.position;
  uint32_t end = previous_.position.offset + previous_.position.length;
  if (end > position.offset) position.length = end - position.offset;
  return position;
}

ExpressionPtr Parser::measured(ExpressionPtr expression) {
  uint32_t depth = depth_of_children(*expression) + 1;
  if (depth > kMaxTreeDepth)
    return error(ErrorCode::Syntax, expression->position,
                 "the expression is nested more than " + std::to_string(kMaxTreeDepth) + " deep");
  expression->depth = static_cast<uint16_t>(depth);
  return expression;
}

ExpressionPtr Parser::finish(ExpressionPtr expression, const Token& start) {
  expression->position = span(start);
  return measured(std::move(expression));
}

bool Parser::measure(Query& query) {
  uint32_t depth = depth_of_children(query) + 1;
  query.depth = static_cast<uint16_t>(depth);
  if (depth <= kMaxTreeDepth) return true;
  error(ErrorCode::Syntax, query.position,
        "the query is nested more than " + std::to_string(kMaxTreeDepth) + " deep");
  return false;
}

bool Parser::measure(TableReference& table) {
  uint32_t depth = depth_of_children(table) + 1;
  table.depth = static_cast<uint16_t>(depth);
  if (depth <= kMaxTreeDepth) return true;
  error(ErrorCode::Syntax, table.position,
        "the joins are nested more than " + std::to_string(kMaxTreeDepth) + " deep");
  return false;
}

ExpressionPtr Parser::literal(LiteralKind kind, std::string text, const Token& start) {
  auto made = node<Literal>(start);
  made->literal = kind;
  made->text = std::move(text);
  return made;
}

ExpressionPtr Parser::call(std::string name, const Token& start, ExpressionPtr first,
                           ExpressionPtr second, ExpressionPtr third) {
  auto made = node<FunctionCall>(start);
  if (name.starts_with("main.")) {
    made->name.parts = {"main", name.substr(5)};
  } else {
    made->name.parts = {std::move(name)};
  }
  made->name.position = start.position;
  for (ExpressionPtr* argument : {&first, &second, &third})
    if (*argument) made->arguments.push_back(std::move(*argument));
  return measured(std::move(made));
}

bool Parser::Nesting::too_deep() {
  if (parser.nesting_ <= kMaxNesting) return false;
  parser.error(ErrorCode::Syntax, parser.current().position,
               "the text is nested more than " + std::to_string(kMaxNesting) + " deep");
  return true;
}

}  // namespace whittle::sql
