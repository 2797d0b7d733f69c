// From tree to text, in DuckDB's canonical form: `to_sql` of a select item without an alias is its
// column name
// ("sum((a + 1))", "count_star()", "CAST(a AS INTEGER)"). The text parses back to an equal tree.
#pragma once

#include <string>

#include "sql/statement.hpp"

namespace whittle::sql {

std::string to_sql(const Expression& expression);
std::string to_sql(const Query& query);
std::string to_sql(const TypeName& type);
/// A name as SQL text, quoted where it must be.
std::string quote_name(std::string_view name);
/// The name a select item without alias gets: a column's own name, else its to_sql.
std::string column_name(const Expression& expression);

}  // namespace whittle::sql
