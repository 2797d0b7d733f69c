#include "plan/table_function.hpp"

#include <algorithm>

#include "columnar/interval.hpp"
#include "plan/catalog.hpp"
#include "plan/function.hpp"
#include "plan/type_rules.hpp"
#include "sql/diagnostics.hpp"

namespace whittle {

namespace {

constexpr std::string_view file_functions[] = {
    "read_parquet",          "parquet_scan",        "parquet_metadata",    "parquet_schema",
    "parquet_file_metadata", "parquet_kv_metadata", "parquet_bloom_probe", "glob",
};
constexpr std::string_view own_functions[] = {
    "range", "generate_series", "unnest", "duckdb_settings", "duckdb_functions", "repeat",
};

std::unexpected<Error> wrong(const TableRequest& request, std::string message) {
  return fail(Error(ErrorCode::Binder, std::move(message)).with_position(request.position));
}

Result<int64_t> integer_argument(const TableRequest& request, const Value& value) {
  if (value.type().is_integer()) {
    const int128_t number = value.as_integer();
    if (number >= INT64_MIN && number <= INT64_MAX) return static_cast<int64_t>(number);
  }
  return wrong(request,
               request.name + "() needs BIGINT arguments, not " + value.type().to_string());
}

Result<TableRef> integer_range(const TableRequest& request, std::shared_ptr<RangeTable> table) {
  const auto& arguments = request.arguments;
  table->start = 0;
  if (arguments.size() == 1) {
    table->stop = TRY(integer_argument(request, arguments[0]));
  } else {
    table->start = TRY(integer_argument(request, arguments[0]));
    table->stop = TRY(integer_argument(request, arguments[1]));
  }
  if (arguments.size() == 3) table->step = TRY(integer_argument(request, arguments[2]));
  if (table->step == 0) return wrong(request, "interval cannot be 0!");
  return table;
}

Result<int64_t> timestamp_argument(const TableRequest& request, const Value& value) {
  switch (value.type().id()) {
    case TypeId::Timestamp:
    case TypeId::TimestampTz:
      return static_cast<int64_t>(value.as_integer());
    case TypeId::Date:
      return static_cast<int64_t>(value.as_integer()) * microseconds_per_day;
    default:
      return wrong(request,
                   request.name + "() needs TIMESTAMP arguments, not " + value.type().to_string());
  }
}

Result<TableRef> timestamp_range(const TableRequest& request, std::shared_ptr<RangeTable> table) {
  const auto& arguments = request.arguments;
  table->start = TRY(timestamp_argument(request, arguments[0]));
  table->stop = TRY(timestamp_argument(request, arguments[1]));
  table->interval = arguments[2].as_interval();
  const IntervalValue& step = table->interval;
  if (step == IntervalValue{}) return wrong(request, "interval cannot be 0!");
  const bool up = step.months >= 0 && step.days >= 0 && step.microseconds >= 0;
  const bool down = step.months <= 0 && step.days <= 0 && step.microseconds <= 0;
  if (!up && !down) {
    return wrong(request, "RANGE with composite interval that has mixed signs is not supported");
  }
  return table;
}

Result<TableRef> range_table(const TableRequest& request) {
  const auto& arguments = request.arguments;
  if (arguments.empty() || arguments.size() > 3) {
    return wrong(request, request.name + "() takes one to three arguments");
  }
  const bool timestamps = arguments.size() == 3 && arguments[2].type().id() == TypeId::Interval;
  auto table = std::make_shared<RangeTable>(
      request.name, timestamps ? arguments[0].type().id() == TypeId::TimestampTz
                                     ? TypeId::TimestampTz
                                     : TypeId::Timestamp
                               : TypeId::BigInt);
  table->inclusive = request.name == "generate_series";
  for (const Value& value : arguments) {
    if (!value.is_null()) continue;
    table->start = 1;  // a NULL bound: no rows
    table->stop = 0;
    table->interval = {0, 0, 1};
    return table;
  }
  return timestamps ? timestamp_range(request, table) : integer_range(request, table);
}

Result<TableRef> repeat_table(const TableRequest& request) {
  if (request.arguments.size() != 2) return wrong(request, "repeat() takes a value and a count");
  const int64_t count = TRY(integer_argument(request, request.arguments[1]));
  if (count > 1'000'000) return wrong(request, "repeat() of more than 1,000,000 rows: use range()");
  const Value& value = request.arguments[0];
  auto table = std::make_shared<ValuesTable>("repeat", Schema{{value.to_string(), value.type()}});
  for (int64_t i = 0; i < count; ++i) table->rows.push_back({value});
  return table;
}

Value text(std::string_view value) {
  return Value::string(TypeId::Varchar, std::string(value));
}

TableRef settings_table(const Settings& settings) {
  auto table =
      std::make_shared<ValuesTable>("duckdb_settings", Schema{{"name", TypeId::Varchar},
                                                              {"value", TypeId::Varchar},
                                                              {"description", TypeId::Varchar},
                                                              {"input_type", TypeId::Varchar},
                                                              {"scope", TypeId::Varchar}});
  for (const SettingDefinition& row : setting_definitions()) {
    const Result<Value> value = settings.get(row.name);
    const bool known = value && !value->is_null();
    table->rows.push_back({text(row.name),
                           known ? text(value->to_string()) : Value::null(TypeId::Varchar),
                           text(row.description), text(type_name(row.type)), text("GLOBAL")});
  }
  return table;
}

TableRef functions_table(const FunctionRegistry& functions) {
  auto table = std::make_shared<ValuesTable>(
      "duckdb_functions", Schema{{"schema_name", TypeId::Varchar},
                                 {"function_name", TypeId::Varchar},
                                 {"function_type", TypeId::Varchar},
                                 {"return_type", TypeId::Varchar},
                                 {"parameter_types", Type::list(TypeId::Varchar)}});
  const auto add = [&](const auto& row, std::string_view kind) {
    std::vector<Value> parameters;
    for (uint8_t i = 0; i < row.count; ++i) {
      const bool any = row.arguments[i] == TypeId::Null;
      parameters.push_back(text(any ? "ANY" : type_name(row.arguments[i])));
    }
    const bool any = row.result == TypeId::Null;
    table->rows.push_back({text("main"), text(row.name), text(kind),
                           text(any ? "ANY" : type_name(row.result)),
                           Value::nested(Type::list(TypeId::Varchar), std::move(parameters))});
  };
  for (std::string_view name : functions.names()) {
    for (const ScalarFunction* row : functions.scalar(name)) add(*row, "scalar");
    for (const AggregateFunction* row : functions.aggregate(name)) add(*row, "aggregate");
  }
  return table;
}

}  // namespace

std::optional<uint64_t> RangeTable::row_count() const {
  if (schema()[0].type.id() != TypeId::BigInt) return std::nullopt;
  const int128_t distance = step > 0 ? int128_t{stop} - start : int128_t{start} - stop;
  const int128_t stride = step > 0 ? int128_t{step} : -int128_t{step};
  if (inclusive) return distance < 0 ? 0 : static_cast<uint64_t>(distance / stride + 1);
  return distance <= 0 ? 0 : static_cast<uint64_t>((distance + stride - 1) / stride);
}

std::string RangeTable::description() const {
  std::string text = schema()[0].name + "(" + std::to_string(start) + ", " + std::to_string(stop);
  return text + ", " + std::to_string(step) + ")";
}

bool is_file_function(std::string_view name) {
  return std::find(std::begin(file_functions), std::end(file_functions), name) !=
         std::end(file_functions);
}

Result<TableRef> make_table_function(const TableRequest& request, const Settings& settings,
                                     const FunctionRegistry& functions) {
  if (is_file_function(request.name)) return TableRef();
  if (request.name == "range" || request.name == "generate_series") return range_table(request);
  if (request.name == "repeat") return repeat_table(request);
  if (request.name == "duckdb_settings") return settings_table(settings);
  if (request.name == "duckdb_functions") return functions_table(functions);
  std::vector<std::string> names(std::begin(file_functions), std::end(file_functions));
  names.insert(names.end(), std::begin(own_functions), std::end(own_functions));
  Error error(ErrorCode::Binder, "Table Function with name " + request.name + " does not exist!");
  return fail(std::move(error)
                  .with_hint(sql::did_you_mean(request.name, names))
                  .with_position(request.position));
}

}  // namespace whittle
