// Aggregate calls, and the step from the input's columns to the Aggregate node's output.
#include "plan/binder/expression_binder.hpp"
#include "plan/binder/overloads.hpp"
#include "sql/to_sql.hpp"

namespace whittle {

Result<AggregateCall> ExpressionBinder::make_aggregate(const AggregateFunction& row,
                                                       std::vector<ExpressionPtr> arguments,
                                                       bool distinct, SourcePosition position) {
  BindCall call;
  call.name = row.name;
  call.aggregate = row.operations;
  call.state_size = row.state_size;
  call.distinct = distinct;
  std::vector<std::optional<Value>> constants;
  constants.reserve(arguments.size());
  for (size_t i = 0; i < arguments.size(); ++i) {
    call.arguments.push_back(bound_argument(Operand(*arguments[i]), wanted_type(row, i)));
    constants.push_back(fold(*arguments[i]));
    call.constants.push_back(constants.back() ? &*constants.back() : nullptr);
    call.argument_names.emplace_back();
  }
  call.result =
      row.result == TypeId::Null && !call.arguments.empty() ? call.arguments[0] : Type(row.result);
  if (row.bind) TRY(row.bind(call));
  AggregateCall aggregate;
  aggregate.function = std::string(row.name);
  aggregate.operations = call.aggregate;
  aggregate.state_size = call.state_size;
  aggregate.state = std::move(call.state);
  aggregate.type = call.result;
  if (call.result.id() == TypeId::Varchar && !arguments.empty()) {
    aggregate.type.set_collation(arguments[0]->type.collation());
  }
  aggregate.distinct = distinct && !row.distinct_is_noop;
  aggregate.order_sensitive = row.order_sensitive;
  aggregate.position = position;
  for (size_t i = 0; i < arguments.size() && i < call.arguments.size(); ++i) {
    aggregate.arguments.push_back(TRY(cast(std::move(arguments[i]), call.arguments[i])));
  }
  return aggregate;
}

// GROUPING(a, b): one bit for each argument, set where the row's grouping set leaves it out.
Result<ExpressionPtr> ExpressionBinder::bind_grouping(const sql::FunctionCall& call) {
  if (!aggregates_ || !groups_) {
    return bind_error(call.position, "GROUPING function is not supported here");
  }
  if (groups_->empty()) {
    return bind_error(call.position, "GROUPING statement cannot be used without groups");
  }
  if (call.arguments.empty() || call.arguments.size() > 63) {
    return bind_error(call.position, "GROUPING requires one to 63 arguments");
  }
  AggregateCall grouping;
  grouping.function = "grouping";
  grouping.type = TypeId::BigInt;
  grouping.position = call.position;
  for (const auto& argument : call.arguments) {
    ExpressionPtr child = TRY(bind(*argument));
    child->is_literal = false;
    bool known = false;
    for (const ExpressionPtr& group : *groups_) known = known || group->equals(*child);
    if (!known) {
      return bind_error(argument->position, "GROUPING child \"" + sql::column_name(*argument) +
                                                "\" must be a grouping column");
    }
    grouping.arguments.push_back(std::move(child));
  }
  uint32_t place = 0;
  while (place < aggregates_->size() && !(*aggregates_)[place].equals(grouping)) ++place;
  ExpressionPtr column = make_column(kAggregateColumns + place, grouping.type);
  if (place == aggregates_->size()) aggregates_->push_back(std::move(grouping));
  return column;
}

Status ExpressionBinder::bind_aggregate_order(const sql::FunctionCall& call,
                                              AggregateCall& aggregate) {
  for (const sql::OrderItem& item : call.order_by) {
    AggregateCall::Order order;
    order.key = TRY(collation_key(TRY(bind(*item.value))));
    order.key->is_literal = false;
    order.descending = item.direction == sql::SortDirection::Descending ||
                       (item.direction == sql::SortDirection::Unstated &&
                        context_.settings.descending_by_default());
    order.nulls_first = item.nulls == sql::NullOrder::Unstated
                            ? context_.settings.nulls_first(order.descending)
                            : item.nulls == sql::NullOrder::First;
    aggregate.order_by.push_back(std::move(order));
  }
  return {};
}

namespace {

// percentile_cont(0.5) WITHIN GROUP (ORDER BY x) is quantile_cont(x, 0.5).
struct OrderedSet {
  std::string_view name, function;
};
constexpr OrderedSet ordered_sets[] = {{"percentile_cont", "quantile_cont"},
                                       {"percentile_disc", "quantile_disc"},
                                       {"quantile_cont", "quantile_cont"},
                                       {"quantile_disc", "quantile_disc"},
                                       {"quantile", "quantile"},
                                       {"mode", "mode"}};

}  // namespace

// WITHIN GROUP (ORDER BY x DESC): quantile f from above is 1 - f from below.
Status ExpressionBinder::reverse_fractions(std::vector<ExpressionPtr>& arguments,
                                           SourcePosition position) {
  for (ExpressionPtr& argument : arguments) {
    const std::optional<Value> value = fold(*argument);
    if (!value) return bind_error(position, "the fraction of a quantile must be constant");
    const auto reversed = [](const Value& fraction) {
      if (fraction.is_null()) return Value::null(TypeId::Double);
      const std::string text = fraction.to_string();
      return Value::real(TypeId::Double, 1 - std::strtod(text.c_str(), nullptr));
    };
    if (value->type().id() == TypeId::List && !value->is_null()) {
      std::vector<Value> fractions;
      for (const Value& fraction : value->children()) fractions.push_back(reversed(fraction));
      argument = make_constant(Value::nested(Type::list(TypeId::Double), std::move(fractions)));
    } else {
      argument = make_constant(reversed(*value));
    }
  }
  return {};
}

Result<ExpressionPtr> ExpressionBinder::bind_aggregate(const sql::FunctionCall& call,
                                                       std::string_view name) {
  if (!aggregates_) {
    if (inside_aggregate_)
      return bind_error(call.position, "aggregate function calls cannot be nested");
    return bind_error(call.position, std::string(clause_) + " cannot contain aggregates!");
  }
  std::vector<AggregateCall>* collected = std::exchange(aggregates_, nullptr);
  std::vector<UnnestCall>* unnests = std::exchange(unnests_, nullptr);
  const bool nested = std::exchange(inside_aggregate_, true);
  const auto build = [&]() -> Result<AggregateCall> {
    std::vector<ExpressionPtr> arguments;
    const auto* star =
        call.arguments.size() == 1 ? sql::if_is<sql::Star>(*call.arguments[0]) : nullptr;
    const bool all_rows = call.star || (star && !star->is_columns);
    if (all_rows && call.distinct) {
      return bind_error(call.position, "DISTINCT of * needs a list of columns: COLUMNS(*)");
    }
    if (!all_rows) arguments = TRY(bind_list(call.arguments));
    if (call.within_group) {
      if (call.order_by.size() != 1) {
        return bind_error(call.position, "WITHIN GROUP needs exactly one ORDER BY expression");
      }
      if (call.order_by[0].direction == sql::SortDirection::Descending && name != "mode") {
        TRY(reverse_fractions(arguments, call.position));
      }
      for (const OrderedSet& set : ordered_sets) {
        if (set.name == name) name = set.function;
      }
      arguments.insert(arguments.begin(), TRY(bind(*call.order_by[0].value)));
    }
    std::string_view function = name;
    if (name == "count" && arguments.empty() &&
        !context_.functions.aggregate("count_star").empty()) {
      function = "count_star";
    }
    if ((name == "min" || name == "max") && arguments.size() == 1 &&
        arguments[0]->type.collation()) {  // the text with the least key
      function = name == "min" ? "arg_min" : "arg_max";
      arguments.push_back(TRY(collation_key(arguments[0]->clone())));
    }
    const auto rows = context_.functions.aggregate(function);
    std::vector<Operand> operands;
    for (const ExpressionPtr& argument : arguments) operands.emplace_back(*argument);
    bool ambiguous = false;
    const AggregateFunction* row =
        best_overload(rows, std::span<const Operand>(operands), ambiguous);
    if (!row) return no_match(name, operands, ambiguous, candidate_text(rows), call.position);
    AggregateCall aggregate =
        TRY(make_aggregate(*row, std::move(arguments), call.distinct, call.position));
    // The first in order is the mode among equally frequent ones.
    if (!call.within_group || name == "mode") TRY(bind_aggregate_order(call, aggregate));
    if (call.filter) aggregate.filter = TRY(bind_condition(*call.filter));
    if (aggregate.distinct) {
      for (const auto& order : aggregate.order_by) {
        bool found = false;
        for (const auto& argument : aggregate.arguments)
          found = found || argument->equals(*order.key);
        if (!found) {
          return bind_error(call.position,
                            "In a DISTINCT aggregate, ORDER BY expressions must appear "
                            "in the argument list");
        }
      }
    }
    if (!row->order_sensitive) aggregate.order_by.clear();
    return aggregate;
  };
  Result<AggregateCall> aggregate = build();
  inside_aggregate_ = nested;
  aggregates_ = collected;
  unnests_ = unnests;
  if (!aggregate) return fail(std::move(aggregate).error().with_position(call.position));
  uint32_t place = 0;
  while (place < collected->size() && !(*collected)[place].equals(*aggregate)) ++place;
  ExpressionPtr column = make_column(kAggregateColumns + place, aggregate->type);
  if (place == collected->size()) collected->push_back(std::move(*aggregate));
  return column;
}

bool has_aggregate(const Expression& expression) {
  bool found = false;
  for_each_column(expression, [&](const Expression& column) {
    found = found || column.index >= kAggregateColumns;
  });
  return found;
}

bool has_unnest(const Expression& expression) {
  bool found = false;
  for_each_column(expression, [&](const Expression& column) {
    found = found || (column.index >= kUnnestColumns && column.index < kAggregateColumns);
  });
  return found;
}

Status AggregateRewriter::rewrite(ExpressionPtr& expression) const {
  for (const CollatedGroup& group : collated_) {
    if (!group.text || !group.text->equals(*expression)) continue;
    expression = group.value->clone();
    return {};
  }
  for (uint32_t i = 0; i < groups_.size(); ++i) {
    if (!groups_[i]->equals(*expression)) continue;
    ExpressionPtr column = make_column(i, expression->type);
    column->position = expression->position;
    expression = std::move(column);
    return {};
  }
  if (expression->kind == ExpressionKind::Column) {
    if (expression->index >= kAggregateColumns) {
      expression->index =
          expression->index - kAggregateColumns + static_cast<uint32_t>(groups_.size());
      return {};
    }
    if (expression->index >= kUnnestColumns) return {};
    const std::string& name = scope_.columns[expression->index].name;
    return bind_error(
        expression->position,
        "column \"" + name +
            "\" must appear in the GROUP BY clause or must be part of an aggregate function.",
        "Either add it to the GROUP BY list, or use \"ANY_VALUE(" + name +
            ")\" if the exact value of \"" + name + "\" is not important.");
  }
  const size_t first = expression->kind == ExpressionKind::Lambda ? 1 : 0;
  for (size_t i = first; i < expression->children.size(); ++i)
    TRY(rewrite(expression->children[i]));
  return {};
}

}  // namespace whittle
