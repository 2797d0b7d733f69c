// UTF-8 helpers for string functions. ASCII goes fast; the rest is utf8proc's tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace whittle {

inline bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// True when every byte is below 0x80.
bool is_ascii(std::string_view text);
/// Code points, not bytes.
uint64_t count_code_points(std::string_view text);
/// Bytes of the first `code_points` code points; the whole text when it has fewer.
size_t prefix_bytes(std::string_view text, uint64_t code_points);
/// Bytes of the code point that begins the text (1 … 4, at most text.size()).
size_t code_point_bytes(std::string_view text);
/// Bytes of the grapheme cluster that begins the text (Unicode Standard Annex 29).
size_t grapheme_bytes(std::string_view text);
/// Decodes the first code point; the byte itself where the text is malformed.
int32_t first_code_point(std::string_view text);
void append_code_point(std::string& out, int32_t code_point);
/// Simple case mapping, code point by code point, as DuckDB does.
void append_lower(std::string& out, std::string_view text);
void append_upper(std::string& out, std::string_view text);

}  // namespace whittle
