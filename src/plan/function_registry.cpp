#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "plan/function.hpp"

namespace whittle {

namespace {

template <class Row>
std::vector<const Row*> find_rows(const std::vector<std::span<const Row>>& tables,
                                  std::string_view name) {
  const std::string key = lower_case(name);
  std::vector<const Row*> found;
  for (const auto& table : tables) {
    for (const Row& row : table) {
      if (row.name == key) found.push_back(&row);
    }
  }
  return found;
}

template <class Row>
void add_names(const std::vector<std::span<const Row>>& tables,
               std::vector<std::string_view>& names) {
  for (const auto& table : tables) {
    for (const Row& row : table) names.push_back(row.name);
  }
}

}  // namespace

std::vector<const ScalarFunction*> FunctionRegistry::scalar(std::string_view name) const {
  return find_rows(scalars_, name);
}

std::vector<const AggregateFunction*> FunctionRegistry::aggregate(std::string_view name) const {
  return find_rows(aggregates_, name);
}

std::vector<std::string_view> FunctionRegistry::names() const {
  std::vector<std::string_view> names;
  add_names(scalars_, names);
  add_names(aggregates_, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace whittle
