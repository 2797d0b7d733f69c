// ResultWriter: a result as bytes in one of the formats that people and machines read. Used by the
// command
// (`--format`), COPY … TO and the export of the playground.
//
// begin(schema), then write(batch) in order, then end(). Writers buffer at most one batch of text
// (the table format: the rows it shows) and hand it to a ByteSink; they are used by one thread at a
// time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "columnar/column.hpp"
#include "columnar/schema.hpp"

namespace whittle {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status write(std::string_view bytes) = 0;
};

/// Numbered as js/src/engine.ts has them.
enum class OutputFormat : uint8_t { Table, Csv, Json, JsonLines, JsonRows, Markdown, Arrow };
/// "table", "csv", "json", "jsonl", "markdown", "arrow"; Unsupported or InvalidArgument otherwise.
Result<OutputFormat> parse_output_format(std::string_view name);

struct OutputOptions {
  uint32_t width = 0;             ///< table: columns of the terminal; 0: unlimited
  uint32_t max_rows = 0;          ///< table: rows shown; 0: all
  bool unicode = true;            ///< table: box-drawing characters
  bool color = false;             ///< table: dim types and NULLs
  bool header = true;             ///< csv
  char delimiter = ',';           ///< csv
  char quote = '"';               ///< csv: around fields that need it; '\0': nothing is quoted
  char escape = '"';              ///< csv: before a quote inside of quotes
  std::string null_text;          ///< csv: how NULL is written
  bool force_quote_all = false;   ///< csv: quote names too
  std::vector<bool> force_quote;  ///< csv: columns always quoted
  std::string prefix, suffix;     ///< csv: before and after everything
  bool json_array = false;        ///< rows of JSON: commas between, brackets around
  bool decimals_as_text = false;  ///< arrow
};

class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual Status begin(const Schema& schema) = 0;
  virtual Status write(const Batch& batch) = 0;
  virtual Status end() = 0;
};

std::unique_ptr<ResultWriter> make_writer(OutputFormat format, OutputOptions options,
                                          ByteSink& sink, MemoryBudget& budget);

// One per format; make_writer picks.
std::unique_ptr<ResultWriter> make_table_writer(OutputOptions options, ByteSink& sink);
std::unique_ptr<ResultWriter> make_csv_writer(OutputOptions options, ByteSink& sink);
std::unique_ptr<ResultWriter> make_json_writer(ByteSink& sink);
/// An object a line, as COPY … (FORMAT json) gives them.
std::unique_ptr<ResultWriter> make_json_rows_writer(bool array, ByteSink& sink);
std::unique_ptr<ResultWriter> make_json_lines_writer(ByteSink& sink);
std::unique_ptr<ResultWriter> make_markdown_writer(ByteSink& sink);

/// Appends a JSON string literal; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
/// `{"error":"…","code":"…"}`: the machine protocol's line for a failed statement.
std::string error_as_json(const Error& error);

}  // namespace whittle
