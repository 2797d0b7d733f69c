// FooterCache: open files by URL, so that the second question to a file costs no request for its
// footer.
//
// A local file is opened anew each time (a few microseconds) and the parsed footer is reused while
// size and modification time agree. A remote one is taken as it is for a few seconds; after that it
// is opened again and reused only if it is surely the same. In between the ETag pinned at open is
// checked with every reply, and a changed file fails with SourceChanged, upon which the statement
// drops the entry and starts over.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/sync.hpp"
#include "parquet/table.hpp"

namespace whittle {

class FooterCache : public parquet::FileOpener {
 public:
  FooterCache(SourceRegistry& registry, OpenOptions options, Clock& clock)
      : registry_(registry), options_(std::move(options)), clock_(clock) {}

  Task<Result<parquet::OpenedParquet>> open(std::string path, parquet::SchemaOptions options,
                                            IoSessionRef session) override;
  /// Forgets all files: after SourceChanged, and before the budget dies.
  void clear();
  /// Of all files it holds, each name once, sorted: for completion.
  std::vector<std::string> column_names();

 private:
  static constexpr size_t kMaxFiles = 64;
  static constexpr uint64_t kFreshNanoseconds = 10'000'000'000;

  struct Entry {
    std::string key;
    parquet::OpenedParquet opened;
    uint64_t checked_at = 0;
  };
  /// The entry of `key` with its age; nothing when it is not there.
  std::optional<Entry> find(const std::string& key);
  void put(Entry entry);

  SourceRegistry& registry_;
  OpenOptions options_;
  Clock& clock_;
  Mutex mutex_;
  std::vector<Entry> entries_;  // most recently used last
};

}  // namespace whittle
