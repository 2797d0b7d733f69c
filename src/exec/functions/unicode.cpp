#include "exec/functions/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>

namespace whittle {

bool is_ascii(std::string_view text) {
  uint64_t seen = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    seen |= word;
  }
  for (; i < text.size(); ++i) seen |= static_cast<unsigned char>(text[i]);
  return (seen & 0x8080808080808080ull) == 0;
}

uint64_t count_code_points(std::string_view text) {
  uint64_t count = 0;
  for (char c : text) count += !is_continuation(c);
  return count;
}

size_t grapheme_bytes(std::string_view text) {
  size_t at = code_point_bytes(text);
  int32_t before = first_code_point(text), state = 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    const int32_t next = first_code_point(rest);
    if (utf8proc_grapheme_break_stateful(before, next, &state)) break;
    at += code_point_bytes(rest);
    before = next;
  }
  return at;
}

size_t code_point_bytes(std::string_view text) {
  size_t bytes = 1;
  while (bytes < text.size() && is_continuation(text[bytes])) ++bytes;
  return bytes;
}

size_t prefix_bytes(std::string_view text, uint64_t code_points) {
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if (!is_continuation(text[i]) && code_points-- == 0) break;
  }
  return i;
}

int32_t first_code_point(std::string_view text) {
  if (text.empty()) return 0;
  utf8proc_int32_t code_point = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(std::min<size_t>(text.size(), 4)),
                   &code_point);
  return code_point < 0 ? static_cast<unsigned char>(text[0]) : code_point;
}

void append_code_point(std::string& out, int32_t code_point) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t count = utf8proc_encode_char(code_point, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(count));
}

namespace {

template <class Ascii, class Unicode>
void append_mapped(std::string& out, std::string_view text, Ascii&& ascii, Unicode&& unicode) {
  const size_t begin = out.size();
  if (is_ascii(text)) {
    out.resize(begin + text.size());
    for (size_t i = 0; i < text.size(); ++i) out[begin + i] = ascii(text[i]);
    return;
  }
  while (!text.empty()) {
    const size_t bytes = code_point_bytes(text);
    const int32_t code_point = first_code_point(text);
    if (bytes == 1) {
      out += ascii(text[0]);
    } else {
      append_code_point(out, unicode(code_point));
    }
    text.remove_prefix(bytes);
  }
}

}  // namespace

void append_lower(std::string& out, std::string_view text) {
  append_mapped(
      out, text, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; },
      utf8proc_tolower);
}

void append_upper(std::string& out, std::string_view text) {
  append_mapped(
      out, text, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; },
      utf8proc_toupper);
}

}  // namespace whittle
