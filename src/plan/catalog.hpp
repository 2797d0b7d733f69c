// The catalog: from what stands after FROM to Tables, in two phases. Opening a file may need the
// network, binding must not wait: so `collect_table_references` first lists what a statement reads,
// the engine opens each (a Task), and the binder then looks them up by key in ResolvedTables.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plan/settings.hpp"
#include "plan/table.hpp"
#include "plan/table_function.hpp"
#include "sql/statement.hpp"

namespace whittle {

struct BindContext;

/// What has to be opened before a statement can be bound.
struct TableRequest {
  enum class Kind : uint8_t {
    Name,      // a name that is neither a CTE nor surely a file: the engine's tables, else a file
    File,      // 'x.parquet', a URL, a glob: as read_parquet('x.parquet')
    Function,  // f(…)
  };
  Kind kind;
  std::string key;   // how the binder will ask
  std::string name;  // of the file, table or function (lower case)
  std::vector<Value> arguments;
  std::vector<std::pair<std::string, Value>> named;  // names in lower case
  std::vector<std::string> candidates;               // what a name could have meant: WITH's tables
  SourcePosition position;

  const Value* find(std::string_view argument) const;
};

/// Every table, file and table function the statement reads, without repetition, CTEs left out. The
/// arguments of functions are folded with the context's folder.
Result<std::vector<TableRequest>> collect_table_references(const sql::Statement& statement,
                                                           const BindContext& context);
Result<std::vector<TableRequest>> collect_table_references(const sql::Query& query,
                                                           const BindContext& context);

/// Functions in FROM that the binder turns into an Unnest over what stands before them: unnest()
/// always, and range() and generate_series() unless they come `first`.
bool is_unnested_function(const sql::TableFunction& function, bool first);

/// The key of a reference, the same in both phases.
std::string table_key(const sql::TableReference& reference);

/// What the engine opened. Owned by the statement; filled before binding, read-only while it runs.
class ResolvedTables {
 public:
  void add(std::string key, TableRef table) {
    tables_.emplace_back(std::move(key), std::move(table));
  }
  TableRef find(std::string_view key) const;
  /// Names of tables that could have been meant, for "did you mean".
  void add_known_name(std::string name) { known_names_.push_back(std::move(name)); }
  const std::vector<std::string>& known_names() const { return known_names_; }

 private:
  std::vector<std::pair<std::string, TableRef>> tables_;
  std::vector<std::string> known_names_;
};

}  // namespace whittle
