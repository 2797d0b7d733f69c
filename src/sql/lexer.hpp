// The lexer: cuts SQL text into tokens, one at a time, without allocating.
//
// The text must outlive the lexer. Lines are counted from 1 and columns in code points; both come
// for free because the lexer passes each byte once. What it cannot read becomes a TokenKind::Error
// token, whose reason `error()` tells; the lexer can go on behind it.
#pragma once

#include <string>
#include <string_view>

#include "sql/token.hpp"

namespace whittle::sql {

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next();

  /// Why the last Error token is one.
  std::string_view error() const { return error_; }
  /// The last Error token is a quote or comment that never ends: more text could complete it.
  bool unterminated() const { return unterminated_; }

  std::string_view text() const { return text_; }
  std::string_view text(const Token& token) const {
    return text_.substr(token.position.offset, token.position.length);
  }
  /// What the token means: a name without its quotes, a string with its escapes resolved, digits
  /// without underscores, a parameter without its sign.
  std::string value(const Token& token) const;

 private:
  char at(size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  bool skip_space_and_comments();
  void advance(size_t offset);
  Token make(TokenKind kind, size_t end);
  Token fail(std::string_view why, size_t end, bool unterminated = false);
  Token word();
  Token number();
  Token quoted_identifier();
  Token string(size_t quote, bool escapes);
  Token dollar();
  Token parameter();
  Token symbol();

  std::string_view text_;
  std::string_view error_;
  bool unterminated_ = false;
  uint32_t offset_ = 0, line_ = 1, column_ = 1;
};

}  // namespace whittle::sql
