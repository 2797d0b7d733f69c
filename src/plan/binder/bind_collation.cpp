// COLLATE: in which order and equality texts are compared.
#include "plan/binder/expression_binder.hpp"

namespace whittle {

// The value itself: a collation only matters where values are compared or ordered.
Result<ExpressionPtr> ExpressionBinder::bind_collate(const sql::Collate& collate) {
  ExpressionPtr value = TRY(bind(*collate.operand));
  if (value->type.id() != TypeId::Varchar) {
    return bind_error(collate.position, "collations are only supported for type varchar");
  }
  TRY(collation_key(value->clone(), collate.collation, collate.position));
  return value;
}

std::string_view ExpressionBinder::collation_of(const sql::Expression& expression) const {
  if (const auto* collate = sql::if_is<sql::Collate>(expression)) return collate->collation;
  const auto* name = sql::if_is<sql::ColumnReference>(expression);
  if (!name || name->parts.size() != 1) return {};
  if (!aliases_first_ && scope_.find("", name->parts[0])) return {};
  for (const Alias& alias : aliases_) {
    const auto* collate = sql::if_is<sql::Collate>(*alias.value);
    if (collate && sql::same_name(alias.name, name->parts[0])) return collate->collation;
  }
  return {};
}

// NOCASE and NOACCENT as the functions that take case and accents away; binary is the default.
Result<ExpressionPtr> ExpressionBinder::collation_key(ExpressionPtr value,
                                                      std::string_view collation,
                                                      SourcePosition position) {
  while (!collation.empty() && value->type.id() == TypeId::Varchar) {
    const size_t dot = collation.find('.');
    const std::string_view name = collation.substr(0, dot);
    collation = dot == std::string_view::npos ? std::string_view() : collation.substr(dot + 1);
    if (sql::same_name(name, "binary") || sql::same_name(name, "c") ||
        sql::same_name(name, "posix")) {
      continue;
    }
    const bool nocase = sql::same_name(name, "nocase");
    if (!nocase && !sql::same_name(name, "noaccent")) {
      return bind_error(position, "Collation with name " + std::string(name) + " does not exist!",
                        "collations are NOCASE, NOACCENT and BINARY", ErrorCode::Binder);
    }
    Arguments arguments;
    arguments.push_back({std::move(value), nullptr, {}});
    value = TRY(call_function(nocase ? "lower" : "strip_accents", std::move(arguments), position));
  }
  return value;
}

Result<ExpressionPtr> ExpressionBinder::bind_key(const sql::Expression& expression) {
  const std::string_view collation = collation_of(expression);
  return collation_key(TRY(bind(expression)), collation, expression.position);
}

}  // namespace whittle
