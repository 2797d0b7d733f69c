// Scope: the columns that names in a SELECT can mean, in the order of the input's output.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "columnar/schema.hpp"

namespace whittle {

struct Scope {
  struct Column {
    std::string table;
    std::string name;
    Type type;
    bool hidden = false;  // a virtual column: found by name, but no part of `*`
  };
  std::vector<Column> columns;

  /// An empty `table` means any; the first match wins (names within one table are unique).
  std::optional<uint32_t> find(std::string_view table, std::string_view name) const;
  bool has_table(std::string_view table) const;
  /// The columns from `visible` on are hidden.
  void add(std::string_view table, const Schema& schema, size_t visible = SIZE_MAX);
  /// Column names, for "did you mean".
  std::vector<std::string> names() const;
  /// Table names, each once.
  std::vector<std::string> tables() const;
};

/// Names made unique without regard to case: a, a_1, a_2.
void make_names_unique(Schema& schema);

}  // namespace whittle
