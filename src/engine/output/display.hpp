// Text measured and cut for a terminal. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace whittle {

/// Cells of the terminal that UTF-8 text takes.
uint32_t display_width(std::string_view text);
/// Cut to `width` cells, the last of them an ellipsis.
std::string cut_to_width(std::string_view text, uint32_t width);
/// Line breaks and other control characters, which would break a line or steer the terminal, made
/// visible.
std::string visible_text(std::string_view text);
/// 1234567 as "1,234,567".
std::string with_separators(uint64_t number);

}  // namespace whittle
