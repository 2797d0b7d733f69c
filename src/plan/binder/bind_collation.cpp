// COLLATE: in which order and equality texts are compared. A collation is part of a VARCHAR's type
// as it goes up an expression; where values are compared, grouped or ordered, the keys of the texts
// take their place: NOCASE, NOACCENT and NFC as the functions that take such differences away.
#include "plan/binder/expression_binder.hpp"

namespace whittle {

namespace {

// The bits of Type::collation, in the order in which their functions are called.
struct Collation {
  std::string_view name, function;
};
constexpr Collation collations[] = {
    {"nocase", "lower"}, {"noaccent", "strip_accents"}, {"nfc", "nfc_normalize"}};

}  // namespace

Result<ExpressionPtr> ExpressionBinder::bind_collate(const sql::Collate& collate) {
  ExpressionPtr value = TRY(bind(*collate.operand));
  if (value->type.id() != TypeId::Varchar) {
    return bind_error(collate.position, "collations are only supported for type varchar");
  }
  uint8_t bits = 0;
  for (std::string_view rest = collate.collation; !rest.empty();) {
    const size_t dot = std::min(rest.find('.'), rest.size());
    const std::string_view name = rest.substr(0, dot);
    rest.remove_prefix(std::min(dot + 1, rest.size()));
    bool known = sql::same_name(name, "binary") || sql::same_name(name, "c") ||
                 sql::same_name(name, "posix");
    for (size_t i = 0; i < std::size(collations); ++i) {
      if (!sql::same_name(name, collations[i].name)) continue;
      bits |= static_cast<uint8_t>(1 << i);
      known = true;
    }
    if (known) continue;
    return bind_error(collate.position,
                      "Collation with name " + std::string(name) + " does not exist!",
                      "collations are NOCASE, NOACCENT, NFC and BINARY", ErrorCode::Binder);
  }
  value->type.set_collation(bits);
  return value;
}

Result<ExpressionPtr> ExpressionBinder::collation_key(ExpressionPtr value) {
  const uint8_t bits = value->type.collation();
  for (size_t i = 0; i < std::size(collations); ++i) {
    if (!(bits >> i & 1)) continue;
    const SourcePosition position = value->position;
    Arguments arguments;
    arguments.push_back({std::move(value), nullptr, {}});
    value = TRY(call_function(collations[i].function, std::move(arguments), position));
    value->type.set_collation(0);
  }
  return value;
}

Result<uint8_t> ExpressionBinder::common_collation(std::span<ExpressionPtr* const> values) {
  uint8_t common = 0;
  for (const ExpressionPtr* value : values) {
    const uint8_t bits = (*value)->type.collation();
    if (bits && common && bits != common) {
      return bind_error((*value)->position, "Cannot combine types with different collation!");
    }
    common |= bits;
  }
  return common;
}

Status ExpressionBinder::share_collation(std::span<ExpressionPtr* const> values) {
  const uint8_t common = TRY(common_collation(values));
  for (ExpressionPtr* value : values) {
    if ((*value)->type.id() == TypeId::Varchar) (*value)->type.set_collation(common);
  }
  return {};
}

Status ExpressionBinder::collate(std::span<ExpressionPtr* const> values) {
  TRY(share_collation(values));
  for (ExpressionPtr* value : values) *value = TRY(collation_key(std::move(*value)));
  return {};
}

}  // namespace whittle
