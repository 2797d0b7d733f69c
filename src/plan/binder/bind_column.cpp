// Names: columns, fields of structs, aliases, lambda parameters; and access to parts of values.
#include "plan/binder/expression_binder.hpp"
#include "sql/diagnostics.hpp"

namespace whittle {

namespace {

// Zero-based position of a field, without regard to case unless several differ by case only.
std::optional<size_t> find_field(const Type& type, std::string_view name) {
  std::optional<size_t> found;
  for (size_t i = 0; i < type.fields().size(); ++i) {
    if (type.fields()[i].name == name) return i;
    if (!found && sql::same_name(type.fields()[i].name, name)) found = i;
  }
  return found;
}

// Functions that SQL lets one call without parentheses.
bool is_plain_function(std::string_view name) {
  for (std::string_view known : {"current_date", "current_time", "current_timestamp", "localtime",
                                 "localtimestamp", "current_schema", "current_catalog",
                                 "current_user", "session_user", "current_role", "user"}) {
    if (sql::same_name(name, known)) return true;
  }
  return false;
}

}  // namespace

Result<ExpressionPtr> ExpressionBinder::extract_fields(ExpressionPtr value,
                                                       std::span<const std::string> fields,
                                                       SourcePosition position) {
  for (const std::string& field : fields) {
    if (value->type.id() == TypeId::Struct) {
      const auto index = find_field(value->type, field);
      if (!index) {
        std::vector<std::string> names;
        for (const auto& candidate : value->type.fields()) names.push_back(candidate.name);
        return bind_error(position, "Could not find key \"" + field + "\" in struct",
                          sql::did_you_mean(field, names));
      }
      const Type type = value->type.fields()[*index].type;
      const std::string name = value->type.fields()[*index].name;
      value = TRY(call_function("struct_extract", std::move(value),
                                make_constant(Value::string(TypeId::Varchar, name)), position));
    } else if (value->type.id() == TypeId::Map) {
      value = TRY(call_function("array_extract", std::move(value),
                                make_constant(Value::string(TypeId::Varchar, field)), position));
    } else {
      return bind_error(position, "Cannot extract field '" + field + "' from expression of type " +
                                      value->type.to_string() + " because it is not a struct");
    }
  }
  return value;
}

// `a.b.c`: the longest table-qualified reading first, then a column and its fields.
Result<ExpressionPtr> ExpressionBinder::find_in_scope(const sql::ColumnReference& reference) {
  const auto& parts = reference.parts;
  const auto column = [&](uint32_t index, size_t used) {
    return extract_fields(make_column(index, scope_.columns[index].type),
                          std::span(parts).subspan(used), reference.position);
  };
  for (size_t table = std::min<size_t>(parts.size() - 1, 3); table >= 1; --table) {
    if (const auto index = scope_.find(parts[table - 1], parts[table]))
      return column(*index, table + 1);
  }
  if (const auto index = scope_.find("", parts[0])) return column(*index, 1);
  return ExpressionPtr();
}

Result<ExpressionPtr> ExpressionBinder::find_alias(const sql::ColumnReference& reference) {
  for (const Alias& alias : aliases_) {
    if (!sql::same_name(alias.name, reference.parts[0])) continue;
    for (std::string_view open : aliases_open_) {
      if (open == alias.name) return ExpressionPtr();  // `lower(x) AS x`: the inner x is the column
    }
    aliases_open_.push_back(alias.name);
    Result<ExpressionPtr> value = bind(*alias.value);
    aliases_open_.pop_back();
    if (!value) return value;
    return extract_fields(std::move(*value), std::span(reference.parts).subspan(1),
                          reference.position);
  }
  return ExpressionPtr();
}

Result<ExpressionPtr> ExpressionBinder::find_column(const sql::ColumnReference& reference,
                                                    size_t frames) {
  if (frames == 0) {
    // Inside of lambdas, aliases and columns of the query know nothing of the lambdas' frames.
    std::vector<LambdaFrame> inner = std::exchange(frames_, {});
    Result<ExpressionPtr> found = ExpressionPtr();
    if (aliases_first_) found = find_alias(reference);
    if (found && !*found) found = find_in_scope(reference);
    if (found && !*found && !aliases_first_) found = find_alias(reference);
    frames_ = std::move(inner);
    return found;
  }
  LambdaFrame& frame = frames_[frames - 1];
  const auto parameter_count = static_cast<uint32_t>(frame.names.size());
  for (uint32_t i = 0; i < parameter_count; ++i) {
    if (!sql::same_name(frame.names[i], reference.parts[0])) continue;
    return extract_fields(make_column(i, frame.types[i]), std::span(reference.parts).subspan(1),
                          reference.position);
  }
  ExpressionPtr outer = TRY(find_column(reference, frames - 1));
  if (!outer || outer->is_constant()) return outer;
  auto& captures = frames_[frames - 1].captures;
  uint32_t place = 0;
  while (place < captures.size() && !captures[place]->equals(*outer)) ++place;
  ExpressionPtr column = make_column(parameter_count + place, outer->type);
  if (place == captures.size()) captures.push_back(std::move(outer));
  return column;
}

Result<ExpressionPtr> ExpressionBinder::bind_column(const sql::ColumnReference& reference) {
  if (ExpressionPtr found = TRY(find_column(reference, frames_.size()))) return found;
  if (reference.parts.size() == 1 && scope_.has_table(reference.parts[0]) && frames_.empty()) {
    Arguments arguments;  // the row of a table as a STRUCT
    for (uint32_t i = 0; i < scope_.columns.size(); ++i) {
      const Scope::Column& column = scope_.columns[i];
      if (column.hidden || !sql::same_name(column.table, reference.parts[0])) continue;
      arguments.push_back({make_column(i, column.type), nullptr, column.name});
    }
    return call_function("struct_pack", std::move(arguments), reference.position);
  }
  if (reference.parts.size() == 1) {  // current_date and its kin need no parentheses
    sql::FunctionCall call;
    call.name.parts = reference.parts;
    call.position = reference.position;
    if (is_plain_function(reference.parts[0])) return bind_call(call);
  }
  if (scope_.columns.empty() && aliases_.empty()) {
    return bind_error(reference.position,
                      "Referenced column \"" + reference.parts.back() +
                          "\" was not found because the FROM clause is missing");
  }
  if (reference.parts.size() > 1 && !scope_.has_table(reference.parts[0])) {
    const std::vector<std::string> tables = scope_.tables();
    std::string hint = sql::did_you_mean(reference.parts[0], tables);
    if (hint.empty() && !tables.empty() && !tables[0].empty()) {
      hint = "Candidate tables: \"" + tables[0] + "\"";
      for (size_t i = 1; i < tables.size(); ++i) hint += ", \"" + tables[i] + "\"";
    }
    return bind_error(reference.position,
                      "Referenced table \"" + reference.parts[0] + "\" not found!",
                      std::move(hint));
  }
  std::vector<std::string> candidates = scope_.names();
  for (const Alias& alias : aliases_) candidates.push_back(alias.name);
  return bind_error(
      reference.position,
      "Referenced column \"" + reference.parts.back() + "\" not found in FROM clause!",
      sql::did_you_mean(reference.parts.back(), candidates));
}

Result<ExpressionPtr> ExpressionBinder::bind_lambda(const sql::Lambda& lambda,
                                                    std::string_view function,
                                                    const Arguments& arguments) {
  LambdaFrame frame;
  frame.names = sql::lambda_parameters(lambda);
  if (frame.names.empty()) {
    return bind_error(lambda.position, "Invalid lambda parameters: plain names are expected");
  }
  const ExpressionPtr& list = arguments[0].value;
  const TypeId id = list ? list->type.id() : TypeId::Lambda;
  if (id != TypeId::List && id != TypeId::Array && id != TypeId::Null) {
    return bind_error(lambda.position, "Invalid LIST argument during lambda function binding!");
  }
  const Type element = id == TypeId::Null ? Type(TypeId::Null) : list->type.element();
  const bool reduce = function.ends_with("reduce");
  Type accumulator = element;
  if (reduce && arguments.size() > 2 && arguments[2].value) accumulator = arguments[2].value->type;
  const size_t most = reduce ? 3 : 2;
  if (frame.names.size() > most || (reduce && frame.names.size() < 2)) {
    return bind_error(lambda.position, "Incorrect number of parameters in lambda function!");
  }
  frame.types = reduce ? std::vector<Type>{accumulator, element, TypeId::BigInt}
                       : std::vector<Type>{element, TypeId::BigInt};
  frame.types.resize(frame.names.size());
  const auto parameters = static_cast<uint32_t>(frame.names.size());
  std::vector<AggregateCall>* aggregates = std::exchange(aggregates_, nullptr);
  const std::string_view clause = std::exchange(clause_, "a lambda");
  frames_.push_back(std::move(frame));
  Result<ExpressionPtr> body = bind(*lambda.body);
  frame = std::move(frames_.back());
  frames_.pop_back();
  aggregates_ = aggregates;
  clause_ = clause;
  if (!body) return body;
  if (reduce) body = cast(std::move(*body), accumulator);
  if (function.ends_with("filter")) body = cast(std::move(*body), TypeId::Boolean);
  if (!body) return body;
  (*body)->is_literal = false;
  auto node = std::make_unique<Expression>(ExpressionKind::Lambda, TypeId::Lambda);
  node->position = lambda.position;
  node->lambda_parameters = parameters;
  node->children.push_back(std::move(*body));
  for (ExpressionPtr& capture : frame.captures) node->children.push_back(std::move(capture));
  return node;
}

Result<ExpressionPtr> ExpressionBinder::bind_subscript(const sql::Subscript& subscript) {
  ExpressionPtr value = TRY(bind(*subscript.operand))
  , index = TRY(bind(*subscript.index));
  if (value->type.id() == TypeId::Struct && index->is_constant() && !index->constant.is_null() &&
      index->type.is_string()) {
    const std::string field = index->constant.as_string();
    return extract_fields(std::move(value), {&field, 1}, subscript.position);
  }
  const std::string_view name =
      value->type.id() == TypeId::Struct ? "struct_extract" : "array_extract";
  return call_function(name, std::move(value), std::move(index), subscript.position);
}

// A missing bound is the first or last element: 1 and -1.
Result<ExpressionPtr> ExpressionBinder::bind_slice(const sql::Slice& slice) {
  Arguments arguments;
  arguments.push_back({
    TRY(bind(*slice.operand))
    , nullptr, {}
  });
  const auto bound = [&](const sql::ExpressionPtr& expression,
                         int64_t missing) -> Result<ExpressionPtr> {
    if (expression) return bind(*expression);
    return make_constant(Value::integer(TypeId::BigInt, missing));
  };
  arguments.push_back({
    TRY(bound(slice.begin, 1))
    , nullptr, {}
  });
  arguments.push_back({
    TRY(bound(slice.end, -1))
    , nullptr, {}
  });
  if (slice.has_step)
    arguments.push_back({
      TRY(bound(slice.step, 1))
      , nullptr, {}
    });
  return call_function("array_slice", std::move(arguments), slice.position);
}

}  // namespace whittle
