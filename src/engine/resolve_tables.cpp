#include "engine/resolve_tables.hpp"

#include <algorithm>

#include "parquet/metadata_rows.hpp"
#include "plan/parquet_scan_table.hpp"
#include "plan/type_rules.hpp"
#include "sql/diagnostics.hpp"
#include "sql/parser.hpp"

namespace whittle {

namespace {

std::unexpected<Error> argument_error(const TableRequest& request, std::string message) {
  return fail(Error(ErrorCode::Binder, request.name + ": " + std::move(message))
                  .with_position(request.position));
}

// A string, or a list of strings.
Result<std::vector<std::string>> file_patterns(const TableRequest& request) {
  if (request.kind != TableRequest::Kind::Function) return std::vector{request.name};
  if (request.arguments.size() != 1)
    return argument_error(request, "expects one file name or a list of them");
  const Value& argument = request.arguments[0];
  std::vector<std::string> patterns;
  if (!argument.is_null() && argument.type().is_string()) patterns.push_back(argument.as_string());
  if (!argument.is_null() && argument.type().id() == TypeId::List) {
    for (const Value& item : argument.children()) {
      if (item.is_null() || !item.type().is_string())
        return argument_error(request, "file names are strings");
      patterns.push_back(item.as_string());
    }
  }
  if (patterns.empty()) return argument_error(request, "expects one file name or a list of them");
  return patterns;
}

Result<bool> flag_argument(const TableRequest& request, const Value& value, std::string_view name) {
  if (value.is_null()) return argument_error(request, std::string(name) + " cannot be NULL");
  if (value.type().id() == TypeId::Boolean) return value.as_boolean();
  if (value.type().is_integer()) return value.as_integer() != 0;
  return argument_error(request, std::string(name) + " is true or false");
}

constexpr std::string_view parameters[] = {
    "union_by_name",    "hive_partitioning", "hive_types", "hive_types_autocast",
    "binary_as_string", "file_row_number",   "filename"};
// DuckDB's, about how to read: whatever they say, the answer is the same.
constexpr std::string_view tuning_parameters[] = {"compression", "parquet_version", "can_have_nan",
                                                  "debug_use_openssl"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// {'year': 'INTEGER'}: the types of partitions.
Result<std::vector<Type::Field>> hive_types(const TableRequest& request, const Value& value) {
  if (value.is_null() || value.type().id() != TypeId::Struct) {
    return argument_error(request, "hive_types expects names and types: {'year': INTEGER}");
  }
  std::vector<Type::Field> types;
  const auto& fields = value.type().fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto cast = sql::parse_expression("NULL::" + value.children()[i].to_string());
    const auto* node = cast ? sql::if_is<sql::Cast>(**cast) : nullptr;
    if (!node) {
      return argument_error(request,
                            "hive_types: '" + value.children()[i].to_string() + "' is no type");
    }
    types.push_back({ fields[i].name, TRY(resolve_type(node->type)) });
  }
  return types;
}

// The named arguments of read_parquet.
Result<parquet::TableOptions> table_options(const TableRequest& request, const Settings& settings) {
  parquet::TableOptions options;
  options.schema.binary_as_string = settings.flag("binary_as_string");
  options.common_type = [](const Type& a, const Type& b) { return common_type(a, b); };
  for (const auto& [name, value] : request.named) {
    if (name == "union_by_name") {
      options.union_by_name = TRY(flag_argument(request, value, name));
    } else if (name == "hive_partitioning") {
      options.hive_partitioning = TRY(flag_argument(request, value, name));
    } else if (name == "hive_types_autocast") {
      options.hive_types_autocast = TRY(flag_argument(request, value, name));
    } else if (name == "hive_types") {
      options.hive_types = TRY(hive_types(request, value));
    } else if (name == "binary_as_string") {
      options.schema.binary_as_string = TRY(flag_argument(request, value, name));
    } else if (name == "file_row_number") {
      options.file_row_number = TRY(flag_argument(request, value, name));
    } else if (name == "filename") {
      if (!value.is_null() && value.type().is_string()) {
        options.filename_column = value.as_string();
      } else if (TRY(flag_argument(request, value, name))) {
        options.filename_column = "filename";
      }
    } else if (!contains(tuning_parameters, name)) {
      std::vector<std::string> known(std::begin(parameters), std::end(parameters));
      return fail(Error(ErrorCode::Binder,
                        "Invalid named parameter \"" + name + "\" for function " + request.name)
                      .with_hint(sql::did_you_mean(name, known))
                      .with_position(request.position));
    }
  }
  return options;
}

Task<Result<std::vector<std::string>>> expand(Engine& engine, IoSessionRef session,
                                              std::vector<std::string> patterns) {
  std::vector<std::string> paths;
  for (std::string& pattern : patterns) {
    auto found =
        CO_TRY(co_await engine.services().sources.expand(pattern, engine.options().open, session));
    paths.insert(paths.end(), std::make_move_iterator(found.begin()),
                 std::make_move_iterator(found.end()));
  }
  co_return paths;
}

// parquet_metadata('…') and its kin: the rows of every file, in memory.
Task<Result<TableRef>> open_metadata_table(Engine& engine, IoSessionRef session,
                                           const TableRequest& request, parquet::MetadataTable kind,
                                           std::vector<std::string> paths) {
  auto table = std::make_shared<ValuesTable>(request.name, parquet::metadata_table_schema(kind));
  for (const std::string& path : paths) {
    auto opened = CO_TRY(co_await engine.footers()->open(path, {}, session));
    CO_TRY(parquet::metadata_rows(kind, *opened.file, opened.file->name(),
                                  [&](std::vector<Value> row) -> Status {
                                    table->rows.push_back(std::move(row));
                                    return {};
                                  }));
  }
  co_return table;
}

// glob('dir/*.parquet'): the names alone; a pattern without files gives no rows.
Task<Result<TableRef>> list_files(Engine& engine, IoSessionRef session,
                                  const TableRequest& request) {
  auto table = std::make_shared<ValuesTable>("glob", Schema{{"file", TypeId::Varchar}});
  for (std::string& pattern : CO_TRY(file_patterns(request))) {
    auto found = co_await engine.services().sources.expand(pattern, engine.options().open, session);
    if (!found && found.error().code() == ErrorCode::NotFound) continue;
    for (std::string& path : CO_TRY(std::move(found))) {
      table->rows.push_back({Value::string(TypeId::Varchar, std::move(path))});
    }
  }
  co_return table;
}

Task<Result<TableRef>> open_files(Engine& engine, IoSessionRef session, const Settings& settings,
                                  const TableRequest& request) {
  auto patterns = CO_TRY(file_patterns(request));
  auto paths = CO_TRY(co_await expand(engine, session, std::move(patterns)));
  const auto metadata = request.kind == TableRequest::Kind::Function
                            ? parquet::metadata_table(request.name)
                            : std::nullopt;
  if (metadata) {
    co_return co_await open_metadata_table(engine, session, request, *metadata, std::move(paths));
  }
  auto options = CO_TRY(table_options(request, settings));
  auto files = CO_TRY(co_await parquet::open_parquet_table(std::move(paths), std::move(options),
                                                           *engine.footers(), session));
  co_return std::make_shared<ParquetScanTable>(std::move(files), engine.footers());
}

// A name without a table may be a file: it must look like one.
bool looks_like_file(std::string_view name) {
  return name.find('/') != std::string_view::npos || name.find('.') != std::string_view::npos;
}

// What one may do about a file that did not open: names beside it that are like its own, or what
// kinds of names there are.
Task<std::string> file_hint(Engine& engine, IoSessionRef session, const TableRequest& request,
                            const Error& error) {
  std::string name = request.name;
  if (request.kind == TableRequest::Kind::Function && !request.arguments.empty() &&
      request.arguments[0].type().is_string() && !request.arguments[0].is_null()) {
    name = request.arguments[0].as_string();
  }
  const size_t scheme = name.find("://");
  if (error.code() == ErrorCode::Unsupported && scheme != std::string::npos) {
    co_return "files are read from local paths and from http:// and https:// addresses";
  }
  if (error.code() == ErrorCode::Io && scheme != std::string::npos) {
    co_return "check the address and the network";
  }
  if (error.code() == ErrorCode::Corrupt && !name.ends_with(".parquet")) {
    co_return "only Parquet files can be read";
  }
  if (error.code() != ErrorCode::NotFound) co_return std::string();
  if (scheme != std::string::npos) co_return "check the address: the server knows no such file";
  if (name.find_first_of("*?[{") != std::string::npos) {
    co_return "patterns know *, ?, [a-z], {a,b} and **; paths start where whittle was started";
  }
  const size_t slash = name.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string() : name.substr(0, slash + 1);
  const auto beside =
      co_await engine.services().sources.expand(folder + "*", engine.options().open, session);
  std::string similar = beside ? sql::did_you_mean(name, *beside) : std::string();
  co_return similar.empty() ? "check the path: it starts where whittle was started" : similar;
}

Task<Result<TableRef>> resolve(Engine& engine, IoSessionRef session, const Settings& settings,
                               const TableRequest& request) {
  if (request.kind == TableRequest::Kind::Function && !is_file_function(request.name)) {
    co_return make_table_function(request, settings, engine.functions());
  }
  if (request.kind == TableRequest::Kind::Function && request.name == "glob") {
    co_return co_await list_files(engine, session, request);
  }
  if (request.kind == TableRequest::Kind::Name && !looks_like_file(request.name)) {
    std::string hint = sql::did_you_mean(request.name, request.candidates);
    if (hint.empty()) hint = "files are read by their name in quotes: FROM 'file.parquet'";
    co_return fail(Error(ErrorCode::Binder, "Table with name " + request.name + " does not exist!")
                       .with_hint(std::move(hint))
                       .with_position(request.position));
  }
  Result<TableRef> table = co_await open_files(engine, session, settings, request);
  if (table) co_return table;
  Error error = std::move(table.error()).with_position(request.position);
  if (error.hint().empty()) {
    std::string hint = co_await file_hint(engine, session, request, error);
    if (!hint.empty()) error = std::move(error).with_hint(std::move(hint));
  }
  co_return fail(std::move(error));
}

}  // namespace

Task<Status> resolve_tables(Engine& engine, IoSessionRef session, const Settings& settings,
                            std::vector<TableRequest> requests, ResolvedTables& tables) {
  for (const TableRequest& request : requests) {
    TableRef table = CO_TRY(co_await resolve(engine, session, settings, request));
    tables.add(request.key, std::move(table));
  }
  co_return Status{};
}

}  // namespace whittle
