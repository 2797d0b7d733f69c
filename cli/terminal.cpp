#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace whittle::cli {

bool is_terminal(int descriptor) {
  return isatty(descriptor) == 1;
}

uint32_t terminal_width(int descriptor) {
  winsize size{};
  if (!is_terminal(descriptor)) return 0;
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool use_color(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color && *no_color) return false;
  return is_terminal(descriptor) && !(term && std::string_view(term) == "dumb");
}

}  // namespace whittle::cli
