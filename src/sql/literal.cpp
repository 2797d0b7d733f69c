#include "sql/literal.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace whittle::sql {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// Reads up to `most` digits of `base` at `at`; answers how many.
size_t read_digits(std::string_view text, size_t at, size_t most, int base, uint32_t& value) {
  size_t count = 0;
  for (value = 0; count < most && at + count < text.size(); ++count) {
    int digit = hex_digit(text[at + count]);
    if (digit < 0 || digit >= base) break;
    value = value * base + digit;
  }
  return count;
}

// PostgreSQL's escape strings: \b \f \n \r \t, \377 octal, \x41, \u0041, \U00000041, else the
// character.
std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\'') ++i;  // two quotes are one
    if (c != '\\' || i + 1 >= text.size()) {
      out += c;
      continue;
    }
    c = text[++i];
    uint32_t code = 0;
    if (size_t control = std::string_view("bfnrt").find(c); control != std::string_view::npos) {
      out += "\b\f\n\r\t"[control];
    } else if (size_t digits = read_digits(text, i, 3, 8, code)) {
      out += static_cast<char>(code);
      i += digits - 1;
    } else if (c == 'x' && (digits = read_digits(text, i + 1, 2, 16, code)) > 0) {
      out += static_cast<char>(code);
      i += digits;
    } else if (c == 'u' && read_digits(text, i + 1, 4, 16, code) == 4) {
      append_utf8(out, code);
      i += 4;
    } else if (c == 'U' && read_digits(text, i + 1, 8, 16, code) == 8 && code <= 0x10FFFF) {
      append_utf8(out, code);
      i += 8;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string undouble(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == quote) ++i;
  }
  return out;
}

namespace {

// 'a''b', and the parts of a string that goes on in a later line.
std::string joined(std::string_view raw) {
  std::string out;
  for (size_t i = 1; i < raw.size(); ++i) {
    if (raw[i] != '\'') {
      out += raw[i];
    } else if (i + 1 < raw.size() && raw[i + 1] == '\'') {
      out += raw[i++];
    } else {
      const size_t next = raw.find('\'', i + 1);
      if (next == raw.npos) break;
      i = next;
    }
  }
  return out;
}

}  // namespace

std::string string_value(std::string_view raw) {
  if (raw[0] == '$') {
    size_t tag = raw.find('$', 1) + 1;
    return std::string(raw.substr(tag, raw.size() - 2 * tag));
  }
  if (raw[0] == '\'') return joined(raw);
  std::string_view inside = raw.substr(2, raw.size() - 3);
  if (raw[0] == 'e' || raw[0] == 'E') return unescape(inside);
  return static_cast<char>(raw[0] | 0x20) + undouble(inside, '\'');
}

std::string number_value(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (char c : raw)
    if (c != '_') out += c;
  if (out.back() == '.') out.pop_back();
  size_t zeros = 0;
  while (zeros + 1 < out.size() && out[zeros] == '0' && out[zeros + 1] >= '0' &&
         out[zeros + 1] <= '9')
    ++zeros;
  return out.substr(zeros);
}

std::string double_text(std::string_view number) {
  std::string text(number);
  double value = std::strtod(text.c_str(), nullptr);
  if (value > 1.7976931348623157e308) return "1e1000";
  if (value < -1.7976931348623157e308) return "-1e1000";
  char buffer[40];
  for (int precision = 0; precision <= 16; ++precision) {
    std::snprintf(buffer, sizeof buffer, "%.*e", precision, value);
    if (std::strtod(buffer, nullptr) == value) break;
  }
  // buffer is [-]d.ddd…e±xx: take it apart and lay it out as DuckDB does.
  std::string sign = buffer[0] == '-' ? "-" : "";
  char* mantissa = buffer + sign.size();
  char* e = std::strchr(mantissa, 'e');
  int exponent = std::atoi(e + 1);
  std::string digits(1, mantissa[0]);
  if (e > mantissa + 1) digits.append(mantissa + 2, e);
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    std::string fraction = count > 1 ? "." + digits.substr(1) : "";
    std::snprintf(buffer, sizeof buffer, "e%c%02d", exponent < 0 ? '-' : '+', std::abs(exponent));
    return sign + digits[0] + fraction + buffer;
  }
  if (exponent < 0) return sign + "0." + std::string(-exponent - 1, '0') + digits;
  if (exponent + 1 >= count) return sign + digits + std::string(exponent + 1 - count, '0') + ".0";
  return sign + digits.substr(0, exponent + 1) + "." + digits.substr(exponent + 1);
}

bool is_valid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    unsigned char lead = text[i++];
    if (lead < 0x80) continue;
    int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - i < static_cast<size_t>(more)) return false;
    uint32_t code = lead & (0x3F >> more);
    for (int k = 0; k < more; ++k, ++i) {
      if ((text[i] & 0xC0) != 0x80) return false;
      code = code << 6 | (text[i] & 0x3F);
    }
    if (more == 2 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) return false;
    if (more == 3 && (code < 0x10000 || code > 0x10FFFF)) return false;
  }
  return true;
}

}  // namespace whittle::sql
