// to_sql of queries and table references.
#include <cmath>

#include "sql/literal.hpp"
#include "sql/sql_writer.hpp"
#include "sql/to_sql.hpp"

namespace whittle::sql {

void SqlWriter::write(const Query& query) {
  for (size_t i = 0; i < query.with.tables.size(); ++i) {
    const CommonTable& table = query.with.tables[i];
    out_ += i > 0 ? ", " : query.with.recursive ? "WITH RECURSIVE " : "WITH ";
    out_ += quote_name(table.name);
    if (!table.columns.empty()) {
      out_ += " (";
      write_names(table.columns, ", ");
      out_ += ")";
    }
    if (!table.using_key.empty()) {
      out_ += " USING KEY (";
      write_names(table.using_key, ", ");
      out_ += ")";
    }
    out_ += table.materialization == Materialization::Always  ? " AS MATERIALIZED ("
            : table.materialization == Materialization::Never ? " AS NOT MATERIALIZED ("
                                                              : " AS (";
    write(*table.query);
    out_ += ")";
  }
  switch (query.kind) {
    case QueryKind::Select:
      write(as<Select>(query));
      break;
    case QueryKind::Values:
      write(as<Values>(query));
      break;
    case QueryKind::SetOperation: {
      const auto& operation = as<SetOperation>(query);
      out_ += "(";
      write(*operation.left);
      out_ += operation.operation == SetOperationKind::Union       ? ") UNION"
              : operation.operation == SetOperationKind::Intersect ? ") INTERSECT"
                                                                   : ") EXCEPT";
      if (operation.all) out_ += " ALL";
      if (operation.by_name) out_ += " BY NAME";
      out_ += " (";
      write(*operation.right);
      out_ += ")";
      break;
    }
  }
  write_tail(query);
}

void SqlWriter::write_tail(const Query& query) {
  if (!query.order_by.empty()) {
    out_ += " ";
    write(query.order_by);
  }
  if (query.limit.limit) {
    out_ += " LIMIT ";
    if (query.limit.percent) out_ += "(";
    write(*query.limit.limit);
    if (query.limit.percent) out_ += ") %";
  }
  if (query.limit.offset) {
    out_ += " OFFSET ";
    write(*query.limit.offset);
  }
}

void SqlWriter::write(const Select& select) {
  out_ += "SELECT ";
  if (select.distinct == DistinctKind::Distinct) out_ += "DISTINCT ";
  if (select.distinct == DistinctKind::On) {
    out_ += "DISTINCT ON (";
    write_list(select.distinct_on);
    out_ += ") ";
  }
  for (size_t i = 0; i < select.items.size(); ++i) {
    if (i > 0) out_ += ", ";
    write(*select.items[i].value);
    if (!select.items[i].alias.empty()) out_ += " AS " + quote_name(select.items[i].alias);
  }
  for (size_t i = 0; i < select.from.size(); ++i) {
    out_ += i > 0 ? " , " : " FROM ";
    write(*select.from[i]);
  }
  if (select.where) {
    out_ += " WHERE ";
    write(*select.where);
  }
  write(select.group_by);
  if (select.having) {
    out_ += " HAVING ";
    write(*select.having);
  }
  if (select.qualify) {
    out_ += " QUALIFY ";
    write(*select.qualify);
  }
  if (select.sample) {
    out_ += " USING SAMPLE ";
    write(*select.sample);
  }
}

void SqlWriter::write(const GroupBy& group_by) {
  if (group_by.all) {
    out_ += " GROUP BY ALL";
  } else if (!group_by.sets.empty()) {
    out_ += " GROUP BY GROUPING SETS (";
    for (size_t i = 0; i < group_by.sets.size(); ++i) {
      out_ += i > 0 ? ", (" : "(";
      for (size_t j = 0; j < group_by.sets[i].size(); ++j) {
        if (j > 0) out_ += ", ";
        write(*group_by.expressions[group_by.sets[i][j]]);
      }
      out_ += ")";
    }
    out_ += ")";
  } else if (!group_by.expressions.empty()) {
    out_ += " GROUP BY ";
    write_list(group_by.expressions);
  }
}

void SqlWriter::write(const Values& values) {
  out_ += "SELECT * FROM (";
  write_rows(values);
  out_ += ") AS valueslist";
}

void SqlWriter::write_rows(const Values& values) {
  out_ += "VALUES ";
  for (size_t i = 0; i < values.rows.size(); ++i) {
    out_ += i > 0 ? ", (" : "(";
    write_list(values.rows[i]);
    out_ += ")";
  }
}

void SqlWriter::write(const SampleClause& sample) {
  static constexpr std::string_view kMethods[] = {"", "SYSTEM", "BERNOULLI", "RESERVOIR"};
  out_ += kMethods[static_cast<size_t>(sample.method)];
  std::string size = double_text(std::to_string(sample.size));
  if (size.ends_with(".0")) size.resize(size.size() - 2);
  out_ += "(" + size + (sample.percent ? "%)" : " ROWS)");
  if (sample.has_seed) out_ += " REPEATABLE (" + std::to_string(sample.seed) + ")";
}

void SqlWriter::write_alias(const TableReference& table) {
  if (!table.alias.empty()) out_ += " AS " + quote_name(table.alias);
  if (!table.column_aliases.empty()) {
    out_ += "(";
    write_names(table.column_aliases, ", ");
    out_ += ")";
  }
  if (table.sample) {
    out_ += " TABLESAMPLE ";
    write(*table.sample);
  }
}

void SqlWriter::write(const TableReference& table) {
  switch (table.kind) {
    case TableReferenceKind::Table:
      write_names(as<TableName>(table).name.parts, ".");
      break;
    case TableReferenceKind::Function: {
      const auto& function = as<TableFunction>(table);
      if (function.lateral) out_ += "LATERAL ";
      write(static_cast<const Expression&>(*function.call));
      if (function.with_ordinality) out_ += " WITH ORDINALITY";
      break;
    }
    case TableReferenceKind::Subquery:
      if (as<DerivedTable>(table).lateral) out_ += "LATERAL ";
      out_ += "(";
      if (const Query& query = *as<DerivedTable>(table).query;
          query.kind == QueryKind::Values && query.with.tables.empty()) {
        write_rows(as<Values>(query));
        write_tail(query);
      } else {
        write(query);
      }
      out_ += ")";
      break;
    case TableReferenceKind::Describe: {
      const Statement& statement = *as<DescribedTable>(table).statement;
      if (const auto* describe = if_is<DescribeStatement>(statement)) {
        out_ += "(DESCRIBE ";
        write(*describe->query);
      } else if (const auto* summarize = if_is<SummarizeStatement>(statement)) {
        out_ += "(SUMMARIZE ";
        write(*summarize->query);
      } else {
        const auto& show = as<ShowStatement>(statement);
        static constexpr std::string_view kWords[] = {"TABLES",    "ALL TABLES", "TABLES FROM ",
                                                      "DATABASES", "SCHEMAS",    ""};
        out_ += "(SHOW ";
        out_ += kWords[static_cast<size_t>(show.show)];
        write_names(show.name.parts, ".");
      }
      out_ += ")";
      break;
    }
    case TableReferenceKind::Join:
      return write(as<Join>(table));
  }
  write_alias(table);
}

void SqlWriter::write(const Join& join) {
  static constexpr std::string_view kWords[] = {"INNER JOIN", "LEFT JOIN",      "RIGHT JOIN",
                                                "FULL JOIN",  "CROSS JOIN",     "SEMI JOIN",
                                                "ANTI JOIN",  "POSITIONAL JOIN"};
  out_ += "(";
  write(*join.left);
  out_ += " ";
  if (join.natural) out_ += "NATURAL ";
  if (join.asof) out_ += "ASOF ";
  out_ += kWords[static_cast<size_t>(join.join)];
  out_ += " ";
  write(*join.right);
  if (join.on) {
    out_ += " ON (";
    write(*join.on);
    out_ += ")";
  }
  if (!join.using_columns.empty()) {
    out_ += " USING (";
    write_names(join.using_columns, ", ");
    out_ += ")";
  }
  out_ += ")";
  write_alias(join);
}

}  // namespace whittle::sql
