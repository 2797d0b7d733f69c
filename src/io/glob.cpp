#include "io/glob.hpp"

#include <cstdint>
#include <optional>

namespace whittle {

namespace {

constexpr size_t max_names = 100'000;
constexpr int max_depth = 32;

// The index of the brace that closes the one at `open`, or npos.
size_t closing_brace(std::string_view text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

std::vector<std::string_view> split_alternatives(std::string_view body) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\\') {
      ++i;
    } else if (body[i] == '{') {
      ++depth;
    } else if (body[i] == '}') {
      --depth;
    } else if (body[i] == ',' && depth == 0) {
      parts.push_back(body.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(body.substr(start));
  return parts;
}

std::optional<uint64_t> parse_number(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

struct NumericTemplate {
  uint64_t first, last;
  size_t width;
};

std::optional<NumericTemplate> parse_template(std::string_view body) {
  const size_t dots = body.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const std::string_view left = body.substr(0, dots), right = body.substr(dots + 2);
  const auto first = parse_number(left), last = parse_number(right);
  if (!first || !last) return std::nullopt;
  const bool padded = (left.size() > 1 && left[0] == '0') || (right.size() > 1 && right[0] == '0');
  return NumericTemplate{*first, *last, padded ? std::max(left.size(), right.size()) : 0};
}

Status expand(std::string prefix, std::string_view rest, int depth, std::vector<std::string>& out);

Status add_alternative(const std::string& prefix, std::string_view alternative,
                       std::string_view rest, int depth, std::vector<std::string>& out) {
  std::string joined(alternative);
  joined.append(rest);
  return expand(prefix, joined, depth + 1, out);
}

Status expand_template(const std::string& prefix, NumericTemplate numbers, std::string_view rest,
                       int depth, std::vector<std::string>& out) {
  const bool up = numbers.first <= numbers.last;
  const uint64_t count = (up ? numbers.last - numbers.first : numbers.first - numbers.last) + 1;
  if (count > max_names) {
    return fail(ErrorCode::InvalidArgument, "a file name template names more than 100,000 files");
  }
  for (uint64_t i = 0; i < count; ++i) {
    std::string digits = std::to_string(up ? numbers.first + i : numbers.first - i);
    if (digits.size() < numbers.width) digits.insert(0, numbers.width - digits.size(), '0');
    TRY(add_alternative(prefix, digits, rest, depth, out));
  }
  return {};
}

// Everything before the first brace is final (prefix); the rest is expanded from there.
Status expand(std::string prefix, std::string_view rest, int depth, std::vector<std::string>& out) {
  if (depth > max_depth) return fail(ErrorCode::InvalidArgument, "too many braces in a file name");
  size_t i = 0;
  while (i < rest.size()) {
    if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '{' || rest[i + 1] == '}')) {
      prefix.push_back(rest[i + 1]);
      i += 2;
      continue;
    }
    const size_t close = rest[i] == '{' ? closing_brace(rest, i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      prefix.push_back(rest[i++]);
      continue;
    }
    const std::string_view body = rest.substr(i + 1, close - i - 1), after = rest.substr(close + 1);
    if (const auto numbers = parse_template(body)) {
      return expand_template(prefix, *numbers, after, depth, out);
    }
    const auto parts = split_alternatives(body);
    if (parts.size() < 2) {
      prefix.push_back(rest[i++]);
      continue;
    }
    for (std::string_view part : parts) TRY(add_alternative(prefix, part, after, depth, out));
    return {};
  }
  if (out.size() >= max_names) {
    return fail(ErrorCode::InvalidArgument, "a file name template names more than 100,000 files");
  }
  out.push_back(std::move(prefix));
  return {};
}

// One `[...]` against one character. `position` is moved behind the bracket; without a closing
// bracket the `[` is an ordinary character.
bool match_bracket(std::string_view pattern, size_t& position, char c) {
  size_t i = position + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  const size_t close = pattern.find(']', i + 1);
  if (close == std::string_view::npos) {
    ++position;
    return c == '[';
  }
  bool found = false;
  while (i < close) {
    if (i + 2 < close && pattern[i + 1] == '-') {
      found |= pattern[i] <= c && c <= pattern[i + 2];
      i += 3;
    } else {
      found |= pattern[i++] == c;
    }
  }
  position = close + 1;
  return found != negated;
}

}  // namespace

Result<std::vector<std::string>> expand_braces(std::string_view pattern) {
  std::vector<std::string> names;
  TRY(expand({}, pattern, 0, names));
  return names;
}

bool has_wildcards(std::string_view pattern) {
  return pattern.find_first_of("*?[") != std::string_view::npos;
}

// Linear backtracking: only the last star can be extended, so the cost is at most |pattern| ×
// |name|.
bool match_component(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    size_t next = p;
    bool matched = false;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
      continue;
    }
    if (p < pattern.size()) {
      if (pattern[p] == '[') {
        matched = match_bracket(pattern, next, name[n]);
      } else {
        matched = pattern[p] == '?' || pattern[p] == name[n];
        ++next;
      }
    }
    if (matched) {
      p = next;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace whittle
