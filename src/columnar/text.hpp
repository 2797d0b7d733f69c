// A value of any type as text: DuckDB's cast to VARCHAR. What CSV, JSON lines, the REPL, error
// messages and CAST(… AS VARCHAR) print.
#pragma once

#include <string>

#include "columnar/column.hpp"

namespace whittle {

/// Appends row `row` of a column in any encoding; NULL as "NULL". Strings at the top level as they
/// are, inside nested values quoted where they would be ambiguous.
void append_text(const Column& column, uint32_t row, std::string& out);
void append_text(const ColumnView& view, uint32_t row, std::string& out);

}  // namespace whittle
