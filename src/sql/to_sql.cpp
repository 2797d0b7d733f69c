#include "sql/to_sql.hpp"

#include "sql/literal.hpp"
#include "sql/sql_writer.hpp"
#include "sql/token.hpp"

namespace whittle::sql {

std::string quote_string(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  return out + "'";
}

std::string quote_name(std::string_view name) {
  bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  for (char c : name)
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_');
  if (plain && find_keyword(name) == Keyword::NoKeyword) return std::string(name);
  std::string out = "\"";
  for (char c : name) {
    if (c == '"') out += c;
    out += c;
  }
  return out + "\"";
}

std::string to_sql(const Expression& expression) {
  SqlWriter writer;
  writer.write(expression);
  return writer.take();
}

std::string to_sql(const Query& query) {
  SqlWriter writer;
  writer.write(query);
  return writer.take();
}

std::string to_sql(const TypeName& type) {
  SqlWriter writer;
  writer.write(type);
  return writer.take();
}

std::string column_name(const Expression& expression) {
  if (const auto* column = if_is<ColumnReference>(expression)) return column->parts.back();
  return to_sql(expression);
}

void SqlWriter::write_list(const ExpressionList& list) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out_ += ", ";
    write(*list[i]);
  }
}

void SqlWriter::write_names(const std::vector<std::string>& names, std::string_view between) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out_ += between;
    out_ += quote_name(names[i]);
  }
}

void SqlWriter::write(const Literal& literal) {
  switch (literal.literal) {
    case LiteralKind::Null:
      out_ += "NULL";
      return;
    case LiteralKind::Boolean:
      out_ += literal.text == "true" ? "CAST('t' AS BOOLEAN)" : "CAST('f' AS BOOLEAN)";
      return;
    case LiteralKind::String:
      out_ += quote_string(literal.text);
      return;
    case LiteralKind::Float:
      out_ += double_text(literal.text);
      return;
    case LiteralKind::Integer:
    case LiteralKind::Decimal: {
      // What neither HUGEINT nor DECIMAL(38) can hold is a DOUBLE.
      size_t digits = literal.text.size() - literal.text.starts_with('-') -
                      (literal.literal == LiteralKind::Decimal);
      bool wide = literal.literal == LiteralKind::Integer ? digits > 39 : digits > 38;
      out_ += wide ? double_text(literal.text) : literal.text;
      return;
    }
  }
}

// The types that DuckDB's grammar knows print bare; the others print as names, which quotes upper
// case.
void SqlWriter::write(const TypeName& type) {
  static constexpr std::string_view kGrammarTypes[] = {
      "BIGINT",   "BIT",  "BOOLEAN",   "DECIMAL", "FLOAT",   "INTEGER",
      "SMALLINT", "TIME", "TIMESTAMP", "VARCHAR", "INTERVAL"};
  static constexpr std::string_view kBuiltIn[] = {"BIGNUM",
                                                  "BLOB",
                                                  "DATE",
                                                  "DOUBLE",
                                                  "ENUM",
                                                  "GEOMETRY",
                                                  "HUGEINT",
                                                  "NULL",
                                                  "TINYINT",
                                                  "TIMESTAMP_S",
                                                  "TIMESTAMP_MS",
                                                  "TIMESTAMP_NS",
                                                  "TIME_NS",
                                                  "UBIGINT",
                                                  "UHUGEINT",
                                                  "UINTEGER",
                                                  "USMALLINT",
                                                  "UTINYINT",
                                                  "UUID",
                                                  "VARIANT",
                                                  "TIME WITH TIME ZONE",
                                                  "TIMESTAMP WITH TIME ZONE"};
  auto has = [&](const auto& names) {
    for (std::string_view name : names)
      if (name == type.name) return true;
    return false;
  };
  if (type.name == "LIST" || type.name == "ARRAY") {
    if (type.children.size() == 1) {
      write(type.children[0].type);
      out_ += "[" + (type.modifiers.empty() ? "" : type.modifiers[0]) + "]";
      return;
    }
  }
  if (!type.children.empty()) {
    out_ += type.name + "(";
    for (size_t i = 0; i < type.children.size(); ++i) {
      if (i > 0) out_ += ", ";
      if (!type.children[i].name.empty()) out_ += quote_name(type.children[i].name) + " ";
      write(type.children[i].type);
    }
    out_ += ")";
    return;
  }
  if (has(kGrammarTypes)) {
    out_ += type.name;
  } else if (has(kBuiltIn)) {
    out_ += "\"" + type.name + "\"";
  } else {
    bool upper = false;
    for (char c : type.spelling) upper = upper || (c >= 'A' && c <= 'Z');
    out_ += upper ? "\"" + type.spelling + "\"" : quote_name(type.spelling);
  }
  if (type.modifiers.empty()) return;
  out_ += "(";
  for (size_t i = 0; i < type.modifiers.size(); ++i) {
    if (i > 0) out_ += ", ";
    const std::string& modifier = type.modifiers[i];
    bool number = type.name != "ENUM" && !modifier.empty() &&
                  modifier.find_first_not_of("0123456789") == modifier.npos;
    out_ += number ? modifier : quote_string(modifier);
  }
  out_ += ")";
}

void SqlWriter::write(const Star& star) {
  if (star.is_columns) {
    if (star.unpack) out_ += "*";
    out_ += "COLUMNS(";
    if (star.columns) {
      write(*star.columns);
      out_ += ")";
      return;
    }
  }
  if (!star.relation.empty()) out_ += quote_name(star.relation) + ".";
  out_ += "*";
  auto list = [&](std::string_view word, const auto& items, auto write_item) {
    if (items.empty()) return;
    out_ += word;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += ", ";
      write_item(items[i]);
    }
    out_ += ")";
  };
  list(" EXCLUDE (", star.exclude,
       [&](const QualifiedName& name) { write_names(name.parts, "."); });
  list(" REPLACE (", star.replace, [&](const StarReplacement& each) {
    write(*each.value);
    out_ += " AS " + quote_name(each.name);
  });
  list(" RENAME (", star.rename, [&](const StarRename& each) {
    write_names(each.column.parts, ".");
    out_ += " AS " + quote_name(each.name);
  });
  if (star.is_columns) out_ += ")";
}

}  // namespace whittle::sql
