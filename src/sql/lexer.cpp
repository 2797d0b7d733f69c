#include "sql/lexer.hpp"

#include <utility>

#include "sql/literal.hpp"

namespace whittle::sql {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) {
  return is_name_start(c) || is_digit(c) || c == '$';
}

// The length in bytes of the white space at the start of `text`, or 0. Pasted SQL brings no-break
// spaces and byte order marks along; they count as spaces.
size_t space_length(std::string_view text) {
  if (text.empty()) return 0;
  char c = text[0];
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (static_cast<unsigned char>(c) < 0x80) return 0;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.size() < 3) return 0;
  unsigned char second = text[1], third = text[2];
  if (c == '\xE2' && second == 0x80 &&
      (third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF))
    return 3;
  if (c == '\xE2' && second == 0x81 && third == 0x9F) return 3;
  if (c == '\xE3' && second == 0x80 && third == 0x80) return 3;
  if (c == '\xEF' && second == 0xBB && third == 0xBF) return 3;
  return 0;
}

}  // namespace

void Lexer::advance(size_t offset) {
  for (; offset_ < offset; ++offset_) {
    char c = text_[offset_];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((c & 0xC0) != 0x80) {
      ++column_;
    }
  }
}

Token Lexer::make(TokenKind kind, size_t end) {
  Token token;
  token.kind = kind;
  token.position = {offset_, static_cast<uint32_t>(end - offset_), line_, column_};
  advance(end);
  return token;
}

Token Lexer::fail(std::string_view why, size_t end, bool unterminated) {
  error_ = why;
  unterminated_ = unterminated;
  return make(TokenKind::Error, end);
}

// False at a comment that never ends; the offset then stands at its start.
bool Lexer::skip_space_and_comments() {
  for (;;) {
    if (size_t length = space_length(text_.substr(offset_))) {
      advance(offset_ + length);
    } else if (at(offset_) == '-' && at(offset_ + 1) == '-') {
      size_t end = text_.find_first_of("\r\n", offset_);
      advance(end == text_.npos ? text_.size() : end);
    } else if (at(offset_) == '/' && at(offset_ + 1) == '*') {
      size_t end = offset_ + 2;
      for (uint32_t depth = 1; depth > 0;) {
        end = text_.find_first_of("*/", end);
        if (end == text_.npos || end + 1 >= text_.size()) return false;
        if (text_[end] == '*' && text_[end + 1] == '/') {
          --depth;
          end += 2;
        } else if (text_[end] == '/' && text_[end + 1] == '*') {
          ++depth;
          end += 2;
        } else {
          ++end;
        }
      }
      advance(end);
    } else {
      return true;
    }
  }
}

Token Lexer::next() {
  if (!skip_space_and_comments()) return fail("unterminated /* comment", text_.size(), true);
  if (offset_ >= text_.size()) return make(TokenKind::End, text_.size());
  char c = text_[offset_], following = at(offset_ + 1);
  if (c == '\'') return string(offset_, false);
  if (following == '\'') {
    if (c == 'e' || c == 'E') return string(offset_ + 1, true);
    if (c == 'x' || c == 'X' || c == 'b' || c == 'B') return string(offset_ + 1, false);
  }
  if (is_name_start(c)) return word();
  if (is_digit(c) || (c == '.' && is_digit(following))) return number();
  if (c == '"') return quoted_identifier();
  if (c == '$') return dollar();
  if (c == '?') return parameter();
  return symbol();
}

Token Lexer::word() {
  size_t end = offset_ + 1;
  while (is_name_part(at(end)) && !space_length(text_.substr(end))) ++end;
  Keyword keyword = find_keyword(text_.substr(offset_, end - offset_));
  Token token =
      make(keyword == Keyword::NoKeyword ? TokenKind::Identifier : TokenKind::Keyword, end);
  token.keyword = keyword;
  return token;
}

Token Lexer::number() {
  size_t end = offset_;
  // An underscore counts only between two digits.
  auto digits = [&] {
    while (is_digit(at(end)) ||
           (at(end) == '_' && end > offset_ && is_digit(text_[end - 1]) && is_digit(at(end + 1))))
      ++end;
  };
  TokenKind kind = TokenKind::Integer;
  digits();
  if (at(end) == '.' && at(end + 1) != '.') {
    ++end;
    kind = TokenKind::Decimal;  // `5.` as well
    digits();
  }
  if (at(end) == 'e' || at(end) == 'E') {
    size_t exponent = end + 1;
    if (at(exponent) == '+' || at(exponent) == '-') ++exponent;
    if (is_digit(at(exponent))) {
      kind = TokenKind::Float;
      end = exponent;
      digits();
    }
  }
  return make(kind, end);
}

Token Lexer::quoted_identifier() {
  size_t end = offset_ + 1;
  for (;;) {
    end = text_.find('"', end);
    if (end == text_.npos) return fail("unterminated quoted identifier", text_.size(), true);
    if (at(end + 1) != '"') break;
    end += 2;
  }
  if (end == offset_ + 1) return fail("zero-length quoted identifier", end + 1);
  return make(TokenKind::QuotedIdentifier, end + 1);
}

Token Lexer::string(size_t quote, bool escapes) {
  size_t end = quote + 1;
  for (;;) {
    end = text_.find_first_of(escapes ? "'\\" : "'", end);
    if (end == text_.npos || (text_[end] == '\\' && end + 1 >= text_.size()))
      return fail("unterminated quoted string", text_.size(), true);
    if (text_[end] == '\'' && at(end + 1) != '\'') {
      // 'a' and, on a later line, 'b' are one string.
      const size_t next = text_.find_first_not_of(" \t\r\n\f\v", end + 1);
      const bool goes_on = !escapes && next != text_.npos && text_[next] == '\'' &&
                           text_.substr(end, next - end).find_first_of("\r\n") != text_.npos;
      if (!goes_on) break;
      end = next + 1;
      continue;
    }
    end += 2;  // '' or a backslash and what follows it
  }
  return make(TokenKind::String, end + 1);
}

Token Lexer::dollar() {
  size_t end = offset_ + 1;
  if (is_digit(at(end)) || (at(end) != '$' && !is_name_start(at(end)))) return parameter();
  while (is_name_part(at(end)) && at(end) != '$') ++end;
  if (at(end) != '$') return parameter();
  std::string_view tag = text_.substr(offset_, end + 1 - offset_);
  size_t close = text_.find(tag, end + 1);
  if (close == text_.npos) return fail("unterminated dollar-quoted string", text_.size(), true);
  return make(TokenKind::String, close + tag.size());
}

Token Lexer::parameter() {
  size_t end = offset_ + 1;
  if (is_digit(at(end))) {
    while (is_digit(at(end))) ++end;
  } else if (text_[offset_] == '$') {
    while (is_name_part(at(end))) ++end;
    if (end == offset_ + 1) return fail("a parameter needs a number or a name behind '$'", end);
  }
  return make(TokenKind::Parameter, end);
}

Token Lexer::symbol() {
  static constexpr struct {
    std::string_view text;
    Symbol symbol;
  } kSymbols[] = {
#define WHITTLE_SYMBOL(name, text) {text, Symbol::name},
#include "sql/symbols.def"
#undef WHITTLE_SYMBOL
  };
  std::string_view rest = text_.substr(offset_);
  for (const auto& row : kSymbols) {
    if (!rest.starts_with(row.text)) continue;
    Token token = make(TokenKind::Symbol, offset_ + row.text.size());
    token.symbol = row.symbol;
    return token;
  }
  return fail("unexpected character", offset_ + 1);
}

std::string Lexer::value(const Token& token) const {
  std::string_view raw = text(token);
  switch (token.kind) {
    case TokenKind::QuotedIdentifier:
      return undouble(raw.substr(1, raw.size() - 2), '"');
    case TokenKind::String:
      return string_value(raw);
    case TokenKind::Integer:
    case TokenKind::Decimal:
    case TokenKind::Float:
      return number_value(raw);
    case TokenKind::Parameter:
      return std::string(raw.substr(1));
    default:
      return std::string(raw);
  }
}

}  // namespace whittle::sql
