// Statements that ask or set: EXPLAIN, DESCRIBE, SUMMARIZE, SHOW, SET, RESET, PRAGMA, COPY, PREPARE
// and the like.
#include "sql/parser_state.hpp"

namespace whittle::sql {

StatementPtr Parser::statement() {
  Token start = current();
  if (starts_query() || start.symbol == Symbol::LeftParen) {
    auto made = std::make_unique<SelectStatement>();
    if (!(made->query = query())) return nullptr;
    return made;
  }
  switch (start.keyword) {
    case Keyword::Explain:
      return explain_statement();
    case Keyword::Describe:
    case Keyword::Desc:
      return describe_statement();
    case Keyword::Summarize:
      return summarize_statement();
    case Keyword::Show:
      return show_statement();
    case Keyword::Set:
      return set_statement();
    case Keyword::Reset:
      return reset_statement();
    case Keyword::Pragma:
      return pragma_statement();
    case Keyword::Copy:
      return copy_statement();
    case Keyword::Create:
      return create_statement();
    case Keyword::Insert:
      return insert_statement();
    case Keyword::Update:
      return update_statement();
    case Keyword::Delete:
    case Keyword::Truncate:
      return delete_statement();
    case Keyword::Drop:
      return drop_statement();
    case Keyword::Alter:
      return alter_statement();
    case Keyword::Attach:
      return attach_statement();
    case Keyword::Detach:
      return detach_statement();
    case Keyword::Prepare:
      return prepare_statement();
    case Keyword::Execute:
      return execute_statement();
    case Keyword::Begin:
    case Keyword::Start:
    case Keyword::Commit:
    case Keyword::End:
    case Keyword::Rollback:
    case Keyword::Abort:
      return transaction_statement();
    case Keyword::Use:
    case Keyword::Call:
    case Keyword::Deallocate:
    case Keyword::Install:
    case Keyword::Force:
    case Keyword::Load:
    case Keyword::Checkpoint:
    case Keyword::Vacuum:
    case Keyword::Analyze:
      return simple_statement();
    case Keyword::Export:
    case Keyword::Import:
    case Keyword::Comment:
    case Keyword::Merge:
      return unsupported(start, "this statement"), nullptr;
    default:
      return unexpected(), nullptr;
  }
}

StatementPtr Parser::explain_statement() {
  consume();
  auto made = std::make_unique<ExplainStatement>();
  if (accept(Keyword::Analyze) || accept(Keyword::Analyse)) {
    made->analyze = true;
  } else if (is(Symbol::LeftParen) && !starts_query(1) && !is(Symbol::LeftParen, 1)) {
    if (!option_list(made->options)) return nullptr;
    for (const Option& option : made->options) made->analyze |= same_name(option.name, "analyze");
  }
  if (is(Keyword::Explain)) return unexpected("a statement"), nullptr;
  if (!(made->statement = statement())) return nullptr;
  return made;
}

// What DESCRIBE and SUMMARIZE look at: a query, or a table, which is read as FROM table.
QueryPtr Parser::described_query(bool& is_table) {
  is_table = false;
  Token start = current();
  if (is(Keyword::Table)) {
    consume();
  } else if (starts_query() || is(Symbol::LeftParen)) {
    return query();
  }
  is_table = true;
  QualifiedName name;
  bool is_file = is(TokenKind::String);
  if (is_file) {
    if (!string_literal(name.parts.emplace_back())) return nullptr;
    name.position = span(start);
  } else if (is(Symbol::LeftParen, 1)) {  // DESCRIBE read_parquet('…')
    is_table = false;
    auto select = std::make_unique<Select>();
    select->items.emplace_back().value = node<Star>(start);
    TableReferencePtr table = table_named();
    if (!table) return nullptr;
    select->from.push_back(std::move(table));
    select->position = span(start);
    if (!measure(*select)) return nullptr;
    return select;
  } else if (!qualified_name(name)) {
    return nullptr;
  }
  return from_table(std::move(name), is_file, start);
}

StatementPtr Parser::describe_statement() {
  consume();
  if (is(TokenKind::End) || is(Symbol::Semicolon) || is(Symbol::RightParen)) {
    auto made = std::make_unique<ShowStatement>();
    made->show = ShowKind::AllTables;
    return made;
  }
  auto made = std::make_unique<DescribeStatement>();
  if (!(made->query = described_query(made->is_table))) return nullptr;
  return made;
}

StatementPtr Parser::summarize_statement() {
  consume();
  auto made = std::make_unique<SummarizeStatement>();
  bool is_table = false;
  if (!(made->query = described_query(is_table))) return nullptr;
  return made;
}

StatementPtr Parser::show_statement() {
  consume();
  auto made = std::make_unique<ShowStatement>();
  if (is(TokenKind::End) || is(Symbol::Semicolon) || is(Symbol::RightParen)) {
    made->show = ShowKind::AllTables;
    return made;
  }
  if (starts_query() || is(Symbol::LeftParen)) {
    auto describe = std::make_unique<DescribeStatement>();
    if (!(describe->query = query())) return nullptr;
    return describe;
  }
  if (accept(Keyword::All)) {
    made->show = ShowKind::AllTables;
    return expect(Keyword::Tables) ? std::move(made) : nullptr;
  }
  bool table_follows = !is(Symbol::Dot, 1);
  if (table_follows && accept(Keyword::Tables)) {
    if (!accept(Keyword::From)) return made;
    made->show = ShowKind::TablesFrom;
    return qualified_name(made->name) ? std::move(made) : nullptr;
  }
  if (table_follows && accept_word("databases")) {
    made->show = ShowKind::Databases;
    return made;
  }
  if (table_follows && accept(Keyword::Schemas)) {
    made->show = ShowKind::Schemas;
    return made;
  }
  made->show = ShowKind::Setting;
  Token start = current();
  if (is(TokenKind::String)) {
    if (!string_literal(made->name.parts.emplace_back())) return nullptr;
    made->name.position = span(start);
    return made;
  }
  return qualified_name(made->name) ? std::move(made) : nullptr;
}

// ---- settings
// -------------------------------------------------------------------------------------------

bool Parser::setting_name(std::string& name, SettingScope& scope) {
  static constexpr struct {
    Keyword word;
    SettingScope scope;
  } kScopes[] = {{Keyword::Session, SettingScope::Session},
                 {Keyword::Global, SettingScope::Global},
                 {Keyword::Local, SettingScope::Local},
                 {Keyword::Variable, SettingScope::Variable}};
  for (const auto& row : kScopes)
    if (is(row.word) && is_any_word(peek(1)) && !is(Keyword::To, 1)) {
      consume();
      scope = row.scope;
      break;
    }
  if (is(Keyword::Time) && is(Keyword::Zone, 1)) {
    consume();
    consume();
    name = "TimeZone";
    return true;
  }
  QualifiedName qualified;
  if (!qualified_name(qualified)) return false;
  for (const std::string& part : qualified.parts) name += (name.empty() ? "" : ".") + part;
  return true;
}

// A constant, an expression, or a bare word, which is a string.
bool Parser::setting_value(ExpressionPtr& value) {
  Token start = current();
  Symbol next = peek(1).symbol;
  bool bare = is_any_word(start) && (peek(1).kind == TokenKind::End || next == Symbol::Semicolon ||
                                     next == Symbol::Comma || next == Symbol::RightParen);
  bool constant =
      is(Keyword::True) || is(Keyword::False) || is(Keyword::Null) || is(Keyword::Default);
  if (bare && !constant) {
    std::string word;
    if (!any_name(word)) return false;
    value = literal(LiteralKind::String, std::move(word), start);
    return true;
  }
  value = expression();
  return value != nullptr;
}

StatementPtr Parser::set_statement() {
  consume();
  auto made = std::make_unique<SetStatement>();
  if (!setting_name(made->name, made->scope)) return nullptr;
  if (!accept(Symbol::Equal) && !accept(Keyword::To) && !same_name(made->name, "TimeZone") &&
      !same_name(made->name, "schema"))
    return unexpected("="), nullptr;
  bool read = comma_list([&] { return setting_value(made->values.emplace_back()); });
  return read ? std::move(made) : nullptr;
}

StatementPtr Parser::reset_statement() {
  consume();
  auto made = std::make_unique<ResetStatement>();
  return setting_name(made->name, made->scope) ? std::move(made) : nullptr;
}

StatementPtr Parser::pragma_statement() {
  consume();
  auto made = std::make_unique<PragmaStatement>();
  if (!any_name(made->name)) return nullptr;
  if (accept(Symbol::Equal)) {
    made->assigned = true;
    bool read = comma_list([&] { return setting_value(made->arguments.emplace_back()); });
    return read ? std::move(made) : nullptr;
  }
  if (!accept(Symbol::LeftParen) || accept(Symbol::RightParen)) return made;
  bool read = comma_list([&] { return setting_value(made->arguments.emplace_back()); });
  return read && expect(Symbol::RightParen) ? std::move(made) : nullptr;
}

// ---- options
// --------------------------------------------------------------------------------------------

// (FORMAT csv, HEADER, PARTITION_BY (a, b), KV_METADATA {…})
bool Parser::option_list(std::vector<Option>& options) {
  if (!expect(Symbol::LeftParen)) return false;
  if (accept(Symbol::RightParen)) return true;
  return comma_list([&] { return option_values(options.emplace_back()); }) &&
         expect(Symbol::RightParen);
}

bool Parser::option_values(Option& option) {
  Token start = current();
  if (!any_name(option.name)) return false;
  bool any = !is(Symbol::Comma) && !is(Symbol::RightParen);
  if (any && accept(Symbol::Star)) {
    option.values.push_back(node<Star>(previous_));
  } else if (any && !setting_value(option.values.emplace_back())) {
    return false;
  }
  option.position = span(start);
  return true;
}

// COPY table [(columns)] | (query) TO | FROM 'file' [WITH] [(options)]
StatementPtr Parser::copy_statement() {
  Token start = consume();
  auto made = std::make_unique<CopyStatement>();
  bool is_file = false;
  if (is_word("database") && is_any_word(peek(1)) && !is(Keyword::To, 1) && !is(Keyword::From, 1))
    return unsupported(current(), "COPY … DATABASE"), nullptr;
  if (is(Symbol::LeftParen)) {
    consume();
    if (!(made->query = query()) || !expect(Symbol::RightParen)) return nullptr;
  } else if (is(TokenKind::String)) {  // COPY 'x.parquet' TO …: a file by its name
    std::string file;
    if (!string_literal(file)) return nullptr;
    made->table.parts = {std::move(file)};
    made->table.position = start.position;
    is_file = true;
  } else {
    if (!qualified_name(made->table)) return nullptr;
    if (is(Symbol::LeftParen) && !name_list(made->columns)) return nullptr;
  }
  bool from = !made->query && accept(Keyword::From);
  if (!from && !expect(Keyword::To)) return nullptr;
  made->to = !from;
  Token file = current();
  bool standard = is(Keyword::Stdout) || is(Keyword::Stdin);
  if (standard) {
    consume();
    made->file = literal(LiteralKind::String, from ? "/dev/stdin" : "/dev/stdout", file);
  } else if (!(made->file = expression(kPostfix))) {
    return nullptr;
  }
  accept(Keyword::With);
  if (is(Symbol::LeftParen)) {
    if (!option_list(made->options)) return nullptr;
  } else {
    while (!is(TokenKind::End) &&
           !is(Symbol::Semicolon)) {  // the old form: CSV HEADER DELIMITER ','
      Option& option = made->options.emplace_back();
      Token word = current();
      if (!any_name(option.name)) return nullptr;
      accept(Keyword::As);
      Token value = current();
      if (value.kind == TokenKind::String) {
        std::string text;
        if (!string_literal(text)) return nullptr;
        option.values.push_back(literal(LiteralKind::String, std::move(text), value));
      }
      if (same_name(option.name, "csv")) {
        option.name = "format";
        option.values.push_back(literal(LiteralKind::String, "csv", word));
      }
      option.position = span(word);
    }
  }
  if (made->query || !made->to) return made;
  // COPY t(a, b) TO reads SELECT a, b FROM t.
  if (!(made->query = from_table(made->table, is_file, start))) return nullptr;
  if (made->columns.empty()) return made;
  auto& select = as<Select>(*made->query);
  select.items.clear();
  for (const std::string& name : made->columns) {
    auto column = node<ColumnReference>(start);
    column->parts.push_back(name);
    select.items.emplace_back().value = std::move(column);
  }
  return made;
}

// ---- the rest
// -------------------------------------------------------------------------------------------

StatementPtr Parser::prepare_statement() {
  consume();
  auto made = std::make_unique<PrepareStatement>();
  if (!column_name(made->name) || !expect(Keyword::As)) return nullptr;
  Nesting nesting(*this);
  if (nesting.too_deep() || !(made->statement = statement())) return nullptr;
  made->statement->parameter_count = highest_parameter_;
  made->statement->parameter_names = std::move(parameter_names_);
  highest_parameter_ = 0;
  parameter_names_.clear();
  return made;
}

StatementPtr Parser::execute_statement() {
  Token start = consume();
  auto made = std::make_unique<ExecuteStatement>();
  if (!column_name(made->name)) return nullptr;
  if (!is(Symbol::LeftParen)) return made;
  auto call = node<FunctionCall>(start);
  if (!call_arguments(*call, true)) return nullptr;
  made->arguments = std::move(call->arguments);
  return made;
}

StatementPtr Parser::transaction_statement() {
  Token start = consume();
  auto made = std::make_unique<TransactionStatement>();
  made->action = start.keyword == Keyword::Begin || start.keyword == Keyword::Start
                     ? TransactionAction::Begin
                 : start.keyword == Keyword::Commit || start.keyword == Keyword::End
                     ? TransactionAction::Commit
                     : TransactionAction::Rollback;
  if (!accept(Keyword::Transaction)) accept(Keyword::Work);
  if (accept(Keyword::Read) && !accept(Keyword::Write) && !accept_word("only"))
    return unexpected(), nullptr;
  return made;
}

StatementPtr Parser::attach_statement() {
  consume();
  auto made = std::make_unique<AttachStatement>();
  if (accept(Keyword::Or)) {
    if (!expect(Keyword::Replace)) return nullptr;
    made->on_conflict = OnConflict::Replace;
  }
  accept_word("database");
  if (!if_not_exists(made->on_conflict) || !name_or_string(made->path)) return nullptr;
  if (accept(Keyword::As) && !column_name(made->alias)) return nullptr;
  if (is(Symbol::LeftParen) && !option_list(made->options)) return nullptr;
  return made;
}

StatementPtr Parser::detach_statement() {
  consume();
  auto made = std::make_unique<DetachStatement>();
  accept_word("database");
  made->if_exists = if_exists();
  return column_name(made->name) ? std::move(made) : nullptr;
}

StatementPtr Parser::simple_statement() {
  Token start = consume();
  switch (start.keyword) {
    case Keyword::Use: {
      auto made = std::make_unique<UseStatement>();
      return qualified_name(made->name) ? std::move(made) : nullptr;
    }
    case Keyword::Call: {
      auto made = std::make_unique<CallStatement>();
      made->call = node<FunctionCall>(current());
      if (!qualified_name(made->call->name) || !call_arguments(*made->call, true)) return nullptr;
      return made;
    }
    case Keyword::Deallocate: {
      auto made = std::make_unique<DeallocateStatement>();
      accept(Keyword::Prepare);
      if (!accept(Keyword::All) && !column_name(made->name)) return nullptr;
      return made;
    }
    case Keyword::Force:
    case Keyword::Install:
    case Keyword::Load: {
      auto made = std::make_unique<InstallStatement>();
      if (start.keyword == Keyword::Force) {
        if (is(Keyword::Checkpoint)) return simple_statement();
        if (!expect(Keyword::Install)) return nullptr;
      }
      made->load = start.keyword == Keyword::Load;
      if (!name_or_string(made->name)) return nullptr;
      std::string origin;
      if (accept(Keyword::From) && !name_or_string(origin)) return nullptr;
      return made;
    }
    case Keyword::Checkpoint: {
      auto made = std::make_unique<CheckpointStatement>();
      if (is_column_name(current()) && !column_name(made->name)) return nullptr;
      return made;
    }
    default: {  // VACUUM, ANALYZE
      accept(Keyword::Analyze);
      QualifiedName name;
      if (is_column_name(current()) && !qualified_name(name)) return nullptr;
      return std::make_unique<VacuumStatement>();
    }
  }
}

}  // namespace whittle::sql
