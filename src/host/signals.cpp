#include "host/signals.hpp"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace whittle::host {

namespace {

// Lock-free atomics only: the handler runs in the middle of anything.
std::atomic<CancellationToken*> target = nullptr;
std::atomic<bool> terminated = false;
static_assert(std::atomic<CancellationToken*>::is_always_lock_free);

std::atomic<const char*> to_remove[8] = {};
std::atomic<bool> ending = false;

[[noreturn]] void end_process(int status) {
  ending.store(true);
  // Another thread may be about to make what is listed, or a file in a listed folder: look again
  // until all is gone, for 50 ms at most.
  for (int round = 0; round < 50; ++round) {
    bool left = round == 0;
    for (const auto& slot : to_remove) {
      const char* path = slot.load();
      if (path && unlink(path) != 0 && errno != ENOENT && rmdir(path) != 0) left = true;
    }
    if (!left) break;
    const timespec millisecond = {0, 1'000'000};
    nanosleep(&millisecond, nullptr);
  }
  _exit(status);
}

void on_signal(int number) {
  if (number == SIGTERM) terminated.store(true, std::memory_order_relaxed);
  CancellationToken* token = target.load(std::memory_order_acquire);
  if (!token || token->cancelled()) end_process(128 + number);
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

RemovedBySignal::RemovedBySignal(std::string path) : path_(std::move(path)) {
  for (auto& slot : to_remove) {
    const char* none = nullptr;
    if (slot.compare_exchange_strong(none, path_.c_str())) {
      slot_ = &slot;
      return;
    }
  }
}

RemovedBySignal::~RemovedBySignal() {
  if (!slot_) return;
  slot_->store(nullptr);
  // A handler on another thread may have the path in its hands: it must not go before the process.
  while (ending.load()) pause();
}

CancellationToken* set_interrupt_target(CancellationToken* token) {
  return target.exchange(token, std::memory_order_acq_rel);
}

bool termination_requested() {
  return terminated.load(std::memory_order_relaxed);
}

}  // namespace whittle::host
