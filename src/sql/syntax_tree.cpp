#include "sql/syntax_tree.hpp"

#include "sql/statement.hpp"

namespace whittle::sql {

// Here, because only here the types they own are complete.
In::In() = default;
In::~In() = default;
Subquery::Subquery() = default;
Subquery::~Subquery() = default;
DescribedTable::DescribedTable() = default;
DescribedTable::~DescribedTable() = default;

std::string_view symbol(BinaryOperator op) {
  static constexpr std::string_view kSymbols[] = {"=",
                                                  "!=",
                                                  "<",
                                                  "<=",
                                                  ">",
                                                  ">=",
                                                  "IS DISTINCT FROM",
                                                  "IS NOT DISTINCT FROM",
                                                  "+",
                                                  "-",
                                                  "*",
                                                  "/",
                                                  "//",
                                                  "%",
                                                  "^",
                                                  "||",
                                                  "&",
                                                  "|",
                                                  "<<",
                                                  ">>",
                                                  "^@",
                                                  "@>",
                                                  "<@",
                                                  "&&",
                                                  "->>",
                                                  "<->",
                                                  "<=>"};
  static_assert(std::size(kSymbols) == static_cast<size_t>(BinaryOperator::CosineDistance) + 1);
  return kSymbols[static_cast<size_t>(op)];
}

std::string_view symbol(UnaryOperator op) {
  static constexpr std::string_view kSymbols[] = {"-", "+", "NOT", "~", "!", "@"};
  return kSymbols[static_cast<size_t>(op)];
}

bool is_comparison(BinaryOperator op) {
  return op <= BinaryOperator::NotDistinctFrom;
}

std::string_view interval_unit_name(IntervalUnit unit) {
  static constexpr std::string_view kNames[] = {
      "YEAR",        "MONTH", "DAY",     "HOUR",   "MINUTE",  "SECOND",    "MILLISECOND",
      "MICROSECOND", "WEEK",  "QUARTER", "DECADE", "CENTURY", "MILLENNIUM"};
  return kNames[static_cast<size_t>(unit)];
}

std::string_view statement_kind_name(StatementKind kind) {
  static constexpr std::string_view kNames[] = {
      "SELECT",      "EXPLAIN",       "DESCRIBE",      "SUMMARIZE",    "SET",
      "RESET",       "PRAGMA",        "SHOW",          "COPY",         "CREATE TABLE",
      "CREATE VIEW", "CREATE SCHEMA", "CREATE SECRET", "CREATE MACRO", "INSERT",
      "UPDATE",      "DELETE",        "DROP",          "ALTER",        "ATTACH",
      "DETACH",      "USE",           "PREPARE",       "EXECUTE",      "DEALLOCATE",
      "CALL",        "TRANSACTION",   "INSTALL",       "CHECKPOINT",   "VACUUM"};
  static_assert(std::size(kNames) == static_cast<size_t>(StatementKind::Vacuum) + 1);
  return kNames[static_cast<size_t>(kind)];
}

std::vector<std::string> lambda_parameters(const Lambda& lambda) {
  std::vector<std::string> names;
  auto add = [&](const Expression& expression) {
    const auto* column = if_is<ColumnReference>(expression);
    if (!column || column->parts.size() != 1) return false;
    names.push_back(column->parts[0]);
    return true;
  };
  if (const auto* row = if_is<Row>(*lambda.left)) {
    for (const ExpressionPtr& item : row->items)
      if (!add(*item)) return {};
  } else {
    add(*lambda.left);
  }
  return names;
}

}  // namespace whittle::sql
