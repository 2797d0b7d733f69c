#include "io/session.hpp"

namespace whittle {

namespace {
constexpr size_t max_traces = 65'536;
constexpr size_t max_skipped = 16'384;
}  // namespace

uint32_t IoStatistics::add_source(std::string_view name, uint64_t size) {
  MutexLock lock(mutex_);
  for (size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].name == name) return static_cast<uint32_t>(i);
  }
  sources_.push_back({std::string(name), size});
  return static_cast<uint32_t>(sources_.size() - 1);
}

void IoStatistics::trace(FetchTrace entry) {
  MutexLock lock(mutex_);
  if (traces_.size() < max_traces) traces_.push_back(entry);
}

void IoStatistics::skip(SkippedBytes bytes) {
  if (bytes.range.empty()) return;
  MutexLock lock(mutex_);
  if (!skipped_.empty()) {
    SkippedBytes& last = skipped_.back();
    if (last.source == bytes.source && last.reason == bytes.reason &&
        last.range.end() == bytes.range.offset) {
      last.range.length += bytes.range.length;
      return;
    }
  }
  if (skipped_.size() < max_skipped) skipped_.push_back(bytes);
}

std::vector<IoStatistics::SourceEntry> IoStatistics::sources() const {
  MutexLock lock(mutex_);
  return sources_;
}

std::vector<FetchTrace> IoStatistics::traces() const {
  MutexLock lock(mutex_);
  return traces_;
}

std::vector<SkippedBytes> IoStatistics::skipped() const {
  MutexLock lock(mutex_);
  return skipped_;
}

}  // namespace whittle
