// Runner: one statement after another over one connection: results to the chosen place in the
// chosen format, what they cost to standard error.
#pragma once

#include <string_view>

#include "options.hpp"
#include "whittle/whittle.hpp"

namespace whittle::cli {

class Runner {
 public:
  Runner(Connection& connection, const Options& options);

  /// Runs all statements of a text in order. At an error it is reported and, unless errors are
  /// echoed, the rest is left out. The exit status.
  int run_text(std::string_view text);
  /// Statements from standard input as they come, each run when its `;` is there.
  int run_stream();
  /// Exactly one statement; errors are reported. The exit status.
  int run_statement(std::string_view sql);

  void set_format(OutputFormat format) { format_ = format; }
  void set_timer(TimerMode timer) { options_.timer = timer; }
  void set_max_rows(uint32_t rows) { options_.max_rows = rows; }

 private:
  Status deliver(std::string_view sql, ResultStream& stream, class Watcher& watcher);
  Status write_all(ResultStream& stream, ByteSink& sink);
  void report_error(const Error& error, std::string_view sql);
  void report_cost(const StatementStatistics& statistics);

  Connection& connection_;
  Options options_;
  OutputFormat format_;
};

}  // namespace whittle::cli
