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

using Match = QueryBinder::StarColumn;

sql::ExpressionPtr reference_to(const Match& column, SourcePosition position) {
  auto reference = std::make_unique<sql::ColumnReference>();
  reference->position = position;
  reference->parts = column.parts;
  return reference;
}

// The first COLUMNS(…) that multiplies the expression around it.
const sql::Star* find_columns(const sql::Expression& expression) {
  if (const auto* star = sql::if_is<sql::Star>(expression))
    return star->is_columns && !star->unpack ? star : nullptr;
  const sql::Star* found = nullptr;
  sql::for_each_child(const_cast<sql::Expression&>(expression), [&](sql::ExpressionPtr& child) {
    if (!found) found = find_columns(*child);
  });
  return found;
}

bool has_unpacked(const sql::Expression& expression) {
  if (const auto* star = sql::if_is<sql::Star>(expression)) return star->unpack;
  bool found = false;
  sql::for_each_child(const_cast<sql::Expression&>(expression),
                      [&](sql::ExpressionPtr& child) { found = found || has_unpacked(*child); });
  return found;
}

// All COLUMNS(…) become `column`; false where another one stands beside the first.
bool replace_columns(sql::ExpressionPtr& expression, const std::string& first,
                     const sql::Expression& column) {
  if (auto* star = sql::if_is<sql::Star>(*expression)) {
    if (!star->is_columns) return true;
    if (sql::to_sql(*star) != first) return false;
    expression = sql::clone(column);
    return true;
  }
  bool same = true;
  sql::for_each_child(*expression, [&](sql::ExpressionPtr& child) {
    same = same && replace_columns(child, first, column);
  });
  return same;
}

// A `*` inside COLUMNS' own argument is the list of all names.
void replace_star(sql::ExpressionPtr& expression, const std::vector<Match>& columns) {
  if (expression->kind == sql::ExpressionKind::Star) {
    auto names = std::make_unique<sql::List>();
    names->position = expression->position;
    for (const Match& column : columns) {
      auto name = std::make_unique<sql::Literal>();
      name->literal = sql::LiteralKind::String;
      name->text = column.name;
      names->items.push_back(std::move(name));
    }
    expression = std::move(names);
    return;
  }
  sql::for_each_child(*expression,
                      [&](sql::ExpressionPtr& child) { replace_star(child, columns); });
}

bool names_column(const sql::QualifiedName& name, const Match& column) {
  if (!sql::same_name(name.name(), column.name)) return false;
  return name.parts.size() < 2 || sql::same_name(name.parts[name.parts.size() - 2], column.table);
}

const sql::Literal* as_pattern(const sql::Star& star) {
  const auto* pattern = star.columns ? sql::if_is<sql::Literal>(*star.columns) : nullptr;
  return pattern && pattern->literal == sql::LiteralKind::String ? pattern : nullptr;
}

std::vector<std::string> names_of(const std::vector<Match>& columns) {
  std::vector<std::string> names;
  for (const Match& column : columns) names.push_back(column.name);
  return names;
}

std::unique_ptr<sql::Literal> text_literal(std::string text) {
  auto literal = std::make_unique<sql::Literal>();
  literal->literal = sql::LiteralKind::String;
  literal->text = std::move(text);
  return literal;
}

}  // namespace

// COLUMNS('regex'), COLUMNS(['a', 'b']), COLUMNS(lambda c: …): those of `columns` that it means.
Result<std::vector<Match>> QueryBinder::columns_argument(const sql::Star& star,
                                                         std::vector<Match> columns) {
  const sql::Expression& argument = *star.columns;
  const Scope nothing;
  // The parameter of a condition is the name as text: an alias that nothing hides.
  const auto holds = [&](const Match& column, const sql::Expression& condition,
                         const std::string& parameter) -> Result<bool> {
    const auto text = text_literal(column.name);
    const Alias alias{parameter, text.get()};
    ExpressionBinder binder(context_, nothing);
    binder.set_aliases({&alias, 1});
    const auto value = binder.fold(*TRY(binder.bind_condition(condition)));
    if (!value)
      return bind_error(condition.position, "the lambda in COLUMNS must be constant for each name");
    return !value->is_null() && value->as_boolean();
  };
  std::vector<Match> found;
  if (const auto* lambda = sql::if_is<sql::Lambda>(argument)) {
    const auto names = sql::lambda_parameters(*lambda);
    if (names.size() != 1)
      return bind_error(argument.position, "the lambda in COLUMNS takes one name");
    for (Match& column : columns) {
      if (TRY(holds(column, *lambda->body, names[0]))) found.push_back(std::move(column));
    }
    return found;
  }
  if (as_pattern(star)) {
    sql::FunctionCall match;
    match.name.parts = {"regexp_matches"};
    auto name = std::make_unique<sql::ColumnReference>();
    name->parts = {"__column"};
    match.arguments.push_back(std::move(name));
    match.arguments.push_back(sql::clone(argument));
    match.position = argument.position;
    for (Match& column : columns) {
      if (TRY(holds(column, match, "__column"))) found.push_back(std::move(column));
    }
    return found;
  }
  sql::ExpressionPtr names = sql::clone(argument);
  replace_star(names, columns);
  const Value list = TRY(bind_constant_value(*names, context_));
  if (list.is_null() || list.type().id() != TypeId::List) {
    return bind_error(argument.position,
                      "COLUMNS expects a regular expression, a list of names or a lambda");
  }
  for (const Value& name : list.children()) {
    const std::string text = name.to_string();
    const auto column = std::find_if(columns.begin(), columns.end(), [&](const Match& candidate) {
      return sql::same_name(candidate.name, text);
    });
    if (column == columns.end()) {
      return bind_error(argument.position,
                        "Column \"" + text + "\" was selected but was not found in the FROM clause",
                        sql::did_you_mean(text, names_of(columns)));
    }
    found.push_back(*column);
  }
  return found;
}

// What `*`, `t.*` or `s.*` (of a struct) stands for before EXCLUDE.
Result<std::vector<Match>> QueryBinder::star_columns(const sql::Star& star, const Scope& scope) {
  std::vector<Match> columns;
  const std::string& relation = star.relation;
  if (relation.empty() || scope.has_table(relation)) {
    for (const Scope::Column& column : scope.columns) {
      if (column.hidden || (!relation.empty() && !sql::same_name(column.table, relation))) continue;
      const bool first =
          scope.find("", column.name) == static_cast<uint32_t>(&column - scope.columns.data());
      Match match{{column.name}, column.name, column.table};
      if (!column.table.empty() && (!first || star.unpack)) {
        match.parts.insert(match.parts.begin(), column.table);
      }
      columns.push_back(std::move(match));
    }
    return columns;
  }
  const auto place = scope.find("", relation);
  if (!place) {
    return bind_error(star.position, "Referenced table \"" + relation + "\" not found!",
                      sql::did_you_mean(relation, scope.tables()));
  }
  const Type& type = scope.columns[*place].type;
  if (type.id() != TypeId::Struct) {
    return bind_error(star.position, "Cannot extract field from expression \"" + relation +
                                         ".*\" because it is not a struct");
  }
  for (const Type::Field& field : type.fields()) {
    columns.push_back({{relation, field.name}, field.name, relation});
  }
  return columns;
}

Result<std::vector<Match>> QueryBinder::matching_columns(const sql::Star& star,
                                                         const Scope& scope) {
  std::vector<Match> columns = TRY(star_columns(star, scope));
  const bool any = !columns.empty();
  for (size_t i = 0; i < star.exclude.size(); ++i) {
    const sql::QualifiedName& name = star.exclude[i];
    const bool known = std::any_of(columns.begin(), columns.end(),
                                   [&](const Match& column) { return names_column(name, column); });
    if (!known) {
      return bind_error(name.position,
                        "Column \"" + name.name() + "\" in EXCLUDE list not found in FROM clause",
                        sql::did_you_mean(name.name(), names_of(columns)));
    }
    for (size_t k = 0; k < i; ++k) {
      if (!sql::same_name(star.exclude[k].name(), name.name())) continue;
      return bind_error(name.position, "Duplicate entry \"" + name.name() + "\" in EXCLUDE list");
    }
  }
  for (const sql::StarReplacement& replacement : star.replace) {
    const auto is_named = [&](const auto& name) { return sql::same_name(replacement.name, name); };
    for (const sql::QualifiedName& name : star.exclude) {
      if (!is_named(name.name())) continue;
      return bind_error(star.position, "Column \"" + replacement.name +
                                           "\" cannot occur in both EXCLUDE and REPLACE list");
    }
    const bool known = std::any_of(columns.begin(), columns.end(),
                                   [&](const Match& column) { return is_named(column.name); });
    if (known) continue;
    return bind_error(
        star.position,
        "Column \"" + replacement.name + "\" in REPLACE list not found in FROM clause",
        sql::did_you_mean(replacement.name, names_of(columns)));
  }
  if (star.columns) columns = TRY(columns_argument(star, std::move(columns)));
  std::erase_if(columns, [&](const Match& column) {
    return std::any_of(star.exclude.begin(), star.exclude.end(),
                       [&](const sql::QualifiedName& name) { return names_column(name, column); });
  });
  if (columns.empty() && any) {
    return bind_error(star.position, "Star expression \"" + sql::to_sql(star) +
                                         "\" resulted in an empty set of columns");
  }
  for (Match& column : columns) {
    for (const sql::StarReplacement& replacement : star.replace) {
      if (!sql::same_name(replacement.name, column.name)) continue;
      column.replacement = replacement.value.get();
      column.name = replacement.name;
    }
    for (const sql::StarRename& rename : star.rename) {
      if (names_column(rename.column, column)) column.name = rename.name;
    }
  }
  return columns;
}

Status QueryBinder::expand_star(const sql::Star& star, const Scope& scope,
                                std::vector<OutputItem>& items) {
  for (const Match& column : TRY(matching_columns(star, scope))) {
    const sql::Expression* value = column.replacement;
    if (!value) {
      owned_.push_back(reference_to(column, star.position));
      value = owned_.back().get();
    }
    items.push_back({value, column.name, false});
  }
  return {};
}

// `COLUMNS('a(.)') AS 'b\1'`: groups of the regular expression go into the name.
Result<std::string> QueryBinder::columns_alias(const std::string& alias, const sql::Star& star,
                                               const Match& column) {
  const sql::Literal* pattern = as_pattern(star);
  if (!pattern) return alias;
  std::string name;
  for (size_t i = 0; i < alias.size(); ++i) {
    const bool group =
        alias[i] == '\\' && i + 1 < alias.size() && alias[i + 1] >= '0' && alias[i + 1] <= '9';
    if (!group) {
      name += alias[i];
      continue;
    }
    sql::FunctionCall extract;
    extract.name.parts = {"regexp_extract"};
    extract.position = star.position;
    extract.arguments.push_back(text_literal(column.name));
    extract.arguments.push_back(text_literal(pattern->text));
    auto number = std::make_unique<sql::Literal>();
    number->literal = sql::LiteralKind::Integer;
    number->text = alias[++i];
    extract.arguments.push_back(std::move(number));
    name += TRY(bind_constant_value(extract, context_))
    .to_string();
  }
  return name;
}

// The expression around COLUMNS(…), once per column; nothing where there is no COLUMNS.
Result<std::vector<OutputItem>> QueryBinder::expand_columns(const sql::Expression& value,
                                                            const std::string& alias,
                                                            const Scope& scope) {
  std::vector<OutputItem> items;
  const sql::Star* star = find_columns(value);
  if (!star) return items;
  const std::string text = sql::to_sql(*star);
  for (const Match& column : TRY(matching_columns(*star, scope))) {
    sql::ExpressionPtr copy = sql::clone(value);
    const sql::ExpressionPtr by =
        column.replacement ? sql::clone(*column.replacement) : reference_to(column, star->position);
    if (!replace_columns(copy, text, *by)) {
      return bind_error(value.position,
                        "Multiple different STAR/COLUMNS in the same expression are not supported");
    }
    std::string name = alias.empty() ? column.name : TRY(columns_alias(alias, *star, column));
    owned_.push_back(std::move(copy));
    items.push_back({owned_.back().get(), std::move(name), !alias.empty()});
  }
  return items;
}

// In a condition all copies must hold; operands of an AND are expanded each for itself.
Result<const sql::Expression*> QueryBinder::expand_condition(const sql::Expression& condition,
                                                             const Scope& scope) {
  if (!find_columns(condition)) return &condition;
  auto all = std::make_unique<sql::Conjunction>();
  all->position = condition.position;
  const auto* conjunction = sql::if_is<sql::Conjunction>(condition);
  if (conjunction && conjunction->is_and) {
    for (const auto& operand : conjunction->operands) {
      all->operands.push_back(sql::clone(*TRY(expand_condition(*operand, scope))));
    }
  } else {
    for (const OutputItem& item : TRY(expand_columns(condition, {}, scope))) {
      all->operands.push_back(sql::clone(*item.value));
    }
  }
  if (all->operands.size() == 1) {
    owned_.push_back(std::move(all->operands[0]));
  } else {
    owned_.push_back(std::move(all));
  }
  return owned_.back().get();
}

// `coalesce(*COLUMNS(…))`, `[*COLUMNS(…)]`: the columns become arguments, with their names where a
// function may use them.
Status QueryBinder::unpack_columns(sql::Expression& expression, const Scope& scope) {
  sql::ExpressionList* list = nullptr;
  bool named = false;
  if (auto* call = sql::if_is<sql::FunctionCall>(expression)) {
    list = &call->arguments;
    named = !sql::same_name(call->name.name(), "coalesce");
  } else if (auto* literal = sql::if_is<sql::List>(expression)) {
    list = &literal->items;
    named = true;
  }
  if (list) {
    sql::ExpressionList arguments;
    for (auto& argument : *list) {
      auto* star = sql::if_is<sql::Star>(*argument);
      if (!star || !star->unpack) {
        arguments.push_back(std::move(argument));
        continue;
      }
      for (const Match& column : TRY(matching_columns(*star, scope))) {
        sql::ExpressionPtr value = reference_to(column, star->position);
        if (named) {
          auto argument_named = std::make_unique<sql::NamedArgument>();
          argument_named->position = star->position;
          argument_named->name = column.name;
          argument_named->value = std::move(value);
          value = std::move(argument_named);
        }
        arguments.push_back(std::move(value));
      }
    }
    *list = std::move(arguments);
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
      continue;
    }
    std::vector<OutputItem> expanded = TRY(expand_columns(*item.value, item.alias, scope));
    if (!expanded.empty()) {
      for (OutputItem& copy : expanded) items.push_back(std::move(copy));
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
      std::string name = item.alias.empty() ? sql::column_name(*item.value) : item.alias;
      const auto* reference = sql::if_is<sql::ColumnReference>(*item.value);
      if (reference && item.alias.empty() && reference->parts.size() <= 2) {
        // A column keeps its own spelling: `SELECT NAME` gives name.
        const auto& parts = reference->parts;
        const auto place = scope.find(parts.size() == 2 ? parts[0] : "", parts.back());
        if (place) name = scope.columns[*place].name;
      }
      items.push_back({item.value.get(), std::move(name), !item.alias.empty()});
    }
  }
  return items;
}

}  // namespace whittle
