// The report for programs: everything, per column chunk and page, as one JSON object.
#include <algorithm>

#include "engine/output/writer.hpp"
#include "file_report.hpp"
#include "parquet/metadata_rows.hpp"
#include "parquet/statistics.hpp"

namespace whittle::cli {

namespace {

// Writes objects and arrays with their commas; two spaces of indentation for each depth.
class JsonText {
 public:
  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) line();
    out_ += bracket;
    first_ = false;
  }
  void item() {
    if (!first_) out_ += ',';
    first_ = false;
    line();
  }
  void key(std::string_view name) {
    item();
    append_json_string(out_, name);
    out_ += ": ";
  }
  void element(std::string_view value) {
    item();
    append_json_string(out_, value);
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void text_or_null(std::string_view name, std::string_view value) {
    if (value.data() && !value.empty()) {
      text(name, value);
    } else {
      key(name);
      out_ += "null";
    }
  }
  void number(std::string_view name, uint64_t value) {
    key(name);
    out_ += std::to_string(value);
  }
  void flag(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
  }
  void bound(std::string_view name, const std::optional<Value>& value) {
    if (value) {
      text(name, value->to_string());
    } else {
      key(name);
      out_ += "null";
    }
  }
  std::string take() { return std::move(out_) + "\n"; }

 private:
  void line() { out_ += '\n' + std::string(2 * depth_, ' '); }
  std::string out_;
  size_t depth_ = 0;
  bool first_ = true;
};

void add_schema(JsonText& json, const parquet::ParquetFile& file) {
  json.key("columns");
  json.open('[');
  for (const parquet::SchemaNode& column : file.schema.columns) {
    json.item();
    json.open('{');
    json.text("name", column.name);
    json.text("type", column.type.to_string());
    json.close('}');
  }
  json.close(']');
  json.key("schema");
  json.open('[');
  for (const parquet::SchemaElement& element : file.metadata.schema) {
    json.item();
    json.open('{');
    json.text("name", element.name);
    json.text_or_null("storage_type",
                      element.type ? parquet::storage_type_name(*element.type) : "");
    json.text_or_null("repetition",
                      element.has_repetition ? parquet::repetition_name(element.repetition) : "");
    json.text_or_null("converted_type", parquet::converted_type_name(element.converted));
    json.text_or_null("logical_type", parquet::logical_type_text(element.logical));
    json.number("children", static_cast<uint64_t>(std::max(0, element.child_count)));
    if (element.type_length >= 0) {
      json.number("type_length", static_cast<uint64_t>(element.type_length));
    }
    json.close('}');
  }
  json.close(']');
}

void add_chunk(JsonText& json, const parquet::ParquetFile& file, size_t group, uint32_t leaf) {
  const parquet::ColumnChunk& chunk = file.metadata.row_groups[group].columns[leaf];
  const parquet::ColumnBounds bounds = parquet::chunk_bounds(file, group, leaf);
  json.open('{');
  json.text("path", file.schema.leaves[leaf].path);
  json.text("storage_type", parquet::storage_type_name(chunk.type));
  json.text("codec", parquet::codec_name(chunk.codec));
  json.key("encodings");
  json.open('[');
  for (uint32_t i = 0; i < chunk.encodings.size(); ++i) {
    json.element(parquet::encoding_name(chunk.encodings[i]));
  }
  json.close(']');
  json.number("values", chunk.value_count);
  json.number("offset", chunk.byte_range().offset);
  json.number("compressed_bytes", chunk.total_compressed_size);
  json.number("uncompressed_bytes", chunk.total_uncompressed_size);
  if (bounds.null_count) json.number("nulls", *bounds.null_count);
  json.bound("min", bounds.min);
  json.bound("max", bounds.max);
  json.flag("page_index", chunk.has_offset_index() && chunk.has_column_index());
  json.flag("bloom_filter", chunk.bloom_filter_offset > 0);
  json.close('}');
}

void add_row_groups(JsonText& json, const parquet::ParquetFile& file) {
  json.key("row_groups");
  json.open('[');
  for (size_t g = 0; g < file.metadata.row_groups.size(); ++g) {
    const parquet::RowGroup& group = file.metadata.row_groups[g];
    json.item();
    json.open('{');
    json.number("rows", group.row_count);
    json.number("first_row", group.first_row);
    json.number("compressed_bytes", compressed_size(group));
    json.number("uncompressed_bytes", group.total_byte_size);
    json.key("columns");
    json.open('[');
    for (uint32_t leaf = 0; leaf < file.metadata.leaf_count; ++leaf) {
      json.item();
      add_chunk(json, file, g, leaf);
    }
    json.close(']');
    json.close('}');
  }
  json.close(']');
}

void add_pages(JsonText& json, const FileReport& report) {
  if (report.pages.empty()) return;
  json.key("pages");
  json.open('[');
  for (const PageReport& page : report.pages) {
    json.item();
    json.open('{');
    json.text("path", report.columns[page.leaf].path);
    json.number("row_group", page.row_group);
    json.number("page", page.page);
    json.number("first_row", page.first_row);
    json.number("rows", page.rows);
    json.number("bytes", page.bytes);
    if (page.bounds.null_count) json.number("nulls", *page.bounds.null_count);
    json.bound("min", page.bounds.min);
    json.bound("max", page.bounds.max);
    json.close('}');
  }
  json.close(']');
}

}  // namespace

std::string report_as_json(const FileReport& report) {
  const parquet::FileMetadata& metadata = report.metadata();
  JsonText json;
  json.open('{');
  json.text("name", report.name);
  json.number("bytes", metadata.file_size);
  json.number("rows", metadata.row_count);
  json.text_or_null("created_by", metadata.created_by);
  json.number("format_version", static_cast<uint64_t>(std::max(0, metadata.version)));
  json.number("footer_bytes", report.file->footer_size);
  json.number("bytes_fetched", report.bytes_fetched);
  json.number("requests", report.requests);
  add_schema(json, *report.file);
  add_row_groups(json, *report.file);
  add_pages(json, report);
  json.key("key_values");
  json.open('[');
  for (const parquet::KeyValue& entry : metadata.key_values) {
    json.item();
    json.open('{');
    json.text("key", entry.key);
    json.text_or_null("value", entry.value);
    json.close('}');
  }
  json.close(']');
  json.close('}');
  return json.take();
}

}  // namespace whittle::cli
