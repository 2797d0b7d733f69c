// Dates, times, timestamps and intervals as text (datetime.hpp).
#include <string>

#include "columnar/datetime.hpp"
#include "columnar/numbers.hpp"

namespace whittle {

namespace {

void append_padded(std::string& out, uint64_t value, size_t width) {
  const size_t start = out.size();
  append_unsigned(out, value);
  if (out.size() - start < width) out.insert(start, width - (out.size() - start), '0');
}

// ".5": `fraction` of `units` per second without trailing zeros; nothing when it is zero.
void append_fraction(std::string& out, uint64_t fraction, uint64_t units) {
  if (fraction == 0) return;
  size_t width = 0;
  for (uint64_t unit = units; unit > 1; unit /= 10) ++width;
  out += '.';
  append_padded(out, fraction, width);
  while (out.back() == '0') out.pop_back();
}

// HH:MM:SS with hours of any size.
void append_clock(std::string& out, uint64_t time, uint64_t units) {
  const uint64_t seconds = time / units;
  append_padded(out, seconds / 3600, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  append_fraction(out, time % units, units);
}

void append_days(std::string& out, int64_t days) {
  const CivilDate date = civil_from_days(days);
  const bool before_christ = date.year <= 0;
  append_padded(out, static_cast<uint64_t>(before_christ ? 1 - int64_t{date.year} : date.year), 4);
  out += '-';
  append_padded(out, static_cast<uint64_t>(date.month), 2);
  out += '-';
  append_padded(out, static_cast<uint64_t>(date.day), 2);
  if (before_christ) out += " (BC)";
}

void append_part(std::string& out, int64_t count, const char* unit) {
  if (count == 0) return;
  if (!out.empty() && out.back() != ' ') out += ' ';
  append_integer(out, count);
  out += ' ';
  out += unit;
  if (count != 1 && count != -1) out += 's';
}

}  // namespace

void append_date(std::string& out, int32_t days) {
  if (is_infinite_date(days)) {
    out += days == date_infinity ? "infinity" : "-infinity";
  } else {
    append_days(out, days);
  }
}

void append_time(std::string& out, int64_t microseconds) {
  append_clock(out, static_cast<uint64_t>(microseconds), 1'000'000);
}

void append_time_ns(std::string& out, int64_t nanoseconds) {
  append_clock(out, static_cast<uint64_t>(nanoseconds), 1'000'000'000);
}

void append_timetz(std::string& out, uint64_t value) {
  append_time(out, timetz_microseconds(value));
  const int32_t offset = timetz_offset(value);
  const auto seconds = static_cast<uint64_t>(offset < 0 ? -offset : offset);
  out += offset < 0 ? '-' : '+';
  append_padded(out, seconds / 3600, 2);
  if (seconds % 3600 == 0) return;
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  if (seconds % 60 == 0) return;
  out += ':';
  append_padded(out, seconds % 60, 2);
}

void append_timestamp(std::string& out, int64_t value, TypeId type) {
  if (is_infinite_timestamp(value)) {
    out += value == timestamp_infinity ? "infinity" : "-infinity";
    return;
  }
  const int64_t units = timestamp_units_per_second(type);
  const SplitTimestamp split = split_timestamp(value, units * 86'400);
  append_days(out, split.days);
  out += ' ';
  append_clock(out, static_cast<uint64_t>(split.time), static_cast<uint64_t>(units));
  if (type == TypeId::TimestampTz) out += "+00";
}

void append_interval(std::string& out, const IntervalValue& interval) {
  std::string text;
  append_part(text, interval.months / 12, "year");
  append_part(text, interval.months % 12, "month");
  append_part(text, interval.days, "day");
  if (interval.microseconds != 0 || text.empty()) {
    if (!text.empty()) text += ' ';
    const bool negative = interval.microseconds < 0;
    const auto time = static_cast<uint64_t>(interval.microseconds);
    if (negative) text += '-';
    append_clock(text, negative ? 0 - time : time, 1'000'000);
  }
  out += text;
}

}  // namespace whittle
