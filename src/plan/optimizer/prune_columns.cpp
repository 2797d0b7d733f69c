// Column pruning, from the root down: each node is told which of its columns are used above, drops
// what it can and answers where the rest went.
#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

using Used = std::vector<bool>;
using Map = std::vector<uint32_t>;
constexpr uint32_t kGone = ~0u;

Map identity(size_t count) {
  Map map(count);
  for (uint32_t i = 0; i < count; ++i) map[i] = i;
  return map;
}

Map prune(PlanPtr& plan, Used used);

// Keeps the elements of `list` that are used; the map of what went where.
template <class T>
Map keep_used(std::vector<T>& list, const Used& used) {
  Map map(used.size(), kGone);
  std::vector<T> kept;
  for (uint32_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    map[i] = static_cast<uint32_t>(kept.size());
    kept.push_back(std::move(list[i]));
  }
  list = std::move(kept);
  return map;
}

Map prune_scan(PlanNode& scan, const Used& used) {
  Used read = used;
  for (const ExpressionPtr& filter : scan.filters) mark_columns(*filter, read);
  if (scan.table->kind() != TableKind::Parquet) {  // a computed table needs one column to be a row
    bool any = false;
    for (bool column : read) any = any || column;
    if (!any && !read.empty()) read[0] = true;
  }
  keep_used(scan.columns, read);
  const Map map = keep_used(scan.output, read);
  for (ExpressionPtr& filter : scan.filters) remap(filter, map);
  scan.filter_only.clear();
  for (uint32_t i = 0; i < used.size(); ++i) {
    if (read[i] && !used[i]) scan.filter_only.push_back(map[i]);
  }
  if (scan.top_n) scan.top_n->column = map[scan.top_n->column];
  return map;
}

// A node that gives its child's columns on: they may lose what neither it nor those above use.
Map prune_passing(PlanNode& node, Used used) {
  for_each_expression(node, [&](ExpressionPtr& expression) { mark_columns(*expression, used); });
  Map map = prune(node.children[0], std::move(used));
  for_each_expression(node, [&](ExpressionPtr& expression) { remap(expression, map); });
  const Schema named = std::move(node.output);
  node.output = node.children[0]->output;
  for (size_t i = 0; i < named.size(); ++i) {
    if (map[i] != kGone) node.output[map[i]].name = named[i].name;
  }
  return map;
}

// A node whose expressions make new columns: the child keeps what they use.
void prune_child(PlanNode& node) {
  Used used(node.children[0]->output.size(), false);
  for_each_expression(node, [&](ExpressionPtr& expression) { mark_columns(*expression, used); });
  const Map map = prune(node.children[0], std::move(used));
  for_each_expression(node, [&](ExpressionPtr& expression) { remap(expression, map); });
}

Map prune_project(PlanPtr& plan, const Used& used) {
  keep_used(plan->expressions, used);
  Map map = keep_used(plan->output, used);
  if (plan->expressions.empty()) {  // only the number of rows matters
    PlanPtr child = std::move(plan->children[0]);
    prune(child, Used(child->output.size(), false));
    plan = std::move(child);
    return map;
  }
  prune_child(*plan);
  return map;
}

Map prune_aggregate(PlanNode& node, Used used) {
  const size_t groups = node.groups.size();
  for (size_t i = 0; i < groups; ++i) used[i] = true;
  if (groups == 0) {  // one row comes out of it, whatever is asked for: keep a column
    bool any = false;
    for (bool column : used) any = any || column;
    if (!any && !used.empty()) used[0] = true;
  }
  const Used used_aggregates(used.begin() + static_cast<ptrdiff_t>(groups), used.end());
  keep_used(node.aggregates, used_aggregates);
  Map map = keep_used(node.output, used);
  prune_child(node);
  return map;
}

// All lists stay, since each decides how many rows there are; columns are carried where used above.
Map prune_unnest(PlanNode& node, const Used& used) {
  const size_t carried = node.columns.size();
  Used below(node.children[0]->output.size(), false);
  Map map(used.size(), kGone);
  std::vector<uint32_t> columns;
  Schema output;
  for (uint32_t i = 0; i < used.size(); ++i) {
    if (i < carried && !used[i]) continue;
    map[i] = static_cast<uint32_t>(output.size());
    output.push_back(std::move(node.output[i]));
    if (i >= carried) continue;
    columns.push_back(node.columns[i]);
    below[node.columns[i]] = true;
  }
  for (const ExpressionPtr& list : node.expressions) mark_columns(*list, below);
  const Map moved = prune(node.children[0], std::move(below));
  for (ExpressionPtr& list : node.expressions) remap(list, moved);
  for (uint32_t& column : columns) column = moved[column];
  node.columns = std::move(columns);
  node.output = std::move(output);
  return map;
}

Map prune_values(PlanNode& node, Used used) {
  bool any = false;
  for (bool column : used) any = any || column;
  if (!any && !used.empty()) used[0] = true;
  for (auto& row : node.rows) keep_used(row, used);
  return keep_used(node.output, used);
}

Map prune(PlanPtr& plan, Used used) {
  switch (plan->kind) {
    case PlanKind::Scan:
      return prune_scan(*plan, used);
    case PlanKind::Values:
      return prune_values(*plan, std::move(used));
    case PlanKind::Project:
      return prune_project(plan, used);
    case PlanKind::Aggregate:
      return prune_aggregate(*plan, std::move(used));
    case PlanKind::Distinct:
      if (plan->expressions.empty()) used.assign(used.size(), true);
      return prune_passing(*plan, std::move(used));
    case PlanKind::Filter:
    case PlanKind::Sort:
    case PlanKind::TopN:
    case PlanKind::Limit:
      return prune_passing(*plan, std::move(used));
    case PlanKind::Unnest:
      return prune_unnest(*plan, used);
    case PlanKind::Unpivot: {
      Map map = identity(plan->output.size());
      prune(plan->children[0], Used(plan->children[0]->output.size(), true));
      return map;
    }
  }
  return identity(plan->output.size());
}

}  // namespace

void prune_columns(PlanPtr& plan) {
  prune(plan, Used(plan->output.size(), true));
}

}  // namespace whittle::rules
