// OutputFilesOnDisk: a file is written beside its target as PATH.part-PID-N and renamed over it
// when it is committed. Devices and pipes, such as /dev/stdout, are written to directly. Blocks the
// caller; any thread.
#pragma once

#include <atomic>

#include "base/output_files.hpp"

namespace whittle::host {

class OutputFilesOnDisk : public OutputFiles {
 public:
  Result<std::unique_ptr<OutputFile>> create(const std::string& path) override;

 private:
  std::atomic<uint64_t> next_number_ = 0;
};

}  // namespace whittle::host
