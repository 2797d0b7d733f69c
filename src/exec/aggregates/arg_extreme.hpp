// arg_min, arg_max and what is made of them: the payload of the row whose key is smallest or
// largest, for any types. Keys are kept as sort keys (memcmp), payloads as encoded rows.
#pragma once

#include "plan/function.hpp"

namespace whittle::aggregates {

/// min or max of one argument of any type: payload and key are the same.
Status bind_extreme_value(BindCall& call, bool max);
/// min(x, n), max(x, n): a LIST of at most n values, best first.
Status bind_extreme_list(BindCall& call, bool max);

}  // namespace whittle::aggregates
