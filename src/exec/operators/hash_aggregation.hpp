// HashAggregation: groups rows by keys and keeps one state per aggregate and group; or, without
// keys, one state per aggregate. With keys and no aggregates it is DISTINCT.
//
// Phase 1, `consume`: each worker fills a table of its own (group_table.hpp). When memory runs
// short and there is temporary storage, groups that are in a table go on being updated there, and
// rows of new groups are spilled as they came, partitioned by hash (hybrid hash aggregation). Phase
// 2, `emit`: the workers' partitions are merged side by side, each is completed with its spilled
// rows (recursively partitioned where that does not fit either) and its groups are given out.
//
// Rows come through one of several Inputs, which say where in the batch keys and arguments are: the
// main input, and one per set of DISTINCT arguments.
#pragma once

#include <functional>

#include "exec/operators/group_table.hpp"
#include "exec/operators/per_worker.hpp"
#include "exec/pipeline.hpp"
#include "exec/spill.hpp"
#include "exec/statistics.hpp"
#include "plan/function.hpp"

namespace whittle {

class HashAggregation {
 public:
  struct Call {
    const AggregateFunctionOperations* operations = nullptr;
    uint32_t state_size = 0;
    FunctionStateRef state;
    Type type;
    bool counts_rows = false;  // count(*): the state is the count itself
    uint32_t offset = 0;       // in the row; set by HashAggregation
  };
  struct Update {
    uint32_t call;
    std::vector<uint32_t> arguments;
    int32_t filter = -1;  // a BOOLEAN column, or none
  };
  struct Input {
    std::vector<Type> types;     // of the batch's columns
    std::vector<uint32_t> keys;  // which of them are the keys
    std::vector<Update> updates;
  };

  HashAggregation(QueryContext& context, std::vector<Type> key_types, std::vector<Call> calls,
                  std::vector<Input> inputs, OperatorStatistics* statistics);
  ~HashAggregation();

  /// Any worker.
  Status consume(uint32_t input, std::span<const Column> columns, const Selection& rows);
  /// After all consume: batches of [keys …, results …] into `stage`, which is not finished. Morsels
  /// are numbered from `first_morsel` on; returns the number behind the last.
  Task<Result<uint64_t>> emit(Stage& stage, bool ordered, uint64_t first_morsel);

 private:
  struct Worker;
  struct Partition;
  Worker& worker();
  Status consume_chunk(Worker& worker, uint32_t input, std::span<const Column> columns,
                       const Selection& rows);
  Status consume_ungrouped(Worker& worker, const Input& input, std::span<const Column> columns,
                           const Selection& rows);
  /// rows_of[i] is the row of position i; none is null.
  Status update(const Input& input, std::span<const Column> columns, const Selection& rows,
                std::byte* const* rows_of);
  AggregateContext context_of(const Call& call) const;
  Status combine(std::span<std::byte* const> sources, std::span<std::byte* const> targets);
  void destroy(std::span<std::byte* const> rows);
  void destroy_collection(const RowCollection& collection);

  Status prepare_merge();
  Status merge_partition(Partition& partition);
  Status add_spilled(Partition& partition, const SpillPartitions& spill, uint32_t which);
  Task<Result<Flow>> emit_partition(Stage& stage, uint32_t which, uint64_t morsel);
  Task<Result<Flow>> emit_nulls(Stage& stage, uint64_t morsel);
  Task<Result<Flow>> emit_rest(Stage& stage, const SpillPartitions& spill, uint32_t level,
                               uint64_t morsel, uint32_t& sequence);
  Task<Result<Flow>> emit_rows(Stage& stage, std::span<std::byte* const> rows,
                               const Ref<StringHeap>& heap, bool all_null, uint64_t morsel,
                               uint32_t& sequence);
  Task<Result<Flow>> emit_ungrouped(Stage& stage, uint64_t morsel);
  Result<Column> finalize(const Call& call, std::span<std::byte* const> rows);

  QueryContext& context_;
  KeyLayout layout_;
  std::vector<Call> calls_;
  std::vector<Input> inputs_;
  OperatorStatistics* statistics_;
  uint32_t row_width_ = 0;
  bool owns_memory_ = false;  // some state must be destroyed
  PerWorker<Worker> workers_;
  uint32_t partitions_ = 1;
};

}  // namespace whittle
