// SQL text of any kind: it parses or fails with a position inside the text, and what parses can be
// copied, written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sql/clone.hpp"
#include "sql/diagnostics.hpp"
#include "sql/parser.hpp"
#include "sql/to_sql.hpp"

using namespace whittle::sql;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view sql(reinterpret_cast<const char*>(data), size);
  size_t end = statement_end(sql);
  if (end != sql.npos && end > sql.size()) std::abort();
  split_statements(sql);
  auto statements = parse(sql);
  if (!statements) {
    if (statements.error().position().offset > size) std::abort();
    render_error(statements.error(), sql);
    return 0;
  }
  for (const StatementPtr& statement : *statements) {
    if (statement->kind != StatementKind::Select) continue;
    const Query& query = *as<SelectStatement>(*statement).query;
    std::string text = to_sql(query);
    if (to_sql(*clone(query)) != text) std::abort();
    // A name may be empty ({'': 1}) but cannot be written so; deep trees may nest deeper in their
    // full form.
    bool writable = text.find("\"\"") == text.npos && query.depth < 50 && text.size() < 10'000;
    if (writable && !parse(text)) std::abort();
  }
  return 0;
}
