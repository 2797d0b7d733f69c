// Text of nested values, '[1, 2]', '{a: 1}', '{k=v}', and the check that text is JSON.
#pragma once

#include <string_view>

#include "exec/cast/cast.hpp"

namespace whittle::casts {

/// VARCHAR to LIST, ARRAY, STRUCT or MAP: the text is split at its own level and the parts are cast
/// to the children's types.
Result<Column> parse_nested(const CastInput& input);

/// RFC 8259, one value with white space around it.
bool is_valid_json(std::string_view text);

}  // namespace whittle::casts
