// One request of the range engine: retries with backoff, resumption of bodies that were cut short,
// and the measurements of the link.
#include <algorithm>

#include "io/range_engine_state.hpp"

namespace whittle::detail {

namespace {
constexpr uint64_t millisecond = 1'000'000;
constexpr uint64_t cancellation_poll = 50 * millisecond;
// Progress that earns a fresh count of retries: a body cut each time after a few bytes must not go
// on forever, a slow one that delivers may.
constexpr uint64_t real_progress = 64 << 10;
// Well-formed replies may be short, but not so short that a piece needs a request per few bytes.
constexpr uint64_t short_reply = 4 << 10;

Error cancelled_error() {
  return Error(ErrorCode::Cancelled, "the query was cancelled");
}
}  // namespace

Task<ReadReply> RangeEngine::send(const Piece& piece, uint64_t done) {
  IoStatistics& statistics = session->statistics;
  LinkEstimate& link = source->link();
  auto* block_bytes = const_cast<std::byte*>(piece.block->bytes.data);
  ReadRequest request;
  request.range = {piece.range.offset + done, piece.range.length - done};
  request.into = std::span(block_bytes + (request.range.offset - piece.block->range.offset),
                           static_cast<size_t>(request.range.length));
  request.statement = &session->cancellation;
  request.own = &piece.block->cancellation;
  request.timeout_nanoseconds = options.timeout_nanoseconds;
  request.session = session.get();

  statistics.requests.fetch_add(1, std::memory_order_relaxed);
  if (statistics.in_flight.fetch_add(1, std::memory_order_relaxed) == 0) {
    statistics.round_trips.fetch_add(1, std::memory_order_relaxed);
  }
  const uint64_t began = session->clock.monotonic_nanoseconds();
  const uint64_t fetched_before = statistics.bytes_fetched.load(std::memory_order_relaxed);
  ReadReply reply = co_await source->read(request);
  const uint64_t ended = session->clock.monotonic_nanoseconds();
  reply.received = std::min(reply.received, request.range.length);
  statistics.in_flight.fetch_sub(1, std::memory_order_relaxed);
  const uint64_t fetched =
      statistics.bytes_fetched.fetch_add(reply.received, std::memory_order_relaxed) +
      reply.received;
  if (reply.received > 0) {
    statistics.trace({trace_source_, {request.range.offset, reply.received}, began, ended});
    const uint64_t first_byte = std::min(reply.first_byte_nanoseconds, ended - began);
    link.add_first_byte(first_byte);
    // What the whole statement received meanwhile: a lone reply saw only its share of the link.
    if (first_byte) link.add_transfer(fetched - fetched_before, ended - began - first_byte);
  }
  co_return reply;
}

// Sleeps in short steps so that a cancelled statement does not wait for a server's Retry-After.
Task<Status> RangeEngine::pause(const Block& block, uint64_t nanoseconds) {
  while (nanoseconds > 0) {
    const uint64_t step = std::min(nanoseconds, cancellation_poll);
    co_await SleepFor{session->clock, step};
    nanoseconds -= step;
    if (session->cancellation.cancelled() || block.cancellation.cancelled()) {
      co_return fail(cancelled_error());
    }
  }
  co_return Status{};
}

// 100, 200, 400 ms and up to half as much again, so that many clients do not come back as one.
uint64_t RangeEngine::backoff(uint32_t failures) {
  const uint64_t base = (100 * millisecond) << std::min(failures, 10u);
  MutexLock lock(mutex_);
  jitter_ ^= jitter_ << 13;
  jitter_ ^= jitter_ >> 7;
  jitter_ ^= jitter_ << 17;
  return base + jitter_ % (base / 2);
}

Task<Status> RangeEngine::read_piece(const Piece& piece) {
  const Block& block = *piece.block;
  uint64_t done = 0, done_at_last_reset = 0;
  uint64_t continuations = 8 + piece.range.length / short_reply;
  uint32_t failures = 0;
  for (;;) {
    if (session->cancellation.cancelled() || block.cancellation.cancelled()) {
      co_return fail(cancelled_error());
    }
    ReadReply reply = co_await send(piece, done);
    done += reply.received;
    if (reply.status) {
      if (done >= piece.range.length) co_return Status{};
      // RFC 9110 §15.3.7: a server may send less than was asked; the rest is asked for again.
      if (reply.received > 0 && continuations > 0) {
        --continuations;
        continue;
      }
      reply.status = fail(ErrorCode::Io, "the replies stay shorter than what was asked for");
    } else if (!reply.retryable) {
      co_return std::move(reply.status);
    }
    if (done - done_at_last_reset >= real_progress) {
      done_at_last_reset = done;
      failures = 0;
    }
    if (failures >= options.retries ||
        reply.retry_after_nanoseconds > options.max_retry_after_nanoseconds) {
      co_return std::move(reply.status);
    }
    const uint64_t delay = backoff(failures++);
    session->statistics.retries.fetch_add(1, std::memory_order_relaxed);
    CO_TRY(co_await pause(block, std::max(delay, reply.retry_after_nanoseconds)));
  }
}

}  // namespace whittle::detail
