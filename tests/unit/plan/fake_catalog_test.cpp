// The fake world's own code (fake_catalog.hpp).
#include "unit/plan/fake_catalog.hpp"

#include <gtest/gtest.h>

namespace whittle::fake {

namespace {

std::optional<Value> cast_value(const Value& value, const Type& type) {
  if (value.is_null()) return Value::null(type);
  if (value.type() == Type(Varchar) && type == Type(Date)) {
    if (value.as_string() == "2013-07-01") return Value::integer(Date, 15887);
    return std::nullopt;
  }
  if (value.type() == Type(Varchar) && type == Type(Integer)) {
    if (value.as_string().find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return Value::integer(Integer, std::atoi(value.as_string().c_str()));
  }
  if (value.type().is_integer() && type == Type(Double)) {
    return Value::real(Double, static_cast<double>(value.as_integer()));
  }
  if (value.type().is_integer() && type.is_integer()) {
    const auto number = static_cast<int64_t>(value.as_integer());
    if (type == Type(UTinyInt) && (number < 0 || number > 255)) return std::nullopt;
    if (type == Type(SmallInt) && (number < -32768 || number > 32767)) return std::nullopt;
    return Value::integer(type, number);
  }
  if (value.type().is_integer() && type.id() == Decimal) {
    int128_t number = value.as_integer();
    for (int i = 0; i < type.decimal_scale(); ++i) number *= 10;
    return Value::integer(type, number);
  }
  return std::nullopt;
}

}  // namespace

Result<Value> fold(const Expression& expression, MemoryBudget& budget) {
  const auto child = [&](size_t i) { return fold(*expression.children[i], budget); };
  if (expression.is_constant()) return expression.constant;
  if (expression.kind == ExpressionKind::Cast) {
    const Value value = TRY(child(0));
    if (auto cast = cast_value(value, expression.type)) return *cast;
    if (expression.try_cast) return Value::null(expression.type);
    return fail(ErrorCode::Conversion, "Could not convert '" + value.to_string() + "'");
  }
  if (expression.kind == ExpressionKind::Comparison) {
    const int order = compare(TRY(child(0)), TRY(child(1)));
    switch (expression.comparison) {
      case ComparisonOperator::Equal:
        return Value::boolean(order == 0);
      case ComparisonOperator::Greater:
        return Value::boolean(order > 0);
      default:
        break;
    }
  }
  if (expression.kind == ExpressionKind::Call && expression.function == "+" &&
      expression.type.is_integer()) {
    return Value::integer(expression.type, TRY(child(0)).as_integer() + TRY(child(1)).as_integer());
  }
  if (expression.kind == ExpressionKind::Call && expression.function == "regexp_matches") {
    return Value::boolean(TRY(child(0)).as_string() == TRY(child(1)).as_string());
  }
  if (expression.kind == ExpressionKind::Call && expression.function == "list_value") {
    std::vector<Value> items;
    for (size_t i = 0; i < expression.children.size(); ++i) items.push_back(TRY(child(i)));
    return Value::nested(expression.type, std::move(items));
  }
  return fail(ErrorCode::Unsupported, "not folded in tests");
}

World::World() {
  registry.add(std::span<const ScalarFunction>(scalars));
  registry.add(std::span<const AggregateFunction>(aggregates));
  tables.add("name:t", std::make_shared<FakeTable>());
  tables.add("file:dir/t.parquet", std::make_shared<FakeTable>());
  tables.add_known_name("t");
}

Result<PlanPtr> World::bind(std::string_view sql) {
  sql::StatementPtr statement = TRY(sql::parse_statement(sql));
  const BindContext context = this->context();
  for (const TableRequest& request : TRY(collect_table_references(*statement, context))) {
    if (request.kind != TableRequest::Kind::Function || is_file_function(request.name)) continue;
    tables.add(request.key, TRY(make_table_function(request, settings, registry)));
  }
  if (statement->kind != sql::StatementKind::Select) return bind_describing(*statement, context);
  return bind_query(*sql::as<sql::SelectStatement>(*statement).query, context);
}

namespace {
void forget_estimates(PlanNode& node) {
  node.estimated_rows.reset();
  for (PlanPtr& child : node.children) forget_estimates(*child);
}
}  // namespace

std::string World::plan(std::string_view sql, bool optimized) {
  Result<PlanPtr> plan = bind(sql);
  if (plan && optimized) plan = optimize(std::move(*plan), context());
  if (!plan) return sql::render_error(plan.error(), sql);
  forget_estimates(**plan);
  return explain(**plan);
}

std::string World::columns(std::string_view sql) {
  Result<PlanPtr> plan = bind(sql);
  if (!plan) return plan.error().to_string();
  std::string text;
  for (const Field& field : (*plan)->output) {
    if (!text.empty()) text += ", ";
    text += field.name + " " + field.type.to_string();
  }
  return text;
}

}  // namespace whittle::fake
