// Patterns of file names: `{a,b}` and numeric templates `{0..9}`, `{000..123}` are expanded without
// looking at any file (so they work for URLs); `*`, `**`, `?`, `[a-z]`, `[!a]` are matched against
// names. Pure functions of text; the walk through folders is backends/file_glob.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace whittle {

/// At most 100,000 names; `\{` is no brace. Braces nest; `{x}` and an unclosed `{` stay as they
/// are. A range's width is that of its longer zero-padded end; it may count down.
Result<std::vector<std::string>> expand_braces(std::string_view pattern);

/// True when the text has `*`, `?` or `[`.
bool has_wildcards(std::string_view pattern);

/// Matches one name without slashes. A leading dot is matched only by a pattern that has one.
bool match_component(std::string_view pattern, std::string_view name);

}  // namespace whittle
