// Several files as one table, as DuckDB's read_parquet has it.
#include <gtest/gtest.h>

#include <map>

#include "parquet/skip.hpp"
#include "parquet/table.hpp"
#include "unit/parquet/decode_support.hpp"
#include "unit/parquet/thrift_writer.hpp"

namespace whittle::parquet::testing {
namespace {

enum { Bool, I32, I64, I96, F32, F64, Bytes, Fixed };

// Files by name, in memory.
class MapOpener : public FileOpener {
 public:
  std::map<std::string, std::string> files;
  int opens = 0;

  Task<Result<OpenedParquet>> open(std::string path, SchemaOptions options,
                                   IoSessionRef session) override {
    ++opens;
    const std::string& content = files.at(path);
    BufferRef buffer = CO_TRY(Buffer::reserve(session->budget, content.size(), "test"));
    std::memcpy(buffer->data(), content.data(), content.size());
    const std::byte* data = buffer->data();
    OpenedParquet out;
    out.opened.source = make_memory_source(path, {.size = content.size()},
                                           {std::move(buffer), data, content.size()});
    out.file = CO_TRY(co_await open_parquet(&out.opened, session, options));
    co_return out;
  }
};

struct Tables {
  Tables() { session = std::make_shared<IoSession>(world, world, budget, cancellation); }
  void add(const std::string& path, std::vector<Element> elements, int top = 0) {
    opener.files[path] = make_file(
        {.elements = elements, .top_level = top ? top : static_cast<int>(elements.size())});
    paths.push_back(path);
  }
  std::string open(TableOptions options = {}) {
    Result<ParquetTableRef> opened =
        world.wait(open_parquet_table(paths, std::move(options), opener, session));
    if (!opened) return "ERROR " + opened.error().message();
    table = *opened;
    std::string text;
    for (const auto& field : table->schema())
      text += (text.empty() ? "" : ", ") + field.name + " " + field.type.to_string();
    return text;
  }

  whittle::testing::World world;
  MemoryBudget budget{uint64_t{1} << 30};
  CancellationToken cancellation;
  IoSessionRef session;
  MapOpener opener;
  std::vector<std::string> paths;
  ParquetTableRef table;
};

const Element a32{.name = "a", .type = I32}, a64{.name = "a", .type = I64};
const Element b_text{.name = "b", .type = Bytes, .converted = 0};

std::optional<Type> wider(const Type& x, const Type& y) {
  if (!x.is_integer() || !y.is_integer()) return std::nullopt;
  return x.id() > y.id() ? x : y;
}

TEST(TableMetadata, FirstFileDecidesByDefault) {
  Tables t;
  t.add("1", {a32, b_text});
  t.add("2", {b_text, a64, {.name = "c", .type = I32}});
  EXPECT_EQ(t.open(), "a INTEGER, b VARCHAR");
  const ParquetFile& second = *t.table->files()[1].opened->file;
  Result<ColumnMapping> a = t.table->map(1, second, 0);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->kind, ColumnMapping::Kind::Column);
  EXPECT_TRUE(a->needs_cast);
  EXPECT_EQ(a->node->first_leaf, 1u);
  EXPECT_EQ(t.table->row_count(), 0u);
}

TEST(TableMetadata, MissingColumnIsAnError) {
  Tables t;
  t.add("1", {a32, b_text});
  t.add("2", {a32});
  EXPECT_EQ(t.open(), "a INTEGER, b VARCHAR");
  Result<ColumnMapping> b = t.table->map(1, *t.table->files()[1].opened->file, 1);
  ASSERT_FALSE(b);
  EXPECT_EQ(b.error().code(), ErrorCode::Binder);
  EXPECT_NE(b.error().message().find("Candidate names: a"), std::string::npos);
}

TEST(TableMetadata, UnionByName) {
  Tables t;
  t.add("1", {a32, {.name = "s", .children = 1}, {.name = "x", .type = I32}}, 2);
  t.add("2",
        {b_text,
         {.name = "s", .children = 2},
         {.name = "x", .type = I64},
         {.name = "y", .type = F64},
         a64},
        3);
  EXPECT_EQ(t.open({.union_by_name = true, .common_type = wider}),
            "a BIGINT, s STRUCT(x BIGINT, y DOUBLE), b VARCHAR");
  Result<ColumnMapping> b = t.table->map(0, *t.table->files()[0].opened->file, 2);
  ASSERT_TRUE(b);
  EXPECT_TRUE(b->constant.is_null());
}

TEST(TableMetadata, HivePartitions) {
  Tables t;
  t.add("pq/year=2024/m=01/x.parquet", {a32});
  t.add("pq/year=2025/m=02/x.parquet", {a32});
  EXPECT_EQ(t.open(), "a INTEGER, m VARCHAR, year BIGINT");
  const Predicate year =
      Predicate::compare(PredicateKind::Equal, 2, Value::integer(TypeId::BigInt, 2025));
  EXPECT_TRUE(t.table->file_outcomes(0, year).no_row_matches());
  EXPECT_TRUE(t.table->file_outcomes(1, year).all_rows_match());
  EXPECT_EQ(t.table->map(1, *t.table->files()[1].opened->file, 1)->constant.to_string(), "02");
  EXPECT_EQ(t.open({.hive_types_autocast = false}), "a INTEGER, m VARCHAR, year VARCHAR");
  EXPECT_EQ(t.open({.hive_partitioning = false}), "a INTEGER");
  t.add("pq/other/x.parquet", {a32});
  EXPECT_EQ(t.open(), "a INTEGER");
  EXPECT_TRUE(t.open({.hive_partitioning = true}).starts_with("ERROR Hive partition mismatch"));
}

TEST(TableMetadata, HiveTypes) {
  const auto type = [](std::vector<std::string_view> raw) {
    return hive_type(raw, true).to_string();
  };
  EXPECT_EQ(type({"2020-01-01"}), "DATE");
  EXPECT_EQ(type({"2020-1-1"}), "DATE");
  EXPECT_EQ(type({"2020-01-01 10:00:00"}), "TIMESTAMP");
  EXPECT_EQ(type({"12", "-5"}), "BIGINT");
  EXPECT_EQ(type({"12", "__HIVE_DEFAULT_PARTITION__"}), "BIGINT");
  for (std::string_view text : {"007", "1.5", "abc", "12345678901234567890", "true", "", "NULL"})
    EXPECT_EQ(type({text}), "VARCHAR") << text;
  EXPECT_EQ(hive_value("a%20b", TypeId::Varchar)->to_string(), "a b");
  EXPECT_EQ(hive_partitions("s3://b/D=1/d=2/x=a=b/f=1.parquet").size(), 1u);
}

TEST(TableMetadata, ExtraColumns) {
  Tables t;
  t.add("f", {a32});
  EXPECT_EQ(t.open({.filename_column = "fn", .file_row_number = true}),
            "a INTEGER, file_row_number BIGINT, fn VARCHAR");
  EXPECT_EQ(t.open(), "a INTEGER");
  EXPECT_EQ(t.table->visible_count(), 1u);
  ASSERT_EQ(t.table->columns().size(), 4u);  // filename, file_row_number, file_index behind
  EXPECT_EQ(t.table->map(0, *t.table->files()[0].opened->file, 1)->constant.to_string(), "f");
}

TEST(TableMetadata, BindsPredicatesToLeaves) {
  Tables t;
  t.add("1", {a64});
  t.add("2", {b_text, {.name = "s", .children = 1}, {.name = "x", .type = I32}, a32}, 3);
  t.open({.union_by_name = true, .common_type = wider});
  const ParquetFile& second = *t.table->files()[1].opened->file;
  const auto bound = [&](Predicate p) { return t.table->bind(1, second, p).to_string(); };
  const auto a_is = [](int64_t value) {
    return Predicate::compare(PredicateKind::Equal, 0, Value::integer(TypeId::BigInt, value));
  };
  EXPECT_EQ(bound(a_is(7)), "#2 = 7");
  EXPECT_EQ(bound(a_is(int64_t{1} << 40)), "?");
  Predicate field = Predicate::compare(PredicateKind::Less, 2, Value::integer(TypeId::Integer, 3));
  field.path = {"X"};
  EXPECT_EQ(bound(field), "#1 < 3");
  // The first file has no column b: the test is NULL there.
  const Predicate b =
      Predicate::compare(PredicateKind::Equal, 1, Value::string(TypeId::Varchar, "q"));
  EXPECT_TRUE(evaluate(t.table->bind(0, *t.table->files()[0].opened->file, b), Evidence{}) ==
              Outcomes::always_null());
}

TEST(TableMetadata, ManyFilesAreOpenedWhenNeeded) {
  Tables t;
  for (int i = 0; i < 100; ++i) t.add("d=" + std::to_string(i) + "/f", {a32});
  EXPECT_EQ(t.open(), "a INTEGER, d BIGINT");
  EXPECT_EQ(t.opener.opens, 1);
  EXPECT_FALSE(t.table->row_count().has_value());
  ASSERT_TRUE(t.world.wait(t.table->open(99, t.opener, t.session)));
  EXPECT_EQ(t.opener.opens, 2);
}

}  // namespace
}  // namespace whittle::parquet::testing
