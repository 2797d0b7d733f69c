#include "host/stderr_log.hpp"

#include <unistd.h>

#include <string>

namespace whittle::host {

void StderrLog::write(LogLevel level, std::string_view line) {
  if (level < lowest_) return;
  static constexpr std::string_view names[] = {"debug: ", "info: ", "warning: "};
  std::string text = "whittle: ";
  text.append(names[static_cast<size_t>(level)]).append(line).push_back('\n');
  // A log that cannot be written has nobody to tell.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace whittle::host
