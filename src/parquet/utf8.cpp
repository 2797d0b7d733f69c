#include "parquet/utf8.hpp"

#include <cstring>
#include <string>

namespace whittle::parquet {

namespace {

constexpr uint64_t high_bits = 0x8080808080808080;

bool is_ascii(const char* text, size_t size) {
  uint64_t seen = 0, word;
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::memcpy(&word, text + i, 8);
    seen |= word;
  }
  for (; i < size; ++i) seen |= static_cast<uint64_t>(static_cast<unsigned char>(text[i]));
  return (seen & high_bits) == 0;
}

bool is_ascii(const StringRef& string) {
  if (!string.is_inlined()) return is_ascii(string.data(), string.size());
  // Bytes behind the end of an inlined string are zero; the first four bytes are the length.
  uint64_t words[2];
  std::memcpy(words, &string, sizeof(words));
  return ((words[0] & 0x8080808000000000) | (words[1] & high_bits)) == 0;
}

// How many bytes the sequence at `text` takes, 0 when it is none (Unicode, table 3-7).
size_t sequence_length(const unsigned char* text, size_t left) {
  const unsigned char lead = text[0];
  if (lead < 0x80) return 1;
  const auto continues = [&](size_t i, unsigned char low = 0x80, unsigned char high = 0xbf) {
    return i < left && text[i] >= low && text[i] <= high;
  };
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return continues(1) ? 2 : 0;
  if (lead < 0xf0) {
    const bool second = continues(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
    return second && continues(2) ? 3 : 0;
  }
  if (lead > 0xf4) return 0;
  const bool second = continues(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
  return second && continues(2) && continues(3) ? 4 : 0;
}

// The string as an error may show it: printable ASCII, the rest as \xHH, at most 64 bytes of it.
std::string escaped(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text.substr(0, 64)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  if (text.size() > 64) out += "…";
  return out;
}

}  // namespace

bool is_utf8(const char* text, size_t size) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text);
  for (size_t i = 0; i < size;) {
    if (i + 8 <= size && is_ascii(text + i, 8)) {
      i += 8;
      continue;
    }
    const size_t length = sequence_length(bytes + i, size - i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

Status check_utf8(const StringRef* strings, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (is_ascii(strings[i]) || is_utf8(strings[i].data(), strings[i].size())) continue;
    return fail(ErrorCode::Corrupt, "invalid string encoding: the value \"" +
                                        escaped(strings[i].view()) + "\" is not valid UTF-8");
  }
  return {};
}

}  // namespace whittle::parquet
