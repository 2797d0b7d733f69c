// Export through the Arrow C data and stream interfaces
// (include/whittle/arrow_abi.h).
//
// An exported array owns its buffers until the consumer calls `release`, from any thread; they stay
// charged to the budget, which must outlive it. A batch is exported as a struct array.
#pragma once

#include <memory>

#include "columnar/arrow_layout.hpp"
#include "whittle/arrow_abi.h"

namespace whittle {

/// The schema as a struct type whose children are the columns.
void export_schema(const Schema& schema, const ArrowOptions& options, ArrowSchema* out);

/// The selected rows of the batch. On failure `out` is untouched.
Status export_batch(const Batch& batch, const ArrowOptions& options, MemoryBudget& budget,
                    ArrowArray* out);

/// Where an exported stream gets its batches; called from one thread at a time.
class ArrowBatchSource {
 public:
  virtual ~ArrowBatchSource() = default;
  virtual const Schema& schema() const = 0;
  /// False at the end.
  virtual Result<bool> next(Batch& batch) = 0;
  virtual MemoryBudget& budget() = 0;
};

void export_stream(std::unique_ptr<ArrowBatchSource> source, const ArrowOptions& options,
                   ArrowArrayStream* out);

}  // namespace whittle
