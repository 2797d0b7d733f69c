// Functions that are written in SQL: a call is replaced by the body with the arguments in the
// places of the parameters, and that is bound. They cost nothing where no query calls them.
#pragma once

#include <string_view>

#include "sql/syntax_tree.hpp"

namespace whittle {

/// The tree that stands for the call; null: `name` (lower case) is no macro with so many
/// parameters. All nodes of the body carry the position of the call.
Result<sql::ExpressionPtr> expand_macro(std::string_view name, const sql::FunctionCall& call);

}  // namespace whittle
