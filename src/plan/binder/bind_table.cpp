// What stands after FROM: files, tables, table functions, derived tables, CTEs.
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
  if (definition.columns.size() > (*plan)->output.size()) {
    return bind_error(definition.position,
                      "table \"" + definition.name + "\" has " +
                          std::to_string((*plan)->output.size()) + " columns available but " +
                          std::to_string(definition.columns.size()) + " columns specified");
  }
  for (size_t i = 0; i < definition.columns.size(); ++i)
    (*plan)->output[i].name = definition.columns[i];
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
  if (reference.sample) return unsupported(reference.sample->position, "TABLESAMPLE is");
  std::string alias = reference.alias;
  PlanPtr plan;
  switch (reference.kind) {
    case sql::TableReferenceKind::Table:
      plan = TRY(bind_table(sql::as<sql::TableName>(reference), alias));
      break;
    case sql::TableReferenceKind::Function: {
      const auto& function = sql::as<sql::TableFunction>(reference);
      if (function.with_ordinality) return unsupported(reference.position, "WITH ORDINALITY is");
      const std::string& name = function.call->name.name();
      plan = TRY(bind_scan(reference, name));
      // `unnest([…]) AS x` and `range(3) AS x(y)`: the alias names the table.
      if (alias.empty()) alias = name;
      break;
    }
    case sql::TableReferenceKind::Subquery:
      plan = TRY(bind(*sql::as<sql::DerivedTable>(reference).query));
      if (alias.empty()) alias = "unnamed_subquery";
      break;
    case sql::TableReferenceKind::Join:
      return joins(reference.position);
    case sql::TableReferenceKind::Describe:
      plan = TRY(bind_describing(*sql::as<sql::DescribedTable>(reference).statement, context_));
      break;
  }
  Schema names = plan->output;
  make_names_unique(names);
  if (reference.column_aliases.size() > names.size()) {
    return bind_error(reference.position,
                      "table \"" + alias + "\" has " + std::to_string(names.size()) +
                          " columns available but " +
                          std::to_string(reference.column_aliases.size()) + " columns specified");
  }
  for (size_t i = 0; i < reference.column_aliases.size(); ++i) {
    names[i].name = reference.column_aliases[i];
  }
  plan->output = names;
  scope.add(alias, names, plan->table ? plan->table->schema().size() : names.size());
  return plan;
}

Result<PlanPtr> QueryBinder::bind_from(const sql::Select& select, Scope& scope) {
  if (select.from.size() > 1) return joins(select.from[1]->position);
  if (select.from.size() == 1) return bind_reference(*select.from[0], scope);
  PlanPtr row = make_node(PlanKind::Values);  // one row that nobody looks at
  row->output.push_back({"row", TypeId::Boolean});
  row->rows.emplace_back();
  row->rows[0].push_back(make_constant(Value::boolean(true)));
  return row;
}

}  // namespace whittle
