#include "columnar/binary_text.hpp"

namespace whittle {

namespace {

constexpr char upper_hex[] = "0123456789ABCDEF";
constexpr char lower_hex[] = "0123456789abcdef";

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

Parsed<uint128_t> parse_uuid(std::string_view text) {
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') {
    text = text.substr(1, text.size() - 2);
  }
  uint128_t value = 0;
  int digits = 0;
  for (char c : text) {
    if (c == '-' && digits > 0 && digits % 4 == 0) continue;
    const int digit = hex_digit(c);
    if (digit < 0 || digits == 32) return not_parsed(ParseFailure::Format);
    value = value << 4 | static_cast<unsigned>(digit);
    ++digits;
  }
  if (digits != 32) return not_parsed(ParseFailure::Format);
  return value;
}

void append_uuid(std::string& out, uint128_t value) {
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    out += lower_hex[static_cast<unsigned>(value >> (124 - 4 * i)) & 15];
  }
}

Parsed<void> parse_blob(std::string_view text, std::string& bytes) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) > 127) return not_parsed(ParseFailure::Format);
    if (c != '\\') {
      bytes += c;
      continue;
    }
    if (text.size() - i < 4 || text[i + 1] != 'x') return not_parsed(ParseFailure::Format);
    const int high = hex_digit(text[i + 2]), low = hex_digit(text[i + 3]);
    if (high < 0 || low < 0) return not_parsed(ParseFailure::Format);
    bytes += static_cast<char>(high * 16 + low);
    i += 3;
  }
  return {};
}

void append_blob(std::string& out, std::string_view bytes) {
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 32 && byte < 127 && c != '\\' && c != '\'' && c != '"') {
      out += c;
    } else {
      out += "\\x";
      out += upper_hex[byte >> 4];
      out += upper_hex[byte & 15];
    }
  }
}

Parsed<void> parse_bit(std::string_view text, std::string& bytes) {
  if (text.empty()) return not_parsed(ParseFailure::Format);
  const unsigned padding = static_cast<unsigned>(7 - (text.size() + 7) % 8);
  bytes += static_cast<char>(padding);
  unsigned byte = (1u << padding) - 1, bits = padding;
  for (char c : text) {
    if (c != '0' && c != '1') return not_parsed(ParseFailure::Format);
    byte = byte << 1 | static_cast<unsigned>(c - '0');
    if (++bits == 8) {
      bytes += static_cast<char>(byte);
      byte = bits = 0;
    }
  }
  return {};
}

void append_bit(std::string& out, std::string_view bytes) {
  if (bytes.empty()) return;
  const size_t padding = static_cast<unsigned char>(bytes[0]) & 7;
  for (size_t bit = padding; bit < (bytes.size() - 1) * 8; ++bit) {
    out += bytes[1 + bit / 8] >> (7 - bit % 8) & 1 ? '1' : '0';
  }
}

}  // namespace whittle
