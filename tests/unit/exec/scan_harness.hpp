// A Parquet file on disk as a Table, for scan tests and measurements.
#pragma once

#include "io/backends/file/file.hpp"
#include "plan/parquet_scan_table.hpp"
#include "unit/exec/operator_harness.hpp"

namespace whittle::test {

struct ScanWorld {
  ScanWorld(host::ThreadPool& pool, host::SystemClock& clock, MemoryBudget& budget,
            CancellationToken& cancellation)
      : pool(pool), opener(std::make_shared<parquet::RegistryOpener>(registry, OpenOptions{})) {
    registry.add(make_file_opener());
    session = std::make_shared<IoSession>(pool, clock, budget, cancellation);
  }
  Result<TableRef> open(std::vector<std::string> paths) {
    auto table = TRY(pool.block_on(
        parquet::open_parquet_table(std::move(paths), parquet::TableOptions{}, *opener, session)));
    return TableRef(std::make_shared<ParquetScanTable>(std::move(table), opener));
  }

  host::ThreadPool& pool;
  SourceRegistry registry;
  std::shared_ptr<parquet::RegistryOpener> opener;
  IoSessionRef session;
};

}  // namespace whittle::test
