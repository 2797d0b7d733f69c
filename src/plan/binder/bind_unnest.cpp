// unnest() and generate_subscripts() in a select list: each list becomes a column of an Unnest node
// between the input and the projection, and structs become their fields.
//
// A list of lists is unnested level by level, the innermost call of the chain first; the last level
// of all chains is one node, so that several unnest() of one SELECT advance together and the
// shorter ones are padded with NULLs, as in DuckDB.
#include "plan/binder/expression_binder.hpp"

namespace whittle {

namespace {

struct UnnestOptions {
  uint64_t depth = 1;
  bool keep_parent_names = false;
};

bool is_unnest(const sql::FunctionCall& call) {
  const std::string& name = call.name.name();
  return sql::same_name(name, "unnest") || sql::same_name(name, "unlist");
}

std::unexpected<Error> not_a_list(SourcePosition position, const Type& type) {
  return bind_error(
      position, "UNNEST() can only be applied to lists, structs and NULL, not " + type.to_string());
}

}  // namespace

Status ExpressionBinder::check_unnest(const sql::FunctionCall& call) const {
  if (call.distinct || call.filter || !call.order_by.empty()) {
    return bind_error(call.position,
                      "\"DISTINCT\", \"FILTER\", and \"ORDER BY\" are not applicable to \"UNNEST\"",
                      {}, ErrorCode::InvalidArgument);
  }
  if (!frames_.empty()) {
    return bind_error(call.position, "UNNEST in lambda expressions is not supported");
  }
  if (inside_unnest_) {
    return bind_error(call.position,
                      "Nested UNNEST calls are not supported - use UNNEST(x, recursive := true) to "
                      "unnest multiple levels");
  }
  if (!unnests_) return bind_error(call.position, "UNNEST not supported here");
  return {};
}

Result<ExpressionPtr> ExpressionBinder::add_unnest(ExpressionPtr list, uint32_t level) {
  const Type element = list->type.element();
  list->is_literal = false;
  uint32_t place = 0;
  for (; place < unnests_->size(); ++place) {
    const UnnestCall& known = (*unnests_)[place];
    if (known.level == level && known.list->equals(*list)) break;
  }
  if (place == unnests_->size()) unnests_->push_back({std::move(list), level});
  return make_column(kUnnestColumns + place, element);
}

Result<std::vector<NamedExpression>> ExpressionBinder::expand_unnest(const sql::FunctionCall& call,
                                                                     bool is_item) {
  TRY(check_unnest(call));
  if (call.arguments.empty()) {
    return bind_error(call.position, "UNNEST() requires at lease one argument");
  }
  UnnestOptions options;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const auto* named = sql::if_is<sql::NamedArgument>(*call.arguments[i]);
    if (!named) {
      return bind_error(call.arguments[i]->position,
                        "UNNEST - unsupported extra argument, unnest only supports recursive := "
                        "[true/false], max_depth := # or keep_parent_names := [true/false]");
    }
    ExpressionPtr bound = TRY(bind(*named->value));
    const std::optional<Value> value = fold(*bound);
    if (!value || value->is_null()) {
      return bind_error(named->position, named->name + " of unnest() must be a constant");
    }
    const bool flag = value->type().id() == TypeId::Boolean;
    if (sql::same_name(named->name, "recursive") && flag) {
      if (value->as_boolean()) options.depth = UINT32_MAX;
    } else if (sql::same_name(named->name, "keep_parent_names") && flag) {
      options.keep_parent_names = value->as_boolean();
    } else if (sql::same_name(named->name, "max_depth") && value->type().is_integer()) {
      if (value->as_integer() < 0 || value->as_integer() > UINT32_MAX) {
        return bind_error(named->position, "max_depth of unnest() is out of range", {},
                          ErrorCode::InvalidArgument);
      }
      options.depth = static_cast<uint64_t>(value->as_integer());
      if (options.depth == 0) {
        return bind_error(named->position, "UNNEST cannot have a max depth of 0");
      }
    } else {
      return bind_error(named->position, "Unsupported parameter \"" + named->name +
                                             "\" for unnest, or a value it does not take");
    }
  }
  inside_unnest_ = true;
  Result<ExpressionPtr> bound = bind(*call.arguments[0]);
  inside_unnest_ = false;
  ExpressionPtr value = TRY(std::move(bound));
  if (value->type.id() == TypeId::Null) {
    value = make_constant(Value::null(Type::list(TypeId::Null)));
  } else if (value->type.id() == TypeId::Array) {
    const Type list = Type::list(value->type.element());
    value = TRY(cast(std::move(value), list));
  }
  uint64_t lists = 0;
  if (value->type.id() == TypeId::List) {
    for (Type type = value->type; type.id() == TypeId::List && lists < options.depth; ++lists) {
      const Type element = type.element();
      type = element;
    }
    for (uint64_t level = lists; level-- > 0;) {
      value = TRY(add_unnest(std::move(value), static_cast<uint32_t>(level)));
    }
  } else if (value->type.id() != TypeId::Struct) {
    return not_a_list(call.position, value->type);
  }
  std::vector<NamedExpression> expanded;
  expanded.push_back({{}, std::move(value)});
  for (uint64_t depth = lists; depth < options.depth; ++depth) {
    std::vector<NamedExpression> fields;
    bool any = false;
    for (NamedExpression& item : expanded) {
      if (item.value->type.id() != TypeId::Struct) {
        fields.push_back(std::move(item));
        continue;
      }
      any = true;
      const auto& types = item.value->type.fields();
      for (size_t i = 0; i < types.size(); ++i) {
        const std::string plain =
            types[i].name.empty() ? "element" + std::to_string(i + 1) : types[i].name;
        const bool prefixed = options.keep_parent_names && !item.name.empty();
        const Value key = types[i].name.empty()
                              ? Value::integer(TypeId::BigInt, static_cast<int64_t>(i + 1))
                              : Value::string(TypeId::Varchar, types[i].name);
        ExpressionPtr field = TRY(call_function("struct_extract", item.value->clone(),
                                                make_constant(key), call.position));
        fields.push_back({prefixed ? item.name + "." + plain : plain, std::move(field)});
      }
    }
    expanded = std::move(fields);
    if (!any) break;
    if (!is_item) {
      return bind_error(call.position,
                        "UNNEST() on a struct column can only be applied as the root element of a "
                        "SELECT expression");
    }
  }
  return expanded;
}

Result<ExpressionPtr> ExpressionBinder::bind_unnest(const sql::FunctionCall& call) {
  std::vector<NamedExpression> expanded = TRY(expand_unnest(call, false));
  return std::move(expanded[0].value);
}

Result<std::vector<NamedExpression>> ExpressionBinder::bind_unnested_item(
    const sql::Expression& expression) {
  const auto* call = sql::if_is<sql::FunctionCall>(expression);
  if (!call || !is_unnest(*call)) return std::vector<NamedExpression>();
  return expand_unnest(*call, true);
}

// generate_subscripts(list, 1) is unnest(generate_series(1, array_length(list, 1))).
Result<ExpressionPtr> ExpressionBinder::bind_generate_subscripts(const sql::FunctionCall& call) {
  TRY(check_unnest(call));
  if (call.arguments.size() != 2) {
    return bind_error(call.position, "generate_subscripts() takes a list and a dimension");
  }
  inside_unnest_ = true;
  Result<std::vector<ExpressionPtr>> bound = bind_list(call.arguments);
  inside_unnest_ = false;
  std::vector<ExpressionPtr> arguments = TRY(std::move(bound));
  if (arguments[0]->type.id() == TypeId::Null) {
    arguments[0] = make_constant(Value::null(Type::list(TypeId::Null)));
  }
  ExpressionPtr length = TRY(call_function("array_length", std::move(arguments[0]),
                                           std::move(arguments[1]), call.position));
  ExpressionPtr first = make_constant(Value::integer(TypeId::BigInt, 1));
  return add_unnest(
      TRY(call_function("generate_series", std::move(first), std::move(length), call.position)), 0);
}

Result<std::vector<ExpressionPtr>> ExpressionBinder::bind_table_lists(const sql::FunctionCall& call,
                                                                      bool ordinality) {
  for (const auto& argument : call.arguments) {
    const auto* named = sql::if_is<sql::NamedArgument>(*argument);
    if (!named) continue;
    return bind_error(argument->position, "Invalid named parameter \"" + named->name +
                                              "\" for function " + call.name.name());
  }
  ExpressionPtr list;
  if (is_unnest(call)) {
    if (call.arguments.size() != 1) {
      return bind_error(call.position, "unnest() in FROM takes one list");
    }
    list = TRY(bind(*call.arguments[0]));
    if (list->type.id() != TypeId::List) {
      return bind_error(call.position,
                        "UNNEST requires a single list as input, not " + list->type.to_string());
    }
  } else {
    list = TRY(bind(call));
  }
  list->is_literal = false;
  std::vector<ExpressionPtr> lists;
  if (ordinality) {
    Arguments length;
    length.push_back({list->clone(), nullptr, {}});
    ExpressionPtr last = TRY(call_function("len", std::move(length), call.position));
    lists.push_back(
        TRY(call_function("generate_series", make_constant(Value::integer(TypeId::BigInt, 1)),
                          std::move(last), call.position)));
  }
  lists.insert(lists.begin(), std::move(list));
  return lists;
}

void add_unnest_nodes(PlanPtr& plan, std::vector<UnnestCall> calls,
                      std::span<std::vector<ExpressionPtr>* const> expressions) {
  std::vector<uint32_t> places(calls.size());
  const auto settle = [&](ExpressionPtr& expression) {
    for_each_column(expression, [&](ExpressionPtr& column) {
      if (column->index >= kUnnestColumns) column->index = places[column->index - kUnnestColumns];
    });
  };
  uint32_t level = 0;
  for (const UnnestCall& call : calls) level = std::max(level, call.level + 1);
  while (level-- > 0) {
    PlanPtr node = make_node(PlanKind::Unnest, std::move(plan));
    const Schema input = node->output;
    for (uint32_t i = 0; i < input.size(); ++i) node->columns.push_back(i);
    for (size_t i = 0; i < calls.size(); ++i) {
      if (calls[i].level != level) continue;
      settle(calls[i].list);
      places[i] = static_cast<uint32_t>(node->output.size());
      node->output.push_back(
          {"unnest(" + calls[i].list->to_string(&input) + ")", calls[i].list->type.element()});
      node->expressions.push_back(std::move(calls[i].list));
    }
    plan = std::move(node);
  }
  for (std::vector<ExpressionPtr>* list : expressions) {
    for (ExpressionPtr& expression : *list) settle(expression);
  }
}

}  // namespace whittle
