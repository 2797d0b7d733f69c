// LIKE patterns, compiled once: the literal pieces between `%`, each matched where it first fits.
// That greedy choice is right because a `%` may stand for anything: taking the leftmost fit of a
// piece leaves the most text for those that follow; only the last piece must end the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace whittle {

class LikePattern {
 public:
  /// `escape` is one byte, or 0 for none. An escape at the end of the pattern is an error.
  static Result<LikePattern> compile(std::string_view pattern, char escape);
  bool matches(std::string_view text) const;

  /// The literal text before the first wildcard: what statistics can be tested with.
  std::string_view prefix() const;
  /// True when the pattern is exactly `prefix%`.
  bool is_prefix_only() const {
    return pieces_.size() == 2 && anchored_front_ && plain_ && pieces_[1].text.empty();
  }

 private:
  // A run without `%`. `any[i]` marks bytes that are `_`; without any, the piece is plain text.
  struct Piece {
    std::string text;
    std::vector<bool> any;
    bool has_any = false;
  };
  static bool fits(const Piece& piece, std::string_view text, size_t* consumed);
  static size_t find(const Piece& piece, std::string_view text, size_t* consumed);
  bool matches_end(const Piece& piece, std::string_view text) const;

  std::vector<Piece>
      pieces_;  // between the `%`s; the first is anchored in front, the last at the end
  bool anchored_front_ = true;
  bool plain_ = true;  // no `_` anywhere
};

/// DuckDB's GLOB: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`; `\` escapes. Case counts.
bool glob_matches(std::string_view text, std::string_view pattern);

}  // namespace whittle
