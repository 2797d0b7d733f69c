// Parsed<T>: what reading a value from text gives. A failure is one byte, so that TRY_CAST over
// millions of bad strings allocates nothing; `parse_error` makes the message when it is wanted.
#pragma once

#include <expected>
#include <string_view>

#include "base/ascii.hpp"
#include "base/result.hpp"
#include "columnar/type.hpp"

namespace whittle {

enum class ParseFailure : uint8_t { Format, Range, TimeZone, Budget };

template <class T>
using Parsed = std::expected<T, ParseFailure>;

[[nodiscard]] inline std::unexpected<ParseFailure> not_parsed(ParseFailure why) {
  return std::unexpected(why);
}

/// "Could not convert string 'abc' to INT32", in DuckDB's words for the type.
Error parse_error(ParseFailure why, std::string_view text, const Type& type);

/// What SQL casts trim: space and the controls 9 … 13.
inline bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace whittle
