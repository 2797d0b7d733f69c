// MorselReader: one morsel of a Parquet scan, from metadata to batches.
//
// `open` decides what to read: what its row group's probe (group_probe.hpp) left, less the pages
// that cannot beat a top-N's threshold; columns are planned over those rows and read-ahead begins.
// `run` goes through the rows in batches: filter columns are decoded first, one conjunct after the
// other, and the other columns only for the rows that are left.
//
// Late materialization over a network: where filters leave few pages, fetching the other columns
// waits until all filters of a stretch of rows were evaluated, and then takes only the pages that
// hold survivors. Whether that pays (it costs a round trip) is judged from what earlier morsels
// left and from the link (RangeReader::gap).
//
// One coroutine at a time; awaits may move it from worker to worker.
#pragma once

#include "exec/operators/conjuncts.hpp"
#include "exec/operators/per_worker.hpp"
#include "exec/scan/memory_gate.hpp"
#include "exec/scan/scan_plan.hpp"
#include "parquet/column_reader.hpp"

namespace whittle {

/// What the morsels of one scan share and learn from each other.
struct ScanShared {
  ScanShared(QueryContext& context, const ScanPlan& plan, TopNThreshold* threshold,
             ScanStatistics* statistics);
  Conjuncts& conjuncts();

  QueryContext& context;
  const ScanPlan& plan;
  TopNThreshold* threshold;  // may be null
  ScanStatistics* statistics;
  PerWorker<Conjuncts> workers;
  MemoryGate gate;
  std::vector<bool> unused;  // filter_only: nothing above reads them
  /// Output columns that filters or the threshold read, and the others.
  ProbePlan probing;
  const std::vector<uint32_t>& filter_columns = probing.filter_columns;
  const std::vector<uint32_t>& payload_columns = probing.payload_columns;
  /// Rows that filters saw and left, in all morsels so far.
  Counter rows_seen = 0, rows_left = 0;
  /// Row groups (or parts) read, and those of them that had any row left.
  Counter morsels_seen = 0, morsels_left = 0;
};

class MorselReader {
 public:
  MorselReader(ScanShared& shared, ScanMorsel morsel);

  /// Whether its row group can hold a row that beats the threshold; if not, open() is not needed.
  bool is_beaten() const { return !beats_threshold(); }
  /// After the row group was probed.
  Status open();
  /// Nothing to read.
  bool excluded() const { return ranges_.empty(); }
  const ScanMorsel& morsel() const { return morsel_; }
  Task<Result<Flow>> run(Stage& stage);
  /// What its reads under way bring.
  uint64_t bytes_ahead() const;
  /// What it is expected to hold at once.
  uint64_t working_bytes() const;
  /// Adds what was read and what was not to the statistics; once, at the end.
  void account();

 private:
  struct OpenColumn {
    uint32_t output;
    std::optional<parquet::ColumnReader> reader;
    Column constant;  // when there is no reader and no row number
    bool row_number = false;
  };
  // The rows of one batch: which are left, and what was decoded of them.
  struct Rows {
    uint64_t begin;
    uint32_t span;
    Selection selection;
    std::vector<Column>
        columns;  // one per output; of length `span` or, when compacted, as selected
    std::vector<bool> loaded;
    bool compacted = false;
  };

  const ScanFile& file() const { return *morsel_.file; }
  void leave_beaten_pages();
  void seed_threshold();
  std::optional<parquet::RowRange> rows_from(uint64_t position) const;
  Status open_columns(std::span<const uint32_t> outputs, const parquet::RowRanges& rows,
                      std::vector<OpenColumn>& columns);
  void read_ahead(std::vector<OpenColumn>* first, std::vector<OpenColumn>* second);
  uint64_t chunk_bytes(std::span<const uint32_t> outputs) const;
  bool beats_threshold() const;
  bool should_defer() const;
  std::vector<uint32_t> filter_outputs() const;
  void close_columns(std::vector<OpenColumn>& columns);
  struct Tally {
    uint64_t pages = 0, bytes = 0;
  };
  /// What became of pages: left out by the index, when it was planned, later, or not.
  enum Fate { Indexed, Planned, Left, Wanted, fates };
  Fate fate_of(parquet::RowRange rows) const;
  void tally(uint32_t leaf, SkippedBy unread, Tally (&by_fate)[fates]) const;

  Task<Result<Flow>> run_rows(Stage& stage);
  uint32_t batch_span(const parquet::RowRange& rows) const;
  Task<Status> next_turn(Stage& stage);
  void release_reserved(uint64_t bytes);
  Task<Status> prepare_column(Stage& stage, OpenColumn& column, uint32_t span);
  Task<Status> prepare(Stage& stage, std::vector<OpenColumn>& columns, uint64_t begin,
                       uint32_t span);
  Result<Column> read(OpenColumn& column, const Rows& rows);
  Status filter(Rows& rows);
  Status drop_below_threshold(Rows& rows);
  /// Moves the loaded columns' selected rows together.
  Status compact(Rows& rows);
  Status load_payload(Rows& rows);
  Result<Flow> emit(Stage& stage, Rows& rows);
  Task<Result<Flow>> emit_deferred(Stage& stage);

  ScanShared& shared_;
  ScanMorsel morsel_;
  parquet::RowRanges ranges_;  // rows left to read
  bool deferred_ = false;
  // Pages of the threshold's column, while some might be left out, and when that was last tried.
  struct KeyPage {
    parquet::RowRange rows;
    parquet::ColumnBounds bounds;
  };
  std::vector<KeyPage> key_pages_;
  Reservation key_pages_memory_;
  uint64_t threshold_version_ = 0;
  bool tried_key_pages_ = false;
  // For the account: rows after the page index and at planning, and what the readers did.
  parquet::RowRanges indexed_, planned_;
  uint64_t planned_bytes_ = 0, pages_seen_ = 0, pages_inflated_ = 0;
  std::vector<OpenColumn> filters_, payload_;
  std::vector<Rows> deferred_rows_;
  uint64_t deferred_count_ = 0;
  uint64_t rows_out_ = 0;
  std::unique_ptr<parquet::Decompressor> decompressor_;
  uint32_t sequence_ = 0;
  uint64_t reserved_ = 0;  // by the gate, for pages of the batch at hand that are to be inflated
};

}  // namespace whittle
