// TemporaryFiles: spill files in a folder of this process, whittle-PID-xxxxxx, below $TMPDIR or a
// chosen one. A file is unlinked as soon as it is open, so that nothing but an empty folder can
// survive a crash; folders of dead processes are removed when the next process makes its own (or
// with `remove_stale`).
//
// Nothing is created before the first spill. Any thread; the storage outlives its files.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "base/temporary_storage.hpp"
#include "host/signals.hpp"

namespace whittle::host {

class TemporaryFiles : public TemporaryStorage {
 public:
  /// Empty: $TMPDIR, else /tmp.
  explicit TemporaryFiles(std::string parent = {});
  ~TemporaryFiles() override;

  Result<std::unique_ptr<SpillFile>> create() override;
  uint64_t bytes_used() const override { return bytes_used_.load(std::memory_order_relaxed); }
  const std::string& parent() const { return parent_; }

  /// Removes what dead processes of this user left; called by the first `create`, and by the
  /// command at its start.
  void remove_stale();

 private:
  friend class UnlinkedFile;
  Status make_folder();

  std::string parent_, folder_;
  std::optional<RemovedBySignal> removed_by_signal_;  // the folder
  std::mutex mutex_;
  uint64_t next_number_ = 0;
  std::atomic<uint64_t> bytes_used_ = 0;
};

}  // namespace whittle::host
