// What stands after FROM: files, tables, table functions, derived tables, CTEs.
#include <algorithm>

#include "plan/binder/query_binder.hpp"
#include "plan/describe.hpp"
#include "sql/diagnostics.hpp"

namespace whittle {

namespace {

std::unexpected<Error> joins(SourcePosition position) {
  return unsupported(position, "joins are");
}

// 'dir/hits.parquet' is known as hits.
std::string file_alias(std::string_view path) {
  if (const size_t query = path.find('?'); query != std::string_view::npos)
    path = path.substr(0, query);
  if (const size_t slash = path.find_last_of("/\\"); slash != std::string_view::npos) {
    path = path.substr(slash + 1);
  }
  return std::string(path.substr(0, path.find('.')));
}

}  // namespace

Result<PlanPtr> QueryBinder::bind_scan(const sql::TableReference& reference,
                                       std::string_view name) {
  const std::string key = table_key(reference);
  TableRef table = context_.tables.find(key);
  if (!table) {
    return bind_error(reference.position,
                      "Table with name " + std::string(name) + " does not exist!",
                      sql::did_you_mean(name, context_.tables.known_names()));
  }
  PlanPtr scan = make_node(PlanKind::Scan);
  scan->output = table->schema();
  for (const Field& field : table->virtual_columns()) scan->output.push_back(field);
  make_names_unique(scan->output);
  for (uint32_t i = 0; i < scan->output.size(); ++i) scan->columns.push_back(i);
  if (const auto rows = table->row_count()) scan->estimated_rows = static_cast<double>(*rows);
  scan->table = std::move(table);
  return scan;
}

Result<PlanPtr> QueryBinder::bind_common_table(size_t index) {
  const CommonTable& table = common_tables_[index];
  const sql::CommonTable& definition = *table.definition;
  const size_t visible = std::exchange(visible_, table.visible);
  Result<PlanPtr> plan = bind(*definition.query);
  visible_ = visible;
  if (!plan) return plan;
  const size_t named = std::min(definition.columns.size(), (*plan)->output.size());
  for (size_t i = 0; i < named; ++i) (*plan)->output[i].name = definition.columns[i];
  return plan;
}

Result<PlanPtr> QueryBinder::bind_table(const sql::TableName& table, std::string& alias) {
  if (!table.is_file && table.name.parts.size() == 1) {
    for (size_t i = visible_; i-- > 0;) {
      if (!sql::same_name(common_tables_[i].definition->name, table.name.name())) continue;
      if (alias.empty()) alias = table.name.name();
      return bind_common_table(i);
    }
  }
  if (alias.empty()) {
    const std::string& name = table.name.name();
    alias = table.is_file || name.find('.') != std::string::npos ? file_alias(name) : name;
  }
  return bind_scan(table, table.name.name());
}

Result<PlanPtr> QueryBinder::bind_reference(const sql::TableReference& reference, Scope& scope) {
  std::string alias = reference.alias;
  PlanPtr plan;
  switch (reference.kind) {
    case sql::TableReferenceKind::Table:
      plan = TRY(bind_table(sql::as<sql::TableName>(reference), alias));
      break;
    case sql::TableReferenceKind::Function: {
      const auto& function = sql::as<sql::TableFunction>(reference);
      if (is_unnested_function(function, true)) return bind_beside({}, reference, scope, false);
      if (function.with_ordinality) return unsupported(reference.position, "WITH ORDINALITY is");
      const std::string& name = function.call->name.name();
      plan = TRY(bind_scan(reference, name));
      if (alias.empty()) alias = name;
      break;
    }
    case sql::TableReferenceKind::Subquery:
      plan = TRY(bind(*sql::as<sql::DerivedTable>(reference).query));
      if (alias.empty()) alias = "unnamed_subquery";
      break;
    case sql::TableReferenceKind::Join:
      return bind_join(sql::as<sql::Join>(reference), scope);
    case sql::TableReferenceKind::Describe:
      plan = TRY(bind_describing(*sql::as<sql::DescribedTable>(reference).statement, context_));
      break;
  }
  Schema names = plan->output;
  make_names_unique(names);
  TRY(name_columns(reference, alias, names));
  plan->output = names;
  const size_t visible = plan->table ? plan->table->schema().size() : names.size();
  if (reference.sample) plan = TRY(bind_sample(*reference.sample, std::move(plan)));
  scope.add(alias, names, visible);
  return plan;
}

Status QueryBinder::name_columns(const sql::TableReference& reference, std::string_view alias,
                                 Schema& names) {
  // A function may be given more names than it has columns.
  const bool function = reference.kind == sql::TableReferenceKind::Function;
  if (reference.column_aliases.size() > names.size() && !function) {
    return bind_error(reference.position,
                      "table \"" + std::string(alias) + "\" has " + std::to_string(names.size()) +
                          " columns available but " +
                          std::to_string(reference.column_aliases.size()) + " columns specified");
  }
  for (size_t i = 0; i < std::min(reference.column_aliases.size(), names.size()); ++i) {
    names[i].name = reference.column_aliases[i];
  }
  return {};
}

namespace {

PlanPtr one_row() {
  PlanPtr row = make_node(PlanKind::Values);  // one row that nobody looks at
  row->output.push_back({"row", TypeId::Boolean});
  row->rows.emplace_back();
  row->rows[0].push_back(make_constant(Value::boolean(true)));
  return row;
}

// A SELECT of nothing but expressions: one row for each row it stands beside.
const sql::Select* as_plain_select(const sql::TableReference& reference) {
  const auto* derived = sql::if_is<sql::DerivedTable>(reference);
  const auto* select = derived ? sql::if_is<sql::Select>(*derived->query) : nullptr;
  const bool plain = select && select->from.empty() && !select->where && !select->having &&
                     !select->qualify && !select->sample && !reference.sample &&
                     select->distinct == sql::DistinctKind::None && !select->group_by.all &&
                     select->group_by.expressions.empty() && select->group_by.sets.empty() &&
                     select->order_by.empty() && !select->limit.limit && !select->limit.offset &&
                     select->with.tables.empty();
  return plain ? select : nullptr;
}

bool is_true(const sql::Expression& expression) {
  const auto* literal = sql::if_is<sql::Literal>(expression);
  return literal && literal->literal == sql::LiteralKind::Boolean && literal->text == "true";
}

}  // namespace

// `t, (SELECT unnest(t.l) AS x)`: a list of expressions over the row before it, which it repeats
// for each element.
Result<PlanPtr> QueryBinder::bind_select_beside(PlanPtr left, const sql::TableReference& reference,
                                                const sql::Select& select, Scope& scope) {
  ExpressionBinder binder(context_, scope);
  std::vector<UnnestCall> unnests;
  binder.enter_clause("SELECT clause", nullptr, &unnests);
  std::vector<ExpressionPtr> outputs;
  Schema names;
  for (const OutputItem& item : TRY(expand_items(select, scope))) {
    auto unnested = TRY(binder.bind_unnested_item(*item.value));
    if (unnested.empty()) unnested.push_back({ {}, TRY(binder.bind(*item.value)) });
    for (NamedExpression& output : unnested) {
      names.push_back({output.name.empty() ? item.name : output.name, output.value->type});
      output.value->is_literal = false;
      outputs.push_back(std::move(output.value));
    }
  }
  make_names_unique(names);
  const std::string alias = reference.alias.empty() ? "unnamed_subquery" : reference.alias;
  TRY(name_columns(reference, alias, names));
  std::vector<ExpressionPtr>* lists[] = {&outputs};
  Schema columns = left->output;
  const size_t carried = columns.size();
  if (!unnests.empty()) add_unnest_nodes(left, std::move(unnests), lists);
  PlanPtr plan = make_node(PlanKind::Project, std::move(left));
  for (uint32_t i = 0; i < carried; ++i) {
    plan->expressions.push_back(make_column(i, columns[i].type));
  }
  for (ExpressionPtr& output : outputs) plan->expressions.push_back(std::move(output));
  columns.insert(columns.end(), names.begin(), names.end());
  plan->output = std::move(columns);
  scope.add(alias, names);
  return plan;
}

// A FROM without a table before it stands beside one row without columns.
Result<PlanPtr> QueryBinder::bind_beside(PlanPtr left, const sql::TableReference& reference,
                                         Scope& scope, bool keep_empty) {
  if (const sql::Select* select = left && !keep_empty ? as_plain_select(reference) : nullptr) {
    return bind_select_beside(std::move(left), reference, *select, scope);
  }
  const auto* function = sql::if_is<sql::TableFunction>(reference);
  if (!function || !is_unnested_function(*function, !left)) return joins(reference.position);
  ExpressionBinder binder(context_, scope);
  binder.enter_clause("FROM clause", nullptr);
  std::vector<ExpressionPtr> lists =
      TRY(binder.bind_table_lists(*function->call, function->with_ordinality));
  const bool alone = !left;
  PlanPtr node = make_node(PlanKind::Unnest, alone ? one_row() : std::move(left));
  if (alone) node->output.clear();
  for (uint32_t i = 0; i < node->output.size(); ++i) node->columns.push_back(i);
  node->keep_empty = keep_empty;
  const std::string& name = function->call->name.name();
  Schema names = {{name, lists[0]->type.element()}};
  if (lists.size() > 1) names.push_back({"ordinality", lists[1]->type.element()});
  node->expressions = std::move(lists);
  const std::string alias = reference.alias.empty() ? name : reference.alias;
  TRY(name_columns(reference, alias, names));
  node->output.insert(node->output.end(), names.begin(), names.end());
  scope.add(alias, names);
  PlanPtr plan = std::move(node);
  if (reference.sample)
    return unsupported(reference.sample->position, "TABLESAMPLE of unnest() is");
  return plan;
}

// Joins with a list's elements; others come later.
Result<PlanPtr> QueryBinder::bind_join(const sql::Join& join, Scope& scope) {
  const auto* function = sql::if_is<sql::TableFunction>(*join.right);
  const bool known = join.join == sql::JoinKind::Inner || join.join == sql::JoinKind::Cross ||
                     (join.join == sql::JoinKind::Left && join.on && is_true(*join.on));
  if (!function || !is_unnested_function(*function, false) || !known || join.natural || join.asof ||
      !join.using_columns.empty()) {
    return joins(join.position);
  }
  PlanPtr plan = TRY(bind_reference(*join.left, scope));
  plan = TRY(bind_beside(std::move(plan), *join.right, scope, join.join == sql::JoinKind::Left));
  if (!join.on || is_true(*join.on)) return plan;
  ExpressionBinder binder(context_, scope);
  binder.enter_clause("JOIN condition", nullptr);
  ExpressionPtr condition = TRY(binder.bind_condition(*join.on));
  plan = make_node(PlanKind::Filter, std::move(plan));
  plan->expressions.push_back(std::move(condition));
  return plan;
}

Result<PlanPtr> QueryBinder::bind_from(const sql::Select& select, Scope& scope) {
  if (select.from.empty()) return one_row();
  PlanPtr plan = TRY(bind_reference(*select.from[0], scope));
  for (size_t i = 1; i < select.from.size(); ++i) {
    plan = TRY(bind_beside(std::move(plan), *select.from[i], scope, false));
  }
  return plan;
}

}  // namespace whittle
