#include "base/memory.hpp"

namespace whittle {

void MemoryBudget::note_peak(uint64_t used) {
  uint64_t peak = peak_.load(std::memory_order_relaxed);
  while (used > peak && !peak_.compare_exchange_weak(peak, used, std::memory_order_relaxed)) {
  }
}

bool MemoryBudget::try_reserve(uint64_t bytes) {
  if (take(bytes)) return true;
  if (!reclaim_ || bytes > limit()) return false;
  reclaim_(owner_, bytes);
  return take(bytes);
}

bool MemoryBudget::take(uint64_t bytes) {
  const uint64_t limit = this->limit();
  uint64_t used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit || used > limit - bytes) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  note_peak(used + bytes);
  return true;
}

Status MemoryBudget::reserve(uint64_t bytes, std::string_view what) {
  if (try_reserve(bytes)) return {};
  return fail(Error(ErrorCode::BudgetExceeded, std::string(what) + " needs " + format_bytes(bytes) +
                                                   " more, but " + format_bytes(used()) +
                                                   " of the " + format_bytes(limit()) +
                                                   " memory limit are in use")
                  .with_hint("raise the limit (--memory-limit, SET memory_limit), select fewer "
                             "columns or filter more rows"));
}

void MemoryBudget::charge(uint64_t bytes) {
  note_peak(used_.fetch_add(bytes, std::memory_order_relaxed) + bytes);
}

uint64_t MemoryBudget::available() const {
  const uint64_t used = this->used(), limit = this->limit();
  return used < limit ? limit - used : 0;
}

std::string format_bytes(uint64_t bytes) {
  static constexpr std::string_view units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  size_t unit = 0;
  uint64_t scale = 1;
  while (unit < 6 && bytes / scale >= 1000) scale *= 1000, ++unit;
  const uint64_t tenths = bytes / scale * 10 + bytes % scale * 10 / scale;
  std::string text = std::to_string(tenths / 10);
  if (unit > 0 && tenths < 1000 && tenths % 10 != 0) {
    text += '.';
    text += static_cast<char>('0' + tenths % 10);
  }
  text += ' ';
  text += units[unit];
  return text;
}

std::string MemoryBudget::to_string() const {
  const uint64_t used = this->used(), limit = this->limit();
  const uint64_t permille = limit == 0 ? 0 : static_cast<uint64_t>(1000.0 * used / limit);
  return format_bytes(used) + " / " + format_bytes(limit) + " (" + std::to_string(permille / 10) +
         "." + std::to_string(permille % 10) + "%)";
}

void Reservation::swap(Reservation& other) {
  std::swap(budget_, other.budget_);
  std::swap(what_, other.what_);
  std::swap(bytes_, other.bytes_);
}

bool Reservation::try_resize(uint64_t bytes) {
  if (bytes > bytes_ && !budget_->try_reserve(bytes - bytes_)) return false;
  if (bytes < bytes_) budget_->release(bytes_ - bytes);
  bytes_ = bytes;
  return true;
}

Status Reservation::resize(uint64_t bytes) {
  if (bytes > bytes_) TRY(budget_->reserve(bytes - bytes_, what_));
  if (bytes < bytes_) budget_->release(bytes_ - bytes);
  bytes_ = bytes;
  return {};
}

void Reservation::clear() {
  if (budget_ && bytes_) budget_->release(bytes_);
  bytes_ = 0;
}

}  // namespace whittle
