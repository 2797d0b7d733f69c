// COPY (query) TO 'file': which format and how, from the statement's options, and the writing of
// the rows. DuckDB's options where they apply to what this version writes; others are refused by
// name.
#pragma once

#include <string>

#include "engine/cursor.hpp"
#include "engine/output/writer.hpp"
#include "plan/bind_context.hpp"
#include "sql/statement.hpp"

namespace whittle {

struct CopyTarget {
  std::string path;
  OutputFormat format = OutputFormat::Csv;
  OutputOptions options;
  std::string date_format, timestamp_format;  // of strftime(); empty: as VARCHAR
  std::vector<std::string> force_quote;       // names of columns
};

Result<CopyTarget> copy_target(const sql::CopyStatement& copy, const BindContext& context);
/// The plan of COPY's query; dates and timestamps become text where the target wants a format.
Result<PlanPtr> copy_plan(const sql::CopyStatement& copy, const BindContext& context);
/// Writes all rows of the cursor; their number. The file appears only when all went well.
Task<Result<uint64_t>> copy_rows(Engine& engine, Cursor& cursor, CopyTarget target);

}  // namespace whittle
