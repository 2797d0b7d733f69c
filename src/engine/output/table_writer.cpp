// The table that a terminal shows: a box with names, types and aligned values. It keeps the first
// and the last rows up to max_rows and says how many were left out; columns that do not fit the
// width are cut with an ellipsis, and when even that is too wide, columns in the middle are left
// out.
#include <algorithm>
#include <deque>
#include <numeric>

#include "columnar/text.hpp"
#include "engine/output/display.hpp"
#include "engine/output/writer.hpp"

namespace whittle {

namespace {

constexpr uint32_t kMinimumWidth = 8;  // a column is never cut below this

struct Cell {
  std::string text;
  bool is_null = false;
};
using Row = std::vector<Cell>;

struct Glyphs {
  std::string_view horizontal, vertical, top[3], middle[3], bottom[3];
};
constexpr Glyphs kUnicode{"─", "│", {"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"}};
constexpr Glyphs kAscii{"-", "|", {"+", "+", "+"}, {"+", "+", "+"}, {"+", "+", "+"}};

class TableWriter : public ResultWriter {
 public:
  TableWriter(OutputOptions options, ByteSink& sink)
      : options_(std::move(options)), sink_(sink), glyphs_(options_.unicode ? kUnicode : kAscii) {}

  Status begin(const Schema& schema) override {
    schema_ = schema;
    // EXPLAIN is text already: a box would only cut it.
    is_plan_ = schema.size() == 2 && schema[0].name == "explain_key";
    return {};
  }

  Status write(const Batch& batch) override {
    if (is_plan_) return write_plan(batch);
    std::vector<ColumnView> views(batch.columns.begin(), batch.columns.end());
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      ++row_count_;
      Row row(views.size());
      for (size_t c = 0; c < views.size(); ++c) {
        std::string text;
        append_text(views[c], batch.selection[i], text);
        row[c] = {visible_text(text), !views[c].valid(batch.selection[i])};
      }
      keep(std::move(row));
    }
    return {};
  }

  Status end() override {
    if (is_plan_) return {};
    choose_columns();
    std::string out;
    rule(out, glyphs_.top);
    line(out, [&](uint32_t c) { return Cell{schema_[c].name}; }, true);
    line(out, [&](uint32_t c) { return Cell{type_label(c)}; }, true, true);
    rule(out, glyphs_.middle);
    for (const Row& row : head_) line(out, [&](uint32_t c) { return row[c]; }, false);
    const uint64_t shown = head_.size() + tail_.size();
    if (shown < row_count_) line(out, [](uint32_t) { return Cell{"·"}; }, true);
    for (const Row& row : tail_) line(out, [&](uint32_t c) { return row[c]; }, false);
    rule(out, glyphs_.bottom);
    if (shown < row_count_) {
      out += with_separators(row_count_) + " rows, " + with_separators(shown) + " shown\n";
    }
    if (columns_.size() < schema_.size()) {
      out += std::to_string(schema_.size()) + " columns, " + std::to_string(columns_.size()) +
             " shown\n";
    }
    return sink_.write(out);
  }

 private:
  Status write_plan(const Batch& batch) {
    const ColumnView text(batch.columns[1]);
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      TRY(sink_.write(text.get<StringRef>(batch.selection[i]).view()));
      TRY(sink_.write("\n"));
    }
    return {};
  }

  // Keeps the first half of max_rows and a window of the last half.
  void keep(Row row) {
    if (options_.max_rows == 0 || head_.size() < (options_.max_rows + 1) / 2) {
      head_.push_back(std::move(row));
      return;
    }
    tail_.push_back(std::move(row));
    if (tail_.size() > options_.max_rows / 2) tail_.pop_front();
  }

  std::string type_label(uint32_t c) const {
    std::string label = schema_[c].type.to_string();
    for (char& letter : label)
      letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    return schema_[c].type.is_nested() ? schema_[c].type.to_string() : label;
  }

  // Widths first by content, then the widest columns give way until the line fits.
  void choose_columns() {
    widths_.resize(schema_.size());
    columns_.resize(schema_.size());
    std::iota(columns_.begin(), columns_.end(), 0u);
    for (uint32_t c = 0; c < schema_.size(); ++c) {
      widths_[c] =
          std::max(display_width(schema_[c].name), std::min(display_width(type_label(c)), 24u));
      for (const Row& row : head_) widths_[c] = std::max(widths_[c], display_width(row[c].text));
      for (const Row& row : tail_) widths_[c] = std::max(widths_[c], display_width(row[c].text));
    }
    if (options_.width == 0) return;
    while (line_width() > options_.width) {
      const auto widest =
          std::max_element(columns_.begin(), columns_.end(),
                           [&](uint32_t a, uint32_t b) { return widths_[a] < widths_[b]; });
      const uint32_t excess = line_width() - options_.width;
      if (widths_[*widest] > kMinimumWidth) {
        // Down to the next widest, so that columns shrink together.
        widths_[*widest] = std::max(
            kMinimumWidth, widths_[*widest] - std::min(excess, std::max(1u, widths_[*widest] / 4)));
      } else if (columns_.size() > 1) {
        columns_.erase(columns_.begin() + static_cast<std::ptrdiff_t>(columns_.size() / 2));
      } else {
        return;
      }
    }
  }

  uint32_t line_width() const {
    uint32_t width = 1;
    for (uint32_t c : columns_) width += widths_[c] + 3;
    return width;
  }

  void rule(std::string& out, const std::string_view (&corners)[3]) const {
    out += corners[0];
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out += corners[1];
      for (uint32_t k = 0; k < widths_[columns_[i]] + 2; ++k) out += glyphs_.horizontal;
    }
    out += corners[2];
    out += '\n';
  }

  template <class GetCell>
  void line(std::string& out, GetCell&& get, bool centered, bool dim = false) const {
    out += glyphs_.vertical;
    for (uint32_t c : columns_) {
      const Cell cell = get(c);
      const std::string text = cut_to_width(cell.text, widths_[c]);
      const uint32_t space = widths_[c] - std::min(widths_[c], display_width(text));
      const uint32_t left = centered ? space / 2 : schema_[c].type.is_numeric() ? space : 0;
      const bool faint = options_.color && (dim || cell.is_null);
      out.append(left + 1, ' ');
      if (faint) out += "\x1b[2m";
      out += text;
      if (faint) out += "\x1b[0m";
      out.append(space - left + 1, ' ');
      out += glyphs_.vertical;
    }
    out += '\n';
  }

  OutputOptions options_;
  ByteSink& sink_;
  const Glyphs& glyphs_;
  Schema schema_;
  std::deque<Row> head_, tail_;
  uint64_t row_count_ = 0;
  bool is_plan_ = false;
  std::vector<uint32_t> columns_, widths_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_table_writer(OutputOptions options, ByteSink& sink) {
  return std::make_unique<TableWriter>(std::move(options), sink);
}

}  // namespace whittle
