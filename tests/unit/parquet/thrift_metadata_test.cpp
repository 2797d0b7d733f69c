#include <gtest/gtest.h>

#include "parquet/metadata.hpp"
#include "parquet/thrift.hpp"
#include "unit/parquet/thrift_writer.hpp"

namespace whittle::parquet::testing {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(ThriftMetadata, ReadsFieldsAndSkipsOthers) {
  const Wire nested = w_struct({{1, w_list(12, {w_struct({{3, w_text("a")}}), w_struct({})})},
                                {2, w_list(1, {Wire{0, "\1"}, Wire{0, "\2"}})}});
  const std::string text = w_struct({{1, w_i32(-5)},
                                     {2, nested},
                                     {40, w_text("hello")},
                                     {41, w_bool(true)},
                                     {42, w_bool(false)},
                                     {43, w_i64(INT64_MIN)}})
                               .bytes;
  ThriftReader reader(bytes_of(text));
  int32_t first = 0;
  std::string_view name;
  bool yes = false, no = true;
  int64_t least = 0;
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1) first = s.i32();
    if (s.id() == 40) name = s.binary();
    if (s.id() == 41) yes = s.boolean();
    if (s.id() == 42) no = s.boolean();
    if (s.id() == 43) least = s.i64();
  }
  EXPECT_FALSE(reader.failed());
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_EQ(first, -5);
  EXPECT_EQ(name, "hello");
  EXPECT_TRUE(yes);
  EXPECT_FALSE(no);
  EXPECT_EQ(least, INT64_MIN);
}

TEST(ThriftMetadata, EveryPrefixIsTruncated) {
  const std::string text =
      w_struct({{1, w_i32(0)},
                {2, w_i32(100)},
                {3, w_i32(90)},
                {4, w_i32(-1)},
                {5, w_struct({{1, w_i32(10)}, {2, w_i32(0)}, {3, w_i32(3)}, {4, w_i32(3)}})}})
          .bytes;
  for (size_t length = 0; length < text.size(); ++length) {
    auto header = decode_page_header(bytes_of(text).first(length));
    ASSERT_TRUE(header);
    EXPECT_FALSE(header->has_value()) << length;
  }
  auto header = decode_page_header(bytes_of(text));
  ASSERT_TRUE(header && *header);
  EXPECT_EQ((*header)->header_size, text.size());
  EXPECT_EQ((*header)->value_count, 10u);
  EXPECT_EQ((*header)->crc, UINT32_MAX);
}

TEST(ThriftMetadata, HostileSizesFail) {
  for (const std::string& text : {
           std::string("\x1c\x1c\x1c"), std::string(5000, '\x1c'),              // nesting
           std::string("\x19\xfc\xff\xff\xff\xff\x0f\x00", 8),                  // 4 G structs
           std::string("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11),     // string of 2^64-1
           std::string("\x16\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12)  // 77-bit integer
       }) {
    ThriftReader reader(bytes_of(text));
    for (ThriftStruct s(reader); s.next();) {
    }
    EXPECT_TRUE(reader.failed());
  }
}

TEST(ThriftMetadata, WrongTypesFail) {
  const std::string text = w_struct({{1, w_text("no number")}}).bytes;
  ThriftReader reader(bytes_of(text));
  for (ThriftStruct s(reader); s.next();) s.i32();
  EXPECT_TRUE(reader.failed());
  EXPECT_FALSE(reader.truncated());
}

TEST(ThriftMetadata, OffsetIndexMustAscend) {
  auto index = [](std::vector<std::array<int64_t, 3>> pages) {
    std::vector<Wire> list;
    for (auto& p : pages)
      list.push_back(w_struct({{1, w_i64(p[0])}, {2, w_i32(p[1])}, {3, w_i64(p[2])}}));
    const std::string text = w_struct({{1, w_list(12, list)}}).bytes;
    return decode_offset_index(bytes_of(text), 100, 1000).has_value();
  };
  EXPECT_TRUE(index({{4, 10, 0}, {14, 10, 50}}));
  EXPECT_FALSE(index({{4, 10, 0}, {10, 10, 50}}));
  EXPECT_FALSE(index({{4, 10, 0}, {14, 10, 101}}));
  EXPECT_FALSE(index({{4, 10, 5}}));
  EXPECT_FALSE(index({{4, 10, 0}, {995, 10, 50}}));
}

}  // namespace
}  // namespace whittle::parquet::testing
