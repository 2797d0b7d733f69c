// Text to a value of any type: DuckDB's cast from VARCHAR. For bulk casts of scalars call the typed
// functions of numbers.hpp, datetime.hpp and binary_text.hpp; this is for literals, settings,
// defaults, partition values and nested types.
#pragma once

#include <string>
#include <string_view>

#include "columnar/parsed.hpp"
#include "columnar/value.hpp"

namespace whittle {

/// How parts of nested values that do not parse are treated, and what was wrong with the first.
struct PartialParse {
  bool lenient = false;  // TRY_CAST: such parts become NULL
  bool failed = false;   // a part, not the whole, was refused: why, and its text and type
  ParseFailure why = ParseFailure::Format;
  std::string text;
  Type type;
};

/// Lists as "[1, NULL, 'a b']", structs as "{a: 1, 'b c': 2}" or "(1, 2)", maps as "{k=v}".
/// JSON is taken as it is; whoever needs it valid checks it.
Parsed<Value> parse_value(std::string_view text, const Type& type, PartialParse* parts = nullptr);

}  // namespace whittle
