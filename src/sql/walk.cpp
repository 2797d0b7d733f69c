#include "sql/walk.hpp"

namespace whittle::sql {
namespace {

void visit_all(ExpressionList& list, const ExpressionVisitor& visit) {
  for (ExpressionPtr& item : list)
    if (item) visit(item);
}

void visit_all(std::vector<OrderItem>& items, const ExpressionVisitor& visit) {
  for (OrderItem& item : items)
    if (item.value) visit(item.value);
}

void visit_window(WindowSpecification& window, const ExpressionVisitor& visit) {
  visit_all(window.partition_by, visit);
  visit_all(window.order_by, visit);
  if (window.start.offset) visit(window.start.offset);
  if (window.end.offset) visit(window.end.offset);
}

template <class... Children>
void visit_each(const ExpressionVisitor& visit, Children&... children) {
  for (ExpressionPtr* child : {&children...})
    if (*child) visit(*child);
}

}  // namespace

void for_each_child(Expression& expression, const ExpressionVisitor& visit) {
  switch (expression.kind) {
    case ExpressionKind::Literal:
    case ExpressionKind::ColumnReference:
    case ExpressionKind::Positional:
    case ExpressionKind::Parameter:
    case ExpressionKind::Default:
      return;
    case ExpressionKind::Star: {
      auto& star = as<Star>(expression);
      for (StarReplacement& each : star.replace) visit_each(visit, each.value);
      return visit_each(visit, star.columns);
    }
    case ExpressionKind::Unary:
      return visit_each(visit, as<Unary>(expression).operand);
    case ExpressionKind::Binary:
      return visit_each(visit, as<Binary>(expression).left, as<Binary>(expression).right);
    case ExpressionKind::Conjunction:
      return visit_all(as<Conjunction>(expression).operands, visit);
    case ExpressionKind::Between: {
      auto& between = as<Between>(expression);
      return visit_each(visit, between.value, between.low, between.high);
    }
    case ExpressionKind::In: {
      auto& in = as<In>(expression);
      visit_each(visit, in.value, in.container);
      return visit_all(in.list, visit);
    }
    case ExpressionKind::Like:
      return visit_each(visit, as<Like>(expression).value, as<Like>(expression).pattern);
    case ExpressionKind::IsNull:
      return visit_each(visit, as<IsNull>(expression).operand);
    case ExpressionKind::IsBoolean:
      return visit_each(visit, as<IsBoolean>(expression).operand);
    case ExpressionKind::Case: {
      auto& choice = as<Case>(expression);
      visit_each(visit, choice.operand);
      for (CaseBranch& branch : choice.branches) visit_each(visit, branch.when, branch.then);
      return visit_each(visit, choice.otherwise);
    }
    case ExpressionKind::Cast:
      return visit_each(visit, as<Cast>(expression).operand);
    case ExpressionKind::Interval:
      return visit_each(visit, as<Interval>(expression).value);
    case ExpressionKind::Collate:
      return visit_each(visit, as<Collate>(expression).operand);
    case ExpressionKind::FunctionCall: {
      auto& call = as<FunctionCall>(expression);
      visit_all(call.arguments, visit);
      visit_all(call.order_by, visit);
      visit_each(visit, call.filter);
      if (call.window) visit_window(*call.window, visit);
      return;
    }
    case ExpressionKind::Subquery:
      return visit_each(visit, as<Subquery>(expression).left, as<Subquery>(expression).container);
    case ExpressionKind::FieldAccess:
      return visit_each(visit, as<FieldAccess>(expression).operand);
    case ExpressionKind::Subscript:
      return visit_each(visit, as<Subscript>(expression).operand, as<Subscript>(expression).index);
    case ExpressionKind::Slice: {
      auto& slice = as<Slice>(expression);
      return visit_each(visit, slice.operand, slice.begin, slice.end, slice.step);
    }
    case ExpressionKind::List:
      return visit_all(as<List>(expression).items, visit);
    case ExpressionKind::Struct:
      for (StructField& field : as<Struct>(expression).fields) visit_each(visit, field.value);
      return;
    case ExpressionKind::Map: {
      auto& map = as<Map>(expression);
      visit_all(map.keys, visit);
      return visit_all(map.values, visit);
    }
    case ExpressionKind::Row:
      return visit_all(as<Row>(expression).items, visit);
    case ExpressionKind::Lambda:
      return visit_each(visit, as<Lambda>(expression).left, as<Lambda>(expression).body);
    case ExpressionKind::NamedArgument:
      return visit_each(visit, as<NamedArgument>(expression).value);
  }
}

void for_each_query(Expression& expression, const QueryVisitor& visit) {
  if (auto* in = if_is<In>(expression); in && in->subquery) visit(in->subquery);
  if (auto* subquery = if_is<Subquery>(expression); subquery && subquery->query)
    visit(subquery->query);
}

void for_each_child(Query& query, const ExpressionVisitor& visit, const QueryVisitor& visit_query,
                    const TableVisitor& visit_table) {
  for (CommonTable& table : query.with.tables)
    if (table.query) visit_query(table.query);
  switch (query.kind) {
    case QueryKind::Select: {
      auto& select = as<Select>(query);
      visit_all(select.distinct_on, visit);
      for (SelectItem& item : select.items) visit_each(visit, item.value);
      for (TableReferencePtr& table : select.from) visit_table(table);
      visit_each(visit, select.where);
      visit_all(select.group_by.expressions, visit);
      visit_each(visit, select.having);
      for (NamedWindow& window : select.windows) visit_window(window.specification, visit);
      visit_each(visit, select.qualify);
      break;
    }
    case QueryKind::Values:
      for (ExpressionList& row : as<Values>(query).rows) visit_all(row, visit);
      break;
    case QueryKind::SetOperation: {
      auto& operation = as<SetOperation>(query);
      if (operation.left) visit_query(operation.left);
      if (operation.right) visit_query(operation.right);
      break;
    }
  }
  visit_all(query.order_by, visit);
  visit_each(visit, query.limit.limit, query.limit.offset);
}

void for_each_child(TableReference& table, const ExpressionVisitor& visit,
                    const QueryVisitor& visit_query, const TableVisitor& visit_table) {
  switch (table.kind) {
    case TableReferenceKind::Table:
    case TableReferenceKind::Describe:
      return;
    case TableReferenceKind::Function:
      return visit_all(as<TableFunction>(table).call->arguments, visit);
    case TableReferenceKind::Subquery:
      return visit_query(as<DerivedTable>(table).query);
    case TableReferenceKind::Join: {
      auto& join = as<Join>(table);
      visit_table(join.left);
      visit_table(join.right);
      return visit_each(visit, join.on);
    }
  }
}

}  // namespace whittle::sql
