// StderrLog: lines of at least a level, one write() each, so that lines of several threads do not
// mix.
#pragma once

#include "base/clock.hpp"

namespace whittle::host {

class StderrLog : public Log {
 public:
  explicit StderrLog(LogLevel lowest = LogLevel::Warning) : lowest_(lowest) {}
  void write(LogLevel level, std::string_view line) override;

 private:
  LogLevel lowest_;
};

}  // namespace whittle::host
