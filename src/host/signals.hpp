// Ctrl-C and SIGTERM become a cancelled token; a second one while the first has not been answered
// ends the process at once with 130, but for files that were registered to be removed then. SIGPIPE
// is ignored, so that a closed pipe is an error of write().
#pragma once

#include <atomic>
#include <string>

#include "base/cancellation.hpp"

namespace whittle::host {

/// Once at start-up.
void install_signal_handlers();
/// The token that signals cancel from now on; null: none, then a signal ends the process. Gives the
/// one before. Any thread.
CancellationToken* set_interrupt_target(CancellationToken* token);
/// True after SIGTERM: a REPL should end instead of prompting again.
bool termination_requested();

/// For its lifetime: a file or an empty folder that a signal which ends the process removes. There
/// is room for a few; more are left to whoever tidies up at the next start.
class RemovedBySignal {
 public:
  explicit RemovedBySignal(std::string path);
  ~RemovedBySignal();
  RemovedBySignal(const RemovedBySignal&) = delete;

 private:
  std::string path_;
  std::atomic<const char*>* slot_ = nullptr;
};

/// Points signals at `token` for a scope, then back to where they went.
class InterruptScope {
 public:
  explicit InterruptScope(CancellationToken& token) : before_(set_interrupt_target(&token)) {}
  ~InterruptScope() { set_interrupt_target(before_); }
  InterruptScope(const InterruptScope&) = delete;

 private:
  CancellationToken* before_;
};

}  // namespace whittle::host
