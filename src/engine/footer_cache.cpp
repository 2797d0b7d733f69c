#include "engine/footer_cache.hpp"

#include <algorithm>

namespace whittle {

std::optional<FooterCache::Entry> FooterCache::find(const std::string& key) {
  MutexLock lock(mutex_);
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.key == key; });
  if (found == entries_.end()) return std::nullopt;
  std::rotate(found, found + 1, entries_.end());
  return entries_.back();
}

void FooterCache::put(Entry entry) {
  MutexLock lock(mutex_);
  std::erase_if(entries_, [&](const Entry& e) { return e.key == entry.key; });
  if (entries_.size() == kMaxFiles) entries_.erase(entries_.begin());
  entries_.push_back(std::move(entry));
}

void FooterCache::clear() {
  MutexLock lock(mutex_);
  entries_.clear();
}

std::vector<std::string> FooterCache::column_names() {
  std::vector<std::string> names;
  {
    MutexLock lock(mutex_);
    for (const Entry& entry : entries_) {
      for (const auto& column : entry.opened.file->schema.columns) names.push_back(column.name);
    }
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

Task<Result<parquet::OpenedParquet>> FooterCache::open(std::string path,
                                                       parquet::SchemaOptions options,
                                                       IoSessionRef session) {
  // The schema depends on the options, so they are part of the key.
  std::string key = path + (options.binary_as_string ? "\n1" : "\n0");
  std::optional<Entry> known = find(key);
  const uint64_t now = clock_.monotonic_nanoseconds();
  if (known && !known->opened.file->source->hints().is_local &&
      now - known->checked_at < kFreshNanoseconds) {
    co_return parquet::OpenedParquet{{known->opened.file->source, {}}, known->opened.file};
  }
  OpenedSource opened = CO_TRY(co_await registry_.open(path, options_, session));
  if (known && known->opened.file->source->identity().surely_same(opened.source->identity())) {
    known->checked_at = now;
    put(*known);
    co_return parquet::OpenedParquet{{known->opened.file->source, {}}, known->opened.file};
  }
  parquet::ParquetFileRef file = CO_TRY(co_await parquet::open_parquet(&opened, session, options));
  put({std::move(key), {{opened.source, {}}, file}, now});
  co_return parquet::OpenedParquet{std::move(opened), std::move(file)};
}

}  // namespace whittle
