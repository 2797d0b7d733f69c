// ExpressionBinder: binds the expressions of one SELECT over the columns of its FROM.
//
// Aggregate calls are collected in `aggregates` and stand in the expression as Column nodes from
// kAggregateColumns on; after all clauses are bound, `AggregateRewriter` turns the expressions into
// ones over the Aggregate node's output. Aliases are bound anew from their syntax tree where used.
//
// Lambdas: each has a frame with its parameters and what it captures of the row around it; a name
// is looked up from the innermost frame outwards.
//
// One object per clause list, one thread. Errors carry the position of the node concerned.
#pragma once

#include <functional>
#include <span>

#include "plan/bind_context.hpp"
#include "plan/binder/scope.hpp"
#include "plan/logical_plan.hpp"
#include "plan/type_rules.hpp"
#include "sql/query.hpp"

namespace whittle {

inline constexpr uint32_t kAggregateColumns = 1u << 30;
inline constexpr uint32_t kUnnestColumns = 1u << 29;

/// A list whose elements become rows. Column kUnnestColumns + its place stands for the element;
/// lists of a higher level are unnested first and may be what lower ones refer to.
struct UnnestCall {
  ExpressionPtr list;
  uint32_t level = 0;
};
struct NamedExpression {
  std::string name;
  ExpressionPtr value;
};

struct Alias {
  std::string name;
  const sql::Expression* value;
};

std::unexpected<Error> bind_error(SourcePosition position, std::string message,
                                  std::string hint = {}, ErrorCode code = ErrorCode::Binder);
std::unexpected<Error> unsupported(SourcePosition position, std::string feature);

class ExpressionBinder {
 public:
  ExpressionBinder(const BindContext& context, const Scope& scope)
      : context_(context), scope_(scope) {}

  /// Where the expressions stand, for messages: "WHERE clause". Null `aggregates`: none allowed.
  void enter_clause(std::string_view clause, std::vector<AggregateCall>* aggregates,
                    std::vector<UnnestCall>* unnests = nullptr) {
    clause_ = clause;
    aggregates_ = aggregates;
    unnests_ = unnests;
  }
  /// The groups written in GROUP BY, which GROUPING() asks for; null: it is not allowed here.
  void set_groups(const std::vector<ExpressionPtr>* groups) { groups_ = groups; }
  /// Aliases that names may mean; columns win unless `aliases_first` (ORDER BY).
  void set_aliases(std::span<const Alias> aliases, bool aliases_first = false) {
    aliases_ = aliases;
    aliases_first_ = aliases_first;
  }

  Result<ExpressionPtr> bind(const sql::Expression& expression);
  /// A whole item of a select list: unnest() of a struct makes several columns of it. Nothing where
  /// `expression` is no such call.
  Result<std::vector<NamedExpression>> bind_unnested_item(const sql::Expression& expression);
  /// What the collation of a value compares, groups and orders by: itself where it has none.
  Result<ExpressionPtr> collation_key(ExpressionPtr value);
  /// The list that `unnest(l)`, `range(n)` or `generate_series(a, b)` in FROM gives out, and with
  /// `ordinality` the numbers of its elements.
  Result<std::vector<ExpressionPtr>> bind_table_lists(const sql::FunctionCall& call,
                                                      bool ordinality);
  /// As bind, cast to BOOLEAN.
  Result<ExpressionPtr> bind_condition(const sql::Expression& expression);
  /// Casts by the rules; literals are converted at once. `position` of the expression in errors.
  Result<ExpressionPtr> cast(ExpressionPtr expression, const Type& type);
  /// All to their common type; `what` names the construct in the error ("CASE").
  Result<Type> unify(std::span<ExpressionPtr* const> expressions, std::string_view what);
  /// The value of an expression without columns; nullopt where it is none or fails.
  std::optional<Value> fold(const Expression& expression);
  /// A call of a scalar function with two arguments, for plans made without syntax.
  Result<ExpressionPtr> call(std::string_view name, ExpressionPtr first, ExpressionPtr second) {
    return call_function(name, std::move(first), std::move(second), {});
  }
  Result<AggregateCall> make_aggregate(const AggregateFunction& row,
                                       std::vector<ExpressionPtr> arguments, bool distinct,
                                       SourcePosition position);

 private:
  struct LambdaFrame {
    std::vector<std::string> names;
    std::vector<Type> types;
    std::vector<ExpressionPtr> captures;  // over the row around the lambda
  };
  struct Argument {
    ExpressionPtr value;  // null for a lambda not yet bound
    const sql::Lambda* lambda = nullptr;
    std::string name;  // of a named argument
  };
  using Arguments = std::vector<Argument>;

  // bind_expression.cpp
  Result<ExpressionPtr> dispatch(const sql::Expression& expression);
  Result<ExpressionPtr> bind_literal(const sql::Literal& literal);
  Result<ExpressionPtr> bind_parameter(const sql::Parameter& parameter);
  Result<ExpressionPtr> bind_unary(const sql::Unary& unary);
  Result<ExpressionPtr> bind_binary(const sql::Binary& binary);
  Result<ExpressionPtr> bind_conjunction(const sql::Conjunction& conjunction);
  Result<ExpressionPtr> bind_is_boolean(const sql::IsBoolean& test);
  Result<ExpressionPtr> bind_cast(const sql::Cast& cast);
  Result<ExpressionPtr> bind_interval(const sql::Interval& interval);
  Result<ExpressionPtr> bind_collate(const sql::Collate& collate);
  /// The one that some of them have; an error where they have several.
  static Result<uint8_t> common_collation(std::span<ExpressionPtr* const> values);
  /// Gives all texts among them the collation that some have.
  static Status share_collation(std::span<ExpressionPtr* const> values);
  /// Makes keys of all texts among them.
  Status collate(std::span<ExpressionPtr* const> values);

  // bind_comparison.cpp
  Result<ExpressionPtr> compare(ComparisonOperator op, ExpressionPtr left, ExpressionPtr right,
                                SourcePosition position);
  Result<ExpressionPtr> bind_between(const sql::Between& between);
  Result<ExpressionPtr> bind_in(const sql::In& in);
  /// `x op ANY (list)`.
  Result<ExpressionPtr> bind_any(const sql::Subquery& any);
  Result<ExpressionPtr> bind_like(const sql::Like& like);
  Result<ExpressionPtr> bind_case(const sql::Case& expression);

  // bind_column.cpp
  Result<ExpressionPtr> bind_column(const sql::ColumnReference& reference);
  /// The parts as a column (and fields of it) in the innermost `frames` lambdas; null: unknown.
  Result<ExpressionPtr> find_column(const sql::ColumnReference& reference, size_t frames);
  Result<ExpressionPtr> find_in_scope(const sql::ColumnReference& reference);
  Result<ExpressionPtr> find_alias(const sql::ColumnReference& reference);
  Result<ExpressionPtr> extract_fields(ExpressionPtr value, std::span<const std::string> fields,
                                       SourcePosition position);
  Result<ExpressionPtr> bind_lambda(const sql::Lambda& lambda, std::string_view function,
                                    const Arguments& arguments);
  Result<ExpressionPtr> bind_subscript(const sql::Subscript& subscript);
  Result<ExpressionPtr> bind_slice(const sql::Slice& slice);

  // bind_function.cpp
  Result<ExpressionPtr> bind_call(const sql::FunctionCall& call);
  Result<Arguments> bind_arguments(const sql::FunctionCall& call);
  /// COALESCE, NULLIF, IF, TRY, typeof, now(), …; null: an ordinary function.
  Result<ExpressionPtr> bind_special(const sql::FunctionCall& call, std::string_view name);
  Result<ExpressionPtr> call_function(std::string_view name, Arguments arguments,
                                      SourcePosition position);
  Result<ExpressionPtr> call_function(std::string_view name, ExpressionPtr first,
                                      ExpressionPtr second, SourcePosition position);
  Result<ExpressionPtr> make_call(const ScalarFunction& row, Arguments arguments,
                                  SourcePosition position);
  std::unexpected<Error> unknown_function(std::string_view name, SourcePosition position);
  Result<std::vector<ExpressionPtr>> bind_list(const sql::ExpressionList& list);
  Result<ExpressionPtr> bind_if(std::vector<ExpressionPtr> arguments, SourcePosition position);

  // bind_unnest.cpp
  Result<ExpressionPtr> bind_unnest(const sql::FunctionCall& call);
  Result<std::vector<NamedExpression>> expand_unnest(const sql::FunctionCall& call, bool is_item);
  Result<ExpressionPtr> bind_generate_subscripts(const sql::FunctionCall& call);
  Result<ExpressionPtr> add_unnest(ExpressionPtr list, uint32_t level);
  Status check_unnest(const sql::FunctionCall& call) const;

  // bind_aggregate.cpp
  Result<ExpressionPtr> bind_aggregate(const sql::FunctionCall& call, std::string_view name);
  Result<ExpressionPtr> bind_grouping(const sql::FunctionCall& call);
  Status reverse_fractions(std::vector<ExpressionPtr>& arguments, SourcePosition position);
  Status bind_aggregate_order(const sql::FunctionCall& call, AggregateCall& aggregate);

  const BindContext& context_;
  const Scope& scope_;
  std::string_view clause_ = "expression";
  std::vector<AggregateCall>* aggregates_ = nullptr;
  std::vector<UnnestCall>* unnests_ = nullptr;
  bool inside_unnest_ = false;
  const std::vector<ExpressionPtr>* groups_ = nullptr;
  std::span<const Alias> aliases_;
  bool aliases_first_ = false;
  bool inside_aggregate_ = false;
  std::vector<LambdaFrame> frames_;
  std::vector<std::string_view> aliases_open_;  // being bound right now: a cycle if met again
  uint32_t depth_ = 0;
  uint32_t nodes_ = 0;
};

/// A group that a collation makes: the text it was written as, over the input, and what stands for
/// it above the Aggregate. Null for groups without one.
struct CollatedGroup {
  ExpressionPtr text, value;
};

/// Turns expressions over the input into expressions over an Aggregate's output (groups, then
/// aggregates).
class AggregateRewriter {
 public:
  AggregateRewriter(const std::vector<ExpressionPtr>& groups,
                    std::span<const CollatedGroup> collated, const Scope& scope)
      : groups_(groups), collated_(collated), scope_(scope) {}
  Status rewrite(ExpressionPtr& expression) const;

 private:
  const std::vector<ExpressionPtr>& groups_;
  std::span<const CollatedGroup> collated_;
  const Scope& scope_;
};

/// Whether an expression as bound holds an aggregate, or an unnested list.
bool has_aggregate(const Expression& expression);
bool has_unnest(const Expression& expression);
/// Unnest nodes for `calls` on top of `plan`, and `expressions` over their output.
void add_unnest_nodes(PlanPtr& plan, std::vector<UnnestCall> calls,
                      std::span<std::vector<ExpressionPtr>* const> expressions);

}  // namespace whittle
