#include "plan/predicate_builder.hpp"

#include <cmath>

#include "columnar/interval.hpp"
#include "plan/type_rules.hpp"

namespace whittle {

namespace {

using parquet::Predicate;
using parquet::PredicateKind;

struct Place {
  uint32_t column;
  std::vector<std::string> path;
  Type type;
};

class Builder {
 public:
  explicit Builder(std::span<const uint32_t> columns) : columns_(columns) {}
  Predicate build(const Expression& expression) const;

 private:
  std::optional<Place> place_of(const Expression& expression) const;
  Predicate comparison(ComparisonOperator op, const Expression& left, const Value& right) const;
  Predicate through_cast(ComparisonOperator op, const Expression& cast, const Value& right) const;
  Predicate through_date_trunc(ComparisonOperator op, const Expression& call,
                               const Value& right) const;
  Predicate in(const Expression& expression) const;
  Predicate call(const Expression& call) const;

  std::span<const uint32_t> columns_;
};

PredicateKind kind_of(ComparisonOperator op) {
  switch (op) {
    case ComparisonOperator::Equal:
      return PredicateKind::Equal;
    case ComparisonOperator::NotEqual:
      return PredicateKind::NotEqual;
    case ComparisonOperator::Less:
      return PredicateKind::Less;
    case ComparisonOperator::LessEqual:
      return PredicateKind::LessOrEqual;
    case ComparisonOperator::Greater:
      return PredicateKind::Greater;
    case ComparisonOperator::GreaterEqual:
      return PredicateKind::GreaterOrEqual;
    case ComparisonOperator::DistinctFrom:
      return PredicateKind::IsDistinctFrom;
    case ComparisonOperator::NotDistinctFrom:
      return PredicateKind::IsNotDistinctFrom;
  }
  return PredicateKind::Unknown;
}

Predicate compare(PredicateKind kind, const Place& place, Value value) {
  if (!(value.type() == place.type)) return Predicate::unknown();
  Predicate predicate = Predicate::compare(kind, place.column, std::move(value));
  predicate.path = place.path;
  return predicate;
}

// A condition that is implied but does not imply: good for skipping, not for passing all rows.
Predicate at_most(Predicate implied) {
  std::vector<Predicate> both;
  both.push_back(std::move(implied));
  both.push_back(Predicate::unknown());
  return Predicate::all_of(std::move(both));
}

// A column, or a field of a STRUCT column.
std::optional<Place> Builder::place_of(const Expression& expression) const {
  if (expression.kind == ExpressionKind::Column) {
    if (expression.index >= columns_.size()) return std::nullopt;
    return Place{columns_[expression.index], {}, expression.type};
  }
  if (expression.kind != ExpressionKind::Call || expression.function != "struct_extract")
    return std::nullopt;
  const Expression& name = *expression.children[1];
  if (!name.is_constant() || name.constant.is_null() || !name.type.is_string()) return std::nullopt;
  auto place = place_of(*expression.children[0]);
  if (!place) return std::nullopt;
  place->path.push_back(name.constant.as_string());
  place->type = expression.type;
  return place;
}

// The greatest integer at most `value` in units of the integer type the column has, and whether it
// is the value itself.
struct Floor {
  int128_t value;
  bool exact;
};
std::optional<Floor> floor_of(const Value& value, const Type& column) {
  const Type& type = value.type();
  const auto divided = [](int128_t number, int128_t divisor) {
    int128_t quotient = number / divisor;
    const bool exact = quotient * divisor == number;
    if (!exact && number < 0) --quotient;
    return Floor{quotient, exact};
  };
  if (column.is_integer()) {
    if (type.is_integer() && type.id() != TypeId::UHugeInt) return Floor{value.as_integer(), true};
    if (type.id() == TypeId::Decimal) {
      int128_t factor = 1;
      for (uint8_t i = 0; i < type.decimal_scale(); ++i) factor *= 10;
      return divided(value.as_integer(), factor);
    }
    if (type.is_floating()) {
      const double number = value.as_real();
      if (!(std::abs(number) < 9e15)) return std::nullopt;
      const double low = std::floor(number);
      return Floor{static_cast<int128_t>(low), low == number};
    }
  }
  if (column.id() == TypeId::Date && type.id() == TypeId::Timestamp) {
    return divided(value.as_integer(), microseconds_per_day);
  }
  if (column.id() == TypeId::Timestamp && type.id() == TypeId::TimestampNs) {
    return divided(value.as_integer(), 1000);
  }
  return std::nullopt;
}

// `CAST(x AS wide) op constant` on x itself: the constant is rounded down to x's type. Where it is
// not exact, `< c` is `<= floor(c)` and `> c`, `>= c` are `> floor(c)`; equality is never true.
Predicate Builder::through_cast(ComparisonOperator op, const Expression& cast,
                                const Value& right) const {
  const auto place = place_of(*cast.children[0]);
  const bool ordered =
      place && (cast_keeps_order(place->type, cast.type) ||
                (place->type.id() == TypeId::Date && cast.type.id() == TypeId::Timestamp));
  if (!ordered || cast.try_cast) return Predicate::unknown();
  const auto floor = floor_of(right, place->type);
  if (!floor) return Predicate::unknown();
  const bool inside = place->type.is_integer()
                          ? fits(floor->value, place->type)
                          : floor->value >= INT32_MIN / 2 && floor->value <= INT64_MAX / 2;
  if (!inside) return Predicate::unknown();
  if (place->type.id() == TypeId::Date && (floor->value < -5'000'000 || floor->value > 5'000'000)) {
    return Predicate::unknown();  // days near the infinities
  }
  const Value bound = Value::integer(place->type, floor->value);
  if (floor->exact) return compare(kind_of(op), *place, bound);
  switch (op) {
    case ComparisonOperator::Less:
    case ComparisonOperator::LessEqual:
      return compare(PredicateKind::LessOrEqual, *place, bound);
    case ComparisonOperator::Greater:
    case ComparisonOperator::GreaterEqual:
      return compare(PredicateKind::Greater, *place, bound);
    default:
      return Predicate::unknown();
  }
}

// date_trunc(unit, x) is never above x, and truncation keeps order: `trunc(x) >= c` and `trunc(x) >
// c` and `trunc(x) = c` need x >= c. (Upper bounds would need the unit's length; c truncated or
// not.)
Predicate Builder::through_date_trunc(ComparisonOperator op, const Expression& call,
                                      const Value& right) const {
  const auto place = place_of(*call.children[1]);
  if (!place) return Predicate::unknown();
  Value bound = right;
  if (place->type.id() == TypeId::Date && right.type().id() == TypeId::Timestamp) {
    const auto floor = floor_of(right, place->type);
    if (!floor || floor->value < -5'000'000 || floor->value > 5'000'000)
      return Predicate::unknown();
    bound = Value::integer(TypeId::Date, floor->value);
  }
  switch (op) {
    case ComparisonOperator::Equal:
    case ComparisonOperator::Greater:
    case ComparisonOperator::GreaterEqual:
      return at_most(compare(PredicateKind::GreaterOrEqual, *place, std::move(bound)));
    default:
      return Predicate::unknown();
  }
}

Predicate Builder::comparison(ComparisonOperator op, const Expression& left,
                              const Value& right) const {
  if (const auto place = place_of(left)) return compare(kind_of(op), *place, right);
  if (right.is_null()) return Predicate::unknown();
  if (left.kind == ExpressionKind::Cast) return through_cast(op, left, right);
  if (left.kind == ExpressionKind::Call && left.children.size() == 2 &&
      (left.function == "date_trunc" || left.function == "datetrunc")) {
    return through_date_trunc(op, left, right);
  }
  return Predicate::unknown();
}

Predicate Builder::in(const Expression& expression) const {
  const auto place = place_of(*expression.children[0]);
  std::vector<Value> values;
  for (size_t i = 1; i < expression.children.size(); ++i) {
    const Expression& item = *expression.children[i];
    if (!item.is_constant() || (place && !(item.type == place->type))) return Predicate::unknown();
    values.push_back(item.constant);
  }
  Predicate predicate;
  if (place) {
    predicate = Predicate::in(place->column, std::move(values));
    predicate.path = place->path;
  } else {  // IN over a cast: any of the comparisons
    std::vector<Predicate> any;
    for (const Value& value : values) {
      any.push_back(comparison(ComparisonOperator::Equal, *expression.children[0], value));
    }
    predicate = Predicate::any_of(std::move(any));
  }
  return expression.negated ? Predicate::negate(std::move(predicate)) : predicate;
}

// LIKE 'abc%' is a prefix; LIKE 'abc%x' implies one; LIKE 'abc' is equality. A backslash is plain.
Predicate Builder::call(const Expression& call) const {
  if (call.children.size() != 2 || !call.children[1]->is_constant()) return Predicate::unknown();
  const auto place = place_of(*call.children[0]);
  const Value& argument = call.children[1]->constant;
  if (!place || argument.is_null() || place->type.id() != TypeId::Varchar ||
      argument.type().id() != TypeId::Varchar) {
    return Predicate::unknown();
  }
  const std::string& pattern = argument.as_string();
  const auto prefix = [&](std::string text) {
    Predicate predicate = Predicate::prefix(place->column, std::move(text));
    predicate.path = place->path;
    return predicate;
  };
  if (call.function == "starts_with" || call.function == "prefix" || call.function == "^@") {
    return prefix(pattern);
  }
  const bool like = call.function == "~~", glob = call.function == "~~~";
  if (!like && !glob) return Predicate::unknown();
  const size_t wildcard = pattern.find_first_of(like ? "%_" : "*?[\\");
  if (wildcard == std::string::npos) return compare(PredicateKind::Equal, *place, argument);
  if (wildcard == 0) return Predicate::unknown();
  Predicate predicate = prefix(pattern.substr(0, wildcard));
  const bool whole =
      wildcard + 1 == pattern.size() && (pattern[wildcard] == '%' || pattern[wildcard] == '*');
  return whole ? predicate : at_most(std::move(predicate));
}

Predicate Builder::build(const Expression& expression) const {
  switch (expression.kind) {
    case ExpressionKind::Constant:
      if (expression.type.id() != TypeId::Boolean) return Predicate::unknown();
      return Predicate::constant(expression.constant);
    case ExpressionKind::Column: {
      if (expression.type.id() != TypeId::Boolean) return Predicate::unknown();
      return comparison(ComparisonOperator::Equal, expression, Value::boolean(true));
    }
    case ExpressionKind::Comparison: {
      const Expression& left = *expression.children[0];
      const Expression& right = *expression.children[1];
      if (right.is_constant()) return comparison(expression.comparison, left, right.constant);
      if (left.is_constant()) return comparison(flip(expression.comparison), right, left.constant);
      return Predicate::unknown();
    }
    case ExpressionKind::And:
    case ExpressionKind::Or: {
      std::vector<Predicate> parts;
      for (const ExpressionPtr& child : expression.children) parts.push_back(build(*child));
      return expression.kind == ExpressionKind::And ? Predicate::all_of(std::move(parts))
                                                    : Predicate::any_of(std::move(parts));
    }
    case ExpressionKind::Not:
      return Predicate::negate(build(*expression.children[0]));
    case ExpressionKind::IsNull:
    case ExpressionKind::IsNotNull: {
      const auto place = place_of(*expression.children[0]);
      if (!place) return Predicate::unknown();
      const bool null = expression.kind == ExpressionKind::IsNull;
      Predicate predicate =
          Predicate::test(null ? PredicateKind::IsNull : PredicateKind::IsNotNull, place->column);
      predicate.path = place->path;
      return predicate;
    }
    case ExpressionKind::In:
      return in(expression);
    case ExpressionKind::Call:
      return call(expression);
    default:
      return Predicate::unknown();
  }
}

}  // namespace

parquet::Predicate build_predicate(std::span<const ExpressionPtr> filters,
                                   std::span<const uint32_t> columns) {
  const Builder builder(columns);
  std::vector<Predicate> parts;
  for (const ExpressionPtr& filter : filters) parts.push_back(builder.build(*filter));
  return Predicate::all_of(std::move(parts));
}

}  // namespace whittle
