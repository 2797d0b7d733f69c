// `whittle serve DIRECTORY`: a folder over HTTP on this machine, readable by range, also by
// browsers.
#pragma once

#include "options.hpp"

namespace whittle::cli {

/// Serves until Ctrl-C. The exit status.
int serve(const Options& options);

}  // namespace whittle::cli
