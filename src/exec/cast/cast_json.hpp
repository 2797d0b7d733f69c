// JSON to typed values: the cast from JSON, and json_transform.
#pragma once

#include <string_view>

#include "columnar/builder.hpp"

namespace whittle::casts {

/// What is an error; otherwise the part concerned becomes NULL (or is left out).
struct JsonRules {
  bool strict = false;       // values that do not convert, wrong kinds, keys that come twice
  bool missing_key = false;  // a field of a STRUCT that the object does not have
  bool unknown_key = false;  // a member of the object that the STRUCT does not have
};

/// Appends a value, which is valid JSON without space around it, to a builder of any type.
Status append_json(std::string_view value, ColumnBuilder& out, const JsonRules& rules);

}  // namespace whittle::casts
