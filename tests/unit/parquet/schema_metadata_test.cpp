// Types as DuckDB's DESCRIBE gives them for files of the same schema.
#include <gtest/gtest.h>

#include "unit/parquet/decode_support.hpp"
#include "unit/parquet/thrift_writer.hpp"

namespace whittle::parquet::testing {
namespace {

enum { Bool, I32, I64, I96, F32, F64, Bytes, Fixed };

std::string described(const FileSpec& spec, SchemaOptions options = {}) {
  OpenFile open;
  Status status = open.open(make_file(spec));
  if (!status) return "ERROR " + status.error().message();
  Result<ParquetSchema> schema = build_schema(open.file->metadata, options);
  if (!schema) return "ERROR " + schema.error().message();
  std::string text;
  for (const auto& field : schema->to_schema())
    text += (text.empty() ? "" : ", ") + field.name + " " + field.type.to_string();
  return text;
}

std::string described(Element element, SchemaOptions options = {}) {
  element.name = "x";
  const std::string text = described(FileSpec{.elements = {element}}, options);
  return text.starts_with("x ") ? text.substr(2) : text;
}

Wire unit(int id) {
  return w_struct({{id, w_struct({})}});
}
Wire timed(int kind, bool utc, int unit_id) {
  return logical(kind, {{1, w_bool(utc)}, {2, unit(unit_id)}});
}

TEST(SchemaMetadata, StorageTypes) {
  EXPECT_EQ(described({.type = Bool}), "BOOLEAN");
  EXPECT_EQ(described({.type = I32}), "INTEGER");
  EXPECT_EQ(described({.type = I64}), "BIGINT");
  EXPECT_EQ(described({.type = I96}), "TIMESTAMP");
  EXPECT_EQ(described({.type = F32}), "FLOAT");
  EXPECT_EQ(described({.type = F64}), "DOUBLE");
  EXPECT_EQ(described({.type = Bytes}), "BLOB");
  EXPECT_EQ(described({.type = Bytes}, {.binary_as_string = true}), "VARCHAR");
  EXPECT_EQ(described({.type = Fixed, .length = 7}), "BLOB");
}

TEST(SchemaMetadata, ConvertedTypes) {
  const struct {
    int type, converted;
    const char* sql;
  } rows[] = {
      {Bytes, 0, "VARCHAR"},  {Bytes, 4, "VARCHAR"}, {I32, 6, "DATE"},       {I32, 7, "TIME"},
      {I64, 8, "TIME"},       {I64, 9, "TIMESTAMP"}, {I64, 10, "TIMESTAMP"}, {I32, 11, "UTINYINT"},
      {I32, 12, "USMALLINT"}, {I32, 13, "UINTEGER"}, {I64, 14, "UBIGINT"},   {I32, 15, "TINYINT"},
      {I32, 16, "SMALLINT"},  {I32, 17, "INTEGER"},  {I64, 18, "BIGINT"},    {Bytes, 19, "JSON"},
      {Bytes, 20, "BLOB"},    {I64, 6, "BIGINT"},    {I64, 15, "BIGINT"}};
  for (const auto& row : rows)
    EXPECT_EQ(described({.type = row.type, .converted = row.converted}), row.sql) << row.converted;
  EXPECT_EQ(described({.type = Fixed, .converted = 21, .length = 12}), "INTERVAL");
}

TEST(SchemaMetadata, LogicalTypes) {
  EXPECT_EQ(described({.type = I32, .logical = timed(7, false, 1)}), "TIME");
  EXPECT_EQ(described({.type = I64, .logical = timed(7, false, 3)}), "TIME_NS");
  EXPECT_EQ(described({.type = I64, .logical = timed(7, true, 2)}), "TIME WITH TIME ZONE");
  EXPECT_EQ(described({.type = I64, .logical = timed(8, false, 1)}), "TIMESTAMP");
  EXPECT_EQ(described({.type = I64, .logical = timed(8, false, 3)}), "TIMESTAMP_NS");
  for (int u : {1, 2, 3})
    EXPECT_EQ(described({.type = I64, .logical = timed(8, true, u)}), "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(described({.type = Bytes, .logical = logical(1)}), "VARCHAR");
  EXPECT_EQ(described({.type = Bytes, .logical = logical(12)}), "JSON");
  EXPECT_EQ(described({.type = Bytes, .logical = logical(17)}), "BLOB");
  EXPECT_EQ(described({.type = Fixed, .length = 16, .logical = logical(14)}), "UUID");
  EXPECT_EQ(described({.type = Fixed, .length = 4, .logical = logical(14)}), "BLOB");
  EXPECT_EQ(described({.type = Fixed, .length = 2, .logical = logical(15)}), "FLOAT");
  EXPECT_EQ(described({.type = I32, .logical = logical(11)}), "INTEGER");
  EXPECT_EQ(described({.type = Bytes, .logical = logical(99)}), "BLOB");
  const Wire u16 = logical(10, {{1, w_i8(16)}, {2, w_bool(false)}});
  EXPECT_EQ(described({.type = I32, .logical = u16}), "USMALLINT");
}

TEST(SchemaMetadata, Decimals) {
  EXPECT_EQ(described({.type = I32, .converted = 5, .scale = 2, .precision = 9}), "DECIMAL(9,2)");
  EXPECT_EQ(described({.type = Bytes, .converted = 5, .scale = 2, .precision = 38}),
            "DECIMAL(38,2)");
  EXPECT_EQ(described({.type = Bytes, .converted = 5, .scale = 2, .precision = 39}), "DOUBLE");
  const Wire ten_three = logical(5, {{1, w_i32(3)}, {2, w_i32(10)}});
  EXPECT_EQ(described({.type = Fixed, .length = 5, .logical = ten_three}), "DECIMAL(10,3)");
  EXPECT_TRUE(described({.type = I32, .converted = 5}).starts_with("ERROR"));
  EXPECT_TRUE(
      described({.type = I32, .converted = 5, .scale = 9, .precision = 3}).starts_with("ERROR"));
}

TEST(SchemaMetadata, ListsOfAllAges) {
  const Element list{.name = "a", .children = 1, .converted = 3};
  const Element x{.name = "x", .type = I32}, y{.name = "y", .type = I32};
  EXPECT_EQ(described(FileSpec{.elements = {list,
                                            {.name = "list", .repetition = 2, .children = 1},
                                            {.name = "element", .type = I32}}}),
            "a INTEGER[]");
  EXPECT_EQ(described(FileSpec{.elements = {list, {.name = "e", .type = I32, .repetition = 2}}}),
            "a INTEGER[]");
  EXPECT_EQ(
      described(FileSpec{.elements = {list, {.name = "e", .repetition = 2, .children = 2}, x, y}}),
      "a STRUCT(x INTEGER, y INTEGER)[]");
  EXPECT_EQ(described(FileSpec{.elements = {{.name = "a", .type = I32, .repetition = 2}}}),
            "a INTEGER[]");
  EXPECT_EQ(described(FileSpec{.elements = {{.name = "a", .repetition = 2, .children = 2}, x, y}}),
            "a STRUCT(x INTEGER, y INTEGER)[]");
  EXPECT_EQ(described(FileSpec{.elements = {{.name = "s", .children = 1}, x}}),
            "s STRUCT(x INTEGER)");
}

TEST(SchemaMetadata, Maps) {
  const Element key{.name = "k", .type = I32, .repetition = 0};
  const Element value{.name = "v", .type = Bytes, .converted = 0};
  const Element map{.name = "m", .children = 1, .converted = 1};
  const Element entries{.name = "kv", .repetition = 2, .children = 2};
  EXPECT_EQ(described(FileSpec{.elements = {map, entries, key, value}}), "m MAP(INTEGER, VARCHAR)");
  EXPECT_EQ(
      described(FileSpec{
          .elements = {{.name = "m", .children = 1, .logical = logical(2)}, entries, key, value}}),
      "m MAP(INTEGER, VARCHAR)");
  EXPECT_EQ(described(FileSpec{
                .elements = {{.name = "m", .children = 1, .converted = 2}, entries, key, value}}),
            "m MAP(INTEGER, VARCHAR)");
  // A map without values is the list of its keys.
  EXPECT_EQ(
      described(FileSpec{.elements = {map, {.name = "kv", .repetition = 2, .children = 1}, key}}),
      "m INTEGER[]");
}

TEST(SchemaMetadata, LevelsOfAListOfStructs) {
  OpenFile open;
  ASSERT_TRUE(open.open(make_file({.elements = {{.name = "a", .children = 1, .converted = 3},
                                                {.name = "list", .repetition = 2, .children = 1},
                                                {.name = "element", .children = 1},
                                                {.name = "x", .type = I32}}})));
  const SchemaNode& list = open.file->schema.columns[0];
  EXPECT_EQ(list.kind, NodeKind::List);
  EXPECT_EQ(list.definition_level, 1);
  EXPECT_EQ(list.repetition_level, 0);
  EXPECT_EQ(list.element_level, 2);
  const SchemaNode& element = list.children[0];
  EXPECT_EQ(element.kind, NodeKind::Struct);
  EXPECT_EQ(element.definition_level, 3);
  EXPECT_EQ(element.repetition_level, 1);
  EXPECT_EQ(element.children[0].definition_level, 4);
  EXPECT_EQ(open.file->schema.leaves[0].path, "a.list.element.x");
  EXPECT_EQ(open.file->schema.leaves[0].max_definition_level, 4);
  EXPECT_EQ(open.file->schema.leaves[0].max_repetition_level, 1);
}

TEST(SchemaMetadata, RepeatedNames) {
  FileSpec spec{.elements = {}, .top_level = 4};
  for (const char* name : {"a", "A", "a", ""}) spec.elements.push_back({.name = name, .type = I32});
  EXPECT_EQ(described(spec), "a INTEGER, A_1 INTEGER, a_2 INTEGER, C3 INTEGER");
}

TEST(SchemaMetadata, PruningKeepsWhatIsNeeded) {
  OpenFile open;
  ASSERT_TRUE(open.open(make_file({.elements = {{.name = "s", .children = 3},
                                                {.name = "a", .type = I32},
                                                {.name = "t", .children = 2},
                                                {.name = "b", .type = I64},
                                                {.name = "c", .type = Bytes},
                                                {.name = "d", .type = I32}}})));
  const SchemaNode& node = open.file->schema.columns[0];
  const std::vector<std::vector<std::string>> paths = {{"D"}, {"t", "c"}};
  const SchemaNode pruned = prune(node, paths);
  EXPECT_EQ(pruned.type.to_string(), "STRUCT(t STRUCT(c BLOB), d INTEGER)");
  std::vector<uint32_t> leaves;
  for_each_leaf(pruned, [&](uint32_t leaf, const SchemaNode&) { leaves.push_back(leaf); });
  EXPECT_EQ(leaves, (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(prune(node, {}).type, node.type);
}

}  // namespace
}  // namespace whittle::parquet::testing
