#include <cstring>

#include "exec/functions/like.hpp"
#include "exec/functions/unicode.hpp"

namespace whittle {

namespace {

// memmem is a GNU and POSIX 2024 function that both of our C libraries have.
size_t find_bytes(std::string_view text, std::string_view needle) {
  if (needle.empty()) return 0;
  if (needle.size() > text.size()) return std::string_view::npos;
  const void* found = ::memmem(text.data(), text.size(), needle.data(), needle.size());
  return found ? static_cast<size_t>(static_cast<const char*>(found) - text.data())
               : std::string_view::npos;
}

}  // namespace

Result<LikePattern> LikePattern::compile(std::string_view pattern, char escape) {
  LikePattern like;
  like.pieces_.emplace_back();
  for (size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    Piece& piece = like.pieces_.back();
    if (escape && c == escape) {
      if (++i == pattern.size()) {
        return fail(ErrorCode::Syntax, "Like pattern must not end with escape character!");
      }
      c = pattern[i];
    } else if (c == '%') {
      if (like.pieces_.size() == 1 || !piece.text.empty()) like.pieces_.emplace_back();
      continue;
    } else if (c == '_') {
      piece.text += c;
      piece.any.resize(piece.text.size());
      piece.any.back() = true;
      piece.has_any = true;
      like.plain_ = false;
      continue;
    }
    piece.text += c;
    piece.any.push_back(false);
  }
  return like;
}

// Matches a piece at the start of `text`; `_` takes one code point.
bool LikePattern::fits(const Piece& piece, std::string_view text, size_t* consumed) {
  if (!piece.has_any) {
    *consumed = piece.text.size();
    return text.starts_with(piece.text);
  }
  size_t at = 0;
  for (size_t i = 0; i < piece.text.size(); ++i) {
    if (at >= text.size()) return false;
    if (piece.any[i]) {
      at += code_point_bytes(text.substr(at));
    } else if (text[at++] != piece.text[i]) {
      return false;
    }
  }
  *consumed = at;
  return true;
}

size_t LikePattern::find(const Piece& piece, std::string_view text, size_t* consumed) {
  if (!piece.has_any) {
    *consumed = piece.text.size();
    return find_bytes(text, piece.text);
  }
  for (size_t at = 0; at <= text.size();
       at += at < text.size() ? code_point_bytes(text.substr(at)) : 1) {
    if (fits(piece, text.substr(at), consumed)) return at;
  }
  return std::string_view::npos;
}

// The last piece must end where the text ends.
bool LikePattern::matches_end(const Piece& piece, std::string_view text) const {
  if (!piece.has_any) return text.ends_with(piece.text);
  for (size_t at = 0; at <= text.size();
       at += at < text.size() ? code_point_bytes(text.substr(at)) : 1) {
    size_t consumed = 0;
    if (fits(piece, text.substr(at), &consumed) && at + consumed == text.size()) return true;
  }
  return false;
}

bool LikePattern::matches(std::string_view text) const {
  size_t consumed = 0;
  if (!fits(pieces_[0], text, &consumed)) return false;
  text.remove_prefix(consumed);
  if (pieces_.size() == 1) return text.empty();
  for (size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const size_t at = find(pieces_[i], text, &consumed);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + consumed);
  }
  return matches_end(pieces_.back(), text);
}

std::string_view LikePattern::prefix() const {
  const Piece& first = pieces_[0];
  size_t plain = 0;
  while (plain < first.text.size() && !first.any[plain]) ++plain;
  return std::string_view(first.text).substr(0, plain);
}

namespace {

// `[…]` at the front of `pattern` against `c`; `length` receives the bytes of the set, 0 when it is
// not closed.
bool set_matches(std::string_view pattern, char c, size_t* length) {
  size_t i = 1;
  const bool negated = i < pattern.size() && pattern[i] == '!';
  if (negated) ++i;
  bool found = false, first = true;
  for (; i < pattern.size(); ++i) {
    if (pattern[i] == ']' && !first) {
      *length = i + 1;
      return found != negated;
    }
    first = false;
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const char low = pattern[i];
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      i += 2;
      high = pattern[i];
    }
    found = found || (c >= low && c <= high);
  }
  *length = 0;
  return false;
}

}  // namespace

// Backtracks only to the last `*`, which is enough for the same reason as in LIKE.
bool glob_matches(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0;
  size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    size_t set_length = 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    }
    bool one = false;
    size_t step = 1;
    if (p < pattern.size()) {
      if (pattern[p] == '?') {
        one = true;
      } else if (pattern[p] == '[') {
        one = set_matches(pattern.substr(p), text[t], &set_length);
        step = set_length;
      } else if (pattern[p] == '\\' && p + 1 < pattern.size()) {
        one = pattern[p + 1] == text[t];
        step = 2;
      } else {
        one = pattern[p] == text[t];
      }
    }
    if (one) {
      ++t;
      p += step;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace whittle
