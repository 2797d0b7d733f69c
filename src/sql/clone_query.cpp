#include "sql/clone.hpp"

namespace whittle::sql {
namespace {

std::unique_ptr<SampleClause> clone(const std::unique_ptr<SampleClause>& sample) {
  return sample ? std::make_unique<SampleClause>(*sample) : nullptr;
}

QueryPtr copy(const Select& from) {
  auto to = std::make_unique<Select>();
  to->distinct = from.distinct;
  to->distinct_on = clone(from.distinct_on);
  to->items = clone(from.items);
  for (const TableReferencePtr& table : from.from) to->from.push_back(clone(*table));
  to->where = clone(from.where);
  to->group_by = {from.group_by.all, clone(from.group_by.expressions), from.group_by.sets};
  to->having = clone(from.having);
  for (const NamedWindow& window : from.windows)
    to->windows.push_back({window.name, clone(window.specification)});
  to->qualify = clone(from.qualify);
  to->sample = clone(from.sample);
  return to;
}

QueryPtr copy(const Values& from) {
  auto to = std::make_unique<Values>();
  for (const ExpressionList& row : from.rows) to->rows.push_back(clone(row));
  return to;
}

QueryPtr copy(const SetOperation& from) {
  auto to = std::make_unique<SetOperation>();
  to->operation = from.operation;
  to->all = from.all;
  to->by_name = from.by_name;
  to->left = clone(from.left);
  to->right = clone(from.right);
  return to;
}

TableReferencePtr copy_fields(const TableReference& table) {
  switch (table.kind) {
    case TableReferenceKind::Table: {
      auto to = std::make_unique<TableName>();
      to->name = as<TableName>(table).name;
      to->is_file = as<TableName>(table).is_file;
      return to;
    }
    case TableReferenceKind::Function: {
      const auto& from = as<TableFunction>(table);
      auto to = std::make_unique<TableFunction>();
      to->call.reset(static_cast<FunctionCall*>(clone(*from.call).release()));
      to->with_ordinality = from.with_ordinality;
      to->lateral = from.lateral;
      return to;
    }
    case TableReferenceKind::Subquery: {
      auto to = std::make_unique<DerivedTable>();
      to->query = clone(as<DerivedTable>(table).query);
      to->lateral = as<DerivedTable>(table).lateral;
      return to;
    }
    case TableReferenceKind::Describe: {
      auto to = std::make_unique<DescribedTable>();
      to->statement = clone(*as<DescribedTable>(table).statement);
      return to;
    }
    case TableReferenceKind::Join: {
      const auto& from = as<Join>(table);
      auto to = std::make_unique<Join>();
      to->join = from.join;
      to->natural = from.natural;
      to->asof = from.asof;
      to->left = clone(*from.left);
      to->right = clone(*from.right);
      to->on = clone(from.on);
      to->using_columns = from.using_columns;
      return to;
    }
  }
  return nullptr;
}

}  // namespace

QueryPtr clone(const Query& query) {
  QueryPtr made = query.kind == QueryKind::Select   ? copy(as<Select>(query))
                  : query.kind == QueryKind::Values ? copy(as<Values>(query))
                                                    : copy(as<SetOperation>(query));
  made->depth = query.depth;
  made->position = query.position;
  made->with.recursive = query.with.recursive;
  for (const CommonTable& table : query.with.tables)
    made->with.tables.push_back({table.name, table.columns, table.using_key, table.materialization,
                                 clone(table.query), table.position});
  made->order_by = clone(query.order_by);
  made->order_by_all = query.order_by_all;
  made->limit = {clone(query.limit.limit), clone(query.limit.offset), query.limit.percent,
                 query.limit.all};
  return made;
}

TableReferencePtr clone(const TableReference& table) {
  TableReferencePtr made = copy_fields(table);
  made->depth = table.depth;
  made->position = table.position;
  made->alias = table.alias;
  made->column_aliases = table.column_aliases;
  made->sample = clone(table.sample);
  return made;
}

StatementPtr clone(const Statement& statement) {
  StatementPtr made;
  if (const auto* select = if_is<SelectStatement>(statement)) {
    auto to = std::make_unique<SelectStatement>();
    to->query = clone(select->query);
    made = std::move(to);
  } else if (const auto* describe = if_is<DescribeStatement>(statement)) {
    auto to = std::make_unique<DescribeStatement>();
    to->query = clone(describe->query);
    to->is_table = describe->is_table;
    made = std::move(to);
  } else if (const auto* summarize = if_is<SummarizeStatement>(statement)) {
    auto to = std::make_unique<SummarizeStatement>();
    to->query = clone(summarize->query);
    made = std::move(to);
  } else if (const auto* show = if_is<ShowStatement>(statement)) {
    auto to = std::make_unique<ShowStatement>();
    to->show = show->show;
    to->name = show->name;
    made = std::move(to);
  } else {
    return nullptr;
  }
  made->position = statement.position;
  made->parameter_count = statement.parameter_count;
  made->parameter_names = statement.parameter_names;
  return made;
}

}  // namespace whittle::sql
