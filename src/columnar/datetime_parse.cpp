// Text to dates, times, timestamps and intervals (datetime.hpp), with what DuckDB lets pass.
#include <algorithm>

#include "columnar/datetime.hpp"
#include "columnar/numbers.hpp"

namespace whittle {

namespace {

// A reader over the text; every look is bounds-checked.
struct Cursor {
  std::string_view text;
  size_t pos = 0;

  bool at_end() const { return pos >= text.size(); }
  char peek() const { return at_end() ? '\0' : text[pos]; }
  bool at_digit() const { return is_digit(peek()); }
  bool take(char c) {
    if (at_end() || text[pos] != c) return false;
    ++pos;
    return true;
  }
  void skip_spaces() {
    while (!at_end() && is_space(text[pos])) ++pos;
  }
  // Up to `most` digits; false when there is none.
  bool take_number(int most, int64_t& value) {
    value = 0;
    const size_t start = pos;
    for (; most > 0 && at_digit(); --most) value = value * 10 + (text[pos++] - '0');
    return pos > start;
  }
  // In any case: `word` is in lower case.
  bool take_word(std::string_view word) {
    if (!equals_ignoring_case(text.substr(std::min(pos, text.size()), word.size()), word)) {
      return false;
    }
    pos += word.size();
    return true;
  }
};

// What may stand for a date as a whole.
struct SpecialDate {
  std::string_view word;
  int32_t days;
};
constexpr SpecialDate special_dates[] = {
    {"infinity", date_infinity}, {"inf", date_infinity}, {"epoch", 0}};

bool take_special_date(Cursor& cursor, bool negative, int32_t& days) {
  for (const auto& special : special_dates) {
    if (!cursor.take_word(special.word)) continue;
    days = negative ? -special.days : special.days;
    return true;
  }
  return false;
}

// " (BC)"
bool take_before_christ(Cursor& cursor) {
  if (!is_space(cursor.peek())) return false;
  Cursor ahead = cursor;
  ++ahead.pos;
  if (!ahead.take_word("(bc)")) return false;
  cursor = ahead;
  return true;
}

// A date at the start of the text; `special` says that it was a word.
Parsed<int32_t> take_date(Cursor& cursor, bool& special) {
  cursor.skip_spaces();
  const bool negative = cursor.take('-');
  special = false;
  int32_t days = 0;
  if (!cursor.at_digit()) {
    special = take_special_date(cursor, negative, days);
    if (!special) return not_parsed(ParseFailure::Format);
    cursor.skip_spaces();
    if (!cursor.at_end()) return not_parsed(ParseFailure::Format);
    return days;
  }
  int64_t year, month, day;
  cursor.take_number(15, year);
  const char separator = cursor.peek();
  if (separator != '-' && separator != '/' && separator != '\\' && separator != ' ') {
    return not_parsed(ParseFailure::Format);
  }
  ++cursor.pos;
  if (!cursor.take_number(2, month) || !cursor.take(separator) || !cursor.take_number(2, day) ||
      cursor.at_digit()) {
    return not_parsed(ParseFailure::Format);
  }
  if (negative) year = -year;
  if (take_before_christ(cursor)) {
    if (year <= 0) return not_parsed(ParseFailure::Format);
    year = 1 - year;
  }
  const auto date = make_date(year, static_cast<int32_t>(month), static_cast<int32_t>(day));
  if (!date) return not_parsed(ParseFailure::Range);
  return *date;
}

// HH:MM[:SS[.fraction]] in nanoseconds.
bool take_clock(Cursor& cursor, int hour_digits, int64_t maximum_hour, int64_t& nanoseconds) {
  cursor.skip_spaces();
  int64_t hour, minute, second = 0, fraction = 0;
  if (!cursor.take_number(hour_digits, hour) || !cursor.take(':') ||
      !cursor.take_number(2, minute)) {
    return false;
  }
  if (cursor.take(':')) {
    if (!cursor.take_number(2, second)) return false;
    if (cursor.take('.')) {
      for (int64_t unit = 100'000'000; cursor.at_digit(); unit /= 10) {
        fraction += unit * (cursor.text[cursor.pos++] - '0');
      }
    }
  } else if (cursor.at_digit()) {
    return false;
  }
  if (hour > maximum_hour || minute > 59 || second > 59) return false;
  if (maximum_hour == 24 && hour == 24 && (minute || second || fraction)) return false;
  nanoseconds = ((hour * 60 + minute) * 60 + second) * 1'000'000'000 + fraction;
  return true;
}

// ±HH[[:]MM[[:]SS]]
bool take_offset(Cursor& cursor, int64_t& seconds) {
  const bool negative = cursor.peek() == '-';
  if (!negative && cursor.peek() != '+') return false;
  Cursor ahead = cursor;
  ++ahead.pos;
  int64_t parts[3] = {};
  for (int i = 0; i < 3; ++i) {
    Cursor part = ahead;
    if (i > 0) part.take(':');
    const size_t start = part.pos;
    if (!part.take_number(2, parts[i]) || part.pos - start != 2) {
      if (i == 0) return false;
      parts[i] = 0;
      break;
    }
    ahead = part;
  }
  cursor = ahead;
  seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  if (negative) seconds = -seconds;
  return true;
}

bool is_utc_name(std::string_view name) {
  for (std::string_view known : {"utc", "gmt", "etc/utc", "etc/gmt", "zulu", "etc/zulu", "gmt0"}) {
    if (equals_ignoring_case(name, known)) return true;
  }
  return false;
}

struct TimestampParts {
  int32_t days = 0;
  bool infinite = false;
  int64_t nanoseconds = 0;  // of the day
  int64_t offset = 0;       // seconds east of UTC
};

// Everything after the time of day: Z, an offset or a name.
Parsed<void> take_zone(Cursor& cursor, TimestampParts& parts) {
  if (cursor.at_end()) return {};
  if (!cursor.take('Z') && !take_offset(cursor, parts.offset)) {
    if (!is_space(cursor.peek())) return not_parsed(ParseFailure::TimeZone);
    const std::string_view name = trim(cursor.text.substr(cursor.pos));
    if (!name.empty() && !is_utc_name(name)) return not_parsed(ParseFailure::TimeZone);
    return {};
  }
  cursor.skip_spaces();
  if (!cursor.at_end()) return not_parsed(ParseFailure::Format);
  return {};
}

Parsed<TimestampParts> take_timestamp(Cursor& cursor) {
  TimestampParts parts;
  bool special;
  const auto days = take_date(cursor, special);
  if (!days) return not_parsed(days.error());
  parts.days = *days;
  parts.infinite = special && is_infinite_date(*days);
  if (cursor.at_end()) return parts;
  if (!cursor.take(' ') && !cursor.take('T')) return not_parsed(ParseFailure::Format);
  if (!take_clock(cursor, 2, 24, parts.nanoseconds)) return not_parsed(ParseFailure::Format);
  if (auto zone = take_zone(cursor, parts); !zone) return not_parsed(zone.error());
  return parts;
}

// A time, or the time of a timestamp, in nanoseconds; leaves the cursor behind it.
Parsed<int64_t> take_time(Cursor& cursor) {
  Cursor clock = cursor;
  int64_t nanoseconds;
  if (take_clock(clock, 2, 24, nanoseconds)) {
    cursor = clock;
    return nanoseconds;
  }
  const auto parts = take_timestamp(cursor);
  if (!parts || parts->infinite) return not_parsed(ParseFailure::Range);
  return parts->nanoseconds;
}

}  // namespace

Parsed<int32_t> parse_date(std::string_view text) {
  Cursor cursor{text};
  bool special;
  return take_date(cursor, special);
}

Parsed<int64_t> parse_time_ns(std::string_view text) {
  Cursor cursor{text};
  return take_time(cursor);
}

Parsed<int64_t> parse_time(std::string_view text) {
  return parse_time_ns(text).transform([](int64_t nanoseconds) { return nanoseconds / 1000; });
}

Parsed<uint64_t> parse_timetz(std::string_view text) {
  Cursor cursor{text};
  const auto nanoseconds = take_time(cursor);
  if (!nanoseconds) return not_parsed(nanoseconds.error());
  cursor.skip_spaces();
  int64_t offset = 0;
  if (!cursor.at_end() && !take_offset(cursor, offset)) return not_parsed(ParseFailure::Format);
  if (std::abs(offset) > timetz_maximum_offset) return not_parsed(ParseFailure::Range);
  return make_timetz(*nanoseconds / 1000, static_cast<int32_t>(offset));
}

Parsed<int64_t> parse_timestamp(std::string_view text, TypeId type) {
  Cursor cursor{text};
  const auto parts = take_timestamp(cursor);
  if (!parts) return not_parsed(parts.error());
  if (parts->infinite) {
    return parts->days == date_infinity ? timestamp_infinity : timestamp_minus_infinity;
  }
  // TIMESTAMP takes the time as it stands; so do its coarser units.
  const bool zoned = type == TypeId::TimestampTz || type == TypeId::TimestampNs;
  const int64_t offset = zoned ? parts->offset : 0;
  if (type == TypeId::TimestampNs) {
    const int128_t value = static_cast<int128_t>(parts->days) * 86'400'000'000'000 +
                           parts->nanoseconds - static_cast<int128_t>(offset) * 1'000'000'000;
    if (value >= timestamp_infinity || value <= timestamp_minus_infinity) {
      return not_parsed(ParseFailure::Range);
    }
    return static_cast<int64_t>(value);
  }
  const auto microseconds =
      make_timestamp(parts->days, parts->nanoseconds / 1000 - offset * 1'000'000);
  if (!microseconds) return not_parsed(ParseFailure::Range);
  return *convert_timestamp(*microseconds, TypeId::Timestamp, type);
}

// ---- INTERVAL
// ------------------------------------------------------------------------------------

namespace {

struct IntervalUnit {
  std::string_view names;  // parted by spaces
  IntervalValue one;
};

constexpr IntervalUnit interval_units[] = {
    {"year years yr yrs y", {12, 0, 0}},
    {"month months mon mons", {1, 0, 0}},
    {"day days d dayofmonth", {0, 1, 0}},
    {"decade decades dec decs", {120, 0, 0}},
    {"century centuries cent c", {1200, 0, 0}},
    {"millennium millennia millenniums millenium mil mils", {12000, 0, 0}},
    {"quarter quarters", {3, 0, 0}},
    {"week weeks w weekofyear", {0, 7, 0}},
    {"hour hours hr hrs h", {0, 0, 3'600'000'000}},
    {"minute minutes min mins m", {0, 0, 60'000'000}},
    {"second seconds sec secs s", {0, 0, 1'000'000}},
    {"millisecond milliseconds ms msec msecs msecond mseconds", {0, 0, 1'000}},
    {"microsecond microseconds us usec usecs usecond useconds", {0, 0, 1}},
};

constexpr int64_t million = 1'000'000;

// number + millionths of `unit`, added to `sum`. Fractions of months become days, of days time.
bool add_units(IntervalValue& sum, int64_t number, int64_t millionths, const IntervalValue& unit) {
  const auto whole = multiply(unit, number);
  if (!whole) return false;
  IntervalValue part;
  if (unit.months > 0) {
    part.months = static_cast<int32_t>(unit.months * millionths / million);
    // DuckDB goes below months for months and quarters only.
    if (unit.months < 12) {
      part.days = static_cast<int32_t>(unit.months * millionths % million * 30 / million);
    }
  } else if (unit.days > 0) {
    part.days = static_cast<int32_t>(unit.days * millionths / million);
    part.microseconds = unit.days * millionths % million * (microseconds_per_day / million);
  } else {
    const int64_t scaled = unit.microseconds * millionths;
    part.microseconds =
        scaled / million + (scaled % million >= 500'000) - (scaled % million <= -500'000);
  }
  auto total = add(sum, *whole);
  if (total) total = add(*total, part);
  if (!total) return false;
  sum = *total;
  return true;
}

// "1.5 days" behind the sign; a lone number is seconds.
Parsed<void> take_amount(Cursor& cursor, bool negative, bool alone, IntervalValue& sum) {
  const size_t start = cursor.pos;
  while (cursor.at_digit()) ++cursor.pos;
  const auto number = parse_integer<int64_t>(cursor.text.substr(start, cursor.pos - start));
  if (!number) return not_parsed(number.error());
  int64_t millionths = 0;
  if (cursor.take('.')) {
    for (int64_t unit = 100'000; cursor.at_digit(); unit /= 10) {
      millionths += unit * (cursor.text[cursor.pos++] - '0');
    }
  }
  cursor.skip_spaces();
  const size_t name = cursor.pos;
  while (to_lower(cursor.peek()) >= 'a' && to_lower(cursor.peek()) <= 'z') ++cursor.pos;
  const std::string_view unit_name = cursor.text.substr(name, cursor.pos - name);
  const bool seconds = unit_name.empty() && alone && cursor.at_end();
  const auto unit = interval_unit(seconds ? "s" : unit_name);
  if (!unit) return not_parsed(ParseFailure::Format);
  if (!add_units(sum, negative ? -*number : *number, negative ? -millionths : millionths, *unit)) {
    return not_parsed(ParseFailure::Range);
  }
  return {};
}

}  // namespace

std::optional<IntervalValue> interval_unit(std::string_view unit) {
  for (const auto& row : interval_units) {
    if (has_word(row.names, unit)) return row.one;
  }
  return {};
}

Parsed<IntervalValue> parse_interval(std::string_view text) {
  Cursor cursor{text};
  cursor.take('@');
  IntervalValue sum;
  bool found = false;
  for (cursor.skip_spaces(); !cursor.at_end(); cursor.skip_spaces()) {
    if (found && cursor.take_word("ago")) {
      cursor.skip_spaces();
      const auto before = negate(sum);
      if (!cursor.at_end()) return not_parsed(ParseFailure::Format);
      if (!before) return not_parsed(ParseFailure::Range);
      return *before;
    }
    const bool negative = cursor.take('-');
    if (!cursor.at_digit()) return not_parsed(ParseFailure::Format);
    Cursor ahead = cursor;
    while (ahead.at_digit()) ++ahead.pos;
    if (ahead.peek() == ':') {
      // A clock is the last part, and DuckDB applies its sign to all time read so far.
      int64_t nanoseconds;
      if (!take_clock(cursor, 9, 1'000'000, nanoseconds)) return not_parsed(ParseFailure::Format);
      if (__builtin_add_overflow(sum.microseconds, nanoseconds / 1000, &sum.microseconds)) {
        return not_parsed(ParseFailure::Range);
      }
      if (negative) sum.microseconds = -sum.microseconds;
      return sum;
    }
    const auto amount = take_amount(cursor, negative, !found, sum);
    if (!amount) return not_parsed(amount.error());
    found = true;
  }
  if (!found) return not_parsed(ParseFailure::Format);
  return sum;
}

}  // namespace whittle
