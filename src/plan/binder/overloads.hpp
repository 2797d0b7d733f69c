// Overload resolution, the same for scalar and aggregate functions: the row whose arguments cost
// least to cast to wins.
#pragma once

#include <span>
#include <string>

#include "plan/function.hpp"
#include "plan/type_rules.hpp"

namespace whittle {

inline bool is_variadic(const ScalarFunction& row) {
  return row.variadic;
}
inline bool is_variadic(const AggregateFunction&) {
  return false;
}

template <class Row>
TypeId wanted_type(const Row& row, size_t i) {
  return row.arguments[i < row.count ? i : row.count - 1];
}

/// Null: none fits. `ambiguous`: several fit equally well, and only because a string literal fits
/// everything.
template <class Row>
const Row* best_overload(const std::vector<const Row*>& rows, std::span<const Operand> operands,
                         bool& ambiguous) {
  const Row* best = nullptr;
  int64_t best_cost = 0;
  ambiguous = false;
  for (const Row* row : rows) {
    const size_t least = is_variadic(*row) && row->count > 0 ? row->count - 1u : row->count;
    if (operands.size() < least || (operands.size() > row->count && !is_variadic(*row))) continue;
    int64_t cost = 0;
    bool fits = true;
    for (size_t i = 0; i < operands.size() && fits; ++i) {
      const auto step = implicit_cast_cost(operands[i], wanted_type(*row, i));
      fits = step.has_value();
      cost += step.value_or(0);
    }
    if (!fits) continue;
    if (best && cost == best_cost) ambiguous = true;
    if (best && cost >= best_cost) continue;
    best = row;
    best_cost = cost;
    ambiguous = false;
  }
  bool literal = false;
  for (const Operand& operand : operands) literal = literal || operand.is_string_literal();
  ambiguous = ambiguous && literal;
  return best;
}

/// "Candidate functions: abs(TINYINT) -> TINYINT, …"
template <class Row>
std::string candidate_text(const std::vector<const Row*>& rows) {
  std::string text = "Candidate functions: ";
  for (size_t r = 0; r < rows.size(); ++r) {
    if (r == 8) return text + ", …";
    if (r > 0) text += ", ";
    text += std::string(rows[r]->name) + "(";
    for (uint8_t i = 0; i < rows[r]->count; ++i) {
      if (i > 0) text += ", ";
      const TypeId id = rows[r]->arguments[i];
      text += id == TypeId::Null ? "ANY" : type_name(id);
    }
    text += is_variadic(*rows[r]) ? "...)" : ")";
  }
  return text;
}

/// The type an argument is given to `bind` with: the row's, or its own where the row leaves it
/// open.
Type bound_argument(const Operand& operand, TypeId wanted);
/// "sum(VARCHAR)", literals as INTEGER_LITERAL and STRING_LITERAL.
std::string call_text(std::string_view name, std::span<const Operand> operands);
std::unexpected<Error> no_match(std::string_view name, std::span<const Operand> operands,
                                bool ambiguous, std::string candidates, SourcePosition position);

}  // namespace whittle
