#include "inspect.hpp"

#include <unistd.h>

#include <cstdio>

#include "file_report.hpp"
#include "host/signals.hpp"
#include "terminal.hpp"

namespace whittle::cli {

namespace {

int fail_with(const Error& error) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  return error_exit_status(error.code());
}

}  // namespace

int inspect(const Options& options) {
  Result<Database> database = Database::open(options.database);
  if (!database) return fail_with(database.error());
  Database::Implementation& inner = database->implementation();
  auto io = std::make_shared<StatementIo>(inner.engine);
  host::InterruptScope scope(io->token);
  const Result<FileReport> report =
      inner.wait(report_file(inner.engine, io, options.inspect_url, options.inspect_pages));
  if (!report) return fail_with(report.error());
  const std::string text =
      options.format == "json"
          ? report_as_json(*report)
          : report_as_text(*report, terminal_width(STDOUT_FILENO), use_color(STDOUT_FILENO));
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && std::fflush(stdout) == 0 ? 0 : error_exit_status(ErrorCode::Io);
}

}  // namespace whittle::cli
