#include "engine/output/writer.hpp"

#include "columnar/arrow_ipc.hpp"

namespace whittle {

namespace {

// Arrow IPC stream: what `pyarrow.ipc.open_stream` and Flechette read.
class ArrowWriter : public ResultWriter {
 public:
  ArrowWriter(bool decimals_as_text, ByteSink& sink, MemoryBudget& budget)
      : options_{.decimals_as_text = decimals_as_text}, sink_(sink), budget_(budget) {}

  Status begin(const Schema& schema) override {
    writer_ = std::make_unique<ArrowIpcWriter>(
        schema, IpcFormat::Stream, options_, budget_, [this](std::span<const std::byte> bytes) {
          return sink_.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        });
    return writer_->begin();
  }
  Status write(const Batch& batch) override { return writer_->write(batch); }
  Status end() override { return writer_->finish(); }

 private:
  ArrowOptions options_;
  ByteSink& sink_;
  MemoryBudget& budget_;
  std::unique_ptr<ArrowIpcWriter> writer_;
};

}  // namespace

Result<OutputFormat> parse_output_format(std::string_view name) {
  if (name == "table") return OutputFormat::Table;
  if (name == "csv") return OutputFormat::Csv;
  if (name == "json") return OutputFormat::Json;
  if (name == "jsonl") return OutputFormat::JsonLines;
  if (name == "markdown") return OutputFormat::Markdown;
  if (name == "arrow") return OutputFormat::Arrow;
  if (name == "parquet") {
    return fail(Error(ErrorCode::Unsupported, "Parquet output is not in this version")
                    .with_hint("use arrow or csv"));
  }
  return fail(ErrorCode::InvalidArgument, "there is no format '" + std::string(name) +
                                              "': use table, csv, json, jsonl, markdown or arrow");
}

std::unique_ptr<ResultWriter> make_writer(OutputFormat format, OutputOptions options,
                                          ByteSink& sink, MemoryBudget& budget) {
  switch (format) {
    case OutputFormat::Table:
      return make_table_writer(std::move(options), sink);
    case OutputFormat::Csv:
      return make_csv_writer(std::move(options), sink);
    case OutputFormat::Json:
      return make_json_writer(sink);
    case OutputFormat::JsonRows:
      return make_json_rows_writer(options.json_array, sink);
    case OutputFormat::JsonLines:
      return make_json_lines_writer(sink);
    case OutputFormat::Markdown:
      return make_markdown_writer(sink);
    case OutputFormat::Arrow:
      return std::make_unique<ArrowWriter>(options.decimals_as_text, sink, budget);
  }
  return nullptr;
}

}  // namespace whittle
