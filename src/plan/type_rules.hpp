// The rules of types, as DuckDB's: what casts by itself into what and how gladly, the common type
// of several values, the type two values are compared in, and the types that names stand for.
//
// Literals bend: a number written in the query takes the type of its neighbour where it fits
// (`utinyint_column + 1` is UTINYINT), a string takes any (`date_column > '2013-07-01'`). So the
// rules work on operands (a type and, for literals, the value), not on types. Pure functions.
#pragma once

#include <optional>
#include <span>

#include "columnar/value.hpp"
#include "plan/expression.hpp"
#include "sql/syntax_tree.hpp"

namespace whittle {

struct Operand {
  Type type;
  const Value* literal = nullptr;  // set for a plain number or string of the query's text

  Operand(Type type, const Value* literal = nullptr) : type(std::move(type)), literal(literal) {}
  explicit Operand(const Expression& expression)
      : type(expression.type), literal(expression.is_literal ? &expression.constant : nullptr) {}

  bool is_string_literal() const { return literal && type.id() == TypeId::Varchar; }
  bool is_integer_literal() const { return literal && type.is_integer(); }
};

/// What an implicit cast costs; nullopt: there is none. `to` without parameters (a DECIMAL of width
/// 0, LIST, STRUCT, MAP without children) stands for any type of that kind; TypeId::Null for any
/// type.
std::optional<int64_t> implicit_cast_cost(const Operand& from, const Type& to);

/// The type both can be cast to without loss of meaning (CASE, COALESCE, lists, VALUES); nullopt:
/// an explicit cast is required.
std::optional<Type> common_type(const Operand& a, const Operand& b);
/// Over all operands. INTEGER for none but NULLs is the caller's choice: the result is NULL's type.
std::optional<Type> common_type(std::span<const Operand> operands);
/// The type in which `a` and `b` are compared. Equality is more willing than order.
std::optional<Type> comparison_type(const Operand& a, const Operand& b, bool equality);

/// The DECIMAL that holds every value of an integer type; a DECIMAL itself; DECIMAL(18,3) for
/// others.
Type natural_decimal(const Type& type);
/// Whether the number is a value of the integer type.
bool fits(int128_t value, const Type& integer);
/// Whether every value of `from` is kept, and kept in order, by a cast to `to`.
bool cast_keeps_order(const Type& from, const Type& to);

/// `DECIMAL(10,2)[]`, `TEXT`, `INT4`, `STRUCT(a INT)`, …
Result<Type> resolve_type(const sql::TypeName& name);

}  // namespace whittle
