#include "plan/binder/scope.hpp"

#include "sql/syntax_tree.hpp"

namespace whittle {

std::optional<uint32_t> Scope::find(std::string_view table, std::string_view name) const {
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (!table.empty() && !sql::same_name(columns[i].table, table)) continue;
    if (sql::same_name(columns[i].name, name)) return i;
  }
  return std::nullopt;
}

bool Scope::has_table(std::string_view table) const {
  for (const Column& column : columns) {
    if (sql::same_name(column.table, table)) return true;
  }
  return false;
}

void Scope::add(std::string_view table, const Schema& schema, size_t visible) {
  for (size_t i = 0; i < schema.size(); ++i) {
    columns.push_back({std::string(table), schema[i].name, schema[i].type, i >= visible});
  }
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

std::vector<std::string> Scope::tables() const {
  std::vector<std::string> names;
  for (const Column& column : columns) {
    if (names.empty() || names.back() != column.table) names.push_back(column.table);
  }
  return names;
}

void make_names_unique(Schema& schema) {
  const auto taken = [&](size_t before, std::string_view name) {
    for (size_t i = 0; i < before; ++i) {
      if (sql::same_name(schema[i].name, name)) return true;
    }
    return false;
  };
  for (size_t i = 1; i < schema.size(); ++i) {
    const std::string name = schema[i].name;
    for (size_t n = 1; taken(i, schema[i].name); ++n)
      schema[i].name = name + "_" + std::to_string(n);
  }
}

}  // namespace whittle
