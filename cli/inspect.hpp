// `whittle inspect URL`: what a Parquet file is made of, from its footer alone.
#pragma once

#include "options.hpp"

namespace whittle::cli {

/// The exit status.
int inspect(const Options& options);

}  // namespace whittle::cli
