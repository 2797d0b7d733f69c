#include "engine/explain_analyze.hpp"

#include "plan/table_function.hpp"

namespace whittle {

namespace {

PlanPtr text_plan(std::string key, std::string text) {
  const Schema schema{{"explain_key", TypeId::Varchar}, {"explain_value", TypeId::Varchar}};
  auto table = std::make_shared<ValuesTable>("explain", schema);
  table->rows.push_back({Value::string(TypeId::Varchar, std::move(key)),
                         Value::string(TypeId::Varchar, std::move(text))});
  auto scan = std::make_unique<PlanNode>(PlanKind::Scan);
  scan->output = schema;
  scan->table = std::move(table);
  scan->columns = {0, 1};
  return scan;
}

std::string seconds(uint64_t nanoseconds) {
  const uint64_t microseconds = nanoseconds / 1000;
  std::string text = std::to_string(microseconds / 1000) + ".";
  std::string fraction = std::to_string(microseconds % 1000);
  return text + std::string(3 - fraction.size(), '0') + fraction + " ms";
}

// "name: value" lines; a zero is left out, it says nothing.
class Report {
 public:
  void heading(std::string_view text) { out_ += std::string(text) + "\n"; }
  void line(std::string_view name, std::string_view value) {
    out_ += "  " + std::string(name) + ": ";
    out_ += value;
    out_ += '\n';
  }
  void count(std::string_view name, uint64_t value) {
    if (value > 0) line(name, std::to_string(value));
  }
  void bytes(std::string_view name, uint64_t value) {
    if (value > 0) line(name, format_bytes(value));
  }
  /// "pages skipped by bloom filter: 3", for each reason that skipped any.
  void skipped(std::string_view what, const ScanStatistics& scan,
               Counter ScanStatistics::Skipped::* counter) {
    for (size_t i = 0; i < std::size(skipped_by_names); ++i) {
      const uint64_t value = scan.skipped[i].*counter;
      const std::string name =
          std::string(what) + " skipped by " + std::string(skipped_by_names[i]);
      if (what == "bytes") {
        bytes(name, value);
      } else {
        count(name, value);
      }
    }
  }
  void time(std::string_view name, uint64_t nanoseconds) {
    if (nanoseconds > 0) line(name, seconds(nanoseconds));
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void report_scan(Report& report, const ScanStatistics& scan) {
  report.heading("Scan of " +
                 (scan.node && scan.node->table ? scan.node->table->description() : "files"));
  report.count("files", scan.files);
  report.count("files skipped", scan.files_skipped);
  report.count("row groups", scan.row_groups);
  report.skipped("row groups", scan, &ScanStatistics::Skipped::row_groups);
  report.count("pages", scan.pages);
  report.skipped("pages", scan, &ScanStatistics::Skipped::pages);
  report.count("rows", scan.rows);
  report.skipped("rows", scan, &ScanStatistics::Skipped::rows);
  report.count("rows filtered", scan.rows_filtered);
  report.count("rows out", scan.rows_out);
  report.count("rows fetched late", scan.rows_fetched_late);
  report.bytes("bytes needed", scan.bytes_needed);
  report.skipped("bytes", scan, &ScanStatistics::Skipped::bytes);
  report.time("time waiting for bytes", scan.wait_nanoseconds);
  report.time("time decoding", scan.decode_nanoseconds);
  report.time("time filtering", scan.filter_nanoseconds);
}

std::string report(QueryRun& run, uint64_t nanoseconds, uint64_t rows, const MemoryBudget& budget) {
  Report report;
  report.heading(explain(run.plan()));
  report.heading("Total");
  report.line("time", seconds(nanoseconds));
  report.line("rows", std::to_string(rows));
  IoStatistics& io = run.io();
  uint64_t file_bytes = 0;
  for (const auto& source : io.sources()) file_bytes += source.size;
  report.line("bytes fetched", format_bytes(io.bytes_fetched) + " of " + format_bytes(file_bytes));
  report.bytes("bytes needed", io.bytes_needed);
  report.line("requests", std::to_string(io.requests.load()));
  report.count("retries", io.retries);
  report.count("round trips", io.round_trips);
  report.time("time waiting", io.wait_nanoseconds);
  uint64_t decoding = 0, computing = 0;  // of all workers together
  for (const ScanStatistics& scan : run.statistics().scans) {
    decoding += scan.decode_nanoseconds;
    computing += scan.filter_nanoseconds;
  }
  for (const OperatorStatistics& node : run.statistics().operators) computing += node.nanoseconds;
  report.time("time decoding", decoding);
  report.time("time computing", computing);
  report.line("peak memory", format_bytes(budget.peak()) + " of " + format_bytes(budget.limit()));
  for (const ScanStatistics& scan : run.statistics().scans) report_scan(report, scan);
  for (const OperatorStatistics& node : run.statistics().operators) {
    report.heading(node.name);
    report.line("rows", std::to_string(node.rows_in.load()) + " in, " +
                            std::to_string(node.rows_out.load()) + " out");
    report.time("time", node.nanoseconds);
    report.bytes("spilled", node.spilled_bytes);
  }
  return report.take();
}

}  // namespace

PlanPtr explain_plan(const PlanNode& plan) {
  return text_plan("physical_plan", explain(plan));
}

Task<Result<PlanPtr>> explain_analyze(Engine& engine, std::shared_ptr<StatementIo> io, PlanPtr plan,
                                      const Settings& settings) {
  Clock& clock = engine.services().clock;
  const uint64_t begin = clock.monotonic_nanoseconds();
  std::shared_ptr<QueryRun> run =
      CO_TRY(QueryRun::create(engine, std::move(io), std::move(plan), settings));
  uint64_t rows = 0;
  for (;;) {
    Result<std::optional<Batch>> batch = co_await run->next();
    if (!batch) {
      (void)co_await run->stop();
      co_return fail(std::move(batch.error()));
    }
    if (!*batch) break;
    rows += (*batch)->row_count();
  }
  const uint64_t elapsed = clock.monotonic_nanoseconds() - begin;
  std::string text = report(*run, elapsed, rows, engine.budget());
  co_return text_plan("analyzed_plan", std::move(text));
}

}  // namespace whittle
