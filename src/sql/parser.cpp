#include "sql/parser.hpp"

#include "sql/literal.hpp"
#include "sql/parser_state.hpp"

namespace whittle::sql {

bool Parser::at_end() {
  while (accept(Symbol::Semicolon)) {
  }
  return is(TokenKind::End);
}

StatementPtr Parser::whole_statement() {
  Token start = current();
  question_marks_ = highest_parameter_ = nesting_ = 0;
  parameter_names_.clear();
  open_windows_.clear();
  StatementPtr made = statement();
  if (!made) return nullptr;
  if (!is(TokenKind::End) && !is(Symbol::Semicolon)) return unexpected(), nullptr;
  made->position = span(start);
  made->parameter_count = highest_parameter_;
  made->parameter_names = std::move(parameter_names_);
  accept(Symbol::Semicolon);
  return made;
}

ExpressionPtr Parser::whole_expression() {
  ExpressionPtr made = expression();
  if (!made || is(TokenKind::End)) return made;
  return unexpected();
}

static Status check_text(std::string_view sql) {
  if (sql.size() > kMaxStatementLength)
    return fail(ErrorCode::Syntax,
                "the statement is longer than " + std::to_string(kMaxStatementLength) + " bytes");
  if (!is_valid_utf8(sql)) return fail(ErrorCode::Syntax, "the statement is not valid UTF-8");
  return {};
}

Result<std::vector<StatementPtr>> parse(std::string_view sql) {
  TRY(check_text(sql));
  Parser parser(sql);
  std::vector<StatementPtr> statements;
  while (!parser.at_end()) {
    StatementPtr statement = parser.whole_statement();
    if (!statement) return fail(parser.take_error());
    statements.push_back(std::move(statement));
  }
  return statements;
}

Result<StatementPtr> parse_statement(std::string_view sql) {
  auto statements = TRY(parse(sql));
  if (statements.empty()) return fail(ErrorCode::Syntax, "the statement is empty");
  if (statements.size() > 1)
    return fail(Error(ErrorCode::Syntax, "one statement at a time, please")
                    .with_position(statements[1]->position));
  return std::move(statements[0]);
}

Result<ExpressionPtr> parse_expression(std::string_view sql) {
  TRY(check_text(sql));
  Parser parser(sql);
  ExpressionPtr expression = parser.whole_expression();
  if (!expression) return fail(parser.take_error());
  return expression;
}

size_t statement_end(std::string_view text) {
  Lexer lexer(text);
  for (;;) {
    Token token = lexer.next();
    if (token.kind == TokenKind::End) return text.npos;
    if (token.symbol == Symbol::Semicolon) return token.position.offset + token.position.length;
    if (token.kind == TokenKind::Error && lexer.unterminated()) return text.npos;
  }
}

std::vector<std::string_view> split_statements(std::string_view text) {
  std::vector<std::string_view> statements;
  Lexer lexer(text);
  size_t begin = text.npos, end = 0;
  auto flush = [&] {
    if (begin != text.npos) statements.push_back(text.substr(begin, end - begin));
    begin = text.npos;
  };
  for (;;) {
    Token token = lexer.next();
    if (token.kind == TokenKind::End) return flush(), statements;
    if (token.symbol == Symbol::Semicolon) {
      flush();
      continue;
    }
    if (begin == text.npos) begin = token.position.offset;
    end = token.position.offset + token.position.length;
  }
}

}  // namespace whittle::sql
