#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

using Conjuncts = std::vector<ExpressionPtr>;

void split(ExpressionPtr expression, Conjuncts& into) {
  if (expression->kind != ExpressionKind::And) {
    into.push_back(std::move(expression));
    return;
  }
  for (ExpressionPtr& child : expression->children) split(std::move(child), into);
}

void push(PlanPtr& plan, Conjuncts conjuncts);

void put_filter(PlanPtr& plan, Conjuncts conjuncts) {
  if (conjuncts.empty()) return;
  plan = make_node(PlanKind::Filter, std::move(plan));
  plan->expressions = std::move(conjuncts);
}

// No row passes: an empty Values keeps the shape.
void make_empty(PlanPtr& plan) {
  PlanPtr empty = make_node(PlanKind::Values);
  empty->output = std::move(plan->output);
  plan = std::move(empty);
}

// Which conjuncts may go below, told by `movable`; the others stay, and so does what stands after
// one of them that could fail: it may rely on rows being gone.
template <class F>
Conjuncts take_movable(Conjuncts& conjuncts, F&& movable) {
  Conjuncts moved, kept;
  for (ExpressionPtr& conjunct : conjuncts) {
    const bool guarded = !kept.empty() && conjunct->can_fail();
    (movable(*conjunct) && !guarded ? moved : kept).push_back(std::move(conjunct));
  }
  conjuncts = std::move(kept);
  return moved;
}

bool is_deterministic(const std::vector<ExpressionPtr>& list) {
  for (const ExpressionPtr& expression : list) {
    if (!expression->is_deterministic()) return false;
  }
  return true;
}

void push_through_project(PlanPtr& plan, Conjuncts conjuncts) {
  if (!is_deterministic(plan->expressions)) {
    push(plan->children[0], {});
    return put_filter(plan, std::move(conjuncts));
  }
  for (ExpressionPtr& conjunct : conjuncts) substitute(conjunct, plan->expressions);
  push(plan->children[0], std::move(conjuncts));
}

// HAVING on group keys alone removes whole groups: their rows may as well not come.
void push_through_aggregate(PlanPtr& plan, Conjuncts conjuncts) {
  const size_t groups = plan->groups.size();
  Conjuncts moved;
  if (plan->grouping_sets.empty() && groups > 0 && is_deterministic(plan->groups)) {
    moved = take_movable(conjuncts, [&](const Expression& conjunct) {
      bool only_groups = conjunct.is_deterministic();
      for_each_column(conjunct, [&](const Expression& column) {
        only_groups = only_groups && column.index < groups;
      });
      return only_groups;
    });
  }
  for (ExpressionPtr& conjunct : moved) substitute(conjunct, plan->groups);
  push(plan->children[0], std::move(moved));
  put_filter(plan, std::move(conjuncts));
}

// What only looks at the carried columns keeps or drops all rows made of one; where it could fail,
// it must not see rows without elements.
void push_through_unnest(PlanPtr& plan, Conjuncts conjuncts) {
  const auto& columns = plan->columns;
  Conjuncts moved = take_movable(conjuncts, [&](const Expression& conjunct) {
    bool carried = conjunct.is_deterministic() && !conjunct.can_fail();
    for_each_column(conjunct, [&](const Expression& column) {
      carried = carried && column.index < columns.size();
    });
    return carried;
  });
  for (ExpressionPtr& conjunct : moved) remap(conjunct, columns);
  push(plan->children[0], std::move(moved));
  put_filter(plan, std::move(conjuncts));
}

void push(PlanPtr& plan, Conjuncts conjuncts) {
  for (const ExpressionPtr& conjunct : conjuncts) {
    const bool never = conjunct->is_constant() &&
                       (conjunct->constant.is_null() || !conjunct->constant.as_boolean());
    if (never) return make_empty(plan);
  }
  std::erase_if(conjuncts, [](const ExpressionPtr& conjunct) { return conjunct->is_constant(); });
  switch (plan->kind) {
    case PlanKind::Filter: {
      Conjuncts all;
      for (ExpressionPtr& expression : plan->expressions) split(std::move(expression), all);
      for (ExpressionPtr& conjunct : conjuncts) all.push_back(std::move(conjunct));
      PlanPtr child = std::move(plan->children[0]);
      plan = std::move(child);
      return push(plan, std::move(all));
    }
    case PlanKind::Project:
      return push_through_project(plan, std::move(conjuncts));
    case PlanKind::Aggregate:
      return push_through_aggregate(plan, std::move(conjuncts));
    case PlanKind::Unnest:
      return push_through_unnest(plan, std::move(conjuncts));
    case PlanKind::Sort:
      return push(plan->children[0], std::move(conjuncts));
    case PlanKind::Distinct:
      if (plan->expressions.empty()) return push(plan->children[0], std::move(conjuncts));
      break;
    case PlanKind::Scan: {
      if (plan->table->kind() != TableKind::Parquet) break;
      Conjuncts moved = take_movable(
          conjuncts, [](const Expression& conjunct) { return conjunct.is_deterministic(); });
      for (ExpressionPtr& conjunct : moved) plan->filters.push_back(std::move(conjunct));
      return put_filter(plan, std::move(conjuncts));
    }
    default:
      break;
  }
  for (PlanPtr& child : plan->children) push(child, {});
  put_filter(plan, std::move(conjuncts));
}

}  // namespace

void push_filters(PlanPtr& plan) {
  push(plan, {});
}

}  // namespace whittle::rules
