// Settings: the switches of SET, RESET and PRAGMA with DuckDB's names where DuckDB has them.
//
// One Settings per connection: plain values, no locks; the engine reads them between statements.
// A value is checked and brought into the setting's type when it is set.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "columnar/value.hpp"

namespace whittle {

/// One row of the table of settings.
struct SettingDefinition {
  std::string_view name;
  std::string_view alias;          // may be empty
  TypeId type;                     // Boolean, BigInt, UBigInt or Varchar
  std::string_view default_value;  // as text; empty text for "decided by the engine"
  /// null: any value of the type. Returns an error, or changes the value into its canonical form.
  Status (*validate)(Value& value);
  std::string_view description;
};

/// All settings, sorted by name.
std::span<const SettingDefinition> setting_definitions();

class Settings {
 public:
  Settings();

  /// Unknown names fail with "did you mean".
  Status set(std::string_view name, const Value& value);
  Status reset(std::string_view name);
  Result<Value> get(std::string_view name) const;

  /// For names that surely exist.
  bool flag(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  std::string text(std::string_view name) const;

  /// SET VARIABLE name = value, RESET VARIABLE name, getvariable('name'); NULL where there is none.
  void set_variable(std::string_view name, Value value);
  void reset_variable(std::string_view name);
  Value variable(std::string_view name) const;

  bool nulls_first(bool descending) const;  // default_null_order
  bool descending_by_default() const;       // default_order

 private:
  std::vector<Value> values_;  // in the order of setting_definitions()
  std::vector<std::pair<std::string, Value>> variables_;
};

/// "512MB", "1.5 GiB", "80%" (of `total`) as bytes.
Result<uint64_t> parse_memory_size(std::string_view text, uint64_t total = 0);
/// "488.2 MiB", as DuckDB shows sizes of memory.
std::string memory_size_text(uint64_t bytes);

}  // namespace whittle
