#include "exec/evaluator.hpp"

#include <cstring>
#include <unordered_map>

#include "columnar/gather.hpp"
#include "exec/comparison.hpp"
#include "exec/conditional.hpp"
#include "exec/in_set.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

constexpr int32_t kNoColumn = -1;
constexpr int32_t kManyColumns = -2;

// The one column an expression reads, or one of the marks above.
int32_t single_column(const Expression& expression) {
  if (expression.kind == ExpressionKind::Column) return static_cast<int32_t>(expression.index);
  int32_t found = kNoColumn;
  for (size_t i = 0; i < expression.children.size(); ++i) {
    // A lambda's body has columns of its own; only its captures read ours.
    const bool is_body = expression.kind == ExpressionKind::Lambda && i == 0;
    const int32_t child = is_body ? kNoColumn : single_column(*expression.children[i]);
    if (child == kNoColumn) continue;
    if (found != kNoColumn && found != child) return kManyColumns;
    found = child;
    if (found == kManyColumns) return found;
  }
  return found;
}

}  // namespace

struct ExpressionEvaluator::Caches {
  // What never changes about a node, and its results over the dictionary seen last.
  struct Node {
    int32_t column = kNoColumn;
    bool per_entry = false;  // may be evaluated once per dictionary entry
    Column constant;         // Constant nodes: their one value
    bool has_constant = false;
    std::unique_ptr<InSet> in_set;
    Ref<Dictionary> input;
    uint64_t rows_seen = 0;
    Ref<Dictionary> output;
  };
  std::unordered_map<const Expression*, Node> nodes;

  Node& node(const Expression& expression) {
    auto [place, inserted] = nodes.try_emplace(&expression);
    if (inserted) {
      place->second.column = single_column(expression);
      place->second.per_entry = place->second.column >= 0 && expression.is_deterministic() &&
                                !expression.can_fail() &&
                                expression.type.physical() != PhysicalType::Null;
    }
    return place->second;
  }
};

ExpressionEvaluator::ExpressionEvaluator(MemoryBudget& budget,
                                         const CancellationToken* cancellation)
    : budget_(budget), cancellation_(cancellation), caches_(std::make_unique<Caches>()) {}

ExpressionEvaluator::~ExpressionEvaluator() = default;

Result<Column> ExpressionEvaluator::evaluate(const Expression& expression,
                                             std::span<const Column> columns, uint32_t length,
                                             const Selection& rows) {
  switch (expression.kind) {
    case ExpressionKind::Column:
      return columns[expression.index];
    case ExpressionKind::Constant: {
      Caches::Node& node = caches_->node(expression);
      if (!node.has_constant) {
        node.constant = TRY(expression.constant.to_column(budget_));
        node.constant.set_type(expression.type);
        node.has_constant = true;
      }
      return Column::constant(node.constant, length);
    }
    default:
      break;
  }
  if (Result<std::optional<Column>> shared = over_dictionary(expression, columns, length, rows);
      !shared) {
    return std::unexpected<Error>(std::move(shared).error());
  } else if (*shared) {
    return std::move(**shared);
  }
  return compute(expression, columns, length, rows);
}

// Evaluates once per entry when the rows asked for so far are worth a pass over the dictionary.
// Waiting for that keeps a filter that leaves three rows from running a regex over 100,000 entries.
Result<std::optional<Column>> ExpressionEvaluator::over_dictionary(const Expression& expression,
                                                                   std::span<const Column> columns,
                                                                   uint32_t length,
                                                                   const Selection& rows) {
  Caches::Node& node = caches_->node(expression);
  if (!node.per_entry) return std::nullopt;
  const Column& input = columns[node.column];
  if (input.encoding() != Encoding::Dictionary) return std::nullopt;
  if (!(node.input == input.dictionary())) {
    node.input = input.dictionary();
    node.output = {};
    node.rows_seen = 0;
  }
  if (!node.output) {
    node.rows_seen += rows.count;
    const uint32_t entries = node.input->values.length();
    if (node.rows_seen * 2 < entries) return std::nullopt;
    std::vector<Column> entry_columns(columns.size());
    entry_columns[node.column] = node.input->values;
    Column values = TRY(compute(expression, entry_columns, entries, Selection::all(entries)));
    values = TRY(flatten(values, budget_));
    caches_->node(expression).output = make_ref<Dictionary>(std::move(values));
  }
  Column result = input;
  result.set_dictionary(caches_->node(expression).output);
  result.set_length(length);
  return result;
}

Result<Column> ExpressionEvaluator::compute(const Expression& expression,
                                            std::span<const Column> columns, uint32_t length,
                                            const Selection& rows) {
  const auto child = [&](size_t i) -> Result<Column> {
    return evaluate(*expression.children[i], columns, length, rows);
  };
  Operands operands{*this, budget_, expression, columns, length, rows};
  switch (expression.kind) {
    case ExpressionKind::Call:
      return call(expression, columns, length, rows);
    case ExpressionKind::Cast: {
      Column input = TRY(child(0));
      Result<Column> result =
          cast_column(input, expression.type, rows, !expression.try_cast, budget_);
      if (!result) return fail(std::move(result.error()).with_position(expression.position));
      return result;
    }
    case ExpressionKind::Comparison: {
      Column left = TRY(child(0))
      , right = TRY(child(1));
      if (left.encoding() == Encoding::Constant && right.encoding() == Encoding::Constant) {
        Column one =
            TRY(compare_columns(expression.comparison, left, right, 1, Selection::all(1), budget_));
        return Column::constant(one, length);
      }
      return compare_columns(expression.comparison, left, right, length, rows, budget_);
    }
    case ExpressionKind::And:
      return evaluate_conjunction(operands, true);
    case ExpressionKind::Or:
      return evaluate_conjunction(operands, false);
    case ExpressionKind::Not:
      return evaluate_not(operands);
    case ExpressionKind::IsNull:
      return evaluate_is_null(operands, false);
    case ExpressionKind::IsNotNull:
      return evaluate_is_null(operands, true);
    case ExpressionKind::In: {
      Caches::Node& node = caches_->node(expression);
      if (!node.in_set) node.in_set = TRY(InSet::create(expression, budget_));
      Column value = TRY(child(0));
      return node.in_set->contains(value, length, rows, budget_);
    }
    case ExpressionKind::Case:
      return evaluate_case(operands);
    case ExpressionKind::Coalesce:
      return evaluate_coalesce(operands);
    case ExpressionKind::Try:
      return evaluate_try(operands);
    case ExpressionKind::Column:
    case ExpressionKind::Constant:
      return evaluate(expression, columns, length, rows);
    case ExpressionKind::Lambda:
      return Column();
    case ExpressionKind::Parameter:
      break;
  }
  return fail(ErrorCode::Internal, "expression without a value: " + expression.to_string());
}

Result<Column> ExpressionEvaluator::call(const Expression& expression,
                                         std::span<const Column> columns, uint32_t length,
                                         const Selection& rows) {
  std::vector<Column> arguments;
  arguments.reserve(expression.children.size());
  for (const ExpressionPtr& child : expression.children) {
    arguments.push_back(TRY(evaluate(*child, columns, length, rows)));
    if (!(expression.flags & kSpecialNulls) && arguments.back().encoding() == Encoding::Constant &&
        child->kind != ExpressionKind::Lambda && arguments.back().is_null(0)) {
      return Column::constant_null(budget_, expression.type, length);
    }
  }
  for (const ExpressionPtr& child : expression.children) {
    if (child->kind != ExpressionKind::Lambda) continue;
    for (size_t i = 1; i < child->children.size(); ++i) {
      arguments.push_back(TRY(evaluate(*child->children[i], columns, length, rows)));
    }
  }
  KernelContext context{budget_, rows,         length, expression, expression.state.get(),
                        this,    cancellation_};
  Result<Column> result = expression.kernel(context, arguments);
  if (!result) return fail(std::move(result.error()).with_position(expression.position));
  return result;
}

Result<Selection> ExpressionEvaluator::filter(const Expression& expression,
                                              std::span<const Column> columns, uint32_t length,
                                              const Selection& rows) {
  if (rows.count == 0) return rows;
  if (expression.kind == ExpressionKind::And) {
    Selection left = rows;
    for (const ExpressionPtr& child : expression.children) {
      left = TRY(filter(*child, columns, length, left));
    }
    return left;
  }
  if (expression.kind == ExpressionKind::Comparison) {
    std::optional<Column> shared = TRY(over_dictionary(expression, columns, length, rows));
    if (shared) return select_true(*shared, rows, budget_);
    Column left = TRY(evaluate(*expression.children[0], columns, length, rows));
    Column right = TRY(evaluate(*expression.children[1], columns, length, rows));
    return select_where(expression.comparison, left, right, length, rows, budget_);
  }
  Column condition = TRY(evaluate(expression, columns, length, rows));
  return select_true(condition, rows, budget_);
}

Result<Value> evaluate_constant(const Expression& expression, MemoryBudget& budget) {
  ExpressionEvaluator evaluator(budget, nullptr);
  Column result = TRY(evaluator.evaluate(expression, {}, 1, Selection::all(1)));
  return Value::from_column(result, 0);
}

}  // namespace whittle
