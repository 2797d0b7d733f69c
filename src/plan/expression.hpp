// Expression: a bound expression: names are column positions, calls are kernels, every node has a
// type. Made by the binder, rewritten by the optimizer, evaluated by exec/. One plain struct with a
// kind; the fields a kind does not use stay empty.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "columnar/value.hpp"
#include "plan/function.hpp"

namespace whittle {

enum class ExpressionKind : uint8_t {
  Column,      // input column `index`
  Constant,    // `constant`
  Call,        // `kernel` over children
  Cast,        // children[0] to `type`; `try_cast`: NULL instead of an error
  Comparison,  // children[0] `comparison` children[1], both of one type
  And,         // two or more children, BOOLEAN
  Or,
  Not,
  IsNull,
  IsNotNull,
  In,        // children[0] in (children[1…], all Constant, one type): a set; `negated`
  Case,      // when, then, when, then, …, else (always present)
  Coalesce,  // first non-NULL child, evaluated lazily
  Try,       // TRY(x): NULL where x fails
  Lambda,    // children[0] is the body, children[1…] are captures (expressions over the outer row).
             // Inside the body, Column 0 … lambda_parameters-1 are the parameters and the captures
             // follow
  Parameter,  // `index`; replaced by a Constant before execution
};

enum class ComparisonOperator : uint8_t {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  DistinctFrom,
  NotDistinctFrom,
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Expression {
  ExpressionKind kind;
  Type type;
  SourcePosition position;
  std::vector<ExpressionPtr> children;

  uint32_t index = 0;  // Column, Parameter
  Value constant;      // Constant
  ComparisonOperator comparison = ComparisonOperator::Equal;
  bool negated = false;   // In
  bool try_cast = false;  // Cast
  /// Constant: written as a plain number or string in the SQL text, so it takes the type of what it
  /// meets (type_rules.hpp). Binder only.
  bool is_literal = false;

  // Call
  std::string function;  // its name, for EXPLAIN and messages
  ScalarKernel kernel = nullptr;
  FunctionStateRef state;
  uint8_t flags = kNone;

  // Lambda
  uint32_t lambda_parameters = 0;  // 1 or 2 (value, index)

  Expression(ExpressionKind kind, Type type) : kind(kind), type(std::move(type)) {}
  ExpressionPtr clone() const;
  /// "(#3 > 5)" with names where `schema` is given: for EXPLAIN.
  std::string to_string(const std::vector<Type::Field>* schema = nullptr) const;
  bool equals(const Expression& other) const;
  bool is_constant() const { return kind == ExpressionKind::Constant; }
  /// No volatile call inside.
  bool is_deterministic() const;
  /// Something inside may fail on some row; if not, it may be evaluated where the query would not
  /// have to.
  bool can_fail() const;
};

ExpressionPtr make_column(uint32_t index, Type type);
ExpressionPtr make_constant(Value value);
ExpressionPtr make_cast(ExpressionPtr child, Type type, bool try_cast = false);
ExpressionPtr make_comparison(ComparisonOperator op, ExpressionPtr left, ExpressionPtr right);
/// Flattens nested conjunctions; of one operand gives that operand.
ExpressionPtr make_and(std::vector<ExpressionPtr> operands);
ExpressionPtr make_unary(ExpressionKind kind, ExpressionPtr operand);  // Not, IsNull, IsNotNull
/// `a < b` as `b > a`, and `NOT (a < b)` as `a >= b`.
ComparisonOperator flip(ComparisonOperator op);
ComparisonOperator negate(ComparisonOperator op);
std::string_view comparison_symbol(ComparisonOperator op);

/// Calls `visit(Expression&)` for every node, parents first.
template <class Node, class F>
void visit(Node& expression, F&& f) {
  f(expression);
  for (auto& child : expression.children) visit(static_cast<Node&>(*child), f);
}

/// Calls `f(ExpressionPtr& slot)` for every Column node that reads the row `expression` works on (a
/// lambda's body reads its own parameters and captures, so only its captures are entered). `f` may
/// replace the node.
template <class F>
void for_each_column(ExpressionPtr& expression, F&& f) {
  if (expression->kind == ExpressionKind::Column) return f(expression);
  const size_t first = expression->kind == ExpressionKind::Lambda ? 1 : 0;
  for (size_t i = first; i < expression->children.size(); ++i)
    for_each_column(expression->children[i], f);
}
template <class F>
void for_each_column(const Expression& expression, F&& f) {
  if (expression.kind == ExpressionKind::Column) return f(expression);
  const size_t first = expression.kind == ExpressionKind::Lambda ? 1 : 0;
  for (size_t i = first; i < expression.children.size(); ++i)
    for_each_column(*expression.children[i], f);
}

/// One aggregate call of an Aggregate node.
struct AggregateCall {
  std::string function;
  const AggregateFunctionOperations* operations = nullptr;
  uint32_t state_size = 0;
  FunctionStateRef state;
  Type type;
  std::vector<ExpressionPtr> arguments;
  ExpressionPtr filter;  // may be null
  bool distinct = false;
  bool order_sensitive = false;
  struct Order {
    ExpressionPtr key;
    bool descending = false, nulls_first = false;
  };
  std::vector<Order> order_by;  // inside the call
  SourcePosition position;
  std::string to_string(const std::vector<Type::Field>* schema = nullptr) const;
  bool equals(const AggregateCall& other) const;
};

/// Folds an expression without columns and parameters; exec/ gives `evaluate_constant` for it.
using ConstantFolder = Result<Value> (*)(const Expression& expression, MemoryBudget& budget);

}  // namespace whittle
