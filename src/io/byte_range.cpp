#include "io/byte_range.hpp"

#include <algorithm>

namespace whittle {

namespace {

// Digits only, no sign, no overflow: stricter than strtoull, as RFC 9110 §14.1.1 demands (1*DIGIT).
std::optional<uint64_t> take_number(std::string_view& text) {
  uint64_t value = 0;
  size_t used = 0;
  while (used < text.size() && text[used] >= '0' && text[used] <= '9') {
    const uint64_t digit = static_cast<uint64_t>(text[used] - '0');
    if (value > (max_source_size - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
    ++used;
  }
  if (used == 0) return std::nullopt;
  text.remove_prefix(used);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text[0] != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Range units are case-insensitive (RFC 9110 §14.1).
bool take_unit(std::string_view& text, char separator) {
  constexpr std::string_view unit = "bytes";
  if (text.size() <= unit.size() || text[unit.size()] != separator) return false;
  for (size_t i = 0; i < unit.size(); ++i) {
    if ((text[i] | 0x20) != unit[i]) return false;
  }
  text.remove_prefix(unit.size() + 1);
  return true;
}

}  // namespace

Result<ByteRange> ByteRange::make(uint64_t offset, uint64_t length, uint64_t limit) {
  const ByteRange range{offset, length};
  if (!range.fits(limit)) {
    return fail(ErrorCode::OutOfRange, std::to_string(length) + " bytes at offset " +
                                           std::to_string(offset) + " end beyond " +
                                           std::to_string(limit));
  }
  return range;
}

std::string ByteRange::header() const {
  return "bytes=" + std::to_string(offset) + "-" + std::to_string(end() - 1);
}

std::string ByteRange::to_string() const {
  return "[" + std::to_string(offset) + ", " + std::to_string(end()) + ")";
}

std::string suffix_range_header(uint64_t length) {
  return "bytes=-" + std::to_string(length);
}

Result<ContentRange> parse_content_range(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::Http, "the server sent a malformed Content-Range: '" +
                                     std::string(text.substr(0, 80)) + "'");
  };
  std::string_view rest = trim(text);
  ContentRange result;
  if (!take_unit(rest, ' ')) return wrong();
  rest = trim(rest);
  if (!take(rest, '*')) {
    const auto first = take_number(rest);
    if (!first || !take(rest, '-')) return wrong();
    const auto last = take_number(rest);
    if (!last || *last < *first || *last >= max_source_size) return wrong();
    result.range = ByteRange{*first, *last - *first + 1};
  }
  if (!take(rest, '/')) return wrong();
  if (!take(rest, '*')) {
    result.total = take_number(rest);
    if (!result.total) return wrong();
    if (result.range && result.range->end() > *result.total) return wrong();
  }
  if (!rest.empty() || (!result.range && !result.total)) return wrong();
  return result;
}

std::optional<ByteRange> parse_range_header(std::string_view text, uint64_t size) {
  std::string_view rest = trim(text);
  if (!take_unit(rest, '=')) return std::nullopt;
  rest = trim(rest);
  if (take(rest, '-')) {
    const auto suffix = take_number(rest);
    if (!suffix || !rest.empty()) return std::nullopt;
    const uint64_t length = std::min(*suffix, size);
    return ByteRange{size - length, length};
  }
  const auto first = take_number(rest);
  if (!first || !take(rest, '-')) return std::nullopt;
  uint64_t last = max_source_size - 1;
  if (!rest.empty()) {
    const auto given = take_number(rest);
    if (!given || *given < *first || !rest.empty()) return std::nullopt;
    last = *given;
  }
  if (*first >= size) return ByteRange{size, 0};
  return ByteRange{*first, std::min(last, size - 1) - *first + 1};
}

}  // namespace whittle
