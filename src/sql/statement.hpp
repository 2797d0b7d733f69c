// Statements: the whole of what a line of SQL may be. Ownership and rules: see syntax_tree.hpp.
#pragma once

#include "sql/query.hpp"

namespace whittle::sql {

enum class StatementKind : uint8_t {
  Select,
  Explain,
  Describe,
  Summarize,
  Set,
  Reset,
  Pragma,
  Show,
  Copy,
  CreateTable,
  CreateView,
  CreateSchema,
  CreateSecret,
  CreateMacro,
  Insert,
  Update,
  Delete,
  Drop,
  Alter,
  Attach,
  Detach,
  Use,
  Prepare,
  Execute,
  Deallocate,
  Call,
  Transaction,
  Install,
  Checkpoint,
  Vacuum,
};
std::string_view statement_kind_name(StatementKind kind);  // "SELECT", "CREATE TABLE"

struct Statement {
  StatementKind kind;
  SourcePosition position;       // from the first word to the last, without the semicolon
  uint32_t parameter_count = 0;  // the highest `?` or `$n`
  std::vector<std::string> parameter_names;  // `$name` in order of first use

  Statement(const Statement&) = delete;
  virtual ~Statement() = default;

 protected:
  Statement(StatementKind kind) : kind(kind) {}
};
using StatementPtr = std::unique_ptr<Statement>;

template <StatementKind k>
struct StatementOf : Statement {
  static constexpr StatementKind kKind = k;
  StatementOf() : Statement(k) {}
};

struct SelectStatement : StatementOf<StatementKind::Select> {
  QueryPtr query;
};

/// `name value` pairs in parentheses: COPY's, EXPLAIN's, ATTACH's and CREATE SECRET's. `(HEADER)`
/// has no value;
/// `(PARTITION_BY (a, b))` has a Row or several values. Bare words come as String literals.
struct Option {
  std::string name;
  ExpressionList values;
  SourcePosition position;
};

struct ExplainStatement : StatementOf<StatementKind::Explain> {
  bool analyze = false;
  std::vector<Option> options;  // EXPLAIN (FORMAT json) …
  StatementPtr statement;
};

/// DESCRIBE t, DESCRIBE SELECT …, SUMMARIZE …: either a table or a query.
struct DescribeStatement : StatementOf<StatementKind::Describe> {
  QueryPtr query;  // DESCRIBE t comes as FROM t
  bool is_table = false;
};
struct SummarizeStatement : StatementOf<StatementKind::Summarize> {
  QueryPtr query;
};

enum class SettingScope : uint8_t { Unstated, Session, Global, Local, Variable };
/// SET name = value, SET SESSION …, SET VARIABLE name = value. A bare word as value comes as a
/// String literal.
struct SetStatement : StatementOf<StatementKind::Set> {
  SettingScope scope = SettingScope::Unstated;
  std::string name;
  ExpressionList values;
};
struct ResetStatement : StatementOf<StatementKind::Reset> {
  SettingScope scope = SettingScope::Unstated;
  std::string name;
};

/// PRAGMA name, PRAGMA name = value (one argument, `assigned`), PRAGMA name(a, b).
struct PragmaStatement : StatementOf<StatementKind::Pragma> {
  std::string name;
  ExpressionList arguments;
  bool assigned = false;
};

enum class ShowKind : uint8_t { Tables, AllTables, TablesFrom, Databases, Schemas, Setting };
/// SHOW TABLES, SHOW ALL TABLES, SHOW DATABASES, SHOW name. (SHOW t of a table is for the binder to
/// tell from a setting: `name` is qualified.)
struct ShowStatement : StatementOf<StatementKind::Show> {
  ShowKind show = ShowKind::Tables;
  QualifiedName name;
};

struct CopyStatement : StatementOf<StatementKind::Copy> {
  bool to = true;       // else FROM
  QualifiedName table;  // COPY t …; parts empty where a query was given
  std::vector<std::string> columns;
  QueryPtr
      query;  // COPY (query) TO; COPY t TO comes with the query FROM t (or SELECT columns FROM t)
  ExpressionPtr file;  // a String literal or any constant expression
  std::vector<Option> options;
};

enum class OnConflict : uint8_t { Error, Ignore, Replace };  // CREATE, IF NOT EXISTS, OR REPLACE

struct ColumnDefinition {
  std::string name;
  bool has_type = true;
  TypeName type;
  bool not_null = false, unique = false, primary_key = false;
  ExpressionPtr default_value, generated, check;
  SourcePosition position;
};
enum class ConstraintKind : uint8_t { PrimaryKey, Unique, Check, ForeignKey };
struct TableConstraint {
  ConstraintKind kind = ConstraintKind::Unique;
  std::vector<std::string> columns, referenced_columns;
  QualifiedName referenced;
  ExpressionPtr check;
};
struct CreateTableStatement : StatementOf<StatementKind::CreateTable> {
  OnConflict on_conflict = OnConflict::Error;
  bool temporary = false;
  QualifiedName name;
  std::vector<ColumnDefinition> columns;
  std::vector<TableConstraint> constraints;
  std::vector<std::string> column_names;  // CREATE TABLE t(a, b) AS
  QueryPtr query;                         // CREATE TABLE … AS
  bool with_data = true;
};
struct CreateViewStatement : StatementOf<StatementKind::CreateView> {
  OnConflict on_conflict = OnConflict::Error;
  bool temporary = false;
  QualifiedName name;
  std::vector<std::string> columns;
  QueryPtr query;
};
struct CreateSchemaStatement : StatementOf<StatementKind::CreateSchema> {
  OnConflict on_conflict = OnConflict::Error;
  QualifiedName name;
};
/// CREATE [PERSISTENT | TEMPORARY] SECRET name IN storage (TYPE s3, KEY_ID '…', …): all in
/// `options`, TYPE too.
struct CreateSecretStatement : StatementOf<StatementKind::CreateSecret> {
  OnConflict on_conflict = OnConflict::Error;
  bool persistent = false;
  std::string name;     // may be empty
  std::string storage;  // may be empty
  std::vector<Option> options;
};
struct MacroParameter {
  std::string name;
  ExpressionPtr default_value;  // may be null
};
/// CREATE MACRO f(a, b := 1) AS expression, or AS TABLE query.
struct CreateMacroStatement : StatementOf<StatementKind::CreateMacro> {
  OnConflict on_conflict = OnConflict::Error;
  bool temporary = false;
  QualifiedName name;
  std::vector<MacroParameter> parameters;
  ExpressionPtr expression;
  QueryPtr query;
};

struct InsertStatement : StatementOf<StatementKind::Insert> {
  OnConflict on_conflict =
      OnConflict::Error;  // INSERT OR IGNORE, OR REPLACE, ON CONFLICT DO NOTHING
  bool by_name = false;
  bool default_values = false;
  QualifiedName table;
  std::vector<std::string> columns;
  QueryPtr query;
  std::vector<SelectItem> returning;
};
struct Assignment {
  std::string column;
  ExpressionPtr value;
};
struct UpdateStatement : StatementOf<StatementKind::Update> {
  QualifiedName table;
  std::string alias;
  std::vector<Assignment> assignments;
  std::vector<TableReferencePtr> from;
  ExpressionPtr where;
  std::vector<SelectItem> returning;
};
/// DELETE FROM; TRUNCATE t is a DELETE without WHERE.
struct DeleteStatement : StatementOf<StatementKind::Delete> {
  QualifiedName table;
  std::string alias;
  std::vector<TableReferencePtr> from;  // USING
  ExpressionPtr where;
  std::vector<SelectItem> returning;
};

enum class ObjectKind : uint8_t {
  Table,
  View,
  Schema,
  Index,
  Sequence,
  Macro,
  MacroTable,
  Type,
  Secret
};
struct DropStatement : StatementOf<StatementKind::Drop> {
  ObjectKind object = ObjectKind::Table;
  bool if_exists = false;
  bool cascade = false;
  std::vector<QualifiedName> names;
};

enum class AlterAction : uint8_t {
  RenameTable,
  RenameColumn,
  AddColumn,
  DropColumn,
  SetType,
  SetDefault,
  DropDefault,
  SetNotNull,
  DropNotNull,
};
struct AlterStatement : StatementOf<StatementKind::Alter> {
  ObjectKind object = ObjectKind::Table;
  bool if_exists = false;
  QualifiedName name;
  AlterAction action = AlterAction::RenameTable;
  bool column_if_exists = false;  // or IF NOT EXISTS for AddColumn
  std::string column;
  std::string new_name;
  ColumnDefinition definition;  // AddColumn; SetType has its type here
  ExpressionPtr value;          // SetDefault; SetType's USING
};

struct AttachStatement : StatementOf<StatementKind::Attach> {
  OnConflict on_conflict = OnConflict::Error;
  std::string path;
  std::string alias;
  std::vector<Option> options;
};
struct DetachStatement : StatementOf<StatementKind::Detach> {
  bool if_exists = false;
  std::string name;
};
struct UseStatement : StatementOf<StatementKind::Use> {
  QualifiedName name;
};

struct PrepareStatement : StatementOf<StatementKind::Prepare> {
  std::string name;
  StatementPtr statement;
};
/// EXECUTE name(1, x := 2)
struct ExecuteStatement : StatementOf<StatementKind::Execute> {
  std::string name;
  ExpressionList arguments;
};
struct DeallocateStatement : StatementOf<StatementKind::Deallocate> {
  std::string name;  // empty: all
};
/// CALL f(…)
struct CallStatement : StatementOf<StatementKind::Call> {
  std::unique_ptr<FunctionCall> call;
};

enum class TransactionAction : uint8_t { Begin, Commit, Rollback };
struct TransactionStatement : StatementOf<StatementKind::Transaction> {
  TransactionAction action = TransactionAction::Begin;
};
/// INSTALL x, LOAD x: accepted so that scripts run; whittle has everything built in.
struct InstallStatement : StatementOf<StatementKind::Install> {
  bool load = false;
  std::string name;
};
struct CheckpointStatement : StatementOf<StatementKind::Checkpoint> {
  std::string name;
};
struct VacuumStatement : StatementOf<StatementKind::Vacuum> {};

}  // namespace whittle::sql
