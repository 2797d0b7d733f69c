// Text to a value of any type: DuckDB's cast from VARCHAR. For bulk casts of scalars call the typed
// functions of numbers.hpp, datetime.hpp and binary_text.hpp; this is for literals, settings,
// defaults, partition values and nested types.
#pragma once

#include <string_view>

#include "columnar/parsed.hpp"
#include "columnar/value.hpp"

namespace whittle {

/// Lists as "[1, NULL, 'a b']", structs as "{a: 1, 'b c': 2}" or "(1, 2)", maps as "{k=v}".
/// JSON is taken as it is; whoever needs it valid checks it.
Parsed<Value> parse_value(std::string_view text, const Type& type);

}  // namespace whittle
