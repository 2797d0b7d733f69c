// `*`, `t.*`, EXCLUDE, REPLACE, RENAME and COLUMNS(…): from stars to plain select items. New items
// are column references in new trees, which the binder owns.
#include <algorithm>

#include "plan/binder/binder.hpp"
#include "plan/binder/query_binder.hpp"
#include "sql/clone.hpp"
#include "sql/diagnostics.hpp"
#include "sql/to_sql.hpp"
#include "sql/walk.hpp"

namespace whittle {

namespace {

sql::ExpressionPtr reference_to(const Scope::Column& column, SourcePosition position) {
  auto reference = std::make_unique<sql::ColumnReference>();
  reference->position = position;
  reference->parts.push_back(column.name);
  return reference;
}

const sql::Star* find_columns(sql::Expression& expression) {
  if (auto* star = sql::if_is<sql::Star>(expression))
    return star->is_columns && !star->unpack ? star : nullptr;
  const sql::Star* found = nullptr;
  sql::for_each_child(expression, [&](sql::ExpressionPtr& child) {
    if (!found) found = find_columns(*child);
  });
  return found;
}

bool has_unpacked(sql::Expression& expression) {
  if (auto* star = sql::if_is<sql::Star>(expression)) return star->unpack;
  bool found = false;
  sql::for_each_child(expression,
                      [&](sql::ExpressionPtr& child) { found = found || has_unpacked(*child); });
  return found;
}

void replace_columns(sql::ExpressionPtr& expression, const Scope::Column& column) {
  if (auto* star = sql::if_is<sql::Star>(*expression)) {
    if (star->is_columns) expression = reference_to(column, star->position);
    return;
  }
  sql::for_each_child(*expression,
                      [&](sql::ExpressionPtr& child) { replace_columns(child, column); });
}

bool names_column(const sql::QualifiedName& name, const Scope::Column& column) {
  if (!sql::same_name(name.name(), column.name)) return false;
  return name.parts.size() < 2 || sql::same_name(name.parts[name.parts.size() - 2], column.table);
}

}  // namespace

// COLUMNS('regex'), COLUMNS(['a', 'b']), COLUMNS(lambda c: …), COLUMNS(*).
Result<std::vector<uint32_t>> QueryBinder::columns_argument(const sql::Star& star,
                                                            const Scope& scope) {
  std::vector<uint32_t> found;
  const sql::Expression& argument = *star.columns;
  const auto condition_of = [&](uint32_t column, const sql::Expression& body,
                                const std::string& parameter) -> Result<bool> {
    // The lambda's parameter is the name as text: an alias that nothing hides.
    sql::Literal text;
    text.literal = sql::LiteralKind::String;
    text.text = scope.columns[column].name;
    const Alias alias{parameter, &text};
    const Scope nothing;
    ExpressionBinder binder(context_, nothing);
    binder.set_aliases({&alias, 1});
    ExpressionPtr condition = TRY(binder.bind_condition(body));
    const auto value = binder.fold(*condition);
    if (!value)
      return bind_error(body.position, "the lambda in COLUMNS must be constant for each name");
    return !value->is_null() && value->as_boolean();
  };
  if (const auto* lambda = sql::if_is<sql::Lambda>(argument)) {
    const auto names = sql::lambda_parameters(*lambda);
    if (names.size() != 1)
      return bind_error(argument.position, "the lambda in COLUMNS takes one name");
    for (uint32_t i = 0; i < scope.columns.size(); ++i) {
      if (TRY(condition_of(i, *lambda->body, names[0]))) found.push_back(i);
    }
    return found;
  }
  if (const auto* pattern = sql::if_is<sql::Literal>(argument);
      pattern && pattern->literal == sql::LiteralKind::String) {
    sql::FunctionCall match;
    match.name.parts = {"regexp_matches"};
    auto name = std::make_unique<sql::ColumnReference>();
    name->parts = {"__column"};
    match.arguments.push_back(std::move(name));
    match.arguments.push_back(sql::clone(argument));
    match.position = argument.position;
    for (uint32_t i = 0; i < scope.columns.size(); ++i) {
      if (TRY(condition_of(i, match, "__column"))) found.push_back(i);
    }
    return found;
  }
  const Value list = TRY(bind_constant_value(argument, context_));
  if (list.is_null() || list.type().id() != TypeId::List) {
    return bind_error(argument.position,
                      "COLUMNS expects a regular expression, a list of names or a lambda");
  }
  for (const Value& name : list.children()) {
    const auto column = scope.find("", name.to_string());
    if (!column) {
      return bind_error(argument.position,
                        "Column \"" + name.to_string() + "\" was not found in the FROM clause",
                        sql::did_you_mean(name.to_string(), scope.names()));
    }
    found.push_back(*column);
  }
  return found;
}

Result<std::vector<uint32_t>> QueryBinder::matching_columns(const sql::Star& star,
                                                            const Scope& scope) {
  std::vector<uint32_t> columns;
  if (star.columns) {
    columns = TRY(columns_argument(star, scope));
  } else {
    for (uint32_t i = 0; i < scope.columns.size(); ++i) columns.push_back(i);
  }
  if (!star.relation.empty() && !scope.has_table(star.relation)) {
    return bind_error(star.position, "Referenced table \"" + star.relation + "\" not found!");
  }
  for (const sql::QualifiedName& name : star.exclude) {
    const bool known =
        std::any_of(scope.columns.begin(), scope.columns.end(),
                    [&](const Scope::Column& column) { return names_column(name, column); });
    if (!known) {
      return bind_error(name.position,
                        "Column \"" + name.name() + "\" in EXCLUDE list not found in FROM clause",
                        sql::did_you_mean(name.name(), scope.names()));
    }
  }
  std::erase_if(columns, [&](uint32_t i) {
    if (scope.columns[i].hidden) return true;
    if (!star.relation.empty() && !sql::same_name(scope.columns[i].table, star.relation))
      return true;
    return std::any_of(
        star.exclude.begin(), star.exclude.end(),
        [&](const sql::QualifiedName& name) { return names_column(name, scope.columns[i]); });
  });
  if (columns.empty() && !scope.columns.empty()) {
    return bind_error(star.position, "Star expression \"" + sql::to_sql(star) +
                                         "\" resulted in an empty set of columns");
  }
  return columns;
}

Status QueryBinder::expand_star(const sql::Star& star, const Scope& scope,
                                std::vector<OutputItem>& items) {
  for (const sql::StarReplacement& replacement : star.replace) {
    if (!scope.find("", replacement.name)) {
      return bind_error(
          star.position,
          "Column \"" + replacement.name + "\" in REPLACE list not found in FROM clause",
          sql::did_you_mean(replacement.name, scope.names()));
    }
  }
  for (uint32_t index : TRY(matching_columns(star, scope))) {
    const Scope::Column& column = scope.columns[index];
    OutputItem item{nullptr, column.name, false};
    for (const sql::StarReplacement& replacement : star.replace) {
      if (sql::same_name(replacement.name, column.name))
        item = {replacement.value.get(), replacement.name, false};
    }
    for (const sql::StarRename& rename : star.rename) {
      if (names_column(rename.column, column)) item.name = rename.name;
    }
    if (!item.value) {
      owned_.push_back(reference_to(column, star.position));
      item.value = owned_.back().get();
    }
    items.push_back(std::move(item));
  }
  return {};
}

// The expression around COLUMNS(…), once per column.
Status QueryBinder::expand_columns(const sql::SelectItem& item, const Scope& scope,
                                   std::vector<OutputItem>& items) {
  const sql::Star* star = find_columns(*item.value);
  for (uint32_t index : TRY(matching_columns(*star, scope))) {
    const Scope::Column& column = scope.columns[index];
    sql::ExpressionPtr copy = sql::clone(*item.value);
    replace_columns(copy, column);
    std::string name = column.name;
    if (!item.alias
             .empty()) {  // `COLUMNS('a(.)') AS 'b\1'`: only \0, the whole name, is known here
      name = item.alias;
      if (const size_t place = name.find("\\0"); place != std::string::npos)
        name.replace(place, 2, column.name);
    }
    owned_.push_back(std::move(copy));
    items.push_back({owned_.back().get(), std::move(name), !item.alias.empty()});
  }
  return {};
}

// `coalesce(*COLUMNS(…))`: the columns become arguments.
Status QueryBinder::unpack_columns(sql::Expression& expression, const Scope& scope) {
  if (auto* call = sql::if_is<sql::FunctionCall>(expression)) {
    sql::ExpressionList arguments;
    for (auto& argument : call->arguments) {
      auto* star = sql::if_is<sql::Star>(*argument);
      if (!star || !star->unpack) {
        arguments.push_back(std::move(argument));
        continue;
      }
      for (uint32_t index : TRY(matching_columns(*star, scope))) {
        auto reference = std::make_unique<sql::ColumnReference>();
        reference->position = star->position;
        reference->parts = {scope.columns[index].table, scope.columns[index].name};
        arguments.push_back(std::move(reference));
      }
    }
    call->arguments = std::move(arguments);
  }
  Status status;
  sql::for_each_child(expression, [&](sql::ExpressionPtr& child) {
    if (status) status = unpack_columns(*child, scope);
  });
  return status;
}

Result<std::vector<OutputItem>> QueryBinder::expand_items(const sql::Select& select,
                                                          const Scope& scope) {
  std::vector<OutputItem> items;
  for (const sql::SelectItem& item : select.items) {
    const auto* star = sql::if_is<sql::Star>(*item.value);
    if (star && select.from.empty()) {
      return bind_error(star->position, "SELECT * with no tables specified is not valid");
    }
    if (star && !star->is_columns) {
      TRY(expand_star(*star, scope, items));
    } else if (find_columns(*item.value)) {
      TRY(expand_columns(item, scope, items));
    } else if (has_unpacked(*item.value)) {
      owned_.push_back(sql::clone(*item.value));
      sql::Expression& copy = *owned_.back();
      TRY(unpack_columns(copy, scope));
      items.push_back(
          {&copy, item.alias.empty() ? sql::column_name(copy) : item.alias, !item.alias.empty()});
    } else {
      const auto* positional = sql::if_is<sql::Positional>(*item.value);
      if (positional && item.alias.empty() && positional->index >= 1 &&
          positional->index <= scope.columns.size()) {
        items.push_back({item.value.get(), scope.columns[positional->index - 1].name, false});
        continue;
      }
      items.push_back({item.value.get(),
                       item.alias.empty() ? sql::column_name(*item.value) : item.alias,
                       !item.alias.empty()});
    }
  }
  return items;
}

}  // namespace whittle
