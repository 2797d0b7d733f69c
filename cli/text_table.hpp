// TextTable: aligned columns without lines around them, fitted to the terminal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace whittle::cli {

class TextTable {
 public:
  struct Column {
    std::string title;
    bool right = false;
    uint32_t minimum = 0;  // 0: never cut; else may shrink to this many cells
  };
  struct Cell {
    Cell(std::string text = {}, bool dim = false) : text(std::move(text)), dim(dim) {}
    std::string text;
    bool dim;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  /// `width` 0: as wide as it is. Columns without any text are left out.
  std::string render(uint32_t width, bool color) const;

 private:
  std::vector<uint32_t> fit(uint32_t width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// `text` in a terminal style ("1": bold, "2": dim), or as it is.
std::string styled(const std::string& text, const char* style, bool color);

}  // namespace whittle::cli
