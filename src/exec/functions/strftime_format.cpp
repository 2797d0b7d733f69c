#include "exec/functions/strftime_format.hpp"

#include <algorithm>
#include <array>

namespace whittle {

namespace {

constexpr std::string_view months[] = {"January",   "February", "March",    "April",
                                       "May",       "June",     "July",     "August",
                                       "September", "October",  "November", "December"};
constexpr std::string_view weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
constexpr int64_t nanoseconds_per_second = 1'000'000'000;

void append_padded(std::string& out, int64_t value, size_t width) {
  const bool negative = value < 0;
  std::string digits = std::to_string(negative ? -value : value);
  if (negative) out += '-';
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

// Weeks of the year that begin on Sunday (first 0) or Monday (first 1); days before the first such
// day are week 0.
int64_t week_number(int64_t days, int32_t first) {
  const CivilDate date = civil_from_days(days);
  const int64_t year_day = days - days_from_civil(date.year, 1, 1);
  const int64_t weekday = (iso_weekday(days) % 7 - first + 7) % 7;
  return (year_day + 7 - weekday) / 7;
}

}  // namespace

bool TimeFormat::has(char specifier) const {
  return std::any_of(items_.begin(), items_.end(),
                     [&](const Item& item) { return item.specifier == specifier; });
}

Result<TimeFormat> TimeFormat::parse(std::string_view format) {
  TimeFormat result;
  result.text_ = std::string(format);
  TRY(result.add(format));
  return result;
}

Status TimeFormat::add(std::string_view format) {
  const auto bad = [&](const std::string& why) {
    return fail(ErrorCode::InvalidArgument,
                "Failed to parse format specifier " + text_ + ": " + why);
  };
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      literal_ += format[i];
      continue;
    }
    if (++i == format.size()) return bad("Trailing format character %");
    if (format[i] == '%') {
      literal_ += '%';
      continue;
    }
    const bool padded = format[i] != '-';
    if (!padded && ++i == format.size()) return bad("Trailing format character %");
    const char c = format[i];
    const std::string_view expanded = !padded    ? std::string_view()
                                      : c == 'c' ? "%Y-%m-%d %H:%M:%S"
                                      : c == 'x' ? "%Y-%m-%d"
                                      : c == 'X' ? "%H:%M:%S"
                                                 : "";
    if (!expanded.empty()) {
      TRY(add(expanded));
      continue;
    }
    constexpr std::string_view plain = "aAwudbBmyYHIpMSfgnzZjUWGV", unpadded = "dmyHIMSj";
    if ((padded ? plain : unpadded).find(c) == std::string_view::npos) {
      return bad("Unrecognized format for strftime/strptime: %" + std::string(padded ? "" : "-") +
                 c);
    }
    items_.push_back({c, padded, std::move(literal_)});
    literal_.clear();
  }
  return {};
}

// ---- writing

void TimeFormat::append(std::string& out, int64_t days, int64_t nanoseconds) const {
  const CivilDate date = civil_from_days(days);
  const int64_t seconds = nanoseconds / nanoseconds_per_second;
  const int64_t fraction = nanoseconds % nanoseconds_per_second;
  const int64_t hour = seconds / 3600;
  for (const Item& item : items_) {
    out += item.literal;
    const auto number = [&](int64_t value, size_t width) {
      append_padded(out, value, item.padded ? width : 1);
    };
    switch (item.specifier) {
      case 'a':
        out += weekdays[iso_weekday(days) % 7].substr(0, 3);
        break;
      case 'A':
        out += weekdays[iso_weekday(days) % 7];
        break;
      case 'w':
        number(iso_weekday(days) % 7, 1);
        break;
      case 'u':
        number(iso_weekday(days), 1);
        break;
      case 'd':
        number(date.day, 2);
        break;
      case 'b':
        out += months[date.month - 1].substr(0, 3);
        break;
      case 'B':
        out += months[date.month - 1];
        break;
      case 'm':
        number(date.month, 2);
        break;
      case 'y':
        number((date.year < 0 ? -int64_t{date.year} : date.year) % 100, 2);
        break;
      case 'Y':
        if (date.year >= 0) {
          append_padded(out, date.year, 4);
        } else {
          append_padded(out, date.year, 1);
        }
        break;
      case 'H':
        number(hour, 2);
        break;
      case 'I':
        number(hour % 12 == 0 ? 12 : hour % 12, 2);
        break;
      case 'p':
        out += hour >= 12 ? "PM" : "AM";
        break;
      case 'M':
        number(seconds / 60 % 60, 2);
        break;
      case 'S':
        number(seconds % 60, 2);
        break;
      case 'f':
        append_padded(out, fraction / 1000, 6);
        break;
      case 'n':
        append_padded(out, fraction, 9);
        break;
      case 'g':
        append_padded(out, fraction / 1'000'000, 3);
        break;
      case 'z':
        out += "+00";
        break;
      case 'Z':
        break;
      case 'j':
        number(days - days_from_civil(date.year, 1, 1) + 1, 3);
        break;
      case 'U':
        number(week_number(days, 0), 2);
        break;
      case 'W':
        number(week_number(days, 1), 2);
        break;
      case 'G':
        append_padded(out, iso_week(static_cast<int32_t>(days)).year, 4);
        break;
      default:  // V
        number(iso_week(static_cast<int32_t>(days)).week, 2);
        break;
    }
  }
  out += literal_;
}

// ---- reading

namespace {

struct Fields {
  int64_t year = 1900, month = 1, day = 1, hour = 0, minute = 0, second = 0, nanosecond = 0;
  int64_t offset = 0;  // seconds east of UTC
  int64_t year_day = -1, weekday = -1, week = -1, iso_year = -1;
  char week_kind = 0;  // U, W or V
  int afternoon = -1;  // 0 AM, 1 PM
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  size_t position = 0;
  std::string message;

  bool at_end() const { return position >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position]; }
  bool no(std::string why) {
    message = std::move(why);
    return false;
  }
  bool skip(std::string_view literal) {
    for (const char c : literal) {
      if (is_space(c)) {
        while (!at_end() && is_space(peek())) ++position;
        continue;
      }
      if (peek() != c || at_end()) {
        return no("Literal does not match, expected " + std::string(literal));
      }
      ++position;
    }
    return true;
  }
  /// At most `digits` digits.
  bool number(int64_t& value, size_t digits) {
    const size_t start = position;
    value = 0;
    while (position - start < digits && is_digit(peek()))
      value = value * 10 + (text_[position++] - '0');
    if (position == start) return no("Expected a number");
    return true;
  }
  bool ranged(int64_t& value, size_t digits, int64_t low, int64_t high, std::string_view name) {
    const size_t start = position;
    if (!number(value, digits)) return false;
    if (value < low || value > high) {
      position = start;
      return no(std::string(name) + " out of range, expected a value between " +
                std::to_string(low) + " and " + std::to_string(high));
    }
    return true;
  }
  /// A fraction of a second in `digits` digits at most.
  bool fraction(int64_t& nanoseconds, size_t digits) {
    const size_t start = position;
    int64_t value = 0;
    if (!number(value, digits)) return false;
    for (size_t i = position - start; i < 9; ++i) value *= 10;
    nanoseconds = value;
    return true;
  }
  template <class Names>
  bool name(const Names& names, bool abbreviated, int64_t& index, std::string_view what) {
    for (size_t i = 0; i < std::size(names); ++i) {
      const std::string_view name = abbreviated ? names[i].substr(0, 3) : names[i];
      if (text_.size() - position < name.size()) continue;
      bool same = true;
      for (size_t k = 0; k < name.size(); ++k) {
        same = same && to_lower(text_[position + k]) == to_lower(name[k]);
      }
      if (same) {
        position += name.size();
        index = static_cast<int64_t>(i);
        return true;
      }
    }
    return no("Expected " + std::string(what));
  }
  /// +HH, +HHMM, +HH:MM, with seconds.
  bool zone_offset(int64_t& offset) {
    const char sign = peek();
    if (sign != '+' && sign != '-') return no("Expected +HH[MM] or -HH[MM]");
    ++position;
    int64_t hours = 0, minutes = 0;
    const size_t start = position;
    if (!number(hours, 2) || position - start != 2) return no("Expected +HH[MM] or -HH[MM]");
    const bool colon = peek() == ':';
    if (colon) ++position;
    if (is_digit(peek())) {
      if (!number(minutes, 2)) return false;
    } else if (colon) {
      return no("Expected +HH[MM] or -HH[MM]");
    }
    offset = (hours * 60 + minutes) * 60;
    if (sign == '-') offset = -offset;
    return true;
  }

 private:
  std::string_view text_;
};

bool read_field(Reader& in, char specifier, Fields& to) {
  int64_t ignored;
  switch (specifier) {
    case 'a':
      return in.name(weekdays, true, to.weekday,
                     "an abbreviated day name (Mon, Tue, Wed, Thu, Fri, Sat, Sun)");
    case 'A':
      return in.name(weekdays, false, to.weekday, "a full day name (Monday, Tuesday, etc...)");
    case 'w':
      return in.ranged(to.weekday, 1, 0, 6, "Weekday");
    case 'u':
      if (!in.ranged(to.weekday, 1, 1, 7, "Weekday")) return false;
      to.weekday %= 7;
      return true;
    case 'd':
      return in.ranged(to.day, 2, 1, 31, "Day");
    case 'b':
    case 'B':
      if (!in.name(months, specifier == 'b', to.month,
                   specifier == 'b' ? "an abbreviated month name (Jan, Feb, Mar, etc..)"
                                    : "a full month name (January, February, etc...)")) {
        return false;
      }
      ++to.month;
      return true;
    case 'm':
      return in.ranged(to.month, 2, 1, 12, "Month");
    case 'y':
      if (!in.number(to.year, 2)) return false;
      to.year += to.year >= 69 ? 1900 : 2000;
      return true;
    case 'Y': {
      const bool negative = in.peek() == '-';
      if (negative) ++in.position;
      if (!in.number(to.year, 7)) return false;
      if (negative) to.year = -to.year;
      return true;
    }
    case 'H':
      return in.ranged(to.hour, 2, 0, 23, "Hour");
    case 'I':
      return in.ranged(to.hour, 2, 1, 12, "Hour");
    case 'p': {
      constexpr std::string_view halves[] = {"AM", "PM"};
      int64_t half;
      if (!in.name(halves, false, half, "AM/PM")) return false;
      to.afternoon = static_cast<int>(half);
      return true;
    }
    case 'M':
      return in.ranged(to.minute, 2, 0, 59, "Minutes");
    case 'S':
      return in.ranged(to.second, 2, 0, 59, "Seconds");
    case 'f':
      return in.fraction(to.nanosecond, 6);
    case 'n':
      return in.fraction(to.nanosecond, 9);
    case 'g':
      return in.fraction(to.nanosecond, 3);
    case 'z':
      return in.zone_offset(to.offset);
    case 'Z': {
      const size_t start = in.position;
      while (!in.at_end() && !is_space(in.peek())) ++in.position;
      if (in.position == start) return in.no("Empty Time Zone name");
      return true;
    }
    case 'j':
      return in.ranged(to.year_day, 3, 1, 366, "Day of year");
    case 'U':
    case 'W':
      to.week_kind = specifier;
      return in.ranged(to.week, 2, 0, 53, "Week number");
    case 'V':
      to.week_kind = specifier;
      return in.ranged(to.week, 2, 1, 53, "Week number");
    case 'G':
      return in.number(to.iso_year, 4);
    default:
      return in.number(ignored, 19);
  }
}

std::optional<int64_t> day_of(const Fields& fields) {
  if (fields.iso_year >= 0) {
    const int64_t january_4 = days_from_civil(fields.iso_year, 1, 4);
    const int64_t monday = january_4 - (iso_weekday(january_4) - 1);
    const int64_t week = fields.week_kind == 'V' ? fields.week - 1 : 0;
    const int64_t weekday = fields.weekday < 0 ? 0 : (fields.weekday + 6) % 7;
    return monday + week * 7 + weekday;
  }
  if (fields.year_day >= 1) return days_from_civil(fields.year, 1, 1) + fields.year_day - 1;
  if (fields.week >= 0 && fields.week_kind != 'V') {
    const int32_t first = fields.week_kind == 'W' ? 1 : 0;
    const int64_t new_year = days_from_civil(fields.year, 1, 1);
    const int64_t lead = (first - iso_weekday(new_year) % 7 + 7) % 7;
    const int64_t weekday = fields.weekday < 0 ? 0 : (fields.weekday - first + 7) % 7;
    return new_year + lead + (fields.week - 1) * 7 + weekday;
  }
  const auto date =
      make_date(fields.year, static_cast<int32_t>(fields.month), static_cast<int32_t>(fields.day));
  if (!date) return std::nullopt;
  return *date;
}

}  // namespace

std::expected<TimeFormat::Moment, TimeFormat::Failure> TimeFormat::read(
    std::string_view text) const {
  const std::string_view bare = trim(text);
  Moment moment;
  for (const auto& [name, value] :
       {std::pair<std::string_view, int64_t>{"infinity", timestamp_infinity},
        {"-infinity", timestamp_minus_infinity},
        {"epoch", 0}}) {
    if (equals_ignoring_case(bare, name)) {
      moment.special = value;
      return moment;
    }
  }
  Reader in(text);
  while (!in.at_end() && is_space(in.peek())) ++in.position;
  Fields fields;
  const auto failed = [&]() {
    return std::unexpected(Failure{std::move(in.message), in.position, false});
  };
  for (const Item& item : items_) {
    if (!in.skip(item.literal) || !read_field(in, item.specifier, fields)) return failed();
  }
  if (!in.skip(literal_)) return failed();
  while (!in.at_end() && is_space(in.peek())) ++in.position;
  if (!in.at_end()) {
    in.message = "Full specifier did not match: trailing characters";
    return failed();
  }
  if (fields.afternoon >= 0) {
    if (fields.hour > 12) {
      in.message = "Invalid hour: " + std::to_string(fields.hour) +
                   (fields.afternoon ? " PM" : " AM") +
                   ", expected an hour within the range [0..12]";
      return failed();
    }
    fields.hour = fields.hour % 12 + (fields.afternoon ? 12 : 0);
  }
  const auto days = day_of(fields);
  if (!days) {
    return std::unexpected(Failure{"Date out of range: " + std::to_string(fields.year) + "-" +
                                       std::to_string(fields.month) + "-" +
                                       std::to_string(fields.day),
                                   0, true});
  }
  moment.days = *days;
  moment.nanoseconds = ((fields.hour * 60 + fields.minute) * 60 + fields.second - fields.offset) *
                           nanoseconds_per_second +
                       fields.nanosecond;
  return moment;
}

Error TimeFormat::error(std::string_view text, const Failure& failure) const {
  if (failure.is_date) return Error(ErrorCode::Conversion, failure.message);
  return Error(ErrorCode::InvalidArgument,
               "Could not parse string \"" + std::string(text) +
                   "\" according to format specifier \"" + text_ + "\"\n" + std::string(text) +
                   "\n" + std::string(failure.position, ' ') + "^\nError: " + failure.message);
}

}  // namespace whittle
