#include "options.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "host/system_info.hpp"
#include "plan/settings.hpp"

namespace whittle::cli {

namespace {

constexpr const char* kAbout =
    "whittle: SQL on Parquet files that live somewhere else, reading only the bytes the answer "
    "needs.\n\n"
    "  whittle -c \"SELECT count(*) FROM 'https://example.org/sales.parquet'\"\n"
    "  whittle -c \"FROM 'sales.parquet' WHERE year = 2024 LIMIT 5\" --format csv -o five.csv\n"
    "  whittle -f report.sql            statements from a file\n"
    "  whittle                          an interactive session\n"
    "  whittle inspect sales.parquet    schema, row groups, encodings, statistics\n"
    "  whittle serve DIRECTORY          serve a folder by range over HTTP\n";
constexpr const char* kFooter =
    "The SQL is DuckDB's dialect. Exit status: 0 done, 2 usage, 3 SQL, 4 values, 5 files and "
    "network,\n"
    "6 corrupt file, 7 unsupported, 8 memory limit, 130 interrupted. NO_COLOR turns colours off.";

void parse_header(const std::string& text, Options& options) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos) throw CLI::ValidationError("--header", "expects 'Name: value'");
  const size_t value = text.find_first_not_of(' ', colon + 1);
  options.database.headers.emplace_back(text.substr(0, colon),
                                        value == std::string::npos ? "" : text.substr(value));
}

void add_query_options(CLI::App& app, Options& options, std::string& memory_limit,
                       std::string& timer, std::string& progress,
                       std::vector<std::string>& headers) {
  app.add_option("-c,--command", options.commands, "run this SQL and exit (may be repeated)")
      ->allow_extra_args(false);
  app.add_option("-f,--file", options.script, "run the SQL of a file; - is standard input");
  app.add_option("-o,--output", options.output,
                 "write the result to a file; nothing is left there on failure");
  app.add_option("--format", options.format,
                 "table, csv, json, jsonl, markdown or arrow (default: table, or csv in a pipe)");
  app.add_option("--memory-limit", memory_limit,
                 "hard limit, as in 512MB (default: 80 % of memory)");
  app.add_option("--threads", options.database.threads, "worker threads (default: one per core)");
  app.add_option("--timer", timer,
                 "time, bytes and memory of each statement on standard error; 'json' for machines")
      ->expected(0, 1);
  app.add_option("--progress", progress, "auto, on or off")->expected(0, 1);
  app.add_option("--max-rows", options.max_rows, "rows that a table shows; 0 for all")
      ->capture_default_str();
  app.add_flag("--echo-errors", options.echo_errors,
               "write errors as JSON lines to standard output and go on");
  app.add_option("--temp-directory", options.database.temporary_directory, "where to spill");
  app.add_option("-H,--header", headers, "HTTP header for every request, as 'Name: value'")
      ->allow_extra_args(false);
  app.add_option("--bearer-token", options.database.bearer_token,
                 "HTTP bearer token (or WHITTLE_BEARER_TOKEN)")
      ->envname("WHITTLE_BEARER_TOKEN");
  app.add_flag("--verify-checksums", options.database.verify_checksums,
               "check the CRC of pages that have one");
}

void finish(Options& options, const std::string& memory_limit, const std::string& timer,
            const CLI::Option* timer_option, const std::string& progress,
            const CLI::Option* progress_option) {
  if (!memory_limit.empty()) {
    const Result<uint64_t> bytes = parse_memory_size(memory_limit, host::physical_memory());
    if (!bytes) throw CLI::ValidationError("--memory-limit", bytes.error().message());
    options.database.memory_limit = *bytes;
  }
  if (timer_option->count() > 0) {
    const std::optional<TimerMode> mode = parse_timer(timer);
    if (!mode) throw CLI::ValidationError("--timer", "is on, off or json");
    options.timer = *mode;
  }
  if (progress_option->count() > 0) {
    if (progress == "off") {
      options.progress = ProgressMode::Off;
    } else if (progress.empty() || progress == "on") {
      options.progress = ProgressMode::On;
    } else if (progress != "auto") {
      throw CLI::ValidationError("--progress", "is auto, on or off");
    }
  }
  if (!options.format.empty()) {
    if (const Result<OutputFormat> format = parse_output_format(options.format); !format) {
      throw CLI::ValidationError("--format", format.error().message());
    }
  }
}

}  // namespace

std::optional<TimerMode> parse_timer(std::string_view text) {
  if (text.empty() || text == "on" || text == "text") return TimerMode::Text;
  if (text == "json") return TimerMode::Json;
  if (text == "off") return TimerMode::Off;
  return std::nullopt;
}

std::optional<int> parse_options(int argc, char** argv, Options& options) {
  CLI::App app(kAbout, "whittle");
  app.footer(kFooter);
  app.fallthrough();  // `whittle inspect URL --format json` means the command's own --format
  app.set_version_flag("--version", std::string("whittle ") + std::string(version()));
  std::string memory_limit, timer, progress;
  std::vector<std::string> headers;
  add_query_options(app, options, memory_limit, timer, progress, headers);
  CLI::App* inspect = app.add_subcommand("inspect", "show what a Parquet file is made of");
  inspect->add_option("url", options.inspect_url, "file or URL")->required();
  inspect->add_flag("--pages", options.inspect_pages, "page index as well");
  CLI::App* serve =
      app.add_subcommand("serve", "serve a folder by range over HTTP on this machine");
  serve->add_option("directory", options.serve_directory, "folder")->required();
  serve->add_option("--port", options.serve_port, "port; 0 for any free one")
      ->capture_default_str();
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
    for (const std::string& header : headers) parse_header(header, options);
    finish(options, memory_limit, timer, app.get_option("--timer"), progress,
           app.get_option("--progress"));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

}  // namespace whittle::cli
