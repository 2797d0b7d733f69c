// UUID, BLOB and BIT as text, as DuckDB reads and prints them.
#pragma once

#include <string>
#include <string_view>

#include "base/int128.hpp"
#include "columnar/parsed.hpp"

namespace whittle {

/// 32 hex digits; braces around and hyphens after any 4 of them are ignored.
Parsed<uint128_t> parse_uuid(std::string_view text);
void append_uuid(std::string& out, uint128_t value);

/// Printable ASCII stands for itself, "\xAA" for a byte. Appends the bytes.
Parsed<void> parse_blob(std::string_view text, std::string& bytes);
void append_blob(std::string& out, std::string_view bytes);

/// "1011" to DuckDB's layout: one byte with the count of padding bits, then the bits, padded with
/// ones in front.
Parsed<void> parse_bit(std::string_view text, std::string& bytes);
void append_bit(std::string& out, std::string_view bytes);

}  // namespace whittle
