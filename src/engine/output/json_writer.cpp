// JSON: an array of objects with typed values. JSON lines: the machine protocol, one line per
// result,
// {"columns":[…],"types":[…],"rows":[[…]]}, every value as its VARCHAR cast or null.
#include <cmath>

#include "columnar/text.hpp"
#include "engine/output/writer.hpp"

namespace whittle {

namespace {

constexpr size_t kFlushBytes = 1 << 16;

// JSON has numbers up to what a double holds exactly; wider integers and decimals go as numbers too
// (JSON sets no limit), NaN and infinities as strings.
void append_json_value(std::string& out, const ColumnView& view, uint32_t row) {
  if (!view.valid(row)) {
    out += "null";
    return;
  }
  const Type& type = view.stored->type();
  const uint32_t at = view.at(row);
  switch (type.id()) {
    case TypeId::Boolean:
      out += view.get<uint8_t>(row) ? "true" : "false";
      return;
    case TypeId::List:
    case TypeId::Array: {
      const ListEntry entry = view.get<ListEntry>(row);
      const ColumnView child(view.stored->children()[0]);
      out += '[';
      for (uint32_t i = 0; i < entry.length; ++i) {
        if (i > 0) out += ',';
        append_json_value(out, child, entry.offset + i);
      }
      out += ']';
      return;
    }
    case TypeId::Struct: {
      out += '{';
      for (size_t i = 0; i < type.fields().size(); ++i) {
        if (i > 0) out += ',';
        append_json_string(out, type.fields()[i].name);
        out += ':';
        append_json_value(out, ColumnView(view.stored->children()[i]), at);
      }
      out += '}';
      return;
    }
    case TypeId::Map: {
      const ListEntry entry = view.get<ListEntry>(row);
      const ColumnView pairs(view.stored->children()[0]);
      const ColumnView keys(pairs.stored->children()[0]), values(pairs.stored->children()[1]);
      out += '{';
      for (uint32_t i = 0; i < entry.length; ++i) {
        if (i > 0) out += ',';
        std::string key;
        append_text(keys, pairs.at(entry.offset + i), key);
        append_json_string(out, key);
        out += ':';
        append_json_value(out, values, pairs.at(entry.offset + i));
      }
      out += '}';
      return;
    }
    default:
      break;
  }
  std::string text;
  append_text(view, row, text);
  bool number = type.is_numeric();
  if (type.id() == TypeId::Double) number = std::isfinite(view.get<double>(row));
  if (type.id() == TypeId::Float) number = std::isfinite(view.get<float>(row));
  if (number && type.id() == TypeId::Decimal) {  // DuckDB's ".5" is no JSON number
    const size_t digit = text[0] == '-' ? 1 : 0;
    if (text[digit] == '.') text.insert(digit, "0");
  }
  if (number || type.id() == TypeId::Json) {
    out += text;
  } else {
    append_json_string(out, text);
  }
}

// What stands around and between the objects.
struct JsonFrame {
  std::string_view begin, first, next, end_of_none, end;
};
constexpr JsonFrame pretty_array = {"[", "\n", ",\n", "]\n", "\n]\n"};
constexpr JsonFrame copied_array = {"[\n\t", "", ",\n\t", "\n]\n", "\n]\n"};
constexpr JsonFrame object_lines = {"", "", "\n", "", "\n"};

class JsonWriter : public ResultWriter {
 public:
  JsonWriter(const JsonFrame& frame, ByteSink& sink) : frame_(frame), sink_(sink) {}

  Status begin(const Schema& schema) override {
    schema_ = schema;
    return sink_.write(frame_.begin);
  }

  Status write(const Batch& batch) override {
    std::vector<ColumnView> views(batch.columns.begin(), batch.columns.end());
    std::string text;
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      text += first_ ? frame_.first : frame_.next;
      text += '{';
      first_ = false;
      for (size_t c = 0; c < views.size(); ++c) {
        if (c > 0) text += ',';
        append_json_string(text, schema_[c].name);
        text += ':';
        append_json_value(text, views[c], batch.selection[i]);
      }
      text += '}';
      if (text.size() >= kFlushBytes) {
        TRY(sink_.write(text));
        text.clear();
      }
    }
    return sink_.write(text);
  }

  Status end() override { return sink_.write(first_ ? frame_.end_of_none : frame_.end); }

 private:
  const JsonFrame& frame_;
  ByteSink& sink_;
  Schema schema_;
  bool first_ = true;
};

class JsonLinesWriter : public ResultWriter {
 public:
  explicit JsonLinesWriter(ByteSink& sink) : sink_(sink) {}

  Status begin(const Schema& schema) override {
    std::string text = "{\"columns\":[";
    for (size_t i = 0; i < schema.size(); ++i) {
      if (i > 0) text += ',';
      append_json_string(text, schema[i].name);
    }
    text += "],\"types\":[";
    for (size_t i = 0; i < schema.size(); ++i) {
      if (i > 0) text += ',';
      append_json_string(text, schema[i].type.to_string());
    }
    return sink_.write(text + "],\"rows\":[");
  }

  Status write(const Batch& batch) override {
    std::vector<ColumnView> views(batch.columns.begin(), batch.columns.end());
    std::string text, value;
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      text += first_ ? "[" : ",[";
      first_ = false;
      const uint32_t row = batch.selection[i];
      for (size_t c = 0; c < views.size(); ++c) {
        if (c > 0) text += ',';
        if (!views[c].valid(row)) {
          text += "null";
          continue;
        }
        value.clear();
        append_text(views[c], row, value);
        append_json_string(text, value);
      }
      text += ']';
      if (text.size() >= kFlushBytes) {
        TRY(sink_.write(text));
        text.clear();
      }
    }
    return sink_.write(text);
  }

  Status end() override { return sink_.write("]}\n"); }

 private:
  ByteSink& sink_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<ResultWriter> make_json_writer(ByteSink& sink) {
  return std::make_unique<JsonWriter>(pretty_array, sink);
}

std::unique_ptr<ResultWriter> make_json_rows_writer(bool array, ByteSink& sink) {
  return std::make_unique<JsonWriter>(array ? copied_array : object_lines, sink);
}

std::unique_ptr<ResultWriter> make_json_lines_writer(ByteSink& sink) {
  return std::make_unique<JsonLinesWriter>(sink);
}

}  // namespace whittle
