#include "sql/token.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "sql/syntax_tree.hpp"

namespace whittle::sql {
namespace {

struct KeywordRow {
  std::string_view text;
  KeywordCategory category;
};

constexpr KeywordRow kKeywords[] = {
#define WHITTLE_KEYWORD(name, text, category) {text, KeywordCategory::category},
#include "sql/keywords.def"
#undef WHITTLE_KEYWORD
};

constexpr size_t kLongestKeyword = 32;

static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords),
                             [](const auto& a, const auto& b) { return a.text < b.text; }));

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return equals_ignoring_case(a, b);
}

Keyword find_keyword(std::string_view word) {
  if (word.size() > kLongestKeyword) return Keyword::NoKeyword;
  char folded[kLongestKeyword];
  std::transform(word.begin(), word.end(), folded, to_lower);
  std::string_view key(folded, word.size());
  const auto* row = std::lower_bound(
      std::begin(kKeywords), std::end(kKeywords), key,
      [](const KeywordRow& row, std::string_view text) { return row.text < text; });
  if (row == std::end(kKeywords) || row->text != key) return Keyword::NoKeyword;
  return static_cast<Keyword>(row - std::begin(kKeywords) + 1);
}

KeywordCategory keyword_category(Keyword keyword) {
  if (keyword == Keyword::NoKeyword) return KeywordCategory::None;
  return kKeywords[static_cast<size_t>(keyword) - 1].category;
}

std::string_view keyword_text(Keyword keyword) {
  if (keyword == Keyword::NoKeyword) return {};
  return kKeywords[static_cast<size_t>(keyword) - 1].text;
}

std::string_view symbol_text(Symbol symbol) {
  static constexpr std::string_view kTexts[] = {
      {},
#define WHITTLE_SYMBOL(name, text) text,
#include "sql/symbols.def"
#undef WHITTLE_SYMBOL
  };
  return kTexts[static_cast<size_t>(symbol)];
}

}  // namespace whittle::sql
