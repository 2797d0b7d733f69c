// Ctrl-C and SIGTERM become a cancelled token; a second one while the first has not been answered
// ends the process at once with 130. SIGPIPE is ignored, so that a closed pipe is an error of
// write().
#pragma once

#include "base/cancellation.hpp"

namespace whittle::host {

/// Once at start-up.
void install_signal_handlers();
/// The token that signals cancel from now on; null: none, then a signal ends the process. Gives the
/// one before. Any thread.
CancellationToken* set_interrupt_target(CancellationToken* token);
/// True after SIGTERM: a REPL should end instead of prompting again.
bool termination_requested();

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
