// What all queries share: WITH in front, ORDER BY and LIMIT behind; and VALUES.
#include <cmath>

#include "plan/binder/binder.hpp"
#include "plan/binder/query_binder.hpp"

namespace whittle {

namespace {

constexpr uint32_t kMaxQueryDepth = 200;
constexpr uint32_t kMaxQueries = 10'000;  // CTEs of CTEs multiply

}  // namespace

Result<PlanPtr> QueryBinder::bind(const sql::Query& query) {
  if (depth_ >= kMaxQueryDepth || ++queries_ > kMaxQueries) {
    return bind_error(query.position, "the query is too deeply nested", {}, ErrorCode::OutOfRange);
  }
  if (query.with.recursive) return unsupported(query.position, "WITH RECURSIVE is");
  // CTEs defined here stand on top of those visible so far; others hide while we are inside.
  std::vector<CommonTable> hidden(common_tables_.begin() + static_cast<ptrdiff_t>(visible_),
                                  common_tables_.end());
  common_tables_.resize(visible_);
  const size_t outer = visible_;
  for (const sql::CommonTable& table : query.with.tables) {
    common_tables_.push_back({&table, common_tables_.size()});
  }
  visible_ = common_tables_.size();
  ++depth_;
  Result<PlanPtr> plan = [&]() -> Result<PlanPtr> {
    if (const auto* select = sql::if_is<sql::Select>(query)) return bind_select(*select);
    if (const auto* values = sql::if_is<sql::Values>(query)) return bind_values(*values);
    return unsupported(query.position, "UNION, INTERSECT and EXCEPT are");
  }();
  --depth_;
  visible_ = outer;
  common_tables_.resize(outer);
  common_tables_.insert(common_tables_.end(), hidden.begin(), hidden.end());
  return plan;
}

Result<SortKey> QueryBinder::sort_key(const sql::OrderItem& item, ExpressionPtr expression) const {
  const Scope nothing;
  SortKey key;
  key.expression = TRY(ExpressionBinder(context_, nothing).collation_key(std::move(expression)));
  key.descending = item.direction == sql::SortDirection::Unstated
                       ? context_.settings.descending_by_default()
                       : item.direction == sql::SortDirection::Descending;
  key.nulls_first = item.nulls == sql::NullOrder::Unstated
                        ? context_.settings.nulls_first(key.descending)
                        : item.nulls == sql::NullOrder::First;
  return key;
}

Status QueryBinder::bind_limit(const sql::Query& query, PlanPtr& plan) {
  const sql::LimitClause& clause = query.limit;
  if (!clause.limit && !clause.offset) return {};
  PlanPtr node = make_node(PlanKind::Limit, std::move(plan));
  const auto count = [&](const sql::Expression& expression,
                         std::string_view what) -> Result<std::optional<uint64_t>> {
    const Value value = TRY(bind_constant_value(expression, context_));
    if (value.is_null()) return std::nullopt;
    ExpressionBinder binder(context_, Scope{});
    ExpressionPtr constant = make_constant(value);
    constant->is_literal = true;
    const auto number = binder.fold(*TRY(binder.cast(std::move(constant), TypeId::BigInt)));
    if (!number)
      return bind_error(expression.position, std::string(what) + " must be a whole number");
    if (number->as_integer() < 0) {
      return bind_error(expression.position, std::string(what) + " must not be negative", {},
                        ErrorCode::OutOfRange);
    }
    return static_cast<uint64_t>(number->as_integer());
  };
  if (clause.limit && clause.percent) {
    const Value value = TRY(bind_constant_value(*clause.limit, context_));
    if (!value.is_null()) {
      const std::string text = value.to_string();
      const double percent = std::strtod(text.c_str(), nullptr);
      if (!(percent >= 0 && percent <= 100)) {
        return bind_error(clause.limit->position,
                          "Limit percent out of range, should be between 0% and 100%", {},
                          ErrorCode::OutOfRange);
      }
      node->limit_percent = percent;
    }
  } else if (clause.limit) {
    node->limit = TRY(count(*clause.limit, "LIMIT"));
  }
  if (clause.offset) node->offset = TRY(count(*clause.offset, "OFFSET"))
  .value_or(0);
  plan = std::move(node);
  return {};
}

// A number of rows, or of 100 rows with the reservoir's method, are the first ones in a random
// order; the other methods toss a coin for each row. A seed is accepted, but workers race for rows,
// so that it promises nothing.
Result<PlanPtr> QueryBinder::bind_sample(const sql::SampleClause& sample, PlanPtr plan) {
  const bool reservoir = sample.method == sql::SampleMethod::Reservoir || !sample.percent;
  if (!sample.percent && (sample.method == sql::SampleMethod::Bernoulli ||
                          sample.method == sql::SampleMethod::System)) {
    return bind_error(sample.position,
                      "this sample method cannot be used with a number of rows: take reservoir or "
                      "a percentage",
                      {}, ErrorCode::Syntax);
  }
  const Scope nothing;
  ExpressionBinder binder(context_, nothing);
  sql::FunctionCall call;
  call.name.parts = {"random"};
  call.position = sample.position;
  ExpressionPtr chance = TRY(binder.bind(call));
  if (!reservoir) {
    plan = make_node(PlanKind::Filter, std::move(plan));
    plan->expressions.push_back(
        make_comparison(ComparisonOperator::Less, std::move(chance),
                        make_constant(Value::real(TypeId::Double, sample.size / 100))));
    return plan;
  }
  plan = make_node(PlanKind::Sort, std::move(plan));
  SortKey key;
  key.expression = std::move(chance);
  plan->sort_keys.push_back(std::move(key));
  plan = make_node(PlanKind::Limit, std::move(plan));
  if (sample.percent) {
    plan->limit_percent = sample.size;
  } else {
    plan->limit = static_cast<uint64_t>(sample.size);
  }
  return plan;
}

Status QueryBinder::order_by_output(const sql::Query& query, PlanPtr& plan) {
  if (query.order_by.empty()) return {};
  Scope scope;
  scope.add("", plan->output);
  std::vector<SortKey> keys;
  if (query.order_by_all) {
    for (uint32_t i = 0; i < plan->output.size(); ++i) {
      keys.push_back(TRY(sort_key(query.order_by[0], make_column(i, plan->output[i].type))));
    }
  } else {
    for (const sql::OrderItem& item : query.order_by) {
      ExpressionBinder binder(context_, scope);
      binder.enter_clause("ORDER BY clause", nullptr);
      ExpressionPtr value = TRY(binder.bind(*item.value));
      if (value->is_literal && value->type.is_integer()) {
        const int128_t position = value->constant.as_integer();
        if (position < 1 || position > static_cast<int128_t>(plan->output.size())) {
          return bind_error(item.value->position,
                            "ORDER term out of range - should be between 1 and " +
                                std::to_string(plan->output.size()));
        }
        const auto column = static_cast<uint32_t>(position - 1);
        value = make_column(column, plan->output[column].type);
      }
      keys.push_back(TRY(sort_key(item, std::move(value))));
    }
  }
  plan = make_node(PlanKind::Sort, std::move(plan));
  plan->sort_keys = std::move(keys);
  return {};
}

Result<PlanPtr> QueryBinder::bind_values(const sql::Values& values) {
  PlanPtr node = make_node(PlanKind::Values);
  const Scope nothing;
  ExpressionBinder binder(context_, nothing);
  binder.enter_clause("VALUES", nullptr);
  for (const sql::ExpressionList& row : values.rows) {
    std::vector<ExpressionPtr> bound;
    for (const auto& value : row) bound.push_back(TRY(binder.bind(*value)));
    node->rows.push_back(std::move(bound));
  }
  const size_t width = node->rows.empty() ? 0 : node->rows[0].size();
  for (size_t column = 0; column < width; ++column) {
    std::vector<ExpressionPtr*> cells;
    for (auto& row : node->rows) cells.push_back(&row[column]);
    const Type type = TRY(binder.unify(cells, "VALUES list"));
    node->output.push_back({"col" + std::to_string(column), type});
  }
  PlanPtr plan = std::move(node);
  TRY(order_by_output(values, plan));
  TRY(bind_limit(values, plan));
  return plan;
}

namespace {

Type without_null(const Type& type) {
  switch (type.id()) {
    case TypeId::Null:
      return TypeId::Integer;
    case TypeId::List:
      return Type::list(without_null(type.element()));
    case TypeId::Array:
      return Type::array(without_null(type.element()), type.array_size());
    case TypeId::Map:
      return Type::map(without_null(type.map_key()), without_null(type.map_value()));
    case TypeId::Struct: {
      std::vector<Type::Field> fields = type.fields();
      for (Type::Field& field : fields) field.type = without_null(field.type);
      return Type::structure(std::move(fields));
    }
    default:
      return type;
  }
}

}  // namespace

PlanPtr give_null_a_type(PlanPtr plan) {
  bool any = false;
  for (const Field& field : plan->output) any = any || !(without_null(field.type) == field.type);
  if (!any) return plan;
  plan = make_node(PlanKind::Project, std::move(plan));
  for (uint32_t i = 0; i < plan->output.size(); ++i) {
    Field& field = plan->output[i];
    plan->expressions.push_back(make_cast(make_column(i, field.type), without_null(field.type)));
    field.type = plan->expressions.back()->type;
  }
  return plan;
}

Result<PlanPtr> bind_query(const sql::Query& query, const BindContext& context) {
  QueryBinder binder(context);
  return give_null_a_type(TRY(binder.bind(query)));
}

}  // namespace whittle
