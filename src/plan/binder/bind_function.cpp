// Calls: special forms, then overload resolution against the registry.
#include <algorithm>

#include "base/ascii.hpp"
#include "columnar/interval.hpp"
#include "plan/binder/builtin_macros.hpp"
#include "plan/binder/expression_binder.hpp"
#include "plan/binder/overloads.hpp"
#include "sql/diagnostics.hpp"

namespace whittle {

namespace {

bool is_schema(std::string_view name) {
  return sql::same_name(name, "main") || sql::same_name(name, "system") ||
         sql::same_name(name, "pg_catalog") || sql::same_name(name, "memory");
}

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Functions whose arguments are brought to their common type first.
constexpr std::string_view uniform_functions[] = {"list_value", "list_pack", "array_value",
                                                  "greatest", "least"};
// Those that compare the keys of collated texts; other functions hand the collation on.
constexpr std::string_view comparing_functions[] = {"~~",
                                                    "!~~",
                                                    "~~~",
                                                    "like_escape",
                                                    "not_like_escape",
                                                    "ilike_escape",
                                                    "^@",
                                                    "not_ilike_escape",
                                                    "contains",
                                                    "starts_with"};
constexpr std::string_view now_functions[] = {"now",
                                              "current_timestamp",
                                              "transaction_timestamp",
                                              "get_current_timestamp",
                                              "current_date",
                                              "today",
                                              "current_time",
                                              "get_current_time",
                                              "localtimestamp",
                                              "current_localtimestamp",
                                              "localtime",
                                              "current_localtime"};

Value now_value(std::string_view name, int64_t now) {
  const int64_t in_day = (now % microseconds_per_day + microseconds_per_day) % microseconds_per_day;
  if (name == "current_date" || name == "today") {
    return Value::integer(TypeId::Date, (now - in_day) / microseconds_per_day);
  }
  if (name == "current_time" || name == "get_current_time") {
    return Value::unsigned_integer(TypeId::TimeTz, static_cast<uint64_t>(in_day) << 24 | 57599);
  }
  if (name.ends_with("localtime")) return Value::integer(TypeId::Time, in_day);
  return Value::integer(name.ends_with("localtimestamp") ? TypeId::Timestamp : TypeId::TimestampTz,
                        now);
}

}  // namespace

std::string call_text(std::string_view name, std::span<const Operand> operands) {
  std::string text = std::string(name) + "(";
  for (size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) text += ", ";
    text += operands[i].is_string_literal()    ? "STRING_LITERAL"
            : operands[i].is_integer_literal() ? "INTEGER_LITERAL"
                                               : operands[i].type.to_string();
  }
  return text + ")";
}

std::unexpected<Error> no_match(std::string_view name, std::span<const Operand> operands,
                                bool ambiguous, std::string candidates, SourcePosition position) {
  const std::string call = call_text(name, operands);
  if (ambiguous) {
    return bind_error(position,
                      "Could not choose a best candidate function for the function call \"" + call +
                          "\". In order to select one, please add explicit type casts.",
                      std::move(candidates));
  }
  return bind_error(position,
                    "No function matches the given name and argument types '" + call +
                        "'. You might need to add explicit type casts.",
                    std::move(candidates));
}

Type bound_argument(const Operand& operand, TypeId wanted) {
  switch (wanted) {
    case TypeId::Null:
    case TypeId::Struct:
    case TypeId::Map:
    case TypeId::Array:
    case TypeId::Lambda:
      return operand.type;
    case TypeId::List:
      if (operand.type.id() == TypeId::Array) return Type::list(operand.type.element());
      return operand.type;
    case TypeId::Decimal:
      return natural_decimal(operand.type);
    default:
      return wanted;
  }
}

Result<ExpressionBinder::Arguments> ExpressionBinder::bind_arguments(
    const sql::FunctionCall& call) {
  Arguments arguments;
  bool takes_lambda = false;  // elsewhere the arrow is JSON's
  for (const ScalarFunction* row : context_.functions.scalar(call.name.name())) {
    for (uint8_t i = 0; i < row->count; ++i) {
      takes_lambda = takes_lambda || row->arguments[i] == TypeId::Lambda;
    }
  }
  for (const auto& argument : call.arguments) {
    if (const auto* named = sql::if_is<sql::NamedArgument>(*argument)) {
      arguments.push_back({
        TRY(bind(*named->value))
        , nullptr, named->name
      });
      continue;
    }
    const auto* lambda = sql::if_is<sql::Lambda>(*argument);
    const bool is_lambda = lambda && !arguments.empty() && takes_lambda &&
                           (!lambda->arrow || !sql::lambda_parameters(*lambda).empty());
    if (is_lambda) {
      arguments.push_back({nullptr, lambda, {}});
    } else {
      arguments.push_back({
        TRY(bind(*argument))
        , nullptr, {}
      });
    }
  }
  const std::string name = lower_case(call.name.name());
  for (Argument& argument : arguments) {
    if (argument.lambda) argument.value = TRY(bind_lambda(*argument.lambda, name, arguments));
  }
  return arguments;
}

Result<ExpressionPtr> ExpressionBinder::bind_call(const sql::FunctionCall& call) {
  if (call.window) return unsupported(call.position, "window functions are");
  const std::string name = lower_case(call.name.name());
  if (call.maybe_method && call.name.parts.size() > 1 && !is_schema(call.name.parts[0])) {
    if (call.distinct || call.filter || !call.order_by.empty()) {
      return bind_error(call.position, "a method call takes no DISTINCT, FILTER or ORDER BY");
    }
    sql::ColumnReference column;
    column.parts.assign(call.name.parts.begin(), call.name.parts.end() - 1);
    column.position = call.name.position;
    Arguments arguments;
    arguments.push_back({
      TRY(bind(column))
      , nullptr, {}
    });
    for (Argument& argument : TRY(bind_arguments(call))) arguments.push_back(std::move(argument));
    return call_function(name, std::move(arguments), call.position);
  }
  if (!context_.functions.aggregate(name).empty() || name == "count")
    return bind_aggregate(call, name);
  if (call.star || call.distinct || call.filter || !call.order_by.empty()) {
    if (context_.functions.scalar(name).empty()) return unknown_function(name, call.position);
    return bind_error(call.position,
                      "DISTINCT, FILTER and ORDER BY are only applicable to aggregate functions");
  }
  if (ExpressionPtr special = TRY(bind_special(call, name))) return special;
  if (sql::ExpressionPtr body = TRY(expand_macro(name, call))) return bind(*body);
  if (context_.functions.scalar(name).empty()) return unknown_function(name, call.position);
  return call_function(name, TRY(bind_arguments(call)), call.position);
}

Result<ExpressionPtr> ExpressionBinder::bind_if(std::vector<ExpressionPtr> arguments,
                                                SourcePosition position) {
  auto node = std::make_unique<Expression>(ExpressionKind::Case, TypeId::Null);
  node->children.push_back(TRY(cast(std::move(arguments[0]), TypeId::Boolean)));
  node->children.push_back(std::move(arguments[1]));
  node->children.push_back(std::move(arguments[2]));
  ExpressionPtr* results[] = {&node->children[2], &node->children[1]};
  node->type = TRY(unify(results, "CASE expression"));
  node->position = position;
  return node;
}

Result<ExpressionPtr> ExpressionBinder::bind_special(const sql::FunctionCall& call,
                                                     std::string_view name) {
  const size_t count = call.arguments.size();
  const auto wrong_count = [&](std::string_view wanted) {
    return bind_error(call.position, std::string(name) + "() takes " + std::string(wanted));
  };
  if (name == "coalesce" || name == "ifnull") {
    if (count == 0 || (name == "ifnull" && count != 2)) return wrong_count("arguments");
    auto node = std::make_unique<Expression>(ExpressionKind::Coalesce, TypeId::Null);
    node->children = TRY(bind_list(call.arguments));
    std::vector<ExpressionPtr*> operands;
    for (ExpressionPtr& child : node->children) operands.push_back(&child);
    node->type = TRY(unify(operands, "COALESCE operator"));
    return node;
  }
  if (name == "nullif") {
    if (count != 2) return wrong_count("two arguments");
    std::vector<ExpressionPtr> arguments = TRY(bind_list(call.arguments));
    auto node = std::make_unique<Expression>(ExpressionKind::Case, arguments[0]->type);
    node->children.push_back(TRY(compare(ComparisonOperator::Equal, arguments[0]->clone(),
                                         std::move(arguments[1]), call.position)));
    node->children.push_back(make_constant(Value::null(node->type)));
    node->children.push_back(std::move(arguments[0]));
    node->children[2]->is_literal = false;
    return node;
  }
  if (name == "if" || name == "iff") {
    if (count != 3) return wrong_count("three arguments");
    return bind_if(TRY(bind_list(call.arguments)), call.position);
  }
  if (name == "try") {
    if (count != 1) return wrong_count("one argument");
    ExpressionPtr value = TRY(bind(*call.arguments[0]));
    auto node = std::make_unique<Expression>(ExpressionKind::Try, value->type);
    node->children.push_back(std::move(value));
    return node;
  }
  if (name == "typeof" || name == "pg_typeof") {
    if (count != 1) return wrong_count("one argument");
    ExpressionPtr value = TRY(bind(*call.arguments[0]));
    return make_constant(Value::string(TypeId::Varchar, value->type.to_string()));
  }
  if (name == "unnest" || name == "unlist") return bind_unnest(call);
  if (name == "generate_subscripts") return bind_generate_subscripts(call);
  if (name == "grouping" || name == "grouping_id") return bind_grouping(call);
  if (name == "getvariable") {
    if (count != 1) return wrong_count("one argument");
    const std::optional<Value> variable = fold(*TRY(bind(*call.arguments[0])));
    if (!variable || variable->is_null() || !variable->type().is_string()) {
      return bind_error(call.position, "getvariable() needs the name of a variable, a constant");
    }
    return make_constant(context_.settings.variable(variable->as_string()));
  }
  if (name == "current_setting") {
    if (count != 1) return wrong_count("one argument");
    ExpressionPtr setting = TRY(bind(*call.arguments[0]));
    if (!setting->is_constant() || !setting->type.is_string() || setting->constant.is_null()) {
      return bind_error(call.position,
                        "Key name for current_setting needs to be a constant string");
    }
    const std::string& key = setting->constant.as_string();
    if (sql::same_name(key, "memory_limit") || sql::same_name(key, "max_memory")) {
      return make_constant(
          Value::string(TypeId::Varchar, memory_size_text(context_.budget.limit())));
    }
    return make_constant(TRY(context_.settings.get(key)));
  }
  if (count == 0 && contains(now_functions, name)) {
    return make_constant(now_value(name, context_.now_microseconds));
  }
  if (count == 0 &&
      (name == "current_schema" || name == "current_database" || name == "current_catalog")) {
    return make_constant(
        Value::string(TypeId::Varchar, name == "current_schema" ? "main" : "memory"));
  }
  return ExpressionPtr();
}

std::unexpected<Error> ExpressionBinder::unknown_function(std::string_view name,
                                                          SourcePosition position) {
  if (name.starts_with("union_")) return unsupported(position, "the type UNION is");
  if (name == "equi_width_bins") return unsupported(position, "equi_width_bins() is");
  std::vector<std::string> names;
  for (std::string_view known : context_.functions.names()) names.emplace_back(known);
  for (std::string_view special : {"coalesce", "nullif", "ifnull", "typeof", "now"})
    names.emplace_back(special);
  return bind_error(position, "Scalar Function with name " + std::string(name) + " does not exist!",
                    sql::did_you_mean(name, names));
}

Result<ExpressionPtr> ExpressionBinder::call_function(std::string_view name, ExpressionPtr first,
                                                      ExpressionPtr second,
                                                      SourcePosition position) {
  Arguments arguments;
  arguments.push_back({std::move(first), nullptr, {}});
  arguments.push_back({std::move(second), nullptr, {}});
  return call_function(name, std::move(arguments), position);
}

Result<ExpressionPtr> ExpressionBinder::call_function(std::string_view name, Arguments arguments,
                                                      SourcePosition position) {
  const auto rows = context_.functions.scalar(name);
  if (rows.empty()) return unknown_function(name, position);
  if (contains(uniform_functions, name) && !arguments.empty()) {
    std::vector<ExpressionPtr*> values;
    for (Argument& argument : arguments) values.push_back(&argument.value);
    TRY(unify(values, name));
  }
  std::vector<Operand> operands;
  for (const Argument& argument : arguments) operands.emplace_back(*argument.value);
  bool ambiguous = false;
  const ScalarFunction* row = best_overload(rows, std::span<const Operand>(operands), ambiguous);
  if (!row || ambiguous) {
    return no_match(name, operands, ambiguous, candidate_text(rows), position);
  }
  return make_call(*row, std::move(arguments), position);
}

Result<ExpressionPtr> ExpressionBinder::make_call(const ScalarFunction& row, Arguments arguments,
                                                  SourcePosition position) {
  std::vector<ExpressionPtr*> texts;
  for (Argument& argument : arguments) {
    if (argument.value->type.id() == TypeId::Varchar) texts.push_back(&argument.value);
  }
  const uint8_t collation = TRY(common_collation(texts));
  const bool compares = collation && contains(comparing_functions, row.name);
  if (compares) TRY(collate(texts));
  BindCall call;
  call.name = row.name;
  call.kernel = row.kernel;
  call.flags = row.flags;
  std::vector<std::optional<Value>> constants;
  constants.reserve(arguments.size());
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Operand operand(*arguments[i].value);
    // A lambda stands for the type of its body, from which bind functions make their result's.
    const bool lambda = arguments[i].value->kind == ExpressionKind::Lambda;
    call.arguments.push_back(lambda ? arguments[i].value->children[0]->type
                                    : bound_argument(operand, wanted_type(row, i)));
    constants.push_back(fold(*arguments[i].value));
    call.constants.push_back(constants.back() ? &*constants.back() : nullptr);
    call.argument_names.push_back(arguments[i].name);
  }
  call.result =
      row.result == TypeId::Null && !call.arguments.empty() ? call.arguments[0] : Type(row.result);
  if (row.bind) {
    if (Status status = row.bind(call); !status) {
      // A constant NULL makes the call NULL, whatever the other arguments are.
      const Type null = row.result < TypeId::List ? row.result : TypeId::Integer;
      for (const Value* constant : call.constants) {
        if (row.flags & kSpecialNulls) break;
        if (constant && constant->is_null()) return make_constant(Value::null(null));
      }
      return fail(std::move(status).error().with_position(position));
    }
  }
  if (collation && call.result.id() == TypeId::Varchar) call.result.set_collation(collation);
  auto node = std::make_unique<Expression>(ExpressionKind::Call, call.result);
  node->function = std::string(row.name);
  node->kernel = call.kernel;
  node->state = std::move(call.state);
  node->flags = call.flags;
  node->position = position;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i >= call.arguments.size()) break;
    if (arguments[i].value->kind == ExpressionKind::Lambda) {
      node->children.push_back(std::move(arguments[i].value));
    } else {
      node->children.push_back(TRY(cast(std::move(arguments[i].value), call.arguments[i])));
    }
  }
  return node;
}

}  // namespace whittle
