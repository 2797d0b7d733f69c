#include "plan/catalog.hpp"

#include "base/ascii.hpp"
#include "plan/binder/binder.hpp"
#include "sql/to_sql.hpp"

namespace whittle {

namespace {

class Collector {
 public:
  explicit Collector(const BindContext& context) : context_(context) {}

  Status statement(const sql::Statement& statement);
  Status query(const sql::Query& query);
  std::vector<TableRequest> take() { return std::move(requests_); }

 private:
  Status reference(const sql::TableReference& reference, bool first);
  Status table(const sql::TableName& table);
  Status function(const sql::TableFunction& function, bool first);
  Status argument(TableRequest& request, const sql::Expression& argument);
  Result<Value> type_names(const sql::Struct& types);
  bool is_common_table(std::string_view name) const;
  void add(TableRequest request);

  const BindContext& context_;
  std::vector<std::string> common_tables_;
  std::vector<TableRequest> requests_;
};

Status Collector::statement(const sql::Statement& statement) {
  switch (statement.kind) {
    case sql::StatementKind::Select:
      return query(*sql::as<sql::SelectStatement>(statement).query);
    case sql::StatementKind::Explain:
      return this->statement(*sql::as<sql::ExplainStatement>(statement).statement);
    case sql::StatementKind::Describe:
      return query(*sql::as<sql::DescribeStatement>(statement).query);
    case sql::StatementKind::Summarize:
      return query(*sql::as<sql::SummarizeStatement>(statement).query);
    case sql::StatementKind::Prepare:
      return this->statement(*sql::as<sql::PrepareStatement>(statement).statement);
    case sql::StatementKind::Copy: {
      const auto& copy = sql::as<sql::CopyStatement>(statement);
      if (copy.query) return query(*copy.query);
      return {};
    }
    case sql::StatementKind::CreateTable: {
      const auto& create = sql::as<sql::CreateTableStatement>(statement);
      if (create.query) return query(*create.query);
      return {};
    }
    default:
      return {};
  }
}

Status Collector::query(const sql::Query& query) {
  const size_t outer = common_tables_.size();
  for (const sql::CommonTable& table : query.with.tables) {
    if (query.with.recursive) common_tables_.push_back(table.name);
    TRY(this->query(*table.query));
    common_tables_.push_back(table.name);
  }
  if (const auto* select = sql::if_is<sql::Select>(query)) {
    bool first = true;
    for (const auto& from : select->from) TRY(reference(*from, std::exchange(first, false)));
  } else if (const auto* operation = sql::if_is<sql::SetOperation>(query)) {
    TRY(this->query(*operation->left));
    TRY(this->query(*operation->right));
  }
  common_tables_.resize(outer);
  return {};
}

Status Collector::reference(const sql::TableReference& reference, bool first) {
  switch (reference.kind) {
    case sql::TableReferenceKind::Table:
      return table(sql::as<sql::TableName>(reference));
    case sql::TableReferenceKind::Function:
      return function(sql::as<sql::TableFunction>(reference), first);
    case sql::TableReferenceKind::Subquery:
      return query(*sql::as<sql::DerivedTable>(reference).query);
    case sql::TableReferenceKind::Join: {
      const auto& join = sql::as<sql::Join>(reference);
      TRY(this->reference(*join.left, first));
      return this->reference(*join.right, false);
    }
    case sql::TableReferenceKind::Describe:
      return statement(*sql::as<sql::DescribedTable>(reference).statement);
  }
  return {};
}

bool Collector::is_common_table(std::string_view name) const {
  for (const std::string& table : common_tables_) {
    if (sql::same_name(table, name)) return true;
  }
  return false;
}

void Collector::add(TableRequest request) {
  for (const TableRequest& known : requests_) {
    if (known.key == request.key) return;
  }
  requests_.push_back(std::move(request));
}

Status Collector::table(const sql::TableName& table) {
  if (!table.is_file && table.name.parts.size() == 1 && is_common_table(table.name.name()))
    return {};
  TableRequest request;
  request.kind = table.is_file ? TableRequest::Kind::File : TableRequest::Kind::Name;
  request.key = table_key(table);
  for (const std::string& part : table.name.parts) {
    if (!request.name.empty()) request.name += '.';
    request.name += part;
  }
  request.position = table.position;
  request.candidates = common_tables_;
  add(std::move(request));
  return {};
}

// {'year': INTEGER, 'month': 'VARCHAR'} as a STRUCT of texts: names of types are no values.
Result<Value> Collector::type_names(const sql::Struct& types) {
  std::vector<Type::Field> fields;
  std::vector<Value> names;
  for (const sql::StructField& field : types.fields) {
    std::string text;
    if (const auto* name = sql::if_is<sql::ColumnReference>(*field.value)) {
      text = name->parts.back();
    } else {
      text = TRY(bind_constant_value(*field.value, context_))
      .to_string();
    }
    fields.push_back({field.name, TypeId::Varchar});
    names.push_back(Value::string(TypeId::Varchar, std::move(text)));
  }
  return Value::nested(Type::structure(std::move(fields)), std::move(names));
}

Status Collector::argument(TableRequest& request, const sql::Expression& argument) {
  if (const auto* named = sql::if_is<sql::NamedArgument>(argument)) {
    const auto* types = sql::if_is<sql::Struct>(*named->value);
    if (types && sql::same_name(named->name, "hive_types")) {
      request.named.emplace_back("hive_types", TRY(type_names(*types)));
      return {};
    }
    Value value = TRY(bind_constant_value(*named->value, context_));
    request.named.emplace_back(lower_case(named->name), std::move(value));
    return {};
  }
  request.arguments.push_back(TRY(bind_constant_value(argument, context_)));
  return {};
}

Status Collector::function(const sql::TableFunction& function, bool first) {
  if (is_unnested_function(function, first)) return {};
  TableRequest request;
  request.kind = TableRequest::Kind::Function;
  request.key = table_key(function);
  request.name = lower_case(function.call->name.name());
  request.position = function.position;
  for (const auto& argument : function.call->arguments) TRY(this->argument(request, *argument));
  add(std::move(request));
  return {};
}

}  // namespace

bool is_unnested_function(const sql::TableFunction& function, bool first) {
  const std::string name = lower_case(function.call->name.name());
  if (name == "unnest" || name == "unlist") return true;
  const bool range = name == "range" || name == "generate_series";
  return range && (!first || function.with_ordinality);
}

const Value* TableRequest::find(std::string_view argument) const {
  for (const auto& [name, value] : named) {
    if (name == argument) return &value;
  }
  return nullptr;
}

Result<std::vector<TableRequest>> collect_table_references(const sql::Statement& statement,
                                                           const BindContext& context) {
  Collector collector(context);
  TRY(collector.statement(statement));
  return collector.take();
}

Result<std::vector<TableRequest>> collect_table_references(const sql::Query& query,
                                                           const BindContext& context) {
  Collector collector(context);
  TRY(collector.query(query));
  return collector.take();
}

std::string table_key(const sql::TableReference& reference) {
  if (const auto* table = sql::if_is<sql::TableName>(reference)) {
    std::string key = table->is_file ? "file:" : "name:";
    for (size_t i = 0; i < table->name.parts.size(); ++i) {
      if (i > 0) key += '.';
      key += table->name.parts[i];
    }
    return key;
  }
  return "function:" + sql::to_sql(*sql::as<sql::TableFunction>(reference).call);
}

TableRef ResolvedTables::find(std::string_view key) const {
  for (const auto& [name, table] : tables_) {
    if (name == key) return table;
  }
  return nullptr;
}

}  // namespace whittle
