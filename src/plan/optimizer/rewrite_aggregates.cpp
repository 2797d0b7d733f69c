#include <algorithm>

#include "plan/binder/expression_binder.hpp"
#include "plan/binder/overloads.hpp"
#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

bool is_small_integer(const Type& type) {
  return type.is_integer() && type.physical() != PhysicalType::Int128 &&
         type.physical() != PhysicalType::UInt128;
}

// The parts of sum(x + k). Sums are exact in HUGEINT, so sum(x) + k * count(x) is the same number.
// One difference is meant: where x + k overflows its own narrow type, the sum is given instead of
// an error, as DuckDB's rewriting of sums does.
struct Shifted {
  const Expression* base;
  int128_t shift;
};
std::optional<Shifted> shifted(const AggregateCall& call) {
  if (call.function != "sum" || call.distinct || call.filter || call.type.id() != TypeId::HugeInt)
    return {};
  const Expression& argument = *call.arguments[0];
  if (argument.kind != ExpressionKind::Call || argument.children.size() != 2) return {};
  if (argument.function != "+" && argument.function != "-") return {};
  const Expression* base = argument.children[0].get();
  const Expression* constant = argument.children[1].get();
  if (argument.function == "+" && base->is_constant()) std::swap(base, constant);
  if (!constant->is_constant() || constant->constant.is_null() || !is_small_integer(constant->type))
    return {};
  if (base->is_constant() || !is_small_integer(base->type)) return {};
  const int128_t shift = constant->constant.as_integer();
  return Shifted{base, argument.function == "+" ? shift : -shift};
}

class Rewriter {
 public:
  Rewriter(PlanNode& node, const BindContext& context)
      : node_(node), context_(context), binder_(context, nothing_) {}

  /// Only worth it when several sums share their base: the table of ninety sums becomes two.
  Result<bool> run() {
    size_t candidates = 0;
    for (const AggregateCall& call : node_.aggregates) candidates += shifted(call).has_value();
    if (candidates < 3) return false;
    const auto groups = static_cast<uint32_t>(node_.groups.size());
    std::vector<AggregateCall> old = std::move(node_.aggregates);
    node_.aggregates.clear();
    for (AggregateCall& call : old) {
      if (const auto parts = shifted(call)) {
        outputs_.push_back(TRY(split(*parts, call, groups)));
      } else {
        const Type type = call.type;
        outputs_.push_back(make_column(groups + add(std::move(call)), type));
      }
    }
    return true;
  }
  std::vector<ExpressionPtr> take_outputs() { return std::move(outputs_); }

 private:
  uint32_t add(AggregateCall call) {
    for (uint32_t i = 0; i < node_.aggregates.size(); ++i) {
      if (node_.aggregates[i].equals(call)) return i;
    }
    node_.aggregates.push_back(std::move(call));
    return static_cast<uint32_t>(node_.aggregates.size() - 1);
  }

  Result<uint32_t> add(std::string_view name, const Expression& argument) {
    std::vector<ExpressionPtr> arguments;
    arguments.push_back(argument.clone());
    const Operand operand(*arguments[0]);
    bool ambiguous = false;
    const auto* row =
        best_overload(context_.functions.aggregate(name), std::span(&operand, 1), ambiguous);
    if (!row) return fail(ErrorCode::Internal, "no aggregate " + std::string(name));
    return add(TRY(binder_.make_aggregate(*row, std::move(arguments), false, argument.position)));
  }

  // sum(x) + k * count(x): both NULL-free sides are exact; sum(x) is NULL exactly when sum(x + k)
  // is.
  Result<ExpressionPtr> split(const Shifted& parts, const AggregateCall& call, uint32_t groups) {
    const Expression* base = parts.base;
    // A widening cast below the sum changes nothing of the sum.
    while (base->kind == ExpressionKind::Cast && !base->try_cast && !base->can_fail() &&
           is_small_integer(base->children[0]->type)) {
      base = base->children[0].get();
    }
    ExpressionPtr sum = make_column(groups + TRY(add("sum", *base)), TypeId::HugeInt);
    const uint32_t count = TRY(add("count", *base));
    ExpressionPtr rows =
        make_cast(make_column(groups + count, node_.aggregates[count].type), TypeId::HugeInt);
    ExpressionPtr factor = make_constant(Value::integer(TypeId::HugeInt, parts.shift));
    ExpressionPtr product = TRY(binder_.call("*", std::move(rows), std::move(factor)));
    ExpressionPtr total = TRY(binder_.call("+", std::move(sum), std::move(product)));
    total->position = call.position;
    return total;
  }

  PlanNode& node_;
  const BindContext& context_;
  const Scope nothing_;
  ExpressionBinder binder_;
  std::vector<ExpressionPtr> outputs_;
};

// Which groups follow from the others: constants, and what is computed from columns that are groups
// themselves (`GROUP BY ip, ip - 1`). They divide no group further.
std::vector<bool> derived_groups(const std::vector<ExpressionPtr>& groups) {
  const auto is_group = [&](const Expression& column) {
    for (const ExpressionPtr& group : groups) {
      if (group->kind == ExpressionKind::Column && group->index == column.index) return true;
    }
    return false;
  };
  std::vector<bool> derived(groups.size(), false);
  size_t kept = groups.size();
  for (size_t i = 0; i < groups.size() && kept > 1; ++i) {
    if (groups[i]->kind == ExpressionKind::Column || !groups[i]->is_deterministic()) continue;
    bool follows = true;
    for_each_column(*groups[i],
                    [&](const Expression& column) { follows = follows && is_group(column); });
    derived[i] = follows;
    kept -= follows;
  }
  return derived;
}

// Derived groups leave the hash table's key and are computed above, once per group.
void drop_derived_groups(PlanPtr& plan) {
  if (!plan->grouping_sets.empty()) return;
  const std::vector<bool> derived = derived_groups(plan->groups);
  if (std::find(derived.begin(), derived.end(), true) == derived.end()) return;
  PlanPtr project = make_node(PlanKind::Project);
  project->output = plan->output;
  std::vector<ExpressionPtr> groups;
  Schema output;
  const size_t group_count = plan->groups.size();
  std::vector<uint32_t> place_of_column(plan->children[0]->output.size(), 0);
  for (size_t i = 0; i < group_count; ++i) {
    if (derived[i]) continue;
    if (plan->groups[i]->kind == ExpressionKind::Column) {
      place_of_column[plan->groups[i]->index] = static_cast<uint32_t>(groups.size());
    }
    groups.push_back(std::move(plan->groups[i]));
  }
  for (size_t i = 0; i < plan->output.size(); ++i) {
    if (i < group_count && derived[i]) {
      remap(plan->groups[i], place_of_column);
      project->expressions.push_back(std::move(plan->groups[i]));
      continue;
    }
    project->expressions.push_back(
        make_column(static_cast<uint32_t>(output.size()), plan->output[i].type));
    output.push_back(plan->output[i]);
  }
  plan->groups = std::move(groups);
  plan->output = std::move(output);
  project->children.push_back(std::move(plan));
  plan = std::move(project);
}

Status split_sums(PlanPtr& plan, const BindContext& context) {
  const Schema before = plan->output;
  const size_t groups = plan->groups.size();
  Rewriter rewriter(*plan, context);
  if (!TRY(rewriter.run())) return {};
  plan->output.resize(groups);
  for (const AggregateCall& call : plan->aggregates) {
    plan->output.push_back({call.to_string(&plan->children[0]->output), call.type});
  }
  PlanPtr project = make_node(PlanKind::Project);
  project->output = before;
  for (uint32_t i = 0; i < groups; ++i)
    project->expressions.push_back(make_column(i, before[i].type));
  for (ExpressionPtr& output : rewriter.take_outputs())
    project->expressions.push_back(std::move(output));
  project->children.push_back(std::move(plan));
  plan = std::move(project);
  return {};
}

}  // namespace

Status rewrite_aggregates(PlanPtr& plan, const BindContext& context) {
  for (PlanPtr& child : plan->children) TRY(rewrite_aggregates(child, context));
  if (plan->kind != PlanKind::Aggregate) return {};
  const auto& aggregates = context.functions;
  const bool can_split = !aggregates.aggregate("sum").empty() &&
                         !aggregates.aggregate("count").empty() &&
                         !aggregates.scalar("+").empty() && !aggregates.scalar("*").empty();
  if (can_split) TRY(split_sums(plan, context));
  PlanPtr& aggregate = plan->kind == PlanKind::Project ? plan->children[0] : plan;
  drop_derived_groups(aggregate);
  return {};
}

}  // namespace whittle::rules
