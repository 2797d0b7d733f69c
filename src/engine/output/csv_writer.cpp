// CSV after RFC 4180: fields are quoted where they hold the delimiter, a quote or a line break.
// NULL is nothing, an empty string is "", so that both survive a round trip. Markdown tables live
// here as well: they are the same walk with other separators.
#include "columnar/text.hpp"
#include "engine/output/writer.hpp"

namespace whittle {

namespace {

constexpr size_t kFlushBytes = 1 << 16;

class CsvWriter : public ResultWriter {
 public:
  CsvWriter(OutputOptions options, ByteSink& sink) : options_(std::move(options)), sink_(sink) {}

  Status begin(const Schema& schema) override {
    options_.force_quote.resize(schema.size(), false);
    std::string text = options_.prefix;
    if (!options_.header) return sink_.write(text);
    for (size_t i = 0; i < schema.size(); ++i) {
      if (i > 0) text += options_.delimiter;
      append_field(text, schema[i].name, options_.force_quote[i]);
    }
    first_ = false;
    return sink_.write(options_.suffix.empty() ? text + '\n' : text);
  }

  Status write(const Batch& batch) override {
    std::vector<ColumnView> views(batch.columns.begin(), batch.columns.end());
    std::string text, value;
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      const uint32_t row = batch.selection[i];
      if (!options_.suffix.empty() && !first_) text += '\n';
      first_ = false;
      for (size_t c = 0; c < views.size(); ++c) {
        if (c > 0) text += options_.delimiter;
        if (!views[c].valid(row)) {
          text += options_.null_text;
          continue;
        }
        value.clear();
        append_text(views[c], row, value);
        append_field(text, value, options_.force_quote[c]);
      }
      if (options_.suffix.empty()) text += '\n';
      if (text.size() >= kFlushBytes) {
        TRY(sink_.write(text));
        text.clear();
      }
    }
    return sink_.write(text);
  }

  Status end() override { return sink_.write(options_.suffix); }

 private:
  // What would read as NULL is quoted, and what could begin a comment.
  void append_field(std::string& out, std::string_view field, bool forced) const {
    const char special[] = {options_.delimiter, options_.quote, '\n', '\r', '#'};
    const bool needed = forced || field == options_.null_text ||
                        field.find_first_of(special, 0, sizeof(special)) != std::string_view::npos;
    if (!needed || options_.quote == '\0') {
      out += field;
      return;
    }
    out += options_.quote;
    for (char c : field) {
      if (c == options_.quote || c == options_.escape) out += options_.escape;
      out += c;
    }
    out += options_.quote;
  }

  OutputOptions options_;
  ByteSink& sink_;
  bool first_ = true;  // with a suffix, line breaks stand between rows only
};

class MarkdownWriter : public ResultWriter {
 public:
  explicit MarkdownWriter(ByteSink& sink) : sink_(sink) {}

  Status begin(const Schema& schema) override {
    std::string names = "|", rule = "|";
    for (const Field& field : schema) {
      append_cell(names, field.name);
      rule += field.type.is_numeric() ? "---:|" : "---|";
    }
    return sink_.write(names + '\n' + rule + '\n');
  }

  Status write(const Batch& batch) override {
    std::vector<ColumnView> views(batch.columns.begin(), batch.columns.end());
    std::string text, value;
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      text += '|';
      for (const ColumnView& view : views) {
        value.clear();
        append_text(view, batch.selection[i], value);
        append_cell(text, value);
      }
      text += '\n';
    }
    return sink_.write(text);
  }

  Status end() override { return {}; }

 private:
  static void append_cell(std::string& out, std::string_view cell) {
    out += ' ';
    for (char c : cell) {
      if (c == '|' || c == '\\') out += '\\';
      if (c == '\n') {
        out += "<br>";
      } else {
        out += c;
      }
    }
    out += " |";
  }

  ByteSink& sink_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_csv_writer(OutputOptions options, ByteSink& sink) {
  return std::make_unique<CsvWriter>(std::move(options), sink);
}

std::unique_ptr<ResultWriter> make_markdown_writer(ByteSink& sink) {
  return std::make_unique<MarkdownWriter>(sink);
}

}  // namespace whittle
