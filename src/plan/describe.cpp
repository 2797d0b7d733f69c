#include "plan/describe.hpp"

#include "plan/binder/binder.hpp"
#include "plan/binder/expression_binder.hpp"
#include "plan/binder/overloads.hpp"

namespace whittle {

namespace {

ExpressionPtr text(std::string_view value) {
  return make_constant(Value::string(TypeId::Varchar, std::string(value)));
}
ExpressionPtr no_text() {
  return make_constant(Value::null(TypeId::Varchar));
}

// Builds calls without syntax trees, through the same overload resolution.
Result<AggregateCall> aggregate(const BindContext& context, std::string_view name,
                                std::vector<ExpressionPtr> arguments) {
  std::vector<Operand> operands;
  for (const ExpressionPtr& argument : arguments) operands.emplace_back(*argument);
  bool ambiguous = false;
  const auto rows = context.functions.aggregate(name);
  const auto* row = best_overload(rows, std::span<const Operand>(operands), ambiguous);
  if (!row) return no_match(name, operands, false, candidate_text(rows), {});
  const Scope nothing;
  ExpressionBinder binder(context, nothing);
  return binder.make_aggregate(*row, std::move(arguments), false, {});
}

struct Statistic {
  std::string_view function;
  double fraction = -1;  // of quantiles
  bool numbers = false;  // of numbers, and of times where `times` says so
  bool times = true;
};
constexpr Statistic statistics[] = {
    {"min"},
    {"max"},
    {"approx_count_distinct"},
    {"avg", -1, true},
    {"stddev", -1, true, false},
    {"approx_quantile", 0.25, true},
    {"approx_quantile", 0.5, true},
    {"approx_quantile", 0.75, true},
    {"count"},
};
constexpr size_t kStatistics = std::size(statistics);
constexpr uint32_t kMissing = ~0u;

// Columns of the Aggregate per statistic of one input column; kMissing where it has none.
Status add_statistics(const BindContext& context, PlanNode& node, uint32_t column, const Type& type,
                      std::vector<uint32_t>& places) {
  for (const Statistic& statistic : statistics) {
    const bool times = type.is_temporal() && type.id() != TypeId::TimeNs;  // which has no average
    const bool applies = !statistic.numbers || type.is_numeric() || (times && statistic.times);
    if (!applies) {
      places.push_back(kMissing);
      continue;
    }
    std::vector<ExpressionPtr> arguments;
    arguments.push_back(make_column(column, type));
    if (statistic.fraction >= 0) {
      arguments.push_back(make_constant(Value::real(TypeId::Double, statistic.fraction)));
    }
    AggregateCall call = TRY(aggregate(context, statistic.function, std::move(arguments)));
    places.push_back(static_cast<uint32_t>(node.aggregates.size()));
    node.output.push_back({call.to_string(&node.children[0]->output), call.type});
    node.aggregates.push_back(std::move(call));
  }
  return {};
}

const Schema& summary_schema() {
  static const Schema schema = {
      {"column_name", TypeId::Varchar},  {"column_type", TypeId::Varchar},
      {"min", TypeId::Varchar},          {"max", TypeId::Varchar},
      {"approx_unique", TypeId::BigInt}, {"avg", TypeId::Varchar},
      {"std", TypeId::Varchar},          {"q25", TypeId::Varchar},
      {"q50", TypeId::Varchar},          {"q75", TypeId::Varchar},
      {"count", TypeId::BigInt},         {"null_percentage", Type::decimal(9, 2)}};
  return schema;
}

// 100 × (rows − count) / rows as DECIMAL(9,2), through `round(x, 2)` of DOUBLEs.
Result<ExpressionPtr> null_percentage(const BindContext& context, uint32_t rows, uint32_t count) {
  const auto column = [](uint32_t index) {
    return make_cast(make_column(index, TypeId::BigInt), TypeId::Double);
  };
  const Scope nothing;
  ExpressionBinder binder(context, nothing);
  const auto number = [](double value) {
    return make_constant(Value::real(TypeId::Double, value));
  };
  ExpressionPtr missing = TRY(binder.call("-", column(rows), column(count)));
  ExpressionPtr share = TRY(binder.call("/", std::move(missing), column(rows)));
  ExpressionPtr percentage =
      make_cast(TRY(binder.call("*", std::move(share), number(100))), Type::decimal(9, 2));
  auto none = std::make_unique<Expression>(ExpressionKind::Case, percentage->type);  // of no rows
  none->children.push_back(make_comparison(ComparisonOperator::Equal,
                                           make_column(rows, TypeId::BigInt),
                                           make_constant(Value::integer(TypeId::BigInt, 0))));
  none->children.push_back(make_constant(Value::null(percentage->type)));
  none->children.push_back(std::move(percentage));
  return none;
}

}  // namespace

PlanPtr describe_plan(const Schema& schema) {
  PlanPtr node = make_node(PlanKind::Values);
  for (std::string_view name : {"column_name", "column_type", "null", "key", "default", "extra"}) {
    node->output.push_back({std::string(name), TypeId::Varchar});
  }
  for (const Field& field : schema) {
    std::vector<ExpressionPtr> row;
    row.push_back(text(field.name));
    row.push_back(text(field.type.to_string()));
    row.push_back(text("YES"));
    for (int i = 0; i < 3; ++i) row.push_back(no_text());
    node->rows.push_back(std::move(row));
  }
  return node;
}

Result<PlanPtr> summarize_plan(PlanPtr input, const BindContext& context) {
  const Schema columns = input->output;
  PlanPtr node = make_node(PlanKind::Aggregate, std::move(input));
  node->output.clear();
  AggregateCall rows = TRY(aggregate(context, "count_star", {}));
  node->output.push_back({"count_star()", rows.type});
  node->aggregates.push_back(std::move(rows));
  std::vector<uint32_t> places;
  for (uint32_t i = 0; i < columns.size(); ++i) {
    TRY(add_statistics(context, *node, i, columns[i].type, places));
  }
  PlanPtr project = make_node(PlanKind::Project, std::move(node));
  const Schema input_schema = std::move(project->output);
  project->output.clear();
  Schema summary = summary_schema();
  for (size_t k = 0; k < kStatistics; ++k) {  // a statistic that no column has is of no type
    bool any = false;
    for (size_t i = 0; i < columns.size(); ++i)
      any = any || places[i * kStatistics + k] != kMissing;
    if (!any) summary[2 + k].type = TypeId::Null;
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::span<const uint32_t> place(places.data() + i * kStatistics, kStatistics);
    std::vector<ExpressionPtr> cells;
    cells.push_back(text(columns[i].name));
    cells.push_back(text(columns[i].type.to_string()));
    for (uint32_t index : place) {
      const Type& wanted = summary[cells.size()].type;
      cells.push_back(index == kMissing
                          ? make_constant(Value::null(wanted))
                          : make_cast(make_column(index, input_schema[index].type), wanted));
    }
    cells.push_back(TRY(null_percentage(context, 0, place[kStatistics - 1])));
    // "count" is of all rows, NULLs included.
    cells[10] = make_cast(make_column(0, input_schema[0].type), TypeId::BigInt);
    for (size_t c = 0; c < cells.size(); ++c) {
      project->output.push_back({summary[c].name, summary[c].type});
      project->expressions.push_back(std::move(cells[c]));
    }
  }
  PlanPtr unpivot = make_node(PlanKind::Unpivot, std::move(project));
  unpivot->output = summary;
  unpivot->unpivot_width = static_cast<uint32_t>(summary.size());
  return unpivot;
}

namespace {

PlanPtr empty_list(std::string_view column) {
  PlanPtr node = make_node(PlanKind::Values);
  node->output.push_back({std::string(column), TypeId::Varchar});
  return node;
}

Result<PlanPtr> show_plan(const sql::ShowStatement& show, const BindContext& context) {
  if (show.show == sql::ShowKind::Setting && !show.name.parts.empty()) {
    const Value value = TRY(context.settings.get(show.name.name()));
    PlanPtr node = make_node(PlanKind::Values);
    node->output.push_back({show.name.name(), value.type()});
    node->rows.emplace_back();
    node->rows[0].push_back(make_constant(value));
    return node;
  }
  if (show.show == sql::ShowKind::Databases || show.show == sql::ShowKind::Schemas) {
    PlanPtr node =
        empty_list(show.show == sql::ShowKind::Databases ? "database_name" : "schema_name");
    node->rows.emplace_back();
    node->rows[0].push_back(text(show.show == sql::ShowKind::Databases ? "memory" : "main"));
    return node;
  }
  PlanPtr node = empty_list("name");
  for (const std::string& name : context.tables.known_names()) {
    node->rows.emplace_back();
    node->rows.back().push_back(text(name));
  }
  return node;
}

}  // namespace

Result<PlanPtr> bind_describing(const sql::Statement& statement, const BindContext& context) {
  switch (statement.kind) {
    case sql::StatementKind::Describe: {
      PlanPtr plan = TRY(bind_query(*sql::as<sql::DescribeStatement>(statement).query, context));
      return describe_plan(plan->output);
    }
    case sql::StatementKind::Summarize:
      return summarize_plan(
          TRY(bind_query(*sql::as<sql::SummarizeStatement>(statement).query, context)), context);
    case sql::StatementKind::Show:
      return show_plan(sql::as<sql::ShowStatement>(statement), context);
    default:
      return fail(ErrorCode::Internal, "not a describing statement");
  }
}

}  // namespace whittle
