// Rows as sort and top-N keep them: [u32 bytes in all][u32 key bytes][key][position][columns].
#pragma once

#include "exec/evaluator.hpp"
#include "exec/operators/sort_keys.hpp"
#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"

namespace whittle {

struct SortRow {
  uint64_t prefix;  // the first eight bytes of the key, as a number
  uint64_t second;  // the next eight: most rows are told apart without touching their bytes
  const std::byte* bytes;

  uint32_t size() const { return load(bytes); }
  std::span<const std::byte> key() const { return {bytes + 8, load(bytes + 4)}; }
  const std::byte* columns() const { return bytes + 8 + load(bytes + 4); }

  static SortRow at(const std::byte* bytes) {
    SortRow row{0, 0, bytes};
    const auto key = row.key();  // ends with the position: never shorter than 16 bytes
    std::memcpy(&row.prefix, key.data(), 8);
    std::memcpy(&row.second, key.data() + 8, 8);
    row.prefix = __builtin_bswap64(row.prefix);
    row.second = __builtin_bswap64(row.second);
    return row;
  }
  bool operator<(const SortRow& other) const {
    if (prefix != other.prefix) return prefix < other.prefix;
    if (second != other.second) return second < other.second;
    const auto a = key(), b = other.key();
    const int order = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
    return order != 0 ? order < 0 : a.size() < b.size();
  }

 private:
  static uint32_t load(const std::byte* at) {
    uint32_t value;
    std::memcpy(&value, at, 4);
    return value;
  }
};

/// Makes rows of batches. One per worker.
class SortRowEncoder {
 public:
  SortRowEncoder(std::span<const SortKey> keys, MemoryBudget& budget,
                 const CancellationToken* cancellation)
      : keys_(keys), evaluator_(budget, cancellation) {}

  /// Evaluates the keys of a batch; then rows can be encoded.
  Status begin(const Batch& batch);
  /// Lets go of the batch: its strings may keep a page of 100 MB.
  void end() { key_columns_.clear(); }
  const Column& key(size_t i) const { return key_columns_[i]; }
  /// The key alone of the row at `row` of the batch, as a row without columns; valid until the next
  /// call.
  SortRow encode_key(uint32_t row);
  /// The whole row whose key was encoded last.
  Result<std::span<const std::byte>> finish_row();
  Result<std::span<const std::byte>> encode(uint32_t row) {
    encode_key(row);
    return finish_row();
  }

 private:
  std::span<const SortKey> keys_;
  ExpressionEvaluator evaluator_;
  std::vector<Column> key_columns_;
  std::vector<ColumnView> key_views_, views_;
  uint64_t morsel_ = 0;
  uint32_t sequence_ = 0;
  uint32_t row_ = 0;
  RowBytes bytes_;
};

/// Gives out rows in their order as batches; skips `offset`, stops after `limit`.
class SortedOutput {
 public:
  SortedOutput(QueryContext& context, std::vector<Type> types, uint64_t offset, uint64_t limit,
               OperatorStatistics* statistics)
      : decoder_(types, context.budget), skip_(offset), left_(limit), statistics_(statistics) {}
  bool wants_more() const { return left_ > 0; }
  /// True when a batch is full and has to be taken.
  Result<bool> add(const SortRow& row);
  Result<Batch> take();
  uint32_t rows() const { return decoder_.rows(); }

 private:
  RowDecoder decoder_;
  uint64_t skip_, left_;
  uint32_t sequence_ = 0;
  OperatorStatistics* statistics_;
};

}  // namespace whittle
