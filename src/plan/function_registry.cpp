#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "plan/function.hpp"

namespace whittle {

namespace {

template <class Table>
auto find_place(Table& table, std::string_view name) {
  return std::lower_bound(table.begin(), table.end(), name,
                          [](const auto& entry, std::string_view key) { return entry.name < key; });
}

template <class Table, class Row>
void add_rows(Table& table, std::span<const Row> rows) {
  for (const Row& row : rows) {
    auto place = find_place(table, row.name);
    if (place == table.end() || place->name != row.name)
      place = table.insert(place, {row.name, {}});
    place->rows.push_back(&row);
  }
}

}  // namespace

void FunctionRegistry::add(std::span<const ScalarFunction> rows) {
  add_rows(scalars_, rows);
}
void FunctionRegistry::add(std::span<const AggregateFunction> rows) {
  add_rows(aggregates_, rows);
}

std::span<const ScalarFunction* const> FunctionRegistry::scalar(std::string_view name) const {
  const std::string key = lower_case(name);
  auto place = find_place(scalars_, key);
  if (place == scalars_.end() || place->name != key) return {};
  return place->rows;
}

std::span<const AggregateFunction* const> FunctionRegistry::aggregate(std::string_view name) const {
  const std::string key = lower_case(name);
  auto place = find_place(aggregates_, key);
  if (place == aggregates_.end() || place->name != key) return {};
  return place->rows;
}

std::vector<std::string_view> FunctionRegistry::names() const {
  std::vector<std::string_view> names;
  for (const auto& entry : scalars_) names.push_back(entry.name);
  for (const auto& entry : aggregates_) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace whittle
