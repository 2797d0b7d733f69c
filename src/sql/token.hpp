// Tokens: what the lexer cuts SQL text into, and the table of DuckDB's keywords.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace whittle::sql {

enum class TokenKind : uint8_t {
  End,
  Identifier,        // not a keyword
  QuotedIdentifier,  // "name"
  Keyword,
  String,     // '…', E'…', $$…$$
  Integer,    // 12, 1_000
  Decimal,    // 1.5, .5
  Float,      // 1e5
  Parameter,  // ?, ?1, $1, $name
  Symbol,     // operators and punctuation
  Error,      // what no token begins with, or never ends; the lexer says why
};

enum class Keyword : uint16_t {
  NoKeyword,
#define WHITTLE_KEYWORD(name, text, category) name,
#include "sql/keywords.def"
#undef WHITTLE_KEYWORD
};

enum class KeywordCategory : uint8_t { None, Unreserved, ColumnName, TypeFunction, Reserved };

/// Keyword::NoKeyword where `word` (any case) is none.
Keyword find_keyword(std::string_view word);
KeywordCategory keyword_category(Keyword keyword);
std::string_view keyword_text(Keyword keyword);

enum class Symbol : uint8_t {
  None,
#define WHITTLE_SYMBOL(name, text) name,
#include "sql/symbols.def"
#undef WHITTLE_SYMBOL
};
std::string_view symbol_text(Symbol symbol);

struct Token {
  TokenKind kind = TokenKind::End;
  Symbol symbol = Symbol::None;
  Keyword keyword = Keyword::NoKeyword;
  SourcePosition position;
};

}  // namespace whittle::sql
