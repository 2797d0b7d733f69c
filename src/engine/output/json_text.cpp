#include "engine/output/writer.hpp"

namespace whittle {

namespace {

// Length of the well-formed UTF-8 sequence at the front, 0 when malformed (RFC 3629).
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                        : first >= 0xE0 && first <= 0xEF ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;  // surrogates
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

void append_escape(std::string& out, unsigned char c) {
  static constexpr char hex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      out += "\\u00";
      out += hex[c >> 4];
      out += hex[c & 15];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (length == 1 && (c < 0x20 || c == '"' || c == '\\')) {
      append_escape(out, c);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

std::string error_as_json(const Error& error) {
  std::string line = "{\"error\":";
  append_json_string(line, error.message());
  line += ",\"code\":";
  append_json_string(line, error_code_name(error.code()));
  if (!error.hint().empty()) {
    line += ",\"hint\":";
    append_json_string(line, error.hint());
  }
  if (!error.source().empty()) {
    line += ",\"url\":";
    append_json_string(line, error.source());
  }
  if (error.status() != 0) line += ",\"status\":" + std::to_string(error.status());
  if (error.position().line != 0) {
    line += ",\"line\":" + std::to_string(error.position().line) +
            ",\"column\":" + std::to_string(error.position().column);
  }
  return line + "}\n";
}

}  // namespace whittle
