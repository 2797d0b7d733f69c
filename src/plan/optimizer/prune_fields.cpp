// Pruning inside of STRUCT columns: a scan learns which fields are used of those that are only ever
// looked into. From the root down: each node is told how its columns are used above.
#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

struct Use {
  bool whole = false;
  FieldPaths paths;
};
using Uses = std::vector<Use>;

// The column that a chain of struct_extract starts from, and the fields on the way.
const Expression* follow(const Expression& expression, std::vector<std::string>& path) {
  if (expression.kind == ExpressionKind::Column) return &expression;
  if (expression.kind != ExpressionKind::Call || expression.function != "struct_extract")
    return nullptr;
  const Expression& name = *expression.children[1];
  if (!name.is_constant() || name.constant.is_null() || !name.type.is_string()) return nullptr;
  const Expression* column = follow(*expression.children[0], path);
  path.push_back(name.constant.as_string());
  return column;
}

void collect(const Expression& expression, Uses& uses) {
  std::vector<std::string> path;
  if (const Expression* column = follow(expression, path)) {
    Use& use = uses[column->index];
    if (path.empty()) {
      use.whole = true;
    } else {
      use.paths.push_back(std::move(path));
    }
    return;
  }
  const size_t first = expression.kind == ExpressionKind::Lambda ? 1 : 0;
  for (size_t i = first; i < expression.children.size(); ++i)
    collect(*expression.children[i], uses);
}

void prune(PlanNode& plan, Uses uses);

void prune_children(PlanNode& plan) {
  for (PlanPtr& child : plan.children) prune(*child, Uses(child->output.size(), Use{true, {}}));
}

void prune_scan(PlanNode& scan, Uses uses) {
  if (scan.table->kind() != TableKind::Parquet) return;
  for (const ExpressionPtr& filter : scan.filters) collect(*filter, uses);
  scan.column_fields.assign(scan.columns.size(), {});
  for (size_t i = 0; i < scan.columns.size(); ++i) {
    if (!uses[i].whole && scan.output[i].type.id() == TypeId::Struct)
      scan.column_fields[i] = std::move(uses[i].paths);
  }
}

// What is asked of a plain column above is asked of it below.
void prune_project(PlanNode& project, const Uses& uses) {
  Uses below(project.children[0]->output.size());
  for (size_t i = 0; i < project.expressions.size(); ++i) {
    const Expression& expression = *project.expressions[i];
    if (expression.kind != ExpressionKind::Column) {
      collect(expression, below);
      continue;
    }
    Use& use = below[expression.index];
    use.whole |= uses[i].whole;
    use.paths.insert(use.paths.end(), uses[i].paths.begin(), uses[i].paths.end());
  }
  prune(*project.children[0], std::move(below));
}

void prune(PlanNode& plan, Uses uses) {
  switch (plan.kind) {
    case PlanKind::Scan:
      return prune_scan(plan, std::move(uses));
    case PlanKind::Project:
      return prune_project(plan, uses);
    case PlanKind::Filter:
    case PlanKind::Sort:
    case PlanKind::TopN:
    case PlanKind::Limit:
      for_each_expression(plan, [&](ExpressionPtr& expression) { collect(*expression, uses); });
      return prune(*plan.children[0], std::move(uses));
    case PlanKind::Aggregate: {
      Uses below(plan.children[0]->output.size());
      for_each_expression(plan, [&](ExpressionPtr& expression) { collect(*expression, below); });
      return prune(*plan.children[0], std::move(below));
    }
    default:
      return prune_children(plan);
  }
}

}  // namespace

void prune_fields(PlanNode& plan) {
  prune(plan, Uses(plan.output.size(), Use{true, {}}));
}

}  // namespace whittle::rules
