#include "instance.hpp"

#include "imports.hpp"
#include "io/backends/http/http.hpp"

namespace whittle::wasm {

namespace {

constexpr size_t page_bytes = 1 << 20;
constexpr uint64_t page_nanoseconds = 50'000'000;

void append_field(std::string& out, std::string_view name, std::string_view text) {
  out += out.size() > 1 ? "," : "";
  out.append("\"").append(name).append("\":");
  append_json_string(out, text);
}

void append_field(std::string& out, std::string_view name, uint64_t number) {
  out += out.size() > 1 ? "," : "";
  out.append("\"").append(name).append("\":").append(std::to_string(number));
}

}  // namespace

Status PageSink::write(std::string_view text) {
  if (bytes.size() + text.size() > bytes.capacity()) {
    const size_t capacity = std::max(bytes.size() + text.size(), bytes.capacity() * 2);
    TRY(reservation.resize(capacity));
    bytes.reserve(capacity);
  }
  bytes.append(text);
  return {};
}

void PageSink::clear() {
  bytes.clear();
  if (bytes.capacity() <= 2 * page_bytes) return;
  bytes.shrink_to_fit();
  reservation.clear();
}

Results::Results(Engine& engine, const PageFormat& format, std::shared_ptr<Session> session,
                 std::unique_ptr<Cursor> cursor)
    : page(engine.budget()),
      engine_(engine),
      session_(std::move(session)),
      cursor_(std::move(cursor)),
      writer_(make_writer(format.format, format.options, page, engine.budget())) {}

Results::Results(Engine& engine, const PageFormat& format, std::unique_ptr<ParquetRows> rows)
    : page(engine.budget()),
      engine_(engine),
      rows_(std::move(rows)),
      writer_(make_writer(format.format, format.options, page, engine.budget())) {}

Status Results::begin() {
  return writer_->begin(schema());
}

Task<Result<std::optional<Batch>>> Results::next_batch() {
  if (cursor_) co_return co_await cursor_->next();
  co_return co_await rows_->next();
}

Task<Result<bool>> Results::next() {
  page.clear();
  Clock& clock = engine_.services().clock;
  const uint64_t begun = clock.monotonic_nanoseconds();
  for (;;) {
    std::optional<Batch> batch = CO_TRY(co_await next_batch());
    if (!batch) {
      CO_TRY(writer_->end());
      co_return true;
    }
    count_ += batch->row_count();
    CO_TRY(writer_->write(*batch));
    const bool late = clock.monotonic_nanoseconds() - begun > page_nanoseconds;
    if (page.bytes.size() >= page_bytes || (late && !page.bytes.empty())) co_return false;
  }
}

Task<Status> Results::close() {
  if (cursor_) co_return co_await cursor_->close();
  co_return co_await rows_->close();
}

void Results::cancel() {
  if (cursor_) return cursor_->run()->statement_io()->token.cancel();
  rows_->cancel();
}

std::shared_ptr<Opening> Openings::add(uint32_t ticket) {
  std::erase_if(openings_, [](const auto& entry) { return entry.second.expired(); });
  auto opening = std::make_shared<Opening>();
  openings_.emplace_back(ticket, opening);
  return opening;
}

void Openings::interrupt(uint32_t ticket) {
  for (const auto& [number, entry] : openings_) {
    const auto opening = entry.lock();
    if (opening && number == ticket) opening->interrupt();
  }
}

Instance::Instance(InstanceOptions options)
    : transport(std::make_shared<FetchTransport>(clock, options.traits)),
      engine({.executor = executor,
              .clock = clock,
              .sources = sources,
              .log = &log,
              .total_memory = options.memory_limit},
             {.memory_limit = options.memory_limit,
              .open = std::move(options.open),
              .range_cache_size = options.range_cache_size}) {
  auto registered = std::make_unique<HostFiles>(sources);
  files = registered.get();
  sources.add(std::move(registered));
  sources.add(make_http_opener([this] { return transport; }));
}

std::string error_json(const Error& error) {
  std::string out = "{";
  append_field(out, "code", error_code_name(error.code()));
  append_field(out, "message", error.message());
  if (!error.hint().empty()) append_field(out, "hint", error.hint());
  if (!error.source().empty()) append_field(out, "url", error.source());
  if (error.status() != 0) append_field(out, "status", static_cast<uint64_t>(error.status()));
  if (const SourcePosition& position = error.position(); position.line > 0) {
    append_field(out, "line", position.line);
    append_field(out, "column", position.column);
    append_field(out, "offset", position.offset);
    append_field(out, "length", position.length);
  }
  return out + "}";
}

std::string statistics_json(Results& results) {
  IoStatistics& io = results.io();
  std::string out = "{";
  append_field(out, "bytesNeeded", io.bytes_needed);
  append_field(out, "bytesFetched", io.bytes_fetched);
  append_field(out, "requests", io.requests);
  append_field(out, "retries", io.retries);
  append_field(out, "roundTrips", io.round_trips);
  append_field(out, "rows", results.rows());
  out += ",\"sources\":[";
  const auto sources = io.sources();
  for (size_t i = 0; i < sources.size(); ++i) {
    out += i > 0 ? "," : "";
    std::string source = "{";
    append_field(source, "name", sources[i].name);
    append_field(source, "size", sources[i].size);
    out += source + "}";
  }
  const auto append = [&out](std::initializer_list<uint64_t> numbers) {
    out += out.back() == '[' ? "[" : ",[";
    for (uint64_t number : numbers) out += std::to_string(number) + ",";
    out.back() = ']';
  };
  out += "],\"fetches\":[";
  for (const FetchTrace& trace : io.traces()) {
    append({trace.source, trace.range.offset, trace.range.length});
  }
  out += "],\"skipped\":[";
  for (const SkippedBytes& bytes : io.skipped()) {
    append({bytes.source, bytes.range.offset, bytes.range.length, bytes.reason});
  }
  return out + "]}";
}

}  // namespace whittle::wasm
