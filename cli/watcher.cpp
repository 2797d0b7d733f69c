#include "watcher.hpp"

#include <chrono>
#include <cstdio>
#include <string>

#include "base/memory.hpp"
#include "terminal.hpp"

namespace whittle::cli {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Watcher::Watcher(Connection& connection, bool show_progress)
    : connection_(connection),
      show_progress_(show_progress),
      signals_(token_),
      thread_([this] { run(); }) {}

Watcher::~Watcher() {
  {
    std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Watcher::watch(const ResultStream* stream) {
  std::scoped_lock lock(mutex_);
  stream_ = stream;
}

void Watcher::run() {
  const auto begin = steady_clock::now();
  auto last_drawn = begin;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, milliseconds(20), [&] { return stop_; })) {
    // Asked again each time: the statement's token exists only once it has begun.
    if (token_.cancelled()) connection_.interrupt();
    const auto now = steady_clock::now();
    if (show_progress_ && stream_ && now - begin > milliseconds(500) &&
        now - last_drawn > milliseconds(100)) {
      last_drawn = now;
      draw();
    }
  }
}

void Watcher::draw() {
  const Progress progress = stream_->progress();
  if (progress.row_groups_total == 0) return;
  const double share = static_cast<double>(progress.row_groups_done) /
                       static_cast<double>(progress.row_groups_total);
  const uint32_t width = 24, filled = static_cast<uint32_t>(share * width);
  std::string line = "\r\x1b[K";
  for (uint32_t i = 0; i < width; ++i) line += i < filled ? "█" : "░";
  line += " " + std::to_string(static_cast<int>(share * 100)) + "%  " +
          format_bytes(progress.bytes_fetched) + " in " + std::to_string(progress.requests) +
          " requests";
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace whittle::cli
