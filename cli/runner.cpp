#include "runner.hpp"

#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "engine/output/display.hpp"
#include "io/credentials.hpp"
#include "library/implementation.hpp"
#include "output.hpp"
#include "sql/diagnostics.hpp"
#include "sql/parser.hpp"
#include "terminal.hpp"
#include "watcher.hpp"

namespace whittle::cli {

namespace {

OutputFormat choose_format(const Options& options) {
  if (!options.format.empty()) return *parse_output_format(options.format);
  return options.output.empty() && is_terminal(STDOUT_FILENO) ? OutputFormat::Table
                                                              : OutputFormat::Csv;
}

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof(text), seconds < 10 ? "%.3f s" : "%.1f s", seconds);
  return text;
}

// A text that an open quote or comment keeps from ending although its last line ends in `;`, and
// whose sender is silent: a machine that waits for the answer to a wrong statement.
bool sender_waits(std::string_view pending) {
  constexpr int kPatienceMilliseconds = 1000;
  const size_t last = pending.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos || pending[last] != ';') return false;
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return poll(&input, 1, kPatienceMilliseconds) == 0;
}

}  // namespace

Runner::Runner(Connection& connection, const Options& options)
    : connection_(connection), options_(options), format_(choose_format(options)) {}

int Runner::run_text(std::string_view text) {
  int status = 0;
  for (std::string_view statement : sql::split_statements(text)) {
    const int result = run_statement(statement);
    if (result != 0) status = result;
    if (result != 0 && !options_.echo_errors) break;
  }
  return options_.echo_errors ? 0 : status;
}

int Runner::run_stream() {
  std::string pending;
  char chunk[1 << 16];
  int status = 0;
  for (;;) {
    const ssize_t count = read(STDIN_FILENO, chunk, sizeof(chunk));
    if (count > 0) pending.append(chunk, static_cast<size_t>(count));
    size_t begin = 0;
    for (;;) {
      const std::string_view rest = std::string_view(pending).substr(begin);
      size_t end = sql::statement_end(rest);
      if (end == std::string_view::npos && count > 0) {
        if (!options_.echo_errors || !sender_waits(rest)) break;
      }
      end = std::min(end, rest.size());
      const int result = run_text(rest.substr(0, end));
      if (result != 0) status = result;
      if (result != 0 && !options_.echo_errors) return status;
      begin += end;
      if (begin >= pending.size()) break;
    }
    pending.erase(0, begin);
    if (count <= 0) return status;
  }
}

int Runner::run_statement(std::string_view sql) {
  const bool progress = options_.progress == ProgressMode::On ||
                        (options_.progress == ProgressMode::Auto && is_terminal(STDERR_FILENO));
  std::optional<StatementStatistics> cost;
  Status status;
  {
    Watcher watcher(connection_, progress);
    Result<ResultStream> stream = connection_.query(sql);
    if (stream) {
      watcher.watch(&*stream);
      status = deliver(sql, *stream, watcher);
      watcher.watch(nullptr);
      cost = stream->statistics();
    } else {
      status = fail(std::move(stream.error()));
    }
  }
  if (!status) {
    report_error(status.error(), sql);
    return error_exit_status(status.error().code());
  }
  report_cost(*cost);
  return 0;
}

Status Runner::deliver(std::string_view, ResultStream& stream, Watcher& watcher) {
  if (!options_.output.empty()) {
    std::unique_ptr<FileSink> file = TRY(FileSink::create(options_.output));
    TRY(write_all(stream, *file));
    return file->commit();
  }
  StreamSink out(stdout);
  if (format_ == OutputFormat::JsonLines) {
    // One line or none: an error in the middle must not leave half a line.
    StringSink line;
    TRY(write_all(stream, line));
    watcher.watch(nullptr);
    TRY(out.write(line.text));
    return out.flush();
  }
  TRY(write_all(stream, out));
  return out.flush();
}

Status Runner::write_all(ResultStream& stream, ByteSink& sink) {
  ResultStream::Implementation& inner = stream.implementation();
  OutputOptions options;
  options.width = terminal_width(STDOUT_FILENO);
  options.max_rows = options_.max_rows;
  options.color = options_.output.empty() && use_color(STDOUT_FILENO);
  const bool no_columns = inner.schema->empty();
  if (no_columns && format_ != OutputFormat::JsonLines) {
    // SET and its kin: run for their effect, print nothing.
    while (TRY(stream.next())) {
    }
    return {};
  }
  auto writer = make_writer(format_, options, sink, inner.database->engine.budget());
  // The first batch before any output: a statement that fails at once prints nothing.
  std::optional<Batch> batch = TRY(inner.database->wait(inner.source->next()));
  TRY(writer->begin(*inner.schema));
  while (batch) {
    TRY(writer->write(*batch));
    batch = TRY(inner.database->wait(inner.source->next()));
  }
  return writer->end();
}

void Runner::report_error(const Error& error, std::string_view sql) {
  if (options_.echo_errors) {
    const std::string line = error_as_json(error);
    std::fputs(line.c_str(), stdout);
    std::fflush(stdout);
    return;
  }
  std::fflush(stdout);
  const bool color = use_color(STDERR_FILENO);
  std::string text = sql::render_error(error, with_blanked_credentials(sql));
  if (!error.source().empty() && text.find(error.source()) == std::string::npos) {
    text += "\nFile: " + error.source();
  }
  std::fprintf(stderr, "%s%s%s\n", color ? "\x1b[31m" : "", text.c_str(), color ? "\x1b[0m" : "");
}

void Runner::report_cost(const StatementStatistics& cost) {
  if (options_.timer == TimerMode::Json) {
    std::fprintf(
        stderr,
        "{\"seconds\":%.6f,\"rows\":%llu,\"peak_memory\":%llu,\"bytes_fetched\":%llu,\"bytes_in_"
        "files\":%llu,"
        "\"requests\":%llu,\"retries\":%llu,\"round_trips\":%llu,\"spilled_bytes\":%llu}\n",
        cost.seconds, static_cast<unsigned long long>(cost.rows),
        static_cast<unsigned long long>(cost.peak_memory),
        static_cast<unsigned long long>(cost.bytes_fetched),
        static_cast<unsigned long long>(cost.bytes_in_files),
        static_cast<unsigned long long>(cost.requests),
        static_cast<unsigned long long>(cost.retries),
        static_cast<unsigned long long>(cost.round_trips),
        static_cast<unsigned long long>(cost.spilled_bytes));
    std::fflush(stderr);
    return;
  }
  const bool both_terminals = is_terminal(STDERR_FILENO) && is_terminal(STDOUT_FILENO);
  if (options_.timer == TimerMode::Off) return;
  if (options_.timer == TimerMode::Auto && !both_terminals) return;
  std::string line = with_separators(cost.rows) + (cost.rows == 1 ? " row in " : " rows in ") +
                     seconds_text(cost.seconds);
  if (cost.bytes_in_files > 0) {
    line += "; read " + format_bytes(cost.bytes_fetched) + " of " +
            format_bytes(cost.bytes_in_files) + " in " + with_separators(cost.requests) +
            (cost.requests == 1 ? " request" : " requests");
  }
  line += "; peak memory " + format_bytes(cost.peak_memory);
  if (cost.spilled_bytes > 0) line += "; spilled " + format_bytes(cost.spilled_bytes);
  const bool color = use_color(STDERR_FILENO);
  std::fprintf(stderr, "%s%s%s\n", color ? "\x1b[2m" : "", line.c_str(), color ? "\x1b[0m" : "");
}

}  // namespace whittle::cli
