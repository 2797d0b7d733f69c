// Opening: the right files, the wrong ones, and every file of parquet-testing with random damage.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "parquet/metadata_rows.hpp"
#include "parquet/page_index.hpp"
#include "unit/parquet/decode_support.hpp"
#include "unit/parquet/thrift_writer.hpp"

namespace whittle::parquet::testing {
namespace {

std::string data_path(const std::string& name) {
  const std::string path = WHITTLE_SOURCE_DIR "/../shared/data/parquet-testing/" + name;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return "";
  std::fclose(file);
  return path;
}

std::string error_of(const std::string& content) {
  OpenFile open;
  Status status = open.open(content);
  return status ? "" : status.error().to_string();
}

FileSpec one_column(int64_t rows) {
  return {.elements = {{.name = "x", .type = 1}},
          .groups = {{.rows = rows, .chunks = {{.type = 1, .values = rows}}}}};
}

TEST(FooterMetadata, OpensAFile) {
  OpenFile open;
  ASSERT_TRUE(open.open(make_file(one_column(7))));
  EXPECT_EQ(open.file->row_count(), 7u);
  EXPECT_EQ(open.file->metadata.created_by, "test");
  EXPECT_EQ(open.file->where(0, 0), "row group 0, column 'x'");
  EXPECT_GT(open.file->metadata.memory.bytes(), 0u);
}

TEST(FooterMetadata, SaysWhatIsWrong) {
  const std::string good = make_file(one_column(7));
  EXPECT_NE(error_of("").find("empty"), std::string::npos);
  EXPECT_NE(error_of("PAR1").find("too few"), std::string::npos);
  EXPECT_NE(error_of(std::string(100, 'x')).find("not a Parquet file"), std::string::npos);
  EXPECT_NE(error_of(good.substr(0, good.size() - 3)).find("truncated"), std::string::npos);
  std::string longer = good;
  longer[longer.size() - 5] = 1;
  EXPECT_NE(error_of(longer).find("footer's length"), std::string::npos);
  std::string encrypted = good;
  encrypted[encrypted.size() - 1] = 'E';
  EXPECT_NE(error_of(encrypted).find("Encrypted"), std::string::npos);
}

TEST(FooterMetadata, ChecksCountsAndOffsets) {
  auto broken = [](auto change) {
    FileSpec spec = one_column(7);
    change(spec);
    return error_of(make_file(spec));
  };
  EXPECT_EQ(broken([](FileSpec&) {}), "");
  EXPECT_EQ(broken([](FileSpec& s) { s.rows = 8; }), "");  // the row groups count
  EXPECT_NE(broken([](FileSpec& s) {
              s.groups[0].chunks[0].offset = 1000;
            }).find("row group 0, column 'x'"),
            std::string::npos);
  EXPECT_NE(broken([](FileSpec& s) { s.groups[0].chunks[0].size = int64_t{1} << 62; }), "");
  EXPECT_NE(broken([](FileSpec& s) { s.groups[0].chunks[0].size = -1; }), "");
  EXPECT_NE(broken([](FileSpec& s) { s.groups[0].chunks[0].values = 6; }), "");
  EXPECT_NE(broken([](FileSpec& s) { s.groups[0].chunks[0].type = 2; }), "");
  EXPECT_NE(broken([](FileSpec& s) { s.groups[0].chunks.clear(); }), "");
  EXPECT_NE(broken([](FileSpec& s) { s.top_level = 2; }), "");
  EXPECT_NE(broken([](FileSpec& s) { s.elements[0].children = 1000000; }), "");
  EXPECT_NE(broken([](FileSpec& s) { s.elements.clear(); }), "");
  EXPECT_NE(broken([](FileSpec& s) { s.elements[0].type = 77; }), "");
  // Encrypted column, column in another file.
  EXPECT_NE(broken([](FileSpec& s) {
              s.groups[0].chunks[0].more_chunk = {{8, w_struct({})}};
            }).find("Encrypted"),
            std::string::npos);
  // Broken index references cost the index, not the data.
  EXPECT_EQ(broken([](FileSpec& s) {
              s.groups[0].chunks[0].more_chunk = {{4, w_i64(-5)}, {5, w_i32(1 << 30)}};
            }),
            "");
}

TEST(FooterMetadata, RefusesBeyondTheBudget) {
  FileSpec spec{.elements = {{.name = "x", .type = 1}}};
  for (int i = 0; i < 2000; ++i)
    spec.groups.push_back({.rows = 1, .chunks = {{.type = 1, .values = 1}}});
  const std::string file = make_file(spec);
  OpenFile small(file.size() * 2 + (200 << 10));
  Status status = small.open(file);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::BudgetExceeded) << status.error().to_string();
  OpenFile large;
  ASSERT_TRUE(large.open(file));
}

TEST(FooterMetadata, ReadsAFooterLongerThanTheTail) {
  FileSpec spec{.elements = {}, .top_level = 3000};
  for (int i = 0; i < 3000; ++i) {
    spec.elements.push_back(
        {.name = "a_rather_long_name_of_a_column_" + std::to_string(i), .type = 1});
  }
  spec.body = std::string(2 << 20, '.');  // too large to be read as a whole
  const std::string content = make_file(spec);
  ASSERT_GT(footer_bytes(spec).size(), size_t{64} << 10);
  OpenFile open;
  BufferRef buffer = *Buffer::reserve(open.budget, content.size(), "test");
  std::memcpy(buffer->data(), content.data(), content.size());
  BufferSlice bytes{buffer, buffer->data(), content.size()};
  for (size_t tail : {size_t{0}, size_t{8}, size_t{1000}, size_t{64 << 10}, content.size()}) {
    OpenedSource opened;
    opened.source = make_memory_source("t", {.size = content.size()}, bytes);
    opened.tail = bytes.part(content.size() - tail, tail);
    Result<ParquetFileRef> file = open.world.wait(open_parquet(&opened, open.session));
    ASSERT_TRUE(file) << tail;
    EXPECT_EQ((*file)->schema.columns.size(), 3000u);
  }
}

const std::vector<std::string>& sample_files() {
  static const std::vector<std::string> names = {
      "data/alltypes_plain.parquet",
      "data/binary_truncated_min_max.parquet",
      "data/data_index_bloom_encoding_stats.parquet",
      "data/data_index_bloom_encoding_with_length.parquet",
      "data/datapage_v2_empty_datapage.snappy.parquet",
      "data/dict-page-offset-zero.parquet",
      "data/fixed_length_decimal.parquet",
      "data/large_string_map.brotli.parquet",
      "data/map_no_value.parquet",
      "data/nan_in_stats.parquet",
      "data/nested_maps.snappy.parquet",
      "data/nested_structs.rust.parquet",
      "data/old_list_structure.parquet",
      "data/overflow_i16_page_cnt.parquet",
      "data/page_v2_empty_compressed.parquet",
      "data/repeated_no_annotation.parquet",
      "data/repeated_primitive_no_list.parquet",
      "data/unknown-logical-type.parquet",
      "data/geospatial/geospatial-with-nan.parquet",
      "data/geospatial/crs-projjson.parquet",
      "shredded_variant/case-001.parquet",
      "shredded_variant/case-083.parquet"};
  return names;
}

TEST(FooterMetadata, OpensParquetTesting) {
  int opened = 0;
  for (const std::string& name : sample_files()) {
    std::string content;
    if (!read_whole_file(data_path(name), content)) continue;
    OpenFile open;
    Status status = open.open(content);
    EXPECT_TRUE(status) << name << ": " << (status ? "" : status.error().to_string());
    if (!status) continue;
    for (auto table : {MetadataTable::Chunks, MetadataTable::Schema, MetadataTable::File,
                       MetadataTable::KeyValues}) {
      const size_t width = metadata_table_schema(table).size();
      EXPECT_TRUE(metadata_rows(table, *open.file, name, [&](std::vector<Value> row) -> Status {
        EXPECT_EQ(row.size(), width);
        return {};
      }));
    }
    ++opened;
  }
  if (opened == 0) GTEST_SKIP() << "no parquet-testing here";
}

TEST(FooterMetadata, EncryptedFilesAreTyped) {
  for (const char* name : {"data/encrypt_columns_and_footer.parquet.encrypted",
                           "data/encrypt_columns_plaintext_footer.parquet.encrypted",
                           "data/uniform_encryption.parquet.encrypted"}) {
    std::string content;
    if (!read_whole_file(data_path(name), content)) GTEST_SKIP();
    OpenFile open;
    Status status = open.open(content);
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().code(), ErrorCode::Encrypted) << name;
  }
}

// Whatever bytes a footer has: an error or a consistent file, never a crash, and never memory that
// nobody charged.
TEST(FooterMetadata, SurvivesDamage) {
  std::mt19937 random(7);
  std::vector<std::string> contents = {make_file(one_column(7))};
  for (const std::string& name : sample_files()) {
    std::string content;
    if (read_whole_file(data_path(name), content)) contents.push_back(content);
  }
  for (const std::string& content : contents) {
    uint32_t footer;
    std::memcpy(&footer, content.data() + content.size() - 8, 4);
    for (int round = 0; round < 200; ++round) {
      std::string damaged = content;
      const int flips = 1 + static_cast<int>(random() % 4);
      for (int i = 0; i < flips; ++i) {
        const size_t at = content.size() - 8 - footer + random() % (footer + 4);
        damaged[at] = static_cast<char>(random());
      }
      OpenFile open(uint64_t{64} << 20);
      if (Status status = open.open(damaged); !status) {
        EXPECT_NE(status.error().code(), ErrorCode::Internal);
        continue;
      }
      const ParquetFile& file = *open.file;
      for (size_t g = 0; g < file.metadata.row_groups.size(); ++g) {
        std::vector<uint32_t> leaves;
        for (uint32_t leaf = 0; leaf < file.metadata.leaf_count; ++leaf) {
          leaves.push_back(leaf);
          chunk_bounds(file, g, leaf);
          const ByteRange range = file.metadata.row_groups[g].columns[leaf].byte_range();
          EXPECT_TRUE(range.fits(damaged.size()));
        }
        (void)open.world.wait(read_page_indexes(file, *open.reader, g, leaves, leaves));
      }
    }
  }
}

}  // namespace
}  // namespace whittle::parquet::testing
