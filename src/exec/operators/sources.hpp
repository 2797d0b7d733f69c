// The simple sources: batches in memory, VALUES, and ranges of numbers.
#pragma once

#include <functional>

#include "exec/pipeline.hpp"
#include "plan/expression.hpp"

namespace whittle {

/// Batches that are already there; each is one morsel. Runs on one task: there is nothing to wait
/// for, and what follows costs more than handing over.
class BatchesSource : public BatchSource {
 public:
  BatchesSource(Schema schema, std::vector<Batch> batches)
      : schema_(std::move(schema)), batches_(std::move(batches)) {}
  const Schema& schema() const override { return schema_; }
  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override;

 private:
  Schema schema_;
  std::vector<Batch> batches_;
};

/// VALUES: rows of expressions without columns. `rows` live as long as the source.
class ValuesSource : public BatchSource {
 public:
  ValuesSource(Schema schema, std::span<const std::vector<ExpressionPtr>> rows)
      : schema_(std::move(schema)), rows_(rows) {}
  const Schema& schema() const override { return schema_; }
  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override;

 private:
  Schema schema_;
  std::span<const std::vector<ExpressionPtr>> rows_;
};

/// A sequence computed batch by batch: `count` rows, row i made by `fill(first, rows)`. Morsels of
/// 64 batches run on all workers.
class ComputedSource : public BatchSource {
 public:
  using Fill =
      std::function<Result<std::vector<Column>>(MemoryBudget&, uint64_t first, uint32_t rows)>;
  ComputedSource(Schema schema, uint64_t count, Fill fill)
      : schema_(std::move(schema)), count_(count), fill_(std::move(fill)) {}
  const Schema& schema() const override { return schema_; }
  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override;

 private:
  Schema schema_;
  uint64_t count_;
  Fill fill_;
};

/// Runs `work(morsel)` for morsels 0 … count-1 on all workers (one task when `ordered`), each
/// morsel by one task, in ascending order of start; stops early at Flow::Done.
using MorselWork = std::function<Task<Result<Flow>>(uint64_t morsel)>;
Task<Status> run_morsels(QueryContext& context, uint64_t count, bool ordered, MorselWork work);

}  // namespace whittle
