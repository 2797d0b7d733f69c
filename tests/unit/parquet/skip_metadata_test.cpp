// What statistics, page indexes and bloom filters prove, and what they must not be believed.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "parquet/page_index.hpp"
#include "parquet/skip.hpp"
#include "parquet/xxh64.hpp"
#include "unit/parquet/decode_support.hpp"
#include "unit/parquet/thrift_writer.hpp"

namespace whittle::parquet::testing {
namespace {

enum { Bool, I32, I64, I96, F32, F64, Bytes, Fixed };

using Fields = std::vector<std::pair<int, Wire>>;

// Statistics in the order of their field numbers.
Fields bounds(const std::string& min, const std::string& max, int64_t nulls = -1) {
  Fields fields;
  if (nulls >= 0) fields.push_back({3, w_i64(nulls)});
  fields.push_back({5, w_text(max)});
  fields.push_back({6, w_text(min)});
  return fields;
}
Fields old_bounds(const std::string& min, const std::string& max) {
  return {{1, w_text(max)}, {2, w_text(min)}};
}

struct OneColumn {
  OneColumn(Element element, Fields statistics, bool column_orders = true,
            std::string created_by = "test") {
    element.name = "x";
    const int64_t rows = 10;
    FileSpec spec{.elements = {element},
                  .groups = {{.rows = rows,
                              .chunks = {{.type = element.type,
                                          .values = rows,
                                          .statistics = std::move(statistics)}}}},
                  .column_orders = column_orders,
                  .created_by = std::move(created_by)};
    Status status = open.open(make_file(spec));
    EXPECT_TRUE(status) << (status ? "" : status.error().to_string());
  }
  std::string range() {
    const ColumnBounds b = chunk_bounds(*open.file, 0, 0);
    if (!b.min && !b.max) return "none";
    return (b.min ? b.min->to_string() : "?") + ".." + (b.max ? b.max->to_string() : "?");
  }
  Outcomes outcomes(const Predicate& predicate) {
    return row_group_outcomes(*open.file, 0, predicate);
  }
  OpenFile open;
};

Value integer(int64_t value) {
  return Value::integer(TypeId::Integer, value);
}
Value varchar(std::string value) {
  return Value::string(TypeId::Varchar, std::move(value));
}
Value real(double value) {
  return Value::real(TypeId::Double, value);
}
Predicate test(PredicateKind kind, Value value) {
  return Predicate::compare(kind, 0, std::move(value));
}

TEST(StatisticsMetadata, DecodesBoundsOfEachType) {
  EXPECT_EQ(OneColumn({.type = I32}, bounds(plain(-5), plain(7))).range(), "-5..7");
  EXPECT_EQ(OneColumn({.type = I32, .converted = 13}, bounds(plain(5), plain(-1))).range(),
            "5..4294967295");
  EXPECT_EQ(OneColumn({.type = I32, .converted = 6}, bounds(plain(0), plain(1))).range(),
            "1970-01-01..1970-01-02");
  EXPECT_EQ(OneColumn({.type = I32, .converted = 5, .scale = 2, .precision = 9},
                      bounds(plain(-150), plain(275)))
                .range(),
            "-1.50..2.75");
  EXPECT_EQ(OneColumn({.type = Fixed, .converted = 5, .length = 3, .scale = 1, .precision = 5},
                      bounds(std::string("\xff\xff\xf6", 3), std::string("\x00\x00\x0a", 3)))
                .range(),
            "-1.0..1.0");
  EXPECT_EQ(OneColumn({.type = I64, .converted = 9}, bounds(plain(int64_t{0}), plain(int64_t{1})))
                .range(),
            "1970-01-01 00:00:00..1970-01-01 00:00:00.001");
  EXPECT_EQ(OneColumn({.type = Bytes, .converted = 0}, bounds("a", "b")).range(), "a..b");
  EXPECT_EQ(OneColumn({.type = Bool}, bounds(plain(false), plain(true))).range(), "false..true");
  EXPECT_EQ(OneColumn({.type = F64}, bounds(plain(-1.5), plain(2.5))).range(), "-1.5..2.5");
  EXPECT_EQ(OneColumn({.type = Fixed, .length = 2, .logical = logical(15)},
                      bounds(std::string("\x00\xbc", 2), std::string("\x00\x40", 2)))
                .range(),
            "-1.0..2.0");
}

TEST(StatisticsMetadata, BelievesOnlyDefinedOrders) {
  const Element text{.type = Bytes, .converted = 0};
  EXPECT_EQ(OneColumn(text, old_bounds("a", "b")).range(), "none");
  EXPECT_EQ(OneColumn(text, bounds("a", "b"), false).range(), "none");
  EXPECT_EQ(OneColumn(text, bounds("a", "b"), true, "parquet-mr version 1.6.0").range(), "none");
  EXPECT_EQ(OneColumn(text, bounds("a", "b"), true, "parquet-mr version 1.10.0").range(), "a..b");
  EXPECT_EQ(OneColumn({.type = I32}, old_bounds(plain(1), plain(2))).range(), "1..2");
  EXPECT_EQ(OneColumn({.type = I32}, bounds(plain(1), plain(2)), false).range(), "1..2");
  EXPECT_EQ(OneColumn({.type = I32, .converted = 13}, old_bounds(plain(1), plain(2))).range(),
            "none");
  EXPECT_EQ(OneColumn({.type = I96}, bounds(std::string(12, '\0'), std::string(12, '\1'))).range(),
            "none");
  EXPECT_EQ(OneColumn({.type = Fixed, .converted = 21, .length = 12},
                      bounds(std::string(12, '\0'), std::string(12, '\1')))
                .range(),
            "none");
}

TEST(StatisticsMetadata, DropsImpossibleBounds) {
  EXPECT_EQ(OneColumn({.type = I32}, bounds(plain(7), plain(-5))).range(), "none");
  EXPECT_EQ(OneColumn({.type = I32}, bounds("abc", plain(7))).range(), "none");
  EXPECT_EQ(OneColumn({.type = I32, .converted = 15}, bounds(plain(0), plain(300))).range(),
            "none");
  EXPECT_EQ(OneColumn({.type = F64}, bounds(plain(1.0), plain(std::nan("")))).range(), "none");
  EXPECT_EQ(OneColumn({.type = Bool}, bounds("\5", "\6")).range(), "none");
}

TEST(StatisticsMetadata, ComparisonsOnIntegers) {
  OneColumn column({.type = I32}, bounds(plain(10), plain(20), 0));
  using K = PredicateKind;
  const auto none = [&](K kind, int value) {
    return column.outcomes(test(kind, integer(value))).no_row_matches();
  };
  const auto all = [&](K kind, int value) {
    return column.outcomes(test(kind, integer(value))).all_rows_match();
  };
  EXPECT_TRUE(none(K::Equal, 9) && none(K::Equal, 21) && !none(K::Equal, 10));
  EXPECT_TRUE(none(K::Less, 10) && !none(K::Less, 11) && all(K::Less, 21) && !all(K::Less, 20));
  EXPECT_TRUE(none(K::LessOrEqual, 9) && !none(K::LessOrEqual, 10) && all(K::LessOrEqual, 20));
  EXPECT_TRUE(none(K::Greater, 20) && !none(K::Greater, 19) && all(K::Greater, 9));
  EXPECT_TRUE(none(K::GreaterOrEqual, 21) && all(K::GreaterOrEqual, 10));
  EXPECT_TRUE(all(K::NotEqual, 9) && !all(K::NotEqual, 15) && !none(K::NotEqual, 15));
  EXPECT_TRUE(column.outcomes(Predicate::in(0, {integer(1), integer(30)})).no_row_matches());
  EXPECT_FALSE(column.outcomes(Predicate::in(0, {integer(1), integer(12)})).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::in(0, {})).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::test(K::IsNull, 0)).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::test(K::IsNotNull, 0)).all_rows_match());
  // A constant of another type proves nothing.
  EXPECT_EQ(column.outcomes(test(K::Equal, Value::integer(TypeId::BigInt, 1))), Outcomes{});
}

TEST(StatisticsMetadata, NullsNeitherMatchNorFail) {
  OneColumn some({.type = I32}, bounds(plain(10), plain(20), 3));
  const Outcomes less = some.outcomes(test(PredicateKind::Less, integer(100)));
  EXPECT_TRUE(less.can_be_true && less.can_be_null && !less.can_be_false);
  EXPECT_TRUE(
      some.outcomes(Predicate::negate(test(PredicateKind::Less, integer(100)))).no_row_matches());
  EXPECT_FALSE(some.outcomes(Predicate::test(PredicateKind::IsNull, 0)).no_row_matches());
  OneColumn all({.type = I32}, {{3, w_i64(10)}});
  EXPECT_TRUE(all.outcomes(test(PredicateKind::Less, integer(100))).no_row_matches());
  EXPECT_TRUE(all.outcomes(Predicate::test(PredicateKind::IsNull, 0)).all_rows_match());
  EXPECT_TRUE(all.outcomes(test(PredicateKind::IsDistinctFrom, integer(1))).all_rows_match());
  OneColumn unknown({.type = I32}, bounds(plain(10), plain(20)));
  EXPECT_FALSE(unknown.outcomes(test(PredicateKind::Less, integer(100))).all_rows_match());
  EXPECT_EQ(unknown.outcomes(test(PredicateKind::Equal, Value::null(TypeId::Integer))),
            Outcomes::always_null());
}

TEST(StatisticsMetadata, NaNIsAboveAllAndOutsideTheBounds) {
  OneColumn column({.type = F64}, bounds(plain(1.0), plain(2.0), 0));
  using K = PredicateKind;
  EXPECT_FALSE(column.outcomes(test(K::Greater, real(5))).no_row_matches());
  EXPECT_FALSE(column.outcomes(test(K::Less, real(5))).all_rows_match());
  EXPECT_TRUE(column.outcomes(test(K::Equal, real(5))).no_row_matches());
  EXPECT_TRUE(column.outcomes(test(K::Less, real(1))).no_row_matches());
  EXPECT_TRUE(column.outcomes(test(K::GreaterOrEqual, real(1))).all_rows_match());
  EXPECT_FALSE(column.outcomes(test(K::Equal, real(std::nan("")))).no_row_matches());
  EXPECT_FALSE(file_extreme(*column.open.file, 0, true).has_value());
  OneColumn zero({.type = F64}, bounds(plain(0.0), plain(0.0), 0));
  EXPECT_FALSE(zero.outcomes(test(K::Equal, real(-0.0))).no_row_matches());
}

TEST(StatisticsMetadata, TruncatedStringsStillBound) {
  Fields statistics = bounds("Al", "Kf", 0);
  statistics.push_back({7, w_bool(false)});
  statistics.push_back({8, w_bool(false)});
  OneColumn column({.type = Bytes, .converted = 0}, statistics);
  using K = PredicateKind;
  EXPECT_TRUE(column.outcomes(test(K::Greater, varchar("Kg"))).no_row_matches());
  EXPECT_FALSE(column.outcomes(test(K::Equal, varchar("Alice"))).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::prefix(0, "Z")).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::prefix(0, "Ak")).no_row_matches());
  EXPECT_FALSE(column.outcomes(Predicate::prefix(0, "Alb")).no_row_matches());
  EXPECT_FALSE(column.outcomes(Predicate::prefix(0, "Kevin")).no_row_matches());
  EXPECT_FALSE(file_extreme(*column.open.file, 0, false).has_value());
  OneColumn prefixed({.type = Bytes, .converted = 0}, bounds("abc1", "abc9", 0));
  EXPECT_TRUE(prefixed.outcomes(Predicate::prefix(0, "abc")).all_rows_match());
  EXPECT_TRUE(prefixed.outcomes(Predicate::prefix(0, "")).all_rows_match());
}

TEST(StatisticsMetadata, AndOrNot) {
  OneColumn column({.type = I32}, bounds(plain(10), plain(20), 0));
  const Predicate no = test(PredicateKind::Equal, integer(9));
  const Predicate yes = test(PredicateKind::Less, integer(90));
  const Predicate maybe = test(PredicateKind::Equal, integer(15));
  EXPECT_TRUE(column.outcomes(Predicate::all_of({maybe, no})).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::all_of({Predicate::unknown(), no})).no_row_matches());
  EXPECT_FALSE(column.outcomes(Predicate::any_of({maybe, no})).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::any_of({no, no})).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::any_of({Predicate::unknown(), yes})).all_rows_match());
  EXPECT_TRUE(column.outcomes(Predicate::negate(yes)).no_row_matches());
  EXPECT_TRUE(column.outcomes(Predicate::negate(no)).all_rows_match());
}

TEST(StatisticsMetadata, ExtremesOfTheFile) {
  OneColumn column({.type = I32}, bounds(plain(10), plain(20), 2));
  EXPECT_EQ(file_extreme(*column.open.file, 0, false)->to_string(), "10");
  EXPECT_EQ(file_extreme(*column.open.file, 0, true)->to_string(), "20");
  EXPECT_EQ(file_null_count(*column.open.file, 0), 2u);
  OneColumn nulls({.type = I32}, {{3, w_i64(10)}});
  EXPECT_TRUE(file_extreme(*nulls.open.file, 0, true)->is_null());
  OneColumn unknown({.type = I32}, {});
  EXPECT_FALSE(file_extreme(*unknown.open.file, 0, true).has_value());
}

TEST(StatisticsMetadata, RowRangesAreSets) {
  RowRanges a, b;
  for (RowRange r : {RowRange{0, 10}, {20, 30}, {30, 40}}) a.append(r);
  for (RowRange r : {RowRange{5, 25}, {39, 50}}) b.append(r);
  EXPECT_EQ(a.ranges().size(), 2u);
  EXPECT_EQ(intersect(a, b).count(), 5u + 5u + 1u);
  EXPECT_EQ(unite(a, b), RowRanges::all(50));
  EXPECT_EQ(complement(a, 45).count(), 15u);
  EXPECT_TRUE(a.contains(29) && !a.contains(10) && a.overlaps({8, 12}) && !a.overlaps({10, 20}));
}

// A file whose column has three pages of ten rows: 0..9, 10..19, NULLs.
std::string three_pages() {
  FileSpec spec{.elements = {{.name = "x", .type = I32}},
                .groups = {{.rows = 30, .chunks = {{.type = I32, .values = 30, .size = 30}}}}};
  const Wire offsets =
      w_struct({{1, w_list(12, {w_struct({{1, w_i64(4)}, {2, w_i32(10)}, {3, w_i64(0)}}),
                                w_struct({{1, w_i64(14)}, {2, w_i32(10)}, {3, w_i64(10)}}),
                                w_struct({{1, w_i64(24)}, {2, w_i32(10)}, {3, w_i64(20)}})})}});
  const Wire index = w_struct({{1, w_list(1, {Wire{0, "\2"}, Wire{0, "\2"}, Wire{0, "\1"}})},
                               {2, w_list(8, {w_text(plain(0)), w_text(plain(10)), w_text("")})},
                               {3, w_list(8, {w_text(plain(9)), w_text(plain(19)), w_text("")})},
                               {4, w_i32(1)},
                               {5, w_list(6, {w_i64(0), w_i64(1), w_i64(10)})}});
  spec.body = std::string(40, '.') + offsets.bytes + index.bytes;
  const auto at = static_cast<int64_t>(44);
  const auto offsets_size = static_cast<int64_t>(offsets.bytes.size());
  spec.groups[0].chunks[0].more_chunk = {{4, w_i64(at)},
                                         {5, w_i32(offsets_size)},
                                         {6, w_i64(at + offsets_size)},
                                         {7, w_i32(static_cast<int64_t>(index.bytes.size()))}};
  return make_file(spec);
}

TEST(PageIndexMetadata, PrunesPages) {
  OpenFile open;
  ASSERT_TRUE(open.open(three_pages()));
  const ParquetFile& file = *open.file;
  Result<PageIndexes> indexes = open.world.wait(read_page_indexes(file, *open.reader, 0, {0}, {0}));
  ASSERT_TRUE(indexes);
  ASSERT_TRUE(indexes->find(0) && indexes->find(0)->bounds);
  const auto rows = [&](const Predicate& predicate) {
    std::string text;
    for (const RowRange& r : prune_pages(file, 0, predicate, *indexes))
      text += "[" + std::to_string(r.begin) + "," + std::to_string(r.end) + ")";
    return text;
  };
  using K = PredicateKind;
  EXPECT_EQ(rows(test(K::Equal, integer(5))), "[0,10)");
  EXPECT_EQ(rows(test(K::Greater, integer(5))), "[0,20)");
  EXPECT_EQ(rows(test(K::Greater, integer(9))), "[10,20)");
  EXPECT_EQ(rows(test(K::Greater, integer(19))), "");
  EXPECT_EQ(rows(Predicate::test(K::IsNull, 0)), "[10,30)");
  EXPECT_EQ(rows(Predicate::test(K::IsNotNull, 0)), "[0,20)");
  EXPECT_EQ(rows(Predicate::negate(test(K::Less, integer(10)))), "[10,20)");
  EXPECT_EQ(rows(Predicate::any_of({test(K::Equal, integer(3)), Predicate::test(K::IsNull, 0)})),
            "[0,30)");
  EXPECT_EQ(rows(Predicate::all_of({test(K::Greater, integer(3)), test(K::Less, integer(9))})),
            "[0,10)");
  EXPECT_EQ(rows(Predicate::unknown()), "[0,30)");
  EXPECT_TRUE(has_useful_page_index(file, 0, test(K::Equal, integer(5))));
}

TEST(BloomFilterMetadata, HashIsXxh64) {
  const auto hash = [](std::string_view text) { return xxh64(std::as_bytes(std::span(text))); };
  EXPECT_EQ(hash(""), 0xEF46DB3751D8E999u);
  EXPECT_EQ(hash("a"), 0xD24EC4F1A98C6E5Bu);
  EXPECT_EQ(hash("abc"), 0x44BC2CF5AD770999u);
  EXPECT_EQ(hash("abcdefghijklmnopqrstuvwxyz0123456789"), 0x64F23ECF1609B766u);
}

TEST(BloomFilterMetadata, ExcludesAbsentStrings) {
  for (const char* name : {"data_index_bloom_encoding_with_length.parquet",
                           "data_index_bloom_encoding_stats.parquet"}) {
    std::string content;
    const std::string folder = WHITTLE_SOURCE_DIR "/../shared/data/parquet-testing/data/";
    if (!read_whole_file(folder + name, content)) GTEST_SKIP();
    OpenFile open;
    ASSERT_TRUE(open.open(content));
    const auto may_match = [&](const char* text) {
      const Predicate predicate = test(PredicateKind::Equal, varchar(text));
      EXPECT_TRUE(has_useful_bloom_filter(*open.file, 0, predicate));
      Result<Outcomes> outcomes =
          open.world.wait(bloom_filter_outcomes(*open.file, *open.reader, 0, predicate));
      EXPECT_TRUE(outcomes);
      return !outcomes->no_row_matches();
    };
    for (const char* present :
         {"Hello", "This is", "a", "test", "How", "are you", "doing ", "today", "the quick",
          "brown fox", "jumps", "over", "the lazy", "dog"})
      EXPECT_TRUE(may_match(present)) << present;
    EXPECT_FALSE(may_match("Hello2"));
    EXPECT_FALSE(may_match("over there"));
  }
}

TEST(DictionaryMetadata, ValuesOutsideTheDictionaryAreExcluded) {
  OneColumn column({.type = I32}, bounds(plain(10), plain(20), 0));
  Column dictionary = Column::flat(column.open.budget, TypeId::Integer, 3);
  for (uint32_t i = 0; i < 3; ++i)
    dictionary.mutable_values<int32_t>()[i] = static_cast<int32_t>(10 + 5 * i);
  const auto outcomes = [&](Predicate predicate) {
    return dictionary_outcomes(*column.open.file, 0, predicate, 0, dictionary);
  };
  EXPECT_TRUE(outcomes(test(PredicateKind::Equal, integer(12))).no_row_matches());
  EXPECT_FALSE(outcomes(test(PredicateKind::Equal, integer(15))).no_row_matches());
  EXPECT_TRUE(outcomes(Predicate::in(0, {integer(11), integer(19)})).no_row_matches());
}

}  // namespace
}  // namespace whittle::parquet::testing
