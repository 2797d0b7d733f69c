// What literals mean: quotes and escapes resolved, digits tidied. Pure functions over a token's
// text.
#pragma once

#include <string>
#include <string_view>

namespace whittle::sql {

/// `it''s` → `it's` for the given quote.
std::string undouble(std::string_view text, char quote);
/// The value of '…', E'…', x'…' or $tag$…$tag$, quotes and prefix included in `raw`.
/// (x'AB' is the string "xAB" and b'01' "b01", as in DuckDB; blobs are written '\xAB'::BLOB.)
std::string string_value(std::string_view raw);
/// Without underscores and superfluous leading zeros; "1." is "1".
std::string number_value(std::string_view raw);
/// A DOUBLE as DuckDB prints it, from the text of a number: "1e5" → "100000.0", "1e40" → "1e+40".
std::string double_text(std::string_view number);

bool is_valid_utf8(std::string_view text);

}  // namespace whittle::sql
