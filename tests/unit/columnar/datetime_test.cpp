// The calendar against itself and date arithmetic against DuckDB's answers.
#include "columnar/datetime.hpp"

#include <gtest/gtest.h>

namespace whittle {
namespace {

std::string timestamp_text(std::optional<int64_t> value) {
  std::string text;
  if (value) append_timestamp(text, *value, TypeId::Timestamp);
  return text;
}

int64_t timestamp(std::string_view text) {
  return parse_timestamp(text, TypeId::Timestamp).value();
}

TEST(Calendar, EveryDayOfSomeCenturiesFollowsTheOneBefore) {
  CivilDate before = civil_from_days(-1'000'000 - 1);
  for (int64_t days = -1'000'000; days < 200'000; ++days) {
    const CivilDate date = civil_from_days(days);
    ASSERT_EQ(days_from_civil(date.year, date.month, date.day), days);
    if (before.day == days_in_month(before.year, before.month)) {
      ASSERT_EQ(date.day, 1);
      ASSERT_EQ(date.month, before.month % 12 + 1);
      ASSERT_EQ(date.year, before.year + (before.month == 12));
    } else {
      ASSERT_EQ(date.day, before.day + 1);
    }
    before = date;
  }
  EXPECT_EQ(make_date(5881580, 7, 10), date_maximum);
  EXPECT_FALSE(make_date(5881580, 7, 11));
  EXPECT_EQ(make_date(-5877641, 6, 25), date_minimum);
}

TEST(Calendar, IsoWeeks) {
  EXPECT_EQ(iso_weekday(0), 4);
  EXPECT_EQ(iso_weekday(-1), 3);
  EXPECT_EQ(iso_weekday(-4), 7);
  const IsoWeek last = iso_week(static_cast<int32_t>(days_from_civil(2021, 1, 3)));
  EXPECT_EQ(last.year, 2020);
  EXPECT_EQ(last.week, 53);
  EXPECT_EQ(iso_week(static_cast<int32_t>(days_from_civil(2018, 12, 31))).week, 1);
}

TEST(Arithmetic, MonthsClampAndOverflowsAreSeen) {
  const auto interval = [](std::string_view text) { return parse_interval(text).value(); };
  EXPECT_EQ(timestamp_text(add_interval(timestamp("2020-01-31"), interval("1 month"))),
            "2020-02-29 00:00:00");
  EXPECT_EQ(
      timestamp_text(add_interval(timestamp("2020-01-31 10:00:00"), interval("1 month 1 day"))),
      "2020-03-01 10:00:00");
  EXPECT_EQ(timestamp_text(add_interval(timestamp("2020-03-31 10:00:00"), interval("-1 month"))),
            "2020-02-29 10:00:00");
  EXPECT_EQ(timestamp_text(add_interval(timestamp("0001-01-01"), interval("-13 months"))),
            "0002-12-01 (BC) 00:00:00");
  EXPECT_FALSE(add_interval(timestamp("294246-01-10 04:00:54.775806"), interval("2 years")));
  EXPECT_FALSE(add_interval(timestamp("294247-01-10"), interval("1000000 hours")));
  EXPECT_EQ(add_interval(timestamp_infinity, interval("1 day")), timestamp_infinity);
  EXPECT_FALSE(add_days(date_maximum, 1));
  EXPECT_EQ(add_days(date_infinity, 1), date_infinity);
  EXPECT_FALSE(add_days(0, INT64_MAX));
  EXPECT_EQ(add_interval_to_time(23LL * 3'600'000'000, interval("2 hours")), 3'600'000'000);
  EXPECT_EQ(add_interval_to_time(23LL * 3'600'000'000, interval("-1 day -23 hours -30 minutes")),
            84'600'000'000);
  EXPECT_FALSE(negate({INT32_MIN, 0, 0}));
  const auto difference =
      timestamp_difference(timestamp("2020-01-01"), timestamp("2019-01-01 12:00:00"));
  EXPECT_EQ(*difference, (IntervalValue{0, 364, 43'200'000'000}));
}

TEST(Arithmetic, IntervalsOrderAsDuckDB) {
  const auto order = [](std::string_view a, std::string_view b) {
    return compare(parse_interval(a).value(), parse_interval(b).value());
  };
  EXPECT_EQ(order("1 month", "30 days"), 0);
  EXPECT_EQ(order("24 hours", "1 day"), 0);
  EXPECT_EQ(order("1 month -1 day", "29 days"), 1);
  EXPECT_EQ(order("-1 hour", "0 days"), -1);
  EXPECT_EQ(order("1 day -25 hours", "0 days"), -1);
}

TEST(Arithmetic, TimestampUnitsRoundAwayFromZero) {
  EXPECT_EQ(convert_timestamp(-500, TypeId::Timestamp, TypeId::TimestampMs), -1);
  EXPECT_EQ(convert_timestamp(499, TypeId::Timestamp, TypeId::TimestampMs), 0);
  EXPECT_EQ(convert_timestamp(1'500'000, TypeId::Timestamp, TypeId::TimestampS), 2);
  EXPECT_FALSE(convert_timestamp(INT64_MAX / 2, TypeId::Timestamp, TypeId::TimestampNs));
}

}  // namespace
}  // namespace whittle
