// Building and walking predicates.
#include <algorithm>
#include <iterator>

#include "parquet/predicate.hpp"

namespace whittle::parquet {

namespace {

void collect_leaves(const Predicate& predicate, std::vector<uint32_t>& out) {
  if (predicate.is_comparison() && predicate.column != row_number_leaf) {
    out.push_back(predicate.column);
  }
  for (const Predicate& child : predicate.children) collect_leaves(child, out);
}

std::string_view operator_text(PredicateKind kind) {
  static constexpr std::string_view texts[] = {"?",
                                               " AND ",
                                               " OR ",
                                               "NOT ",
                                               "",
                                               " = ",
                                               " <> ",
                                               " < ",
                                               " <= ",
                                               " > ",
                                               " >= ",
                                               " IS DISTINCT FROM ",
                                               " IS NOT DISTINCT FROM ",
                                               " IN ",
                                               " IS NULL",
                                               " IS NOT NULL",
                                               " LIKE prefix "};
  return texts[static_cast<size_t>(kind)];
}

}  // namespace

Predicate Predicate::constant(Value truth) {
  return {.kind = PredicateKind::Constant, .values = {std::move(truth)}};
}

Predicate Predicate::compare(PredicateKind kind, uint32_t column, Value value) {
  return {.kind = kind, .column = column, .values = {std::move(value)}};
}

Predicate Predicate::in(uint32_t column, std::vector<Value> values) {
  // Values of several types have no common order; such a set is of no use anyway.
  bool same_type = true;
  for (const Value& value : values) same_type &= value.type() == values[0].type();
  if (same_type) {
    std::sort(values.begin(), values.end(),
              [](const Value& a, const Value& b) { return whittle::compare(a, b) < 0; });
  }
  return {.kind = PredicateKind::In, .column = column, .values = std::move(values)};
}

Predicate Predicate::test(PredicateKind kind, uint32_t column) {
  return {.kind = kind, .column = column};
}

Predicate Predicate::prefix(uint32_t column, std::string text) {
  return compare(PredicateKind::Prefix, column, Value::string(TypeId::Varchar, std::move(text)));
}

Predicate Predicate::all_of(std::vector<Predicate> children) {
  if (children.size() == 1) return std::move(children[0]);
  return {.kind = PredicateKind::And, .children = std::move(children)};
}

Predicate Predicate::any_of(std::vector<Predicate> children) {
  if (children.size() == 1) return std::move(children[0]);
  return {.kind = PredicateKind::Or, .children = std::move(children)};
}

Predicate Predicate::negate(Predicate child) {
  Predicate out{.kind = PredicateKind::Not};
  out.children.push_back(std::move(child));
  return out;
}

bool Predicate::is_useless() const {
  const auto useless = [](const Predicate& child) { return child.is_useless(); };
  switch (kind) {
    case PredicateKind::Unknown:
      return true;
    case PredicateKind::Or:
      return std::any_of(children.begin(), children.end(), useless);
    case PredicateKind::And:
    case PredicateKind::Not:
      return std::all_of(children.begin(), children.end(), useless);
    default:
      return false;
  }
}

std::string Predicate::to_string() const {
  std::string text;
  if (kind == PredicateKind::And || kind == PredicateKind::Or) {
    for (const Predicate& child : children) {
      if (!text.empty()) text += operator_text(kind);
      text += child.to_string();
    }
    return "(" + text + ")";
  }
  if (kind == PredicateKind::Not) return "NOT " + children[0].to_string();
  if (is_comparison()) {
    text = "#" + std::to_string(column);
    for (const std::string& field : path) text += "." + field;
  }
  text += operator_text(kind);
  for (size_t i = 0; i < values.size() && i < 10; ++i) {
    if (i > 0) text += ", ";
    text += values[i].to_string();
  }
  return text;
}

std::vector<uint32_t> predicate_leaves(const Predicate& predicate) {
  std::vector<uint32_t> leaves;
  collect_leaves(predicate, leaves);
  std::sort(leaves.begin(), leaves.end());
  leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
  return leaves;
}

bool compares_row_number(const Predicate& predicate) {
  if (predicate.is_comparison()) return predicate.column == row_number_leaf;
  return std::any_of(predicate.children.begin(), predicate.children.end(), compares_row_number);
}

}  // namespace whittle::parquet
