// What the terminal can do.
#pragma once

#include <cstdint>

namespace whittle::cli {

bool is_terminal(int descriptor);
/// Columns of the terminal on `descriptor`; 0 when it is none.
uint32_t terminal_width(int descriptor);
/// A terminal, and the user did not turn colours off (NO_COLOR, TERM=dumb).
bool use_color(int descriptor);

}  // namespace whittle::cli
