// NativeHost: everything that the operating system lends to the core, put together in the order in
// which it must be taken apart: the registry ends its requests, then the clock wakes its sleepers,
// then the pool runs what they posted and joins.
#pragma once

#include <memory>

#include "host/output_files.hpp"
#include "host/stderr_log.hpp"
#include "host/system_clock.hpp"
#include "host/temporary_files.hpp"
#include "host/thread_pool.hpp"
#include "io/backends/memory.hpp"
#include "io/source.hpp"

namespace whittle::host {

struct NativeHost {
  explicit NativeHost(uint32_t threads = 0, std::string temporary_parent = {});
  NativeHost(const NativeHost&) = delete;

  StderrLog log;
  TemporaryFiles temporary;
  OutputFilesOnDisk output;
  std::shared_ptr<MemoryFiles> memory_files = std::make_shared<MemoryFiles>();
  ThreadPool pool;
  SystemClock clock{pool};
  SourceRegistry sources;  // memory, http(s), local files
};

}  // namespace whittle::host
