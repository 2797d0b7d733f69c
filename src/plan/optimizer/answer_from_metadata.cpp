#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

// The answer of one aggregate over a whole, unfiltered table.
std::optional<Value> answer(const AggregateCall& call, const PlanNode& scan) {
  if (call.filter) return std::nullopt;
  const auto rows = scan.table->row_count();
  if (!rows) return std::nullopt;
  const bool is_count = call.function == "count" || call.function == "count_star";
  if (is_count && !call.distinct) {
    if (call.arguments.empty() ||
        (call.arguments[0]->is_constant() && !call.arguments[0]->constant.is_null())) {
      return Value::integer(call.type, static_cast<int128_t>(*rows));
    }
  }
  if (call.arguments.size() != 1 || call.arguments[0]->kind != ExpressionKind::Column)
    return std::nullopt;
  const uint32_t column = scan.columns[call.arguments[0]->index];
  if (is_count && !call.distinct) {
    const auto values = scan.table->value_count(column);
    if (!values) return std::nullopt;
    return Value::integer(call.type, static_cast<int128_t>(*values));
  }
  if (call.function != "min" && call.function != "max") return std::nullopt;
  if (!(call.type == call.arguments[0]->type)) return std::nullopt;
  auto value = scan.table->extreme(column, call.function == "max");
  if (!value || value->is_null())
    return value ? std::optional(Value::null(call.type)) : std::nullopt;
  if (!(value->type() == call.type)) return std::nullopt;
  return value;
}

// The scan below Projects of plain columns, which are looked through.
PlanNode* plain_scan(PlanPtr& aggregate) {
  while (aggregate->children[0]->kind == PlanKind::Project) {
    PlanNode& project = *aggregate->children[0];
    for (const ExpressionPtr& expression : project.expressions) {
      if (expression->kind != ExpressionKind::Column && !expression->is_constant()) return nullptr;
    }
    for_each_expression(*aggregate, [&](ExpressionPtr& expression) {
      substitute(expression, project.expressions);
    });
    PlanPtr child = std::move(project.children[0]);
    aggregate->children[0] = std::move(child);
  }
  PlanNode& scan = *aggregate->children[0];
  return scan.kind == PlanKind::Scan && scan.filters.empty() ? &scan : nullptr;
}

}  // namespace

// All aggregates of the node must be known: reading for one reads for all.
void answer_from_metadata(PlanPtr& plan) {
  for (PlanPtr& child : plan->children) answer_from_metadata(child);
  if (plan->kind != PlanKind::Aggregate || !plan->groups.empty() || !plan->grouping_sets.empty())
    return;
  const PlanNode* scan = plain_scan(plan);
  if (!scan) return;
  std::vector<ExpressionPtr> row;
  for (const AggregateCall& call : plan->aggregates) {
    auto value = answer(call, *scan);
    if (!value) return;
    row.push_back(make_constant(std::move(*value)));
  }
  if (row.empty()) return;
  PlanPtr values = make_node(PlanKind::Values);
  values->output = std::move(plan->output);
  values->rows.push_back(std::move(row));
  plan = std::move(values);
}

}  // namespace whittle::rules
