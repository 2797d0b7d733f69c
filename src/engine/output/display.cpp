#include "engine/output/display.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace whittle {

uint32_t display_width(std::string_view text) {
  uint32_t width = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  utf8proc_ssize_t left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point;
    const utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &code_point);
    if (used <= 0) {
      ++width, ++bytes, --left;
      continue;
    }
    width += static_cast<uint32_t>(std::max(0, utf8proc_charwidth(code_point)));
    bytes += used;
    left -= used;
  }
  return width;
}

std::string cut_to_width(std::string_view text, uint32_t width) {
  if (display_width(text) <= width) return std::string(text);
  size_t end = 0;
  uint32_t used = 0;
  while (end < text.size()) {
    size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    const uint32_t cells = display_width(text.substr(end, next - end));
    if (used + cells > width - 1) break;
    used += cells;
    end = next;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string visible_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += "?";
    } else {
      out += c;
    }
  }
  return out;
}

std::string with_separators(uint64_t number) {
  std::string digits = std::to_string(number), out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

}  // namespace whittle
