#include "plan/expression.hpp"

namespace whittle {

namespace {

struct ComparisonRow {
  std::string_view symbol;
  ComparisonOperator flipped, negated;
};

// In the order of ComparisonOperator.
using enum ComparisonOperator;
constexpr ComparisonRow comparison_rows[] = {
    {"=", Equal, NotEqual},
    {"!=", NotEqual, Equal},
    {"<", Greater, GreaterEqual},
    {"<=", GreaterEqual, Greater},
    {">", Less, LessEqual},
    {">=", LessEqual, Less},
    {"IS DISTINCT FROM", DistinctFrom, NotDistinctFrom},
    {"IS NOT DISTINCT FROM", NotDistinctFrom, DistinctFrom},
};

const ComparisonRow& row(ComparisonOperator op) {
  return comparison_rows[static_cast<size_t>(op)];
}

bool same(const ExpressionPtr& a, const ExpressionPtr& b) {
  if (!a || !b) return !a && !b;
  return a->equals(*b);
}

bool same(const std::vector<ExpressionPtr>& a, const std::vector<ExpressionPtr>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

std::string join(const std::vector<ExpressionPtr>& children, size_t first,
                 const std::vector<Type::Field>* schema, std::string_view separator) {
  std::string text;
  for (size_t i = first; i < children.size(); ++i) {
    if (i > first) text += separator;
    text += children[i]->to_string(schema);
  }
  return text;
}

bool needs_quotes(const Type& type) {
  return type.physical() == PhysicalType::String || type.is_temporal() ||
         type.id() == TypeId::Interval || type.id() == TypeId::Uuid;
}

std::string constant_text(const Value& value) {
  if (value.is_null()) return "NULL";
  std::string text = value.to_string();
  if (!needs_quotes(value.type())) return text;
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

std::string column_text(uint32_t index, const std::vector<Type::Field>* schema) {
  if (schema && index < schema->size()) return (*schema)[index].name;
  return "#" + std::to_string(index);
}

bool is_operator_name(std::string_view name) {
  if (name.empty()) return false;
  const char c = name[0];
  return !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '_';
}

std::string call_text(const Expression& call, const std::vector<Type::Field>* schema) {
  if (is_operator_name(call.function) && call.children.size() == 2) {
    return "(" + call.children[0]->to_string(schema) + " " + call.function + " " +
           call.children[1]->to_string(schema) + ")";
  }
  return call.function + "(" + join(call.children, 0, schema, ", ") + ")";
}

std::string case_text(const Expression& expression, const std::vector<Type::Field>* schema) {
  std::string text = "CASE";
  const auto& children = expression.children;
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    text +=
        " WHEN " + children[i]->to_string(schema) + " THEN " + children[i + 1]->to_string(schema);
  }
  return text + " ELSE " + children.back()->to_string(schema) + " END";
}

}  // namespace

ComparisonOperator flip(ComparisonOperator op) {
  return row(op).flipped;
}
ComparisonOperator negate(ComparisonOperator op) {
  return row(op).negated;
}
std::string_view comparison_symbol(ComparisonOperator op) {
  return row(op).symbol;
}

ExpressionPtr Expression::clone() const {
  auto copy = std::make_unique<Expression>(kind, type);
  copy->position = position;
  copy->children.reserve(children.size());
  for (const ExpressionPtr& child : children) copy->children.push_back(child->clone());
  copy->index = index;
  copy->constant = constant;
  copy->comparison = comparison;
  copy->negated = negated;
  copy->try_cast = try_cast;
  copy->is_literal = is_literal;
  copy->function = function;
  copy->kernel = kernel;
  copy->state = state;
  copy->flags = flags;
  copy->lambda_parameters = lambda_parameters;
  return copy;
}

std::string Expression::to_string(const std::vector<Type::Field>* schema) const {
  const auto child = [&](size_t i) { return children[i]->to_string(schema); };
  switch (kind) {
    case ExpressionKind::Column:
      return column_text(index, schema);
    case ExpressionKind::Constant:
      return constant_text(constant);
    case ExpressionKind::Call:
      return call_text(*this, schema);
    case ExpressionKind::Cast:
      return (try_cast ? "TRY_CAST(" : "CAST(") + child(0) + " AS " + type.to_string() + ")";
    case ExpressionKind::Comparison:
      return "(" + child(0) + " " + std::string(comparison_symbol(comparison)) + " " + child(1) +
             ")";
    case ExpressionKind::And:
      return "(" + join(children, 0, schema, " AND ") + ")";
    case ExpressionKind::Or:
      return "(" + join(children, 0, schema, " OR ") + ")";
    case ExpressionKind::Not:
      return "(NOT " + child(0) + ")";
    case ExpressionKind::IsNull:
      return "(" + child(0) + " IS NULL)";
    case ExpressionKind::IsNotNull:
      return "(" + child(0) + " IS NOT NULL)";
    case ExpressionKind::In:
      return "(" + child(0) + (negated ? " NOT IN (" : " IN (") + join(children, 1, schema, ", ") +
             "))";
    case ExpressionKind::Case:
      return case_text(*this, schema);
    case ExpressionKind::Coalesce:
      return "COALESCE(" + join(children, 0, schema, ", ") + ")";
    case ExpressionKind::Try:
      return "TRY(" + child(0) + ")";
    case ExpressionKind::Lambda:
      return "lambda: " + children[0]->to_string();
    case ExpressionKind::Parameter:
      return "$" + std::to_string(index);
  }
  return "?";
}

bool Expression::equals(const Expression& other) const {
  if (kind != other.kind || !(type == other.type) || !same(children, other.children) ||
      type.collation() != other.type.collation()) {
    return false;
  }
  switch (kind) {
    case ExpressionKind::Column:
    case ExpressionKind::Parameter:
      return index == other.index;
    case ExpressionKind::Constant:
      return constant.type() == other.constant.type() && constant == other.constant;
    case ExpressionKind::Call:
      // Two calls of a volatile function are two values; equal arguments make an equal state.
      return kernel == other.kernel && function == other.function && !(flags & kVolatile);
    case ExpressionKind::Cast:
      return try_cast == other.try_cast;
    case ExpressionKind::Comparison:
      return comparison == other.comparison;
    case ExpressionKind::In:
      return negated == other.negated;
    case ExpressionKind::Lambda:
      return lambda_parameters == other.lambda_parameters;
    default:
      return true;
  }
}

bool Expression::is_deterministic() const {
  if (kind == ExpressionKind::Call && (flags & kVolatile)) return false;
  for (const ExpressionPtr& child : children) {
    if (!child->is_deterministic()) return false;
  }
  return true;
}

namespace {

// Whether every value of `from` has a value in `to`, so that the cast never fails.
bool cast_is_total(const Type& from, const Type& to) {
  if (from == to || from.id() == TypeId::Null) return true;
  if (to.id() == TypeId::Varchar) return from.id() != TypeId::Blob;
  if (from.id() == TypeId::Boolean) return to.is_integer() || to.is_floating();
  if (from.is_integer() && to.is_integer()) {
    const bool from_signed = from.is_signed_integer(), to_signed = to.is_signed_integer();
    if (from_signed && !to_signed) return false;
    if (from_signed == to_signed) return to.value_size() >= from.value_size();
    return to.value_size() > from.value_size();
  }
  if (from.is_numeric() && to.id() == TypeId::Double) return true;
  if (from.is_integer() && to.id() == TypeId::Float) return true;
  return from.id() == TypeId::Float && to.id() == TypeId::Double;
}

}  // namespace

bool Expression::can_fail() const {
  if (kind == ExpressionKind::Try) return false;
  if (kind == ExpressionKind::Call && (flags & kCanFail)) return true;
  if (kind == ExpressionKind::Cast && !try_cast && !cast_is_total(children[0]->type, type))
    return true;
  for (const ExpressionPtr& child : children) {
    if (child->can_fail()) return true;
  }
  return false;
}

ExpressionPtr make_column(uint32_t index, Type type) {
  auto column = std::make_unique<Expression>(ExpressionKind::Column, std::move(type));
  column->index = index;
  return column;
}

ExpressionPtr make_constant(Value value) {
  auto constant = std::make_unique<Expression>(ExpressionKind::Constant, value.type());
  constant->constant = std::move(value);
  return constant;
}

ExpressionPtr make_cast(ExpressionPtr child, Type type, bool try_cast) {
  if (child->type == type) return child;
  if (child->is_constant() && child->constant.is_null()) {
    auto null = make_constant(Value::null(std::move(type)));
    null->position = child->position;
    return null;
  }
  auto cast = std::make_unique<Expression>(ExpressionKind::Cast, std::move(type));
  cast->position = child->position;
  cast->try_cast = try_cast;
  cast->children.push_back(std::move(child));
  return cast;
}

ExpressionPtr make_comparison(ComparisonOperator op, ExpressionPtr left, ExpressionPtr right) {
  auto comparison = std::make_unique<Expression>(ExpressionKind::Comparison, TypeId::Boolean);
  comparison->comparison = op;
  comparison->position = left->position;
  comparison->children.push_back(std::move(left));
  comparison->children.push_back(std::move(right));
  return comparison;
}

ExpressionPtr make_and(std::vector<ExpressionPtr> operands) {
  std::vector<ExpressionPtr> flat;
  for (ExpressionPtr& operand : operands) {
    if (operand->kind != ExpressionKind::And) {
      flat.push_back(std::move(operand));
      continue;
    }
    for (ExpressionPtr& inner : operand->children) flat.push_back(std::move(inner));
  }
  if (flat.empty()) return make_constant(Value::boolean(true));
  if (flat.size() == 1) return std::move(flat[0]);
  auto conjunction = std::make_unique<Expression>(ExpressionKind::And, TypeId::Boolean);
  conjunction->position = flat[0]->position;
  conjunction->children = std::move(flat);
  return conjunction;
}

ExpressionPtr make_unary(ExpressionKind kind, ExpressionPtr operand) {
  auto node = std::make_unique<Expression>(kind, TypeId::Boolean);
  node->position = operand->position;
  node->children.push_back(std::move(operand));
  return node;
}

std::string AggregateCall::to_string(const std::vector<Type::Field>* schema) const {
  std::string text = function + "(";
  if (distinct) text += "DISTINCT ";
  text += join(arguments, 0, schema, ", ");
  for (size_t i = 0; i < order_by.size(); ++i) {
    text += i == 0 ? " ORDER BY " : ", ";
    text += order_by[i].key->to_string(schema);
    if (order_by[i].descending) text += " DESC";
    if (order_by[i].nulls_first) text += " NULLS FIRST";
  }
  text += ")";
  if (filter) text += " FILTER (WHERE " + filter->to_string(schema) + ")";
  return text;
}

bool AggregateCall::equals(const AggregateCall& other) const {
  if (function != other.function || operations != other.operations || !(type == other.type) ||
      distinct != other.distinct || order_by.size() != other.order_by.size() ||
      !same(filter, other.filter) || !same(arguments, other.arguments)) {
    return false;
  }
  for (size_t i = 0; i < order_by.size(); ++i) {
    if (!order_by[i].key->equals(*other.order_by[i].key) ||
        order_by[i].descending != other.order_by[i].descending ||
        order_by[i].nulls_first != other.order_by[i].nulls_first) {
      return false;
    }
  }
  // A volatile argument makes every call one of its own; equals() above already said so.
  return true;
}

}  // namespace whittle
