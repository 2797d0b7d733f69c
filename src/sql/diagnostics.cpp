#include "sql/diagnostics.hpp"

#include <algorithm>

namespace whittle::sql {
namespace {

constexpr size_t kShownColumns = 100;  // of a long line, around the caret

bool is_continuation(char c) {
  return (c & 0xC0) == 0x80;
}

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one
// each.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      bool equal = fold(a[i - 1]) == fold(b[j - 1]);
      current[j] =
          std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (equal ? 0 : 1)});
      if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
        current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

// "LINE 2: SELECT x FORM t" and the caret below.
std::string excerpt(std::string_view sql, const SourcePosition& position) {
  size_t offset = std::min<size_t>(position.offset, sql.size());
  size_t begin = offset;
  while (begin > 0 && sql[begin - 1] != '\n') --begin;
  size_t end = std::min(sql.find('\n', offset), sql.size());
  std::string lead, trail;
  // A long line is cut on both sides; never inside a character.
  if (offset - begin > kShownColumns / 2) {
    begin = offset - kShownColumns / 2;
    while (is_continuation(sql[begin])) ++begin;
    lead = "...";
  }
  if (end - begin > kShownColumns) {
    end = begin + kShownColumns;
    while (end > offset && is_continuation(sql[end])) --end;
    trail = "...";
  }
  std::string head = "LINE " + std::to_string(position.line) + ": " + lead;
  std::string shown, gap(head.size(), ' ');
  for (size_t i = begin; i < end; ++i) {
    char c = sql[i];
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
    shown += c;
    if (i < offset && !is_continuation(c)) gap += ' ';
  }
  return head + shown + trail + "\n" + gap + "^";
}

}  // namespace

std::string render_error(const Error& error, std::string_view sql) {
  std::string text;
  if (error.message().starts_with("syntax error")) {
    text = "S" + error.message().substr(1);
  } else {
    text = std::string(error_code_name(error.code())) + " error: " + error.message();
  }
  if (!error.source().empty()) text += " ('" + error.source() + "')";
  if (error.position().line > 0 && !sql.empty()) text += "\n\n" + excerpt(sql, error.position());
  if (!error.hint().empty()) text += "\nHint: " + error.hint();
  return text;
}

std::vector<std::string> suggest(std::string_view name, std::span<const std::string> candidates,
                                 size_t limit) {
  struct Near {
    size_t distance;
    size_t index;
  };
  std::vector<Near> near;
  constexpr size_t kLongest = 200;
  if (name.empty() || name.size() > kLongest) return {};
  for (size_t i = 0; i < candidates.size(); ++i) {
    const std::string& candidate = candidates[i];
    size_t allowed = (std::max(name.size(), candidate.size()) + 2) / 3;
    size_t difference = name.size() > candidate.size() ? name.size() - candidate.size()
                                                       : candidate.size() - name.size();
    if (candidate.size() > kLongest || difference > allowed) continue;
    size_t distance = edit_distance(name, candidate);
    if (distance <= allowed && distance < std::max(name.size(), candidate.size()))
      near.push_back({distance, i});
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const Near& a, const Near& b) { return a.distance < b.distance; });
  std::vector<std::string> names;
  // Only the nearest: what is farther off is noise beside it.
  while (!near.empty() && near.back().distance > near.front().distance) near.pop_back();
  for (const Near& each : near)
    if (names.size() < limit &&
        std::find(names.begin(), names.end(), candidates[each.index]) == names.end())
      names.push_back(candidates[each.index]);
  return names;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  std::vector<std::string> names = suggest(name, candidates);
  if (names.empty()) return {};
  std::string text = "Did you mean ";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += "\"" + names[i] + "\"";
  }
  return text + "?";
}

SourcePosition position_at(std::string_view sql, uint32_t offset, uint32_t length) {
  SourcePosition position{offset, length, 1, 1};
  for (size_t i = 0; i < std::min<size_t>(offset, sql.size()); ++i) {
    if (sql[i] == '\n') {
      ++position.line;
      position.column = 1;
    } else if (!is_continuation(sql[i])) {
      ++position.column;
    }
  }
  return position;
}

}  // namespace whittle::sql
