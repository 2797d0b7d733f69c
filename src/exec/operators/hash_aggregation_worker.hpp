// What HashAggregation keeps per worker. Internal to hash_aggregation*.cpp.
#pragma once

#include "exec/operators/hash_aggregation.hpp"

namespace whittle {

/// Where rows of refused groups go.
struct SpilledRows {
  SpillPartitions& spill;
  uint32_t kind;  // the Input
  std::vector<ColumnView> columns;
  uint32_t level;
};

struct HashAggregation::Worker {
  Worker(QueryContext& context, const KeyLayout& layout, uint32_t row_width, uint64_t headroom)
      : keys(layout, context.budget), table(layout, row_width, context.budget, headroom) {}

  KeyBatch keys;
  GroupTable table;
  std::unique_ptr<SpillPartitions> spill;
  uint64_t rows_seen = 0;
  std::byte* only_row = nullptr;  // without keys
  BufferRef only_buffer;
  bool keys_loaded = false;

  Status find(const Input& input, std::span<const Column> columns, const Selection& rows,
              std::byte** rows_of) {
    const Column* key_columns[64];
    std::vector<const Column*> many;
    const Column** list = key_columns;
    if (input.keys.size() > 64) many.resize(input.keys.size()), list = many.data();
    for (size_t i = 0; i < input.keys.size(); ++i) list[i] = &columns[input.keys[i]];
    keys_loaded = false;
    if (input.keys.size() == 1 && table.find_by_code(*list[0], rows, keys, rows_of)) {
      if (!table.refused()) return {};
    }
    TRY(keys.load({list, input.keys.size()}, rows));
    keys_loaded = true;
    table.find(keys, rows_of);
    return {};
  }

  /// Spills the rows without a group and moves the others together; how many are left.
  Result<uint32_t> split(const Selection& rows, std::byte** rows_of, uint32_t* kept,
                         SpilledRows& spilled) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < rows.count; ++i) {
      if (!rows_of[i]) {
        const uint32_t partition = partition_of(keys.hashes()[i], spilled.level);
        TRY(spilled.spill.add(partition, spilled.kind, spilled.columns, rows[i]));
        continue;
      }
      kept[count] = rows[i];
      rows_of[count++] = rows_of[i];
    }
    return count;
  }

  Status make_only_row(MemoryBudget& budget, uint32_t row_width) {
    if (only_row) return {};
    only_buffer = TRY(Buffer::reserve(budget, row_width, "aggregates"));
    only_row = only_buffer->data();
    std::memset(only_row, 0, row_width);
    return {};
  }
};

}  // namespace whittle
