#include "text_table.hpp"

#include <algorithm>
#include <numeric>

#include "engine/output/display.hpp"

namespace whittle::cli {

namespace {

constexpr uint32_t kIndent = 2, kGap = 2;

std::string aligned(const std::string& text, uint32_t width, bool right, bool last) {
  std::string cut = cut_to_width(text, width);
  const uint32_t cells = display_width(cut);
  const std::string space(width > cells ? width - cells : 0, ' ');
  if (right) return space + cut;
  return last ? cut : cut + space;
}

}  // namespace

std::string styled(const std::string& text, const char* style, bool color) {
  if (!color || text.empty()) return text;
  return std::string("\x1b[") + style + "m" + text + "\x1b[0m";
}

std::vector<uint32_t> TextTable::fit(uint32_t width) const {
  std::vector<uint32_t> widths(columns_.size(), 0);
  for (size_t c = 0; c < columns_.size(); ++c) {
    for (const auto& row : rows_) widths[c] = std::max(widths[c], display_width(row[c].text));
    if (widths[c] > 0) widths[c] = std::max(widths[c], display_width(columns_[c].title));
  }
  const auto total = [&] {
    uint32_t sum = kIndent;
    for (const uint32_t w : widths) sum += w > 0 ? w + kGap : 0;
    return sum - kGap;
  };
  // The widest of those that may shrink gives up a cell at a time.
  while (width > 0 && total() > width) {
    size_t widest = columns_.size();
    for (size_t c = 0; c < columns_.size(); ++c) {
      const bool can = columns_[c].minimum > 0 && widths[c] > columns_[c].minimum;
      if (can && (widest == columns_.size() || widths[c] > widths[widest])) widest = c;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string TextTable::render(uint32_t width, bool color) const {
  const std::vector<uint32_t> widths = fit(width);
  size_t last = 0;
  for (size_t c = 0; c < widths.size(); ++c) last = widths[c] > 0 ? c : last;
  std::string out;
  const auto line = [&](auto&& text_of) {
    std::string text(kIndent, ' ');
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (widths[c] == 0) continue;
      text += text_of(c) + std::string(c == last ? 0 : kGap, ' ');
    }
    out += text + '\n';
  };
  const auto place = [&](size_t c, const std::string& text) {
    return aligned(text, widths[c], columns_[c].right, c == last);
  };
  line([&](size_t c) { return styled(place(c, columns_[c].title), "2", color); });
  for (const auto& row : rows_) {
    line([&](size_t c) { return styled(place(c, row[c].text), "2", color && row[c].dim); });
  }
  return out;
}

}  // namespace whittle::cli
