// The corpus of ../shared/data read completely: against the answers of DuckDB 1.5 (a hash per
// column, decode_corpus.txt), and against itself with other batch sizes, windows, skips and
// selections.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "unit/parquet/decode_support.hpp"

namespace whittle::parquet::testing {
namespace {

std::string corpus() {
  return WHITTLE_SOURCE_DIR "/../shared/data/parquet-testing/";
}

uint64_t hash_lines(const std::vector<std::string>& lines) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const std::string& line : lines) {
    for (const char c : line + "\n") {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
  }
  return hash;
}

// Lines of "path<TAB>column index<TAB>rows<TAB>hash in hex".
struct Expectation {
  std::string path;
  uint32_t column;
  size_t rows;
  uint64_t hash;
};

std::vector<Expectation> expectations() {
  std::string text;
  read_whole_file(WHITTLE_SOURCE_DIR "/tests/unit/parquet/decode_corpus.txt", text);
  std::vector<Expectation> list;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const size_t a = line.find('\t'), b = line.find('\t', a + 1), c = line.find('\t', b + 1);
    list.push_back({line.substr(0, a),
                    static_cast<uint32_t>(std::strtoul(line.c_str() + a + 1, nullptr, 10)),
                    std::strtoull(line.c_str() + b + 1, nullptr, 10),
                    std::strtoull(line.c_str() + c + 1, nullptr, 16)});
  }
  return list;
}

TEST(Corpus, EqualsDuckDb) {
  const auto list = expectations();
  ASSERT_FALSE(list.empty());
  for (const Expectation& expected : list) {
    std::string content;
    if (!read_whole_file(corpus() + expected.path, content)) GTEST_SKIP() << "no corpus here";
    OpenFile open;
    const Status opened = open.open(content);
    ASSERT_TRUE(opened) << expected.path << ": " << opened.error().to_string();
    ASSERT_LT(expected.column, open.file->schema.columns.size());
    const auto text = column_text(open, expected.column);
    ASSERT_TRUE(text) << expected.path << ": " << text.error().to_string();
    EXPECT_EQ(text->size(), expected.rows) << expected.path << " " << expected.column;
    EXPECT_EQ(hash_lines(*text), expected.hash) << expected.path << " " << expected.column;
  }
}

// Reads one row group with random skips, selections and batch sizes; every value that is read must
// be the one of the full read.
void check_random_walk(OpenFile& open, uint32_t column, const std::vector<std::string>& all,
                       uint64_t share, std::mt19937& random) {
  ColumnReadOptions options;
  options.memory_share = share;
  size_t first = 0;
  for (uint32_t g = 0; g < open.file->metadata.row_groups.size(); ++g) {
    auto reader = ColumnReader::make(*open.reader, open.file->metadata, g,
                                     open.file->schema.columns[column], options);
    ASSERT_TRUE(reader);
    while (reader->row() < reader->row_count()) {
      const uint64_t left = reader->row_count() - reader->row();
      const auto span = static_cast<uint32_t>(std::min<uint64_t>(left, 1 + random() % 3000));
      const size_t row = first + reader->row();
      if (random() % 3 == 0) {
        ASSERT_TRUE(reader->skip(span));
        continue;
      }
      const Status prepared = open.world.wait(reader->prepare(span));
      ASSERT_TRUE(prepared) << prepared.error().to_string();
      ASSERT_TRUE(reader->ready(span));
      std::vector<uint32_t> rows;
      const uint32_t sparse = 1 + random() % 200;
      const bool whole = random() % 2 == 0;
      for (uint32_t i = 0; i < span; ++i) {
        if (whole || random() % sparse == 0) rows.push_back(i);
      }
      auto values = whole ? reader->read(span) : reader->read_selected(span, rows);
      ASSERT_TRUE(values) << values.error().to_string();
      ASSERT_EQ(values->length(), rows.size());
      for (uint32_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(Value::from_column(*values, i).to_string(), all[row + rows[i]])
            << "row " << row + rows[i];
      }
    }
    first += reader->row_count();
  }
}

TEST(Corpus, SkipsSelectionsAndWindowsAgree) {
  std::mt19937 random(11);
  std::string last;
  auto list = expectations();
  // Larger files of one's own.
  if (const char* more = std::getenv("WHITTLE_TEST_PARQUET")) list.push_back({more, 0, 0, 0});
  for (const Expectation& expected : list) {
    if (expected.path == last) continue;
    last = expected.path;
    std::string content;
    const std::string path = expected.path[0] == '/' ? expected.path : corpus() + expected.path;
    if (!read_whole_file(path, content)) GTEST_SKIP() << "no corpus here";
    OpenFile open;
    ASSERT_TRUE(open.open(content));
    for (uint32_t c = 0; c < open.file->schema.columns.size(); ++c) {
      const auto all = column_text(open, c);
      if (!all) continue;
      for (const uint64_t share : {UINT64_MAX, uint64_t{1}}) {
        SCOPED_TRACE(expected.path + " " + open.file->schema.columns[c].name);
        check_random_walk(open, c, *all, share, random);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Corpus, ChecksumsOnRequest) {
  std::string content;
  if (!read_whole_file(corpus() + "data/datapage_v1-corrupt-checksum.parquet", content)) {
    GTEST_SKIP() << "no corpus here";
  }
  OpenFile open;
  ASSERT_TRUE(open.open(content));
  ColumnReadOptions options;
  EXPECT_TRUE(column_text(open, 0, options));
  options.verify_crc = true;
  const auto text = column_text(open, 0, options);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), ErrorCode::Corrupt);
}

TEST(Corpus, DamagedBytesAreErrorsAtMost) {
  std::mt19937 random(12);
  for (const char* path :
       {"data/alltypes_plain.snappy.parquet", "data/nested_maps.snappy.parquet",
        "data/datapage_v2_empty_datapage.snappy.parquet",
        "data/data_index_bloom_encoding_stats.parquet", "data/old_list_structure.parquet",
        "data/fixed_length_decimal.parquet", "shredded_variant/case-083.parquet"}) {
    std::string content;
    if (!read_whole_file(corpus() + path, content)) GTEST_SKIP() << "no corpus here";
    for (int round = 0; round < 200; ++round) {
      std::string damaged = content;
      for (int n = 1 + random() % 3; n > 0; --n) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      OpenFile open(64 << 20);
      if (!open.open(damaged)) continue;
      for (uint32_t c = 0; c < open.file->schema.columns.size(); ++c) {
        if (open.file->row_count() < 100'000) (void)column_text(open, c).has_value();
      }
    }
  }
}

}  // namespace
}  // namespace whittle::parquet::testing
