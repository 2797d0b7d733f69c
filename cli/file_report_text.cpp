// The report for people: facts, schema, columns, row groups, metadata; each a small table.
#include <algorithm>
#include <cstdio>

#include "base/ascii.hpp"
#include "base/memory.hpp"
#include "engine/output/display.hpp"
#include "file_report.hpp"
#include "parquet/metadata_rows.hpp"
#include "text_table.hpp"

namespace whittle::cli {

namespace {

constexpr size_t kShownRowGroups = 24;
constexpr uint32_t kLongestValue = 60;  // cells of a bound or a metadata value in a pipe

std::string counted(uint64_t number, const char* singular, const char* plural) {
  return with_separators(number) + " " + (number == 1 ? singular : plural);
}

std::string ratio_text(uint64_t uncompressed, uint64_t compressed) {
  if (compressed == 0 || uncompressed == 0) return "";
  char text[32];
  const double ratio = static_cast<double>(uncompressed) / static_cast<double>(compressed);
  std::snprintf(text, sizeof(text), ratio < 100 ? "%.1f×" : "%.0f×", ratio);
  return text;
}

// A bar of up to eight cells, in eighths.
std::string bar(uint64_t part, uint64_t largest) {
  static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (largest == 0 || part == 0) return "";
  const auto length = std::max<uint64_t>(
      1, static_cast<uint64_t>(64.0 * static_cast<double>(part) / static_cast<double>(largest)));
  std::string text;
  for (uint64_t i = 0; i < length / 8; ++i) text += "█";
  return text + eighths[length % 8];
}

std::string share_text(uint64_t part, uint64_t whole) {
  if (whole == 0) return "";
  char text[32];
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  std::snprintf(text, sizeof(text), share < 0.1 && part > 0 ? "<0.1 %%" : "%.1f %%", share);
  return text;
}

std::string value_text(const std::optional<Value>& value) {
  if (!value) return "";
  const std::string text = value->to_string();
  return text.empty() ? "''" : cut_to_width(visible_text(text), kLongestValue);
}

// "Timestamp(µs, UTC)", "Decimal(18, 3)", "Integer(8, unsigned)"; empty for none.
std::string annotation(const parquet::SchemaElement& element) {
  using parquet::LogicalKind;
  static constexpr const char* units[] = {"", "ms", "µs", "ns"};
  static constexpr const char* names[] = {"",        "String",  "Map",      "List",      "Enum",
                                          "Decimal", "Date",    "Time",     "Timestamp", "",
                                          "Integer", "Unknown", "JSON",     "BSON",      "UUID",
                                          "Float16", "Variant", "Geometry", "Geography"};
  const parquet::LogicalType& logical = element.logical;
  const auto kind = static_cast<size_t>(logical.kind);
  if (logical.kind == LogicalKind::None || kind >= std::size(names)) {
    return std::string(parquet::converted_type_name(element.converted));
  }
  std::string text = names[kind];
  if (logical.kind == LogicalKind::Decimal) {
    text += "(" + std::to_string(logical.precision) + ", " + std::to_string(logical.scale) + ")";
  } else if (logical.kind == LogicalKind::Integer) {
    text += "(" + std::to_string(logical.bit_width) + (logical.is_signed ? ")" : ", unsigned)");
  } else if (logical.kind == LogicalKind::Time || logical.kind == LogicalKind::Timestamp) {
    text += std::string("(") + units[static_cast<size_t>(logical.unit)] +
            (logical.adjusted_to_utc ? ", UTC)" : ")");
  }
  return text;
}

class TextReport {
 public:
  TextReport(const FileReport& report, uint32_t width, bool color)
      : report_(report), width_(width), color_(color) {}

  std::string make() {
    add_facts();
    add_schema();
    add_columns();
    add_row_groups();
    add_pages();
    add_key_values();
    return std::move(out_);
  }

 private:
  void heading(const std::string& text, const std::string& note = {}) {
    out_ += "\n" + styled(text, "1", color_) +
            (note.empty() ? "" : "  " + styled(note, "2", color_)) + "\n";
  }

  void add_facts() {
    const parquet::FileMetadata& metadata = report_.metadata();
    out_ += styled(visible_text(report_.name), "1", color_) + "\n";
    out_ += "  " + format_bytes(metadata.file_size) + " · " +
            counted(metadata.row_count, "row", "rows") + " · " +
            counted(report_.file->schema.columns.size(), "column", "columns") + " · " +
            counted(metadata.row_groups.size(), "row group", "row groups") + "\n";
    if (!metadata.created_by.empty()) {
      out_ += "  written by " + visible_text(metadata.created_by) + "\n";
    }
    std::string note = "format " + std::to_string(metadata.version) + " · footer " +
                       format_bytes(report_.file->footer_size) + " · read " +
                       format_bytes(report_.bytes_fetched) + " in " +
                       counted(report_.requests, "request", "requests");
    out_ += "  " + styled(note, "2", color_) + "\n";
  }

  void add_schema() {
    heading("Schema");
    TextTable table({{"column", false, 12},
                     {"SQL type", false, 12},
                     {"stored as"},
                     {"annotation"},
                     {"repetition"},
                     {"field id", true}});
    size_t element = 1;  // after the root
    uint32_t leaf = 0;
    const int32_t children = std::max(0, report_.metadata().schema[0].child_count);
    for (int32_t i = 0; i < children; ++i) {
      const std::string type =
          report_.file->schema.columns[static_cast<size_t>(i)].type.to_string();
      add_element(table, element, leaf, "", "", type);
    }
    out_ += table.render(width_, color_);
  }

  // Elements come depth first, so one pass with an index walks the tree.
  void add_element(TextTable& table, size_t& index, uint32_t& leaf, const std::string& branch,
                   const std::string& below, std::string type) {
    const parquet::SchemaElement& element = report_.metadata().schema[index++];
    const bool is_leaf = element.child_count <= 0;
    if (is_leaf && type.empty()) type = report_.file->schema.leaves[leaf].type.to_string();
    if (is_leaf) ++leaf;
    std::string stored = is_leaf && element.type
                             ? std::string(parquet::storage_type_name(*element.type))
                             : std::string("group");
    if (element.type_length > 0) stored += "(" + std::to_string(element.type_length) + ")";
    table.add({{branch + visible_text(element.name)},
               {type},
               {stored, true},
               {annotation(element), true},
               {lower_case(parquet::repetition_name(element.repetition)), true},
               {element.field_id ? std::to_string(*element.field_id) : "", true}});
    for (int32_t i = 0; i < element.child_count; ++i) {
      const bool last = i + 1 == element.child_count;
      add_element(table, index, leaf, below + (last ? "└ " : "├ "), below + (last ? "  " : "│ "),
                  "");
    }
  }

  std::string index_text(const ColumnReport& column) const {
    return column.indexed == 0 && column.offsets > 0 ? "offsets" : extent(column.indexed);
  }

  // "yes", or "3/8" where only some row groups have it.
  std::string extent(uint32_t count) const {
    const size_t groups = report_.metadata().row_groups.size();
    if (count == 0) return "–";
    return count == groups ? "yes" : std::to_string(count) + "/" + std::to_string(groups);
  }

  void add_columns() {
    const parquet::FileMetadata& metadata = report_.metadata();
    uint64_t all = 0, largest = 0;
    for (const ColumnReport& column : report_.columns) {
      all += column.compressed;
      largest = std::max(largest, column.compressed);
    }
    const bool bars = width_ == 0 || width_ >= 100;
    heading("Columns", "sizes over all row groups, and their part of the file's data");
    TextTable table({{"column", false, 12},
                     {"size", true},
                     {"part", true},
                     {""},
                     {"ratio", true},
                     {"codec", false, 6},
                     {"encodings", false, 14},
                     {"nulls", true},
                     {"min", false, 6},
                     {"max", false, 6},
                     {"index", true},
                     {"bloom", true}});
    for (const ColumnReport& column : report_.columns) {
      const bool some = !metadata.row_groups.empty();
      table.add({{visible_text(column.path)},
                 {format_bytes(column.compressed)},
                 {share_text(column.compressed, all), true},
                 {bars ? bar(column.compressed, largest) : "", true},
                 {ratio_text(column.uncompressed, column.compressed)},
                 {column.codec == "UNCOMPRESSED" ? "none" : column.codec, true},
                 {column.encodings, true},
                 {!some          ? ""
                  : column.nulls ? with_separators(*column.nulls)
                                 : "?",
                  !column.nulls || *column.nulls == 0},
                 {value_text(column.minimum)},
                 {value_text(column.maximum)},
                 {index_text(column), column.indexed == 0},
                 {extent(column.filtered), column.filtered == 0}});
    }
    out_ += table.render(width_, color_);
  }

  std::string sorting_text(const parquet::RowGroup& group) const {
    std::string text;
    for (const parquet::SortingColumn& key : group.sorting) {
      if (key.column >= report_.columns.size()) continue;
      text += (text.empty() ? "" : ", ") + visible_text(report_.columns[key.column].path) +
              (key.descending ? " DESC" : "");
    }
    return text;
  }

  void add_row_groups() {
    const auto& groups = report_.metadata().row_groups;
    heading("Row groups");
    if (groups.empty()) {
      out_ += "  none\n";
      return;
    }
    TextTable table({{"#", true},
                     {"first row", true},
                     {"rows", true},
                     {"size", true},
                     {"ratio", true},
                     {"offset", true},
                     {"sorted by", false, 8}});
    const size_t head = groups.size() > kShownRowGroups ? kShownRowGroups - 4 : groups.size();
    for (size_t g = 0; g < groups.size(); ++g) {
      if (g == head && head < groups.size()) {
        table.add({{"…", true}, {}, {}, {}, {}, {}, {}});
        g = groups.size() - 3;
      }
      const uint64_t size = compressed_size(groups[g]);
      table.add(
          {{std::to_string(g), true},
           {with_separators(groups[g].first_row)},
           {with_separators(groups[g].row_count)},
           {format_bytes(size)},
           {ratio_text(groups[g].total_byte_size, size)},
           {groups[g].columns.empty() ? ""
                                      : with_separators(groups[g].columns[0].byte_range().offset)},
           {sorting_text(groups[g]), true}});
    }
    out_ += table.render(width_, color_);
  }

  void add_pages() {
    if (report_.pages.empty()) return;
    heading("Pages", "from the page index");
    TextTable table({{"column", false, 12},
                     {"group", true},
                     {"page", true},
                     {"first row", true},
                     {"rows", true},
                     {"size", true},
                     {"nulls", true},
                     {"min", false, 6},
                     {"max", false, 6}});
    std::vector<const PageReport*> pages;
    for (const PageReport& page : report_.pages) pages.push_back(&page);
    std::ranges::stable_sort(
        pages, [](const PageReport* a, const PageReport* b) { return a->leaf < b->leaf; });
    for (const PageReport* page : pages) {
      table.add({{visible_text(report_.columns[page->leaf].path)},
                 {std::to_string(page->row_group), true},
                 {std::to_string(page->page), true},
                 {with_separators(page->first_row)},
                 {with_separators(page->rows)},
                 {format_bytes(page->bytes)},
                 {page->bounds.null_count ? with_separators(*page->bounds.null_count) : "", true},
                 {value_text(page->bounds.min)},
                 {value_text(page->bounds.max)}});
    }
    out_ += table.render(width_, color_);
  }

  void add_key_values() {
    const auto& entries = report_.metadata().key_values;
    if (entries.empty()) return;
    heading("Metadata");
    TextTable table({{"key", false, 12}, {"value", false, 20}, {"bytes", true}});
    for (const parquet::KeyValue& entry : entries) {
      const bool cut = entry.value.size() > 400;
      table.add({{visible_text(entry.key)},
                 {cut_to_width(visible_text(entry.value.substr(0, 400)), width_ ? 400 : 100), true},
                 {cut ? format_bytes(entry.value.size()) : "", true}});
    }
    out_ += table.render(width_, color_);
  }

  const FileReport& report_;
  uint32_t width_;
  bool color_;
  std::string out_;
};

}  // namespace

std::string report_as_text(const FileReport& report, uint32_t width, bool color) {
  return TextReport(report, width, color).make();
}

}  // namespace whittle::cli
