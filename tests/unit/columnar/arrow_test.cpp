// The Arrow C export read back through the interface alone, and IPC bytes checked by structure.
// tests/arrow/ reads the same bytes with other people's libraries.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "columnar/arrow_c.hpp"
#include "columnar/arrow_ipc.hpp"
#include "columnar/builder.hpp"
#include "columnar/parse.hpp"

namespace whittle {
namespace {

struct ColumnText {
  const char* name;
  Type type;
  std::vector<const char*> rows;  // null pointer: NULL
};

std::vector<ColumnText> samples() {
  return {
      {"flag", TypeId::Boolean, {"true", nullptr, "false"}},
      {"tiny", TypeId::TinyInt, {"-1", nullptr, "127"}},
      {"big", TypeId::BigInt, {"9223372036854775807", nullptr, "-5"}},
      {"unsigned", TypeId::UInteger, {"4294967295", nullptr, "0"}},
      {"huge", TypeId::HugeInt, {"12345678901234567890123", nullptr, "-1"}},
      {"real", TypeId::Double, {"1.5", nullptr, "-0.25"}},
      {"single", TypeId::Float, {"1.5", nullptr, "2"}},
      {"price", Type::decimal(9, 2), {"1234.56", nullptr, "-0.01"}},
      {"word", TypeId::Varchar, {"a string above twelve bytes", nullptr, ""}},
      {"bytes", TypeId::Blob, {"\\x00\\xFF", nullptr, "abc"}},
      {"document", TypeId::Json, {"{\"a\": [1]}", nullptr, "null"}},
      {"id",
       TypeId::Uuid,
       {"6d3d2541-710b-4bde-b3af-4711738636bf", nullptr, "00000000-0000-0000-0000-000000000001"}},
      {"day", TypeId::Date, {"2020-02-29", nullptr, "1969-12-31"}},
      {"clock", TypeId::Time, {"01:02:03.5", nullptr, "23:59:59"}},
      {"moment", TypeId::Timestamp, {"2020-02-29 01:02:03.456789", nullptr, "1969-12-31"}},
      {"instant", TypeId::TimestampTz, {"2020-02-29 01:02:03+02", nullptr, "1970-01-01"}},
      {"span", TypeId::Interval, {"1 month 2 days 3 seconds", nullptr, "-1 day"}},
      {"bits", TypeId::Bit, {"101", nullptr, "1"}},
      {"words", Type::list(TypeId::Varchar), {"[a, NULL, 'b c']", nullptr, "[]"}},
      {"pair", Type::array(TypeId::Integer, 2), {"[1, 2]", nullptr, "[3, NULL]"}},
      {"point",
       Type::structure({{"x", TypeId::Integer}, {"name", TypeId::Varchar}}),
       {"{x: 1, name: one}", nullptr, "{x: NULL, name: two}"}},
      {"ages", Type::map(TypeId::Varchar, TypeId::Integer), {"{ann=1, bob=NULL}", nullptr, "{}"}},
      {"nothing", TypeId::Null, {nullptr, nullptr, nullptr}},
  };
}

class Arrow : public ::testing::Test {
 protected:
  MemoryBudget budget{64 << 20};

  Schema schema() {
    Schema schema;
    for (const auto& sample : samples()) schema.push_back({sample.name, sample.type});
    return schema;
  }
  Batch batch() {
    Batch batch;
    batch.length = 3;
    batch.selection = Selection::all(3);
    for (const auto& sample : samples()) {
      ColumnBuilder builder(sample.type, budget);
      for (const char* row : sample.rows) {
        EXPECT_TRUE(
            builder.append(row ? parse_value(row, sample.type).value() : Value::null(sample.type)))
            << sample.name;
      }
      batch.columns.push_back(*builder.finish());
    }
    return batch;
  }
  std::string ipc(IpcFormat format, int batches) {
    std::string bytes;
    ArrowIpcWriter writer(schema(), format, {}, budget, [&](std::span<const std::byte> part) {
      bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
      return Status{};
    });
    EXPECT_TRUE(writer.begin());
    for (int i = 0; i < batches; ++i) EXPECT_TRUE(writer.write(batch()));
    EXPECT_TRUE(writer.finish());
    return bytes;
  }
};

template <class T>
const T* buffer(const ArrowArray& array, int i) {
  return static_cast<const T*>(array.buffers[i]);
}

TEST_F(Arrow, SchemaNamesEveryType) {
  ArrowSchema root;
  export_schema(schema(), {}, &root);
  EXPECT_STREQ(root.format, "+s");
  std::string formats;
  for (int64_t i = 0; i < root.n_children; ++i) {
    formats += root.children[i]->format;
    formats += ' ';
  }
  EXPECT_EQ(formats,
            "b c l I d:38,0 g f d:9,2 u z u u tdD ttu tsu: tsu:UTC tin u +l +w:2 +s +m n ");
  EXPECT_STREQ(root.children[0]->name, "flag");
  EXPECT_EQ(root.children[0]->flags, ARROW_FLAG_NULLABLE);
  EXPECT_EQ(root.children[0]->metadata, nullptr);
  const ArrowSchema& huge = *root.children[4];
  ASSERT_NE(huge.metadata, nullptr);
  EXPECT_EQ(std::string(huge.metadata + 8, 12), "whittle:type");
  EXPECT_EQ(std::string(huge.metadata + 24, 7), "HUGEINT");
  const ArrowSchema& map = *root.children[21];
  EXPECT_EQ(map.children[0]->flags, 0);
  EXPECT_STREQ(map.children[0]->children[0]->name, "key");
  // A child may be moved out and outlive the parent.
  ArrowSchema moved = *root.children[2];
  root.children[2]->release = nullptr;
  root.release(&root);
  EXPECT_EQ(root.release, nullptr);
  EXPECT_STREQ(moved.name, "big");
  moved.release(&moved);
}

TEST_F(Arrow, ArraysHoldTheValues) {
  ArrowArray root;
  {
    const Batch rows = batch();
    ASSERT_TRUE(export_batch(rows, {}, budget, &root));
  }  // the export keeps what it needs
  ASSERT_EQ(root.length, 3);
  for (int64_t i = 0; i + 1 < root.n_children; ++i) {
    EXPECT_EQ(root.children[i]->length, 3);
    EXPECT_EQ(root.children[i]->null_count, 1) << i;
    EXPECT_EQ(*buffer<uint8_t>(*root.children[i], 0) & 7, 5) << i;
  }
  EXPECT_EQ(root.children[22]->n_buffers, 0);
  EXPECT_EQ(*buffer<uint8_t>(*root.children[0], 1) & 5, 1);
  EXPECT_EQ(buffer<int64_t>(*root.children[2], 1)[2], -5);
  EXPECT_EQ(buffer<int128_t>(*root.children[7], 1)[0], 123456);
  const ArrowArray& word = *root.children[8];
  EXPECT_EQ(buffer<int32_t>(word, 1)[1], 27);
  EXPECT_EQ(buffer<int32_t>(word, 1)[3], 27);
  EXPECT_EQ(std::string(buffer<char>(word, 2), 27), "a string above twelve bytes");
  EXPECT_EQ(buffer<int64_t>(*root.children[16], 1)[1], 3'000'000'000);  // nanoseconds of the span
  EXPECT_EQ(std::string(buffer<char>(*root.children[17], 2), 4), "1011");
  const ArrowArray& words = *root.children[18];
  EXPECT_EQ(buffer<int32_t>(words, 1)[1], 3);
  EXPECT_EQ(words.children[0]->length, 3);
  const ArrowArray& pair = *root.children[19];
  EXPECT_EQ(pair.children[0]->length, 6);
  EXPECT_EQ(buffer<int32_t>(*pair.children[0], 1)[4], 3);
  root.release(&root);
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(Arrow, OnlySelectedRowsLeave) {
  Batch rows = batch();
  const uint32_t selected[] = {2};
  rows.selection = Selection{selected, 1, {}};
  ArrowArray root;
  ASSERT_TRUE(export_batch(rows, {.large_strings = true}, budget, &root));
  EXPECT_EQ(root.length, 1);
  EXPECT_EQ(buffer<int64_t>(*root.children[2], 1)[0], -5);
  EXPECT_EQ(buffer<int64_t>(*root.children[9], 1)[1], 3);  // "abc"
  root.release(&root);
}

class Repeated : public ArrowBatchSource {
 public:
  Repeated(Schema schema, Batch batch, MemoryBudget& budget)
      : schema_(std::move(schema)), batch_(std::move(batch)), budget_(budget) {}
  const Schema& schema() const override { return schema_; }
  Result<bool> next(Batch& batch) override {
    if (--left_ < 0) return fail(ErrorCode::Io, "the disk is gone");
    batch = batch_;
    return left_ > 0;
  }
  MemoryBudget& budget() override { return budget_; }

 private:
  Schema schema_;
  Batch batch_;
  MemoryBudget& budget_;
  int left_ = 2;
};

TEST_F(Arrow, StreamEndsAndReportsErrors) {
  ArrowArrayStream stream;
  export_stream(std::make_unique<Repeated>(schema(), batch(), budget), {}, &stream);
  ArrowSchema types;
  ASSERT_EQ(stream.get_schema(&stream, &types), 0);
  types.release(&types);
  ArrowArray array;
  ASSERT_EQ(stream.get_next(&stream, &array), 0);
  array.release(&array);
  ASSERT_EQ(stream.get_next(&stream, &array), 0);
  EXPECT_EQ(array.release, nullptr);
  EXPECT_EQ(stream.get_last_error(&stream), nullptr);
  EXPECT_NE(stream.get_next(&stream, &array), 0);
  EXPECT_STREQ(stream.get_last_error(&stream), "Io: the disk is gone");
  stream.release(&stream);
  EXPECT_EQ(stream.release, nullptr);
}

TEST_F(Arrow, IpcMessagesAreAligned) {
  const std::string bytes = ipc(IpcFormat::Stream, 2);
  EXPECT_EQ(bytes.size() % 8, 0u);
  EXPECT_EQ(bytes.substr(0, 4), "\xff\xff\xff\xff");
  EXPECT_EQ(bytes.substr(bytes.size() - 8), std::string("\xff\xff\xff\xff\0\0\0\0", 8));
  const std::string file = ipc(IpcFormat::File, 2);
  EXPECT_EQ(file.substr(0, 8), std::string("ARROW1\0\0", 8));
  EXPECT_EQ(file.substr(file.size() - 6), "ARROW1");
  EXPECT_EQ(file.substr(8, bytes.size()), bytes);
}

// For tests/arrow/read.mjs: WHITTLE_ARROW_OUT names a directory.
TEST_F(Arrow, WriteForOtherReaders) {
  const char* directory = std::getenv("WHITTLE_ARROW_OUT");
  if (!directory) GTEST_SKIP() << "WHITTLE_ARROW_OUT is not set";
  for (const auto& [name, format] : {std::pair("/sample.arrows", IpcFormat::Stream),
                                     std::pair("/sample.arrow", IpcFormat::File)}) {
    const std::string bytes = ipc(format, 2);
    std::FILE* file = std::fopen((std::string(directory) + name).c_str(), "wb");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
    std::fclose(file);
  }
}

}  // namespace
}  // namespace whittle
