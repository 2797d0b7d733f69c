// Statements that define or change: CREATE, DROP, ALTER, INSERT, UPDATE, DELETE.
#include "sql/parser_state.hpp"

namespace whittle::sql {

bool Parser::if_not_exists(OnConflict& conflict) {
  if (!accept(Keyword::If)) return true;
  if (!expect(Keyword::Not) || !expect(Keyword::Exists)) return false;
  conflict = OnConflict::Ignore;
  return true;
}

bool Parser::if_exists() {
  if (!is(Keyword::If) || !is(Keyword::Exists, 1)) return false;
  consume();
  consume();
  return true;
}

StatementPtr Parser::create_statement() {
  consume();
  OnConflict conflict = OnConflict::Error;
  if (accept(Keyword::Or)) {
    if (!expect(Keyword::Replace)) return nullptr;
    conflict = OnConflict::Replace;
  }
  bool persistent = accept(Keyword::Persistent);
  bool temporary = accept(Keyword::Temporary) || accept(Keyword::Temp);
  accept(Keyword::Recursive);
  Token word = current();
  switch (word.keyword) {
    case Keyword::Table:
      return create_table(conflict, temporary);
    case Keyword::View:
      return create_view(conflict, temporary);
    case Keyword::Schema:
      return create_schema(conflict);
    case Keyword::Secret:
      return create_secret(conflict, persistent);
    case Keyword::Macro:
    case Keyword::Function:
      return create_macro(conflict, temporary);
    case Keyword::Unique:
    case Keyword::Index:
    case Keyword::Sequence:
    case Keyword::Type:
      return unsupported(word, "this kind of CREATE"), nullptr;
    default:
      return unexpected("TABLE, VIEW, SCHEMA, MACRO or SECRET"), nullptr;
  }
}

StatementPtr Parser::create_table(OnConflict conflict, bool temporary) {
  consume();
  auto made = std::make_unique<CreateTableStatement>();
  made->on_conflict = conflict;
  made->temporary = temporary;
  if (!if_not_exists(made->on_conflict) || !qualified_name(made->name)) return nullptr;
  if (accept(Symbol::LeftParen)) {
    bool read = comma_list([&] {
      if (is(Symbol::RightParen) && !made->columns.empty()) return true;  // a trailing comma
      bool constraint = is(Keyword::Primary) || is(Keyword::Unique) || is(Keyword::Check) ||
                        is(Keyword::Foreign) || is(Keyword::Constraint);
      return constraint ? table_constraint(*made) : column_definition(made->columns.emplace_back());
    });
    if (!read || !expect(Symbol::RightParen)) return nullptr;
  }
  if (accept(Keyword::As)) {
    for (ColumnDefinition& column : made->columns) {
      if (column.has_type)
        return error(ErrorCode::Syntax, column.position,
                     "CREATE TABLE … AS takes names without types"),
               nullptr;
      made->column_names.push_back(std::move(column.name));
    }
    made->columns.clear();
    if (!(made->query = query())) return nullptr;
    if (accept(Keyword::With)) {
      made->with_data = !accept(Keyword::No);
      if (!expect(Keyword::Data)) return nullptr;
    }
    return made;
  }
  if (made->columns.empty()) return unexpected("AS or columns"), nullptr;
  for (ColumnDefinition& column : made->columns)
    if (!column.has_type && !column.generated)
      return error(ErrorCode::Syntax, column.position,
                   "column \"" + column.name + "\" needs a type"),
             nullptr;
  return made;
}

bool Parser::column_definition(ColumnDefinition& column) {
  Token start = current();
  if (!column_name(column.name)) return false;
  auto ends = [&] {
    switch (current().keyword) {
      case Keyword::Not:
      case Keyword::Null:
      case Keyword::Default:
      case Keyword::Unique:
      case Keyword::Primary:
      case Keyword::Check:
      case Keyword::Generated:
      case Keyword::As:
      case Keyword::References:
      case Keyword::Collate:
        return true;
      default:
        return is(Symbol::Comma) || is(Symbol::RightParen) || is(TokenKind::End) ||
               is(Symbol::Semicolon);
    }
  };
  column.has_type = !ends();
  if (column.has_type && !type_name(column.type)) return false;
  for (;;) {
    if (accept(Keyword::Not)) {
      if (!expect(Keyword::Null)) return false;
      column.not_null = true;
    } else if (accept(Keyword::Null)) {
    } else if (accept(Keyword::Unique)) {
      column.unique = true;
    } else if (accept(Keyword::Primary)) {
      if (!expect(Keyword::Key)) return false;
      column.primary_key = true;
    } else if (accept(Keyword::Default)) {
      // Stops before NOT NULL: the default is no boolean expression unless in parentheses.
      if (!(column.default_value = expression(kPostfix))) return false;
    } else if (accept(Keyword::Check)) {
      if (!expect(Symbol::LeftParen) || !(column.check = expression()) ||
          !expect(Symbol::RightParen))
        return false;
    } else if (is(Keyword::Generated) || is(Keyword::As)) {
      if (accept(Keyword::Generated) && !expect(Keyword::Always)) return false;
      if (!expect(Keyword::As) || !expect(Symbol::LeftParen) ||
          !(column.generated = expression()) || !expect(Symbol::RightParen))
        return false;
      if (!accept(Keyword::Virtual)) accept(Keyword::Stored);
    } else if (is(Keyword::References) || is(Keyword::Collate)) {
      return unsupported(current(), "this constraint"), false;
    } else {
      break;
    }
  }
  column.position = span(start);
  return true;
}

bool Parser::table_constraint(CreateTableStatement& table) {
  TableConstraint& constraint = table.constraints.emplace_back();
  std::string name;
  if (accept(Keyword::Constraint) && !column_name(name)) return false;
  if (accept(Keyword::Primary)) {
    constraint.kind = ConstraintKind::PrimaryKey;
    return expect(Keyword::Key) && name_list(constraint.columns);
  }
  if (accept(Keyword::Unique)) return name_list(constraint.columns);
  if (accept(Keyword::Check)) {
    constraint.kind = ConstraintKind::Check;
    return expect(Symbol::LeftParen) && (constraint.check = expression()) &&
           expect(Symbol::RightParen);
  }
  constraint.kind = ConstraintKind::ForeignKey;
  if (!expect(Keyword::Foreign) || !expect(Keyword::Key) || !name_list(constraint.columns) ||
      !expect(Keyword::References) || !qualified_name(constraint.referenced))
    return false;
  return !is(Symbol::LeftParen) || name_list(constraint.referenced_columns);
}

StatementPtr Parser::create_view(OnConflict conflict, bool temporary) {
  consume();
  auto made = std::make_unique<CreateViewStatement>();
  made->on_conflict = conflict;
  made->temporary = temporary;
  if (!if_not_exists(made->on_conflict) || !qualified_name(made->name)) return nullptr;
  if (is(Symbol::LeftParen) && !name_list(made->columns)) return nullptr;
  if (!expect(Keyword::As) || !(made->query = query())) return nullptr;
  return made;
}

StatementPtr Parser::create_schema(OnConflict conflict) {
  consume();
  auto made = std::make_unique<CreateSchemaStatement>();
  made->on_conflict = conflict;
  if (!if_not_exists(made->on_conflict) || !qualified_name(made->name)) return nullptr;
  return made;
}

StatementPtr Parser::create_secret(OnConflict conflict, bool persistent) {
  consume();
  auto made = std::make_unique<CreateSecretStatement>();
  made->on_conflict = conflict;
  made->persistent = persistent;
  if (!if_not_exists(made->on_conflict)) return nullptr;
  if (!is(Symbol::LeftParen) && !is(Keyword::In) && !column_name(made->name)) return nullptr;
  if (accept(Keyword::In) && !column_name(made->storage)) return nullptr;
  return option_list(made->options) ? std::move(made) : nullptr;
}

StatementPtr Parser::create_macro(OnConflict conflict, bool temporary) {
  consume();
  auto made = std::make_unique<CreateMacroStatement>();
  made->on_conflict = conflict;
  made->temporary = temporary;
  if (!if_not_exists(made->on_conflict) || !qualified_name(made->name) ||
      !expect(Symbol::LeftParen))
    return nullptr;
  if (!accept(Symbol::RightParen)) {
    bool read = comma_list([&] {
      MacroParameter& parameter = made->parameters.emplace_back();
      if (!column_name(parameter.name)) return false;
      return !accept(Symbol::Assign) || (parameter.default_value = expression());
    });
    if (!read || !expect(Symbol::RightParen)) return nullptr;
  }
  if (!expect(Keyword::As)) return nullptr;
  if (accept(Keyword::Table)) {
    made->query = query();
  } else {
    made->expression = expression();
  }
  return made->query || made->expression ? std::move(made) : nullptr;
}

// ---- changing
// -------------------------------------------------------------------------------------------

bool Parser::returning(std::vector<SelectItem>& items) {
  return !accept(Keyword::Returning) || select_items(items);
}

StatementPtr Parser::insert_statement() {
  consume();
  auto made = std::make_unique<InsertStatement>();
  if (accept(Keyword::Or)) {
    made->on_conflict = is(Keyword::Replace) ? OnConflict::Replace : OnConflict::Ignore;
    if (!accept(Keyword::Replace) && !expect(Keyword::Ignore)) return nullptr;
  }
  if (!expect(Keyword::Into) || !qualified_name(made->table)) return nullptr;
  if (accept(Keyword::By)) {
    made->by_name = accept(Keyword::Name);
    if (!made->by_name && !expect(Keyword::Position)) return nullptr;
  }
  if (is(Symbol::LeftParen) && !starts_query(1) && !name_list(made->columns)) return nullptr;
  if (accept(Keyword::Default)) {
    made->default_values = true;
    if (!expect(Keyword::Values)) return nullptr;
  } else if (!(made->query = query())) {
    return nullptr;
  }
  if (accept(Keyword::On)) {
    if (!expect(Keyword::Conflict) || !expect(Keyword::Do)) return nullptr;
    if (!is(Keyword::Nothing)) return unsupported(current(), "ON CONFLICT DO UPDATE"), nullptr;
    consume();
    made->on_conflict = OnConflict::Ignore;
  }
  return returning(made->returning) ? std::move(made) : nullptr;
}

StatementPtr Parser::update_statement() {
  consume();
  auto made = std::make_unique<UpdateStatement>();
  if (!qualified_name(made->table)) return nullptr;
  if (accept(Keyword::As) || (!is(Keyword::Set) && is_column_name(current()))) {
    if (!column_name(made->alias)) return nullptr;
  }
  if (!expect(Keyword::Set)) return nullptr;
  bool read = comma_list([&] {
    Assignment& assignment = made->assignments.emplace_back();
    return column_name(assignment.column) && expect(Symbol::Equal) &&
           (assignment.value = expression());
  });
  if (!read) return nullptr;
  if (accept(Keyword::From) && !from_list(made->from)) return nullptr;
  if (accept(Keyword::Where) && !(made->where = expression())) return nullptr;
  return returning(made->returning) ? std::move(made) : nullptr;
}

StatementPtr Parser::delete_statement() {
  auto made = std::make_unique<DeleteStatement>();
  if (consume().keyword == Keyword::Truncate) {
    accept(Keyword::Table);
    return qualified_name(made->table) ? std::move(made) : nullptr;
  }
  if (!expect(Keyword::From) || !qualified_name(made->table)) return nullptr;
  if (accept(Keyword::As) || is_column_name(current())) {
    if (!column_name(made->alias)) return nullptr;
  }
  if (accept(Keyword::Using) && !from_list(made->from)) return nullptr;
  if (accept(Keyword::Where) && !(made->where = expression())) return nullptr;
  return returning(made->returning) ? std::move(made) : nullptr;
}

bool Parser::object_kind(ObjectKind& object) {
  static constexpr struct {
    Keyword word;
    ObjectKind object;
  } kObjects[] = {
      {Keyword::Table, ObjectKind::Table},   {Keyword::View, ObjectKind::View},
      {Keyword::Schema, ObjectKind::Schema}, {Keyword::Index, ObjectKind::Index},
      {Keyword::Macro, ObjectKind::Macro},   {Keyword::Sequence, ObjectKind::Sequence},
      {Keyword::Type, ObjectKind::Type},     {Keyword::Function, ObjectKind::Macro},
      {Keyword::Secret, ObjectKind::Secret},
  };
  for (const auto& row : kObjects)
    if (accept(row.word)) {
      object = row.object;
      if (object == ObjectKind::Macro && accept(Keyword::Table)) object = ObjectKind::MacroTable;
      return true;
    }
  return unexpected("TABLE, VIEW, SCHEMA, MACRO or SECRET"), false;
}

StatementPtr Parser::drop_statement() {
  consume();
  auto made = std::make_unique<DropStatement>();
  if (!accept(Keyword::Persistent)) accept(Keyword::Temporary);
  if (!object_kind(made->object)) return nullptr;
  made->if_exists = if_exists();
  if (!comma_list([&] { return qualified_name(made->names.emplace_back()); })) return nullptr;
  made->cascade = accept(Keyword::Cascade);
  if (!made->cascade) accept(Keyword::Restrict);
  return made;
}

StatementPtr Parser::alter_statement() {
  consume();
  auto made = std::make_unique<AlterStatement>();
  if (!object_kind(made->object)) return nullptr;
  made->if_exists = if_exists();
  if (!qualified_name(made->name) || !alter_action(*made)) return nullptr;
  return made;
}

bool Parser::alter_action(AlterStatement& alter) {
  if (accept(Keyword::Rename)) {
    if (accept(Keyword::To)) return column_name(alter.new_name);
    alter.action = AlterAction::RenameColumn;
    accept(Keyword::Column);
    return column_name(alter.column) && expect(Keyword::To) && column_name(alter.new_name);
  }
  if (accept(Keyword::Add)) {
    alter.action = AlterAction::AddColumn;
    accept(Keyword::Column);
    OnConflict conflict = OnConflict::Error;
    if (!if_not_exists(conflict)) return false;
    alter.column_if_exists = conflict == OnConflict::Ignore;
    return column_definition(alter.definition);
  }
  if (accept(Keyword::Drop)) {
    alter.action = AlterAction::DropColumn;
    accept(Keyword::Column);
    alter.column_if_exists = if_exists();
    if (!column_name(alter.column)) return false;
    if (!accept(Keyword::Cascade)) accept(Keyword::Restrict);
    return true;
  }
  if (!expect(Keyword::Alter)) return false;
  accept(Keyword::Column);
  return column_name(alter.column) && alter_column(alter);
}

// ALTER TABLE t ALTER c …
bool Parser::alter_column(AlterStatement& alter) {
  if (accept(Keyword::Drop)) {
    alter.action = is(Keyword::Default) ? AlterAction::DropDefault : AlterAction::DropNotNull;
    if (accept(Keyword::Default)) return true;
    return expect(Keyword::Not) && expect(Keyword::Null);
  }
  if (accept(Keyword::Set)) {
    if (accept(Keyword::Default)) {
      alter.action = AlterAction::SetDefault;
      return (alter.value = expression()) != nullptr;
    }
    if (accept(Keyword::Not)) {
      alter.action = AlterAction::SetNotNull;
      return expect(Keyword::Null);
    }
    if (!expect(Keyword::Data)) return false;
  }
  alter.action = AlterAction::SetType;
  if (!expect(Keyword::Type) || !type_name(alter.definition.type)) return false;
  return !accept(Keyword::Using) || (alter.value = expression());
}

}  // namespace whittle::sql
