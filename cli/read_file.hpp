// A script's text.
#pragma once

#include <string>

#include "base/result.hpp"

namespace whittle::cli {

Result<std::string> read_file(const std::string& path);

}  // namespace whittle::cli
