// JSON text (RFC 8259) without a tree: paths are followed by skipping over what they do not name.
// All functions but `validate` expect text that is valid.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "columnar/column.hpp"

namespace whittle::json {

/// The error names the byte where the text stops being JSON.
Status validate(std::string_view text);

struct Step {
  enum class Kind : uint8_t { Key, Index, EveryKey, EveryIndex } kind;
  std::string key;
  int64_t index = 0;  // negative: from the end
};
struct Path {
  std::vector<Step> steps;
  bool has_wildcard = false;
};
/// "$.a.b[0]", "$.\"a b\"[#-1]", "/a/0", or a plain key.
Result<Path> parse_path(std::string_view text);

/// The values that the path leads to, as parts of the text; at most one without wildcards.
void find(std::string_view text, const Path& path, std::vector<std::string_view>& out);

/// Calls `visit(key, value)` for the members of an object (key with its quotes), or with an empty
/// key for the elements of an array.
template <class F>
void for_each_child(std::string_view text, F&& visit);

/// The first value of the text without surrounding space.
std::string_view value_at(std::string_view text);
/// The type as DuckDB's json_type names it.
std::string_view type_name(std::string_view value);
/// Without white space between tokens, strings and numbers as this file writes them itself.
void append_minified(std::string& out, std::string_view text);
/// Of a string with its quotes.
void append_unescaped(std::string& out, std::string_view quoted);
void append_quoted(std::string& out, std::string_view text);
/// The shortest that reads back: 1500.0, 1e22, 1e-7; NaN, Infinity.
void append_number(std::string& out, double value);
/// Any value as JSON; NULL is null.
void append_value(std::string& out, const ColumnView& view, uint32_t row);

// ---- details of for_each_child
size_t skip_space(std::string_view text, size_t at);
size_t skip_value(std::string_view text, size_t at);

template <class F>
void for_each_child(std::string_view text, F&& visit) {
  const bool object = !text.empty() && text[0] == '{';
  size_t at = skip_space(text, 1);
  while (at < text.size() && text[at] != ']' && text[at] != '}') {
    std::string_view key;
    if (object) {
      const size_t end = skip_value(text, at);
      key = text.substr(at, end - at);
      at = skip_space(text, skip_space(text, end) + 1);
    }
    const size_t end = skip_value(text, at);
    visit(key, text.substr(at, end - at));
    at = skip_space(text, end);
    if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
  }
}

}  // namespace whittle::json
