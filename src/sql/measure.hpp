// How deep a tree is: what the parser refuses trees by. Children must have their depth already.
#pragma once

#include "sql/statement.hpp"

namespace whittle::sql {

uint32_t depth_of_children(Expression& expression);
uint32_t depth_of_children(Query& query);
uint32_t depth_of_children(TableReference& table);

}  // namespace whittle::sql
