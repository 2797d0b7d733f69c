// Type names: DECIMAL(10, 2), STRUCT(a INT)[], TIMESTAMP WITH TIME ZONE, …, with DuckDB's aliases
// made canonical.
#include "sql/parser_state.hpp"

namespace whittle::sql {
namespace {

struct TypeAlias {
  std::string_view alias, canonical;
};

constexpr TypeAlias kAliases[] = {
    {"BINARY", "BLOB"},
    {"BITSTRING", "BIT"},
    {"BOOL", "BOOLEAN"},
    {"BPCHAR", "VARCHAR"},
    {"BYTEA", "BLOB"},
    {"CHAR", "VARCHAR"},
    {"DATETIME", "TIMESTAMP"},
    {"DEC", "DECIMAL"},
    {"FLOAT4", "FLOAT"},
    {"FLOAT8", "DOUBLE"},
    {"GUID", "UUID"},
    {"INT", "INTEGER"},
    {"INT1", "TINYINT"},
    {"INT128", "HUGEINT"},
    {"INT16", "SMALLINT"},
    {"INT2", "SMALLINT"},
    {"INT32", "INTEGER"},
    {"INT4", "INTEGER"},
    {"INT64", "BIGINT"},
    {"INT8", "BIGINT"},
    {"INTEGRAL", "INTEGER"},
    {"LOGICAL", "BOOLEAN"},
    {"LONG", "BIGINT"},
    {"NUMERIC", "DECIMAL"},
    {"NVARCHAR", "VARCHAR"},
    {"OID", "BIGINT"},
    {"REAL", "FLOAT"},
    {"SHORT", "SMALLINT"},
    {"SIGNED", "INTEGER"},
    {"STRING", "VARCHAR"},
    {"TEXT", "VARCHAR"},
    {"TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"},
    {"TIMESTAMP_US", "TIMESTAMP"},
    {"TIMETZ", "TIME WITH TIME ZONE"},
    {"UINT128", "UHUGEINT"},
    {"UINT16", "USMALLINT"},
    {"UINT32", "UINTEGER"},
    {"UINT64", "UBIGINT"},
    {"UINT8", "UTINYINT"},
    {"VARBINARY", "BLOB"},
    {"VARINT", "BIGNUM"},
};

void canonicalize(TypeName& type) {
  for (char& c : type.name)
    if (c >= 'a' && c <= 'z') c -= 32;
  for (const TypeAlias& row : kAliases)
    if (row.alias == type.name) {
      type.name = row.canonical;
      return;
    }
}

}  // namespace

bool Parser::type_name(TypeName& type) {
  Nesting nesting(*this);
  if (nesting.too_deep()) return false;
  Token start = current();
  accept(Keyword::Setof);
  if (!base_type(type) || !array_suffixes(type)) return false;
  type.position = span(start);
  return true;
}

bool Parser::base_type(TypeName& type) {
  bool taken = false;
  if (!special_type(type, taken)) return false;
  if (taken) return true;
  const Token& token = current();
  if (token.kind == TokenKind::Keyword && !is_function_name(token))
    return unexpected("a type"), false;
  if (!is_any_word(token)) return unexpected("a type"), false;
  if (!any_name(type.name)) return false;
  while (accept(Symbol::Dot)) {  // schema.type: only the name counts
    if (!any_name(type.name)) return false;
  }
  type.spelling = type.name;
  canonicalize(type);
  return !is(Symbol::LeftParen) || type_modifiers(type);
}

// The types with a grammar of their own.
bool Parser::special_type(TypeName& type, bool& taken) {
  Token token = current();
  taken = true;
  if (is_word("double") && is(Keyword::Precision, 1)) {
    consume();
    consume();
    type.name = "DOUBLE";
    return true;
  }
  switch (token.keyword) {
    case Keyword::Struct:
    case Keyword::Row:
    case Keyword::Map:
      if (!is(Symbol::LeftParen, 1)) break;
      consume();
      type.name = token.keyword == Keyword::Map ? "MAP" : "STRUCT";
      return type_children(type, token.keyword != Keyword::Map);
    case Keyword::Union:
      consume();
      type.name = "UNION";
      return type_children(type, true);
    case Keyword::Time:
    case Keyword::Timestamp: {
      consume();
      type.name = token.keyword == Keyword::Time ? "TIME" : "TIMESTAMP";
      if (is(Symbol::LeftParen) && !type_modifiers(type)) return false;
      if (!is(Keyword::With) && !is(Keyword::Without)) return true;
      if (!is(Keyword::Time, 1)) return true;
      if (consume().keyword == Keyword::With) type.name += " WITH TIME ZONE";
      consume();
      return expect(Keyword::Zone);
    }
    case Keyword::Character:
    case Keyword::Char:
    case Keyword::Nchar:
    case Keyword::National:
    case Keyword::Bit: {
      consume();
      if (token.keyword == Keyword::National && !accept(Keyword::Character) &&
          !accept(Keyword::Char))
        return unexpected("CHARACTER"), false;
      type.name = token.keyword == Keyword::Bit ? "BIT" : "VARCHAR";
      bool varying = accept(Keyword::Varying);
      if (is(Symbol::LeftParen)) return type_modifiers(type);
      // CHAR and BIT alone are of length one, but not in front of a literal.
      if (!varying && !is(TokenKind::String)) type.modifiers.emplace_back("1");
      return true;
    }
    case Keyword::Interval: {
      consume();
      type.name = "INTERVAL";
      IntervalUnit unit;
      bool found = false;
      return interval_unit(unit, found);
    }
    default:
      break;
  }
  taken = false;
  return true;
}

bool Parser::type_children(TypeName& type, bool named) {
  if (!expect(Symbol::LeftParen)) return false;
  bool read = comma_list([&] {
    TypeChild& child = type.children.emplace_back();
    return (!named || any_name(child.name)) && type_name(child.type);
  });
  if (!read || !expect(Symbol::RightParen)) return false;
  if (type.name == "MAP" && type.children.size() != 2)
    return error(ErrorCode::Syntax, previous_.position,
                 "MAP has two types: of the key and of the value"),
           false;
  return true;
}

bool Parser::type_modifiers(TypeName& type) {
  consume();  // (
  return comma_list([&] {
           Token token = current();
           if (token.kind != TokenKind::Integer && token.kind != TokenKind::String)
             return unexpected("a constant") != nullptr;
           consume();
           return token_value(token, type.modifiers.emplace_back());
         }) &&
         expect(Symbol::RightParen);
}

// INT[], INT[3], INT[][], INT ARRAY, INT ARRAY[3]
bool Parser::array_suffixes(TypeName& type) {
  for (uint32_t count = 0;; ++count) {
    bool word = accept(Keyword::Array);
    bool bracket = accept(Symbol::LeftBracket);
    if (!word && !bracket) return true;
    if (count >= kMaxNesting)
      return error(ErrorCode::Syntax, previous_.position, "too many brackets"), false;
    TypeName outer;
    outer.name = "LIST";
    if (bracket && is(TokenKind::Integer)) {
      outer.name = "ARRAY";
      outer.modifiers.push_back(lexer_.value(consume()));
    }
    if (bracket && !expect(Symbol::RightBracket)) return false;
    outer.children.push_back({{}, std::move(type)});
    type = std::move(outer);
  }
}

}  // namespace whittle::sql
