// SELECT: FROM, WHERE, GROUP BY, the select list, HAVING, DISTINCT and ORDER BY, in the order in
// which they are bound (aliases of the list are bound from their trees wherever they are used).
#include <algorithm>

#include "plan/binder/binder.hpp"
#include "plan/binder/query_binder.hpp"
#include "sql/diagnostics.hpp"

namespace whittle {

struct QueryBinder::SelectState {
  const sql::Select& select;
  Scope scope;
  PlanPtr plan;
  std::vector<OutputItem> items;
  std::vector<Alias> aliases;
  std::vector<AggregateCall> aggregates;
  std::vector<UnnestCall> unnests;
  std::vector<ExpressionPtr> groups;
  std::vector<uint64_t> grouping_sets;
  std::vector<ExpressionPtr> outputs;  // the items, then hidden columns for ORDER BY
  ExpressionPtr having;
  std::vector<ExpressionPtr> distinct_on;
  std::vector<SortKey> sort_keys;  // over `outputs`

  ExpressionBinder binder(const BindContext& context, bool aliases_first = false) {
    ExpressionBinder binder(context, scope);
    binder.set_groups(&groups);
    binder.set_aliases(aliases, aliases_first);
    return binder;
  }
  /// Column of `outputs` that is `expression`, added where it is none yet.
  uint32_t output_of(ExpressionPtr expression) {
    for (uint32_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i]->equals(*expression)) return i;
    }
    outputs.push_back(std::move(expression));
    return static_cast<uint32_t>(outputs.size() - 1);
  }
};

namespace {

// A plain positive integer: a position in the select list.
std::optional<int64_t> position_of(const sql::Expression& expression) {
  if (const auto* positional = sql::if_is<sql::Positional>(expression)) return positional->index;
  const auto* literal = sql::if_is<sql::Literal>(expression);
  if (!literal || literal->literal != sql::LiteralKind::Integer || literal->text.size() > 18) {
    return std::nullopt;
  }
  return std::strtoll(literal->text.c_str(), nullptr, 10);
}

}  // namespace

Result<ExpressionPtr> QueryBinder::bind_group(SelectState& state,
                                              const sql::Expression& expression) {
  ExpressionBinder binder = state.binder(context_);
  binder.enter_clause("GROUP BY clause", nullptr);
  if (const auto position = position_of(expression)) {
    if (*position < 1 || *position > static_cast<int64_t>(state.items.size())) {
      return bind_error(expression.position,
                        "GROUP BY term out of range - should be between 1 and " +
                            std::to_string(state.items.size()));
    }
    ExpressionPtr group = TRY(binder.bind(*state.items[*position - 1].value));
    group->is_literal = false;
    return group;
  }
  ExpressionPtr group = TRY(binder.bind(expression));
  group->is_literal = false;
  return group;
}

Status QueryBinder::bind_groups(SelectState& state) {
  const sql::GroupBy& group_by = state.select.group_by;
  std::vector<uint32_t> place_of;  // of each written expression among the distinct groups
  for (const auto& expression : group_by.expressions) {
    ExpressionPtr group = TRY(bind_group(state, *expression));
    uint32_t place = 0;
    while (place < state.groups.size() && !state.groups[place]->equals(*group)) ++place;
    if (place == state.groups.size()) state.groups.push_back(std::move(group));
    place_of.push_back(place);
  }
  if (group_by.sets.empty()) return {};
  if (state.groups.size() > 64) {
    return unsupported(state.select.position, "GROUPING SETS over more than 64 expressions are");
  }
  for (const sql::GroupingSet& set : group_by.sets) {
    uint64_t mask = 0;
    for (uint32_t index : set) mask |= uint64_t{1} << place_of[index];
    state.grouping_sets.push_back(mask);
  }
  return {};
}

Status QueryBinder::bind_order(SelectState& state) {
  const sql::Select& select = state.select;
  const size_t visible = state.items.size();
  ExpressionBinder binder = state.binder(context_, true);
  binder.enter_clause("ORDER BY clause", &state.aggregates, &state.unnests);
  const auto add_key = [&](const sql::OrderItem& item, uint32_t column) -> Status {
    ExpressionPtr value = make_column(column, state.outputs[column]->type);
    state.sort_keys.push_back(TRY(sort_key(item, std::move(value))));
    return {};
  };
  if (select.order_by_all) {
    for (uint32_t i = 0; i < visible; ++i) TRY(add_key(select.order_by[0], i));
    return {};
  }
  for (const sql::OrderItem& item : select.order_by) {
    std::vector<OutputItem> copies = TRY(expand_columns(*item.value, {}, state.scope));
    if (!copies.empty()) {
      for (const OutputItem& copy : copies) {
        TRY(add_key(item, state.output_of(TRY(binder.bind(*copy.value)))));
      }
      continue;
    }
    uint32_t column = 0;
    if (const auto position = position_of(*item.value)) {
      if (*position < 1 || *position > static_cast<int64_t>(visible)) {
        return bind_error(
            item.value->position,
            "ORDER term out of range - should be between 1 and " + std::to_string(visible));
      }
      column = static_cast<uint32_t>(*position - 1);
    } else {
      const auto* literal = sql::if_is<sql::Literal>(*item.value);
      if (literal && literal->literal != sql::LiteralKind::Boolean) {
        return bind_error(item.value->position, "ORDER BY non-integer literal has no effect.",
                          "name a column, or give its position as a number");
      }
      ExpressionPtr value = TRY(binder.bind(*item.value));
      value->is_literal = false;
      if (value->is_constant()) continue;  // a constant orders nothing
      column = state.output_of(std::move(value));
    }
    TRY(add_key(item, column));
  }
  return {};
}

// Texts with a collation are grouped by their keys; above, the first text of a group stands for it.
// (Not those of GROUP BY ALL, as in DuckDB.)
Result<std::vector<CollatedGroup>> QueryBinder::collate_groups(SelectState& state) {
  std::vector<CollatedGroup> collated(state.groups.size());
  for (uint32_t i = 0; i < collated.size(); ++i) {
    const Type type = state.groups[i]->type;
    if (!type.collation()) continue;
    ExpressionBinder binder = state.binder(context_);
    std::vector<ExpressionPtr> arguments;
    arguments.push_back(state.groups[i]->clone());
    collated[i].text = state.groups[i]->clone();
    state.groups[i] = TRY(binder.collation_key(std::move(state.groups[i])));
    const ExpressionPtr& key = state.groups[i];
    for (AggregateCall& call : state.aggregates) {
      for (ExpressionPtr& argument : call.arguments) {
        const bool asks = call.function == "grouping" && argument->equals(*collated[i].text);
        if (asks) argument = key->clone();
      }
    }
    // Where the key is NULL the text is, or the grouping set leaves it out.
    auto value = std::make_unique<Expression>(ExpressionKind::Case, type);
    value->children.push_back(make_unary(ExpressionKind::IsNotNull, make_column(i, key->type)));
    value->children.push_back(
        make_column(static_cast<uint32_t>(collated.size() + state.aggregates.size()), type));
    value->children.push_back(make_constant(Value::null(TypeId::Varchar)));
    collated[i].value = std::move(value);
    state.aggregates.push_back(TRY(binder.make_aggregate(*context_.functions.aggregate("first")[0],
                                                         std::move(arguments), false, {})));
  }
  return collated;
}

// Puts the Aggregate node in when there is one, and turns everything above into expressions over
// it.
Status QueryBinder::add_aggregate(SelectState& state) {
  const sql::Select& select = state.select;
  const std::vector<CollatedGroup> collated = TRY(collate_groups(state));
  if (select.group_by.all) {
    for (size_t i = 0; i < state.items.size(); ++i) {  // hidden ones of ORDER BY group nothing
      const ExpressionPtr& output = state.outputs[i];
      if (has_aggregate(*output)) continue;
      if (has_unnest(*output)) {
        bool aggregated = false;
        for (const UnnestCall& call : state.unnests) {
          aggregated = aggregated || has_aggregate(*call.list);
        }
        if (aggregated) continue;
        return bind_error(output->position, "Cannot group on an UNNEST or UNLIST clause");
      }
      bool known = false;
      for (const ExpressionPtr& group : state.groups) known = known || group->equals(*output);
      if (!known) state.groups.push_back(output->clone());
    }
  }
  const bool grouped = select.group_by.all || !select.group_by.expressions.empty() ||
                       !select.group_by.sets.empty() || select.having || !state.aggregates.empty();
  if (!grouped) return {};
  const AggregateRewriter rewriter(state.groups, collated, state.scope);
  for (ExpressionPtr& output : state.outputs) TRY(rewriter.rewrite(output));
  for (ExpressionPtr& on : state.distinct_on) TRY(rewriter.rewrite(on));
  for (UnnestCall& call : state.unnests) TRY(rewriter.rewrite(call.list));
  if (state.having) TRY(rewriter.rewrite(state.having));
  PlanPtr node = make_node(PlanKind::Aggregate, std::move(state.plan));
  const Schema input = std::move(node->output);
  node->output.clear();
  for (const ExpressionPtr& group : state.groups) {
    node->output.push_back({group->to_string(&input), group->type});
  }
  for (const AggregateCall& aggregate : state.aggregates) {
    node->output.push_back({aggregate.to_string(&input), aggregate.type});
  }
  node->groups = std::move(state.groups);
  node->aggregates = std::move(state.aggregates);
  node->grouping_sets = std::move(state.grouping_sets);
  state.plan = std::move(node);
  if (state.having) {
    state.plan = make_node(PlanKind::Filter, std::move(state.plan));
    state.plan->expressions.push_back(std::move(state.having));
  }
  return {};
}

namespace {

void keep_first_columns(PlanPtr& plan, size_t count) {
  if (plan->output.size() <= count) return;
  plan = make_node(PlanKind::Project, std::move(plan));
  plan->output.resize(count);
  for (uint32_t i = 0; i < count; ++i)
    plan->expressions.push_back(make_column(i, plan->output[i].type));
}

PlanPtr make_distinct(PlanPtr child, std::vector<ExpressionPtr> keys,
                      const std::vector<SortKey>& order) {
  PlanPtr distinct = make_node(PlanKind::Distinct, std::move(child));
  distinct->expressions = std::move(keys);
  if (distinct->expressions.empty()) return distinct;
  for (const SortKey& key : order) {
    distinct->sort_keys.push_back({key.expression->clone(), key.descending, key.nulls_first});
  }
  return distinct;
}

}  // namespace

// Project, Distinct and Sort above what was bound.
PlanPtr QueryBinder::finish(SelectState& state) {
  const size_t visible = state.items.size();
  std::vector<ExpressionPtr> keys;
  for (ExpressionPtr& on : state.distinct_on) {
    const Type type = on->type;
    keys.push_back(make_column(state.output_of(std::move(on)), type));
  }
  PlanPtr project = make_node(PlanKind::Project, std::move(state.plan));
  project->output.clear();
  for (size_t i = 0; i < state.outputs.size(); ++i) {
    std::string name = i < visible ? state.items[i].name : state.outputs[i]->to_string();
    project->output.push_back({std::move(name), state.outputs[i]->type});
  }
  project->expressions = std::move(state.outputs);
  PlanPtr plan = std::move(project);
  if (state.select.distinct == sql::DistinctKind::Distinct) {
    const bool hidden = keys.empty() && plan->output.size() > visible;
    for (uint32_t i = 0; hidden && i < visible; ++i)
      keys.push_back(make_column(i, plan->output[i].type));
    plan = make_distinct(std::move(plan), std::move(keys), {});
  } else if (state.select.distinct == sql::DistinctKind::On) {
    plan = make_distinct(std::move(plan), std::move(keys), state.sort_keys);
  }
  if (!state.sort_keys.empty()) {
    plan = make_node(PlanKind::Sort, std::move(plan));
    plan->sort_keys = std::move(state.sort_keys);
  }
  return plan;
}

// The select list; an item that unnests a struct becomes one per field.
Status QueryBinder::bind_outputs(SelectState& state) {
  ExpressionBinder binder = state.binder(context_);
  binder.enter_clause("SELECT clause", &state.aggregates, &state.unnests);
  std::vector<OutputItem> items;
  size_t visible_aliases = 0;
  for (OutputItem& item : state.items) {
    binder.set_aliases(std::span(state.aliases).first(visible_aliases));  // only earlier ones
    visible_aliases += item.has_alias;
    auto unnested = TRY(binder.bind_unnested_item(*item.value));
    if (!unnested.empty() && !unnested[0].name.empty()) {
      for (NamedExpression& field : unnested) {
        items.push_back({item.value, std::move(field.name), false});
        state.outputs.push_back(std::move(field.value));
      }
      continue;
    }
    ExpressionPtr output;
    if (unnested.empty()) {
      output = TRY(binder.bind(*item.value));
    } else {
      output = std::move(unnested[0].value);
    }
    state.outputs.push_back(std::move(output));
    state.outputs.back()->is_literal = false;
    items.push_back(std::move(item));
  }
  state.items = std::move(items);
  return {};
}

Result<PlanPtr> QueryBinder::bind_select(const sql::Select& select) {
  if (select.qualify) return unsupported(select.qualify->position, "QUALIFY is");
  SelectState state{.select = select};
  state.plan = TRY(bind_from(select, state.scope));
  state.items = TRY(expand_items(select, state.scope));
  for (const OutputItem& item : state.items) {
    if (item.has_alias) state.aliases.push_back({item.name, item.value});
  }
  if (select.sample) state.plan = TRY(bind_sample(*select.sample, std::move(state.plan)));
  if (select.where) {
    ExpressionBinder binder = state.binder(context_);
    binder.enter_clause("WHERE clause", nullptr);
    ExpressionPtr condition =
        TRY(binder.bind_condition(*TRY(expand_condition(*select.where, state.scope))));
    state.plan = make_node(PlanKind::Filter, std::move(state.plan));
    state.plan->expressions.push_back(std::move(condition));
  }
  TRY(bind_groups(state));
  TRY(bind_outputs(state));
  if (select.having) {
    ExpressionBinder having = state.binder(context_, true);
    having.enter_clause("HAVING clause", &state.aggregates);
    state.having = TRY(having.bind_condition(*select.having));
  }
  for (const auto& on : select.distinct_on) {
    ExpressionBinder distinct = state.binder(context_, true);
    distinct.enter_clause("DISTINCT ON clause", &state.aggregates, &state.unnests);
    if (const auto position = position_of(*on);
        position && *position >= 1 && *position <= static_cast<int64_t>(state.items.size())) {
      state.distinct_on.push_back(
          TRY(distinct.collation_key(state.outputs[*position - 1]->clone())));
      continue;
    }
    state.distinct_on.push_back(TRY(distinct.collation_key(TRY(distinct.bind(*on)))));
  }
  bool collated = false;
  for (const ExpressionPtr& output : state.outputs) collated |= output->type.collation() != 0;
  if (select.distinct == sql::DistinctKind::Distinct && collated) {  // by keys
    for (const ExpressionPtr& output : state.outputs) {
      state.distinct_on.push_back(TRY(state.binder(context_).collation_key(output->clone())));
    }
  }
  if (!select.order_by.empty()) TRY(bind_order(state));
  TRY(add_aggregate(state));
  if (!state.unnests.empty()) {
    std::vector<ExpressionPtr>* lists[] = {&state.outputs, &state.distinct_on};
    add_unnest_nodes(state.plan, std::move(state.unnests), lists);
  }
  const size_t visible = state.items.size();
  PlanPtr plan = finish(state);
  TRY(bind_limit(select, plan));
  keep_first_columns(plan, visible);
  return plan;
}

}  // namespace whittle
