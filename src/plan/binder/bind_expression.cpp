// Expressions without a file of their own: literals, operators, casts, intervals.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "plan/binder/binder.hpp"
#include "plan/binder/expression_binder.hpp"

namespace whittle {

namespace {

constexpr uint32_t kMaxDepth = 1200;
constexpr uint32_t kMaxNodes = 1'000'000;  // aliases of aliases multiply

std::string_view function_of(sql::BinaryOperator op) {
  using enum sql::BinaryOperator;
  switch (op) {
    case Power:
      return "pow";
    case StartsWith:
      return "starts_with";
    case Contains:
    case ContainedBy:
      return "list_has_all";
    case Overlaps:
      return "list_has_any";
    case JsonExtractText:
      return "json_extract_string";
    case ListDistance:
      return "list_distance";
    case CosineDistance:
      return "list_cosine_distance";
    default:
      return sql::symbol(op);
  }
}

// In the order of sql::BinaryOperator's comparisons.
std::optional<ComparisonOperator> comparison_of(sql::BinaryOperator op) {
  switch (op) {
    case sql::BinaryOperator::Equal:
      return ComparisonOperator::Equal;
    case sql::BinaryOperator::NotEqual:
      return ComparisonOperator::NotEqual;
    case sql::BinaryOperator::Less:
      return ComparisonOperator::Less;
    case sql::BinaryOperator::LessEqual:
      return ComparisonOperator::LessEqual;
    case sql::BinaryOperator::Greater:
      return ComparisonOperator::Greater;
    case sql::BinaryOperator::GreaterEqual:
      return ComparisonOperator::GreaterEqual;
    case sql::BinaryOperator::DistinctFrom:
      return ComparisonOperator::DistinctFrom;
    case sql::BinaryOperator::NotDistinctFrom:
      return ComparisonOperator::NotDistinctFrom;
    default:
      return std::nullopt;
  }
}

Value real_literal(const std::string& text) {
  return Value::real(TypeId::Double, std::strtod(text.c_str(), nullptr));
}

// Up to 38 digits of an unscaled number; nullopt beyond.
std::optional<uint128_t> digits_of(std::string_view text, int& digits, int& scale) {
  uint128_t number = 0;
  digits = scale = 0;
  bool fraction = false;
  for (char c : text) {
    if (c == '-' || c == '+') continue;
    if (c == '.') {
      fraction = true;
      continue;
    }
    const auto digit = static_cast<unsigned>(c - '0');
    if (number > (~uint128_t{0} - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
    ++digits;
    scale += fraction;
  }
  return number;
}

Value integer_literal(const std::string& text) {
  int digits, scale;
  const auto magnitude = digits_of(text, digits, scale);
  if (!magnitude) return real_literal(text);
  const bool negative = text.starts_with('-');
  const uint128_t largest = (uint128_t{1} << 127) - (negative ? 0 : 1);
  if (*magnitude > largest) {
    return negative ? real_literal(text) : Value::unsigned_integer(TypeId::UHugeInt, *magnitude);
  }
  const auto value = static_cast<int128_t>(negative ? -*magnitude : *magnitude);
  // The digits decide: -2147483648 is minus a BIGINT.
  if (value != INT32_MIN && fits(value, TypeId::Integer)) {
    return Value::integer(TypeId::Integer, value);
  }
  if (fits(value, TypeId::BigInt)) return Value::integer(TypeId::BigInt, value);
  return Value::integer(TypeId::HugeInt, value);
}

Value decimal_literal(const std::string& text) {
  int digits, scale;
  const auto magnitude = digits_of(text, digits, scale);
  if (!magnitude || digits > 38 || digits == 0) return real_literal(text);
  const auto value = static_cast<int128_t>(*magnitude);
  return Value::integer(Type::decimal(static_cast<uint8_t>(digits), static_cast<uint8_t>(scale)),
                        text.starts_with('-') ? -value : value);
}

Value literal_value(const sql::Literal& literal) {
  switch (literal.literal) {
    case sql::LiteralKind::Null:
      return Value();
    case sql::LiteralKind::Boolean:
      return Value::boolean(literal.text == "true");
    case sql::LiteralKind::Integer:
      return integer_literal(literal.text);
    case sql::LiteralKind::Decimal:
      return decimal_literal(literal.text);
    case sql::LiteralKind::Float:
      return real_literal(literal.text);
    case sql::LiteralKind::String:
      return Value::string(TypeId::Varchar, literal.text);
  }
  return Value();
}

}  // namespace

std::unexpected<Error> bind_error(SourcePosition position, std::string message, std::string hint,
                                  ErrorCode code) {
  Error error = Error(code, std::move(message)).with_position(position);
  if (!hint.empty()) error = std::move(error).with_hint(std::move(hint));
  return fail(std::move(error));
}

std::unexpected<Error> unsupported(SourcePosition position, std::string feature) {
  return bind_error(position, feature + " not supported in this version", {},
                    ErrorCode::Unsupported);
}

Result<ExpressionPtr> ExpressionBinder::bind(const sql::Expression& expression) {
  if (depth_ >= kMaxDepth || ++nodes_ > kMaxNodes) {
    return bind_error(expression.position, "the expression is too large", {},
                      ErrorCode::OutOfRange);
  }
  ++depth_;
  Result<ExpressionPtr> result = dispatch(expression);
  --depth_;
  if (!result) return fail(std::move(result).error().with_position(expression.position));
  (*result)->position = expression.position;
  return result;
}

Result<ExpressionPtr> ExpressionBinder::dispatch(const sql::Expression& expression) {
  using enum sql::ExpressionKind;
  switch (expression.kind) {
    case Literal:
      return bind_literal(sql::as<sql::Literal>(expression));
    case ColumnReference:
      return bind_column(sql::as<sql::ColumnReference>(expression));
    case Positional: {
      const uint32_t index = sql::as<sql::Positional>(expression).index;
      if (index < 1 || index > scope_.columns.size()) {
        return bind_error(expression.position, "Positional reference " + std::to_string(index) +
                                                   " out of range (total " +
                                                   std::to_string(scope_.columns.size()) +
                                                   " columns)");
      }
      return make_column(index - 1, scope_.columns[index - 1].type);
    }
    case Parameter:
      return bind_parameter(sql::as<sql::Parameter>(expression));
    case Unary:
      return bind_unary(sql::as<sql::Unary>(expression));
    case Binary:
      return bind_binary(sql::as<sql::Binary>(expression));
    case Conjunction:
      return bind_conjunction(sql::as<sql::Conjunction>(expression));
    case Between:
      return bind_between(sql::as<sql::Between>(expression));
    case In:
      return bind_in(sql::as<sql::In>(expression));
    case Like:
      return bind_like(sql::as<sql::Like>(expression));
    case IsNull: {
      const auto& test = sql::as<sql::IsNull>(expression);
      return make_unary(test.negated ? ExpressionKind::IsNotNull : ExpressionKind::IsNull,
                        TRY(bind(*test.operand)));
    }
    case IsBoolean:
      return bind_is_boolean(sql::as<sql::IsBoolean>(expression));
    case Case:
      return bind_case(sql::as<sql::Case>(expression));
    case Cast:
      return bind_cast(sql::as<sql::Cast>(expression));
    case Interval:
      return bind_interval(sql::as<sql::Interval>(expression));
    case Collate:
      return bind_collate(sql::as<sql::Collate>(expression));
    case FunctionCall:
      return bind_call(sql::as<sql::FunctionCall>(expression));
    case Subquery:
      if (const auto& any = sql::as<sql::Subquery>(expression); any.container) return bind_any(any);
      return unsupported(expression.position, "subqueries in expressions are");
    case FieldAccess: {
      const auto& access = sql::as<sql::FieldAccess>(expression);
      return extract_fields(TRY(bind(*access.operand)), {&access.field, 1}, access.position);
    }
    case Subscript:
      return bind_subscript(sql::as<sql::Subscript>(expression));
    case Slice:
      return bind_slice(sql::as<sql::Slice>(expression));
    case Lambda: {  // outside of a list function the arrow is JSON's
      const auto& arrow = sql::as<sql::Lambda>(expression);
      if (!arrow.arrow)
        return bind_error(expression.position, "a lambda can only be an argument of a function");
      return call_function("json_extract", TRY(bind(*arrow.left)), TRY(bind(*arrow.body)),
                           arrow.position);
    }
    case List: {
      Arguments arguments;
      for (ExpressionPtr& item : TRY(bind_list(sql::as<sql::List>(expression).items))) {
        arguments.push_back({std::move(item), nullptr, {}});
      }
      return call_function("list_value", std::move(arguments), expression.position);
    }
    case Struct: {
      Arguments arguments;
      for (const sql::StructField& field : sql::as<sql::Struct>(expression).fields) {
        arguments.push_back({
          TRY(bind(*field.value))
          , nullptr, field.name
        });
      }
      return call_function("struct_pack", std::move(arguments), expression.position);
    }
    case Map: {
      const auto& map = sql::as<sql::Map>(expression);
      Arguments keys, values;
      for (ExpressionPtr& key : TRY(bind_list(map.keys)))
        keys.push_back({std::move(key), nullptr, {}});
      for (ExpressionPtr& value : TRY(bind_list(map.values))) {
        values.push_back({std::move(value), nullptr, {}});
      }
      return call_function("map", TRY(call_function("list_value", std::move(keys), map.position)),
                           TRY(call_function("list_value", std::move(values), map.position)),
                           map.position);
    }
    case Row: {
      Arguments arguments;
      for (ExpressionPtr& item : TRY(bind_list(sql::as<sql::Row>(expression).items))) {
        arguments.push_back({std::move(item), nullptr, {}});
      }
      return call_function("row", std::move(arguments), expression.position);
    }
    case Star:
      return bind_error(expression.position, "STAR expression is not supported here");
    case Default:
      return bind_error(expression.position, "DEFAULT is not allowed here");
    case NamedArgument:
      return bind_error(expression.position, "a named argument can only be given to a function");
  }
  return bind_error(expression.position, "unknown expression", {}, ErrorCode::Internal);
}

Result<std::vector<ExpressionPtr>> ExpressionBinder::bind_list(const sql::ExpressionList& list) {
  std::vector<ExpressionPtr> bound;
  bound.reserve(list.size());
  for (const auto& item : list) {
    const auto* named = sql::if_is<sql::NamedArgument>(*item);  // of [*COLUMNS(…)]
    bound.push_back(TRY(bind(named ? *named->value : *item)));
  }
  return bound;
}

Result<ExpressionPtr> ExpressionBinder::bind_condition(const sql::Expression& expression) {
  return cast(TRY(bind(expression)), TypeId::Boolean);
}

std::optional<Value> ExpressionBinder::fold(const Expression& expression) {
  if (expression.is_constant()) return expression.constant;
  if (!context_.fold || !expression.is_deterministic()) return std::nullopt;
  bool constant = true;
  visit(expression, [&](const Expression& node) {
    if (node.kind == ExpressionKind::Column || node.kind == ExpressionKind::Parameter ||
        node.kind == ExpressionKind::Lambda) {
      constant = false;
    }
  });
  if (!constant) return std::nullopt;
  Result<Value> value = context_.fold(expression, context_.budget);
  if (!value) return std::nullopt;
  return std::move(*value);
}

Result<ExpressionPtr> ExpressionBinder::cast(ExpressionPtr expression, const Type& type) {
  const bool literal = std::exchange(expression->is_literal, false);
  if (expression->type == type) return expression;
  const SourcePosition position = expression->position;
  if (expression->is_constant() && !expression->constant.is_null() && type.is_integer() &&
      expression->type.is_integer() && expression->type.id() != TypeId::UHugeInt &&
      fits(expression->constant.as_integer(), type)) {
    ExpressionPtr converted =
        make_constant(Value::integer(type, expression->constant.as_integer()));
    converted->position = position;
    return converted;
  }
  Result<ExpressionPtr> node = make_cast(std::move(expression), type);
  (*node)->position = position;
  if (!literal || !context_.fold || (*node)->is_constant()) return node;
  Result<Value> value = context_.fold(**node, context_.budget);
  if (!value) return fail(std::move(value).error().with_position(position));
  ExpressionPtr converted = make_constant(std::move(*value));
  converted->position = position;
  return converted;
}

Result<Type> ExpressionBinder::unify(std::span<ExpressionPtr* const> expressions,
                                     std::string_view what) {
  std::vector<Operand> operands;
  for (ExpressionPtr* expression : expressions) {
    operands.emplace_back(**expression);
    const auto type = common_type(operands);
    if (type) continue;
    const auto before = common_type(std::span(operands).first(operands.size() - 1));
    return bind_error((*expression)->position, "Cannot mix values of type " + before->to_string() +
                                                   " and " + (*expression)->type.to_string() +
                                                   " in " + std::string(what) +
                                                   " - an explicit cast is required");
  }
  TRY(share_collation(expressions));
  Type type = *common_type(operands);
  if (type.id() == TypeId::Varchar) type.set_collation(TRY(common_collation(expressions)));
  for (ExpressionPtr* expression : expressions) {
    // A literal that does not convert fails when, and only if, its row is asked for.
    if ((*expression)->is_literal && (*expression)->type.is_string() && !type.is_string()) {
      (*expression)->is_literal = false;
      const SourcePosition position = (*expression)->position;
      *expression = make_cast(std::move(*expression), type);
      (*expression)->position = position;
      if (std::optional<Value> value = fold(**expression)) {
        *expression = make_constant(std::move(*value));
        (*expression)->position = position;
      }
      continue;
    }
    *expression = TRY(cast(std::move(*expression), type));
  }
  return type;
}

Result<ExpressionPtr> ExpressionBinder::bind_literal(const sql::Literal& literal) {
  ExpressionPtr constant = make_constant(literal_value(literal));
  constant->is_literal =
      literal.literal == sql::LiteralKind::String ||
      (literal.literal == sql::LiteralKind::Integer && constant->type.is_integer());
  return constant;
}

Result<ExpressionPtr> ExpressionBinder::bind_parameter(const sql::Parameter& parameter) {
  const auto given = [&](const Value& value) -> ExpressionPtr { return make_constant(value); };
  if (parameter.index == 0 && context_.named_parameters) {
    for (const auto& [name, value] : *context_.named_parameters) {
      if (sql::same_name(name, parameter.name)) return given(value);
    }
  }
  if (context_.parameters && parameter.index >= 1 &&
      parameter.index <= context_.parameters->size()) {
    return given((*context_.parameters)[parameter.index - 1]);
  }
  if (context_.parameters || context_.named_parameters) {
    return bind_error(parameter.position,
                      "Values were not provided for the following prepared statement parameters: " +
                          parameter.name,
                      {}, ErrorCode::InvalidArgument);
  }
  auto node = std::make_unique<Expression>(ExpressionKind::Parameter, TypeId::Null);
  node->index = parameter.index;
  return node;
}

Result<ExpressionPtr> ExpressionBinder::bind_unary(const sql::Unary& unary) {
  using enum sql::UnaryOperator;
  if (unary.op == Not) return make_unary(ExpressionKind::Not, TRY(bind_condition(*unary.operand)));
  ExpressionPtr operand = TRY(bind(*unary.operand));
  if (unary.op == Plus && (operand->type.is_numeric() || operand->type.id() == TypeId::List)) {
    return operand;
  }
  if (unary.op == Negate && operand->is_literal && operand->type.is_integer() &&
      operand->type.id() != TypeId::UHugeInt) {
    const int128_t value = operand->constant.as_integer();
    const bool smallest = value == static_cast<int128_t>(uint128_t{1} << 127);
    if (!smallest) {
      operand = make_constant(integer_literal(Value::integer(TypeId::HugeInt, -value).to_string()));
      operand->is_literal = true;
      return operand;
    }
  }
  std::string_view name = unary.op == Factorial  ? "factorial"
                          : unary.op == Absolute ? "abs"
                          : unary.op == BitNot   ? "~"
                          : unary.op == Plus     ? "+"
                                                 : "-";
  Arguments arguments;
  arguments.push_back({std::move(operand), nullptr, {}});
  return call_function(name, std::move(arguments), unary.position);
}

Result<ExpressionPtr> ExpressionBinder::bind_binary(const sql::Binary& binary) {
  ExpressionPtr left = TRY(bind(*binary.left))
  , right = TRY(bind(*binary.right));
  if (const auto op = comparison_of(binary.op)) {
    return compare(*op, std::move(left), std::move(right), binary.position);
  }
  if (binary.op == sql::BinaryOperator::ContainedBy) std::swap(left, right);
  std::string_view name = function_of(binary.op);
  if (binary.op == sql::BinaryOperator::Divide && left->type.is_integer() &&
      right->type.is_integer() && context_.settings.flag("integer_division")) {
    name = "//";
  }
  if (binary.op == sql::BinaryOperator::Concat &&
      (left->type.id() == TypeId::Null || right->type.id() == TypeId::Null)) {
    return make_constant(Value());
  }
  if (binary.op == sql::BinaryOperator::Concat) {  // all but lists and bytes are joined as text
    const auto stays = [](const Type& type) {
      return type.is_nested() || type.is_string() || type.id() == TypeId::Blob ||
             type.id() == TypeId::Bit || type.id() == TypeId::Null;
    };
    const bool nested = left->type.is_nested() || right->type.is_nested();
    for (ExpressionPtr* side : {&left, &right}) {
      if (!nested && !stays((*side)->type)) *side = TRY(cast(std::move(*side), TypeId::Varchar));
    }
  }
  return call_function(name, std::move(left), std::move(right), binary.position);
}

Result<ExpressionPtr> ExpressionBinder::bind_conjunction(const sql::Conjunction& conjunction) {
  std::vector<ExpressionPtr> operands;
  for (const auto& operand : conjunction.operands)
    operands.push_back(TRY(bind_condition(*operand)));
  if (conjunction.is_and) return make_and(std::move(operands));
  auto either = std::make_unique<Expression>(ExpressionKind::Or, TypeId::Boolean);
  either->children = std::move(operands);
  return either;
}

// IS TRUE is "IS NOT DISTINCT FROM true"; IS UNKNOWN is IS NULL.
Result<ExpressionPtr> ExpressionBinder::bind_is_boolean(const sql::IsBoolean& test) {
  ExpressionPtr operand = TRY(bind_condition(*test.operand));
  if (test.test == sql::BooleanTest::Unknown) {
    return make_unary(test.negated ? ExpressionKind::IsNotNull : ExpressionKind::IsNull,
                      std::move(operand));
  }
  const auto op =
      test.negated ? ComparisonOperator::DistinctFrom : ComparisonOperator::NotDistinctFrom;
  return make_comparison(op, std::move(operand),
                         make_constant(Value::boolean(test.test == sql::BooleanTest::True)));
}

Result<ExpressionPtr> ExpressionBinder::bind_cast(const sql::Cast& node) {
  const Type type = TRY(resolve_type(node.type));
  ExpressionPtr operand = TRY(bind(*node.operand));
  operand->is_literal = false;
  return make_cast(std::move(operand), type, node.try_cast);
}

namespace {

struct UnitRow {
  sql::IntervalUnit unit;
  std::string_view function;
  int32_t months, days;
  int64_t microseconds;
};
using enum sql::IntervalUnit;
constexpr int64_t kSecond = 1'000'000;
constexpr UnitRow unit_rows[] = {
    {Year, "to_years", 12, 0, 0},
    {Month, "to_months", 1, 0, 0},
    {Day, "to_days", 0, 1, 0},
    {Hour, "to_hours", 0, 0, 3600 * kSecond},
    {Minute, "to_minutes", 0, 0, 60 * kSecond},
    {Second, "to_seconds", 0, 0, kSecond},
    {Millisecond, "to_milliseconds", 0, 0, 1000},
    {Microsecond, "to_microseconds", 0, 0, 1},
    {Week, "to_weeks", 0, 7, 0},
    {Quarter, "to_quarters", 3, 0, 0},
    {Decade, "to_decades", 120, 0, 0},
    {Century, "to_centuries", 1200, 0, 0},
    {Millennium, "to_millennia", 12000, 0, 0},
};

// Fractions count for seconds and milliseconds only, as in DuckDB; elsewhere they are cut off.
std::optional<IntervalValue> scaled(const UnitRow& unit, double count) {
  const bool fractions = unit.unit == Second || unit.unit == Millisecond;
  if (!fractions) count = std::trunc(count);
  if (!std::isfinite(count)) return std::nullopt;
  const double months = count * unit.months, days = count * unit.days;
  const double micros = std::round(count * static_cast<double>(unit.microseconds));
  if (std::abs(months) > INT32_MAX || std::abs(days) > INT32_MAX || std::abs(micros) > 9.2e18) {
    return std::nullopt;
  }
  return IntervalValue{static_cast<int32_t>(months), static_cast<int32_t>(days),
                       static_cast<int64_t>(micros)};
}

std::optional<double> plain_number(const Value& value) {
  if (value.is_null()) return std::nullopt;
  if (value.type().is_integer()) return static_cast<double>(value.as_integer());
  if (value.type().is_floating()) return value.as_real();
  if (!value.type().is_string() && value.type().id() != TypeId::Decimal) return std::nullopt;
  const std::string text = value.type().is_string() ? value.as_string() : value.to_string();
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != 0) return std::nullopt;
  return number;
}

}  // namespace

Result<ExpressionPtr> ExpressionBinder::bind_interval(const sql::Interval& interval) {
  const UnitRow* unit = unit_rows;
  while (unit->unit != interval.unit) ++unit;
  ExpressionPtr value = TRY(bind(*interval.value));
  if (const auto constant = fold(*value)) {
    if (constant->is_null()) return make_constant(Value::null(TypeId::Interval));
    const auto number = plain_number(*constant);
    if (!number) {
      return bind_error(interval.position,
                        "Could not convert '" + constant->to_string() + "' to a number", {},
                        ErrorCode::Conversion);
    }
    const auto scaled_value = scaled(*unit, *number);
    if (!scaled_value) {
      return bind_error(interval.position, "the interval is out of range", {},
                        ErrorCode::OutOfRange);
    }
    return make_constant(Value::interval(*scaled_value));
  }
  Arguments arguments;
  arguments.push_back({std::move(value), nullptr, {}});
  return call_function(unit->function, std::move(arguments), interval.position);
}

Result<ExpressionPtr> bind_expression(const sql::Expression& expression, const Schema& schema,
                                      const BindContext& context) {
  Scope scope;
  scope.add("", schema);
  ExpressionBinder binder(context, scope);
  return binder.bind(expression);
}

Result<Value> bind_constant_value(const sql::Expression& expression, const BindContext& context) {
  const Scope nothing;
  ExpressionBinder binder(context, nothing);
  // A bare word is a string in options and arguments: (FORMAT parquet).
  if (const auto* name = sql::if_is<sql::ColumnReference>(expression);
      name && name->parts.size() == 1) {
    if (auto bound = binder.bind(expression); !bound) {
      return Value::string(TypeId::Varchar, name->parts[0]);
    }
  }
  ExpressionPtr bound = TRY(binder.bind(expression));
  if (bound->is_constant()) return bound->constant;
  if (!context.fold) return bind_error(expression.position, "a constant is expected here");
  bool constant = true;
  for_each_column(std::as_const(*bound), [&](const Expression&) { constant = false; });
  visit(*bound, [&](const Expression& node) {
    if (node.kind == ExpressionKind::Parameter) constant = false;
  });
  if (!constant) return bind_error(expression.position, "a constant is expected here");
  Result<Value> value = context.fold(*bound, context.budget);
  if (!value) return fail(std::move(value).error().with_position(expression.position));
  return std::move(*value);
}

}  // namespace whittle
