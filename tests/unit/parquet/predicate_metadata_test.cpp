// Skipping never changes answers: random columns, random predicates, every row's true result must
// be among the outcomes that the bounds allow, for whole columns and for each value alone.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "parquet/predicate.hpp"

namespace whittle::parquet::testing {
namespace {

enum class Truth { False, True, Null };

Truth negated(Truth a) {
  return a == Truth::Null ? a : a == Truth::True ? Truth::False : Truth::True;
}

Truth compare_row(PredicateKind kind, const Value& row, const Value& constant) {
  const bool row_null = row.is_null(), constant_null = constant.is_null();
  if (kind == PredicateKind::IsDistinctFrom || kind == PredicateKind::IsNotDistinctFrom) {
    const bool same = row_null || constant_null ? row_null && constant_null
                                                : whittle::compare(row, constant) == 0;
    return same == (kind == PredicateKind::IsNotDistinctFrom) ? Truth::True : Truth::False;
  }
  if (row_null || constant_null) return Truth::Null;
  const int order = whittle::compare(row, constant);
  const auto truth = [](bool value) { return value ? Truth::True : Truth::False; };
  switch (kind) {
    case PredicateKind::Equal:
      return truth(order == 0);
    case PredicateKind::NotEqual:
      return truth(order != 0);
    case PredicateKind::Less:
      return truth(order < 0);
    case PredicateKind::LessOrEqual:
      return truth(order <= 0);
    case PredicateKind::Greater:
      return truth(order > 0);
    default:
      return truth(order >= 0);
  }
}

// SQL's own definition, row by row.
Truth slow(const Predicate& p, const std::vector<Value>& row) {
  switch (p.kind) {
    case PredicateKind::Not:
      return negated(slow(p.children[0], row));
    case PredicateKind::And:
    case PredicateKind::Or: {
      const Truth stops = p.kind == PredicateKind::And ? Truth::False : Truth::True;
      Truth result = negated(stops);
      for (const Predicate& child : p.children) {
        const Truth t = slow(child, row);
        if (t == stops) return stops;
        if (t == Truth::Null) result = t;
      }
      return result;
    }
    case PredicateKind::IsNull:
      return row[p.column].is_null() ? Truth::True : Truth::False;
    case PredicateKind::IsNotNull:
      return row[p.column].is_null() ? Truth::False : Truth::True;
    case PredicateKind::Prefix:
      if (row[p.column].is_null()) return Truth::Null;
      return row[p.column].as_string().starts_with(p.values[0].as_string()) ? Truth::True
                                                                            : Truth::False;
    case PredicateKind::In: {
      Truth result = Truth::False;
      for (const Value& value : p.values) {
        const Truth t = compare_row(PredicateKind::Equal, row[p.column], value);
        if (t == Truth::True) return t;
        if (t == Truth::Null) result = t;
      }
      return result;
    }
    default:
      return compare_row(p.kind, row[p.column], p.values[0]);
  }
}

// Three columns: INTEGER, DOUBLE with NaN, VARCHAR.
struct Generator {
  std::mt19937 random{11};
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(random() % n); }

  Type type_of(uint32_t column) const {
    return column == 0 ? TypeId::Integer : column == 1 ? TypeId::Double : TypeId::Varchar;
  }
  Value value(uint32_t column, uint32_t null_one_in) {
    if (null_one_in && below(null_one_in) == 0) return Value::null(type_of(column));
    if (column == 0) return Value::integer(TypeId::Integer, static_cast<int>(below(12)));
    if (column == 1) {
      const uint32_t n = below(12);
      return Value::real(TypeId::Double, n == 0 ? NAN : n == 1 ? -0.0 : n == 2 ? 0.0 : n - 5.5);
    }
    std::string text;
    for (uint32_t i = below(4); i > 0; --i) text += static_cast<char>('a' + below(3));
    return Value::string(TypeId::Varchar, text);
  }
  Predicate predicate(int depth) {
    const uint32_t pick = below(depth > 0 ? 12 : 8);
    if (pick >= 8) {
      if (pick == 8) return Predicate::negate(predicate(depth - 1));
      std::vector<Predicate> children;
      for (uint32_t i = 1 + below(3); i > 0; --i) children.push_back(predicate(depth - 1));
      return pick < 11 ? Predicate::all_of(std::move(children))
                       : Predicate::any_of(std::move(children));
    }
    const uint32_t column = below(3);
    if (pick == 0)
      return Predicate::test(below(2) ? PredicateKind::IsNull : PredicateKind::IsNotNull, column);
    if (pick == 1) {
      std::vector<Value> values;
      for (uint32_t i = below(4); i > 0; --i) values.push_back(value(column, 10));
      return Predicate::in(column, std::move(values));
    }
    if (pick == 2 && column == 2) return Predicate::prefix(2, value(2, 0).as_string());
    const auto first = static_cast<uint32_t>(PredicateKind::Equal);
    return Predicate::compare(static_cast<PredicateKind>(first + below(8)), column,
                              value(column, 20));
  }
};

ColumnEvidence evidence_of(Generator& g, uint32_t column,
                           const std::vector<std::vector<Value>>& rows) {
  ColumnEvidence out{.leaf = column};
  out.bounds.type = g.type_of(column);
  out.bounds.value_count = rows.size();
  out.bounds.may_have_nan = column == 1;
  uint64_t nulls = 0;
  for (const auto& row : rows) {
    const Value& v = row[column];
    if (v.is_null()) {
      ++nulls;
    } else if (column != 1 || !std::isnan(v.as_real())) {
      if (!out.bounds.min || compare(v, *out.bounds.min) < 0) out.bounds.min = v;
      if (!out.bounds.max || compare(v, *out.bounds.max) > 0) out.bounds.max = v;
    }
  }
  if (g.below(4)) out.bounds.null_count = nulls;
  if (g.below(6) == 0) out.bounds.min.reset();
  if (g.below(6) == 0) out.bounds.max.reset();
  if (column == 2 && out.bounds.min && g.below(2)) {  // truncated
    out.bounds.min =
        Value::string(TypeId::Varchar, out.bounds.min->as_string().substr(0, g.below(3)));
  }
  if (column == 2 && out.bounds.max && g.below(2)) {
    out.bounds.max =
        Value::string(TypeId::Varchar, out.bounds.max->as_string().substr(0, g.below(3)) + "~");
  }
  return out;
}

TEST(PredicateMetadata, OutcomesIncludeEveryRow) {
  Generator g;
  uint32_t skipped = 0, dropped = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::vector<Value>> rows(1 + g.below(4));
    const uint32_t nulls = g.below(3) == 0 ? 1 + g.below(3) : 0;
    for (auto& row : rows) {
      for (uint32_t column = 0; column < 3; ++column) row.push_back(g.value(column, nulls));
    }
    Evidence evidence;
    for (uint32_t column = 0; column < 3; ++column)
      evidence.push_back(evidence_of(g, column, rows));
    const Predicate predicate = g.predicate(3);
    const Outcomes outcomes = evaluate(predicate, evidence);
    for (const auto& row : rows) {
      const Truth truth = slow(predicate, row);
      ASSERT_TRUE(truth == Truth::True    ? outcomes.can_be_true
                  : truth == Truth::False ? outcomes.can_be_false
                                          : outcomes.can_be_null)
          << predicate.to_string() << " on (" << row[0].to_string() << ", " << row[1].to_string()
          << ", " << row[2].to_string() << ")";
    }
    skipped += outcomes.no_row_matches();
    dropped += outcomes.all_rows_match();
  }
  // The bounds must also be good for something.
  EXPECT_GT(skipped, 3000u);
  EXPECT_GT(dropped, 1000u);
}

}  // namespace
}  // namespace whittle::parquet::testing
