// What binding and optimizing a statement may look at. Owned by the engine, read-only, lives as
// long as the statement; one thread.
#pragma once

#include "plan/catalog.hpp"
#include "plan/expression.hpp"
#include "plan/function.hpp"
#include "plan/settings.hpp"

namespace whittle {

struct BindContext {
  const FunctionRegistry& functions;
  const ResolvedTables& tables;
  const Settings& settings;
  /// exec's evaluate_constant; null in tests: nothing folds.
  ConstantFolder fold = nullptr;
  MemoryBudget& budget;
  /// Start of the statement, for now() and its kin: microseconds since 1970 UTC.
  int64_t now_microseconds = 0;
  /// Values of `?` and `$1` (in order), and of `$name`. Null: the statement is only prepared, and
  /// parameters become Parameter nodes of type NULL.
  const std::vector<Value>* parameters = nullptr;
  const std::vector<std::pair<std::string, Value>>* named_parameters = nullptr;
};

}  // namespace whittle
