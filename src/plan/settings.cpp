#include "plan/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/ascii.hpp"
#include "sql/diagnostics.hpp"
#include "sql/syntax_tree.hpp"

namespace whittle {

namespace {

Status one_of(Value& value, std::string_view what, std::span<const std::string_view> choices) {
  const std::string text = lower_case(value.as_string());
  for (std::string_view choice : choices) {
    if (text != choice) continue;
    value = Value::string(TypeId::Varchar, text);
    return {};
  }
  std::string message = "Unrecognized parameter for option " + std::string(what) + " \"" +
                        value.as_string() + "\". Expected one of: ";
  for (size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) message += ", ";
    message += choices[i];
  }
  return fail(ErrorCode::InvalidArgument, std::move(message));
}

Status check_memory(Value& value) {
  if (value.as_string().empty()) return {};
  TRY(parse_memory_size(value.as_string(), uint64_t{1} << 30));
  return {};
}

Status check_order(Value& value) {
  static constexpr std::string_view choices[] = {"asc", "ascending", "desc", "descending"};
  TRY(one_of(value, "default_order", choices));
  value = Value::string(TypeId::Varchar,
                        value.as_string().substr(0, 1) == "d" ? "DESCENDING" : "ASCENDING");
  return {};
}

Status check_null_order(Value& value) {
  static constexpr std::string_view choices[] = {
      "nulls_first", "nulls first", "null first",
      "first",       "nulls_last",  "nulls last",
      "null last",   "last",        "nulls_first_on_asc_last_on_desc",
      "sqlite",      "mysql",       "nulls_last_on_asc_first_on_desc",
      "postgres"};
  TRY(one_of(value, "default_null_order", choices));
  const std::string& text = value.as_string();
  std::string_view canonical = "NULLS_LAST";
  if (text == "sqlite" || text == "mysql" || text.starts_with("nulls_first_on")) {
    canonical = "NULLS_FIRST_ON_ASC_LAST_ON_DESC";
  } else if (text == "postgres" || text.starts_with("nulls_last_on")) {
    canonical = "NULLS_LAST_ON_ASC_FIRST_ON_DESC";
  } else if (text.find("first") != std::string::npos) {
    canonical = "NULLS_FIRST";
  }
  value = Value::string(TypeId::Varchar, std::string(canonical));
  return {};
}

Status check_positive(Value& value) {
  if (value.as_integer() >= 1) return {};
  return fail(ErrorCode::InvalidArgument, "Must have at least 1 thread!");
}

Status check_not_negative(Value& value) {
  if (value.as_integer() >= 0) return {};
  return fail(ErrorCode::InvalidArgument, "the setting cannot be negative");
}

constexpr SettingDefinition definitions[] = {
    {"binary_as_string", "", TypeId::Boolean, "false", nullptr,
     "In Parquet files, interpret binary data as a string."},
    {"default_null_order", "null_order", TypeId::Varchar, "NULLS_LAST", check_null_order,
     "NULL ordering used when none is specified"},
    {"default_order", "", TypeId::Varchar, "ASCENDING", check_order,
     "The order type used when none is specified (ASC or DESC)"},
    {"enable_http_metadata_cache", "", TypeId::Boolean, "true", nullptr,
     "Keep footers of remote files for the session"},
    {"enable_late_materialization", "", TypeId::Boolean, "true", nullptr,
     "Read the columns a filter does not need only for rows that pass it"},
    {"enable_object_cache", "", TypeId::Boolean, "true", nullptr, "Kept for DuckDB's scripts"},
    {"enable_optimizer", "", TypeId::Boolean, "true", nullptr, "Rewrite plans before running them"},
    {"enable_progress_bar", "", TypeId::Boolean, "false", nullptr,
     "Print a progress bar for long queries"},
    {"enable_skipping", "", TypeId::Boolean, "true", nullptr,
     "Use statistics, page indexes, bloom filters and dictionaries to skip data"},
    {"http_keep_alive", "", TypeId::Boolean, "true", nullptr,
     "Keep connections for later requests"},
    {"http_retries", "", TypeId::UBigInt, "3", check_not_negative, "Retries of a failed request"},
    {"http_retry_backoff", "", TypeId::BigInt, "2", check_not_negative,
     "Factor between the waits before retries"},
    {"http_retry_wait_ms", "", TypeId::UBigInt, "100", check_not_negative,
     "Wait before the first retry, in milliseconds"},
    {"http_timeout", "", TypeId::UBigInt, "30", check_not_negative,
     "Time limit of one request, in seconds"},
    {"integer_division", "", TypeId::Boolean, "false", nullptr,
     "Whether / of two integers divides without remainder"},
    {"memory_limit", "max_memory", TypeId::Varchar, "", check_memory,
     "The maximum memory of the system (e.g. 1GB)"},
    {"preserve_insertion_order", "", TypeId::Boolean, "true", nullptr,
     "Whether rows keep the order of the file where no ORDER BY is given"},
    {"progress_bar_time", "", TypeId::BigInt, "2000", check_not_negative,
     "Milliseconds before the progress bar shows"},
    {"random_seed", "", TypeId::BigInt, "0", nullptr, "Seed of random(); 0: a new one each time"},
    {"schema", "search_path", TypeId::Varchar, "main", nullptr, "The default schema"},
    {"temp_directory", "", TypeId::Varchar, "", nullptr, "Where to write temporary files"},
    {"threads", "worker_threads", TypeId::BigInt, "", check_positive,
     "The number of threads used by the system"},
    {"timezone", "", TypeId::Varchar, "UTC", nullptr, "The time zone of TIMESTAMPTZ values"},
};

const SettingDefinition* find(std::string_view name) {
  for (const SettingDefinition& row : definitions) {
    if (sql::same_name(row.name, name)) return &row;
    if (!row.alias.empty() && sql::same_name(row.alias, name)) return &row;
  }
  return nullptr;
}

std::unexpected<Error> unknown(std::string_view name) {
  std::vector<std::string> names;
  for (const SettingDefinition& row : definitions) names.emplace_back(row.name);
  Error error(ErrorCode::Binder,
              "unrecognized configuration parameter \"" + std::string(name) + "\"");
  return fail(std::move(error).with_hint(sql::did_you_mean(name, names)));
}

Result<bool> to_boolean(const Value& value, std::string_view name) {
  if (value.type().id() == TypeId::Boolean || value.type().is_integer())
    return value.as_integer() != 0;
  if (value.type().is_string()) {
    const std::string text = lower_case(value.as_string());
    if (text == "true" || text == "on" || text == "1" || text == "t" || text == "yes") return true;
    if (text == "false" || text == "off" || text == "0" || text == "f" || text == "no")
      return false;
  }
  return fail(ErrorCode::InvalidArgument,
              std::string(name) + " needs true or false, not " + value.to_string());
}

Result<int64_t> to_integer(const Value& value, std::string_view name) {
  if (value.type().is_integer()) {
    const int128_t number = value.as_integer();
    if (number >= INT64_MIN && number <= INT64_MAX) return static_cast<int64_t>(number);
  } else if (value.type().is_string()) {
    const std::string& text = value.as_string();
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
  }
  return fail(ErrorCode::InvalidArgument,
              std::string(name) + " needs a whole number, not " + value.to_string());
}

Result<Value> converted(const SettingDefinition& row, const Value& value) {
  if (value.is_null()) {
    return fail(ErrorCode::InvalidArgument, std::string(row.name) + " cannot be NULL");
  }
  switch (row.type) {
    case TypeId::Boolean:
      return Value::boolean(TRY(to_boolean(value, row.name)));
    case TypeId::BigInt:
    case TypeId::UBigInt:
      return Value::integer(row.type, TRY(to_integer(value, row.name)));
    default:
      return Value::string(TypeId::Varchar,
                           value.type().is_string() ? value.as_string() : value.to_string());
  }
}

// Defaults need no check; an empty one for a number is NULL: the engine decides.
Value default_of(const SettingDefinition& row) {
  if (row.type == TypeId::Varchar)
    return Value::string(TypeId::Varchar, std::string(row.default_value));
  if (row.default_value.empty()) return Value::null(row.type);
  if (row.type == TypeId::Boolean) return Value::boolean(row.default_value == "true");
  return Value::integer(row.type, std::strtoll(row.default_value.data(), nullptr, 10));
}

struct SizeUnit {
  std::string_view name;
  double bytes;
};
constexpr SizeUnit units[] = {
    {"", 1},
    {"b", 1},
    {"byte", 1},
    {"bytes", 1},
    {"k", 1e3},
    {"kb", 1e3},
    {"m", 1e6},
    {"mb", 1e6},
    {"g", 1e9},
    {"gb", 1e9},
    {"t", 1e12},
    {"tb", 1e12},
    {"kib", 1024.0},
    {"mib", 1048576.0},
    {"gib", 1073741824.0},
    {"tib", 1099511627776.0},
};

}  // namespace

std::span<const SettingDefinition> setting_definitions() {
  return definitions;
}

Settings::Settings() {
  for (const SettingDefinition& row : definitions) values_.push_back(default_of(row));
}

Status Settings::set(std::string_view name, const Value& value) {
  const SettingDefinition* row = find(name);
  if (!row) return unknown(name);
  Value checked = TRY(converted(*row, value));
  if (row->validate) TRY(row->validate(checked));
  values_[row - definitions] = std::move(checked);
  return {};
}

Status Settings::reset(std::string_view name) {
  const SettingDefinition* row = find(name);
  if (!row) return unknown(name);
  values_[row - definitions] = default_of(*row);
  return {};
}

Result<Value> Settings::get(std::string_view name) const {
  const SettingDefinition* row = find(name);
  if (!row) return unknown(name);
  return values_[row - definitions];
}

void Settings::set_variable(std::string_view name, Value value) {
  for (auto& [known, old] : variables_) {
    if (sql::same_name(known, name)) {
      old = std::move(value);
      return;
    }
  }
  variables_.emplace_back(std::string(name), std::move(value));
}

void Settings::reset_variable(std::string_view name) {
  std::erase_if(variables_, [&](const auto& known) { return sql::same_name(known.first, name); });
}

Value Settings::variable(std::string_view name) const {
  for (const auto& [known, value] : variables_) {
    if (sql::same_name(known, name)) return value;
  }
  return Value();
}

bool Settings::flag(std::string_view name) const {
  const SettingDefinition* row = find(name);
  return row && !values_[row - definitions].is_null() && values_[row - definitions].as_boolean();
}

int64_t Settings::integer(std::string_view name) const {
  const SettingDefinition* row = find(name);
  if (!row || values_[row - definitions].is_null()) return 0;
  return static_cast<int64_t>(values_[row - definitions].as_integer());
}

std::string Settings::text(std::string_view name) const {
  const SettingDefinition* row = find(name);
  return row ? values_[row - definitions].as_string() : std::string();
}

bool Settings::nulls_first(bool descending) const {
  const std::string order = text("default_null_order");
  if (order == "NULLS_FIRST_ON_ASC_LAST_ON_DESC") return !descending;
  if (order == "NULLS_LAST_ON_ASC_FIRST_ON_DESC") return descending;
  return order == "NULLS_FIRST";
}

bool Settings::descending_by_default() const {
  return text("default_order") == "DESCENDING";
}

std::string memory_size_text(uint64_t bytes) {
  constexpr std::string_view names[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  size_t unit = 0;
  for (; bytes >= 1024 * 1024 && unit + 1 < std::size(names); ++unit) bytes /= 1024;
  // The digit behind the point is cut off, not rounded.
  return std::to_string(bytes / 1024) + "." + std::to_string(bytes % 1024 * 10 / 1024) + " " +
         std::string(names[unit]);
}

Result<uint64_t> parse_memory_size(std::string_view text, uint64_t total) {
  const std::string copy = lower_case(text);
  const char* begin = copy.c_str();
  char* end = nullptr;
  const double number = std::strtod(begin, &end);
  const auto wrong = [&] {
    return fail(ErrorCode::InvalidArgument, "'" + std::string(text) +
                                                "' is not a size of memory, such as '512MB', "
                                                "'1.5GiB' or '80%'");
  };
  if (end == begin || !(number >= 0)) return wrong();
  std::string_view unit(end);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  while (!unit.empty() && unit.back() == ' ') unit.remove_suffix(1);
  double bytes = -1;
  if (unit == "%" && total > 0) bytes = number / 100 * static_cast<double>(total);
  for (const SizeUnit& row : units) {
    if (unit == row.name) bytes = number * row.bytes;
  }
  if (bytes < 0 || bytes >= 9.2e18) return wrong();
  return static_cast<uint64_t>(bytes);
}

}  // namespace whittle
