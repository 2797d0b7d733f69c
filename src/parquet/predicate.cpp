#include "parquet/predicate.hpp"

#include <algorithm>
#include <cmath>

#include "parquet/bloom_filter.hpp"

namespace whittle::parquet {

namespace {

// Closed interval of values; a missing end is open-ended.
struct Interval {
  const Value* low;
  const Value* high;

  bool is_point() const { return low && high && whittle::compare(*low, *high) == 0; }
  bool may_contain(const Value& value) const {
    return (!low || whittle::compare(*low, value) <= 0) &&
           (!high || whittle::compare(*high, value) >= 0);
  }
  bool may_be_below(const Value& value) const { return !low || whittle::compare(*low, value) < 0; }
  bool may_be_above(const Value& value) const {
    return !high || whittle::compare(*high, value) > 0;
  }
  bool is_exactly(const Value& value) const { return is_point() && may_contain(value); }
};

Outcomes truth(bool can_be_true, bool can_be_false) {
  return {can_be_true, can_be_false, false};
}

Outcomes compare_interval(PredicateKind kind, const Interval& in, const Value& value) {
  switch (kind) {
    case PredicateKind::Equal:
    case PredicateKind::IsNotDistinctFrom:
      return truth(in.may_contain(value), !in.is_exactly(value));
    case PredicateKind::NotEqual:
    case PredicateKind::IsDistinctFrom:
      return truth(!in.is_exactly(value), in.may_contain(value));
    case PredicateKind::Less:
      return truth(in.may_be_below(value), in.may_be_above(value) || in.may_contain(value));
    case PredicateKind::LessOrEqual:
      return truth(in.may_be_below(value) || in.may_contain(value), in.may_be_above(value));
    case PredicateKind::Greater:
      return truth(in.may_be_above(value), in.may_be_below(value) || in.may_contain(value));
    case PredicateKind::GreaterOrEqual:
      return truth(in.may_be_above(value) || in.may_contain(value), in.may_be_below(value));
    default:
      return {};
  }
}

// A string with the prefix lies between the prefix and everything that begins with it.
Outcomes prefix_interval(const Interval& in, std::string_view prefix) {
  const auto order = [&](const Value& bound) {
    return std::string_view(bound.as_string()).substr(0, prefix.size()).compare(prefix);
  };
  const int low = in.low ? order(*in.low) : -1;
  const int high = in.high ? order(*in.high) : 1;
  return truth(low <= 0 && high >= 0, low != 0 || high != 0);
}

Outcomes in_interval(const Interval& in, const std::vector<Value>& values) {
  bool any = false, exact = false, has_null = false;
  for (const Value& value : values) {
    if (value.is_null()) {
      has_null = true;
    } else if (in.may_contain(value)) {
      any = true;
      exact |= in.is_point();
    }
  }
  return {any, !exact && !has_null, !exact && has_null};
}

Outcomes on_interval(const Predicate& predicate, const Interval& in) {
  if (predicate.kind == PredicateKind::In) return in_interval(in, predicate.values);
  if (predicate.kind == PredicateKind::Prefix)
    return prefix_interval(in, predicate.values[0].as_string());
  return compare_interval(predicate.kind, in, predicate.values[0]);
}

// Values that are not NULL, by bounds.
Outcomes on_bounds(const Predicate& predicate, const ColumnBounds& bounds) {
  const Interval in{bounds.min ? &*bounds.min : nullptr, bounds.max ? &*bounds.max : nullptr};
  Outcomes outcomes = on_interval(predicate, in);
  if (!bounds.may_have_nan || predicate.kind == PredicateKind::Prefix) return outcomes;
  const Value nan = Value::real(bounds.type, NAN);
  return outcomes | on_interval(predicate, {&nan, &nan});
}

// Values that are not NULL, one by one.
Outcomes on_dictionary(const Predicate& predicate, const Column& dictionary) {
  Outcomes outcomes = Outcomes::none();
  for (uint32_t i = 0; i < dictionary.length(); ++i) {
    const Value value = Value::from_column(dictionary, i);
    if (value.is_null()) continue;
    outcomes = outcomes | on_interval(predicate, {&value, &value});
    if (outcomes.can_be_true && outcomes.can_be_false) break;
  }
  return outcomes;
}

bool bloom_excludes(const Predicate& predicate, const ColumnEvidence& evidence) {
  const PredicateKind kind = predicate.kind;
  if (!evidence.bloom_filter) return false;
  if (kind != PredicateKind::Equal && kind != PredicateKind::In &&
      kind != PredicateKind::IsNotDistinctFrom)
    return false;
  for (const Value& value : predicate.values) {
    if (!value.is_null() && evidence.bloom_filter->may_contain(value)) return false;
  }
  return true;
}

// The result for NULL rows.
Outcomes on_null(const Predicate& predicate) {
  switch (predicate.kind) {
    case PredicateKind::IsNull:
      return Outcomes::always(true);
    case PredicateKind::IsNotNull:
      return Outcomes::always(false);
    case PredicateKind::IsDistinctFrom:
      return Outcomes::always(!predicate.values[0].is_null());
    case PredicateKind::IsNotDistinctFrom:
      return Outcomes::always(predicate.values[0].is_null());
    case PredicateKind::In:
      return predicate.values.empty() ? Outcomes::always(false) : Outcomes::always_null();
    default:
      return Outcomes::always_null();
  }
}

// The result for rows that are not NULL.
Outcomes on_values(const Predicate& predicate, const ColumnEvidence& evidence) {
  switch (predicate.kind) {
    case PredicateKind::IsNull:
      return Outcomes::always(false);
    case PredicateKind::IsNotNull:
      return Outcomes::always(true);
    default:
      break;
  }
  if (predicate.values.empty()) return Outcomes::always(false);  // IN ()
  if (predicate.kind != PredicateKind::In && predicate.values[0].is_null()) {
    if (predicate.kind == PredicateKind::IsDistinctFrom) return Outcomes::always(true);
    if (predicate.kind == PredicateKind::IsNotDistinctFrom) return Outcomes::always(false);
    return Outcomes::always_null();
  }
  Outcomes outcomes = on_bounds(predicate, evidence.bounds);
  if (evidence.dictionary && outcomes.can_be_true)
    outcomes = on_dictionary(predicate, *evidence.dictionary);
  if (outcomes.can_be_true && bloom_excludes(predicate, evidence)) outcomes.can_be_true = false;
  return outcomes;
}

// A constant of another type would be compared wrongly: the node says nothing then.
bool types_agree(const Predicate& predicate, const ColumnEvidence& evidence) {
  for (const Value& value : predicate.values) {
    if (value.is_null()) continue;
    if (!(value.type() == evidence.bounds.type)) return false;
    if (predicate.kind == PredicateKind::Prefix && value.type().physical() != PhysicalType::String)
      return false;
  }
  return true;
}

}  // namespace

Outcomes operator&&(Outcomes a, Outcomes b) {
  Outcomes out;
  out.can_be_true = a.can_be_true && b.can_be_true;
  out.can_be_false = a.can_be_false || b.can_be_false;
  out.can_be_null =
      (a.can_be_null && (b.can_be_null || b.can_be_true)) || (a.can_be_true && b.can_be_null);
  return out;
}

Outcomes operator|(Outcomes a, Outcomes b) {
  return {a.can_be_true || b.can_be_true, a.can_be_false || b.can_be_false,
          a.can_be_null || b.can_be_null};
}

Outcomes evaluate(const Predicate& predicate, const ColumnEvidence& evidence) {
  if (!types_agree(predicate, evidence)) return {};
  Outcomes outcomes = Outcomes::none();
  if (!evidence.bounds.all_null() || evidence.bounds.value_count == 0)
    outcomes = on_values(predicate, evidence);
  if (evidence.bounds.may_be_null()) outcomes = outcomes | on_null(predicate);
  return outcomes;
}

Outcomes evaluate(const Predicate& predicate, const Evidence& evidence) {
  switch (predicate.kind) {
    case PredicateKind::Unknown:
      return {};
    case PredicateKind::Constant:
      return predicate.values[0].is_null() ? Outcomes::always_null()
                                           : Outcomes::always(predicate.values[0].as_boolean());
    case PredicateKind::Not:
      return !evaluate(predicate.children[0], evidence);
    case PredicateKind::And:
    case PredicateKind::Or: {
      const bool is_or = predicate.kind == PredicateKind::Or;
      Outcomes all = Outcomes::always(true);
      for (const Predicate& child : predicate.children) {
        const Outcomes outcomes = evaluate(child, evidence);
        all = all && (is_or ? !outcomes : outcomes);
      }
      return is_or ? !all : all;
    }
    default:
      break;
  }
  for (const ColumnEvidence& column : evidence) {
    if (column.leaf == predicate.column) return evaluate(predicate, column);
  }
  return {};
}

}  // namespace whittle::parquet
