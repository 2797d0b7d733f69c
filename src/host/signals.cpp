#include "host/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace whittle::host {

namespace {

// Lock-free atomics only: the handler runs in the middle of anything.
std::atomic<CancellationToken*> target = nullptr;
std::atomic<bool> terminated = false;
static_assert(std::atomic<CancellationToken*>::is_always_lock_free);

void on_signal(int number) {
  if (number == SIGTERM) terminated.store(true, std::memory_order_relaxed);
  CancellationToken* token = target.load(std::memory_order_acquire);
  if (!token || token->cancelled()) _exit(128 + number);
  token->cancel();
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

CancellationToken* set_interrupt_target(CancellationToken* token) {
  return target.exchange(token, std::memory_order_acq_rel);
}

bool termination_requested() {
  return terminated.load(std::memory_order_relaxed);
}

}  // namespace whittle::host
