#include "sql/measure.hpp"

#include <algorithm>

#include "sql/walk.hpp"

namespace whittle::sql {
namespace {

auto deepest(uint32_t& depth) {
  return [&depth](auto& child) { depth = std::max<uint32_t>(depth, child->depth); };
}

}  // namespace

uint32_t depth_of_children(Expression& expression) {
  uint32_t depth = 0;
  for_each_child(expression, deepest(depth));
  for_each_query(expression, deepest(depth));
  return depth;
}

uint32_t depth_of_children(Query& query) {
  uint32_t depth = 0;
  for_each_child(query, deepest(depth), deepest(depth), deepest(depth));
  return depth;
}

uint32_t depth_of_children(TableReference& table) {
  uint32_t depth = 0;
  for_each_child(table, deepest(depth), deepest(depth), deepest(depth));
  return depth;
}

}  // namespace whittle::sql
