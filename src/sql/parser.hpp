// The parser's face: SQL text in, statements out.
//
// DuckDB's dialect (PostgreSQL's grammar with DuckDB's extensions), by recursive descent with
// operator precedence. No state outlives a call; any thread. Time and memory are linear in the
// text; nesting is limited (kMaxNesting, kMaxTreeDepth) and so is the text (kMaxStatementLength),
// so no input can exhaust the stack.
#pragma once

#include <string_view>
#include <vector>

#include "sql/statement.hpp"

namespace whittle::sql {

inline constexpr size_t kMaxStatementLength = size_t{16} << 20;

/// All statements of a text. The error carries the position within `sql` (whole text).
Result<std::vector<StatementPtr>> parse(std::string_view sql);
/// Exactly one statement.
Result<StatementPtr> parse_statement(std::string_view sql);
/// One expression, for tests and for callers that take a predicate without SQL around it.
Result<ExpressionPtr> parse_expression(std::string_view sql);

/// The end (past the semicolon) of the first statement of `text`, or npos when none is complete
/// yet: a REPL or a stream asks this before it parses. Quotes, dollar quotes and comments are
/// understood; a text that will never lex is complete at its next semicolon.
size_t statement_end(std::string_view text);
/// All statements of a text, without their semicolons; empty ones are left out.
std::vector<std::string_view> split_statements(std::string_view text);

}  // namespace whittle::sql
