// What a person sees when a statement is wrong: the line, a caret under the place, and "did you
// mean".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace whittle::sql {

/// "Syntax error: … \n\nLINE 2: SELECT x FORM t\n                ^\nHint: …". Without a position:
/// the message and hint alone. Long lines are cut around the caret; wide characters are counted as
/// one column each.
std::string render_error(const Error& error, std::string_view sql);

/// The candidates nearest to `name` by edit distance (case-insensitive; transpositions count one),
/// at most `limit` equally near ones; none that differ by more than about a third of the name.
std::vector<std::string> suggest(std::string_view name, std::span<const std::string> candidates,
                                 size_t limit = 3);

/// "Did you mean "price"?" or "Did you mean "price" or "prize"?"; empty when nothing is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

/// The line and column of a byte offset in a text.
SourcePosition position_at(std::string_view sql, uint32_t offset, uint32_t length = 0);

}  // namespace whittle::sql
