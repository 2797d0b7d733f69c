// The interactive session: a prompt with history and completion over one connection.
#pragma once

#include "runner.hpp"

namespace whittle::cli {

/// Reads statements from the terminal until .quit or Ctrl-D. The exit status.
int run_repl(Database& database, Connection& connection, Runner& runner);

}  // namespace whittle::cli
