// Predicate: the part of a WHERE clause that a file's metadata can say something about.
//
// The optimizer fills it from the bound expression; what has no form here is a node Unknown, so a
// predicate may stand for the whole filter. Evaluation is three-valued: for a run of rows it tells
// which outcomes (TRUE, FALSE, NULL) are possible. No TRUE possible: the rows are skipped. Only
// TRUE possible: the filter needs no evaluation there. It only ever errs towards "possible".
//
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "columnar/column.hpp"
#include "columnar/value.hpp"
#include "parquet/statistics.hpp"

namespace whittle::parquet {

class BloomFilter;

enum class PredicateKind : uint8_t {
  Unknown,  // anything is possible
  And,
  Or,
  Not,
  Constant,  // values[0]: BOOLEAN, may be NULL
  Equal,
  NotEqual,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  IsDistinctFrom,
  IsNotDistinctFrom,
  In,  // any of values; a NULL among them makes a miss NULL
  IsNull,
  IsNotNull,
  Prefix,  // LIKE 'abc%', starts_with: values[0] is 'abc'
};

struct Predicate {
  PredicateKind kind = PredicateKind::Unknown;
  /// Of comparisons: which column. In a table's predicate a column of the table and struct fields
  /// below it; after `bind` (table.hpp) a leaf of the file, and no path.
  uint32_t column = 0;
  std::vector<std::string> path;
  /// Constants, of exactly the column's type (for another type the node is Unknown). In: any order.
  std::vector<Value> values;
  std::vector<Predicate> children;  // And, Or: any number; Not: one

  static Predicate unknown() { return {}; }
  static Predicate constant(Value truth);
  static Predicate compare(PredicateKind kind, uint32_t column, Value value);
  static Predicate in(uint32_t column, std::vector<Value> values);  // sorts them
  static Predicate test(PredicateKind kind, uint32_t column);       // IsNull, IsNotNull
  static Predicate prefix(uint32_t column, std::string text);
  static Predicate all_of(std::vector<Predicate> children);
  static Predicate any_of(std::vector<Predicate> children);
  static Predicate negate(Predicate child);

  bool is_comparison() const { return kind >= PredicateKind::Equal; }
  /// Nothing in it can ever skip a row.
  bool is_useless() const;
  std::string to_string() const;
};

/// Stands for the number of the row in its file where a bound predicate compares that.
inline constexpr uint32_t row_number_leaf = UINT32_MAX;

/// Leaves that the predicate compares, each once, ascending (of a bound predicate); without
/// row_number_leaf.
std::vector<uint32_t> predicate_leaves(const Predicate& predicate);
bool compares_row_number(const Predicate& predicate);

/// Which results a predicate can have on a run of rows.
struct Outcomes {
  bool can_be_true = true, can_be_false = true, can_be_null = true;

  static Outcomes always(bool truth) { return {truth, !truth, false}; }
  static Outcomes always_null() { return {false, false, true}; }
  static Outcomes none() { return {false, false, false}; }
  bool no_row_matches() const { return !can_be_true; }
  bool all_rows_match() const { return can_be_true && !can_be_false && !can_be_null; }
  bool operator==(const Outcomes&) const = default;

  friend Outcomes operator!(Outcomes a) { return {a.can_be_false, a.can_be_true, a.can_be_null}; }
  friend Outcomes operator&&(Outcomes a, Outcomes b);
  /// What either run of rows can give.
  friend Outcomes operator|(Outcomes a, Outcomes b);
};

/// What is known about one leaf on the rows in question. Pointers must outlive the evaluation.
struct ColumnEvidence {
  uint32_t leaf = 0;
  ColumnBounds bounds;
  const BloomFilter* bloom_filter = nullptr;
  /// All values that occur, NULL aside: the dictionary of a chunk whose pages are all encoded with
  /// it.
  const Column* dictionary = nullptr;
};
using Evidence = std::vector<ColumnEvidence>;

/// One comparison against one column's evidence.
Outcomes evaluate(const Predicate& comparison, const ColumnEvidence& evidence);
/// The whole tree; leaves without evidence are unknown.
Outcomes evaluate(const Predicate& predicate, const Evidence& evidence);

}  // namespace whittle::parquet
