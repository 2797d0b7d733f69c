// Builders, gathers, hashes and comparisons, checked against Values row by row.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "columnar/builder.hpp"
#include "columnar/compare.hpp"
#include "columnar/gather.hpp"
#include "columnar/hash.hpp"

namespace whittle {
namespace {

class Columns : public ::testing::Test {
 protected:
  MemoryBudget budget{256 << 20};
  std::mt19937_64 random{42};

  Value random_value(const Type& type) {
    if (random() % 5 == 0) return Value::null(type);
    switch (type.physical()) {
      case PhysicalType::Bool:
        return Value::boolean(random() % 2);
      case PhysicalType::Double:
        return Value::real(type, random() % 4 == 0 ? NAN : static_cast<double>(random() % 7) - 3);
      case PhysicalType::String:
        return Value::string(type,
                             std::string(random() % 40, static_cast<char>('a' + random() % 3)));
      case PhysicalType::Interval:
        return Value::interval({static_cast<int32_t>(random() % 3),
                                static_cast<int32_t>(random() % 40),
                                static_cast<int64_t>(random() % 3) * 86'400'000'000});
      case PhysicalType::List: {
        std::vector<Value> elements;
        for (uint64_t n = random() % 4; n > 0; --n)
          elements.push_back(random_value(type.element()));
        return Value::nested(type, std::move(elements));
      }
      case PhysicalType::Struct: {
        std::vector<Value> fields;
        for (const auto& field : type.fields()) fields.push_back(random_value(field.type));
        return Value::nested(type, std::move(fields));
      }
      default:
        return Value::integer(type, static_cast<int128_t>(random() % 100));
    }
  }

  std::vector<Value> random_values(const Type& type, size_t count) {
    std::vector<Value> values;
    for (size_t i = 0; i < count; ++i) values.push_back(random_value(type));
    return values;
  }

  Column build(const Type& type, const std::vector<Value>& values) {
    ColumnBuilder builder(type, budget);
    for (const auto& value : values) EXPECT_TRUE(builder.append(value));
    return *builder.finish();
  }

  static void expect_rows(const Column& column, const std::vector<Value>& values) {
    ASSERT_EQ(column.length(), values.size());
    for (uint32_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(compare(Value::from_column(column, i), values[i]), 0) << "row " << i;
    }
  }

  static std::vector<Type> types() {
    return {TypeId::Boolean,
            TypeId::TinyInt,
            TypeId::SmallInt,
            TypeId::Integer,
            TypeId::UBigInt,
            TypeId::HugeInt,
            TypeId::Uuid,
            TypeId::Double,
            TypeId::Varchar,
            TypeId::Interval,
            Type::decimal(38, 2),
            Type::list(TypeId::Varchar),
            Type::array(TypeId::Integer, 3),
            Type::structure({{"a", TypeId::Integer}, {"b", Type::list(TypeId::Double)}}),
            Type::map(TypeId::Varchar, TypeId::Integer),
            Type::list(Type::structure({{"x", TypeId::Varchar}}))};
  }

  // The same values in each encoding.
  Column dictionary_of(const Column& entries, const std::vector<uint32_t>& codes) {
    BufferRef buffer = Buffer::charge(budget, codes.size() * 4);
    std::copy(codes.begin(), codes.end(), buffer->as<uint32_t>());
    return Column::dictionary(make_ref<Dictionary>(entries), buffer,
                              static_cast<uint32_t>(codes.size()));
  }
};

TEST_F(Columns, GatherFlattenSliceConcatenateCompactKeepRows) {
  for (const auto& type : types()) {
    SCOPED_TRACE(type.to_string());
    const auto values = random_values(type, 300);
    const Column flat = build(type, values);
    expect_rows(flat, values);

    std::vector<uint32_t> rows;
    std::vector<Value> expected;
    for (int i = 0; i < 200; ++i) {
      rows.push_back(static_cast<uint32_t>(random() % 300));
      expected.push_back(values[rows.back()]);
    }
    const Column gathered = *gather(flat, rows.data(), 200, budget);
    expect_rows(gathered, expected);
    const Column dictionary = dictionary_of(flat, rows);
    expect_rows(dictionary, expected);
    expect_rows(*flatten(dictionary, budget), expected);
    EXPECT_EQ(flatten(dictionary, budget)->encoding(), Encoding::Flat);

    const Column constant = Column::constant(*slice(flat, 7, 1, budget), 5);
    expect_rows(constant, std::vector<Value>(5, values[7]));
    expect_rows(*flatten(constant, budget), std::vector<Value>(5, values[7]));

    for (uint32_t offset : {0u, 1u, 63u, 64u, 130u}) {
      const std::vector<Value> part(values.begin() + offset, values.begin() + offset + 65);
      expect_rows(*slice(flat, offset, 65, budget), part);
      expect_rows(*slice(dictionary, offset, 65, budget),
                  {expected.begin() + offset, expected.begin() + offset + 65});
    }
    EXPECT_FALSE(slice(flat, 299, 2, budget));

    const Column pieces[] = {gathered, dictionary, constant, *slice(flat, 3, 70, budget)};
    std::vector<Value> all = expected;
    all.insert(all.end(), expected.begin(), expected.end());
    all.insert(all.end(), 5, values[7]);
    all.insert(all.end(), values.begin() + 3, values.begin() + 73);
    const Column joined = *concatenate(pieces, budget);
    expect_rows(joined, all);
    expect_rows(*compact(joined, budget), all);
    const Column halves[] = {*slice(dictionary, 0, 90, budget),
                             *slice(dictionary, 90, 110, budget)};
    const Column whole = *concatenate(halves, budget);
    EXPECT_EQ(whole.encoding(), Encoding::Dictionary);
    expect_rows(whole, expected);
  }
}

TEST_F(Columns, StructOfDictionaryChildren) {
  const Column words = build(
      TypeId::Varchar,
      {Value::string(TypeId::Varchar, "a word above twelve bytes"), Value::null(TypeId::Varchar)});
  Column record;
  record.set_type(Type::structure({{"w", TypeId::Varchar}}));
  record.set_length(4);
  record.mutable_children().push_back(dictionary_of(words, {1, 0, 0, 1}));
  const uint32_t rows[] = {2, 3};
  const Column picked = *gather(record, rows, 2, budget);
  EXPECT_EQ(picked.children()[0].encoding(), Encoding::Dictionary);
  EXPECT_EQ(Value::from_column(picked, 0).children()[0].as_string(), "a word above twelve bytes");
  EXPECT_TRUE(Value::from_column(picked, 1).children()[0].is_null());
  EXPECT_EQ(flatten(record, budget)->children()[0].encoding(), Encoding::Flat);
}

TEST_F(Columns, ConstantNullOfEveryType) {
  for (const auto& type : types()) {
    const Column nulls = Column::constant_null(budget, type, 9);
    for (uint32_t i = 0; i < 9; ++i) EXPECT_TRUE(Value::from_column(nulls, i).is_null());
    const Column flat = *flatten(nulls, budget);
    EXPECT_EQ(flat.length(), 9u);
    EXPECT_TRUE(flat.is_null(8));
  }
}

TEST_F(Columns, HashesFollowEqualityInEveryEncoding) {
  for (const auto& type : types()) {
    SCOPED_TRACE(type.to_string());
    const auto values = random_values(type, 300);
    const Column flat = build(type, values);
    std::vector<uint32_t> codes;
    for (int i = 0; i < 300; ++i) codes.push_back(static_cast<uint32_t>(random() % 300));
    const Column dictionary = dictionary_of(flat, codes);
    std::vector<uint64_t> a(300), b(300), c(300);
    hash_column(flat, Selection::all(300), a.data(), false);
    hash_column(dictionary, Selection::all(300), b.data(), false);
    DictionaryHashCache cache(budget);
    hash_column(dictionary, Selection::all(300), c.data(), false, &cache);
    EXPECT_EQ(b, c);
    for (uint32_t i = 0; i < 300; ++i) {
      ASSERT_EQ(b[i], a[codes[i]]);
      ASSERT_EQ(a[i], hash_row(flat, i));
      for (uint32_t j = 0; j < 300; j += 7) {
        ASSERT_EQ(compare_rows(flat, i, flat, j), compare(values[i], values[j]));
        const bool equal = rows_equal(flat, i, flat, j);
        ASSERT_EQ(equal, values[i] == values[j]);
        ASSERT_EQ(equal, a[i] == a[j]);
      }
    }
    const uint32_t few[] = {3, 4, 200};
    std::vector<uint64_t> mixed = a;
    hash_column(flat, Selection{few, 3, {}}, mixed.data(), true);
    EXPECT_EQ(mixed[0], a[0]);
    EXPECT_EQ(mixed[200], combine_hashes(a[200], a[200]));
  }
}

TEST_F(Columns, ZeroesAndNaNsHashAlike) {
  EXPECT_EQ(hash_value(0.0), hash_value(-0.0));
  EXPECT_EQ(hash_value(NAN), hash_value(-std::nan("7")));
  EXPECT_NE(hash_value(1.0), hash_value(2.0));
}

TEST_F(Columns, LongStringsHashEveryByte) {
  std::string text(100, 'x');
  const uint64_t hash = hash_bytes(text.data(), text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    text[i] = 'y';
    EXPECT_NE(hash_bytes(text.data(), text.size()), hash);
    text[i] = 'x';
  }
  EXPECT_NE(hash_bytes(text.data(), 99), hash);
}

TEST_F(Columns, BuilderStopsAtTheBudget) {
  MemoryBudget small(64 << 10);
  {
    ColumnBuilder builder(TypeId::Varchar, small);
    Status status;
    for (int i = 0; i < 100'000 && status; ++i)
      status = builder.append_string("a string of some length");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), ErrorCode::BudgetExceeded);
  }
  EXPECT_EQ(small.used(), 0u);
}

TEST_F(Columns, CompactSelectionLeavesSelectedRows) {
  const auto values = random_values(TypeId::Varchar, 100);
  Batch batch;
  batch.columns = {build(TypeId::Varchar, values)};
  batch.length = 100;
  const uint32_t rows[] = {5, 50, 99};
  batch.selection = Selection{rows, 3, {}};
  ASSERT_TRUE(compact_selection(batch, budget));
  expect_rows(batch.columns[0], {values[5], values[50], values[99]});
  EXPECT_TRUE(batch.selection.is_dense());
}

}  // namespace
}  // namespace whittle
