// Engine: what all connections of one database share: the memory budget, the functions, open files.
// It runs on whatever host lends it an executor, a clock and sources; it starts no thread and
// blocks nowhere.
//
// Ownership: the host's services outlive the Engine; the Engine outlives its Sessions and their
// Cursors. Threads: all methods from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/memory.hpp"
#include "base/output_files.hpp"
#include "base/task.hpp"
#include "base/temporary_storage.hpp"
#include "engine/footer_cache.hpp"
#include "io/range_cache.hpp"
#include "io/source.hpp"
#include "plan/function.hpp"
#include "plan/settings.hpp"

namespace whittle {

/// What a host (the operating system or JavaScript) lends to the core.
struct EngineServices {
  Executor& executor;
  Clock& clock;
  SourceRegistry& sources;
  TemporaryStorage* temporary_storage = nullptr;  // null: nothing can spill
  Log* log = nullptr;
  uint64_t total_memory = 0;            // of the machine, for "80%"
  OutputFiles* output_files = nullptr;  // null: nothing can be written
};

struct EngineOptions {
  uint64_t memory_limit = 0;  // bytes
  OpenOptions open;           // headers and token of every URL
  bool verify_checksums = false;
  uint64_t range_cache_size = 0;  // bytes of remote files kept between statements; 0: none
};

class Engine {
 public:
  Engine(const EngineServices& services, EngineOptions options);
  ~Engine();

  const EngineServices& services() const { return services_; }
  const EngineOptions& options() const { return options_; }
  MemoryBudget& budget() { return budget_; }
  const FunctionRegistry& functions() const { return functions_; }
  const std::shared_ptr<FooterCache>& footers() { return footers_; }
  /// Null when the options ask for none.
  RangeCache* range_cache() { return range_cache_ ? &*range_cache_ : nullptr; }

 private:
  EngineServices services_;
  EngineOptions options_;
  MemoryBudget budget_;
  std::optional<RangeCache> range_cache_;
  FunctionRegistry functions_;
  std::shared_ptr<FooterCache> footers_;
};

}  // namespace whittle
