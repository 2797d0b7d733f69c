#include "plan/binder/builtin_macros.hpp"

#include <span>

#include "sql/clone.hpp"
#include "sql/parser.hpp"
#include "sql/walk.hpp"

namespace whittle {

namespace {

struct Macro {
  std::string_view name, parameters, body;  // parameters: single letters
};

constexpr Macro macros[] = {
    {"add", "a", "+a"},
    {"add", "ab", "a + b"},
    {"age", "t", "age(CAST(current_date AS TIMESTAMP), t)"},
    {"ago", "i", "current_timestamp - CAST(i AS INTERVAL)"},
    {"current_role", "", "'duckdb'"},
    {"current_user", "", "'duckdb'"},
    {"days_in_month", "d", "day(last_day(d))"},
    {"divide", "ab", "a // b"},
    {"geomean", "x", "exp(avg(ln(x)))"},
    {"geometric_mean", "x", "exp(avg(ln(x)))"},
    {"json_group_array", "x",
     "CAST('[' || string_agg(CASE WHEN x IS NULL THEN CAST('null' AS JSON) ELSE to_json(x) END, "
     "',') || ']' AS JSON)"},
    {"json_group_object", "nv",
     "CAST('{' || string_agg((CASE WHEN n IS NULL THEN CAST(error('json_group_object key cannot be "
     "NULL') AS JSON) ELSE to_json(CAST(n AS VARCHAR)) END || ':') || (CASE WHEN v IS NULL THEN "
     "CAST('null' AS JSON) ELSE to_json(v) END), ',') || '}' AS JSON)"},
    {"json_group_structure", "x", "json_structure(json_group_array(x)) -> 0"},
    {"map_contains_entry", "mkv",
     "contains(map_entries(m), struct_pack(\"key\" := k, \"value\" := v))"},
    {"multiply", "ab", "a * b"},
    {"session_user", "", "'duckdb'"},
    {"subtract", "a", "-a"},
    {"subtract", "ab", "a - b"},
    {"user", "", "'duckdb'"},
    {"wavg", "vw", "sum(v * w) / sum(CASE WHEN v IS NOT NULL THEN w ELSE 0 END)"},
    {"weighted_avg", "vw", "sum(v * w) / sum(CASE WHEN v IS NOT NULL THEN w ELSE 0 END)"},
};

void substitute(sql::ExpressionPtr& node, std::string_view parameters,
                const sql::FunctionCall& call) {
  if (const auto* column = sql::if_is<sql::ColumnReference>(*node);
      column && column->parts.size() == 1 && column->parts[0].size() == 1) {
    const size_t at = parameters.find(column->parts[0][0]);
    if (at != std::string_view::npos) {
      node = sql::clone(*call.arguments[at]);
      return;
    }
  }
  node->position = call.position;
  sql::for_each_child(*node,
                      [&](sql::ExpressionPtr& child) { substitute(child, parameters, call); });
}

}  // namespace

Result<sql::ExpressionPtr> expand_macro(std::string_view name, const sql::FunctionCall& call) {
  for (const Macro& macro : macros) {
    if (macro.name != name || macro.parameters.size() != call.arguments.size()) continue;
    sql::ExpressionPtr body = TRY(sql::parse_expression(macro.body));
    substitute(body, macro.parameters, call);
    return body;
  }
  return sql::ExpressionPtr();
}

}  // namespace whittle
