// Watcher: a thread beside a running statement. It passes Ctrl-C on to the connection and draws the
// progress line on standard error when the statement takes longer than a moment.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "host/signals.hpp"
#include "whittle/whittle.hpp"

namespace whittle::cli {

class Watcher {
 public:
  Watcher(Connection& connection, bool show_progress);
  /// Stops the thread and wipes the progress line.
  ~Watcher();
  /// The stream whose progress is shown from now on; null for none. It must outlive its watching.
  void watch(const ResultStream* stream);

 private:
  void run();
  void draw();

  Connection& connection_;
  const bool show_progress_;
  CancellationToken token_;
  host::InterruptScope signals_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false, drawn_ = false;
  const ResultStream* stream_ = nullptr;
  std::thread thread_;
};

}  // namespace whittle::cli
