#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

// Above this many rows a sort of everything is as good as a heap.
constexpr uint64_t kMaxTopN = 100'000;

uint64_t wanted_rows(const PlanNode& node) {
  const uint64_t limit = *node.limit;
  return limit > UINT64_MAX - node.offset ? UINT64_MAX : limit + node.offset;
}

// Column nodes through Projects down to the scan's output; kNone where it is computed.
constexpr uint32_t kNone = ~0u;

// The scan below nodes that neither add nor remove rows, and the column of it that `column` is.
PlanNode* scan_below(PlanNode& node, uint32_t& column) {
  switch (node.kind) {
    case PlanKind::Scan:
      return &node;
    case PlanKind::Project:
      if (column != kNone) {
        const Expression& expression = *node.expressions[column];
        column = expression.kind == ExpressionKind::Column ? expression.index : kNone;
      }
      return scan_below(*node.children[0], column);
    default:
      return nullptr;
  }
}

// The scan may drop rows that the TopN above would drop, told by the first key alone.
void hint_scan(PlanNode& top_n) {
  const SortKey& key = top_n.sort_keys[0];
  if (key.expression->kind != ExpressionKind::Column) return;
  uint32_t column = key.expression->index;
  PlanNode* scan = scan_below(*top_n.children[0], column);
  if (!scan || column == kNone || scan->table->kind() != TableKind::Parquet) return;
  scan->top_n = PlanNode::TopNHint{column, key.descending, key.nulls_first};
}

void limit_scan(PlanNode& limit) {
  uint32_t column = kNone;
  PlanNode* scan = scan_below(*limit.children[0], column);
  if (scan) scan->scan_limit = wanted_rows(limit);
}

// Limit below the Projects, so that it stands on the Sort.
PlanPtr* sort_below(PlanPtr& plan) {
  PlanPtr* place = &plan;
  while ((*place)->kind == PlanKind::Project) place = &(*place)->children[0];
  return (*place)->kind == PlanKind::Sort ? place : nullptr;
}

// TopN over a Project that computes something: sort first, compute for the winners only. The keys
// must be columns of the Project's input.
void sink_below_project(PlanPtr& plan) {
  PlanNode& project = *plan->children[0];
  if (project.kind != PlanKind::Project) return;
  bool computes = false;
  for (const ExpressionPtr& expression : project.expressions) {
    computes = computes || expression->kind == ExpressionKind::Call ||
               expression->kind == ExpressionKind::Case || expression->kind == ExpressionKind::Cast;
    if (!expression->is_deterministic()) return;
  }
  for (const SortKey& key : plan->sort_keys) {
    if (key.expression->kind != ExpressionKind::Column) return;
    if (project.expressions[key.expression->index]->kind != ExpressionKind::Column) return;
  }
  if (!computes) return;
  for (SortKey& key : plan->sort_keys) substitute(key.expression, project.expressions);
  PlanPtr top_n = std::move(plan);
  plan = std::move(top_n->children[0]);
  top_n->children[0] = std::move(plan->children[0]);
  top_n->output = top_n->children[0]->output;
  plan->children[0] = std::move(top_n);
}

void visit(PlanPtr& plan) {
  if (plan->kind == PlanKind::Limit && plan->limit) {
    PlanPtr* sort = sort_below(plan->children[0]);
    if (sort && wanted_rows(*plan) <= kMaxTopN) {
      (*sort)->kind = PlanKind::TopN;
      (*sort)->limit = plan->limit;
      (*sort)->offset = plan->offset;
      hint_scan(**sort);
      PlanPtr child = std::move(plan->children[0]);
      plan = std::move(child);
    } else if (!sort) {
      limit_scan(*plan);
    }
  }
  for (PlanPtr& child : plan->children) visit(child);
  if (plan->kind == PlanKind::TopN) sink_below_project(plan);
}

}  // namespace

void push_limits(PlanPtr& plan) {
  visit(plan);
}

}  // namespace whittle::rules
