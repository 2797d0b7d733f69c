#include "engine/copy_statement.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "plan/binder/binder.hpp"
#include "plan/binder/expression_binder.hpp"
#include "sql/diagnostics.hpp"

namespace whittle {

namespace {

std::unexpected<Error> wrong(const sql::Option& option, std::string message) {
  return bind_error(option.position, std::move(message));
}

Result<bool> flag(const sql::Option& option, const BindContext& context) {
  if (option.values.empty()) return true;
  const Value value = TRY(bind_constant_value(*option.values[0], context));
  const std::string text = value.is_null() ? "null" : lower_case(value.to_string());
  if (text == "true" || text == "1" || text == "on" || text == "t") return true;
  if (text == "false" || text == "0" || text == "off" || text == "f") return false;
  return wrong(option, "\"" + option.name + "\" expects true or false, not '" + text + "'");
}

Result<std::string> text(const sql::Option& option, const BindContext& context) {
  if (option.values.size() != 1) return wrong(option, "\"" + option.name + "\" expects one text");
  const Value value = TRY(bind_constant_value(*option.values[0], context));
  if (value.is_null() || !value.type().is_string()) {
    return wrong(option, "\"" + option.name + "\" expects a text");
  }
  return value.as_string();
}

// One byte, or nothing where that is allowed ('\0' then).
Result<char> character(const sql::Option& option, const BindContext& context, bool may_be_empty) {
  std::string value = TRY(text(option, context));
  if (value == "\\t") value = "\t";
  if (value.empty() && may_be_empty) return '\0';
  if (value.size() != 1) {
    return wrong(option, "The \"" + option.name + "\" option must be a single byte");
  }
  return value[0];
}

Status force_quote(const sql::Option& option, CopyTarget& target) {
  target.options.force_quote_all = false;
  const auto add = [&](const sql::Expression& name) -> Status {
    if (const auto* column = sql::if_is<sql::ColumnReference>(name)) {
      target.force_quote.push_back(column->parts.back());
    } else if (const auto* word = sql::if_is<sql::Literal>(name)) {
      target.force_quote.push_back(word->text);
    } else {
      return wrong(option, "\"force_quote\" expects a column list or * as parameter");
    }
    return {};
  };
  for (const sql::ExpressionPtr& value : option.values) {
    if (value->kind == sql::ExpressionKind::Star) {
      target.options.force_quote_all = true;
    } else if (const auto* row = sql::if_is<sql::Row>(*value)) {
      for (const sql::ExpressionPtr& item : row->items) TRY(add(*item));
    } else {
      TRY(add(*value));
    }
  }
  return {};
}

bool ends_with(std::string_view path, std::string_view extension) {
  return lower_case(path).ends_with(extension);
}

Result<OutputFormat> format_named(std::string_view name, SourcePosition position) {
  const std::string plain = lower_case(name);
  if (plain == "csv") return OutputFormat::Csv;
  if (plain == "json" || plain == "jsonl" || plain == "ndjson") return OutputFormat::JsonRows;
  if (plain == "arrow" || plain == "arrows" || plain == "ipc") return OutputFormat::Arrow;
  if (plain == "parquet") {
    return fail(Error(ErrorCode::Unsupported,
                      "COPY … (FORMAT parquet): Parquet files cannot be "
                      "written in this version")
                    .with_hint("write FORMAT csv, json or arrow")
                    .with_position(position));
  }
  return fail(
      Error(ErrorCode::Binder, "Copy Function with name " + std::string(name) + " does not exist!")
          .with_hint("formats are csv, json and arrow")
          .with_position(position));
}

std::string_view format_of(std::string_view path) {
  for (std::string_view extension :
       {".json", ".jsonl", ".ndjson", ".parquet", ".arrow", ".arrows"}) {
    if (ends_with(path, extension)) return extension.substr(1);
  }
  return "csv";
}

constexpr std::string_view csv_options[] = {"header", "delimiter", "quote",  "escape",
                                            "null",   "prefix",    "suffix", "force_quote"};

// Options that ask for what this version does not do, unless they say "no".
constexpr std::string_view refused_options[] = {
    "partition_by",     "per_thread_output",       "file_size_bytes",
    "return_files",     "write_partition_columns", "append",
    "hive_file_pattern"};
constexpr std::string_view ignored_options[] = {"overwrite", "overwrite_or_ignore", "use_tmp_file",
                                                "preserve_order", "encoding"};

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

std::string canonical(const sql::Option& option) {
  std::string name = lower_case(option.name);
  if (name == "sep" || name == "delim") name = "delimiter";
  if (name == "nullstr") name = "null";
  if (name == "date_format") name = "dateformat";
  if (name == "timestamp_format") name = "timestampformat";
  return name;
}

Status apply(const sql::Option& option, const BindContext& context, CopyTarget& target) {
  const std::string name = canonical(option);
  OutputOptions& options = target.options;
  if (name == "format" || contains(ignored_options, name)) return {};
  if (contains(refused_options, name)) {
    Result<bool> wanted = flag(option, context);
    if (wanted && !*wanted) return {};
    return unsupported(option.position, "COPY's option " + name + " is");
  }
  if (name == "compression") {
    const std::string method = lower_case(TRY(text(option, context)));
    if (method == "none" || method == "uncompressed" || method == "auto") return {};
    return unsupported(option.position, "COPY's compression '" + method + "' is");
  }
  const bool csv = target.format == OutputFormat::Csv;
  if (csv && name == "header") {
    options.header = TRY(flag(option, context));
  } else if (csv && name == "delimiter") {
    options.delimiter = TRY(character(option, context, false));
  } else if (csv && name == "quote") {
    options.quote = TRY(character(option, context, true));
  } else if (csv && name == "escape") {
    options.escape = TRY(character(option, context, true));
  } else if (csv && name == "null") {
    options.null_text = TRY(text(option, context));
  } else if (csv && name == "prefix") {
    options.prefix = TRY(text(option, context));
  } else if (csv && name == "suffix") {
    options.suffix = TRY(text(option, context));
  } else if (csv && name == "force_quote") {
    return force_quote(option, target);
  } else if (target.format == OutputFormat::JsonRows && name == "array") {
    options.json_array = TRY(flag(option, context));
  } else if (target.format != OutputFormat::Arrow && name == "dateformat") {
    target.date_format = TRY(text(option, context));
  } else if (target.format != OutputFormat::Arrow && name == "timestampformat") {
    target.timestamp_format = TRY(text(option, context));
  } else {
    std::vector<std::string> known = {"format", "compression"};
    if (csv) known.insert(known.end(), std::begin(csv_options), std::end(csv_options));
    return bind_error(option.position, "Unrecognized option \"" + option.name + "\" for COPY … TO",
                      sql::did_you_mean(name, known));
  }
  return {};
}

}  // namespace

Result<CopyTarget> copy_target(const sql::CopyStatement& copy, const BindContext& context) {
  if (!copy.to || !copy.query) {
    return unsupported(copy.position, "COPY … FROM is");
  }
  CopyTarget target;
  const Value path = TRY(bind_constant_value(*copy.file, context));
  if (path.is_null() || !path.type().is_string()) {
    return bind_error(copy.file->position, "COPY … TO expects the name of a file");
  }
  target.path = path.as_string();
  if (target.path.find("://") != std::string::npos) {
    return unsupported(copy.file->position, "COPY to a URL is");
  }
  std::optional<OutputFormat> format;
  for (const sql::Option& option : copy.options) {
    if (canonical(option) == "format") {
      format = TRY(format_named(TRY(text(option, context)), option.position));
    }
  }
  if (!format) {
    if (ends_with(target.path, ".gz") || ends_with(target.path, ".zst")) {
      return unsupported(copy.file->position, "COPY to a compressed file is");
    }
    format = TRY(format_named(format_of(target.path), copy.file->position));
  }
  target.format = *format;
  for (const sql::Option& option : copy.options) TRY(apply(option, context, target));
  return target;
}

Result<PlanPtr> copy_plan(const sql::CopyStatement& copy, const BindContext& context) {
  const CopyTarget target = TRY(copy_target(copy, context));
  PlanPtr plan = TRY(bind_query(*copy.query, context));
  for (const std::string& name : target.force_quote) {
    const bool known =
        std::any_of(plan->output.begin(), plan->output.end(),
                    [&](const Field& field) { return sql::same_name(field.name, name); });
    if (known) continue;
    return bind_error(copy.position, "\"force_quote\" expected to find " + name +
                                         ", but it was not found in the table");
  }
  if (target.date_format.empty() && target.timestamp_format.empty()) return plan;
  plan = make_node(PlanKind::Project, std::move(plan));
  const Scope nothing;
  ExpressionBinder binder(context, nothing);
  for (uint32_t i = 0; i < plan->output.size(); ++i) {
    Field& field = plan->output[i];
    ExpressionPtr value = make_column(i, field.type);
    const std::string& format = field.type.id() == TypeId::Date ? target.date_format
                                : field.type.is_timestamp()     ? target.timestamp_format
                                                                : std::string();
    if (!format.empty()) {
      value = TRY(binder.call("strftime", std::move(value),
                              make_constant(Value::string(TypeId::Varchar, format))));
      field.type = TypeId::Varchar;
    }
    plan->expressions.push_back(std::move(value));
  }
  return plan;
}

namespace {

class FileSink : public ByteSink {
 public:
  explicit FileSink(OutputFile& file) : file_(file) {}
  Status write(std::string_view bytes) override { return file_.write(bytes); }

 private:
  OutputFile& file_;
};

}  // namespace

Task<Result<uint64_t>> copy_rows(Engine& engine, Cursor& cursor, CopyTarget target) {
  OutputFiles* files = engine.services().output_files;
  if (!files) co_return fail(ErrorCode::Unsupported, "COPY … TO: there are no files to write here");
  // The first rows before the file: a statement that fails at once touches nothing.
  std::optional<Batch> batch = CO_TRY(co_await cursor.next());
  std::unique_ptr<OutputFile> file = CO_TRY(files->create(target.path));
  FileSink sink(*file);
  OutputOptions options = std::move(target.options);
  for (const Field& field : cursor.schema()) {
    bool forced = options.force_quote_all;
    for (const std::string& name : target.force_quote)
      forced = forced || sql::same_name(name, field.name);
    options.force_quote.push_back(forced);
  }
  auto writer = make_writer(target.format, std::move(options), sink, engine.budget());
  CO_TRY(writer->begin(cursor.schema()));
  while (batch) {
    CO_TRY(writer->write(*batch));
    batch = CO_TRY(co_await cursor.next());
  }
  CO_TRY(writer->end());
  CO_TRY(file->commit());
  co_return cursor.rows();
}

}  // namespace whittle
