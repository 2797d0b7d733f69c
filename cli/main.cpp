// The command: options in, statements run, an exit status out.
#include <unistd.h>

#include <cstdio>

#include "host/signals.hpp"
#include "host/system_info.hpp"
#include "inspect.hpp"
#include "options.hpp"
#include "read_file.hpp"
#include "repl.hpp"
#include "runner.hpp"
#include "serve.hpp"
#include "terminal.hpp"

namespace whittle::cli {
namespace {

int fail_with(const Error& error) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  return error_exit_status(error.code());
}

int run_queries(const Options& options) {
  Result<Database> database = Database::open(options.database);
  if (!database) return fail_with(database.error());
  Connection connection = database->connect();
  Runner runner(connection, options);
  int status = 0;
  for (const std::string& command : options.commands) {
    status = runner.run_text(command);
    if (status != 0) return status;
  }
  if (!options.script.empty() && options.script != "-") {
    const Result<std::string> text = read_file(options.script);
    return text ? runner.run_text(*text) : fail_with(text.error());
  }
  if (!options.commands.empty()) return status;
  if (options.script.empty() && is_terminal(STDIN_FILENO))
    return run_repl(*database, connection, runner);
  return runner.run_stream();
}

int run(int argc, char** argv) {
  Options options;
  if (const std::optional<int> status = parse_options(argc, argv, options)) return *status;
  host::install_signal_handlers();
  host::return_memory_promptly();
  if (!options.inspect_url.empty()) return inspect(options);
  if (!options.serve_directory.empty()) return serve(options);
  return run_queries(options);
}

}  // namespace
}  // namespace whittle::cli

int main(int argc, char** argv) {
  return whittle::cli::run(argc, argv);
}
