#include "plan/logical_plan.hpp"

#include <cstdio>

namespace whittle {

namespace {

std::string join(const std::vector<ExpressionPtr>& list, const Schema* schema) {
  std::string text;
  for (const ExpressionPtr& item : list) {
    if (!text.empty()) text += ", ";
    text += item->to_string(schema);
  }
  return text;
}

std::string sort_text(const std::vector<SortKey>& keys, const Schema* schema) {
  std::string text;
  for (const SortKey& key : keys) {
    if (!text.empty()) text += ", ";
    text += key.expression->to_string(schema);
    text += key.descending ? " DESC" : " ASC";
    if (key.nulls_first) text += " NULLS FIRST";
  }
  return text;
}

std::string column_names(const PlanNode& node) {
  std::string text;
  for (const Field& field : node.output) {
    if (!text.empty()) text += ", ";
    text += field.name;
  }
  return text;
}

// Nothing where there are none.
std::string columns_text(std::string_view before, const std::vector<uint32_t>& columns,
                         const Schema& schema) {
  std::string text;
  for (uint32_t column : columns) {
    text += text.empty() ? before : ", ";
    text += schema[column].name;
  }
  return text.empty() ? text : text + "]";
}

std::string scan_text(const PlanNode& node) {
  std::string text = "Scan " + node.table->description() + " [" + column_names(node) + "]";
  if (!node.filters.empty()) text += " where " + join(node.filters, &node.output);
  text += columns_text(" filter only [", node.filter_only, node.output);
  if (node.scan_limit) text += " limit " + std::to_string(*node.scan_limit);
  if (node.top_n) {
    text += " top-n by " + node.output[node.top_n->column].name;
    text += node.top_n->descending ? " DESC" : " ASC";
  }
  return text;
}

std::string limit_text(const PlanNode& node) {
  std::string text;
  if (node.limit) text += " " + std::to_string(*node.limit);
  if (node.limit_percent) {
    char number[32];
    std::snprintf(number, sizeof(number), " %g%%", *node.limit_percent);
    text += number;
  }
  if (node.offset) text += " offset " + std::to_string(node.offset);
  return text;
}

std::string project_text(const PlanNode& node, const Schema* input) {
  std::string text = "Project ";
  for (size_t i = 0; i < node.expressions.size(); ++i) {
    if (i > 0) text += ", ";
    const std::string value = node.expressions[i]->to_string(input);
    text += value;
    if (node.output[i].name != value) text += " AS " + node.output[i].name;
  }
  return text;
}

std::string aggregate_text(const PlanNode& node, const Schema* input) {
  std::string text = "Aggregate";
  if (!node.groups.empty()) text += " by " + join(node.groups, input);
  if (!node.grouping_sets.empty())
    text += " (" + std::to_string(node.grouping_sets.size()) + " sets)";
  for (size_t i = 0; i < node.aggregates.size(); ++i) {
    text += i == 0 ? ": " : ", ";
    text += node.aggregates[i].to_string(input);
  }
  return text;
}

std::string describe(const PlanNode& node) {
  const Schema* input = node.children.empty() ? nullptr : &node.children[0]->output;
  switch (node.kind) {
    case PlanKind::Scan:
      return scan_text(node);
    case PlanKind::Values: {
      std::string text =
          "Values " + std::to_string(node.rows.size()) + " rows [" + column_names(node) + "]";
      if (node.rows.size() == 1) text += " (" + join(node.rows[0], nullptr) + ")";
      return text;
    }
    case PlanKind::Filter:
      return "Filter " + join(node.expressions, input);
    case PlanKind::Project:
      return project_text(node, input);
    case PlanKind::Aggregate:
      return aggregate_text(node, input);
    case PlanKind::Distinct: {
      std::string text = "Distinct";
      if (!node.expressions.empty()) text += " on " + join(node.expressions, input);
      if (!node.sort_keys.empty()) text += " order by " + sort_text(node.sort_keys, input);
      return text;
    }
    case PlanKind::Sort:
      return "Sort " + sort_text(node.sort_keys, input);
    case PlanKind::TopN:
      return "TopN" + limit_text(node) + " by " + sort_text(node.sort_keys, input) +
             columns_text(" late [", node.late_columns, node.output);
    case PlanKind::Limit:
      return "Limit" + limit_text(node);
    case PlanKind::Unnest:
      return (node.keep_empty ? "Unnest outer " : "Unnest ") + join(node.expressions, input);
    case PlanKind::Unpivot:
      return "Unpivot [" + column_names(node) + "]";
  }
  return "?";
}

void print(const PlanNode& node, size_t depth, std::string& text) {
  text.append(depth * 2, ' ');
  text += describe(node);
  if (node.estimated_rows) {
    char number[40];
    std::snprintf(number, sizeof(number), "  (~%.0f rows)", *node.estimated_rows);
    text += number;
  }
  text += '\n';
  for (const PlanPtr& child : node.children) print(*child, depth + 1, text);
}

}  // namespace

PlanPtr make_node(PlanKind kind, PlanPtr child) {
  auto node = std::make_unique<PlanNode>(kind);
  if (child) {
    node->output = child->output;
    node->children.push_back(std::move(child));
  }
  return node;
}

std::string explain(const PlanNode& plan) {
  std::string text;
  print(plan, 0, text);
  return text;
}

}  // namespace whittle
