#include "io/session.hpp"

namespace whittle {

namespace {
constexpr size_t max_traces = 65'536;
}

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

std::vector<IoStatistics::SourceEntry> IoStatistics::sources() const {
  MutexLock lock(mutex_);
  return sources_;
}

std::vector<FetchTrace> IoStatistics::traces() const {
  MutexLock lock(mutex_);
  return traces_;
}

}  // namespace whittle
